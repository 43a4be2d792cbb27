"""Which processes train together, as `TF_CONFIG` says it to each of them.

A cluster manager sets the variable, or `zoo launch` does; TensorFlow reads it as well, and its
errors name neither the variable nor what to do.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import os
import re
import socket
from typing import Any

from zoo.errors import ConfigError

VARIABLE = "TF_CONFIG"
_JOBS = ("chief", "worker")
_EXAMPLE = (
    '{"cluster": {"worker": ["first:12345", "second:12345"]}, '
    '"task": {"type": "worker", "index": 0}}'
)


@dataclasses.dataclass(frozen=True)
class Cluster:
    """The processes of a training, and which of them this one is.

    Attributes:
        addresses: "host:port" of each process, the chief first, which alone writes files.
        index: of this process.
    """

    addresses: tuple[str, ...]
    index: int

    def text(self) -> str:
        """The value of `TF_CONFIG` that says the same."""
        task = {"type": "worker", "index": self.index}
        return json.dumps({"cluster": {"worker": list(self.addresses)}, "task": task})


def cluster_of_environment() -> Cluster | None:
    """The cluster that `TF_CONFIG` names; None where the variable is not set.

    Raises:
        ConfigError: if it says no cluster of workers, or not which of them this process is.
    """
    text = os.environ.get(VARIABLE)
    return cluster_of(text) if text else None


def cluster_of(text: str) -> Cluster:
    """The cluster that a value of `TF_CONFIG` names.

    Args:
        text: JSON with a `cluster`, which has the addresses of a `worker` and perhaps a `chief`
            job, and a `task`, which has the `type` and `index` of this process.

    Raises:
        ConfigError: if it is anything else.

    Example:
        >>> cluster_of(Cluster(("a:1", "b:1"), 1).text())
        Cluster(addresses=('a:1', 'b:1'), index=1)
    """
    try:
        said = json.loads(text)
    except ValueError as error:
        raise _wrong(f"is no JSON ({error})") from None
    jobs = _dict(_dict(said, "It").get("cluster"), "`cluster` in it")
    task = _dict(said.get("task"), "`task` in it")
    others = sorted(map(str, jobs.keys() - set(_JOBS)))
    if others:
        raise _wrong(f"names the jobs {', '.join(others)}, and workers that train are `worker`")
    counts = {}
    addresses: list[str] = []
    for job in _JOBS:
        listed = jobs.get(job, [])
        if not isinstance(listed, list) or not all(map(_is_address, listed)):
            raise _wrong(f"has {listed!r} for {job!r}, where a list of host:port belongs")
        counts[job] = range(len(addresses), len(addresses) + len(listed))
        addresses += listed
    if not addresses:
        raise _wrong("names no worker")
    twice = sorted({one for one in addresses if addresses.count(one) > 1})
    if twice:
        raise _wrong(f"gives {twice[0]} to two workers")
    kind, index = task.get("type"), task.get("index")
    if kind not in _JOBS or not counts[kind]:
        raise _wrong(f"says that this process is a {kind!r}, and its cluster has no such job")
    if not isinstance(index, int) or not 0 <= index < len(counts[kind]):
        raise _wrong(
            f"says that this process is {kind} {index!r}, and there are {len(counts[kind])}, "
            "counted from 0"
        )
    return Cluster(tuple(addresses), counts[kind][index])


def require_free_port(cluster: Cluster) -> None:
    """Refuses a cluster in which the port of this process is taken, which TensorFlow waits on.

    Raises:
        ConfigError: if another process listens there.
    """
    host, _, port = cluster.addresses[cluster.index].rpartition(":")
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("", int(port)))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                return
            raise ConfigError(
                f"Port {port}, which {VARIABLE} gives to worker {cluster.index} at {host}, cannot "
                f"be had ({error.strerror}): end the process that has it, or name another port to "
                "all workers."
            ) from error


def free_ports(count: int) -> list[int]:
    """Ports of this machine that no process listens on now, each another."""
    with contextlib.ExitStack() as stack:  # open together, so that none is given twice
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _is_address(value: Any) -> bool:
    found = re.fullmatch(r"(\S+):(\d{1,5})", value) if isinstance(value, str) else None
    return found is not None and 0 < int(found[2]) < 65536


def _dict(value: Any, what: str) -> dict:
    if not isinstance(value, dict):
        raise _wrong(f"is incomplete ({what} is no object)")
    return value


def _wrong(why: str) -> ConfigError:
    return ConfigError(f"{VARIABLE} {why}: write it like {_EXAMPLE}.")
