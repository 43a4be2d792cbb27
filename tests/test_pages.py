"""Pages say what is true: links lead somewhere, names exist, commands parse, examples run.

`tests/e2e/test_plugin_page.py` runs plugins/README.md from beginning to end.
"""

import ast
import importlib.util
import re
import shlex
from pathlib import Path

import click
import pytest

import zoo
from zoo.cli.app import cli

ROOT = Path(__file__).parents[1]
MOST_LINES = 170  # of README.md

# The page of each part, which README.md links to.
PAGES_OF_PARTS = (
    "plugins/README.md",
    "recipes/README.md",
    "tests/benchmarks/README.md",
    "tests/trust/README.md",
    "zoo/README.md",
    "zoo/decoding/README.md",
    "zoo/demo/README.md",
    "zoo/diagnostics/README.md",
    "zoo/experiments/README.md",
    "zoo/export/README.md",
    "zoo/inputs/README.md",
    "zoo/tasks/README.md",
    "zoo/tasks/classification/README.md",
    "zoo/tasks/forecasting/README.md",
    "zoo/tasks/language_modelling/README.md",
    "zoo/tasks/sequence_to_sequence/README.md",
    "zoo/tasks/tagging/README.md",
    "zoo/tasks/transcription/README.md",
    "zoo/training/README.md",
)
PAGES = sorted(
    path
    for path in (
        ROOT / "README.md",
        *(
            found
            for room in ("plugins", "recipes", "tests", "zoo")
            for found in (ROOT / room).rglob("README.md")
        ),
    )
    if "build" not in path.relative_to(ROOT).parts
)

# plugins/README.md has a test of its own.
PAGES_THAT_RUN = [
    ROOT / name for name in ("README.md", *PAGES_OF_PARTS) if name != "plugins/README.md"
]

# A block that names one of these needs files or arrays that a reader makes.
NOT_HERE = ('.keras"', "loss=...", "served/", "one_hot_labels")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(page: Path, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def shell_lines(page: Path) -> list[str]:
    """The lines of indented and of `sh` blocks."""
    indented = re.findall(r"^ {4}(\S.*)$", prose(page), re.M)
    return [*indented, *"\n".join(blocks(page, "sh")).splitlines()]


def commands(page: Path) -> list[list[str]]:
    """The words of each command that a page's shell lines run."""
    found = []
    for line in shell_lines(page):
        words = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
        words.whitespace_split = True
        try:
            words = list(words)
        except ValueError:
            continue  # a line of no shell
        command: list[str] = []
        is_target = False  # of a redirection
        for word in words:
            if set(word) <= set("|&;"):
                found.append(command)
                command = []
            elif set(word) <= set("<>"):
                is_target = True
            elif is_target:
                is_target = False
            else:
                command.append(word)
        found.append(command)
    return [command for command in found if command]


def resolve(name: str) -> object:
    """What a dotted name of the zoo means: a module, or something in one."""
    parts = name.split(".")
    found: object = zoo
    for end, part in enumerate(parts[1:], 2):
        try:
            found = getattr(found, part)
        except AttributeError:
            found = importlib.import_module(".".join(parts[:end]))
    return found


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", prose(page), re.M)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("name", PAGES_OF_PARTS)
def test_readme_links_to_each_page(name):
    assert ROOT / name in PAGES
    assert f"]({name})" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_page_of_the_house_has_every_room():
    text = (ROOT / "zoo" / "README.md").read_text(encoding="utf-8")
    rooms = [path for path in (ROOT / "zoo").iterdir() if (path / "__init__.py").exists()]
    wings = [path for path in (ROOT / "zoo" / "tasks").iterdir() if (path / "__init__.py").exists()]
    assert [relative(room) for room in [*rooms, *wings] if f"`{relative(room)}/`" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        found = page.parent / path if path else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_names_exist(page):
    """Those that Python blocks use, and those in the text."""
    names = set(re.findall(r"`(zoo(?:\.[A-Za-z_]\w*)+)", prose(page))) - {"zoo.json"}
    for block in blocks(page, "python"):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and node.module:
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.Attribute):
                names.add(ast.unparse(node))
    for name in sorted(names):
        if re.fullmatch(r"zoo(\.\w+)+", name):
            resolve(name)


def is_installed(page: Path) -> bool:
    """Whether the commands of a page are there: a plugin may bring its own."""
    module = page.parent.name.replace("-", "_")
    return page.parent.parent.name != "plugins" or importlib.util.find_spec(module) is not None


@pytest.mark.parametrize("page", list(filter(is_installed, PAGES)), ids=relative)
def test_commands_parse(page):
    for program, *arguments in commands(page):
        if Path(program).name == "zoo":
            context = click.Context(cli, info_name="zoo")
            name, command, rest = cli.resolve_command(context, arguments)
            command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_scripts_have_these_options(page):
    for words in commands(page):
        places = [at for at, word in enumerate(words) if re.match(r"(recipes|tests/\w+)/", word)]
        if "python" not in words or not places:
            continue
        script = ROOT / words[places[0]]
        assert script.exists(), script
        sources = script.glob("*.py") if script.is_dir() else [script]
        text = "".join(source.read_text(encoding="utf-8") for source in sources)
        # The options of every recipe, and those of parts that it shares with others.
        parts = re.findall(r"^from zoo\.experiments import (.+)$", text, re.M)
        for part in {"recipe", *", ".join(parts).split(", ")} - {""}:
            text += (ROOT / f"zoo/experiments/{part}.py").read_text(encoding="utf-8")
        for word in words[places[0] + 1 :]:
            assert not word.startswith("--") or f'"{word}"' in text, f"{script.name} {word}"


@pytest.mark.parametrize("page", PAGES_THAT_RUN, ids=relative)
def test_examples_run(page, tmp_path, monkeypatch):
    """Those that need only the zoo and its released models, a page from top to bottom."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks(page, "python"):
        if not any(word in block for word in NOT_HERE):
            exec(compile(block, relative(page), "exec"), names)
