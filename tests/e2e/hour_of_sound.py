"""Transcribes an hour of spoken digits, and measures what memory that takes.

    python tests/e2e/hour_of_sound.py asr-digits
    python tests/e2e/hour_of_sound.py asr-digits --times

A file is written of digits of FSDD's validation split with pauses and noise. Some minutes of it are
transcribed first, then all; how much more memory the process held at most is what an hour takes. A
causal model hears it as a stream. With `--times`, as with every other model, it is cut at pauses.
It ends with an error where the hour takes more than `--most` MiB.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

import zoo
from zoo.data import coloured_noise, read_recordings, spoken_string, voices_of
from zoo.metrics.wer import character_error_rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("model", help="a released name or a file")
    add("--minutes", type=float, default=60)
    add("--times", action="store_true", help="cut at pauses, and say when each digit is said")
    add("--beam-size", type=int, default=8)
    add("--most", type=float, default=64, help="MiB that it may take")
    args = parser.parse_args()
    model = zoo.load(args.model if not Path(args.model).exists() else Path(args.model))
    how = {"beam_size": args.beam_size, "return_times": args.times}
    with tempfile.TemporaryDirectory() as folder:
        short, long = Path(folder) / "short.wav", Path(folder) / "long.wav"
        write_digits(short, model.input.rate, 4, seed=1)
        text = write_digits(long, model.input.rate, args.minutes, seed=2)
        model.transcribe(short, **how)
        before, began = peak(), time.perf_counter()
        found = model.transcribe(long, **how)
        seconds, more = time.perf_counter() - began, peak() - before
    said = found.text if args.times else found
    wrong = character_error_rate([said], [text])
    print(
        f"{args.minutes:g} minutes, {len(text):,} digits, in {seconds:.0f} s with {more:.1f} MiB "
        f"more than the {before:.0f} MiB before; {wrong:.2f} % of the digits wrong"
    )
    if args.times:
        begins = [span.begin for span in found.characters]
        print(f"times rise from {begins[0]:.1f} to {begins[-1]:.1f} s: {begins == sorted(begins)}")
    if more > args.most:
        raise SystemExit(f"Error: it took more than {args.most:g} MiB.")


def write_digits(path: Path, rate: int, minutes: float, seed: int) -> str:
    """Writes a file of digits string by string, and gives what is said in it."""
    rng = np.random.default_rng(seed)
    recordings = read_recordings("fsdd", "validation")
    voices = voices_of([(one.speaker, one.sound, one.text) for one in recordings], rate)
    noises = [coloured_noise(1 << 16, rng, rng.uniform(0, 2)) for _ in range(20)]
    text, count = "", 0
    with soundfile.SoundFile(path, "w", rate, 1, "PCM_16") as file:
        while count < minutes * 60 * rate:
            string = spoken_string(
                voices, rng, rate=rate, words=8, loudness=(-10, 0), decibels=(10, 30), noises=noises
            )
            file.write(string.samples)
            text, count = text + string.text, count + len(string.samples)
    return text


def peak() -> float:
    """MiB that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
