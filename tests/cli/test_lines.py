"""Lines of files and of standard input: `--file`, what is no text, and what is too long."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest

from zoo.cli import lines
from zoo.errors import ConfigError

LONG = b"x" * (lines.MOST_BYTES + 1)


def test_a_file_is_answered_line_by_line(zoo_command, tiny_file, tmp_path):
    path = tmp_path / "en.txt"
    path.write_bytes("\ufeffab\n\ncd\r\n".encode() + b"ef\n" * 300)
    done = zoo_command("translate", tiny_file, "--file", path)
    assert (done.code, done.err) == (0, "")
    assert done.lines == ["ba", "", "dc", *["fe"] * 300]


def test_a_text_and_a_file_are_not_both_given(zoo_command, tiny_file, tmp_path):
    path = tmp_path / "en.txt"
    path.write_text("ab\n")
    done = zoo_command("translate", tiny_file, "ab", "--file", path)
    assert (done.code, done.out) == (2, "") and "not as both" in done.err
    done = zoo_command("translate", tiny_file, "--file", tmp_path / "none.txt")
    assert done.code == 2 and "does not exist" in done.err


def test_a_text_that_is_the_name_of_a_file_gets_a_hint(zoo_command, tiny_file, tmp_path):
    path = tmp_path / "en.txt"
    path.write_text("ab\n")
    assert f"--file {path}" in zoo_command("translate", tiny_file, path).err


@pytest.mark.parametrize("verb", ["translate", "classify", "tag", "repair", "score", "surprise"])
def test_every_command_of_lines_has_it(zoo_command, verb):
    assert "--file FILE" in zoo_command(verb, "--help").out


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("ab\ncafé\n".encode("latin-1"), "Line 2 of {} is not in UTF-8 (byte 0xe9)"),
        ("ab\ncd\n".encode("utf-16"), "Line 1 of {} "),
        (b"ab\nc\0d\n", "Line 2 of {} holds a zero byte"),
    ],
)
def test_what_is_no_text_in_utf8_is_said(zoo_command, tiny_file, tmp_path, content, sentence):
    path = tmp_path / "text"
    path.write_bytes(content)
    for done, where in (
        (zoo_command("translate", tiny_file, "--file", path), path),
        (zoo_command("translate", tiny_file, stdin=content), "standard input"),
    ):
        assert done.code == 2 and sentence.format(where) in done.err
        assert done.err.count("\n") == 1
        assert done.lines == (["ba"] if "Line 2" in sentence else [])  # what stands before


def test_a_line_that_is_too_long_is_refused_and_the_others_go_on(zoo_command, tiny_file):
    done = zoo_command("translate", tiny_file, "--json", stdin=b"ab\n" + LONG + b"\ncd\n" + LONG)
    assert done.code == 2
    found = [json.loads(line) for line in done.lines]
    assert [one["source"] for one in found] == ["ab", "x" * 40 + "…", "cd", "x" * 40 + "…"]
    assert [len(one["translations"]) for one in found] == [1, 0, 1, 0]
    assert "Line 2 of standard input has more than 65,536 bytes" in done.err
    assert "Line 4 of standard input" in done.err and done.err.count("\n") == 2


def test_an_endless_line_takes_little_memory(tmp_path):
    script = (
        "import resource, sys; from pathlib import Path; from zoo.cli import lines\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "found = list(lines.lines_of(lines.standard_input(), 'x'))\n"
        "with open(sys.argv[1], 'rb') as file:\n"
        "    count = sum(len(block) for block in lines.blocks_of(file, 'x', 65536))\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(len(found), count, (after - before) // 1024)\n"
    )
    path = tmp_path / "endless"
    path.write_bytes(b"x" * 40_000_000)
    with open(path, "rb") as stdin:
        done = subprocess.run(
            [sys.executable, "-c", script, path], stdin=stdin, capture_output=True, text=True
        )
    refused, count, mebibytes = map(int, done.stdout.split())
    assert (refused, count) == (1, 40_000_000) and mebibytes < 10


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("x" * 501, "A word of more than 500 letters"), ("ab " * 6000, "A text of 18,000 characters")],
)
def test_what_would_be_decoded_for_ever_is_refused(zoo_command, tiny_file, text, sentence):
    done = zoo_command("translate", tiny_file, stdin=f"{text}\nab\n".encode())
    assert done.code == 2 and done.lines == ["", "ba"]
    assert sentence in done.err and done.err.count("\n") == 1


def test_blocks_end_with_words():
    text = "one two three\n" * 5 + "four " * 20 + "é" * 20
    blocks = list(lines.blocks_of(io.BytesIO(text.encode()), "x", 8))
    assert "".join(blocks) == text
    assert all(block[-1] in " \né" for block in blocks)
    with pytest.raises(ConfigError, match="Line 2 of x is not in UTF-8"):
        list(lines.blocks_of(io.BytesIO(b"a\nb\xc3"), "x", 8))


def test_training_text_names_its_first_bad_line(zoo_command, tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(b"To be.\n" * 300 + "Liberté.\n".encode("latin-1"))
    done = zoo_command("train", "lm", "--text", path)
    assert (done.code, done.out) == (2, "")
    assert f"Line 301 of {path} is not in UTF-8" in done.err and done.err.count("\n") == 1


def test_a_learning_rate_without_an_end_is_refused_at_once(zoo_command, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("To be.\n" * 300)
    done = zoo_command("train", "lm", "--text", path, "--learning-rate", 10)
    assert (done.code, done.out) == (2, "")
    assert "10.0 is not in the range" in done.err and done.err.count("\n") == 1


def test_a_failure_while_standard_input_waits_does_not_abort(tiny_file):
    """The thread that reads standard input holds no lock that Python wants when it ends."""
    script = "from zoo.cli import lines; next(lines.batches_of_standard_input()); 1 / 0"
    running = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    os.write(running.stdin.fileno(), b"ab\n")
    assert running.wait(30) == 1
    assert b"ZeroDivisionError" in running.stderr.read()
    running.stdin.close()
