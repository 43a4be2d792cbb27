"""BLEU against a count by hand and a plain reading of Papineni et al. 2002, not sacreBLEU alone."""

import collections
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zoo.data.sets import multi30k
from zoo.errors import ConfigError
from zoo.metrics import moses_tokenise, sacrebleu_13a, tokenised_bleu


def plain_bleu(hypotheses, references):
    """Corpus BLEU of lists of words, without smoothing; `references[i]` is a list of lists."""

    def ngrams(words, n):
        return collections.Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))

    length = sum(map(len, hypotheses))
    closest = sum(
        min((abs(len(r) - len(h)), len(r)) for r in refs)[1]
        for h, refs in zip(hypotheses, references, strict=True)
    )
    logarithms = []
    for n in range(1, 5):
        matches = total = 0
        for hypothesis, refs in zip(hypotheses, references, strict=True):
            counts = ngrams(hypothesis, n)
            allowed = collections.Counter()
            for reference in refs:
                allowed |= ngrams(reference, n)
            matches += sum((counts & allowed).values())
            total += sum(counts.values())
        if not matches:
            return 0.0
        logarithms.append(math.log(matches / total))
    brevity = min(0.0, 1 - closest / length)
    return 100 * math.exp(sum(logarithms) / 4 + brevity)


WORDS = ["un", "homme", "chien", "court", "sur", "la", "plage"]
SENTENCE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9)
CORPUS = st.lists(st.tuples(SENTENCE, st.lists(SENTENCE, min_size=1, max_size=3)), min_size=1)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CORPUS)
def test_tokenised_bleu_counts_as_the_paper_does(corpus):
    hypotheses = [words for words, _ in corpus]
    references = [refs for _, refs in corpus]
    score = tokenised_bleu(
        [" ".join(words) for words in hypotheses],
        [[" ".join(words) for words in refs] for refs in references],
        "fr",
    )
    assert score.value == pytest.approx(plain_bleu(hypotheses, references), abs=1e-9)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CORPUS)
def test_sacrebleu_agrees_where_nothing_is_smoothed(corpus):
    hypotheses = [words for words, _ in corpus]
    references = [refs for _, refs in corpus]
    expected = plain_bleu(hypotheses, references)
    if expected:
        score = sacrebleu_13a(
            [" ".join(words) for words in hypotheses],
            [[" ".join(words) for words in refs] for refs in references],
        )
        assert score.value == pytest.approx(expected, abs=1e-9)


def test_an_example_by_hand():
    # 6 words against 7: 5 of 6 words, 3 of 5 pairs, 2 of 4 triples, 1 of 3 fours match.
    hypothesis = "the cat sat on the sofa"
    reference = "the cat sat on this big sofa"
    expected = 100 * (5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25 * math.exp(1 - 7 / 6)
    assert plain_bleu([hypothesis.split()], [[reference.split()]]) == pytest.approx(expected)
    assert tokenised_bleu([hypothesis], [reference], "en").value == pytest.approx(expected)
    assert sacrebleu_13a([hypothesis], [reference]).value == pytest.approx(expected)


def test_another_reference_can_only_help():
    hypotheses = ["Où est la gare ?", "Il dort."]
    one = sacrebleu_13a(hypotheses, ["Où se trouve la gare ?", "Il dort bien."]).value
    two = sacrebleu_13a(
        hypotheses, [["Où se trouve la gare ?", "Où est la gare ?"], "Il dort bien."]
    ).value
    assert two > one


def test_perfect_and_hopeless():
    texts = ["Un homme fait du vélo sur la plage.", "L'eau est froide, n'est-ce pas ?"]
    assert sacrebleu_13a(texts, texts).value == pytest.approx(100)
    assert tokenised_bleu(texts, moses_tokenise(texts, "fr"), "fr").value == pytest.approx(100)
    assert tokenised_bleu(["a b c d"], ["e f g h"], "en").value == 0
    assert tokenised_bleu(["", ""], ["e f", "g h"], "en").value == 0
    assert sacrebleu_13a(["", ""], ["e f", "g h"]).value == 0


def test_case_counts_in_one_and_not_in_the_other():
    text, reference = "UN HOMME COURT SUR LA PLAGE", "un homme court sur la plage"
    assert tokenised_bleu([text], [reference], "fr").value == pytest.approx(100)
    assert sacrebleu_13a([text], [reference]).value == 0


def test_the_kind_of_space_does_not_count():
    plain, narrow = "Où est la gare ?", "Où est la gare\u202f?"
    assert sacrebleu_13a([plain], [narrow]).value == pytest.approx(100)
    assert moses_tokenise([plain], "fr") == moses_tokenise([narrow], "fr")


def test_moses_words():
    assert moses_tokenise(["L'eau, «froide» & 'bleue'."], "fr") == [
        "l&apos; eau , &quot; froide &quot; &amp; &apos; bleue &apos; ."
    ]
    assert moses_tokenise(["He doesn't."], "en") == ["he doesn &apos;t ."]
    assert moses_tokenise([""], "fr") == [""]


def test_signatures_say_what_was_done():
    signature = sacrebleu_13a(["a"], ["a"]).signature
    for part in ("nrefs:1", "case:mixed", "tok:13a", "smooth:exp", "version:"):
        assert part in signature
    signature = tokenised_bleu(["a"], ["a"], "fr").signature
    for part in ("lc.norm.tok.fr", "sacremoses-", "tok:none", "smooth:none"):
        assert part in signature
    assert "nrefs:var" in sacrebleu_13a(["a", "b"], [["a"], ["b", "c"]]).signature


def test_mistakes_get_one_sentence():
    for hypotheses, references, words in (
        (["a"], ["a", "b"], "1 translations and references of 2"),
        ([], [], "nothing to score"),
        (["a", "b"], [["a"], []], "Sentence 1 has no reference"),
        ("a", ["a"], "one translation"),
    ):
        with pytest.raises(ConfigError, match=words):
            sacrebleu_13a(hypotheses, references)
        with pytest.raises(ConfigError, match=words):
            tokenised_bleu(hypotheses, references, "fr")


@pytest.mark.parametrize("language", multi30k.LANGUAGES)
def test_the_references_of_multi30k_come_out(data_mirror, language):
    """Raw text gives the data set's own tokenised files back, but for one line of French 2016."""
    for split in multi30k.splits_of(language):
        if not split.startswith("test"):
            continue
        words = moses_tokenise(multi30k.read_sentences(split, language), language)
        expected = multi30k.read_tokenised(split, language)
        different = [a for a, b in zip(words, expected, strict=True) if a != b]
        if (language, split) == ("fr", "test_2016_flickr"):
            assert len(different) == 1 and "32 de neude" in different[0]
        else:
            assert different == []
