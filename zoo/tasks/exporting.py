"""How a model becomes files that other programs serve: what all topologies have in common."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


class Exporting:
    """A model that takes strings and can be exported with that.

    Attributes:
        export_signatures: `"package.module:Class"`, a subclass of
            `zoo.export.signatures.Signatures`, which says what the exported model answers.
    """

    export_signatures: str

    def export_saved_model(self, folder: str | os.PathLike, **settings: Any) -> Path:
        """Writes a SavedModel that takes strings and returns what the model's verb does.

        Args:
            folder: where the versions of the model are; made if it is not there.
            **settings: `quantize="int8"`; of a model that turns text into text `beam_size`,
                `max_length`, `alpha` and `length_penalty`; of a language model `max_length`. See
                `zoo.export.saved_model.export_saved_model`, also for what is raised.

        Returns:
            The folder of the new version, such as `folder/1`.
        """
        from zoo.export.saved_model import export_saved_model

        return export_saved_model(self, folder, **settings)
