"""Public functions refuse wrong types and values by a sentence, and no foreign exception comes out.

Arguments are drawn from lists of odd ones with fixed seeds. One bad call must not break the good
ones after it.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from refusals import is_one_sentence

import zoo
from zoo import decoding
from zoo.errors import ConfigError, ZooError
from zoo.export.litert import export_litert
from zoo.export.onnx_graph import export_onnx
from zoo.export.saved_model import export_saved_model

ODD = (
    None, True, False, 0, -1, 10**9, -(10**20), 2**70, 0.5, -0.5, float("nan"), float("inf"),
    1e308, 1j, "", "a", "\ud800\x1b[2J", b"a", bytearray(b"a"), (), [], {}, set(), [None],
    ["a", 3], [["a"]], [[3]], {"a": 1}, {"a"}, object(), int, len, lambda: 1, np.zeros(3),
    np.float32("nan"), np.int64(-3), np.bool_(True), np.array("a"), np.array([], "float32"),
    Path("/no/such"), range(3), iter("ab"), Ellipsis, NotImplemented, ValueError("x"),
    decoding.MinimumLength(3), [decoding.MinimumLength(3)],
)  # fmt: skip
SEARCHES = (
    "beam", "no such", decoding.SampleSearch(seed=1), decoding.BeamSearch(2), decoding.Rule(),
)  # fmt: skip
ANSWERED, REFUSED = "answered", "refused"

TRANSLATE = {
    "text": "Two dogs.", "beam_size": 1, "n_best": 1, "return_attention": False, "alpha": 1.0,
    "length_penalty": "wu", "search": None, "prefix": "", "stream": False, "shortlist": False,
}  # fmt: skip
GENERATE = {
    "prompt": "ab", "length": 2, "temperature": 1.0, "top_k": None, "top_p": 1.0, "seed": 1,
    "search": None, "stream": False,
}  # fmt: skip

# Verb -> a call that works. Each argument in turn, and some together, become odd.
VERBS = {
    ("classifier", "classify"): {"text": "a dog"},
    ("classifier", "classify_tokens"): {"texts": [["a", "dog"]]},
    ("classifier", "with_ngrams"): {"ngrams": None},
    ("tagger", "tag"): {"text": "a dog", "is_split_into_words": False},
    ("lm", "score"): {"text": "abc"},
    ("lm", "surprise"): {"text": "abc"},
    ("lm", "complete"): {"text": "ab", "n": 2},
    ("lm", "generate"): GENERATE,
    ("lm", "with_cache"): {"size": 5, "theta": 0.3, "lambda_": 0.1},
    ("nmt", "translate"): TRANSLATE,
    ("nmt", "score"): {"sources": "Two.", "targets": "Deux.", "alpha": 1.0, "length_penalty": "wu"},
    ("nmt", "with_shortlist"): {"shortlist": None},
    ("ensemble", "translate"): {"text": "Two dogs.", "beam_size": 1},
    ("speller", "repair"): {"text": "hellx", "free": False, "beam_size": 2},
    ("speller", "repairs"): {"word": "hellx", "n": 2, "free": False},
    ("speller", "with_lexicon"): {"words": ["hello"]},
}
FUNCTIONS = {
    zoo.load: {"ref": "lm-char-hello", "max_bytes": None},
    zoo.save: {"model": None, "path": "/no/such/m.keras", "dtype": None},
    zoo.ensemble: {"models": []},
    zoo.describe: {"name": "gru", "kind": None},
    zoo.list_models: {"pattern": None, "task": None},
    zoo.list_tasks: {"pattern": None},
    zoo.list_cells: {"pattern": None},
    zoo.list_attentions: {"pattern": None},
    zoo.list_datasets: {"pattern": None},
    decoding.BeamSearch: {
        "beam_size": 2, "alpha": 1.0, "n_best": 1, "max_length": None, "length_penalty": "wu",
        "rules": (), "bos_id": 2, "eos_id": 3,
    },
    decoding.DiverseBeamSearch: {"beam_size": 6, "groups": 3, "diversity": 0.5},
    decoding.GreedySearch: {"max_length": None, "alpha": 1.0, "rules": ()},
    decoding.SampleSearch: {
        "temperature": 1.0, "top_k": None, "top_p": 1.0, "samples": 1, "seed": None,
    },
    decoding.MinimumLength: {"length": 3},
    decoding.NoRepeatNGram: {"n": 3},
    decoding.OneOf: {"sequences": [[3, 4]]},
    decoding.CoveragePenalty: {"beta": 0.2},
}  # fmt: skip
BUILDS = {
    "nmt": {"units": 4, "embedding_size": 4, "encoder_layers": 1, "dropout": 0.0, "cell": "gru",
            "attention": "additive", "vocabulary_size": 9, "name": "m", "dtype": None},
    "lm": {"units": 4, "embedding_size": 4, "layers": 1, "dropout": 0.0, "vocabulary_size": 9},
    "rating": {"units": 4, "embedding_size": 4, "labels": ("a", "b"), "vocabulary_size": 9},
    "pos": {"units": 4, "embedding_size": 4, "labels": ("a", "b"), "crf": True, "languages": (),
            "vocabulary_size": 9, "character_filters": 2},
    "caption": {"vocabulary_size": 9, "blocks": (), "side": 8, "longest": 3},
}  # fmt: skip


def outcome_of(function, arguments) -> str:
    """Whether a function answers or refuses by a sentence, or what is wrong with it."""
    try:
        found = function(**arguments)
        if isinstance(found, Iterator):
            for _, _piece in zip(range(100), found, strict=False):
                pass
    except ZooError as error:
        text = str(error)
        if not is_one_sentence(text):
            return f"{type(error).__name__} is no sentence: {text!r}"
        return REFUSED
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]!r}"
    return ANSWERED


def odd_calls(right, seed, count, odd=ODD):
    """Each argument in turn with every odd value, then `count` calls with two of them odd."""
    for name in right:
        for value in (*odd, *SEARCHES) if name == "search" else odd:
            yield {**right, name: value}
    rng = random.Random(seed)
    for _ in range(count if len(right) > 1 else 0):
        names = rng.sample(sorted(right), 2)
        yield {**right, **{name: rng.choice(odd) for name in names}}
    yield {**right, "no_such_argument": 1}


def require_outcomes(name, function, calls, found):
    """Calls a function, and requires that it answers or refuses each time."""
    outcomes = [(call, outcome_of(function, call)) for call in calls]
    faults = [
        f"{name}({', '.join(f'{k}={v!r}' for k, v in call.items())[:300]}): {outcome}"
        for call, outcome in outcomes
        if outcome not in (ANSWERED, REFUSED)
    ]
    assert not faults, "\n".join(faults)
    found("odd arguments", len(outcomes), sum(outcome == ANSWERED for _, outcome in outcomes))


@pytest.mark.parametrize("place", VERBS, ids=".".join)
def test_verbs(models, place, long, found):
    model, verb = models[place[0]], place[1]
    right, function = VERBS[place], getattr(models[place[0]], place[1])
    before = repr(function(**right)) if verb not in ("with_ngrams", "with_cache") else None
    calls = odd_calls(right, 0, 2000 if long else 20)
    require_outcomes(f"{model.name}.{verb}", function, calls, found)
    if before is not None and not verb.startswith("with"):
        assert repr(function(**right)) == before  # bad calls have not broken the good ones


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_functions(function, long, found):
    calls = odd_calls(FUNCTIONS[function], 0, 2000 if long else 20)
    require_outcomes(function.__name__, function, calls, found)


@pytest.mark.parametrize("task", BUILDS)
def test_builders(task, long, found):
    """No huge numbers: what a builder is asked for, it makes."""
    small = tuple(v for v in ODD if not (isinstance(v, int) and v > 1000))
    calls = odd_calls(BUILDS[task], 0, 500 if long else 10, small)
    build = functools.partial(zoo.build, task)
    require_outcomes(f"build({task!r})", build, calls, found)


@pytest.mark.parametrize(
    ("place", "arguments", "sentence"),
    [
        ("nmt.translate", {"text": "a", "beam_size": 10**9}, r"translate: beam_size must be a "
            r"whole number from 1 to 1,000 or None, not 1000000000\."),
        ("nmt.translate", {"text": "a", "n_best": True}, "n_best must be a whole number of at"),
        ("nmt.translate", {"text": "a", "bem_size": 2}, "unexpected keyword argument 'bem_size'"),
        ("nmt.translate", {"text": "a", "stream": 1}, "stream must be True or False, not 1"),
        ("lm.generate", {"length": True}, "length must be a whole number from 1 to 1,000,000, not"),
        ("lm.with_cache", {"theta": float("nan")}, "theta must be a finite number of at lea"),
        ("tagger.tag", {"text": np.zeros(3), "is_split_into_words": True}, "tag wants lists of"),
        ("classifier.classify_tokens", {"texts": None}, "texts must be a list of lists of strings"),
    ],
)  # fmt: skip
def test_what_is_said(models, place, arguments, sentence):
    model, _, verb = place.partition(".")
    with pytest.raises(ConfigError, match=sentence):
        getattr(models[model], verb)(**arguments)


def test_rules_are_rules():
    with pytest.raises(ConfigError, match="BeamSearch: rules must be a list of Rules, not 3"):
        decoding.BeamSearch(rules=3)


EXPORTS = {
    ("nmt", "beam_size"), ("nmt", "max_length"), ("nmt", "alpha"), ("nmt", "length_penalty"),
    ("speller", "beam_size"), ("lm", "max_length"), ("lm", "beam_size"), ("tagger", "quantize"),
    ("tagger", "samples"), ("classifier", "max_length"), ("classifier", "folder"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "argument"), sorted(EXPORTS))
@pytest.mark.parametrize("export", [export_saved_model, export_onnx, export_litert])
def test_exports(models, export, name, argument, tmp_path, found):
    """Settings are looked at before anything is written: here there is a file for a folder."""
    (tmp_path / "file").write_text("")
    right = {"model": models[name], "folder": tmp_path / "file"}
    odd = [value for value in ODD if argument != "folder" or not isinstance(value, (str, Path))]
    calls = [{**right, argument: value} for value in odd]
    require_outcomes(f"{export.__name__} of {name}", export, calls, found)
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]
