"""Attention: the weights are those of the verb, or of the decoder's own steps; and pictures."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from small_listener import small_listener
from small_lm import small_lm
from small_nmt import small_nmt

from zoo.diagnostics.attention import attention_of, draw
from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer, SentencePieceTokenizer, train_sentencepiece

TEXTS = ["a dog runs", "the cat sees a dog", "dogs and cats run", "who sees the cat"] * 5


@pytest.fixture(scope="module")
def translator():
    return small_nmt(source_tokenizer=SentencePieceTokenizer(train_sentencepiece(TEXTS, 30)))


def test_alignments_are_those_of_the_translation(translator, tmp_path, figures):
    found = attention_of(translator, TEXTS[:2], beam_size=2)
    outputs = translator.translate(TEXTS[:2], beam_size=2, return_attention=True)
    for panel, output in zip(found["panels"], outputs, strict=True):
        assert (panel["text"], panel["tokens"]) == (output.text, output.tokens)
        np.testing.assert_allclose(panel["weights"], output.attention, atol=1e-6)
        np.testing.assert_allclose(panel["weights"].sum(1), 1, atol=1e-4)
        assert len(panel["positions"]) == panel["weights"].shape[1]
    draw(found, tmp_path / "a.png")
    first = figures[0].axes[0]
    np.testing.assert_allclose(first.images[0].get_array(), found["panels"][0]["weights"])
    assert len(first.get_xticklabels()) == len(found["panels"][0]["positions"])
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_attention_over_frames(tmp_path, figures):
    model = small_listener()
    item = np.random.default_rng(0).normal(size=model.input.samples[0].shape).astype("float32")
    (prepared,) = model.input.prepare([item])
    found = attention_of(model, [item], beam_size=2)
    (panel,) = found["panels"]
    assert panel["text"] == model.transcribe(item, beam_size=2)
    assert "".join(panel["tokens"][:-1]) == panel["text"] and panel["tokens"][-1] == "</s>"
    np.testing.assert_allclose(panel["weights"].sum(1), 1, atol=1e-4)
    assert panel["steps"] == pytest.approx(len(item) / panel["weights"].shape[1], abs=0.01)
    # The rows are those of one call each with the letter before.
    arrays = {name: ops.convert_to_tensor(one[None]) for name, one in prepared.items()}
    memory, mask = model.encoder(*model.frames(arrays))
    states, constants = model.decoder.start(memory, mask)
    states = [ops.expand_dims(state, 1) for state in states]
    before = [model.end_id, *model.target_tokenizer.encode(panel["text"])]
    assert len(before) == len(panel["weights"]) > 1
    for token, row in zip(before, panel["weights"], strict=True):
        step = model.decoder.step(np.array([[token]], "int32"), states, constants)
        states, weights = step[1:]
        np.testing.assert_allclose(ops.convert_to_numpy(weights)[0, 0, : len(row)], row, atol=1e-5)
    draw(found, tmp_path / "a.svg")
    assert "<svg" in (tmp_path / "a.svg").read_text()
    assert "time in" in figures[0].axes[0].get_xlabel()


def test_what_has_none(translator, tmp_path):
    with pytest.raises(ConfigError, match="has no attention to be drawn"):
        attention_of(small_lm(tokenizer=CharacterTokenizer("ab")), ["ab"])
    with pytest.raises(ConfigError, match="has no attention to be drawn"):
        attention_of(
            small_nmt(source_tokenizer=translator.source_tokenizer, attention=None), ["a dog"]
        )
    with pytest.raises(ConfigError, match="at least one item"):
        attention_of(translator, [])
    with pytest.raises(ConfigError, match="nothing was written"):
        draw({"kind": "text", "model": "x", "panels": []}, tmp_path / "a.png")
    panel = {"text": "", "tokens": ["a"] * 99, "positions": [], "weights": np.ones((99, 1))}
    with pytest.raises(ConfigError, match="at most 60 tokens"):
        draw({"kind": "text", "model": "x", "panels": [panel]}, tmp_path / "a.png")
    assert not list(tmp_path.iterdir())
