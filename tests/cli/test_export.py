"""`zoo export`: a folder that TensorFlow Serving reads, and its check."""

import json
import sys
import types

import keras
import pytest
from small_nmt import small_nmt

import zoo
from zoo.inputs import SentencePieceTokenizer

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow writes SavedModels"
)


@pytest.fixture(scope="module")
def small_file(trained_proto, tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "small.keras"
    zoo.save(small_nmt(source_tokenizer=SentencePieceTokenizer(trained_proto)), path)
    return path


def test_export_and_check(zoo_command, small_file, tmp_path):
    folder = tmp_path / "served"
    done = zoo_command("export", small_file, folder, "--beam-size", 2, "--max-length", 7)
    assert (done.code, done.out) == (0, f"{folder / '1'}\n")
    done = zoo_command("export", "--check", folder)
    signatures = ["serving_default", "n_best", "alignment", "score"]
    assert done.lines == [f"{name}: as exported" for name in signatures]

    samples = folder / "1" / "assets.extra" / "samples.json"
    rows = json.loads(samples.read_text())
    assert len(rows[1]["outputs"]["text"][0]) == 2
    assert all(len(tokens) <= 7 for tokens in rows[2]["outputs"]["tokens"])
    rows[0]["outputs"]["text"][0] = "something else"
    samples.write_text(json.dumps(rows))
    done = zoo_command("export", "--check", folder)
    assert (done.code, done.out) == (2, "")
    assert "does not answer as it did: 'text'" in done.err and "Traceback" not in done.err


def test_a_check_beside_the_model(zoo_command, small_file, trained_proto, tmp_path):
    folder, other = tmp_path / "served", tmp_path / "other.keras"
    zoo.save(small_nmt(5, source_tokenizer=SentencePieceTokenizer(trained_proto)), other)
    zoo_command("export", small_file, folder, "--beam-size", 2)
    done = zoo_command("export", small_file, "--check", folder)
    assert done.lines == [f"{folder}: answers as {small_file} does"]
    done = zoo_command("export", other, "--check", folder)
    assert (done.code, done.out) == (2, "") and "and the model" in done.err


def test_the_check_of_a_format_is_used(zoo_command, released, tmp_path, monkeypatch):
    from zoo import catalogue
    from zoo.registry import Entry, Registry

    asked = []
    module = types.ModuleType("formats")
    module.check = lambda model, path: asked.append((model.name, path))
    monkeypatch.setitem(sys.modules, "formats", module)
    mine = Registry("exporter")
    mine.add(Entry("exporter", "mine", "formats:export", catalogue.ZOO, {"check": "formats:check"}))
    mine.add(Entry("exporter", "none", "formats:export", catalogue.ZOO))
    monkeypatch.setattr(catalogue, "exporters", mine)
    done = zoo_command("export", "tiny-en-fr", "--check", tmp_path, "--format", "mine")
    assert (done.code, asked) == (0, [("tiny", tmp_path)])
    done = zoo_command("export", "--check", tmp_path, "--format", "mine")
    assert done.code == 2 and "stores no samples, so it is compared with its model" in done.err
    done = zoo_command("export", "tiny-en-fr", "--check", tmp_path, "--format", "none")
    assert done.code == 2 and "has no check" in done.err


def test_a_language_model_adds_as_many_tokens_as_said(zoo_command, tmp_path):
    folder = tmp_path / "hello"
    assert zoo_command("export", "lm-char-hello", folder, "--max-length", 4).code == 0
    samples = json.loads((folder / "1" / "assets.extra" / "samples.json").read_text())
    assert {len(text) for text in samples[0]["outputs"]["continuation"]} == {4}
    done = zoo_command("export", "--check", folder)
    assert done.lines == [f"{name}: as exported" for name in ("serving_default", "sample", "score")]
    done = zoo_command("export", "lm-char-hello", folder, "--beam-size", 2)
    assert (done.code, done.out) == (2, "") and done.err.count("\n") == 1
    assert "A LanguageModel has no use for beam_size" in done.err


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ((), "Say what to export and where to"),
        (("tiny-en-fr",), "Say what to export and where to"),
        (("tiny-en-fr", "x", "--format", "savedmodle"), "did you mean 'savedmodel'?"),
        (("tiny-en-rf", "x"), "did you mean 'tiny-en-fr'?"),
        (("tiny-en-fr", "x"), "A Tiny cannot be exported as a SavedModel"),
        (("tiny-en-fr", "x", "--check", "x"), "--check takes one folder and at most a model"),
        (("tiny-en-fr", "--check", "x"), "There is no folder 'x'"),
        (("--check", "x"), "There is no folder 'x'"),
        (("tiny-en-fr", "x", "--beam-size", 0), "--beam-size"),
    ],
)
def test_mistakes_are_one_sentence(zoo_command, released, arguments, sentence):
    done = zoo_command("export", *arguments)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err and done.err.count("\n") == 1
