"""`zoo summarize`: texts in, a line for each out."""

from __future__ import annotations

from zoo.cli.verbs.decode import decoding_command

command = decoding_command(
    "summarize",
    "summaries",
    """Sum up each ITEM, a text, or each line of standard input, in one line.

    NAME is a released model or the path of a .keras file.
    """,
)
