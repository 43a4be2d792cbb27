"""Data sets whose labels are numbers with names, and models of topologies that nobody knows."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow_datasets as tfds

import zoo
from zoo import catalogue
from zoo.data import read_labelled, sources
from zoo.errors import ConfigError
from zoo.registry import Entry, Registry
from zoo.testing import ContractError, check_dataset, check_model

FILE = "numbered/rows.txt"
NAMES = ("bad", "good")


class Numbered(tfds.core.GeneratorBasedBuilder):
    """Texts with tfds's own feature for labels."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = {"text": tfds.features.Text(), "label": tfds.features.ClassLabel(names=NAMES)}
        return tfds.core.DatasetInfo(
            builder=self,
            features=tfds.features.FeaturesDict(features),
            disable_shuffling=True,
        )

    def _split_generators(self, manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        lines = sources.fetch(FILE).read_bytes().splitlines()
        for number, line in enumerate(lines):
            try:
                label, text = line.decode().split("\t")
            except ValueError:
                raise zoo.errors.DamagedFileError(f"{FILE} is of another format.") from None
            yield number, {"text": text, "label": label}


@pytest.fixture
def numbered(tiny_mirror, monkeypatch):
    rows = [(NAMES[i % 2], f"word{i % 5} and more {i}") for i in range(40)]
    tiny_mirror.add(FILE, "".join(f"{a}\t{b}\n" for a, b in rows).encode())
    mine = Registry("dataset")
    mine.add(Entry("dataset", "numbered", f"{__name__}:Numbered", catalogue.ZOO))
    monkeypatch.setattr(catalogue, "datasets", mine)
    monkeypatch.setitem(catalogue.REGISTRIES, "dataset", mine)
    monkeypatch.setattr(Entry, "load", lambda self: Numbered)
    return rows


def test_labels_that_are_numbers_with_names(numbered):
    found = read_labelled("numbered", "train")
    assert [(item.label, item.text) for item in found] == numbered
    check_dataset("numbered")


@keras.saving.register_keras_serializable(package="tests_of_topologies")
class Doubling(keras.Model):
    """Answers arrays: a verb that takes no text."""

    task = "doubling"

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(1, kernel_initializer="ones", use_bias=False)

    def build(self, input_shape):
        self.dense.build(input_shape)
        self.built = True

    def call(self, inputs):
        return 2 * self.dense(inputs)

    def double(self, items):
        if isinstance(items, float):
            return self.double([items])[0]
        if not items:
            return []
        return [float(x) for x in np.asarray(self(np.array(items, "float32")[:, None]))[:, 0]]


@pytest.fixture
def doubling(tmp_path, monkeypatch):
    about = {"verb": "double", "topology": "mine", "class": f"{__name__}:Doubling"}
    mine = Registry("task")
    mine.add(Entry("task", "doubling", f"{__name__}:Doubling", catalogue.ZOO, about))
    monkeypatch.setattr(catalogue, "tasks", mine)
    model = Doubling(name="doubling")
    model(np.ones((1, 1), "float32"))
    path = tmp_path / "doubling.keras"
    zoo.save(model, path)
    return path


def test_a_model_is_checked_with_items_of_its_verb(doubling, monkeypatch):
    check_model(doubling, items=[1.0, 2.5, 3.0])
    with pytest.raises(ConfigError, match="check_model takes items="):
        check_model(doubling)
    with pytest.raises(ConfigError, match="at least two"):
        check_model(doubling, items=[1.0])
    right = Doubling.double

    def turned(self, items):
        answer = right(self, items)
        return answer if isinstance(items, float) else answer[::-1]

    monkeypatch.setattr(Doubling, "double", turned)
    with pytest.raises(ContractError, match="clause 3"):
        check_model(doubling, items=[1.0, 2.5, 3.0])
