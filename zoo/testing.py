"""The contracts of the zoo's parts, as checks that a plugin's own tests can run.

    import zoo.testing

    def test_my_cell():
        zoo.testing.check_cell(MyCell)

Each check runs on the Keras backend at hand (`KERAS_BACKEND`; run it once for each that matters)
and raises a `ContractError` that names the first clause that is broken. The clauses stand in
`CONTRACTS`. The zoo's own tests run the checks over everything that is registered.
"""

from __future__ import annotations

import contextlib
import importlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

import zoo
from zoo import registry
from zoo.errors import ConfigError
from zoo.layers import Recurrent
from zoo.layers.build_once import build_once
from zoo.testing_topologies import TOPOLOGIES

CONTRACTS: dict[str, dict[int, str]] = {
    "cell": {
        1: "cls(units) is a Keras layer whose state_size and output_size are positive integers",
        2: "call(inputs, states) gives (output, states): [batch, output_size], [batch, state_size]",
        3: "get_initial_state(batch_size), where there is one, gives states that call takes",
        4: "a row of a batch depends on no other row, and a call leaves nothing behind",
        5: "project and step together do what call does, for all time steps at once too",
        6: "zoo.layers.Recurrent and keras.layers.RNN compute the same with it",
        7: "padding changes neither outputs nor last states",
        8: "under mixed precision it computes in bfloat16, keeps float32 weights and stays close",
        9: "it is registered with Keras, and its config makes the same cell again",
        10: "its gradients are those of finite differences, and reach every weight",
        11: "fit lowers the loss",
        12: "a model with it computes the same after zoo.save and zoo.load",
    },
    "attention": {
        1: "cls(units) is a Keras layer that is built from the shapes [query, memory]",
        2: "call(query, precompute(memory, mask)) gives contexts [batch, queries, features] and "
        "weights [batch, queries, memory time]",
        3: "weights are at least 0, sum to 1 over what is real, and are 0 elsewhere",
        4: "what is masked does not matter, and a memory that is all padding gives zeros",
        5: "a query depends on no other query and a row on no other row",
        6: "under mixed precision it computes in bfloat16, keeps float32 weights and stays close",
        7: "it is registered with Keras, and its config makes the same attention again",
        8: "its gradients are those of finite differences, and reach every weight",
        9: "fit lowers the loss",
        10: "a model with it computes the same after zoo.save and zoo.load",
    },
    "task": {
        1: "its entry says verb, topology, class and evaluator, and what they name exists",
        2: "the builder gives a built keras.Model of that class, which has the verb",
        3: "calling the model gives finite logits, [batch, time, outputs] or [batch, outputs]",
        4: "padding changes nothing, and rows that are all padding do no harm",
        5: "fit lowers the loss, which is that of the weighted positions alone",
        6: "it trains under mixed precision",
        7: "a model computes the same after zoo.save and zoo.load, and says its task",
    },
    "model": {
        1: "its entry names a registered task",
        2: "it opens, built and not compiled, as the class of its task",
        3: "its verb gives one answer for a string and a list of them for a list, in order",
        4: "its verb answers empty text as one without words, and any other text",
        5: "it computes the same after zoo.save and zoo.load",
    },
}

BATCH, TIME, FEATURES, UNITS, QUERIES = 3, 5, 4, 6, 2
# Right padding, a hole at the left, and a row that is whole.
MASK = np.array([[1, 1, 1, 0, 0], [0, 1, 1, 1, 1], [1, 1, 1, 1, 1]], bool)


class ContractError(AssertionError):
    """A part breaks its contract; the message names the clause, and says how."""


