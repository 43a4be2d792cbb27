"""Compares a model's export with its `translate` on all of Multi30k test 2016.

    ZOO_DATA_MIRROR=... python tests/e2e/compare_export.py nmt-attn-en-fr [--quantize int8]

Prints how many sentences differ and by how much their scores do, the BLEU of both, the seconds each
took at batch 64 after a first call, and the size of the folder. Unless the export is quantised, the
exit code is 1 if more than 0.2 % of the sentences differ, or one of them by a score gap of 1e-3 or
more: batches of other shapes add in another order, which explains no more than that.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import tensorflow as tf

import zoo
from zoo.data import read_pairs
from zoo.metrics import sacrebleu_13a

BATCH = 64


def exported_answers(function, texts: list[str]) -> tuple[list[str], np.ndarray]:
    """Strings and scores of an exported signature, in batches."""
    outputs = [
        function(text=tf.constant(texts[begin : begin + BATCH]))
        for begin in range(0, len(texts), BATCH)
    ]
    found = [text.decode() for output in outputs for text in output["text"].numpy()]
    return found, np.concatenate([output["score"].numpy() for output in outputs])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="name or path of a translation model from English to French")
    parser.add_argument("--quantize", choices=["int8"])
    arguments = parser.parse_args()
    pairs = read_pairs("multi30k/en-fr", "test_2016_flickr")
    texts, references = [en for en, _ in pairs], [fr for _, fr in pairs]
    model = zoo.load(arguments.model)
    model.translate(texts[:BATCH])
    start = time.perf_counter()
    expected = model.translate(texts, return_attention=True)
    print(f"translate: {time.perf_counter() - start:.1f} s")
    strings = [one.text for one in expected]
    print(f"BLEU of translate: {sacrebleu_13a(strings, references).value:.2f}")

    with tempfile.TemporaryDirectory() as folder:
        path = model.export_saved_model(Path(folder) / "model", quantize=arguments.quantize)
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        print(f"export: {size / 2**20:.1f} MiB")
        function = tf.saved_model.load(str(path)).signatures["serving_default"]
        exported_answers(function, texts[:BATCH])
        start = time.perf_counter()
        found, scores = exported_answers(function, texts)
        print(f"exported: {time.perf_counter() - start:.1f} s")
    print(f"BLEU of the export: {sacrebleu_13a(found, references).value:.2f}")
    gaps = np.abs(scores - [one.score for one in expected])
    different = [i for i, string in enumerate(strings) if string != found[i]]
    for i in different:
        print(f"{gaps[i]:.6f}\t{strings[i]}\t{found[i]}")
    print(
        f"{len(different)} of {len(texts)} strings differ; greatest gap of scores {gaps.max():.6f}"
    )
    if arguments.quantize:
        return 0
    return int(len(different) > 0.002 * len(texts) or gaps[different].max(initial=0) >= 1e-3)


if __name__ == "__main__":
    sys.exit(main())
