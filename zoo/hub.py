"""From the name of a released model to a file on this machine whose SHA-256 is the released one.

Looked for in this order: embedded in the package, what a plugin offers, the mirror (`ZOO_MIRROR`, a
folder or a URL), the cache (under `ZOO_HOME`), the model's own URL. What was downloaded from a
mirror or a URL stays in the cache and is not downloaded again.
"""

from __future__ import annotations

import os
from pathlib import Path

from zoo import catalogue, files
from zoo.errors import ConfigError, DamagedFileError, MissingFileError, OfflineError
from zoo.registry import Entry

EMBEDDED = Path(__file__).parent / "weights"


def locate(name: str) -> Path:
    """Returns the verified local file of a released model, downloading it if it must be.

    Args:
        name: `"name"` for the newest revision, or `"name@revision"`.

    Raises:
        UnknownNameError: if there is no such model or revision.
        DamagedFileError: if a file is there and is not the released one.
        MissingFileError: if no place has it.
        OfflineError: if it must be downloaded and cannot be.
        ConfigError: if `ZOO_MIRROR` is neither a folder nor a URL.
    """
    entry = catalogue.models.entry(name)
    return _on_this_machine(entry) or _download(entry)


def on_this_machine(name: str) -> Path | None:
    """Returns the verified file of a released model, or None where it must be downloaded first.

    Raises:
        UnknownNameError, DamagedFileError, ConfigError: as `locate` does.
    """
    return _on_this_machine(catalogue.models.entry(name))


def check(path: Path, entry: Entry, advice: str) -> Path:
    """Returns `path` if its SHA-256 is that of the released file.

    Raises:
        DamagedFileError: if it is not; the message ends with `advice`.
    """
    found, expected = files.sha256_of(path), entry.about["sha256"]
    if found != expected:
        raise DamagedFileError(
            f"{path} is not the released file of {_ref(entry)}: its SHA-256 is {found}, and not "
            f"{expected}; {advice}."
        )
    return path


def _on_this_machine(entry: Entry) -> Path | None:
    file = entry.about["file"]
    if entry.owner == catalogue.ZOO and (EMBEDDED / file).is_file():
        return check(EMBEDDED / file, entry, "install sequence-zoo again")
    answer = catalogue.resolve_artifact(_ref(entry), entry.about)
    if answer is not None and answer[1].is_file():
        return check(answer[1], entry, f"plugin {answer[0].owner} must offer another")
    folder = _mirror()
    if folder and not _is_url(folder) and (Path(folder).expanduser() / file).is_file():
        return check(Path(folder).expanduser() / file, entry, "put the released one there")
    cached = _cached(entry)
    if cached.is_file():
        try:
            return check(cached, entry, "delete it")
        except DamagedFileError:
            if files.offline() or not _urls(entry):
                raise  # otherwise it is simply downloaded again
    return None


def _download(entry: Entry) -> Path:
    urls = _urls(entry)
    if not urls:
        raise MissingFileError(
            f"The file {entry.about['file']} of {_ref(entry)} was not found: not in the "
            "package, not in ZOO_MIRROR, not in the cache, and it has no URL."
        )
    for url in urls:
        try:
            return files.download(
                url,
                _cached(entry),
                sha256=entry.about["sha256"],
                size=entry.about.get("bytes"),
            )
        except OfflineError:
            if url == urls[-1]:
                raise
    raise AssertionError("unreachable")


def _urls(entry: Entry) -> list[str]:
    mirror, own = _mirror(), entry.about.get("url")
    urls = [f"{mirror.rstrip('/')}/{entry.about['file']}"] if _is_url(mirror) else []
    return urls + ([own] if own else [])


def _cached(entry: Entry) -> Path:
    # Named by content: two plugins may give two files one name.
    return files.home() / "models" / entry.about["sha256"] / entry.about["file"]


def _mirror() -> str:
    mirror = os.environ.get("ZOO_MIRROR", "")
    if _is_url(mirror):
        from urllib.parse import urlsplit

        try:
            is_right = bool(urlsplit(mirror).hostname)
        except ValueError:
            is_right = False
    else:
        is_right = not mirror or Path(mirror).expanduser().is_dir()
    if not is_right:
        raise ConfigError(
            f"ZOO_MIRROR is {mirror!r}, which is no {'URL' if _is_url(mirror) else 'folder'}: give "
            "the folder or the URL that holds the files of models, or unset it."
        )
    return mirror


def _is_url(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def _ref(entry: Entry) -> str:
    return f"{entry.name}@{entry.about['revision']}"
