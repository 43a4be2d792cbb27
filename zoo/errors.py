"""The errors a user can cause, each a built-in exception as well.

`str(error)` is one sentence that says what is wrong, where, and what to do. The command line prints
that sentence without a traceback and exits with code 2. What a file, a server or a plugin says may
be part of it, so that control characters are written out.
"""

import re

# What a terminal obeys, line breaks and tabs aside: C0 and C1, the overrides of the direction of
# writing, the separators of lines; and lone surrogates, which cannot be written.
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class ZooError(Exception):
    """The base class of every error that the zoo raises on purpose."""

    def __str__(self) -> str:
        return printable(super().__str__())


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


class LostWorkerError(ZooError, ConnectionError):
    """Another process of a training ended or cannot be reached; started again, all go on."""

    exit_code = 75  # that of sysexits.h for what may go well the next time


class PluginWarning(UserWarning):
    """A plugin was left out because it does not work; everything else goes on."""

    def __str__(self) -> str:
        return printable(super().__str__())


def printable(text: str) -> str:
    r"""Returns a text in which control characters are written out, so that a terminal obeys none.

    Line breaks and tabs stay.

    >>> printable("a" + chr(27) + "[2Jb")
    'a\\x1b[2Jb'
    """
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
