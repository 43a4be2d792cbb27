"""What a part of the zoo must do, clause by clause, and how a broken clause is told."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from zoo import catalogue

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # Keras prints errors in bold

CONTRACTS: dict[str, dict[int, str]] = {
    "cell": {
        1: "cls(units) is a Keras layer whose state_size and output_size are positive integers",
        2: "call(inputs, states) gives (output, states): [batch, output_size], [batch, state_size]",
        3: "get_initial_state(batch_size), where there is one, gives states that call takes",
        4: "a row of a batch depends on no other row, in training too, and a call leaves nothing "
        "behind",
        5: "project and step together do what call does, for all time steps at once too",
        6: "zoo.layers.Recurrent and keras.layers.RNN compute the same with it",
        7: "padding changes neither outputs nor last states, and where the input is zeros, as it "
        "is there, outputs and gradients are numbers",
        8: "under mixed precision it computes in bfloat16, keeps float32 weights and stays close; "
        "with dtype float64 it computes in float64, where the backend does",
        9: "it is registered with Keras, and its config, which has all its settings, makes the "
        "same cell again",
        10: "its gradients, those of input and states too, are those of finite differences, and "
        "reach every weight",
        11: "fit lowers the loss",
        12: "a model with it computes the same after zoo.save and zoo.load",
        13: "its training step can be timed; how long it takes is reported, and breaks nothing",
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
        1: "its entry and its topology say verb, topology, class and evaluator, and what they name "
        "exists",
        2: "the builder gives a built keras.Model of that class, which has the verb and a summary",
        3: "calling the model gives finite logits, [batch, time, outputs] or [batch, outputs], or "
        "numbers of the shape of the labels",
        4: "padding changes nothing, and rows that are all padding do no harm",
        5: "fit lowers the loss, which is that of the weighted positions alone",
        6: "it trains under mixed precision",
        7: "a model computes the same after zoo.save and zoo.load, and says its task",
        8: "what each registered exporter writes of it answers as the model does, or the exporter "
        "says in one sentence why it cannot",
    },
    "dataset": {
        1: "it is a tfds.core.GeneratorBasedBuilder with a version, and has the config asked for",
        2: "each file that it fetches is pinned in zoo.data.sources by a URL and a SHA-256, "
        "and with these files it is prepared without the network",
        3: "its splits are train and any of validation, test, test_... and unlabelled, none empty",
        4: "its examples are what its features say, in UTF-8",
        5: "prepared again it gives the same examples in the same order",
        6: "a damaged or missing file is an error of zoo.errors, one sentence that names the file, "
        "and leaves nothing prepared",
        7: "the zoo's pipelines make batches of it: each example once, padding at the right, one "
        "order for a seed and an epoch, from any batch on",
    },
    "model": {
        1: "its entry names a registered task",
        2: "it opens, built and not compiled, as the class of its task, and has a summary",
        3: "its verb gives one answer for a string and a list of them for a list, in order",
        4: "its verb answers empty text as one without words, and any other text",
        5: "it computes the same after zoo.save and zoo.load",
        6: "what each registered exporter writes of it answers as the model does, or the exporter "
        "says in one sentence why it cannot",
        7: "it answers the same after keras.utils.set_random_seed and clear_session",
    },
}


class ContractError(AssertionError):
    """A part breaks its contract; the message names the clause, and says how."""


def resolved(kind: str, part: str | Callable) -> tuple[Callable[..., Any], Callable]:
    """Returns what makes a part, be it given by its name or as it is, and `clauses` for it."""
    make = catalogue.REGISTRIES[kind].get(part) if isinstance(part, str) else part
    return make, clauses(kind, name_of(part))


def name_of(part: str | Callable) -> str:
    """What messages and reports call a part."""
    return part if isinstance(part, str) else getattr(part, "__name__", repr(part))


def clauses(kind: str, part: str) -> Callable:
    """Returns `clause(number)`: a block in which any failure is one of that clause."""

    @contextlib.contextmanager
    def clause(number: int) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            reason = " ".join(_COLOURS.sub("", f"{error}").split())[:300]
            if not isinstance(error, AssertionError):
                reason = f"{type(error).__name__}: {reason}"
            raise ContractError(
                f"{kind} contract, clause {number}: {CONTRACTS[kind][number]}. "
                f"{part} breaks it: {reason} (The contract is "
                f"zoo.testing.CONTRACTS[{kind!r}], in zoo/testing/contracts.py.)"
            ) from error

    return clause