def check_cell(cell: str | Callable[..., Any]) -> None:
    """Checks a recurrent cell against `CONTRACTS["cell"]`.

    Args:
        cell: a registered name, or a class (or another callable) that is called with the number of
            units, and for mixed precision with `dtype` besides.

    Raises:
        ContractError: if a clause is broken.

    Example:

    >>> from zoo.cells import GRUCell
    >>> check_cell(GRUCell)
    """
    make, clause = _part("cell", cell)
    inputs, rng = _random(0, BATCH, TIME, FEATURES), np.random.default_rng(1)
    with clause(1):
        one = make(UNITS)
        _require(isinstance(one, keras.layers.Layer), "it is no keras.layers.Layer")
        sizes = _sizes(one.state_size)
        _require(_is_positive(one.output_size, *sizes), f"{one.state_size} and {one.output_size}")
    with clause(2):
        build_once(one, (BATCH, FEATURES))
        _randomise(one, rng)
        states = [_random(2 + i, BATCH, size) for i, size in enumerate(sizes)]
        output, new_states = one(inputs[:, 0], states)
        _require_shape(output, (BATCH, one.output_size), "the output")
        _require(len(new_states) == len(sizes), f"{len(new_states)} states instead of {len(sizes)}")
        for state, size in zip(new_states, sizes, strict=True):
            _require_shape(state, (BATCH, size), "a state")
    with clause(3):
        if hasattr(one, "get_initial_state"):  # Keras starts at zeros where there is none
            start = keras.tree.flatten(one.get_initial_state(batch_size=BATCH))
            for state, size in zip(start, sizes, strict=True):
                _require_shape(state, (BATCH, size), "an initial state")
            one(inputs[:, 0], start)
    with clause(4):
        alone = one(inputs[:1, 0], [state[:1] for state in states])
        _require_equal([x[:1] for x in _flat(output, new_states)], _flat(*alone))
        _require_equal(_flat(output, new_states), _flat(*one(inputs[:, 0], states)))
    with clause(5):
        if hasattr(one, "project") and hasattr(one, "step"):
            projected = one.project(ops.convert_to_tensor(inputs))
            _require_equal(
                _flat(*one.step(projected[:, 0], [ops.convert_to_tensor(s) for s in states])),
                _flat(output, new_states),
            )
    layer = Recurrent(one)
    with clause(6):
        outputs, finals = layer(inputs)
        peer = keras.layers.RNN(one, return_sequences=True, return_state=True)
        _require_equal(_flat(outputs, finals), _flat(*peer(inputs)))
    with clause(7):
        padded, padded_finals = layer(inputs, mask=np.arange(TIME)[None] < np.full((BATCH, 1), 3))
        short, short_finals = layer(inputs[:, :3])
        _require_equal([padded[:, :3], *padded_finals], [short, *short_finals])
        _require(not np.any(_numpy(padded[:, 3:])), "outputs at padding are not zero")
    with clause(8):
        rough = Recurrent(make(UNITS, dtype="mixed_bfloat16"), dtype="mixed_bfloat16")
        rough.build(inputs.shape)
        rough.set_weights(layer.get_weights())
        _require_mixed(rough, rough(inputs)[0], outputs)
        halves = [ops.cast(x, "bfloat16") for x in (inputs[:, 0], *states)]
        _require_mixed(rough, rough.cell(halves[0], halves[1:])[0], output)
    with clause(9):
        again = _again(one)
        build_once(again, (BATCH, FEATURES))
        again.set_weights(one.get_weights())
        _require_equal(_flat(*again(inputs[:, 0], states)), _flat(output, new_states))
    model = _CellModel(one)
    _check_training(clause(10), clause(11), model, (inputs, MASK), one)
    with clause(12):
        _require_saved(model, (inputs, MASK))


