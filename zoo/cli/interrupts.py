"""Ctrl-C at a command: it ends, says nothing, and leaves nothing half-written."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator

CODE = 130  # what shells say of a command that SIGINT ended
_AGAIN = 0.05  # seconds until an interrupt that was lost is sent once more


class _Interrupts:
    """What SIGINT does to this process, and whether it came."""

    def __init__(self) -> None:
        self.came = False
        self.lost = False
        self.at_once = False

    def __call__(self, *_: object) -> None:
        # The second one, where what was interrupted does not return, ends the process as it is.
        if self.at_once or (self.came and not self.lost):
            os._exit(CODE)
        self.came, self.lost = True, False
        raise KeyboardInterrupt

    def unraisable(self, found) -> None:
        """Sends an interrupt again that came while rubbish was collected, where Python drops it."""
        if not issubclass(found.exc_type, KeyboardInterrupt):
            sys.__unraisablehook__(found)
            return
        self.lost = True
        threading.Timer(_AGAIN, os.kill, (os.getpid(), signal.SIGINT)).start()


_interrupts = _Interrupts()


@contextlib.contextmanager
def ending_with_130() -> Iterator[None]:
    """Ends the process with exit code 130 after SIGINT, whatever the interrupt became on its way.

    Nothing changes where something else than Python's own handler is installed: in a thread, in a
    shell that has SIGINT ignored, or in a training that saves its state.
    """
    global _interrupts
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    _interrupts = _Interrupts()
    try:
        signal.signal(signal.SIGINT, _interrupts)
    except ValueError:  # not the main thread, which alone gets signals
        yield
        return
    hook, sys.unraisablehook = sys.unraisablehook, _interrupts.unraisable
    try:
        yield
    except BaseException:
        # Libraries make errors of their own of an interrupt that reaches them.
        if _interrupts.came:
            raise SystemExit(CODE) from None
        raise
    finally:
        sys.unraisablehook = hook
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextlib.contextmanager
def ending_at_once() -> Iterator[None]:
    """Has SIGINT end the process where it stands, while nothing is written.

    Libraries that are being imported swallow exceptions, or abort where one passes through them.
    """
    _interrupts.at_once = True
    try:
        yield
    finally:
        _interrupts.at_once = False
