"""Trains `phoneme-arctic`: the speech sound of every 10 ms, of one speaker's sentences.

    python recipes/phoneme_arctic.py --run runs/phoneme-arctic --out phoneme-arctic.keras

The same command goes on where an interrupted run stopped. With `--causal` the model hears 40 ms of
what comes, with `--single-frames` each frame alone.
"""

import numpy as np

import zoo
from zoo.data import encode_frames, frame_batches, phones_in, read_recordings
from zoo.experiments import recipe
from zoo.inputs.sound import Sound
from zoo.layers import CRF, LogMel
from zoo.tasks.tagging.evaluate_phonemes import phoneme_rows
from zoo.tasks.tagging.phonemes import sound_front

DATASET, RATE = "arctic", 16000


def arguments():
    numbers = dict(epochs=30, batch_tokens=500_000, learning_rate=4e-3, warmup=100, smoothing=0.05)
    parser = recipe.options(__doc__, run="runs/phoneme", out="phoneme-arctic.keras", **numbers)
    add = parser.add_argument
    add("--cell", default="lstm")
    add("--units", type=int, default=256, help="of both directions together")
    add("--layers", type=int, default=3)
    add("--joins", default="2,1,1", help="frames that are joined before each layer, by commas")
    add("--causal", action="store_true", help="hear 40 ms of what comes, not all")
    add("--single-frames", action="store_true", help="hear each frame alone")
    add("--mel-bins", type=int, default=40)
    add("--dropout", type=float, default=0.3)
    add("--recurrent-dropout", type=float, default=0.1)
    add("--paths", action="store_true", help="train transitions beside the frames")
    add("--strengths", default="0.3,0.5,0.7", help="else of counted ones: the best is taken")
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "dropout", "recurrent_dropout")


def main():
    args = arguments()
    recordings = recipe.every_nth(read_recordings(DATASET, "train"), args.fraction)
    labels = phones_in(recordings)
    hearing = dict(is_causal=args.causal, is_recurrent=not args.single_frames)
    settings = {name: getattr(args, name) for name in MODEL} | hearing | {"dataset": DATASET}
    settings["joins"] = [int(count) for count in args.joins.split(",")]
    spectra, input = LogMel(RATE, mel_bins=args.mel_bins), Sound(RATE)
    some = input.prepare([one.sound for one in recordings[::20]])
    frames = np.concatenate([np.asarray(spectra(one["audio"][None]))[0] for one in some])
    heard = dict(scale=(frames.mean(axis=0), frames.var(axis=0)), seed=args.seed, **hearing)

    def build(dtype):
        parts = dict(input=input, labels=labels, front=sound_front(RATE, args.mel_bins, **heard))
        parts |= {"crf": CRF(len(labels)) if args.paths else None}
        return zoo.build("phonemes", dtype=dtype, **parts, **settings)

    def score(model):
        return {DATASET: phoneme_rows(model, DATASET, "validation")[0]["value"]}

    encoded = encode_frames(recordings, input, labels, build("float32").middles)
    epochs = recipe.recordings_of(args, encoded, batches_of=frame_batches)
    model = recipe.train(args, build, epochs, score=score, metric="frames right")
    if args.paths:
        return recipe.save(args, model)
    # Which labels follow each other, as strongly as makes the fewest errors.
    paths, found = [numbers - 1 for numbers in encoded.labels_of_each()], {}
    for strength in map(float, args.strengths.split(",")):
        smoothed = model.with_transitions(paths, strength)
        right, errors = (row["value"] for row in phoneme_rows(smoothed, DATASET, "validation"))
        print(f"strength {strength:g}: frames right {right:.2f}, phone error rate {errors:.2f}")
        found[errors] = smoothed
    recipe.save(args, found[min(found)])


if __name__ == "__main__":
    recipe.start(main)
