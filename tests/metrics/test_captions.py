"""Scores of captions: known values, and words with and without Java."""

from __future__ import annotations

import shutil
import sys

import pytest

from zoo.errors import ConfigError
from zoo.metrics.captions import caption_scores, plain_words

REFERENCES = [
    ["A dog runs on the beach .", "The dog's on a beach", "A brown dog is running ."],
    ["Two men play football .", "Men in red shirts play ball ."],
]


def test_perfect_captions():
    pytest.importorskip("pycocoevalcap")
    captions = [references[0] for references in REFERENCES]
    found = caption_scores(captions, REFERENCES, tokenizer="plain", meteor=False)
    assert found.bleu == pytest.approx((100, 100, 100, 100), abs=0.01)
    assert found.rouge_l == pytest.approx(100)
    assert found.meteor is None
    assert found.signature.startswith("pycocoevalcap-") and found.signature.endswith("|plain")


def test_bleu_1_by_hand():
    pytest.importorskip("pycocoevalcap")
    # Of 5 words, a, dog, the and beach are in a reference; the closest lengths are 6 (a dog runs
    # on the beach), or 5 (a brown dog is running): no penalty.
    found = caption_scores(
        ["a dog near the beach"], REFERENCES[:1], tokenizer="plain", meteor=False
    )
    assert found.bleu[0] == pytest.approx(80, abs=0.01)


@pytest.mark.parametrize(
    "text, words",
    [
        ("A man's T-shirt .", "a man 's t-shirt"),
        ("They don't see the dogs' toys, or can't.", "they do n't see the dogs toys or ca n't"),
        ('He said "hi" (twice) !', "he said hi -lrb- twice -rrb-"),
        ("Mr. Li of the U.S. paid 1,000.50", "mr. li of the u.s. paid 1,000.50"),
        ("black & white ... 'one' -- two", "black & white one two"),
        ("", ""),
    ],
)  # fmt: skip
def test_plain_words(text, words):
    assert plain_words(text) == words.split()


def test_words_with_java_are_those_without(data_mirror):
    """All captions of 600 photographs: the same words but for a few, and the same scores."""
    pytest.importorskip("pycocoevalcap")
    if shutil.which("java") is None:
        pytest.skip("there is no Java to compare with")
    from zoo.data.sets.flickr8k import read_captions
    from zoo.metrics import captions as metrics

    rows = list(read_captions()["validation"].values())[:600]
    with_java, without = metrics._ptb_words(rows), metrics._plain_rows(rows)
    differ = sum(
        a != b for x, y in zip(with_java, without, strict=True) for a, b in zip(x, y, strict=True)
    )
    assert differ <= 3
    answers, references = [row[0] for row in rows], [row[1:] for row in rows]
    ptb = caption_scores(answers, references, tokenizer="ptb")
    plain = caption_scores(answers, references, tokenizer="plain")
    assert plain.bleu == pytest.approx(ptb.bleu, abs=0.05)
    for name in ("rouge_l", "cider_d", "meteor"):
        assert getattr(plain, name) == pytest.approx(getattr(ptb, name), abs=0.1)
    assert 5 < ptb.meteor < 50


def test_mistakes(monkeypatch):
    with pytest.raises(ConfigError, match="1 captions and references of 2"):
        caption_scores(["a"], REFERENCES)
    with pytest.raises(ConfigError, match="list of references"):
        caption_scores(["a"], ["a dog"])
    with pytest.raises(ConfigError, match="list of references"):
        caption_scores([], [])
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConfigError, match="with Java 'ptb', not 'ptb'"):
        caption_scores(["a"], REFERENCES[:1], tokenizer="ptb")
    monkeypatch.setitem(sys.modules, "pycocoevalcap.bleu.bleu", None)
    with pytest.raises(ConfigError, match=r"sequence-zoo\[captions\]"):
        caption_scores(["a"], REFERENCES[:1])
