"""Listens with a released model of digits while they are spoken, and to silence and noise.

    python tests/e2e/spoken_digits.py asr-digits --strings 60

Strings of the validation split are given to a stream in pieces of 10 ms. How late a digit is
written is counted from the end of its recording, in strings that are heard rightly, without the
time of computing, which is said beside it. Then 10 seconds of nothing, and of white and pink noise
of several loudnesses, are transcribed, in which no digit is said.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

import zoo
from zoo.data import coloured_noise, read_recordings

PIECE = 0.01  # seconds
SECONDS, DECIBELS = 10, (-60, -40, -20)  # of noise, below the loudest sample that there is


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="a released name or a file")
    parser.add_argument("--strings", type=int, default=60, help="of the validation split")
    parser.add_argument("--windows", type=int, nargs="+", default=[3, 9, 33], help="frames")
    args = parser.parse_args()
    model = zoo.load(args.model if not Path(args.model).exists() else Path(args.model))
    strings = read_recordings(model.dataset, "validation")[: args.strings]
    print("| beam | window | late, median | 90 % | only at the end | right | real time |")
    print("|---|---|---|---|---|---|---|")
    for beam_size in (1, 8):
        for window in args.windows:
            print(latency_line(model, strings, beam_size, window), flush=True)
    for name, samples in unspoken(model.input.rate):
        print(f"{name}: {model.transcribe(samples)!r}", flush=True)


def latency_line(model, strings, beam_size: int, window: int) -> str:
    """A row of the table."""
    late, at_end, right, seconds, heard = [], 0, 0, 0.0, 0.0
    rate = model.input.rate
    for one in strings:
        (arrays,) = model.input.prepare([one.sound])
        samples, written = arrays["audio"], []
        stream = model.stream(beam_size=beam_size, window=window)
        began, text, size = time.perf_counter(), "", round(PIECE * rate)
        for begin in range(0, len(samples), size):
            text = stream.push(samples[begin : begin + size])
            written += [min(begin + size, len(samples)) / rate] * (len(text) - len(written))
        text = stream.end()
        seconds += time.perf_counter() - began
        heard += len(samples) / rate
        if text == one.text:
            right += 1
            ends = [
                float(end) for phone, end in zip(one.phones, one.ends, strict=True) if phone != "_"
            ]
            late += [at - end for at, end in zip(written, ends, strict=False)]
            at_end += len(text) - len(written)
    middle, most = np.quantile(late, [0.5, 0.9]) if late else (np.nan, np.nan)
    return (
        f"| {beam_size} | {window} | {middle:.2f} s | {most:.2f} s | {at_end} of "
        f"{len(late) + at_end} | {right} of {len(strings)} | {heard / seconds:.1f} |"
    )


def unspoken(rate: int):
    """Names and samples in which nothing is said."""
    yield "silence", np.zeros(SECONDS * rate, "float32")
    for exponent, name in ((0, "white"), (1, "pink")):
        noise = coloured_noise(SECONDS * rate, np.random.default_rng(1), exponent)
        for decibels in DECIBELS:
            yield f"{name} noise, {decibels} dB", noise * np.float32(10 ** (decibels / 20))


if __name__ == "__main__":
    main()
