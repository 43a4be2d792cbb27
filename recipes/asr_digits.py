"""Trains `asr-digits`: digits spoken one after another, written down while one speaks.

    python recipes/asr_digits.py --run runs/asr-digits --out asr-digits.keras

The same command goes on where an interrupted run stopped. Every epoch strings single recordings
together anew, at other speeds (Ko et al. 2015), with pauses, noise and loudness drawn, some of them
without a digit; bands of time and frequency are hidden (Park et al. 2019).
"""

import keras
import numpy as np

import zoo
from zoo.data import coloured_noise, read_recordings, string_batches, voices_of
from zoo.experiments import recipe
from zoo.inputs import CharacterTokenizer, Sound
from zoo.layers import CTCLoss, FrameNormalization, LogMel, SpecAugment
from zoo.tasks.transcription.evaluate import transcription_rows

DATASET, RATE = "digit_strings", 8000


def arguments():
    numbers = dict(epochs=14, learning_rate=3e-3, warmup=150, decay=0.7)
    parser = recipe.options(__doc__, run="runs/asr-digits", out="asr-digits.keras", **numbers)
    add = parser.add_argument
    add("--units", type=int, default=128)
    add("--layers", type=int, default=2)
    add("--join", type=int, default=3, help="frames that make a step")
    add("--dropout", type=float, default=0.2)
    add("--rows", type=int, default=16, help="of a batch")
    add("--steps", type=int, default=220, help="of an epoch")
    add("--masks", type=int, default=2, help="bands and spans that are hidden")
    add("--clean", type=float, default=0.15, help="fraction of the strings without noise")
    add("--speeds", default="0.85,0.9,0.95,1,1.05,1.1,1.15", help="of digits, by commas")
    return recipe.parsed(parser)


def front(args, voices):
    """Spectra on the scale of the training digits and of all that was heard, some of it hidden."""
    mel = LogMel(RATE, mel_bins=40, log_floor=1e-8)
    heard = np.concatenate([one for said in voices.values() for one, _ in said[::50]])
    frames = keras.ops.convert_to_numpy(mel(heard[None]))[0]
    scale = keras.layers.Normalization(mean=frames.mean(0), variance=frames.var(0))
    augment = SpecAugment(args.masks, 6, args.masks, 15, time_share=0.05, seed=args.seed)
    return [mel, scale, FrameNormalization(is_running=True), augment]


def main():
    args = arguments()
    recordings = recipe.every_nth(read_recordings(DATASET, "train"), args.fraction)
    said = [(one.speaker, one.sound, one.text) for one in recordings]
    voices = voices_of(said, RATE, [float(speed) for speed in args.speeds.split(",")])
    tokenizer, rng = CharacterTokenizer("0123456789"), np.random.default_rng(args.seed)
    noises = [coloured_noise(10 * RATE, rng, rng.uniform(0, 2)) for _ in range(200)]
    how = dict(rate=RATE, steps=args.steps, rows=args.rows, seed=args.seed)
    how |= dict(clean=args.clean, noises=noises, loudness=(-30, 0), mixed=0.2, long_pauses=0.05)

    def batches(epoch, start):
        return string_batches(voices, tokenizer, epoch=epoch, start=start, **how)

    def build(dtype):
        parts = dict(input=Sound(RATE), target_tokenizer=tokenizer, front=front(args, voices))
        parts |= {name: getattr(args, name) for name in ("units", "layers", "dropout")}
        joins = [args.join] + [1] * (args.layers - 1)
        return zoo.build("asr", dtype=dtype, dataset=DATASET, is_causal=True, joins=joins, **parts)

    def score(model, **how):
        return {DATASET: transcription_rows(model, DATASET, "validation", **how)[1]["value"]}

    digits = args.steps * args.rows * 9 // 2
    epochs = recipe.Epochs(batches, args.steps, digits, 0.0, f"{len(said):,} digits in strings")
    how_good = dict(score=lambda model: score(model, beam_size=1), choose=score)
    how_good |= dict(metric="digit error rate", lower_is_better=True, loss=CTCLoss())
    recipe.save(args, recipe.train(args, build, epochs, **how_good))


if __name__ == "__main__":
    recipe.start(main)
