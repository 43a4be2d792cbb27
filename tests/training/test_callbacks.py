"""What the progress bar prints."""

from __future__ import annotations

import io
import sys

import pytest

from zoo.training import callbacks


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes one second a look."""
    now = [0.0]

    def look():
        now[0] += 1.0
        return now[0]

    monkeypatch.setattr(callbacks.time, "perf_counter", look)
    return now


def run_epoch(stream, monkeypatch, steps=100):
    monkeypatch.setattr(sys, "stderr", stream)
    bar = callbacks.ProgressBar(epochs=2, steps=steps, tokens=steps * 500, padding=0.5)
    bar.on_train_begin()
    for step in range(steps):
        bar.on_train_batch_end(step, {"loss": 1.25})
    bar.on_epoch_end(0)
    return stream.getvalue()


def test_a_terminal_has_one_line_that_moves(monkeypatch, clock):
    monkeypatch.setenv("COLUMNS", "100")
    text = run_epoch(Terminal(), monkeypatch)
    assert text.count("\n") == 1
    last = text.rstrip("\n").split("\r\033[K")[-1]
    assert last.startswith("epoch 1/2 ━━━━━━━━━━━━━━━━━━━━ 100%  loss 2.500  500 tokens/s")
    assert last.endswith("2 min left")


@pytest.mark.parametrize("columns", [10, 24, 30, 40, 60, 80, 160])
def test_no_line_is_longer_than_the_terminal_is_wide(monkeypatch, clock, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    text = run_epoch(Terminal(), monkeypatch)
    lines = text.rstrip("\n").split("\r\033[K")[1:]
    assert len(lines) > 20 and max(map(len, lines)) < columns
    assert columns < 24 or all("epoch 1/2" in line and "%" in line for line in lines)
    if columns >= 60:
        assert all("loss" in line and "left" in line and "━" in line for line in lines[9:])


def test_elsewhere_there_is_a_line_from_time_to_time(monkeypatch, clock):
    lines = run_epoch(io.StringIO(), monkeypatch).splitlines()
    assert 3 <= len(lines) <= 6
    assert all("\r" not in line and "\033" not in line for line in lines)
    assert lines[-1].startswith("epoch 1/2") and "100%" in lines[-1]


@pytest.mark.parametrize(
    "seconds, text", [(20, "0 min"), (3540, "59 min"), (3600, "1:00 h"), (7500, "2:05 h")]
)
def test_times_are_read_at_a_glance(seconds, text):
    assert callbacks._clock(seconds) == text
