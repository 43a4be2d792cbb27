"""From a text file to a language model: what `zoo train lm` does."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import keras

import zoo
from zoo import files
from zoo.backend.compiled import jit_compile
from zoo.data.running_text import encode_text_file
from zoo.data.streams import plan_streams, stream_batches
from zoo.errors import ConfigError, MissingFileError
from zoo.experiments.summary import run_summary, saved_summary, summary_lines
from zoo.tasks.language_modelling.evaluate import cross_entropy
from zoo.tasks.language_modelling.truncated_bptt import TruncatedBPTT
from zoo.training.callbacks import ProgressBar
from zoo.training.epochs import Validation, train_epochs
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.schedules import WarmupHoldDecay
from zoo.training.training_run import TrainingRun, check_settings

_MOST_ROWS, _MOST_TIME = 32, 128
_FEWEST_STEPS = 20  # of an epoch, as long as the text is long enough for it
_HELD_OUT, _MOST_HELD_OUT = 0.05, 100_000  # share, and tokens, kept for validation
_EPOCH_TOKENS = 2_000_000  # a longer text is cut into epochs of about so many tokens
_FEWEST_TOKENS = 100
_MAY_CHANGE = ("epochs",)


@dataclasses.dataclass(frozen=True)
class TextTraining:
    """Settings of a training on one's own text.

    Attributes:
        level: "char", "word" or "subword".
        epochs: how often the text is read; of a long text, how many parts of two million tokens.
        cell: name of a registered cell.
        units: width of each layer.
        layers: recurrent layers.
        embedding_size: width of the token vectors.
        dropout: share of features dropped between layers and of the outputs.
        learning_rate: of Adam, at its peak.
        seed: of weights, order and samples.
    """

    level: str = "char"
    epochs: int = 20
    cell: str = "lstm"
    units: int = 256
    layers: int = 2
    embedding_size: int = 128
    dropout: float = 0.2
    learning_rate: float = 2e-3
    seed: int = 1


def train_on_text(
    text: str | os.PathLike,
    out: str | os.PathLike,
    run: str | os.PathLike,
    settings: TextTraining,
    say: Callable[[str], None] = print,
    progress: Callable[[int, int], None] | None = None,
) -> float:
    """Trains a language model on a text file of any size, and saves the best of it.

    Called again with the same arguments it goes on where it was stopped.

    Args:
        text: a file in UTF-8, of a few kilobytes or of gigabytes: it is turned into ids on disk,
            of which only batches are read.
        out: the `.keras` file to write.
        run: folder of ids and of the state of the training.
        settings: what to train.
        say: is given what there is to say: sizes, and after each epoch a score and a sample.
        progress: called as `progress(done, total)` while the text is turned into ids.

    Returns:
        The mean cross-entropy of the end of the text, which was held out, in nats a token.

    Raises:
        MissingFileError, ConfigError: for a text or settings that cannot be used, or a folder that
            holds another run.
    """
    if settings.epochs < 1:
        raise ConfigError(f"epochs is a positive number, not {settings.epochs}.")
    if Path(out).suffix != ".keras":
        raise ConfigError(f"A model is saved as a .keras file, so {str(out)!r} must end in .keras.")
    if not Path(text).is_file():
        raise MissingFileError(f"There is no text file {str(text)!r}.")
    keras.utils.set_random_seed(settings.seed)
    say(f"Reading {text}")
    kept = {**dataclasses.asdict(settings), "data": files.sha256_of(Path(text))}
    check_settings(run, kept, _MAY_CHANGE)  # before ids of another text take the place of its own
    tokenizer, ids = encode_text_file(text, run, settings.level, progress)
    if len(ids) < _FEWEST_TOKENS:
        raise ConfigError(
            f"{text} has {len(ids)} tokens, and {_FEWEST_TOKENS} are the least to learn from: "
            "give more text."
        )
    end = len(ids) - min(round(len(ids) * _HELD_OUT), _MOST_HELD_OUT)
    ids, held_out = ids[:end], ids[end:]
    rows, length = _shape(len(ids))
    plan = plan_streams(ids, rows=rows, time=length)
    parts = max(1, round(plan.tokens / _EPOCH_TOKENS))
    steps = plan.steps // parts

    model = zoo.build(
        "lm",
        cell=settings.cell,
        units=settings.units,
        layers=settings.layers,
        embedding_size=settings.embedding_size,
        dropout=settings.dropout,
        output_dropout=settings.dropout,
        tokenizer=tokenizer,
    )
    trained = _compiled(model, rows, steps * settings.epochs, settings.learning_rate)
    state = TrainingRun(run, trained, keep=1, settings=kept, may_change=_MAY_CHANGE)
    say(
        f"{model.count_params():,} parameters, {tokenizer.vocabulary_size:,} ids, {len(ids):,} "
        f"tokens to train on and {len(held_out):,} held out, {steps:,} steps an epoch; "
        f"{state.epoch} epochs and {state.step} steps are done"
    )
    tokens = steps * rows * length
    bar = ProgressBar(settings.epochs, steps, tokens, 0.0, state.epoch, state.step)

    def batches(epoch, start):
        return stream_batches(
            ids,
            rows=rows,
            time=length,
            seed=settings.seed,
            epoch=epoch // parts,
            start=epoch % parts * steps + start,
        ).take(steps - start)

    validation = Validation(
        lambda: {"end of the text": _validate(model, held_out)},
        "nats a token",
        lower_is_better=True,
        digits=4,
        samples=lambda: model.generate("", 200, temperature=0.8, seed=state.epoch).split("\n"),
        say=say,
    )
    train_epochs(state, settings.epochs, steps, batches, validation, bar)
    state.load_best()
    nats = _validate(model, held_out)
    zoo.save(model, out, dtype="float16")
    epochs = SimpleNamespace(
        description=f"{len(ids):,} tokens of {text}", steps=steps, tokens=tokens
    )
    chosen = f"best epoch: {_figures(nats)}"
    summaries = (
        run_summary(state, epochs, "nats a token", 4, chosen),
        saved_summary(out, f"zoo generate {out} --stream"),
    )
    for line in (line for summary in summaries for line in summary_lines(summary)):
        say(line)
    return nats


def _shape(tokens: int) -> tuple[int, int]:
    """Rows and time of a batch: fewer for a short text, so that an epoch has some steps."""
    time = min(_MOST_TIME, max(8, tokens // _FEWEST_STEPS))
    rows = max(1, min(_MOST_ROWS, tokens // (time * _FEWEST_STEPS)))
    return rows, time


def _compiled(model, rows: int, steps: int, learning_rate: float) -> TruncatedBPTT:
    trained = TruncatedBPTT(model, rows)
    schedule = WarmupHoldDecay(learning_rate, steps, warmup_steps=min(200, steps // 10))
    trained.compile(
        optimizer=keras.optimizers.Adam(schedule, beta_2=0.99, global_clipnorm=1.0),
        loss=SmoothedCrossEntropy(),
        jit_compile=jit_compile(),
    )
    return trained


def _validate(model, held_out) -> float:
    return cross_entropy(model, held_out, streams=max(1, min(16, len(held_out) // 200)))


def _figures(nats: float) -> str:
    return (
        f"{nats:.4f} nats, {nats / math.log(2):.4f} bits a token, perplexity {math.exp(nats):.2f} "
        "on the end of the text, which was held out"
    )
