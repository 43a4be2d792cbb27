"""`zoo describe`: features of clips in, descriptions out."""

from __future__ import annotations

from zoo.cli.verbs.decode import decoding_command

command = decoding_command(
    "describe",
    "descriptions",
    """Describe each ITEM, the file of a clip as the model reads it, such as a CSV of features.

    NAME is a released model or the path of a .keras file. One file gives one line, in order; of a
    file that cannot be read the line is empty, and a sentence says why.
    """,
)
