"""Teacher forcing, the loss that Keras reports, and `translate` on every kind of text."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick
from small_nmt import (
    BOS,
    EOS,
    log_softmax,
    logits_of,
    padded,
    random_batch,
    small_nmt,
    teacher_forced,
)

import zoo
from zoo.errors import ConfigError
from zoo.inputs import SentencePieceTokenizer
from zoo.tasks import Translation
from zoo.training.losses import SmoothedCrossEntropy

JIT = "auto" if keras.backend.backend() == "jax" else False  # XLA would compile longer than it runs
TEXTS = [
    "Where is the red house here?",
    "A dog sleeps under a tree.",
    "A man",
    "A tall girl looks at the water.",
    "Where is the old bicycle path in town?",
    "chair",
    "A woman rides a bicycle.",
]


@pytest.fixture(scope="module")
def tokenizer(trained_proto):
    return SentencePieceTokenizer(trained_proto)


@pytest.fixture(scope="module")
def model(tokenizer):
    return small_nmt(1, source_tokenizer=tokenizer, units=16)


@pytest.fixture(scope="module")
def found(model):
    """All that can be asked for: three translations of each text, with scores and attention."""
    return model.translate(TEXTS, beam_size=4, n_best=3, return_attention=True)


@pytest.fixture(scope="module")
def greedy(model):
    """The translations of greedy search."""
    return model.translate(TEXTS, beam_size=1, return_attention=True)


@pytest.fixture(scope="module")
def ids_of(tokenizer):
    """From the pieces of a translation back to ids."""
    numbers = {piece: i for i, piece in enumerate(tokenizer.pieces(range(150)))}
    return lambda pieces: [numbers[piece] for piece in pieces]


# Teacher forcing -------------------------------------------------------------------------------


def test_each_logit_sees_the_tokens_before_it_alone():
    model = small_nmt()
    inputs, _, _ = random_batch(rows=4)
    before = logits_of(model, inputs)
    changed = {**inputs, "target": inputs["target"].copy()}
    changed["target"][:, 3] = 7
    after = logits_of(model, changed)
    np.testing.assert_allclose(after[:, :3], before[:, :3], atol=1e-5)
    assert (np.abs(after[:, 3] - before[:, 3]).max(axis=-1) > 1e-3).all()


def test_padding_of_the_source_changes_nothing():
    model = small_nmt()
    inputs, _, _ = random_batch(rows=4)
    longer = {**inputs, "source": np.pad(inputs["source"], [(0, 0), (0, 6)])}
    np.testing.assert_allclose(logits_of(model, longer), logits_of(model, inputs), atol=1e-5)


def test_a_row_that_is_all_padding_is_harmless():
    """The pipeline fills the last batch of a bucket with such rows."""
    model = small_nmt()
    inputs, _, _ = random_batch(rows=3)
    filled = {key: np.pad(value, [(0, 2), (0, 0)]) for key, value in inputs.items()}
    logits = logits_of(model, filled)
    assert np.isfinite(logits).all()
    np.testing.assert_allclose(logits[:3], logits_of(model, inputs), atol=1e-5)


def numpy_loss(model, inputs, labels, weights, smoothing):
    """Over the positions with padding, as `SmoothedCrossEntropy` says."""
    log_probs = log_softmax(logits_of(model, inputs))
    target = np.eye(log_probs.shape[-1])[labels] * (1 - smoothing) + smoothing / log_probs.shape[-1]
    return -((target * log_probs).sum(-1) * weights).sum() / weights.size


def test_the_loss_of_evaluate_and_fit_is_that_of_numpy():
    """No Keras mask gets into it: neither the source's nor the target's, only the weights."""
    model = small_nmt()
    inputs, labels, weights = random_batch(rows=4, seed=3)
    weights[0, 0] = 0.5
    expected = numpy_loss(model, inputs, labels, weights, smoothing=0.1)
    model.compile(keras.optimizers.SGD(0.0), SmoothedCrossEntropy(0.1), jit_compile=JIT)
    loss = model.evaluate(inputs, labels, sample_weight=weights, verbose=0)
    assert loss == pytest.approx(expected, rel=1e-5)
    history = model.fit(inputs, labels, sample_weight=weights, batch_size=4, verbose=0)
    assert history.history["loss"] == pytest.approx([expected], rel=1e-5)
    # What weighs nothing may be anything.
    labels[weights == 0] = 9
    inputs["target"][weights == 0] = 9
    loss = model.evaluate(inputs, labels, sample_weight=weights, verbose=0)
    assert loss == pytest.approx(expected, rel=1e-5)


# What translate returns ------------------------------------------------------------------------


@pytest.mark.parametrize("beam_size", [1, 4])
def test_a_list_gives_what_its_sentences_give_in_order(model, beam_size):
    together = model.translate(TEXTS, beam_size=beam_size)
    assert together == [model.translate(text, beam_size=beam_size) for text in TEXTS]
    assert all(isinstance(text, str) for text in together)
    assert len(set(together)) > len(TEXTS) / 2
    assert model.translate(TEXTS[::-1], beam_size=beam_size) == together[::-1]


def test_a_tuple_is_a_list(model):
    assert model.translate(tuple(TEXTS), beam_size=1) == model.translate(TEXTS, beam_size=1)


def test_no_sentence_gives_no_translation(model):
    assert model.translate([]) == []
    assert model.translate([], n_best=2) == []


def test_n_best_is_sorted_and_begins_with_the_best(model, found):
    for translations, text in zip(found, model.translate(TEXTS, beam_size=4), strict=True):
        assert len(translations) == 3 and translations[0].text == text
        scores = [translation.score for translation in translations]
        assert scores == sorted(scores, reverse=True)
        assert len({tuple(translation.tokens) for translation in translations}) == 3
        for translation in translations:
            assert isinstance(translation, Translation)
            assert translation.tokens[-1] == "</s>" and translation.source_tokens[-1] == "</s>"
    single = model.translate(TEXTS[0], beam_size=4, n_best=3, return_attention=True)
    assert [t.text for t in single] == [t.text for t in found[0]]


def test_attention_is_where_it_looked_at_each_token(model, found, tokenizer, ids_of):
    """Rows sum to 1; row t is that of token t, along the hypothesis it belongs to."""
    for translation in (one for translations in found for one in translations):
        shape = (len(translation.tokens), len(translation.source_tokens))
        assert translation.attention.shape == shape
        np.testing.assert_allclose(translation.attention.sum(axis=1), 1, atol=1e-5)
    second = found[2][1]
    memory, mask = quick(model.encoder, model)(padded([[*tokenizer.encode(TEXTS)[2], EOS]]))
    states, constants = model.decoder.start(memory, mask)
    states = [ops.expand_dims(state, 1) for state in states]
    for token, row in zip([BOS, *ids_of(second.tokens)], second.attention, strict=False):
        _, states, weights = model.decoder.step(np.array([[token]]), states, constants)
        np.testing.assert_allclose(ops.convert_to_numpy(weights)[0, 0], row, atol=1e-4)


def test_scores_are_those_of_teacher_forcing(model, found, greedy, tokenizer, ids_of):
    encoded = [[*ids, EOS] for ids in tokenizer.encode(TEXTS)]
    pairs = [
        (source, translation)
        for source, translations, one in zip(encoded, found, greedy, strict=True)
        for translation in (*translations, one)
    ]
    outputs = [ids_of(translation.tokens) for _, translation in pairs]
    log_probs = teacher_forced(model, [source for source, _ in pairs], outputs)
    for (_, translation), output, rows in zip(pairs, outputs, log_probs, strict=True):
        log_prob = rows[np.arange(len(output)), output].sum()
        assert translation.log_prob == pytest.approx(log_prob, rel=1e-4, abs=1e-3)
        score = log_prob / ((5 + len(output)) / 6)
        assert translation.score == pytest.approx(score, rel=1e-4, abs=1e-3)
    assert sum(best.score for best, *_ in found) > sum(one.score for one in greedy)


def test_beam_of_one_takes_the_best_token_every_time(model, greedy, tokenizer, ids_of):
    """Up to the limit of twice the source and ten, where it ends."""
    encoded = [[*ids, EOS] for ids in tokenizer.encode(TEXTS)]
    outputs = [ids_of(translation.tokens) for translation in greedy]
    log_probs = teacher_forced(model, encoded, outputs)
    for source, output, rows in zip(encoded, outputs, log_probs, strict=True):
        best = rows[: len(output)].argmax(axis=-1).tolist()
        limit = 2 * len(source) + 10
        assert output == best or (len(output) == limit and output[:-1] == best[:-1])
        assert output.index(EOS) == len(output) - 1
    texts = [translation.text for translation in greedy]
    assert texts == model.translate(TEXTS, beam_size=1)


def test_alpha_weighs_length(model):
    none = model.translate(TEXTS[0], beam_size=1, return_attention=True, alpha=0)
    assert none.score == none.log_prob


@pytest.mark.parametrize("beam_size", [1, 3])
def test_a_score_may_be_the_mean_over_the_tokens(model, beam_size):
    ranking = dict(beam_size=beam_size, length_penalty="average")
    for text, best in zip(
        TEXTS, model.translate(TEXTS, **ranking, return_attention=True), strict=True
    ):
        mean = best.log_prob / len(best.tokens)
        assert best.score == pytest.approx(mean, rel=1e-4)
        again = model.score(text, best, length_penalty="average")
        assert again.score == pytest.approx(mean, rel=1e-4, abs=1e-3)


# Any text --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u00a0\u202f", "\u200b", "\u200b \ufeff"])
def test_no_text_gives_no_text(model, text):
    assert model.translate(text) == ""
    alone = model.translate(TEXTS[:2], beam_size=1)
    assert model.translate([TEXTS[0], text, TEXTS[1]], beam_size=1) == [alone[0], "", alone[1]]
    (nothing,) = model.translate([text], n_best=2)[0]
    assert (nothing.text, nothing.tokens, nothing.source_tokens) == ("", [], [])
    assert model.translate(text, return_attention=True).attention.shape == (0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "😀 🚲🏖️",
        "Wo ist der Bahnhof?",
        "駅はどこですか。",
        "أين المحطة؟",
        "Где вокзал?\r\nТам.",
        "\x00\x07",
        "a lone surrogate \ud800 here",
        "<s> </s> <pad> <unk>",
        "A man. " * 3 + "!" * 40,
        "e\u0301" * 5,
    ],
)
def test_any_script_gives_an_answer(model, text):
    answer = model.translate(text, beam_size=1)
    assert isinstance(answer, str)
    answer.encode()  # can be printed
    assert model.translate([text, "A man"], beam_size=1)[0] == answer


def test_five_hundred_words_give_an_answer(model):
    text = " ".join(["a man runs on the beach"] * 84)
    assert len(text.split()) > 500
    short, long = model.translate(["A man", text], beam_size=1)
    assert isinstance(long, str) and short == model.translate("A man", beam_size=1)


def test_a_long_list(model):
    texts = ["A man", "chair", "A dog", "here"] * 60
    found = model.translate(texts, beam_size=1)
    assert found == found[:4] * 60 and len(set(found)) > 1


@pytest.mark.parametrize(
    "text, sentence",
    [
        (b"A man", "not a bytes"),
        (b"", "not a bytes"),
        (bytearray(b""), "not a bytearray"),
        (None, "not a NoneType"),
        (3, "not a int"),
        (np.array(["A man"]), "not a ndarray"),
        (["A man", None], "a list with a NoneType in it"),
        (["A man", b"x"], "a list with a bytes in it"),
        ([["A man"]], "a list with a list in it"),
        ({"A man"}, "not a set"),
    ],
)
def test_what_is_no_text_is_named(model, text, sentence):
    with pytest.raises(ConfigError, match=sentence) as caught:
        model.translate(text)
    assert "\n" not in str(caught.value) and "string" in str(caught.value)


@pytest.mark.parametrize(
    "arguments, word",
    [
        ({"beam_size": 0}, "beam_size"),
        ({"beam_size": 2.5}, "beam_size"),
        ({"beam_size": "5"}, "beam_size"),
        ({"n_best": 6}, "n_best must be from 1 to beam_size, which is 5"),
        ({"n_best": 0}, "n_best"),
        ({"n_best": 1.5}, "n_best"),
        ({"alpha": -0.1}, "alpha"),
        ({"alpha": "1"}, "alpha"),
        ({"alpha": float("nan")}, "alpha"),
        ({"length_penalty": "avg"}, "length_penalty must be 'wu' or 'average', not 'avg'"),
    ],
)
def test_bad_arguments_are_named(model, arguments, word):
    with pytest.raises(ConfigError, match=word) as caught:
        model.translate("A man", **arguments)
    assert "\n" not in str(caught.value)


def test_a_model_on_ids_translates_no_text():
    with pytest.raises(ConfigError, match="'nmt' has no tokenizer"):
        small_nmt().translate("A man")


# Compiled ---------------------------------------------------------------------------------------


def test_one_trace_a_search_and_where_shapes_are_fixed_a_length(model, monkeypatch):
    traces = []
    original = type(model.encoder).call

    def counted(self, tokens, **kwargs):
        traces.append(tuple(tokens.shape))
        return original(self, tokens, **kwargs)

    monkeypatch.setattr(type(model.encoder), "call", counted)
    monkeypatch.setattr(model, "_compiled_searches", {})
    texts = TEXTS * 2
    for few in (texts, texts[::-1], texts, texts[:9]):
        model.translate(few, beam_size=1)
    if keras.backend.backend() == "tensorflow":
        assert traces == [(None, None)]
    else:  # shapes are fixed there: batches are filled up to a power of two
        assert {length for _, length in traces} == {16, 32}
        assert len(traces) == len(set(traces))
        assert {rows for rows, _ in traces} <= {1, 2, 4, 8, 16}
    once = len(traces)
    model.translate(TEXTS[2], beam_size=2)
    model.translate(TEXTS[2], beam_size=2)
    assert len(traces) == once + 1


def test_training_between_translations_is_seen(model):
    weights = model.get_weights()
    before = model.translate(TEXTS, beam_size=1)
    try:
        model.set_weights([weight[::-1] for weight in weights])
        after = model.translate(TEXTS, beam_size=1)
    finally:
        model.set_weights(weights)
    assert after != before
    assert model.translate(TEXTS, beam_size=1) == before


# Config -----------------------------------------------------------------------------------------


def test_configs_round_trip(model):
    again = type(model).from_config(model.get_config())
    again.set_weights(model.get_weights())
    inputs = random_batch()[0]
    np.testing.assert_allclose(logits_of(again, inputs), logits_of(model, inputs), atol=1e-6)
    assert again.target_tokenizer is again.source_tokenizer
    assert again.get_config() == model.get_config()


def test_two_tokenizers_stay_two(trained_proto):
    source, target = SentencePieceTokenizer(trained_proto), SentencePieceTokenizer(trained_proto)
    model = zoo.build("nmt", units=8, source_tokenizer=source, target_tokenizer=target)
    again = type(model).from_config(model.get_config())
    assert again.target_tokenizer is not again.source_tokenizer
