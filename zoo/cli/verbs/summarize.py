"""`zoo summarize`: texts in, a line for each out."""

from __future__ import annotations

from zoo.cli.verbs.decode import decoding_command

command = decoding_command(
    "summarize",
    "summaries",
    """Sum up each ITEM in one line: the file of a text, such as an e-mail, or a text itself.

    NAME is a released model or the path of a .keras file. "-" is all of standard input, as one
    text. Without ITEM, each line of standard input is a text, and with --file each line of a file;
    an empty line stays empty. Of a long text its beginning is read: leave out headers, and what an
    e-mail quotes.
    """,
    reads_files="an e-mail",
)
