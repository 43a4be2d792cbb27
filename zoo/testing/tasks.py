"""The contracts of a task and of a released model."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

import zoo
from zoo import catalogue
from zoo.building import dtype_policy
from zoo.errors import ConfigError
from zoo.tasks.sample import Sample
from zoo.testing.assertions import (
    imported,
    numpy,
    require,
    require_equal,
    require_saved,
    require_shape,
)
from zoo.testing.contracts import clauses
from zoo.testing.training import fit


def check_task(task: str, **config: Any) -> None:
    """Checks a registered task against `CONTRACTS["task"]`.

    Args:
        task: a registered name.
        **config: settings for its builder beside a small size, such as `cell="gru"`.

    Raises:
        ContractError: if a clause is broken.
        ConfigError: if the task's topology is one that no check is written for.

        zoo.testing.check_task("nmt", cell="indrnn")
    """
    clause = clauses("task", _description(task, config))
    about = catalogue.about_of(task)
    with clause(1):
        for key in ("verb", "topology", "class", "evaluator"):
            require(key in about, f"neither it nor its topology says {key}")
        model_class = imported(about["class"])
        imported(about["evaluator"])
    sample = _sample_of(about)
    small = sample.settings
    with clause(2):
        model = zoo.build(task, **{**small, **config})
        require(isinstance(model, model_class), f"it is a {type(model).__name__}")
        require(callable(getattr(model, about["verb"], None)), f"no {about['verb']}")
        require(model.built and bool(model.weights), "it is not built")
        model.summary(print_fn=lambda line, **_: None)
    inputs, labels, weights = sample.batch()
    with clause(3):
        logits = numpy(model.predict_on_batch(inputs))
        shape = labels.shape if sample.outputs is None else (*labels.shape, sample.outputs)
        require_shape(logits, shape, "the outputs")
        require(np.isfinite(logits).all(), "some are not finite")
    with clause(4):
        padded = {key: _padded(model, key, values) for key, values in inputs.items()}
        longer = numpy(model.predict_on_batch(padded))
        require(np.isfinite(longer).all(), "some logits are not finite")
        real = weights > 0
        same = longer[tuple(slice(size) for size in labels.shape)]
        require_equal([same[real]], [logits[real]])
    with clause(5):
        losses = fit(model, inputs, labels, weights, loss=sample.loss)
        expected = sample.expected_loss(logits, labels, weights)
        require(abs(losses[0] - expected) < 1e-3, f"{losses[0]} instead of {expected}")
        require(losses[-1] < losses[0], f"from {losses[0]} to {losses[-1]}")
    with clause(6), dtype_policy("mixed_bfloat16"):
        rough = zoo.build(task, **{**small, **config})
        losses = fit(rough, inputs, labels, weights, eagerly=True, loss=sample.loss)
        require(bool(np.isfinite(losses).all()) and losses[-1] < losses[0], str(losses))
    with clause(7):
        loaded = require_saved(model, inputs)
        require(loaded.task == task, f"its task is {loaded.task!r}")
    with clause(8):
        sized = {key: value for key, value in small.items() if key != "vocabulary_size"}
        small_model = zoo.build(task, **{**sized, **sample.input(), **config})
        _check_exporters(small_model, sample.export)


def check_training(task: str, **config: Any) -> None:
    """Checks that a small model of a task trains: a quick part of `check_task`.

    For a plugin's own tests, which try its cell in every task: `CONTRACTS["task"]`, clauses 2 and
    5, and that training reaches every weight.

    Args:
        task: a registered name.
        **config: settings for its builder beside a small size, such as `cell="gru"`.

    Raises:
        ContractError: if it does not.
        ConfigError: if the task's topology is one that no check is written for.

        zoo.testing.check_training("pos", cell="indrnn")
    """
    clause = clauses("task", _description(task, config))
    sample = _sample_of(catalogue.about_of(task))
    with clause(2):
        model = zoo.build(task, **{**sample.settings, **sample.trained, **config})
    with clause(5):
        before = [numpy(weight) for weight in model.trainable_weights]
        inputs, labels, weights = sample.batch()
        losses = fit(model, inputs, labels, weights, eagerly=True, loss=sample.loss)
        require(losses[-1] < losses[0], f"from {losses[0]} to {losses[-1]}")
        for weight, old in zip(model.trainable_weights, before, strict=True):
            require(bool(np.any(numpy(weight) != old)), f"{weight.path} stays as it was")


def check_model(ref: str | Path, *, items: Sequence[Any] | None = None) -> None:
    """Checks a released model, or the file of one, against `CONTRACTS["model"]`.

    Args:
        ref: a registered name, with or without `@revision`, or the path of a `.keras` file.
        items: at least two items that its verb takes, such as texts of its language. None: those
            of its topology, and besides items without content and strange ones. For a topology
            that no check is written for they must be given, and its verb must give one answer
            every time.

    Raises:
        ContractError: if a clause is broken.
        ConfigError: if there are fewer than two items, or none for such a topology.
        UnknownNameError, MissingFileError, DamagedFileError, PluginError, OfflineError: as
            `zoo.load` does.

        zoo.testing.check_model("nmt-attn-en-fr")
    """
    from zoo import saving

    clause = clauses("model", str(ref))
    model = zoo.load(ref)
    with clause(1):
        task = model.task
        if not saving.is_path(ref):
            task = catalogue.models.entry(str(ref)).about["task"]
        require(task is not None, "it does not say its task")
        about = catalogue.about_of(task)
    with clause(2):
        require(isinstance(model, imported(about["class"])), f"it is a {type(model).__name__}")
        require(model.built and not model.compiled, "it is not")
        model.summary(print_fn=lambda line, **_: None)
    sample = _sample_of(about) if items is None or "sample" in about else None
    if sample is not None and sample.fitted is not None:
        sample = sample.fitted(model)
    items = list(sample.items if items is None and sample else items or ())
    if len(items) < 2:
        raise ConfigError("items must be at least two, so that their order can be checked.")
    settings = sample.verb_settings if sample else {}
    verb = functools.partial(getattr(model, about["verb"]), **settings)

    def require_answers(items: Sequence[Any], answers: Sequence[Any]) -> None:
        require(len(answers) == len(items), f"{len(answers)} answers to {len(items)} items")
        for item, answer in zip(items, answers, strict=True):
            good = sample is None or sample.is_answer(item, answer)
            require(good, f"{answer!r} for {item!r}")

    with clause(3):
        singly = [verb(item) for item in items]
        require_answers(items, singly)
        listed = verb(items)
        require(_is_alike(listed, singly), f"{listed} instead of {singly}")
    with clause(4):
        require(verb([]) == [], "no items give something")
        if sample is not None and isinstance(items[0], type(sample.items[0])):
            blank, strange = list(sample.blank_items), list(sample.strange_items)
            answers = verb(blank)
            require(len(answers) == len(blank), "items without content give something else")
            for item, answer in zip(blank, answers, strict=True):
                require(sample.is_blank_answer(answer), f"{answer!r} for {item!r}")
            require_answers(strange, verb(strange))
    with clause(5):
        if sample is not None:
            require_saved(model, sample.batch()[0])
        else:
            with tempfile.TemporaryDirectory() as folder:
                zoo.save(model, Path(folder) / "model.keras")
                loaded = zoo.load(Path(folder) / "model.keras")
            again = getattr(loaded, about["verb"])(items)
            require(_is_alike(again, listed), f"{again} instead of {listed}")
    with clause(6):
        _check_exporters(model, sample.export if sample else {})
    with clause(7):
        keras.utils.set_random_seed(0)
        keras.utils.clear_session()
        again = verb(items)
        require(_is_alike(again, listed), f"{again} instead of {listed}")


def _is_alike(found: Any, expected: Any) -> bool:
    """Whether answers are the same, numbers but for what another batch adds up otherwise."""
    if isinstance(expected, float):
        return abs(found - expected) < 1e-4
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            _is_alike(found[key], value) for key, value in expected.items()
        )
    if isinstance(expected, (list, tuple)):
        return len(found) == len(expected) and all(map(_is_alike, found, expected))
    if isinstance(expected, np.ndarray):
        return found.shape == expected.shape and np.allclose(found, expected, rtol=0, atol=1e-4)
    return found == expected


def _description(task: str, config: dict[str, Any]) -> str:
    return ", ".join([task, *(f"{key} {value}" for key, value in config.items())])


def _check_exporters(model: Any, said: dict[str, Any]) -> None:
    for entry in catalogue.exporters.entries():
        settings = {"beam_size": None, "max_length": None, "quantize": None, **said}
        settings |= entry.about.get("tried_with", {})
        with tempfile.TemporaryDirectory() as folder:
            try:
                written = entry.load()(model, Path(folder) / "exported", **settings)
            except ConfigError as error:  # it cannot, and says why
                sentence = str(error)
                require(sentence.endswith(".") and "\n" not in sentence, f"{sentence!r}")
                continue
            require(Path(written).exists(), f"{entry.name} wrote no {written}")
            require("check" in entry.about, f"the exporter {entry.name} does not say its check")
            imported(entry.about["check"])(model, Path(written))


def _padded(model: Any, name: str, values: np.ndarray) -> np.ndarray:
    """An array with a row of padding, and three steps of it where it has time."""
    arrays = model.graph_inputs
    has_time = name not in arrays or arrays[name].shape[:1] == (None,)
    rest = [(0, 0)] * (values.ndim - 1)
    if has_time and rest:
        rest[0] = (0, 3)
    return np.pad(values, [(0, 1), *rest])


def _sample_of(about: dict[str, Any]) -> Sample:
    """The sample that a task or its topology names."""
    if "sample" not in about:
        raise ConfigError(
            f"The topology {about.get('topology')!r} names no sample to check its models by: "
            "check_model takes items=[...], and then checks what holds of any."
        )
    return imported(about["sample"])
