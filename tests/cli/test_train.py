"""`zoo train lm`: one command from a text file to a model that writes, and goes on if stopped."""

from __future__ import annotations

import pytest

import zoo

SMALL = ["--units", "16", "--layers", "1", "--embedding-size", "8", "--dropout", "0"]
SMALL += ["--learning-rate", "0.02"]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("To be, or not.\n" * 300)
    return path


def test_it_learns_samples_and_goes_on(zoo_command, file, tmp_path):
    done = zoo_command("train", "lm", "--text", file, "--epochs", 4, *SMALL)
    assert done.code == 0, done.err
    assert "; 0 epochs and 0 steps are done" in done.out and "epoch 4: " in done.out
    assert done.out.count("\n    ") >= 4  # samples
    model = zoo.load(tmp_path / "text.keras")
    assert model.task == "lm" and model.score("To be, or not.\n").perplexity < 1.5
    assert "be, or not." in model.generate("To ", 30, temperature=0)
    again = zoo_command("train", "lm", "--text", file, "--epochs", 4, *SMALL)
    assert "; 4 epochs and 0 steps are done" in again.out and "epoch 1: " not in again.out
    other = zoo_command("train", "lm", "--text", file, "--epochs", 4, "--seed", 2, *SMALL)
    assert other.code == 2 and "another seed (1, now 2)" in other.err


def test_words_and_a_long_text_in_parts(zoo_command, file, tmp_path, monkeypatch):
    from zoo.experiments import own_text

    monkeypatch.setattr(own_text, "_EPOCH_TOKENS", 600)  # two parts
    more = ["--level", "word", "--out", tmp_path / "w.keras", "--run", tmp_path / "r"]
    done = zoo_command("train", "lm", "--text", file, "--epochs", 16, *SMALL, *more)
    assert done.code == 0, done.err
    model = zoo.load(tmp_path / "w.keras")
    assert model.generate("To be", 7, temperature=0) == "To be, or not.\nTo be"


def test_it_can_be_looked_into_and_be_tried(zoo_command, file, tmp_path):
    more = ["--epochs", 1, "--run", tmp_path / "r", "--out", tmp_path / "t.keras", *SMALL]
    done = zoo_command("train", "lm", "--text", file, "--dry-run", *more)
    assert done.code == 0 and "labels/s measured over 1 shapes" in done.out
    assert not (tmp_path / "r").exists() and not (tmp_path / "t.keras").exists()
    done = zoo_command("train", "lm", "--text", file, "--tensorboard", *more)
    assert done.code == 0, done.err
    board = tmp_path / "r/tensorboard"
    assert list(board.glob("train/events.*")) and list(board.glob("over_time/step-*/events.*"))


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["lm", "--text", "none.txt"], "no text file 'none.txt'"),
        (["pos", "--text", "x"], "for pos see the scripts in recipes"),
        (["lmm", "--text", "x"], "did you mean 'lm'"),
        (["lm", "--text", "x", "--cell", "lsmt"], "did you mean 'lstm'"),
        (["lm"], "--text"),
        (["lm", "--text", "x", "--level", "letter"], "letter"),
        (["lm", "--text", __file__, "--out", "x.h5"], "must end in .keras"),
        (["lm", "--text", __file__, "--strategy", "tpu"], "There is no strategy 'tpu'"),
    ],
)
def test_mistakes(zoo_command, arguments, message):
    done = zoo_command("train", *arguments)
    assert done.code == 2 and message in done.err and "Traceback" not in done.err


def test_too_little_text(zoo_command, tmp_path):
    (tmp_path / "t.txt").write_text("too little")
    done = zoo_command("train", "lm", "--text", tmp_path / "t.txt")
    assert done.code == 2 and "10 tokens, and 100 are the least" in done.err
    (tmp_path / "t.txt").write_text("")
    done = zoo_command("train", "lm", "--text", tmp_path / "t.txt")
    assert done.code == 2 and "is empty" in done.err
