"""Treebanks: which lines are words, what is refused, and the size of the real ones."""

from __future__ import annotations

import pytest

from zoo.data import load_examples, read_tagged
from zoo.data.sets.universal_dependencies import read_conllu
from zoo.errors import ConfigError, DamagedFileError
from zoo.inputs.upos import UPOS

LINES = """\
# newdoc id = x
# sent_id = 1
# text = Don't go to 1 000 = much
1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\t_
1\tDo\tdo\tAUX\tVB\t_\t0\troot\t_\t_
2\tn't\tnot\tPART\tRB\t_\t1\tx\t_\t_
2.1\tyou\tyou\tPRON\tPRP\t_\t1\tx\t_\t_
3\tgo\tgo\tVERB\tVB\t_\t1\tx\t_\t_
4\tto\tto\tADP\tIN\t_\t1\tx\t_\t_
5\t1 000\t1000\tNUM\tCD\t_\t1\tx\t_\t_

# text = Oui.
1\tOui\toui\tINTJ\t_\t_\t0\troot\t_\t_
2\t.\t.\tPUNCT\t_\t_\t1\tx\t_\t_
"""
EWT = "ud_english_ewt/en_ewt-ud-{}.conllu"


def conllu(*rows):
    lines = [f"{n}\t{word}\t_\t{tag}\t_\t_\t_\t_\t_\t_" for n, (word, tag) in enumerate(rows, 1)]
    return "\n".join(lines) + "\n\n"


@pytest.fixture
def treebank(tiny_mirror):
    """Writes the three files of the English treebank."""

    def write(**files):
        for split in ("train", "dev", "test"):
            content = files.get(split, conllu(("A", "DET"), (split, "NOUN")))
            tiny_mirror.add(EWT.format(split), content.encode())

    return write


def test_words_and_text(treebank):
    treebank(train=LINES)
    one, two = read_tagged("ud/ewt", "train")
    assert one.tokens == ("Do", "n't", "go", "to", "1 000")
    assert one.tags == ("AUX", "PART", "VERB", "ADP", "NUM")
    assert one.contracted == (("Don't", 0, 2),) and two.contracted == ()
    assert (one.text, two.text) == ("Don't go to 1 000 = much", "Oui.")
    assert read_tagged("ud/ewt", "validation")[0].tokens == ("A", "dev")
    (example,) = load_examples("ud/ewt", "test").as_numpy_iterator()
    assert example["upos"].tolist() == [b"DET", b"NOUN"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("1\tA\t_\tDET\n\n", "sentence 1 has a line of 4 columns"),
        (conllu(("A", "DET")) + conllu(("b", "NN")), "sentence 2 has the tag NN"),
    ],
)
def test_what_is_no_treebank(treebank, content, reason):
    treebank(test=content)
    with pytest.raises(DamagedFileError, match=reason):
        read_conllu(EWT.format("test"))
    with pytest.raises(DamagedFileError, match=reason):
        read_tagged("ud/ewt", "train")  # and nothing is prepared


def test_unknown_names(treebank):
    treebank()
    with pytest.raises(ConfigError, match="no data set 'ud/wsj': write one of ud/ewt, ud/sequoia"):
        read_tagged("ud/wsj", "test")
    with pytest.raises(ConfigError, match="no split 'dev': write one of"):
        read_tagged("ud/ewt", "dev")


@pytest.mark.parametrize(
    ("path", "sentences", "words"),
    [
        ("ud_english_ewt/en_ewt-ud", (12_544, 2_001, 2_077), (204_577, 25_147, 25_094)),
        ("ud_french_sequoia/fr_sequoia-ud", (2_231, 412, 456), (50_502, 9_999, 10_044)),
    ],
)
def test_the_real_treebanks(data_mirror, path, sentences, words):
    found = [read_conllu(f"{path}-{split}.conllu") for split in ("train", "dev", "test")]
    assert tuple(map(len, found)) == sentences
    assert tuple(sum(len(s.tokens) for s in split) for split in found) == words
    for split in found:
        assert all(s.text and len(s.tokens) == len(s.tags) for s in split)
        assert {tag for s in split for tag in s.tags} <= set(UPOS)
