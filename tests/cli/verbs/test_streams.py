"""`--stream` of `zoo tag`, `zoo classify` and `zoo forecast`: a line in, what is known out."""

from __future__ import annotations

import json

import numpy as np
import pytest
from small_forecaster import SCALE, small_forecaster, walks

import zoo
from zoo.inputs import train_words
from zoo.tasks.tagging.segment import build_segment
from zoo.tasks.tagging.segment_sample import LABELS

LINES = ("A warm, funny film", "", "that isn't too long.")
TOKENIZER = train_words([" ".join(LINES).split()], min_count=1)
STDIN = "\n".join(LINES).encode()
PAST = SCALE.unscaled(walks(1, 5)[0])
JOINTS = np.random.default_rng(5).normal(size=(9, 20, 3)).round(3)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Models that read forward, by name, each with the path of its file."""
    text = {"tokenizer": TOKENIZER, "is_causal": True, "units": 8}
    found = {
        "pos": zoo.build("pos", **text),
        "sentiment": zoo.build("sentiment", **text),
        "segment": build_segment(units=8, labels=LABELS, dropout=0.0, is_causal=True),
        "forecast": small_forecaster(patch=1),
        "backwards": zoo.build("sentiment", units=8, tokenizer=TOKENIZER),
    }
    rng, folder = np.random.default_rng(3), tmp_path_factory.mktemp("streams")
    for name, model in found.items():
        for weight in model.trainable_weights if name != "forecast" else ():
            weight.assign(rng.normal(size=weight.shape))
        zoo.save(model, folder / f"{name}.keras")
    return {name: (model, folder / f"{name}.keras") for name, model in found.items()}


def test_words_are_labelled_line_by_line(zoo_command, models):
    model, path = models["pos"]
    whole = model.tag(" ".join(LINES))
    done = zoo_command("tag", path, "--stream", stdin=STDIN)
    assert (done.code, done.err) == (0, "")
    pairs = [f"{token}/{tag}" for token, tag in whole]
    assert [line.split() for line in done.out.split("\n")[:3]] == [pairs[:5], [], pairs[5:]]
    done = zoo_command("tag", path, "--stream", "--tokens", "--json", stdin=STDIN)
    found = [json.loads(line) for line in done.lines]
    assert [one["text"] for one in found] == list(LINES)
    assert [pair["token"] for pair in found[2]["tokens"]] == LINES[2].split()


@pytest.mark.parametrize("form", [json.dumps, lambda frame: ",".join(map(str, np.ravel(frame)))])
def test_frames_are_labelled_line_by_line(zoo_command, models, form):
    model, path = models["segment"]
    stream = model.stream()
    expected = [stream.push(frame.astype("float32"))[-1] for frame in JOINTS]
    stdin = "\n".join(form(frame.tolist()) for frame in JOINTS).encode()
    done = zoo_command("tag", path, "--stream", stdin=stdin)
    assert (done.code, done.err) == (0, "")
    assert done.lines == [f"{n}\t{span.label}" for n, span in enumerate(expected, 1)]
    found = zoo_command("tag", path, "--stream", "--json", stdin=stdin).lines
    last = {"frame": 9, "label": expected[-1].label, "begin": expected[-1].begin}
    assert json.loads(found[-1]) == last


def test_a_text_is_classified_line_by_line(zoo_command, models):
    model, path = models["sentiment"]
    done = zoo_command("classify", path, "--stream", "--json", stdin=STDIN)
    assert done.code == 0
    for number, line in enumerate(done.lines, 1):
        said, whole = json.loads(line), model.classify(" ".join(LINES[:number]))
        assert said["line"] == number and said["label"] == whole.label
        assert said["probabilities"] == pytest.approx(whole.probabilities, abs=1e-5)
    plain = zoo_command("classify", path, "--stream", stdin=STDIN).lines
    assert plain[2].split("\t")[:2] == ["3", whole.label]


@pytest.mark.parametrize("head", ["", "load,heat\n"])
def test_a_series_is_foreseen_line_by_line(zoo_command, models, head):
    model, path = models["forecast"]
    stdin = (head + "\n".join(",".join(map(str, row)) for row in PAST.tolist())).encode()
    done = zoo_command("forecast", path, "--stream", stdin=stdin)
    assert (done.code, done.lines[0]) == (0, "load,heat")
    for number, line in enumerate(done.lines[1:], 1):
        expected = model.forecast(PAST[:number], 1)[0]
        np.testing.assert_allclose([float(x) for x in line.split(",")], expected, rtol=1e-4)
    assert len(done.lines) == 6
    arguments = ("--stream", "--json", "--interval", 0.5)
    last = json.loads(zoo_command("forecast", path, *arguments, stdin=stdin).lines[-1])
    whole = model.forecast(PAST, 1, interval=0.5)
    np.testing.assert_allclose(last["low"], whole.low, rtol=1e-4)


@pytest.mark.parametrize(
    ("verb", "name", "arguments", "stdin", "why"),
    [
        ("tag", "pos", ("--conllu",), b"", "leave out --conllu"),
        ("tag", "pos", ("a text",), b"", "leave out ITEM"),
        ("tag", "segment", (), b"1,2\n", "Line 1 of standard input is no step of 20 x 3 numbers"),
        ("tag", "segment", (), b"[1, oh\n", "Line 1 of standard input"),
        ("classify", "backwards", (), b"a\n", "reads backwards"),
        ("forecast", "forecast", (), b"load,heat\n1,2\n3,nan\n", "Line 3 of standard input"),
        ("forecast", "forecast", ("--samples", 2), b"", "leave out --samples"),
    ],
)
def test_what_cannot_be_read_is_said(zoo_command, models, verb, name, arguments, stdin, why):
    done = zoo_command(verb, models[name][1], "--stream", *arguments, stdin=stdin)
    assert done.code != 0 and why in done.err and done.err.count("\n") == 1
