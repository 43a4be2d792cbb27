"""An exported language model writes as `generate` and scores as `score`, with any body."""

from __future__ import annotations

import functools

import keras
import numpy as np
import pytest
from served import Served, alone, in_a_session, rounded_weights, text_operations
from small_lm import small_lm

from zoo.decoding import SampleSearch
from zoo.errors import ConfigError, DamagedFileError
from zoo.export.check import check_saved_model, compare_with_model
from zoo.inputs import CharacterTokenizer, RunningSubwordTokenizer, train_running_words

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow writes SavedModels"
)
LENGTH = 13
TEXTS = [
    "abba (a band), isn't",
    "",
    "c",
    "x駅\n😀\0\ufeffe\u0301 <unk>",
    "ab\ncab " * 60,  # more than one window
    " \n",
]
BODIES = {
    "lstm": {},
    "tcn": {"body": "tcn", "layers": 2},
    "transformer": {"body": "transformer", "layers": 1, "heads": 2, "context": 5},
    "cache": {"cache": {"size": 30, "theta": 0.5, "lambda_": 0.3}},
}


def tokenizer_of(kind, proto):
    if kind == "characters":
        return CharacterTokenizer("abc \n.駅\0ins't")
    if kind == "subwords":
        return RunningSubwordTokenizer(proto)
    return train_running_words(["a band of bad (bananas), isn't. ab cab the end\n 駅"])


def lm_of(tokenizer, seed=3, **config):
    """One that does not repeat itself at once: its softmax is not tied, and has no favourite."""
    model = small_lm(seed, tokenizer=tokenizer, tied=False, **config)
    for weight in model.trainable_weights:
        weight.assign(weight * 1.5)
    model.embedding.bias.assign(np.zeros(tokenizer.vocabulary_size))
    return model


@pytest.fixture(scope="module")
def exported(trained_proto, tmp_path_factory):
    """Each model is exported once."""

    @functools.cache
    def export(name):
        tokens, body = name.split("-")
        model = lm_of(tokenizer_of(tokens, trained_proto), **BODIES[body])
        folder = tmp_path_factory.mktemp("served") / "lm"
        path = model.export_saved_model(folder, max_length=LENGTH)
        return model, path, Served(path)

    return export


@pytest.fixture(
    params=[
        "characters-lstm",
        "words-lstm",
        "subwords-lstm",
        "words-tcn",
        "characters-transformer",
        "characters-cache",
    ],
)
def lm(request, exported):
    return exported(request.param)


@pytest.fixture
def characters(exported):
    return exported("characters-lstm")


def test_it_writes_and_scores_as_the_model(lm):
    model, path, served = lm
    expected = model.generate(TEXTS, LENGTH, temperature=0)
    found = served("serving_default", TEXTS)
    assert found["text"].tolist() == expected
    rests = [whole[len(text) :] for whole, text in zip(expected, TEXTS, strict=True)]
    assert found["continuation"].tolist() == rests and len(set(rests)) > 1
    found, scores = served("score", TEXTS), model.score(TEXTS)
    assert found["token_count"].tolist() == [len(one.tokens) for one in scores]
    for name in ("log_prob", "perplexity"):
        with np.errstate(over="ignore"):
            values = np.array([getattr(one, name) for one in scores]).astype("float32")
        np.testing.assert_allclose(found[name], values, rtol=1e-4, atol=1e-5)
    compare_with_model(model, path)


def test_a_batch_of_64_and_of_none(lm):
    _, _, served = lm
    texts = (TEXTS * 11)[:64]
    more = {"temperature": [0.9] * 64, "top_k": [3] * 64, "seed": [*range(8)] * 8}
    more["top_p"] = [0.8, 1.0] * 32
    for signature, given in (("serving_default", {}), ("sample", more), ("score", {})):
        together = served(signature, texts, **given)
        for row in (0, 3, 10, 63):
            one = served(signature, [texts[row]], **{k: [v[row]] for k, v in given.items()})
            for name, value in one.items():
                if value.dtype.kind == "f":
                    np.testing.assert_allclose(together[name][row], value[0], rtol=1e-4)
                else:
                    assert together[name][row] == value[0]
        empty = served(signature, [], **{name: [] for name in given})
        assert all(value.shape == (0,) for value in empty.values())


def test_what_is_drawn_is_what_generate_draws(characters, monkeypatch):
    """`generate` is given the draws that TensorFlow makes of a seed, and rows settings each."""
    import tensorflow as tf

    model, _, served = characters
    settings = [
        (1.0, 0, 0.0, 5),
        (0.7, 2, 0.9, 2**40),
        (3.0, 4, 1.0, 5),
        (0.0, 3, 0.5, 1),
        (1.3, 10**6, 0.7, -7),
        (0.2, 1, 1.0, 0),
    ]
    names = ("temperature", "top_k", "top_p", "seed")
    given = dict(zip(names, map(list, zip(*settings, strict=True)), strict=True))
    found = served("sample", TEXTS, **given)
    # A row's text is its own, whatever the others ask for.
    alone = served("sample", [TEXTS[2]], temperature=[2.0], top_k=[0], top_p=[0.6], seed=[5])
    settings.append((2.0, 0, 0.6, 5))
    expected = []
    for text, (heat, top, part, number) in zip([*TEXTS, TEXTS[2]], settings, strict=True):
        draws = tf.random.stateless_uniform(
            [LENGTH], [number, 0], minval=0, maxval=1 << 23, dtype=tf.int32, alg="philox"
        ).numpy()
        monkeypatch.setattr(SampleSearch, "draws_of", lambda self, *_, draws=draws: draws[None])
        expected.append(
            model.generate(text, LENGTH, temperature=heat, top_k=top or None, top_p=part or 1.0)
        )
    assert [*found["text"].tolist(), *alone["text"].tolist()] == expected
    plain = served("serving_default", TEXTS)["text"]
    assert found["text"][3] == plain[3] and found["text"][5] == plain[5]
    assert len({*found["continuation"]}) >= 4


