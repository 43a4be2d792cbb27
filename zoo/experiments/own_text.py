"""From a text file to a language model: what `zoo train lm` does."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

import zoo
from zoo import files
from zoo.data.running_text import encode_text_file
from zoo.data.streams import plan_streams
from zoo.errors import ConfigError, MissingFileError
from zoo.experiments import recipe
from zoo.experiments.dry_run import data_folder
from zoo.tasks.language_modelling.evaluate import cross_entropy
from zoo.tasks.language_modelling.truncated_bptt import TruncatedBPTT
from zoo.training.strategies import device_count
from zoo.training.training_run import check_settings

_MOST_ROWS, _MOST_TIME = 32, 128
_FEWEST_STEPS = 20  # of an epoch, as long as the text is long enough for it
_HELD_OUT, _MOST_HELD_OUT = 0.05, 100_000  # share, and tokens, kept for validation
_EPOCH_TOKENS = 2_000_000  # a longer text is cut into epochs of about so many tokens
_FEWEST_TOKENS = 100
_MOST_WARMUP = 200  # steps in which the rate rises; a tenth of a short run
_MODEL = ("cell", "units", "layers", "embedding_size", "dropout")
_SETTINGS = (*_MODEL, "level", "epochs", "learning_rate", "seed")


def train_language_model(
    args: argparse.Namespace,
    text: str,
    progress: Callable[[int, int], None] | None = None,
) -> keras.Model:
    """Trains a language model on a text file of any size, and saves the best of it.

    Called again with the same options it goes on where it was stopped.

    Args:
        args: as `recipe.train` takes them, with `level` ("char", "word" or "subword"), `cell`,
            `units`, `layers`, `embedding_size` and `dropout`. Of a long text, `epochs` is how many
            parts of two million tokens are read. Rows and time of a batch, and the steps in which
            the rate rises, are decided by how much text there is.
        text: a file in UTF-8, of a few kilobytes or of gigabytes: it is turned into ids on disk, in
            the folder of the run, of which only batches are read.
        progress: called as `progress(done, total)` while the text is turned into ids.

    Returns:
        The model, saved at `args.out`.

    Raises:
        MissingFileError, ConfigError: for a text or settings that cannot be used, or a folder that
            holds another run.
    """
    if not Path(text).is_file():
        raise MissingFileError(f"There is no text file {text!r}.")
    print(f"Reading {text}", flush=True)
    settings = {name: getattr(args, name) for name in _SETTINGS}
    settings["data"] = files.sha256_of(Path(text))
    if args.precision != "float32":
        settings["precision"] = args.precision
    # Before ids of another text take the place of its own.
    check_settings(args.run, settings, recipe.MAY_CHANGE)
    tokenizer, ids = _encoded(args, text, progress)
    if len(ids) < _FEWEST_TOKENS:
        raise ConfigError(
            f"{text} has {len(ids)} tokens, and {_FEWEST_TOKENS} are the least to learn from: "
            "give more text."
        )
    end = len(ids) - min(round(len(ids) * _HELD_OUT), _MOST_HELD_OUT)
    ids, held_out = ids[:end], ids[end:]
    rows, time = _shape(len(ids), device_count(args.strategy))
    args = argparse.Namespace(**{**vars(args), "rows": rows, "time": time})
    plan = plan_streams(ids, rows=rows, time=time)
    epochs = recipe.streams_of(args, ids, parts=max(1, round(plan.tokens / _EPOCH_TOKENS)))
    args.warmup = min(_MOST_WARMUP, epochs.steps * args.epochs // 10)

    def build(dtype):
        return zoo.build(
            "lm",
            dtype=dtype,
            tokenizer=tokenizer,
            output_dropout=args.dropout,
            **{name: getattr(args, name) for name in _MODEL},
        )

    def sample(model):
        return model.generate("", 200, temperature=0.8, seed=args.seed).split("\n")

    model = recipe.train(
        args,
        build,
        epochs,
        score=lambda model: {"end of the text": _nats(model, held_out)},
        metric="nats a token",
        lower_is_better=True,
        digits=4,
        wrap=lambda model: TruncatedBPTT(model, rows),
        samples=sample,
        settings=settings,
    )
    nats = _nats(model, held_out)
    print(
        f"{nats:.4f} nats, {nats / math.log(2):.4f} bits a token, perplexity {math.exp(nats):.2f} "
        "on the end of the text, which was held out",
        flush=True,
    )
    recipe.save(args, model, dtype="float16", then="generate")
    return model


def _encoded(args: argparse.Namespace, text: str, progress: Any) -> tuple[Any, np.ndarray]:
    """The tokenizer and the ids, made by one of several processes and then read by all."""
    folder = data_folder(args, Path(args.run))
    with recipe.chief_first(args.strategy) as is_chief:
        if is_chief:
            encode_text_file(text, folder, args.level, progress)
    return encode_text_file(text, folder, args.level)


def _shape(tokens: int, devices: int) -> tuple[int, int]:
    """Rows and time of a batch: fewer for a short text, so that an epoch has some steps."""
    time = min(_MOST_TIME, max(8, tokens // _FEWEST_STEPS))
    rows = max(1, min(_MOST_ROWS, tokens // (time * _FEWEST_STEPS)))
    return max(rows - rows % devices, devices), time


def _nats(model: Any, held_out: np.ndarray) -> float:
    return cross_entropy(model, held_out, streams=max(1, min(16, len(held_out) // 200)))
