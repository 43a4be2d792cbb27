"""The film reviews: splits, labels and line breaks, and what is refused."""

from __future__ import annotations

import io
import tarfile

import pytest

from zoo.data import load_examples, read_labelled
from zoo.data.labelled import LabelledText
from zoo.errors import ConfigError, DamagedFileError

FILE = "imdb/aclImdb_v1.tar.xz"
REVIEWS = {
    "aclImdb/README": "not a review",
    "aclImdb/test/neg/3_1.txt": "Dull.",
    "aclImdb/test/urls_neg.txt": "http://x",
    "aclImdb/train/pos/10_9.txt": "Warm.<br /><br />Funny.",
    "aclImdb/train/pos/2_8.txt": "Café!",
    "aclImdb/train/neg/20_1.txt": "Thin.",
    "aclImdb/train/unsup/20_0.txt": "So so.",
}


def archive(kind):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=f"w:{kind}") as out:
        for name, text in REVIEWS.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            out.addfile(member, io.BytesIO(text.encode()))
    return content.getvalue()


def read(split):
    return [
        (example["label"].decode(), example["text"].decode())
        for example in load_examples("imdb", split).as_numpy_iterator()
    ]


@pytest.mark.parametrize("kind", ["xz", "gz"])
def test_splits(tiny_mirror, kind):
    tiny_mirror.add(FILE, archive(kind))
    assert read("train") == [("positive", "Café!"), ("positive", "Warm.\n\nFunny.")]
    assert read("validation") == [("negative", "Thin.")]
    assert read("test") == [("negative", "Dull.")]
    assert read("unlabelled") == [("", "So so.")]
    texts = [LabelledText("Café!", "positive"), LabelledText("Warm.\n\nFunny.", "positive")]
    assert read_labelled("imdb", "train") == texts


def test_mistakes(tiny_mirror):
    tiny_mirror.add(FILE, archive("xz")[:150])
    with pytest.raises(DamagedFileError, match="no archive of the IMDB reviews"):
        read("train")
    with pytest.raises(ConfigError, match="no data set 'imdb/plain': write one of imdb"):
        load_examples("imdb/plain", "train")


def test_the_real_reviews(data_mirror):
    from collections import Counter

    from zoo.data.sets.imdb import read_reviews

    found = Counter((split, label) for split, _, label, _ in read_reviews())
    assert found == {
        ("train", "negative"): 11_875,
        ("train", "positive"): 11_875,
        ("validation", "negative"): 625,
        ("validation", "positive"): 625,
        ("test", "negative"): 12_500,
        ("test", "positive"): 12_500,
        ("unlabelled", ""): 50_000,
    }
