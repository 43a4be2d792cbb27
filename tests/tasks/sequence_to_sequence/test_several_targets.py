"""A model of several languages reads the piece of the one asked for, and nothing else tells it."""

from __future__ import annotations

import numpy as np
import pytest
from small_nmt import EOS, small_nmt, teacher_forced

import zoo
from zoo.decoding import BeamSearch, NoRepeatNGram, SampleSearch, Shortlist
from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer, SentencePieceTokenizer, train_sentencepiece

CODES = ("de", "fr", "nl")
TEXTS = ["Where is the house?", "A dog sleeps. No", "", "<2nl> a man", "chair"]


@pytest.fixture(scope="module")
def proto():
    sentences = ["Where is the house?", "A dog sleeps.", "No chair", "a man or two", "is it here?"]
    return train_sentencepiece(sentences, 60, control_pieces=[f"<2{code}>" for code in CODES])


@pytest.fixture(scope="module")
def tokenizer(proto):
    return SentencePieceTokenizer(proto)


@pytest.fixture(scope="module")
def model(tokenizer):
    return small_nmt(1, source_tokenizer=tokenizer, units=16, targets=CODES, ending=2.0)


def ids_of(tokenizer, text, code):
    """The source ids, written out: 4 is the first control piece, in the order of training."""
    rest = tokenizer.encode([text], drop_unknown=True)[0]
    return [4 + CODES.index(code), *rest, EOS]


def log_prob_of(model, tokenizer, text, code, ids):
    rows = teacher_forced(model, [ids_of(tokenizer, text, code)], [ids])[0]
    return rows[np.arange(len(ids)), ids].sum()


def test_no_text_is_cut_into_the_piece_of_a_language(tokenizer):
    assert tokenizer.pieces(range(8)) == [
        "<pad>",
        "<unk>",
        "<s>",
        "</s>",
        "<2de>",
        "<2fr>",
        "<2nl>",
    ] + [tokenizer.pieces([7])[0]]
    for text in ("<2fr>", "a <2fr>", "<2fr> a", "\u2581<2fr>", "<2fr><2de>"):
        assert not {4, 5, 6} & set(tokenizer.encode([text])[0])
    assert tokenizer.decode([[4, *tokenizer.encode(["A dog"])[0], 5]]) == ["A dog"]


@pytest.mark.parametrize("code", CODES)
def test_what_it_finds_has_the_probability_after_the_piece(model, tokenizer, code):
    texts = [text for text in TEXTS if text]
    found = model.translate(texts, target=code, beam_size=3, n_best=2)
    scores = model.score(texts, [best[0] for best in found], target=code)
    for text, outputs, score in zip(texts, found, scores, strict=True):
        for one in outputs:
            expected = log_prob_of(model, tokenizer, text, code, tokenizer.ids(one.tokens))
            assert one.log_prob == pytest.approx(expected, abs=1e-3)
        expected = log_prob_of(model, tokenizer, text, code, tokenizer.ids(outputs[0].tokens))
        assert score.log_prob == pytest.approx(expected, abs=1e-3)
    others = [other for other in CODES if other != code]
    for other in others:
        assert log_prob_of(model, tokenizer, texts[0], other, [9, EOS]) != pytest.approx(
            log_prob_of(model, tokenizer, texts[0], code, [9, EOS]), abs=1e-3
        )


def test_each_language_has_its_answers(model):
    found = {code: model.translate(TEXTS, target=code, beam_size=3) for code in CODES}
    assert len({tuple(texts) for texts in found.values()}) == 3
    assert all(texts[2] == "" for texts in found.values())
    assert found["fr"] == [model.translate(text, target="fr", beam_size=3) for text in TEXTS]


def test_the_attention_has_a_column_for_the_piece(model, tokenizer):
    found = model.translate(TEXTS, target="nl", return_attention=True)
    for text, one in zip(TEXTS, found, strict=True):
        if not text:
            assert one.source_tokens == []
            continue
        ids = ids_of(tokenizer, text, "nl")
        assert one.source_tokens == tokenizer.pieces(ids)
        assert one.source_tokens[0] == "<2nl>" and "<2nl>" not in one.source_tokens[1:]
        assert one.attention.shape == (len(one.tokens), len(ids))
        np.testing.assert_allclose(one.attention.sum(axis=1), 1, atol=1e-5)


def test_every_other_option_goes_with_it(model, tokenizer):
    greedy = model.translate(TEXTS, target="de", beam_size=1)
    assert ["".join(model.translate(t, target="de", stream=True)) for t in TEXTS] == greedy
    for one in model.translate(TEXTS[0], target="de", prefix="No", n_best=3):
        assert one.tokens[: len(tokenizer.encode(["No"])[0])] == tokenizer.pieces(
            tokenizer.encode(["No"])[0]
        )
    search = SampleSearch(temperature=0.7, seed=3)
    drawn = model.translate(TEXTS, target="de", search=search)
    assert drawn == model.translate(TEXTS, target="de", search=search)
    ruled = model.translate(TEXTS, target="fr", search=BeamSearch(3, rules=[NoRepeatNGram(1)]))
    assert isinstance(ruled[0], str)


