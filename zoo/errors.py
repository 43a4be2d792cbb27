"""The errors a user can cause, each a built-in exception as well.

`str(error)` is one sentence that says what is wrong, where, and what to do. The command line prints
that sentence without a traceback and exits with code 2.
"""


class ZooError(Exception):
    """The base class of every error that the zoo raises on purpose."""


class ConfigError(ZooError, ValueError):
    """A setting, an argument or an environment variable has a value that cannot be used."""


class UnknownNameError(ZooError, LookupError):
    """No model, cell, task or other part has this name."""


class DuplicateNameError(ZooError, LookupError):
    """Two packages registered this name, so it says nothing."""


class MissingFileError(ZooError, FileNotFoundError):
    """A file that is needed is not there."""


class DamagedFileError(ZooError, ValueError):
    """A file is not what it should be: wrong checksum, cut short, or of another format."""


class PluginError(ZooError, ImportError):
    """A plugin that is needed is not installed, is blocked, or does not work."""


class OfflineError(ZooError, OSError):
    """Something must be downloaded, and the network may not be used or does not answer."""


class DiskError(ZooError, OSError):
    """A file cannot be written: the disk is full, or the folder forbids it."""


class BusyError(ZooError, OSError):
    """Another process is at work in a folder that only one may use at a time."""


class Interrupted(ZooError):
    """A training was asked to stop by Ctrl-C or SIGTERM, and its state is saved."""

    exit_code = 130


class PluginWarning(UserWarning):
    """A plugin was left out because it does not work; everything else goes on."""


def printable(text: str) -> str:
    r"""Returns a text in which control characters are written out, so that a terminal obeys none.

    What a file says may stand in a message; line breaks and tabs stay.

    >>> printable("a" + chr(27) + "[2Jb")
    'a\\x1b[2Jb'
    """
    return "".join(
        c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode("ascii")
        for c in text
    )
