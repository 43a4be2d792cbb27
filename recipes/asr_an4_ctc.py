"""Trains `asr-an4-ctc`: letters that are spelled and words that are spoken, from cepstral frames.

    python recipes/asr_an4_ctc.py --run runs/asr-an4-ctc --out asr-an4-ctc.keras

The same command goes on where an interrupted run stopped. Utterances are also read at other speeds
(Ko et al. 2015) and with bands of time and coefficients hidden (Park et al. 2019).
"""

import zoo
from zoo.data import encode_recordings, read_recordings
from zoo.data.sound import stretch_frames
from zoo.experiments import recipe
from zoo.inputs import Series, train_characters
from zoo.layers import CTCLoss, Deltas, FrameNormalization, SpecAugment
from zoo.tasks.transcription.evaluate import transcription_rows

DATASET = "an4"


def arguments():
    numbers = dict(epochs=30, batch_tokens=4096, learning_rate=2e-3, warmup=200, decay=0.7)
    parser = recipe.options(__doc__, run="runs/asr-an4-ctc", out="asr-an4-ctc.keras", **numbers)
    add = parser.add_argument
    add("--cell", default="lstm")
    add("--units", type=int, default=256, help="of both directions together")
    add("--layers", type=int, default=3)
    add("--joins", default="2,1,1", help="frames that are joined before each layer, by commas")
    add("--convolution", type=int, help="width of convolutions below the recurrence; else none")
    add("--dropout", type=float, default=0.3)
    add("--recurrent-dropout", type=float, default=0.1)
    add("--speeds", default="0.9,1,1.1", help="by commas; every utterance is read at each")
    add("--masks", type=int, default=2, help="spans of time that are hidden")
    add("--mask-width", type=int, default=30, help="the most frames of one of them")
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "convolution", "dropout", "recurrent_dropout")


def front(args):
    """Slopes, one scale for each utterance, and what is hidden."""
    augment = SpecAugment(1, 6, args.masks, args.mask_width, time_share=0.2, seed=args.seed)
    return [Deltas(), FrameNormalization(), augment]


def main():
    args = arguments()
    recordings = recipe.every_nth(read_recordings(DATASET, "train"), args.fraction)
    speeds = [float(speed) for speed in args.speeds.split(",")]
    read = [(stretch_frames(one.sound, speed), one.text) for speed in speeds for one in recordings]
    sounds, texts = zip(*read, strict=True)
    input = Series([f"MFCC {number}" for number in range(sounds[0].shape[1])])
    tokenizer = train_characters(texts)
    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"joins": [int(count) for count in args.joins.split(",")], "dataset": DATASET}

    def build(dtype):
        parts = dict(input=input, target_tokenizer=tokenizer, front=front(args))
        return zoo.build("asr", dtype=dtype, **parts, **settings)

    def score(model, **how):
        return {DATASET: transcription_rows(model, DATASET, "validation", **how)[0]["value"]}

    model = recipe.train(
        args,
        build,
        recipe.recordings_of(args, encode_recordings(sounds, texts, input, tokenizer)),
        score=lambda model: score(model, beam_size=1),
        choose=score,
        metric="WER",
        lower_is_better=True,
        loss=CTCLoss(),
    )
    recipe.save(args, model)


if __name__ == "__main__":
    recipe.start(main)
