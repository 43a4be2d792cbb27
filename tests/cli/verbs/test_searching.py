"""The options of decoding: what each becomes, what `zoo translate` prints, and what is nonsense."""

from __future__ import annotations

import json
import re

import pytest
from small_nmt import small_nmt

import zoo
from zoo.cli.verbs.searching import SearchChoice
from zoo.decoding import (
    BeamSearch,
    CoveragePenalty,
    DiverseBeamSearch,
    ForcedPrefix,
    GreedySearch,
    MinimumLength,
    NoRepeatNGram,
    SampleSearch,
)
from zoo.errors import ConfigError
from zoo.inputs import SentencePieceTokenizer

TEXT = "A man runs on the beach."
LINES = [TEXT, "", "A dog sleeps.", "Where is the old lamp?", "A woman eats an apple."]
SAMPLE = ("--search", "sample", "--seed", 3, "--temperature", 1.5)


@pytest.fixture(scope="module")
def small(trained_proto, tmp_path_factory):
    model = small_nmt(3, source_tokenizer=SentencePieceTokenizer(trained_proto), ending=0.0)
    path = tmp_path_factory.mktemp("small") / "small.keras"
    zoo.save(model, path)
    return path, model


@pytest.mark.parametrize(
    ("options", "search"),
    [
        ({"search": "greedy"}, GreedySearch()),
        (
            {"search": "beam", "beam": 4, "n_best": 2, "no_repeat_ngram": 3, "min_length": 6},
            BeamSearch(4, n_best=2, rules=[NoRepeatNGram(3), MinimumLength(6)]),
        ),
        ({"max_length": 7}, BeamSearch(5, max_length=7)),
        (
            {"alpha": 0.7, "length_penalty": "average"},
            BeamSearch(5, 0.7, length_penalty="average"),
        ),
        (
            {"rule": ("no_repeat_ngram:n=3", 'forced_prefix:{"ids": [5, 6]}', "coverage:beta=0.2")},
            BeamSearch(5, rules=[NoRepeatNGram(3), ForcedPrefix([5, 6]), CoveragePenalty(0.2)]),
        ),
        (
            {"search": "sample", "temperature": 0.8, "top_k": 4, "top_p": 0.9, "samples": 3},
            SampleSearch(0.8, 4, 0.9, 3),
        ),
        ({"search": "sample", "seed": 1}, SampleSearch(seed=1)),
        (
            {"search": "diverse", "beam": 4, "groups": 2, "diversity": 0.7, "n_best": 3},
            DiverseBeamSearch(4, 2, 0.7, n_best=3),
        ),
    ],
)
def test_options_become_a_search(options, search):
    choice = SearchChoice.of(options)
    assert repr(choice.arguments()["search"]) == repr(search)
    assert choice.n == search.n


def test_a_plain_beam_asks_for_nothing_that_any_model_has_not():
    assert SearchChoice.of({}).arguments() == {"beam_size": 5}
    assert SearchChoice.of({"beam": 3, "n_best": 2}).arguments() == {"beam_size": 3, "n_best": 2}


def test_samples_do_not_depend_on_how_lines_come(zoo_command, small, monkeypatch):
    path, model = small
    stdin = "\n".join(LINES).encode()
    whole = zoo_command("translate", path, *SAMPLE, stdin=stdin)
    search = SampleSearch(1.5, seed=3)
    expected = iter(model.translate([line for line in LINES if line], search=search))
    assert whole.lines == [next(expected) if line else "" for line in LINES]
    one_by_one = lambda model, arguments, file: ([line] for line in LINES)  # noqa: E731
    monkeypatch.setattr("zoo.cli.serving.items_of", one_by_one)
    assert zoo_command("translate", path, *SAMPLE).lines == whole.lines


def test_a_stream_is_the_text_as_it_is_decided(zoo_command, small):
    path, model = small
    done = zoo_command("translate", path, "--stream", stdin=f"{TEXT}\n\n".encode())
    assert done.lines == [model.translate(TEXT, beam_size=1), ""]
    done = zoo_command("translate", path, TEXT, "--stream", *SAMPLE)
    assert done.lines == [model.translate(TEXT, search=SampleSearch(1.5, seed=3))]


def test_prefix_and_several_outputs(zoo_command, small):
    path, model = small
    done = zoo_command("translate", path, TEXT, "--prefix", "Un homme", "--n-best", 2, "--json")
    found = json.loads(done.out)["translations"]
    expected = model.translate(TEXT, prefix="Un homme", n_best=2)
    assert [one["text"] for one in found] == [one.text for one in expected]
    assert all(one["text"].startswith("Un homme") for one in found)
    done = zoo_command("translate", path, TEXT, *SAMPLE, "--samples", 3)
    assert [line.split("\t")[0] for line in done.lines] == ["1"] * 3


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("coverage:0.2", "is not NAME:SETTING=VALUE"),
        ("coverage:gamma=1", "CoveragePenalty: Missing a required argument: 'beta'"),
        ("coverage:beta=-1", "beta must be a finite number of at least 0"),
        ("no_repeat_ngram", "NoRepeatNGram: Missing a required argument: 'n'"),
    ],
)
def test_a_wrong_rule_is_one_sentence(rule, sentence):
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        SearchChoice.of({"rule": (rule,)}).arguments()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--temperature", 1), "--temperature goes with --search sample, not with beam"),
        (("--search", "greedy", "--beam", 2), "--beam goes with --search beam or diverse, not"),
        (("--search", "sample", "--n-best", 2), "--n-best goes with --search beam or diverse, not"),
        (("--search", "diverse", "--beam", 4), "cannot be divided among 3 groups"),
        (("--search", "beam", "--groups", 2), "--groups goes with --search diverse, not with beam"),
        (("--min-length", 9, "--max-length", 3), "--min-length is above --max-length"),
        (("--stream", "--search", "beam"), "--stream shows each token as it is decided"),
        (("--stream", "--search", "sample", "--samples", 2), "--stream shows each token"),
        (("--stream", "--beam", 2), "--beam goes with --search beam or diverse, not with greedy"),
        (("--stream", "--json"), "which --json cannot hold"),
        (("--top-p", 0), "--top-p"),
        (("--rule", "no_repeat"), "no rule 'no_repeat'; did you mean 'no_repeat_ngram'"),
        (("--search", "gready"), "no search 'gready'; did you mean 'greedy'"),
    ],
)
def test_nonsense_is_one_sentence(zoo_command, monkeypatch, arguments, sentence):
    monkeypatch.setattr("zoo.cli.serving.import_keras", lambda: pytest.fail("imported Keras"))
    done = zoo_command("translate", "nmt-attn-en-fr", TEXT, *arguments)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err and done.err.count("\n") == 1
