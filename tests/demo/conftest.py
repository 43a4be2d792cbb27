"""A page that is served by a process of its own, and a browser that looks at it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from echo_plugin import write_echo

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SAVE = "import sys, zoo; zoo.save(zoo.build('echo'), sys.argv[1])"


@pytest.fixture(scope="session")
def echo_file(tmp_path_factory) -> Path:
    """A folder with the plugin, and in it a model of its task, echo.keras."""
    pytest.importorskip("gradio", reason="Gradio is not installed: pip install '.[demo]'")
    folder = write_echo(tmp_path_factory.mktemp("echo"))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    subprocess.run([sys.executable, "-c", SAVE, folder / "echo.keras"], env=env, check=True)
    return folder / "echo.keras"


@pytest.fixture(scope="session")
def browser():
    """Chromium, which no name leads anywhere but to this machine."""
    found = os.environ.get("ZOO_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("No browser is installed: install Chromium, or name one in ZOO_BROWSER")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: pip install '.[browser]'"
    )
    settings = [
        "--no-sandbox",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--disable-background-networking",
    ]
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, args=settings)
        yield chromium
        chromium.close()
