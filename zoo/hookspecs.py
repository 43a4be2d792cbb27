"""The hooks of the zoo: the one file to read before writing a plugin.

A plugin is a module with some of these functions, marked `@zoo.hookimpl`, and an entry point in the
group `zoo` that names the module:

    # pyproject.toml
    [project.entry-points.zoo]
    indrnn = "zoo_indrnn"

    # zoo_indrnn/__init__.py
    import zoo

    @zoo.hookimpl
    def register_cells(register):
        register("indrnn", "zoo_indrnn.cell:IndRNNCell", summary="Independently recurrent network")

That module is imported whenever names are looked up, by `zoo list` too: it must import neither
Keras nor TensorFlow. Factories are strings, `"package.module:Name"`, and are imported on first use.
A plugin that raises is reported by `zoo plugins`, nothing that it registered stays, and everything
else goes on working.

A plugin that needs hooks, or arguments of hooks, that are newer than the first says so with
`ZOO_HOOKS = 2` or higher in that module: a zoo that is older then asks to be updated. The version
of the hooks here is `VERSION`; it rises when a hook is added or gets a new argument.

In each `register(name, target, **about)`, `about` is plain data (what JSON can hold) that
`zoo.describe` and `zoo show` give back; `summary="one line"` and `paper="authors, year, arXiv id"`
are shown in lists.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pluggy

VERSION = 3

hookspec = pluggy.HookspecMarker("zoo")
hookimpl = pluggy.HookimplMarker("zoo")


@hookspec
def register_cells(register: Callable[..., None]) -> None:
    """Registers recurrent cells: `register("gru", "package.module:GRUCell")`.

    The target is a Keras cell: `cls(units, **settings)` with `call(inputs, states)`, `state_size`
    and `output_size`; `zoo.layers` says what else it may have. Its class is decorated with
    `keras.saving.register_keras_serializable`, so that a saved model can name it.
    """


@hookspec
def register_attentions(register: Callable[..., None]) -> None:
    """Registers attentions: `register("additive", "package.module:AdditiveAttention")`.

    The target is a Keras layer with `precompute(memory, mask)` and `call(query, precomputed)`,
    which returns `(context, weights)`.
    """


@hookspec
def register_datasets(register: Callable[..., None]) -> None:
    """Registers data sets: `register("multi30k", "package.module:Multi30k")`.

    The target is a `tfds.core.GeneratorBasedBuilder`, whose files come from
    `zoo.data.sources.fetch`; `zoo.testing.check_dataset` says what else must hold. Running text
    whose tokens are words between spaces says `level="word"`; without, they are characters. Tracks
    say `past` and `horizons`, steps that are read and that are scored. Recordings whose texts have
    capitals and punctuation, which nobody says, say `is_written=True`.
    """


@hookspec
def register_topologies(register: Callable[..., None]) -> None:
    """Registers topologies: `register("classification", "package.module:SequenceClassifier", ...)`.

    The target is a `zoo.tasks.item_model.ItemModel`. `about` says once, for all tasks of the
    topology: `verb` (the method that serves), `evaluator` (`"package.module:function"`, model in,
    rows of metrics out, see `zoo.metrics.rows.Row`; it is given `progress` if it takes it),
    `sample` (`"package.module:SAMPLE"`, a `zoo.tasks.sample.Sample`, with which contracts try its
    models), and where there are such `experiment` (a `zoo.training.experiment.Experiment`) and
    `command` (a `click.Command`, run as `zoo VERB`).
    """


@hookspec
def register_tasks(register: Callable[..., None]) -> None:
    """Registers tasks: `register("nmt", "package.module:build_nmt", topology="...", reads="text")`.

    The target takes keyword settings and returns an untrained model. `about` says `topology` (a
    registered one), `reads` (the kind of its `Input`) and whatever is other than the topology
    says, such as `verb` or `class` (`"package.module:Class"` of the model). It may say `demo`,
    plain data on how the page of `zoo demo` asks its models; see `zoo.demo.part.parts_of`.
    """


@hookspec
def register_searches(register: Callable[..., None]) -> None:
    """Registers searches: `register("beam", "package.module:BeamSearch")`.

    The target is a `zoo.decoding.Search`, made of keyword settings alone; `search="beam"` and
    `--search beam` name it.
    """


@hookspec
def register_rules(register: Callable[..., None]) -> None:
    """Registers rules: `register("no-repeat", "package.module:NoRepeatNGram")`.

    The target is a `zoo.decoding.Rule`, made of keyword settings alone; `--rule no-repeat:n=3`
    names it.
    """


@hookspec
def register_models(register: Callable[..., None]) -> None:
    """Registers released models: `register("nmt-attn-en-fr", revision=1, task="nmt", ...)`.

    A model is a file, so there is no target; `revision` (a positive integer), `task`, `file` (the
    name of the `.keras` file) and `sha256` must be said, and `url`, `bytes`, `licence`, `datasets`,
    `parameters`, `languages`, `metrics`, `summary` should be. A translator's `languages` are source
    and target; one with `targets` translates from any of its languages into any other of those. A
    revision is never changed in place.
    """


@hookspec
def register_exporters(register: Callable[..., None]) -> None:
    """Registers exporters: `register("savedmodel", "package.module:export")`.

    The target is called as `export(model, folder, beam_size=..., max_length=..., quantize=...)`,
    each None where the user said nothing and the last else "int8", and returns the path of what it
    wrote, or raises a `ConfigError` that says why it cannot. `zoo export --format NAME` calls it.
    `about` says `check` (`"package.module:function"`), which is called with the model and that
    path, and raises if what was written answers otherwise than the model. It may say `tried_with`,
    settings with which contracts call the exporter, such as a short `max_length`.
    """


@hookspec
def register_pictures(register: Callable[..., None]) -> None:
    """Registers kinds of pictures: `register("beam", "package.module:PICTURE")`.

    The target is a `zoo.diagnostics.picture.Picture`: a function that measures, whose keyword
    arguments are the options of `zoo picture NAME`, and one that draws what it gives.
    """


@hookspec
def register_commands(cli: Any) -> None:
    """Adds commands to the `zoo` command: `cli` is a `click.Group`.

    Called when the user asks for a command that the zoo does not have, or for help.
    """


@hookspec(firstresult=True)
def resolve_artifact(ref: str, about: dict[str, Any]) -> str | Path | None:
    """Returns the path of a released model's file, or `None` to let others answer.

    Asked after the files embedded in the package and before mirrors, cache and network. `ref` is
    `"name@revision"` and `about` is what was registered. The file's SHA-256 is checked, always.
    """
