"""What a new process does with saved models: opens them, and writes down what they compute.

python open_models.py FOLDER        opens every .keras file of FOLDER, writes FOLDER/answers.json
python open_models.py FOLDER train  trains and saves a model there first
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import keras
import numpy as np
from small_nmt import logits_of, random_batch, small_nmt

import zoo
import zoo.tasks  # noqa: F401  (what plain Keras needs before it opens a file)
from zoo import catalogue

TEXTS = ["A dog runs.", "chair", "", "A man"]  # of one bucket: one compilation a search


def answers(model) -> dict:
    """Logits on fixed ids and, of a model with a tokenizer, greedy and beam translations."""
    found = {"logits": np.asarray(logits_of(model, random_batch()[0])).tolist()}
    if model.source_tokenizer is not None:
        found["greedy"] = model.translate(TEXTS, beam_size=1)
        found["beam"] = model.translate(TEXTS, beam_size=3)
    return found


def train(folder: Path) -> None:
    """Trains for a few steps, with dropout, on the tokenizer that lies in the folder."""
    from zoo.inputs import SentencePieceTokenizer
    from zoo.training.losses import SmoothedCrossEntropy

    proto = (folder / "sentencepiece.model").read_bytes()
    model = small_nmt(1, source_tokenizer=SentencePieceTokenizer(proto), units=16, dropout=0.2)
    inputs, labels, weights = random_batch(rows=4)
    jit = "auto" if keras.backend.backend() == "jax" else False
    model.compile("adam", SmoothedCrossEntropy(), jit_compile=jit)
    model.fit(inputs, labels, sample_weight=weights, epochs=2, verbose=0)
    zoo.save(model, folder / "trained.keras")
    (folder / "trained.json").write_text(json.dumps(answers(model)))


def main(folder: str, what: str = "open") -> None:
    folder = Path(folder)
    if what == "train":
        train(folder)
        return
    for names in (catalogue.cells, catalogue.attentions):
        for entry in names.entries():
            entry.load()  # plain Keras knows a plugin's class once it is imported
    found = {}
    for path in sorted(folder.glob("*.keras")):
        plain = keras.saving.load_model(path, compile=False)
        found[path.stem] = {
            "zoo": answers(zoo.load(path)),
            "keras": np.asarray(logits_of(plain, random_batch()[0])).tolist(),
        }
    (folder / "answers.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
