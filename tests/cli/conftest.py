"""Running the `zoo` command in this process, and a released model that is quick to load."""

import hashlib
import io
import sys
from typing import NamedTuple

import pytest

from zoo import catalogue, hub, registry
from zoo.registry import Entry, ModelRegistry

ROW = {
    "dataset": "multi30k/en-fr",
    "split": "test_2016_flickr",
    "metric": "sacrebleu_13a",
    "value": 59.123,
    "signature": "nrefs:1|case:mixed",
    "sentences": 1000,
    "seconds": 12.34,
}


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def lines(self):
        return self.out.split("\n")[:-1]


@pytest.fixture
def zoo_command(monkeypatch, capsys):
    """Return a function that runs `zoo` with arguments and, if given, bytes on standard input."""
    from zoo.cli import main

    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")

    def run(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "argv", ["zoo", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = 0
        try:
            main()
        except SystemExit as error:
            code = error.code or 0
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def tiny_file(tmp_path_factory):
    """A saved model whose translation of a text is the text backwards."""
    import tiny_model

    import zoo

    path = tmp_path_factory.mktemp("tiny") / "tiny.keras"
    zoo.save(tiny_model.tiny(), path)
    return path


@pytest.fixture
def released(tiny_file, monkeypatch):
    """The same model, released as `tiny-en-fr` with two revisions; and one of another task."""
    models = ModelRegistry("model")
    about = {
        "task": "nmt",
        "file": tiny_file.name,
        "sha256": hashlib.sha256(tiny_file.read_bytes()).hexdigest(),
        "bytes": tiny_file.stat().st_size,
        "languages": ["en", "fr"],
        "parameters": 1234,
        "summary": "turns text around",
        "metrics": [ROW],
    }
    for revision in (1, 2):
        models.add(
            Entry("model", "tiny-en-fr", None, catalogue.ZOO, {**about, "revision": revision})
        )
    models.add(
        Entry("model", "pos-en", None, catalogue.ZOO, {**about, "task": "pos", "revision": 1})
    )
    tasks = registry.Registry("task")
    for name, verb in (("nmt", "translate"), ("pos", "tag")):
        said = {"verb": verb, "evaluator": "evaluators:evaluate" if name == "nmt" else None}
        tasks.add(Entry("task", name, "json:JSONDecoder", catalogue.ZOO, said))
    kinds = {**catalogue.REGISTRIES, "model": models, "task": tasks}
    monkeypatch.setattr(catalogue, "models", models)
    monkeypatch.setattr(catalogue, "tasks", tasks)
    monkeypatch.setattr(catalogue, "REGISTRIES", kinds)
    monkeypatch.setattr(hub, "EMBEDDED", tiny_file.parent)
    return about
