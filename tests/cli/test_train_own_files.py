"""`zoo train nmt|classify|tag|caption|forecast`: from plain files to a model, or a sentence."""

from __future__ import annotations

import datetime
import json
import re

import numpy as np
import pytest

import zoo

WORDS = {
    "one": "un",
    "two": "deux",
    "dog": "chien",
    "cat": "chat",
    "runs": "court",
    "eats": "mange",
}
SMALL = ["--units", "16", "--learning-rate", "0.02", "--dropout", "0"]


@pytest.fixture
def pairs(tmp_path):
    rng = np.random.default_rng(0)
    lines = [[word] * 4 for word in rng.choice(list(WORDS), 200)]  # learnt in a few steps
    (tmp_path / "a.en").write_text("".join(" ".join(line) + "\n" for line in lines))
    french = (" ".join(WORDS[word] for word in line) + "\n" for line in lines)
    (tmp_path / "a.fr").write_text("".join(french))
    return ["--source", tmp_path / "a.en", "--target", tmp_path / "a.fr"]


def test_two_files_of_lines_become_a_translator(zoo_command, pairs, tmp_path):
    out = ["--out", tmp_path / "m.keras"]
    done = zoo_command("train", "nmt", *pairs, *out, *SMALL, "--epochs", 12)
    assert done.code == 0, done.err
    assert "epoch 1: validation BLEU held out" in done.out and " -> " in done.out
    model = zoo.load(tmp_path / "m.keras")
    assert model.task == "nmt" and model.translate("dog dog dog dog") == "chien chien chien chien"
    assert (tmp_path / "m.run/log.csv").read_text().startswith("epoch,score,loss,held out,seconds")

    again = zoo_command("train", "nmt", *pairs, *out, *SMALL, "--epochs", 13)
    assert "; 12 epochs and 0 steps are done" in again.out
    (tmp_path / "a.en").write_text((tmp_path / "a.en").read_text().replace("dog", "cat", 1))
    other = zoo_command("train", "nmt", *pairs, *out, *SMALL, "--epochs", 13)
    assert other.code == 2 and "holds a run on other data" in other.err

    more = ["--init-from", tmp_path / "m.keras", "--out", tmp_path / "n.keras", "--epochs", 1]
    tuned = zoo_command("train", "nmt", *pairs, *SMALL, "--learning-rate", "1e-9", *more)
    assert tuned.code == 0, tuned.err
    assert zoo.load(tmp_path / "n.keras").translate("dog dog dog dog") == "chien chien chien chien"


def test_a_dry_run_says_what_it_takes_and_leaves_nothing(zoo_command, pairs, tmp_path):
    done = zoo_command("train", "nmt", *pairs, "--out", tmp_path / "m.keras", "--dry-run")
    assert done.code == 0, done.err
    for part in ("trainable parameters", "source [", "steps an epoch", "about ", "of memory"):
        assert part in done.out
    assert not (tmp_path / "m.keras").exists() and not (tmp_path / "m.run/state.npz").exists()


def test_a_table_becomes_a_classifier_with_its_labels(zoo_command, tmp_path):
    rng = np.random.default_rng(0)
    rows = [("spam", "buy now cheap"), ("ham", "see you at lunch"), ("news", "the senate votes")]
    lines = ["kind\tbody"]
    for _ in range(60):
        label, text = rows[rng.integers(3)]
        lines.append(f"{label}\t{' '.join(rng.permutation(text.split()))}")
    (tmp_path / "t.tsv").write_text("\n".join(lines))
    table = ["--csv", tmp_path / "t.tsv", "--text", "body", "--label", "kind"]
    out = ["--out", tmp_path / "m.keras", "--epochs", 20]
    done = zoo_command("train", "classify", *table, *out, *SMALL, "--cell", "lstm")
    assert done.code == 0, done.err
    model = zoo.load(tmp_path / "m.keras")
    assert model.labels == ["ham", "news", "spam"]
    answers = model.classify(["cheap buy", "lunch at", "votes senate"])
    assert [one.label for one in answers] == ["spam", "ham", "news"]
    shown = zoo_command("classify", tmp_path / "m.keras", "buy cheap")
    assert shown.code == 0 and "spam" in shown.out


