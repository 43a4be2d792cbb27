"""Trains `describe-vidvrd`: subject, relation and object of a clip, from features of its frames.

    python recipes/describe_vidvrd.py --run runs/describe --out describe-vidvrd.keras

The same command goes on where an interrupted run stopped. Whatever chooses an epoch or a setting
looks at the validation split; the test split is left to `zoo evaluate`.
"""

import functools

import numpy as np

import zoo
from zoo.data import read_described, spelling_batches
from zoo.data.transcribed import encoded_recordings
from zoo.experiments import recipe
from zoo.inputs import SentencePieceTokenizer, Series, train_sentencepiece
from zoo.inputs.ids import BOS_ID, EOS_ID
from zoo.tasks.sequence_to_sequence.evaluate_descriptions import description_rows

DATASET = "vidvrd"


def arguments():
    numbers = dict(epochs=60, learning_rate=3e-3, warmup=20, decay=0.9, smoothing=0.1)
    numbers |= dict(batch_tokens=640, moving_average=0.98, average=1)
    parser = recipe.options(__doc__, run="runs/describe", out="describe-vidvrd.keras", **numbers)
    add = parser.add_argument
    add("--cell", default="gru")
    add("--attention", default="none", help="over the frames; none: as S2VT")
    add("--units", type=int, default=256)
    add("--embedding-size", type=int, default=64)
    add("--layers", type=int, default=1, help="of the encoder")
    add("--dropout", type=float, default=0.5)
    add("--noise", type=float, default=0.3, help="deviation of noise on the features, one scale")
    add("--lost", type=float, default=0.3, help="share of the features that are hidden in a clip")
    return recipe.parsed(parser)


MODEL = ("cell", "units", "embedding_size", "layers", "dropout")


def main():
    args = arguments()
    clips = recipe.every_nth(read_described(DATASET, "train"), args.fraction)
    values = np.concatenate([one.series for one in clips])
    columns = [f"feature {number}" for number in range(1, values.shape[1] + 1)]
    # All on the scale of the first: principal components mean less the smaller they are.
    deviations = [float(values.std(axis=0).max())] * len(columns)
    scale = Series(columns, values.mean(axis=0).tolist(), deviations)
    texts = [one.text for one in clips]
    words = {word for text in texts for word in text.split()}
    tokenizer = SentencePieceTokenizer(train_sentencepiece(texts, len(words) + 4, "word"))
    labels = [np.array(ids, "int32") for ids in tokenizer.encode(texts)]
    encoded = encoded_recordings([one.series for one in clips], scale, labels)

    def change(values, rng):
        kept = rng.random(values.shape[1]) >= args.lost
        places = np.sort(rng.integers(len(values), size=len(values)))  # frames again or left out
        return (values[places] + rng.normal(scale=args.noise, size=values.shape)) * kept

    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"input": scale, "target_tokenizer": tokenizer}
    settings["attention"] = None if args.attention == "none" else args.attention
    batches = functools.partial(spelling_batches, end_id=EOS_ID, begin_id=BOS_ID)
    model = recipe.train(
        args,
        lambda dtype: zoo.build("describe", dtype=dtype, **settings),
        recipe.recordings_of(args, encoded, change, batches),
        score=lambda model: {
            row["metric"].split()[0]: row["value"]
            for row in description_rows(model, DATASET, "validation", beam_size=1)[:3]
        },
        metric="words right",
    )
    recipe.save(args, model)


if __name__ == "__main__":
    recipe.start(main)
