"""plugins/README.md takes a reader to a registered cell and task: done as it is written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OFFLINE = "--quiet --no-deps --no-build-isolation --no-index --target installed"


def test_from_nothing_to_a_registered_cell(tmp_path):
    page = (ROOT / "plugins" / "README.md").read_text(encoding="utf-8")
    section = page.split("## From nothing")[1].split("\n## ")[0]
    blocks = re.findall(r"```(sh|python)\n(.*?)```", section, re.S)
    assert [kind for kind, _ in blocks] == ["sh", "python", "python", "sh"]
    said = ""
    for kind, text in blocks:
        if kind == "python":
            path = tmp_path / re.match(r"# (\S+)\n", text)[1]
            assert path.exists()  # the template has a file of this name
            path.write_text(text, encoding="utf-8")
        else:
            said += "".join(run(line, tmp_path) for line in text.strip().splitlines())
    assert "1 passed" in said
    assert "zoo_minimal.cell:MinimalCell" in said
    assert int(said.split()[-1]) > 10_000  # parameters


def test_a_task_of_ones_own(tmp_path):
    page = (ROOT / "plugins" / "README.md").read_text(encoding="utf-8")
    section = page.split("## A task of your own")[1].split("\n## ")[0]
    printed = ""
    for kind, text in re.findall(r"```(sh|python|toml)\n(.*?)```", section, re.S):
        if kind == "sh":
            printed += "".join(run(line, tmp_path) for line in text.strip().splitlines())
        else:
            path = tmp_path / re.match(r"# (\S+)\n", text)[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    assert "1 passed" in printed
    assert "zoo_motion.heading:build_heading" in printed
    assert re.search(r"^(forward|backward)\t0\.\d+$", printed, re.M)
    assert re.search(r"^steps\s+test\s+accuracy", printed, re.M)


def run(line: str, folder: Path) -> str:
    """Runs a line as a reader would; `pip` installs into the folder, without any network."""
    python = f'"{sys.executable}"'
    line = line.replace("pip install", f"{python} -m pip install {OFFLINE}")
    line = re.sub(r"^(zoo|pytest) ", rf"{python} -m \1 ", line)
    line = re.sub(r"^python ", f"{python} ", line)
    path = os.pathsep.join([str(folder / "installed"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment["ZOO_HOME"] = str(folder / "home")
    done = subprocess.run(
        line, shell=True, cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, line + "\n" + done.stdout + done.stderr
    return done.stdout
