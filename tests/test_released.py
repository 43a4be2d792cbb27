"""Every released model: the file is the one that was measured, and it does what its card says."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

import pytest

import zoo
from zoo import builtins, hub
from zoo.cards import folders, read_index
from zoo.errors import DamagedFileError
from zoo.model_folder import ModelFolder

FILES = {
    model["file"]: folder.path / model["file"]
    for folder in folders()
    for model in folder.read()["models"]
}
MODELS = read_index()["models"]
NAMES = [f"{model['name']}@{model['revision']}" for model in MODELS]
each_model = pytest.mark.parametrize("model", MODELS, ids=NAMES)


def test_there_is_a_model():
    assert "nmt-attn-en-fr" in zoo.list_models("nmt-*")


@each_model
def test_the_card_belongs_to_the_file(model):
    content = FILES[model["file"]].read_bytes()
    assert len(content) == model["bytes"] <= 16 * 2**20
    assert hashlib.sha256(content).hexdigest() == model["sha256"]
    assert model["metrics"] and model["licence"] and model["recipe"] and model["hardware"]
    # Of one seed, or of more with their spread.
    assert re.fullmatch(r"one(; .*)?|\w+, [\d.]+ to [\d.]+ on .*", model["seeds"])


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.path.parent.name)
def test_all_files_together_are_small(folder):
    files = [path for path in folder.path.iterdir() if path.suffix == ".keras"]
    most = 48 if folder is builtins.MODELS else 64
    assert sum(path.stat().st_size for path in files) <= most * 2**20
    assert {path.name for path in files} == {model["file"] for model in folder.read()["models"]}


@each_model
def test_a_byte_changed_anywhere_is_refused(model, tmp_path, monkeypatch):
    content = FILES[model["file"]].read_bytes()
    monkeypatch.setattr(hub, "EMBEDDED", tmp_path)
    monkeypatch.setattr(ModelFolder, "resolve", lambda _, about: tmp_path / about["file"])
    size = len(content)
    for place in (0, 4, 30, 1000, size // 3, size // 2, size - 1000, size - 20, size - 1):
        changed = bytearray(content)
        changed[place] ^= 1
        (tmp_path / model["file"]).write_bytes(changed)
        with pytest.raises(DamagedFileError, match="is not the released file of"):
            zoo.load(f"{model['name']}@{model['revision']}")


SCRIPT = """
import functools, json, sys
import zoo
load = functools.cache(zoo.load)
for line in sys.stdin:
    name, verb, texts = json.loads(line)
    print("ANSWER", json.dumps(getattr(load(name), verb)(texts)), flush=True)