def check_attention(attention: str | Callable[..., Any]) -> None:
    """Checks an attention against `CONTRACTS["attention"]`.

    Args:
        attention: a registered name, or a class (or another callable) that is called with the
            number of units, and for mixed precision with `dtype` besides.

    Raises:
        ContractError: if a clause is broken.

    Example:

    >>> from zoo.layers import AdditiveAttention
    >>> check_attention(AdditiveAttention)
    """
    make, clause = _part("attention", attention)
    query, memory = _random(0, BATCH, QUERIES, FEATURES), _random(1, BATCH, TIME, UNITS)
    shapes = [(None, None, FEATURES), (None, None, UNITS)]
    with clause(1):
        one = make(UNITS)
        _require(isinstance(one, keras.layers.Layer), "it is no keras.layers.Layer")
        build_once(one, shapes)
        _randomise(one, np.random.default_rng(1))

    def ask(attention, query, memory, mask=None):
        query, memory = ops.convert_to_tensor(query), ops.convert_to_tensor(memory)
        return attention(query, attention.precompute(memory, mask))

    with clause(2):
        ask(one, query, memory)
        context, weights = ask(one, query, memory, MASK)
        _require_shape(context, (BATCH, QUERIES, context.shape[-1]), "the context")
        _require_shape(weights, (BATCH, QUERIES, TIME), "the weights")
    with clause(3):
        given = _numpy(weights)
        real = np.broadcast_to(MASK[:, None], given.shape)
        _require(bool((given >= 0).all()), "there are weights below 0")
        _require(bool((given[~real] == 0).all()), "padding has weights other than 0")
        _require_equal([given.sum(-1)], [np.ones((BATCH, QUERIES))])
    with clause(4):
        other = np.where(MASK[..., None], memory, 100).astype("float32")
        _require_equal(_flat(*ask(one, query, other, MASK)), _flat(context, weights))
        empty = ask(one, query, memory, np.zeros_like(MASK))
        _require(not any(np.any(_numpy(x)) for x in empty), "it gives something else")
    with clause(5):
        alone = ask(one, query[:1, 1:], memory[:1], MASK[:1])
        _require_equal([x[:1, 1:] for x in (context, weights)], _flat(*alone))
    with clause(6):
        rough = make(UNITS, dtype="mixed_bfloat16")
        build_once(rough, shapes)
        rough.set_weights(one.get_weights())
        query16, memory16 = (ops.cast(x, "bfloat16") for x in (query, memory))
        _require_mixed(rough, ask(rough, query16, memory16, MASK)[0], context)
    with clause(7):
        again = _again(one)
        build_once(again, shapes)
        again.set_weights(one.get_weights())
        _require_equal(_flat(*ask(again, query, memory, MASK)), _flat(context, weights))
    model = _AttentionModel(one)
    inputs = (query, memory, MASK)
    _check_training(clause(8), clause(9), model, inputs, one)
    with clause(10):
        _require_saved(model, inputs)


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
    clause = _clauses("task", ", ".join([task, *(f"{k} {v}" for k, v in config.items())]))
    about = registry.tasks.entry(task).about
    with clause(1):
        for key in ("verb", "topology", "class", "evaluator"):
            _require(key in about, f"it does not say {key}")
        model_class = _imported(about["class"])
        _imported(about["evaluator"])
    topology = _topology(about)
    small = topology.small
    with clause(2):
        model = zoo.build(task, **{**small, **config})
        _require(isinstance(model, model_class), f"it is a {type(model).__name__}")
        _require(callable(getattr(model, about["verb"], None)), f"no {about['verb']}")
        _require(model.built and bool(model.weights), "it is not built")
    inputs, labels, weights = topology.batch()
    with clause(3):
        logits = _numpy(model.predict_on_batch(inputs))
        _require_shape(logits, (*labels.shape, topology.outputs), "the logits")
        _require(np.isfinite(logits).all(), "some are not finite")
    with clause(4):
        more = [(0, 1), (0, 3), (0, 0)]  # a row and three steps of padding
        padded = {key: np.pad(ids, more[: ids.ndim]) for key, ids in inputs.items()}
        longer = _numpy(model.predict_on_batch(padded))
        _require(np.isfinite(longer).all(), "some logits are not finite")
        real = weights > 0
        same = longer[tuple(slice(size) for size in labels.shape)]
        _require_equal([same[real]], [logits[real]])
    with clause(5):
        losses = _fit(model, inputs, labels, weights)
        expected = _cross_entropy(logits, labels, weights)
        _require(abs(losses[0] - expected) < 1e-3, f"{losses[0]} instead of {expected}")
        _require(losses[-1] < losses[0], f"from {losses[0]} to {losses[-1]}")
    with clause(6), _policy("mixed_bfloat16"):
        losses = _fit(zoo.build(task, **{**small, **config}), inputs, labels, weights)
        _require(bool(np.isfinite(losses).all()) and losses[-1] < losses[0], str(losses))
    with clause(7):
        loaded = _require_saved(model, inputs)
        _require(loaded.task == task, f"its task is {loaded.task!r}")


