"""Serving the page: to this machine unless told otherwise, and without asking any other."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from zoo.demo import limits
from zoo.demo.page import keys, require_gradio, style, theme
from zoo.errors import ConfigError

# A browser that shows the page asks no other machine for anything, whatever stands in it.
_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'self'; "
    "form-action 'self'; base-uri 'self'"
)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host."""
    return host in _LOOPBACK


def bound(host: str, port: int) -> socket.socket:
    """A socket that is bound; port 0 is any that is free.

    Raises:
        ConfigError: if it cannot be.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except (OSError, OverflowError) as error:
        found.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"Port {port} of {host} cannot be opened ({reason}): give another --port, or 0 for any."
        ) from error
    return found


def app_of(make_page: Callable[[], Any], host: str) -> Any:
    """The page as an ASGI application.

    Args:
        make_page: gives the `gradio.Blocks`.
        host: that it is served on. On loopback it answers to the names of loopback alone, so that
            no web page elsewhere can reach it by a name of its own.

    Raises:
        ConfigError: if Gradio is not installed.
    """
    gradio = require_gradio()
    import fastapi
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    app = fastapi.FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.middleware("http")
    async def add_policy(request: Any, call_next: Any) -> Any:
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    if is_loopback(host):
        hosts = [name if ":" not in name else f"[{name}]" for name in _LOOPBACK]
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)
    return gradio.mount_gradio_app(
        app,
        make_page(),
        "/",
        server_name=host,
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        max_file_size=limits.BYTES,
        theme=theme(),
        css=style(),
        js=keys(),
    )


@contextlib.contextmanager
def own_folder() -> Iterator[None]:
    """Keeps what visitors give in a folder that goes away with the server."""
    with tempfile.TemporaryDirectory(prefix="zoo-demo-") as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder
        yield


def server_of(app: Any) -> Any:
    """A `uvicorn.Server`, whose `run(sockets=[...])` serves until it is told to stop."""
    import uvicorn

    settings = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=2
    )
    return uvicorn.Server(settings)
