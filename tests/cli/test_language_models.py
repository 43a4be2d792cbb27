"""`zoo generate`, `zoo score` and `zoo surprise`: text in and out, pipes, JSON, one sentence."""

from __future__ import annotations

import json
import math

import pytest
from small_lm import small_lm

import zoo
from zoo.inputs import CharacterTokenizer


@pytest.fixture(scope="module")
def model():
    return small_lm(3, tokenizer=CharacterTokenizer("abc \n"))


@pytest.fixture(scope="module")
def file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("lm") / "lm.keras"
    zoo.save(model, path)
    return path


def test_generate(zoo_command, file, model):
    settings = ["--prompt", "ab", "--length", "20", "--seed", "3", "--top-k", "2"]
    text = model.generate("ab", 20, temperature=0.8, seed=3, top_k=2)
    for stream in ([], ["--stream"]):
        done = zoo_command("generate", file, *settings, *stream)
        assert (done.code, done.out, done.err) == (0, text + "\n", "")
    wrong = zoo_command("generate", file, "--temperature", "-1")
    assert wrong.code == 2 and "temperature must be" in wrong.err and "Trace" not in wrong.err


def test_lines_are_scored_one_by_one(zoo_command, file, model):
    lines = ["ab", "", "caß"]
    done = zoo_command("score", file, stdin="\n".join(lines).encode())
    scores = model.score(lines)
    assert (done.code, done.err) == (0, "")
    assert done.lines == [
        f"{score.bits_per_token:.3f}\t{score.perplexity:.2f}\t{line}"
        for line, score in zip(lines, scores, strict=True)
    ]
    answer = json.loads(zoo_command("score", file, "ab", "--json").out)
    assert answer["log_prob"] == pytest.approx(scores[0].log_prob, abs=1e-4)
    assert [token["token"] for token in answer["tokens"]] == ["a", "b"]


def test_a_whole_text_has_one_score(zoo_command, file, model, monkeypatch):
    from zoo.cli.verbs import score

    text = "ab c\n" * 60 + "b"
    monkeypatch.setattr(score, "_BLOCK", 32)  # many blocks
    done = zoo_command("score", file, "--whole", "--json", stdin=text.encode())
    expected = model.score(text)
    found = json.loads(done.out)
    assert found["tokens"] == len(text)
    assert found["perplexity"] == pytest.approx(expected.perplexity, rel=1e-4)
    assert found["nats_per_token"] == pytest.approx(-expected.log_prob / len(text), rel=1e-4)
    assert found["bits_per_token"] == pytest.approx(found["nats_per_token"] / math.log(2))
    plain = zoo_command("score", file, "--whole", text).lines
    assert plain[0] == f"tokens\t{len(text)}" and plain[3].startswith("perplexity\t")


def test_surprise(zoo_command, file, model, monkeypatch):
    pairs = list(model.surprise("ab c"))
    done = zoo_command("surprise", file, "ab c")
    assert done.lines == [" ".join(f"{token}/{bits:.1f}" for token, bits in pairs)]
    tokens = json.loads(zoo_command("surprise", file, "ab c", "--json").out)["tokens"]
    assert [(t["token"], round(t["bits"], 3)) for t in tokens] == [
        (token, round(bits, 3)) for token, bits in pairs
    ]


def test_a_language_model_cannot_translate(zoo_command, file):
    done = zoo_command("translate", file, "ab")
    assert done.code == 2 and "LanguageModel and cannot translate" in done.err
