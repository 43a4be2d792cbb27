"""The diagram of a model: its parts, shapes and shared weights, and that any model has one."""

from __future__ import annotations

import pytest
from small_lm import small_lm
from small_nmt import small_nmt
from small_pos import small_pos

import zoo
from zoo.diagnostics.unrolled import draw, rows_of, unrolled
from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer, SentencePieceTokenizer, train_sentencepiece

TEXTS = ["a dog sees the cat", "the cat sees a dog", "dogs and cats run"] * 5


@pytest.fixture(scope="module")
def translator():
    return small_nmt(source_tokenizer=SentencePieceTokenizer(train_sentencepiece(TEXTS, 30)))


def told(found):
    return [
        (part.get("cell", part["name"]), part["input"], part["output"]) for part in found["parts"]
    ]


def test_a_language_model():
    model = small_lm(tokenizer=CharacterTokenizer("abc"), cell="gru", layers=2, tied=True)
    found = unrolled(model)
    assert told(found) == [
        ("TokenEmbedding", ["T"], ["T", 6]),
        ("GRU", ["T", 6], ["T", 8]),
        ("GRU", ["T", 8], ["T", 8]),
        ("Dense", ["T", 8], ["T", 6]),
        ("OutputLayer", ["T", 6], ["T", 5]),
    ]
    assert [part["weights"] for part in found["parts"]] == [1, 2, 3, 4, 1]
    assert sum(part["parameters"] for part in found["parts"]) == model.count_params()
    assert found["parts"][1]["states"] == [8] and found["parts"][1]["direction"] == "forward"
    assert "call" not in vars(model.embedding)


def test_encoder_and_decoder_share_their_vectors(translator, tmp_path, figures):
    found = unrolled(translator)
    names = [name for name, *_ in told(found)]
    middle = names.index("Embedding", 1)
    assert names[:middle] == ["Embedding", "GRU", "GRU", "Dense"]
    above = ["Embedding", "GRU", "AdditiveAttention", "GRU", "Dense", "OutputLayer"]
    assert names[middle:] == above
    vectors = [part["weights"] for part in found["parts"] if part["name"] == "Embedding"]
    assert vectors == [1, 1] and found["parts"][-1]["weights"] == 1
    assert found["output"] == ["U", translator.target_tokenizer.vocabulary_size]
    draw(found, tmp_path / "a.svg")
    assert "<svg" in (tmp_path / "a.svg").read_text()
    texts = [text.get_text() for text in figures[0].axes[0].texts]
    assert sum(text.endswith("W1") for text in texts) >= 12  # at each of four steps, three times
    assert "memory" in texts and "target [U]" in texts


def test_both_directions_stand_side_by_side(tmp_path):
    found = unrolled(small_pos())
    rows = rows_of(found["parts"])
    assert [part["direction"] for part in rows[1]] == ["forward", "backward"]
    draw(found, tmp_path / "a.png")
    with pytest.raises(ConfigError, match="1 to 40 can"):
        draw({**found, "parts": []}, tmp_path / "b.png")
    assert [file.name for file in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize("name", ["mnist-mdlstm", "asr-an4-attn", "lm-char-hello", "music-jsb"])
def test_released_models_have_one(name, tmp_path):
    try:
        model = zoo.load(name)
    except Exception as error:
        pytest.skip(f"{name} is not installed: {error}")
    found = unrolled(model)
    assert found["parts"] and found["parameters"] == model.count_params()
    draw(found, tmp_path / "a.png")