def test_conllu_becomes_a_tagger_with_its_tags(zoo_command, tmp_path):
    tags = {"the": "DET", "dog": "NOUN", "cat": "NOUN", "runs": "VERB", "big": "X-SIZE"}
    rng = np.random.default_rng(0)
    blocks = []
    for _ in range(80):
        words = rng.choice(list(tags), 4)
        lines = [f"{i}\t{w}\t_\t{tags[w]}" + "\t_" * 6 for i, w in enumerate(words, 1)]
        blocks.append("# text = x\n1-2\tdu" + "\t_" * 8 + "\n" + "\n".join(lines))
    (tmp_path / "t.conllu").write_text("\n\n".join(blocks) + "\n")
    out = ["--out", tmp_path / "m.keras", "--epochs", 15]
    done = zoo_command("train", "tag", "--conllu", tmp_path / "t.conllu", *out, *SMALL)
    assert done.code == 0, done.err
    model = zoo.load(tmp_path / "m.keras")
    assert [tag for _, tag in model.tag([["the", "big", "dog"]])[0]] == ["DET", "X-SIZE", "NOUN"]


BAD = [
    ("nmt", {"a": b"one\ntwo\n", "b": b"un\n"}, "goes on after line 1, where the other file ends"),
    ("nmt", {"a": b"one\nt\xe9\n", "b": b"un\ndeux\n"}, "Line 2 of a is not UTF-8 (byte 2 of it)"),
    ("nmt", {"a": b"\n", "b": b"\n"}, "have no pair of lines"),
    ("nmt", {"a": b"one\n"}, "There is no file 'b'"),
    ("nmt", {"a": b"one\n", "b": b"un\n"}, "1 examples are too few to learn from"),
    ("classify", {"t": b"a,label\nx,y\n"}, "t has no column 'text': its first line names a, label"),
    ("classify", {"t": b"text,label\nx,y\n\nz\n"}, "Line 4 of t has no 'text' or no 'label'"),
    ("classify", {"t": b"text,label\nx,y\nz,y\n"}, "has fewer than two labels"),
    ("tag", {"t": b"1\ta\t_\n"}, "Line 1 of t has 3 columns, not 10"),
    ("tag", {"t": b"# only\n"}, "has no tagged sentence"),
    ("forecast", {"t": b"a,b\n1,2\n,3\n"}, "t has no number in column 'a' at step 1"),
    ("forecast", {"t": b"a\n1\n2\n"}, "t is too short: 24 steps of past and 24 of future do not"),
    ("caption", {"t": b"a.jpg a dog\n"}, "Line 1 of t is not a file's name, a tab and a caption"),
    ("caption", {"t": b"a.jpg\ta dog\n"}, "Line 1 of t: there is no photograph"),
]
OPTIONS = {
    "nmt": ["--source", "a", "--target", "b"],
    "classify": ["--csv", "t"],
    "tag": ["--conllu", "t"],
    "forecast": ["--csv", "t"],
    "caption": ["--captions", "t", "--images", "."],
}


@pytest.mark.parametrize("task, files, sentence", BAD)
def test_a_bad_file_is_named_with_its_line(
    zoo_command, tmp_path, monkeypatch, task, files, sentence
):
    monkeypatch.chdir(tmp_path)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    done = zoo_command("train", task, *OPTIONS[task], "--out", "m.keras")
    assert done.code == 2 and sentence in done.err and "Traceback" not in done.err
    assert not (tmp_path / "m.keras").exists()


@pytest.mark.parametrize(
    "more, sentence",
    [
        (["--out", "m.h5"], "must end in .keras"),
        (["--out", "m.keras", "--cell", "lsmt"], "did you mean 'lstm'"),
        (["--out", "m.keras", "--attention", "addditive"], "did you mean 'additive'"),
        (["--out", "m.keras", "--strategy", "tpu"], "There is no strategy 'tpu'"),
    ],
)
def test_a_bad_option_is_said(zoo_command, pairs, tmp_path, monkeypatch, more, sentence):
    monkeypatch.chdir(tmp_path)
    done = zoo_command("train", "nmt", *pairs, *more)
    assert done.code == 2 and sentence in done.err