def test_a_shortlist_goes_with_it(model, tokenizer):
    size = tokenizer.vocabulary_size
    everything = Shortlist(np.tile(np.arange(size), (size, 1)), size)
    listed = model.with_shortlist(everything)
    assert listed.targets == CODES
    found = listed.translate(TEXTS, target="fr", shortlist=True, beam_size=3)
    assert found == model.translate(TEXTS, target="fr", beam_size=3)


def test_before_each_sentence(model):
    by_sentence = model.with_sentences()
    parts = ["Where is the house?", "A dog sleeps.", "No"]
    found = by_sentence.translate(" ".join(parts), target="fr", return_attention=True)
    alone = model.translate(parts, target="fr", return_attention=True)
    assert found.text == " ".join(one.text for one in alone if one.text)
    assert found.source_tokens == [token for one in alone for token in one.source_tokens]
    assert found.source_tokens.count("<2fr>") == 3
    assert found.log_prob == pytest.approx(sum(one.log_prob for one in alone), abs=1e-3)


@pytest.mark.parametrize("target, said", [(None, "is not told which"), ("en", "'en' is none")])
def test_it_must_be_told_one_of_them(model, target, said):
    for call in (
        lambda: model.translate("a", target=target),
        lambda: model.translate("a", target=target, stream=True),
        lambda: model.score("a", "b", target=target),
        lambda: zoo.ensemble([model]).translate("a", target=target),
    ):
        with pytest.raises(ConfigError, match=f"translates into de, fr, nl, and {said}"):
            call()


def test_a_model_of_one_language_refuses_it(model, tokenizer):
    for one in (small_nmt(source_tokenizer=tokenizer), model.toward("fr")):
        with pytest.raises(ConfigError, match="into one language alone: leave out target='fr'"):
            one.translate("a", target="fr")
        assert one.toward(None) is one


def test_what_cannot_be_told_is_refused_when_it_is_built(tokenizer):
    letters = CharacterTokenizer(list("abc"))
    with pytest.raises(ConfigError, match="need a SentencePieceTokenizer .* CharacterTokenizer"):
        small_nmt(source_tokenizer=letters, targets=CODES)
    with pytest.raises(ConfigError, match="targets are different language codes"):
        small_nmt(source_tokenizer=tokenizer, targets=("fr", "fr"))
    english = small_nmt(source_tokenizer=tokenizer, targets=("en",))
    with pytest.raises(ConfigError, match="no piece '<2en>': train it with control_pieces"):
        english.translate("a", target="en")
    with pytest.raises(ConfigError, match="has no tokenizer"):
        small_nmt(targets=CODES).translate("a", target="fr")


def test_it_is_kept_in_the_file(model, tmp_path):
    zoo.save(model, tmp_path / "several.keras")
    zoo.save(model.toward("nl"), tmp_path / "one.keras")
    loaded, one_way = zoo.load(tmp_path / "several.keras"), zoo.load(tmp_path / "one.keras")
    assert loaded.targets == CODES and one_way.targets == ()
    expected = model.translate(TEXTS, target="nl", beam_size=3)
    assert loaded.translate(TEXTS, target="nl", beam_size=3) == expected
    assert one_way.translate(TEXTS, beam_size=3) == expected


def test_languages_share_weights_and_compiled_functions(tokenizer):
    model = small_nmt(2, source_tokenizer=tokenizer, targets=CODES, ending=2.0)
    before = model.translate(TEXTS[0], target="fr", return_attention=True).log_prob
    count = sum(map(len, model._compiled_searches.values()))
    model.translate(TEXTS[0], target="de", return_attention=True)
    assert sum(map(len, model._compiled_searches.values())) == count == 1
    model.decoder.output_bias.assign(np.zeros(model.decoder.output_bias.shape, "float32"))
    assert model.translate(TEXTS[0], target="fr", return_attention=True).log_prob != before
    model.most_steps = 3
    with pytest.raises(ConfigError, match="reads at most 3 steps"):
        model.translate(TEXTS[0], target="fr")


def test_an_ensemble_of_them(model, tokenizer):
    other = small_nmt(5, source_tokenizer=tokenizer, units=8, targets=CODES, ending=2.0)
    both = zoo.ensemble([model, other])
    (found,) = both.translate([TEXTS[0]], target="fr", return_attention=True)
    ids = tokenizer.ids(found.tokens)
    each = [
        np.exp(teacher_forced(one, [ids_of(tokenizer, TEXTS[0], "fr")], [ids])[0])
        for one in (model, other)
    ]
    expected = np.log(np.mean(each, axis=0))[np.arange(len(ids)), ids].sum()
    assert found.log_prob == pytest.approx(expected, abs=1e-3)
    with pytest.raises(ConfigError, match="into different languages"):
        zoo.ensemble([model, small_nmt(5, source_tokenizer=tokenizer)])
