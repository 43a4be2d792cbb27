"""The tree of a beam search: its nodes against what a model says, and the picture."""

from __future__ import annotations

import numpy as np
import pytest
from small_lm import small_lm
from small_nmt import small_nmt

from zoo.decoding.recording import BeamStep
from zoo.diagnostics.beam_tree import beam_tree, draw, tree_of
from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer, SentencePieceTokenizer, train_sentencepiece

EOS = 3


def step(tokens, parents, log_probs, finished, rivals=()):
    log_probs = np.array(log_probs, float)
    arrays = np.array(tokens), np.array(parents), log_probs, log_probs / 2, np.array(finished)
    return BeamStep(*arrays, list(rivals))


def test_nodes_say_what_became_of_them():
    steps = [
        step([4, 5], [0, 0], [-1, -2], [False, False], [(0, 6, -3.0)]),
        step([EOS, 7], [0, 0], [-1.5, -1.75], [True, False]),
        step([0, 8], [0, 1], [-1.5, -2.0], [True, False]),
    ]
    nodes = tree_of(steps, [4, EOS])
    seen = [(n["id_of_token"], n["parent"], n["step"], n["state"]) for n in nodes[1:]]
    assert seen == [
        (4, 0, 1, "best"),
        (5, 0, 1, "pruned"),
        (6, 0, 1, "pruned"),
        (EOS, 1, 2, "best"),
        (7, 1, 2, "kept"),
        (8, 5, 3, "open"),
    ]
    assert nodes[4]["gain"] == -0.5 and nodes[3]["score"] is None and nodes[4]["score"] == -0.75


@pytest.fixture(scope="module")
def translator():
    texts = ["a dog runs", "the cat sees a dog", "dogs and cats run", "who sees the cat"] * 5
    tokenizer = SentencePieceTokenizer(train_sentencepiece(texts, 30))
    return small_nmt(source_tokenizer=tokenizer)


def test_the_tree_is_that_of_the_translation(translator):
    text = "a dog sees the cat"
    found = beam_tree(translator, [text], beam_size=3, rivals=1)
    best = translator.translate(text, beam_size=3, return_attention=True)
    nodes = found["nodes"]
    path = [node for node in nodes[1:] if node["state"] == "best"]
    assert [node["token"] for node in path] == best.tokens and found["text"] == best.text
    assert path[-1]["log_prob"] == pytest.approx(best.log_prob, rel=1e-4)
    assert path[-1]["score"] == pytest.approx(best.score, rel=1e-4) == found["score"]
    gains = translator.score(text, best).token_log_probs
    np.testing.assert_allclose([node["gain"] for node in path], gains, rtol=1e-3, atol=1e-4)
    for number in range(1, found["steps"] + 1):
        here = [n for n in nodes if n["step"] == number and n["score"] is not None]
        assert 1 <= len(here) <= 3
    assert {"parent", "step", "token", "log_prob", "score", "state"} <= set(nodes[1])


def test_it_is_drawn(translator, tmp_path, figures):
    found = beam_tree(translator, ["a dog"], beam_size=2)
    draw(found, tmp_path / "a.svg")
    (axes,) = figures[0].axes
    texts = [text.get_text() for text in axes.texts]
    assert len(texts) == 2 * (len(found["nodes"]) - 1)
    assert "(end)" in texts and "<svg" in (tmp_path / "a.svg").read_text()
    with pytest.raises(ConfigError, match="shorter item"):
        draw({**found, "steps": 100}, tmp_path / "b.png")
    assert [file.name for file in tmp_path.iterdir()] == ["a.svg"]


def test_of_what_there_is_none(translator):
    with pytest.raises(ConfigError, match="searches no text with a beam"):
        beam_tree(small_lm(tokenizer=CharacterTokenizer("ab")), ["ab"])
    with pytest.raises(ConfigError, match="of one item, not of 2"):
        beam_tree(translator, ["a", "b"])
