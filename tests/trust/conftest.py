"""Models that the fuzzers ask, and the table of what long runs of them found."""

from __future__ import annotations

import dataclasses
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from small_classifier import small_classifier
from small_lm import small_lm
from small_nmt import small_nmt
from small_pos import small_pos

import zoo
from zoo.inputs import SentencePieceTokenizer, train_sentencepiece
from zoo.inputs.characters import train_characters

PAGE = Path(__file__).parent / "README.md"
COLUMNS = ("what", "tried", "answered", "refused", "other", "memory", "minutes", "machine")


@dataclasses.dataclass
class Found:
    """What a fuzzer tried, how much of it was answered, in how many seconds; and its memory."""

    tried: int = 0
    answered: int = 0
    seconds: float = 0.0
    memory: str = ""

    def row(self) -> list[str]:
        """The row of the table, without its first column."""
        machine = (
            f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
        )
        counts = [f"{n:,}" for n in (self.tried, self.answered, self.tried - self.answered, 0)]
        return [*counts, self.memory, f"{self.seconds / 60:.0f}", machine]


_FOUND = pytest.StashKey[dict[str, Found]]()


@pytest.fixture(scope="session")
def models(trained_proto):
    """A small untrained model of each topology that reads text, and an ensemble."""
    letters = train_sentencepiece(["hello", "morning"], 15, "char")
    lm = small_lm(tokenizer=train_characters(["abc de\n"]))
    nmt = small_nmt(source_tokenizer=SentencePieceTokenizer(trained_proto))
    return {
        "classifier": small_classifier(),
        "tagger": small_pos(),
        "lm": lm,
        "nmt": nmt,
        "ensemble": zoo.ensemble([nmt, nmt]),
        "speller": zoo.build(
            "spell", units=8, embedding_size=4, source_tokenizer=SentencePieceTokenizer(letters)
        ),
    }


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether fuzzing goes on for hours."""
    return request.config.getoption("--long")


@pytest.fixture
def found(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Takes how many things a fuzzer tried and how many were answered; the rest was refused.

    A fuzzer says it when it found nothing else. With `--long` the page's table gets it.
    """
    begin = time.perf_counter()

    def take(what: str, tried: int, answered: int, memory: str = "") -> None:
        row = request.config.stash.setdefault(_FOUND, {}).setdefault(what, Found())
        row.tried += tried
        row.answered += answered
        row.seconds += time.perf_counter() - begin
        row.memory = memory

    return take


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Writes what a long run found into the table of the page, rows of other fuzzers kept."""
    rows = session.config.stash.get(_FOUND, {})
    if rows and session.config.getoption("--long"):
        page = with_rows(PAGE.read_text(encoding="utf-8"), rows)
        PAGE.write_text(page, encoding="utf-8")


def with_rows(page: str, rows: dict[str, Found]) -> str:
    """A page whose last table has these rows, each in the place of an older one of its name."""
    head = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}\n"
    text, _, table = page.partition(head)
    old = {line.split(" | ")[0].removeprefix("| "): line for line in table.splitlines() if line}
    new = {name: f"| {' | '.join([name, *row.row()])} |" for name, row in rows.items()}
    lines = {**old, **new}
    table = "".join(f"{lines[name]}\n" for name in sorted(lines))
    return text.rstrip("\n") + "\n\n" + head + table
