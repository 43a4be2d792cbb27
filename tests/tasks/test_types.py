"""What type checkers see: verbs of one item and of many, and names that do not exist."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import keras
import pytest

import zoo
from zoo.errors import ConfigError
from zoo.tasks import LanguageModel, SequenceTagger
from zoo.tasks.item_model import ItemModel

ROOT = Path(__file__).parents[2]

GOOD = """
import zoo
from zoo.decoding import SampleSearch
from zoo.tasks import (
    Answer, Answerer, Captioner, Classification, ClipClassification, LanguageModel,
    SequenceClassifier, SequenceTagger, SequenceToSequence, Speller, Translation,
    Unusual,
)

named: str = zoo.load("nmt-attn-en-fr").translate("a")
named_labels = zoo.load("pos-bilstm-fr").tag("a")[0].surface.upper()
named_answer: Classification = zoo.load("sentiment-bilstm-imdb").classify("a")
named_clip: ClipClassification = zoo.load("lips-cnnrnn").classify("clip.mp4")
named_action: ClipClassification = zoo.load("action-cnnrnn").classify("clip.mp4")
named_scores: Unusual = zoo.load("anomaly-ped2").unusual("clip.mp4")
named_text: str = zoo.load("lm-word-ptb").generate("a")
named_word: str = zoo.load("spell-char-en").repair("a")
named_caption: str = zoo.load("caption-nic-flickr8k").caption("dog.jpg")
named_heard: str = zoo.load("asr-an4-attn").with_joint(0.5).transcribe("a.wav")
named_said: str = zoo.load("asr-digits").transcribe("a.wav")
translator = zoo.load("nmt-attn-en-fr", SequenceToSequence)
one: str = translator.translate("a")
many: list[str] = translator.translate(["a", "b"], beam_size=3, prefix="x", shortlist=True)
aligned: Translation = translator.translate("a", return_attention=True)
best: list[Translation] = translator.translate("a", n_best=3, return_attention=True)
all_best: list[list[Translation]] = translator.translate(["a"], n_best=3)
for piece in translator.translate("a", stream=True):
    piece.upper()
drawn = translator.translate("a", search=SampleSearch())
log_prob: float = translator.score("a", "b").log_prob
translator.fit([], epochs=3)
translator.summary()
labels: list[str] = [label for _, label in zoo.load("x", SequenceTagger).tag("a")]
tagged = zoo.load("x", SequenceTagger).tag(["a", "b"])[0][0].start
answer: Classification = zoo.load("x", SequenceClassifier).classify("a")
answers: list[Classification] = zoo.load("x", SequenceClassifier).classify(["a"])
writer = zoo.load("x", LanguageModel)
text: str = writer.generate("a", 20, temperature=0.5)
texts: list[str] = writer.generate(["a"])
perplexity: float = writer.score("a").perplexity
right: str = zoo.load("x", Speller).repair("a")
rights: list[str] = zoo.load("x", Speller).repair(["a"])
replied: str = zoo.load("qa-babi").answer("Where is Mary?", "Mary left.")
replies: list[str] = zoo.load("qa-babi").answer(["Where is Mary?"], "Mary left.")
read: Answer = zoo.load("x", Answerer).answer(("a", "b"), return_attention=True)
caption: str = zoo.load("x", Captioner).caption("dog.jpg")
captions: list[str] = zoo.load("x", Captioner).caption(["dog.jpg"])
"""
BAD = """
import zoo
from zoo.tasks import SequenceClassifier, SequenceToSequence

translator = zoo.load("nmt-attn-en-fr", SequenceToSequence)
translator.translat("a")
number: int = translator.translate("a")
translator.translate("a", beam="x")
translator.translate("a", prefix=3)
zoo.load("x", SequenceClassifier).classify(["a"]).label
translator.classify("a")
zoo.load("nmt-attn-en-fr").translat("a")
number = zoo.load("spell-char-en").repair("a")
"""


def checked(tmp_path, text):
    (tmp_path / "user.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--ignore-missing-imports", "user.py"],
        cwd=tmp_path,
        env={"MYPYPATH": str(ROOT), "PATH": "", "MYPY_CACHE_DIR": str(ROOT / ".mypy_cache")},
        capture_output=True,
        text=True,
    )
    return [
        line for line in done.stdout.splitlines() if line.startswith("user.py") and "error" in line
    ]


def test_what_is_right_is_right(tmp_path):
    assert checked(tmp_path, GOOD) == []


def test_every_mistake_is_seen(tmp_path):
    found = checked(tmp_path, BAD)
    lines = [int(line.split(":")[1]) for line in found]
    assert sorted(set(lines)) == [6, 7, 8, 9, 10, 11, 12, 13]
    assert 'has no attribute "translat"' in found[0]


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="other trainers have names of their own"
)
def test_the_base_has_every_name_of_a_keras_model():
    source = (ROOT / "zoo/tasks/keras_model.py").read_text()
    names = [name for name in dir(keras.Model) if not name.startswith("_")]
    assert [name for name in names if f" {name}(" not in source and f" {name}:" not in source] == []
    assert issubclass(ItemModel, keras.Model)


def test_a_model_of_another_class_is_refused():
    assert isinstance(zoo.load("lm-char-hello", LanguageModel), LanguageModel)
    with pytest.raises(ConfigError, match="lm-char-hello is a LanguageModel, not a SequenceTagger"):
        zoo.load("lm-char-hello", SequenceTagger)
