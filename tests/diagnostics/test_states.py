"""Sentences as points: vectors are those of the layers, places those of the components."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from small_lm import small_lm
from small_nmt import small_nmt
from small_pos import small_pos

from zoo.diagnostics.sentence_vectors import draw, states_of, vectors_of
from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer, SentencePieceTokenizer, train_sentencepiece

TEXTS = ["a dog sees the cat", "the cat sees a dog", "dogs and cats run", "The dog sees a cat!"]


@pytest.fixture(scope="module")
def translator():
    return small_nmt(source_tokenizer=SentencePieceTokenizer(train_sentencepiece(TEXTS * 5, 30)))


def test_places_and_groups(translator, tmp_path, figures):
    found = states_of(translator, TEXTS)
    for text, vector in zip(TEXTS, found["vectors"], strict=True):
        (prepared,) = translator.input.prepare([text])
        memory, _ = translator.encoder(ops.convert_to_tensor(prepared["source"][None]))
        np.testing.assert_allclose(vector, ops.convert_to_numpy(memory)[0].mean(0), rtol=1e-5)
    assert (found["groups"], found["orders"]) == ([1, 1, 0, 1], [1, 2, 1, 3])
    gaps = np.linalg.norm(found["vectors"][:, None] - found["vectors"], axis=-1)
    np.testing.assert_allclose(
        np.linalg.norm(found["places"][:, None] - found["places"], axis=-1), gaps, atol=1e-4
    )
    assert sum(found["parts"]) == pytest.approx(1)
    draw(found, tmp_path / "a.png")
    points = figures[0].axes[0].collections
    drawn = np.concatenate([one.get_offsets() for one in points])
    np.testing.assert_allclose(drawn, found["places"][:, :2], rtol=1e-5)


def test_of_a_model_without_an_encoder_the_last_outputs():
    model = small_lm(tokenizer=CharacterTokenizer("abc"), cell="gru")
    tokens = np.array([[0, *model.tokenizer.encode("abca")]])
    outputs, _ = model.recurrence(model.embedding(tokens))
    found = vectors_of(model, ["abca"])[0]
    np.testing.assert_allclose(found, ops.convert_to_numpy(outputs)[0, -1], atol=1e-5)
    both = vectors_of(small_pos(), ["a b c", "b"])
    assert both.shape[0] == 2 and both.shape[1] % 2 == 0


def test_what_is_not_there(translator):
    with pytest.raises(ConfigError, match="3 to 60 items are drawn, not 2"):
        states_of(translator, TEXTS[:2])
    for wrong in ("1", "0,1", "1,1", "1,9", "a,b"):
        with pytest.raises(ConfigError, match="two numbers from 1 to 4"):
            states_of(translator, TEXTS, components=wrong)
