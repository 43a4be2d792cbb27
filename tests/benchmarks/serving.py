"""Exported models in ONNX Runtime, beside TensorFlow's graph of them and PyTorch's layers."""

from __future__ import annotations

import functools
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

from engines import Engine, available, medians, table

ENGINES = ("tensorflow", "onnx", "int8", "torch")
CELLS = ("lstm", "gru", "simple")
MODELS = {"classifier": 24, "language model": 64}  # tokens of a row
CAPTION = """### Serving

From ids to logits, with random weights. The classifier reads 24 words, 128 wide of a vocabulary
of 20,000, in one bidirectional layer of 2x256; the language model reads 64 letters in two layers of
512. `onnx` is what `zoo export --format onnx` writes, `int8` the same with `--quantize int8`, both
in ONNX Runtime; TensorFlow has the model's graph, PyTorch `torch.nn` layers of the same sizes."""


def report(quick: bool = False) -> str:
    """Rows per second in TensorFlow, and how many times as many elsewhere."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        export_all(folder)
        engines = [Engine("serving_engines", name) for name in available(ENGINES)]
        for model, cell, batch in itertools.product(MODELS, CELLS, (1, 64)):
            case = dict(model=model, cell=cell, batch=batch, length=MODELS[model], folder=folder)
            times = medians(engines, case, repeats=9 if quick else 25)
            base, peer = times["tensorflow"], times.get("torch")
            row: list[object] = [model, cell, batch, f"{batch / base:,.0f}"]
            for name in ("onnx", "int8"):
                row += [base / times[name], peer and peer / times[name]]
            rows.append(row)
        memory = ", ".join(f"{e.name} {e.peak_memory():,.0f} MiB" for e in engines)
        for engine in engines:
            engine.close()
        sizes = ", ".join(
            f"{path.parent.name} {path.stat().st_size / 2**20:.1f} MiB"
            for path in sorted(Path(folder).glob("*lstm*/model.onnx"))
        )
    header = ["model", "cell", "batch", "TensorFlow, rows/s", "onnx: TensorFlow's time / its"]
    header += ["PyTorch's / its", "int8: TensorFlow's / its", "PyTorch's / its"]
    return f"{CAPTION}\n\n{table(header, rows)}\n\nFiles: {sizes}. Peak memory: {memory}."


def export_all(folder: str) -> None:
    """Writes every model as ONNX, in a process of its own: TensorFlow would count as memory."""
    subprocess.run([sys.executable, __file__, folder], check=True)


@functools.cache
def built(model: str, cell: str):
    """A model of the zoo with random weights."""
    import string

    import keras

    import zoo
    from zoo.inputs import CharacterTokenizer, train_words

    keras.utils.set_random_seed(0)
    if model == "classifier":
        letters = map("".join, itertools.product(string.ascii_lowercase, repeat=4))
        words = train_words([list(itertools.islice(letters, 20_000))], min_count=1)
        how = dict(tokenizer=words, units=512, embedding_size=128, layers=1)
        return zoo.build("sentiment", cell=cell, **how)
    characters = CharacterTokenizer(string.printable[:95])
    return zoo.build("lm", cell=cell, tokenizer=characters, units=512, layers=2, embedding_size=64)


def path_of(folder: str, model: str, cell: str, engine: str) -> Path:
    """The folder of an exported model."""
    return Path(folder) / f"{engine}-{cell}-{model.replace(' ', '-')}"


def _main(folder: str) -> None:
    from zoo.export.onnx_graph import export_onnx

    for model, cell in itertools.product(MODELS, CELLS):
        for engine, quantize in (("onnx", None), ("int8", "int8")):
            export_onnx(built(model, cell), path_of(folder, model, cell, engine), quantize=quantize)


if __name__ == "__main__":
    _main(sys.argv[1])