"""


@pytest.fixture(scope="module")
def ask():
    """Calls a model's verb in a process that has `zoo` alone, one for each backend."""
    processes = {}

    def start(backend):
        said = tempfile.TemporaryFile("w+")
        environment = {"TF_CPP_MIN_LOG_LEVEL": "3", "ZOO_OFFLINE": "1", "KERAS_BACKEND": backend}
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            env={**os.environ, **environment},
        )
        return process, said

    def ask(name, verb, texts, backend="tensorflow"):
        if backend not in processes:
            processes[backend] = start(backend)
        process, said = processes[backend]
        process.stdin.write(json.dumps([name, verb, texts]) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            if line.startswith("ANSWER "):
                return json.loads(line.removeprefix("ANSWER "))
        said.seek(0)
        del processes[backend]  # the next question is put to another
        raise AssertionError(said.read())

    yield ask
    for process, said in processes.values():
        with said:
            process.communicate()


def test_a_newcomer_gets_good_french(ask):
    answers = ask(
        "nmt-attn-en-fr",
        "translate",
        ["A man is riding a bicycle.", "Where is the station?", "", "🙂 ???"],
    )
    assert answers[0].startswith("Un homme") and "vélo" in answers[0]
    assert answers[1].startswith("Où") and answers[1].endswith("?")
    assert answers[2] == ""


def test_it_answers_alike_on_jax(ask):
    texts = ["A man is riding a bicycle.", "Two dogs run through the snow.", "I don't know."]
    on_jax, on_tensorflow = (
        ask("nmt-attn-en-fr", "translate", texts, backend) for backend in ("jax", "tensorflow")
    )
    assert on_jax == on_tensorflow


def test_the_score_of_the_card_is_that_of_the_file(ask, data_mirror):
    """On 200 sentences of a test split, where a model that lost its weights scores next to 0."""
    from zoo.data import read_pairs
    from zoo.metrics import sacrebleu_13a

    pairs = read_pairs("multi30k/en-fr", "test_2016_flickr")[::5]
    answers = ask("nmt-attn-en-fr", "translate", [english for english, _ in pairs])
    (card,) = [
        row["value"]
        for row in max(
            (m for m in MODELS if m["name"] == "nmt-attn-en-fr"), key=lambda m: m["revision"]
        )["metrics"]
        if (row["split"], row["metric"]) == ("test_2016_flickr", "sacrebleu_13a")
    ]
    score = sacrebleu_13a(answers, [french for _, french in pairs]).value
    assert abs(score - card) < 6


def test_one_model_writes_several_languages():
    """From English, and from Dutch into French, which it has not seen in training."""
    model = zoo.load("nmt-multi")
    asked = {"fr": "Où est la gare ?", "nl": "Waar is het station?", "de": "Wo ist der Bahnhof?"}
    for code, expected in asked.items():
        assert model.translate("Where is the station?", target=code) == expected
    assert model.translate(asked["nl"], target="fr") == asked["fr"]
    assert model.translate(asked["de"], target="en") == "Where is the station?"


TAGGED = "The/DET old/ADJ man/NOUN does/AUX n't/PART sleep/VERB in/ADP Paris/PROPN ./PUNCT"


def test_a_newcomer_gets_good_tags(ask):
    expected = [pair.split("/") for pair in TAGGED.split()]
    tokens = [token for token, _ in expected]
    raw, split, nothing = ask(
        "pos-bilstm-ewt", "tag", ["The old man doesn't sleep in Paris.", tokens, ""]
    )
    assert raw == split == expected
    assert nothing == []


def test_contracted_french_is_tagged_as_words(ask):
    (found,) = ask("pos-bilstm-fr", "tag", ["Il va-t-il du marché aux puces ?"])
    words = "Il va -t-il de le marché à les puces ?"
    assert " ".join(word for word, _ in found) == words
    assert [tag for _, tag in found][3:8] == "ADP DET NOUN ADP DET".split()


def test_one_model_tags_both_languages(ask):
    english, french = ask(
        "pos-bilstm-multi", "tag", ["The old man doesn't sleep.", "Le chat n'a pas vu la maison."]
    )
    assert [tag for _, tag in english] == "DET ADJ NOUN AUX PART VERB PUNCT".split()
    assert [tag for _, tag in french] == "DET NOUN ADV AUX ADV VERB DET NOUN PUNCT".split()


def test_a_newcomer_gets_shakespeare(ask):
    words = ask("lm-char-shakespeare", "complete", "O Romeo, wherefore art th")
    assert words[0][0] == "thou" and words[0][1] > 0.8
    for text in ask("lm-char-shakespeare", "generate", ["ROMEO:", ""]):
        assert len(text) >= 200 and len(set(text.split())) > 15


def test_a_newcomer_gets_the_news_completed(ask):
    words = ask("lm-word-ptb", "complete", "the company said it expects to rep")
    assert words[0][0] == "report"
    assert all(word.startswith("rep") for word, _ in words)


def test_a_newcomer_gets_words_repaired(ask):
    texts = ["Beautixxx wrld!", "good mornixx", "netwxxx", "isn't the 42"]
    found = ask("spell-char-en", "repair", texts)
    assert found == ["Beautiful world!", "good morning", "network", "isn't the 42"]


@pytest.mark.parametrize(
    "name", ["sentiment-bilstm-sst2", "sentiment-bilstm-imdb", "rating-bilstm-sst5"]
)
def test_a_newcomer_gets_opinions_understood(ask, name):
    texts = ["A warm, funny and deeply moving film.", "A dull, tedious mess."]
    answers = ask(name, "classify", texts)
    assert [label.split()[-1] for label, _ in answers] == ["positive", "negative"]


def test_tags_are_alike_on_jax(ask):
    texts = ["Two dogs run through the snow.", "I don't know what she said 😀!"]
    on_jax, on_tensorflow = (
        ask("pos-bilstm-ewt", "tag", texts, backend) for backend in ("jax", "tensorflow")
    )
    assert on_jax == on_tensorflow


def test_the_accuracy_of_the_card_is_that_of_the_file(ask, data_mirror):
    """On the words of 200 sentences of the test split."""
    from zoo.data import read_tagged

    sentences = read_tagged("ud/ewt", "test")[::10]
    tags = ask("pos-bilstm-ewt", "tag", [sentence.tokens for sentence in sentences])
    pairs = [
        (tag, gold)
        for found, sentence in zip(tags, sentences, strict=True)
        for (_, tag), gold in zip(found, sentence.tags, strict=True)
    ]
    (card,) = [m["metrics"][0]["value"] for m in MODELS if m["name"] == "pos-bilstm-ewt"]
    assert abs(100 * sum(tag == gold for tag, gold in pairs) / len(pairs) - card) < 1.5
