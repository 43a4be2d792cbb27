"""Released models of motion. Data alone: their code is in the zoo."""

from pathlib import Path

import zoo
from zoo.model_folder import ModelFolder

_folder = ModelFolder(Path(__file__).parent / "weights")


@zoo.hookimpl
def register_models(register):
    """Registers the models of the index."""
    _folder.register(register)


@zoo.hookimpl
def resolve_artifact(ref, about):
    """Returns the file of a model, if it is here; the zoo checks its SHA-256."""
    return _folder.resolve(about)