def check_model(ref: str | Path) -> None:
    """Checks a released model, or the file of one, against `CONTRACTS["model"]`.

    Args:
        ref: a registered name, with or without `@revision`, or the path of a `.keras` file.

    Raises:
        ContractError: if a clause is broken.
        UnknownNameError, MissingFileError, DamagedFileError, PluginError, OfflineError: as
            `zoo.load` does.

        zoo.testing.check_model("nmt-attn-en-fr")
    """
    from zoo import saving

    clause = _clauses("model", str(ref))
    model = zoo.load(ref)
    with clause(1):
        task = model.task
        if not saving.is_path(ref):
            task = registry.models.entry(str(ref)).about["task"]
        _require(task is not None, "it does not say its task")
        about = registry.tasks.entry(task).about
    with clause(2):
        _require(isinstance(model, _imported(about["class"])), f"it is a {type(model).__name__}")
        _require(model.built and not model.compiled, "it is not")
    topology = _topology(about)
    verb = getattr(model, about["verb"])
    with clause(3):
        texts = ["Good morning to you!", "Hello."]
        two, one = verb(texts[0]), verb(texts[1])
        for text, answer in zip(texts, (two, one), strict=True):
            _require(topology.is_answer(text, answer), f"{answer!r} for {text!r}")
        listed = verb(texts)
        _require(listed == [two, one], f"{listed} instead of {[two, one]}")
    with clause(4):
        blank = ["", " \n"]
        answers = verb(blank)
        _require(verb([]) == [] and len(answers) == 2, "empty text gives something")
        for text, answer in zip(blank, answers, strict=True):
            _require(topology.is_blank_answer(answer), f"{answer!r} for {text!r}")
        strange = ["\U0001f600", "駅はどこですか。", "a" * 200]
        for text, answer in zip(strange, verb(strange), strict=True):
            _require(topology.is_answer(text, answer), f"{answer!r} for {text!r}")
    with clause(5):
        _require_saved(model, topology.batch()[0])


# What the checks are made of --------------------------------------------------------------------


@keras.saving.register_keras_serializable(package="zoo_testing")
class _CellModel(keras.Model):
    """A cell over time, from the outputs' mean over it to one number a row."""

    def __init__(self, cell):
        super().__init__(name="cell_model")
        self.recurrent = Recurrent(cell)
        self.recurrent.build((None, None, FEATURES))
        self.built = True

    def call(self, inputs, training=False):
        steps, mask = inputs
        outputs, _ = self.recurrent(steps, mask=mask, training=training)
        return ops.mean(outputs, axis=1)

    def get_config(self):
        return {"cell": keras.saving.serialize_keras_object(self.recurrent.cell)}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(keras.saving.deserialize_keras_object(config["cell"]))


@keras.saving.register_keras_serializable(package="zoo_testing")
class _AttentionModel(keras.Model):
    """An attention asked once."""

    def __init__(self, attention):
        super().__init__(name="attention_model")
        self.attention = attention
        build_once(attention, [(None, None, FEATURES), (None, None, UNITS)])
        self.built = True

    def call(self, inputs, training=False):
        query, memory, mask = inputs
        return ops.mean(self.attention(query, self.attention.precompute(memory, mask))[0], axis=1)

    def get_config(self):
        return {"attention": keras.saving.serialize_keras_object(self.attention)}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(keras.saving.deserialize_keras_object(config["attention"]))


def _check_training(gradient_clause, fit_clause, model, inputs, part) -> None:
    """Gradients as the steps of plain gradient descent, each against its slope; then a few more."""
    for variable in part.trainable_variables:
        variable.constraint = None  # it would move weights besides
    target = _numpy(model.predict_on_batch(inputs))
    target = (target + _random(7, *target.shape)).astype("float32")
    model.compile(keras.optimizers.SGD(1.0), "mse", jit_compile=_jit())

    def loss() -> float:
        return float(model.test_on_batch(inputs, target))

    with gradient_clause:
        before = [_numpy(v) for v in part.trainable_variables]
        model.train_on_batch(inputs, target)
        steps = [old - _numpy(v) for old, v in zip(before, part.trainable_variables, strict=True)]
        for variable, old in zip(part.trainable_variables, before, strict=True):
            variable.assign(old)
        for variable, old, step in zip(part.trainable_variables, before, steps, strict=True):
            norm = float(np.sqrt((step**2).sum()))
            # A bias that only shifts scores before a softmax has no gradient, so 0 is looked into.
            way = step / norm if norm > 1e-6 else _random(3, *old.shape)
            values = []
            for epsilon in (3e-3, -3e-3):
                variable.assign(old + epsilon * way)
                values.append(loss())
            variable.assign(old)
            slope = (values[0] - values[1]) / 6e-3
            _require(
                abs(slope - (norm if norm > 1e-6 else 0)) < 0.05 * norm + 1e-3,
                f"along the gradient of {variable.path} the slope is {slope:.4f}, not {norm:.4f}",
            )
        moved = [name for name, step in zip(_paths(part), steps, strict=True) if np.any(step)]
        _require(len(moved) == len(steps), f"no gradient for {set(_paths(part)) - set(moved)}")
    with fit_clause:
        first = loss()
        model.optimizer.learning_rate = 0.1
        model.fit(inputs, target, batch_size=len(target), epochs=8, verbose=0)
        _require(loss() < first, f"from {first} to {loss()}")