@pytest.fixture
def waves(tmp_path):
    """Two years of days: a sine of a week, and its double turned by a day, with some noise."""
    days = np.arange(730)[:, None] + np.array([0, 1])
    noise = np.random.default_rng(0).normal(0, 0.05, days.shape)
    values = (np.sin(2 * np.pi * days / 7) + noise) * [1, 2] + [10, -5]
    start = datetime.date(2024, 1, 1)
    lines = [f"{start + datetime.timedelta(n)},{a},{b}\n" for n, (a, b) in enumerate(values)]
    (tmp_path / "w.csv").write_text("day,here,there\n" + "".join(lines))
    return tmp_path / "w.csv"


def test_a_table_of_numbers_becomes_a_forecaster(zoo_command, waves, tmp_path):
    out = ["--out", tmp_path / "w.keras", "--learning-rate", "0.01", "--units", 16]
    done = zoo_command("train", "forecast", "--csv", waves, *out, "--steps", 14, "--epochs", 6)
    assert done.code == 0, done.err
    model = zoo.load(tmp_path / "w.keras")
    assert (model.task, model.patch, model.context) == ("forecast", 14, 56)
    table = model.input.read(str(waves))
    assert model.input.mean == pytest.approx(table.values[:584].mean(0))  # none of what is held out
    found = model.forecast(table, 28, interval=0.8)
    expected = np.sin(2 * np.pi * (np.arange(730, 758)[:, None] + np.array([0, 1])) / 7)
    off = (np.asarray(found) - [10, -5]) / [1, 2] - expected
    assert np.abs(off).mean() < 0.15 and f"{found.dates[0]:%Y-%m-%d}" == "2025-12-31"
    assert len(model.spread) == 1 and "the last value repeated has MSE 1." in done.out
    said = float(re.search(r"held out +MSE ([0-9.]+)", done.out)[1])
    assert said == pytest.approx(_mse(model, table.values), abs=6e-5) and said < 0.05

    more = ["--init-from", tmp_path / "w.keras", "--out", tmp_path / "n.keras", "--epochs", 1]
    tuned = zoo_command("train", "forecast", "--csv", waves, *more, "--steps", 28)
    assert tuned.code == 0 and len(zoo.load(tmp_path / "n.keras").spread) == 2, tuned.err
    odd = zoo_command("train", "forecast", "--csv", waves, *more, "--steps", 15)
    assert odd.code == 2 and "forecasts 14 steps at once" in odd.err
    odd = zoo_command("train", "forecast", "--csv", waves, *more, "--steps", 28, "--context", 28)
    assert odd.code == 2 and "reads 56 steps of the past: leave out --context" in odd.err
    (tmp_path / "v.csv").write_text("here,where\n1,2\n")
    odd = zoo_command("train", "forecast", "--csv", waves, *out, "--valid", tmp_path / "v.csv")
    assert odd.code == 2 and "v.csv has no column 'there'" in odd.err


def _mse(model, values):
    """Of all windows whose futures lie in the last fifth, forecast one by one, in deviations."""
    errors = []
    for begin in range(584, 730 - 14 + 1):
        found = np.asarray(model.forecast(values[begin - 56 : begin], 14))
        errors.append((values[begin : begin + 14] - found) / model.input.deviation)
    return float(np.mean(np.square(errors)))


def test_settings_of_a_run_are_kept_as_json(zoo_command, pairs, tmp_path):
    done = zoo_command("train", "nmt", *pairs, "--out", tmp_path / "m.keras", "--epochs", 1, *SMALL)
    assert done.code == 0, done.err
    kept = json.loads((tmp_path / "m.run/settings.json").read_text())
    assert kept["units"] == 16 and len(kept["data"]) == 32
