"""`zoo.build`: from the name of a task and the names of its parts to an untrained Keras model."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from zoo import catalogue, registry
from zoo.backend.quiet import begin_quietly, import_keras
from zoo.checked import checked, require_arguments
from zoo.errors import ConfigError, ZooError

if TYPE_CHECKING:
    import keras

# The settings that name a registered part, and where its name is looked up.
_PARTS = {"cell": catalogue.cells, "attention": catalogue.attentions}


@checked(but=("dtype",))
def build(task: str, *, dtype: str | None = None, **config: Any) -> keras.Model:
    """Builds an untrained model of a task.

    Args:
        task: a name of `zoo.list_tasks()`.
        dtype: what its layers compute in: `"mixed_bfloat16"` keeps float32 weights and takes
            products of bfloat16, which GPUs and CPUs with instructions for them do faster. The
            model's file remembers it. None: the global policy of Keras, float32 if nobody set it.
        **config: settings of the task. `cell` and `attention` may be names of `zoo.list_cells()`
            and `zoo.list_attentions()`, or classes; all else is passed on as it is.

    Returns:
        A `keras.Model`, to be compiled and trained as any other.

    Raises:
        UnknownNameError: if the task, the cell or the attention does not exist.
        ConfigError: if the task has no such setting, or needs one that is not given, or Keras knows
            no such dtype.

        model = zoo.build("nmt", cell="gru", attention="additive", units=512)
    """
    catalogue.tasks.entry(task)  # a name that does not exist is said before Keras is imported
    import_keras()
    begin_quietly()
    builder = catalogue.tasks.get(task)
    parameters = inspect.signature(builder).parameters
    _check_names(task, parameters, config)
    require_arguments(builder, config, f"Task {task!r}")
    for name, parts in _PARTS.items():
        default = parameters[name].default if name in parameters else None
        value = config.get(name, default)
        if isinstance(value, str):
            config[name] = parts.get(value)
    with dtype_policy(dtype):
        try:
            return builder(**config)
        except ZooError:
            raise
        except Exception as error:  # of Keras, of NumPy, of a backend: whatever a setting breaks
            raise ConfigError(
                f"Task {task!r} cannot be built with these settings "
                f"({' '.join(str(error).split())[:300]}): see zoo.describe({task!r})."
            ) from error


@contextlib.contextmanager
def dtype_policy(dtype: str | None) -> Iterator[None]:
    """Has layers that are made meanwhile compute in another dtype.

    Args:
        dtype: such as "mixed_bfloat16". None: the one that is set.

    Raises:
        ConfigError: if Keras knows no such dtype.
    """
    import keras

    before = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy(before if dtype is None else dtype)
    except (TypeError, ValueError):
        raise ConfigError(
            f"Keras knows no dtype {dtype!r}: use 'float32', 'mixed_bfloat16' or 'mixed_float16'."
        ) from None
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _check_names(task: str, parameters: Mapping[str, inspect.Parameter], config: dict) -> None:
    named = {
        name: parameter
        for name, parameter in parameters.items()
        if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    }
    for name in config:
        if name not in named and not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
            hint = registry.suggestion(name, named)
            raise ConfigError(f"Task {task!r} has no setting {name!r}{hint}")
    for name, parameter in named.items():
        if parameter.default is parameter.empty and name not in config:
            raise ConfigError(f"Task {task!r} needs the setting {name!r}: give {name}=...")