def _fit(model, inputs, labels, weights) -> list[float]:
    """Losses of a few steps, each before its step is taken."""
    from zoo.training.losses import SmoothedCrossEntropy

    keras.utils.set_random_seed(0)
    model.compile(keras.optimizers.Adam(1e-2), SmoothedCrossEntropy(), jit_compile=_jit())
    done = model.fit(inputs, labels, len(labels), epochs=8, sample_weight=weights, verbose=0)
    return done.history["loss"]


def _cross_entropy(logits, labels, weights) -> float:
    logits = logits.astype("float64")
    log_probs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    chosen = np.take_along_axis(log_probs, labels[..., None], -1)[..., 0]
    return float(-(chosen * weights).mean())


def _part(kind: str, part) -> tuple[Callable[..., Any], Callable]:
    if isinstance(part, str):
        return (registry.cells if kind == "cell" else registry.attentions).get(part), _clauses(
            kind, part
        )
    return part, _clauses(kind, getattr(part, "__name__", repr(part)))


def _clauses(kind: str, part: str) -> Callable:
    """Returns `clause(number)`: a block in which any failure is one of that clause."""

    @contextlib.contextmanager
    def clause(number: int) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            reason = " ".join(f"{error}".split())[:300]
            if not isinstance(error, AssertionError):
                reason = f"{type(error).__name__}: {reason}"
            raise ContractError(
                f"{kind} contract, clause {number}: {CONTRACTS[kind][number]}. "
                f"{part} breaks it: {reason}"
            ) from error

    return clause


@contextlib.contextmanager
def _policy(name: str) -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _jit() -> str | bool:
    """XLA takes longer to compile on TensorFlow than these few steps take; JAX has nothing else."""
    return "auto" if keras.backend.backend() == "jax" else False


def _topology(about: dict[str, Any]):
    if about["topology"] not in TOPOLOGIES:
        raise ConfigError(f"No check is written for the topology {about['topology']!r}.")
    return TOPOLOGIES[about["topology"]]


def _imported(target: str) -> Any:
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _again(layer):
    registered = ">" in keras.saving.get_registered_name(type(layer))
    own = type(layer).__module__.startswith("keras.")
    _require(registered or own, "register_keras_serializable is missing")
    config = keras.saving.serialize_keras_object(layer)
    again = keras.saving.deserialize_keras_object(config)
    _require(again.get_config() == layer.get_config(), "the config of the copy is another one")
    return again


def _require_saved(model, inputs):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        zoo.save(model, path)
        loaded = zoo.load(path)
    _require_equal(*([_numpy(m.predict_on_batch(inputs))] for m in (loaded, model)))
    return loaded


def _require_mixed(layer, rough, exact) -> None:
    dtype = keras.backend.standardize_dtype(rough.dtype)
    _require(dtype == "bfloat16", f"it computes in {dtype}")
    dtypes = {keras.backend.standardize_dtype(v.dtype) for v in layer.trainable_variables}
    _require(dtypes == {"float32"}, f"its weights are {dtypes}")
    gap = np.abs(_numpy(ops.cast(rough, "float32")) - _numpy(exact)).max()
    _require(bool(gap < 0.1), f"it is {gap:.3f} away from float32")


def _require_equal(found, expected) -> None:
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(_numpy(one), _numpy(other), rtol=1e-4, atol=1e-5)


def _require_shape(tensor, shape, what) -> None:
    _require(tuple(tensor.shape) == shape, f"{what} has the shape {tuple(tensor.shape)}")


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise AssertionError(otherwise)


def _flat(*tensors) -> list:
    return keras.tree.flatten(tensors)


def _paths(layer) -> list[str]:
    return [variable.path for variable in layer.trainable_variables]


def _sizes(state_size) -> list[int]:
    return [state_size] if isinstance(state_size, int) else list(state_size)


def _is_positive(*sizes) -> bool:
    return bool(sizes) and all(isinstance(size, int) and size > 0 for size in sizes)


def _numpy(tensor) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(tensor))


def _random(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def _randomise(layer, rng) -> None:
    for variable in layer.trainable_variables:
        variable.assign(rng.normal(size=variable.shape) * 0.5)
