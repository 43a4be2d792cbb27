"""`zoo demo`: a page on which models can be played with."""

from __future__ import annotations

import click

from zoo.backend.quiet import import_keras
from zoo.cli import names as completion
from zoo.cli.opening import opening


@click.command("demo")
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=completion.models())
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=7860,
    show_default=True,
    help="Where the page is; 0 for any port that is free.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Who reaches it: this machine alone, or with 0.0.0.0 everybody who reaches this machine.",
)
def command(names: tuple[str, ...], port: int, host: str) -> None:
    """Open a page in which models can be played with.

    A NAME is a released model or the path of a .keras file; without any, all models that are
    installed are there. Each is opened when it is first asked. The page asks no other machine for
    anything. Ctrl-C closes it.
    """
    from zoo.demo.page import require_gradio
    from zoo.demo.server import bound, is_loopback

    with bound(host, port) as door:
        with opening("the page"):
            require_gradio()
            import_keras()
            from zoo import saving
            from zoo.demo.models import Models
            from zoo.demo.page import page_of
            from zoo.demo.part import parts_of
            from zoo.demo.server import app_of, own_folder, server_of

            parts, left_out = parts_of(names)
        with own_folder():
            files = {name: one["path"] for part in parts for name, one in part.models.items()}
            models = Models(lambda name: saving.load(files[name]))
            app = app_of(lambda: page_of(parts, left_out, models), host)
            name = f"[{host}]" if ":" in host else host
            address = f"http://{name}:{door.getsockname()[1]}"
            others = "" if is_loopback(host) else ", and whoever reaches this machine can use it"
            click.echo(f"The page is at {address}{others}. Ctrl-C closes it.")
            server_of(app).run(sockets=[door])