def test_draws_have_the_distribution_of_the_model(characters):
    """Of the first token after one text, by a test of chi squared (8 tokens, p < 1e-6)."""
    model, _, served = characters
    rows = 4000
    more = {"temperature": [1.0] * rows, "top_k": [0] * rows, "top_p": [1.0] * rows}
    more["seed"] = range(rows)
    found = served("sample", ["ab"] * rows, **more)["continuation"]
    tokenizer = model.tokenizer
    ids = np.array([[tokenizer.begin_id, *tokenizer.encode("ab")]])
    logits = np.asarray(model({"tokens": ids}))[0, -1, 2:].astype("float64")
    expected = rows * np.exp(logits) / np.exp(logits).sum()
    counts = np.array([sum(text[0] == one for text in found) for one in tokenizer.characters])
    assert counts.sum() == rows
    kept = expected > 5
    assert (np.square(counts - expected) / expected)[kept].sum() < kept.sum() + 45


@pytest.mark.parametrize(
    "bad, sentence",
    [
        ({"temperature": [-0.1]}, "temperature must be 0 or more"),
        ({"temperature": [float("nan")]}, "temperature must be 0 or more"),
        ({"top_k": [-1]}, "top_k must be 0, for all tokens, or more"),
        ({"top_p": [-0.1]}, "top_p must be 0, for all tokens, to 1"),
        ({"top_p": [1.1]}, "top_p must be 0, for all tokens, to 1"),
    ],
)
def test_a_bad_setting_is_said(characters, bad, sentence):
    import tensorflow as tf

    with pytest.raises(tf.errors.InvalidArgumentError, match=sentence):
        right = {"temperature": [1.0], "top_k": [0], "top_p": [1.0], "seed": [0]}
        characters[2]("sample", ["a"], **{**right, **bad})


def test_called_as_tensorflow_serving_calls_it(lm):
    model, path, served = lm
    raw = [text.encode() for text in TEXTS]
    found = in_a_session(path, "serving_default", text=raw)
    assert found["text"].tolist() == model.generate(TEXTS, LENGTH, temperature=0)
    more = {"temperature": [0.8] * len(raw), "top_k": [0] * len(raw), "seed": [1] * len(raw)}
    more["top_p"] = [0.9] * len(raw)
    found = in_a_session(path, "sample", text=raw, **more)
    assert found["text"].tolist() == served("sample", TEXTS, **more)["text"].tolist()
    name = type(model.tokenizer).__name__
    assert (
        text_operations(path)
        == {
            "CharacterTokenizer": set(),
            "RunningWordTokenizer": set(),
            "RunningSubwordTokenizer": {
                "SentencepieceOp",
                "SentencepieceTokenizeOp",
                "SentencepieceDetokenizeOp",
            },
        }[name]
    )


@pytest.mark.parametrize("lm", ["words-tcn", "subwords-lstm"], indirect=True)
def test_it_answers_where_neither_zoo_nor_keras_can_be_imported(lm, tmp_path):
    """With each kind of tokens, which are all that needs more than TensorFlow."""
    model, path, _ = lm
    is_subwords = isinstance(model.tokenizer, RunningSubwordTokenizer)
    libraries = ["_sentencepiece_tokenizer.so"] if is_subwords else []
    found = alone(path, TEXTS, libraries, tmp_path)
    assert found["text"] == model.generate(TEXTS, LENGTH, temperature=0)


def test_int8(tmp_path):
    model = lm_of(tokenizer_of("characters", None), units=16, embedding_size=16)
    path = model.export_saved_model(tmp_path / "lm", quantize="int8", max_length=LENGTH)
    served = Served(path)
    exact = model.score(TEXTS)
    with rounded_weights(model):
        assert served("serving_default", TEXTS)["text"].tolist() == model.generate(
            TEXTS, LENGTH, temperature=0
        )
        expected = [one.log_prob for one in model.score(TEXTS)]
    found = served("score", TEXTS)["log_prob"]
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    assert np.abs(found - [one.log_prob for one in exact]).max() > 1e-3


def test_check_and_compare(characters):
    _, path, _ = characters
    assert check_saved_model(path.parent) == ["serving_default", "sample", "score"]
    with pytest.raises(DamagedFileError, match="as 'text', and the model"):
        compare_with_model(small_lm(9, tokenizer=tokenizer_of("characters", None)), path)


def test_what_cannot_be_exported_is_named(tmp_path):
    class InPython(CharacterTokenizer):
        tokenize = property()

    model = small_lm(tokenizer=CharacterTokenizer("abc"))
    for settings, sentence in (
        ({"beam_size": 2}, "A LanguageModel has no use for beam_size"),
        ({"alpha": 1.0}, "A LanguageModel has no use for alpha"),
        ({"max_length": 0}, "max_length must be a whole number of at least 1"),
    ):
        with pytest.raises(ConfigError, match=sentence):
            model.export_saved_model(tmp_path / "x", **settings)
    with pytest.raises(ConfigError, match="has no tokenizer or other input"):
        small_lm().export_saved_model(tmp_path / "x")
    with pytest.raises(ConfigError, match="An? InPython cannot be exported: it has no tokenize"):
        small_lm(tokenizer=InPython("abc")).export_saved_model(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []
