"""The stranger's input, model, signatures and sample."""

import json
from pathlib import Path

import keras
import numpy as np

from zoo.errors import MissingFileError
from zoo.inputs import Array, Input, Raw
from zoo.layers import Recurrent
from zoo.tasks.item_model import ItemModel
from zoo.tasks.sample import Sample


@keras.saving.register_keras_serializable(package="stranger")
class Series(Input):
    """Heights, a tuple of numbers; a file holds them as JSON."""

    kind = "series"
    one, many = "a tuple of numbers", "such tuples"
    raw = {"values": Raw("float32", (None,))}
    samples = ((0.0, 0.5, 1.0), (1.0, 0.5, 0.0), (0.0, 0.0, 0.0))
    arrays = {"values": Array((None, 1), "float32"), "lengths": Array((), "int32")}

    def is_item(self, value):
        return isinstance(value, tuple) and all(
            isinstance(one, (float, int, np.floating)) for one in value
        )

    def prepare(self, items, names=None):
        return [
            {"values": np.array(item, "float32").reshape(-1, 1), "lengths": np.int32(len(item))}
            for item in items
        ]

    def in_graph(self, raw):
        import tensorflow as tf

        values = raw["values"]
        lengths = tf.fill([tf.shape(values)[0]], tf.shape(values)[1])
        return {"values": values[:, :, tf.newaxis], "lengths": lengths}

    @classmethod
    def read(cls, argument):
        if not Path(argument).is_file():
            raise MissingFileError(f"There is no file {argument!r}.")
        return tuple(json.loads(Path(argument).read_text()))


@keras.saving.register_keras_serializable(package="stranger")
class Foreteller(ItemModel):
    """A recurrent layer, and one number of its last state."""

    export_signatures = "stranger_export:ForetellerSignatures"
    verb_name = "foretell"

    def __init__(self, recurrence, input=None, task=None, **kwargs):
        super().__init__(**kwargs)
        self.recurrence = recurrence
        self.tokenizer = input
        self.task = task
        self.last = keras.layers.Dense(1)
        self._compiled = None
        self.build()

    def build(self, input_shape=None):
        if not self.built:
            if not self.recurrence.built:
                self.recurrence.build((None, None, 1))
            self.last.build((None, self.recurrence.output_size))
            self.built = True

    def call(self, inputs, training=False):
        mask = self.input.mask(inputs)
        outputs, states = self.recurrence(inputs["values"], mask=mask, training=training)
        return self.last(states[0])

    def foretell(self, series):
        """The next number of one series, or of each of a list."""
        items, is_one = self.listed("foretell", series)
        if self._compiled is None:

            def run(*arrays):
                return (self(dict(zip(self.graph_inputs, arrays, strict=True))),)

            self._compiled = self.compiled_over_arrays(run)
        found = [0.0] * len(items)
        for places, arrays in self.batches(self.input.prepare(items)):
            for place, value in zip(places, self._compiled(*arrays.values())[0], strict=True):
                found[place] = float(value[0])
        return found[0] if is_one else found

    def get_config(self):
        parts = {"recurrence": self.recurrence, "input": self.tokenizer}
        serialized = {k: keras.saving.serialize_keras_object(v) for k, v in parts.items()}
        return {"name": self.name, "task": self.task, **serialized}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for part in ("recurrence", "input"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)


def build_tide(cell="gru", *, units=16, name="tide"):
    """An untrained model."""
    return Foreteller(Recurrent(cell(units)), Series(), task="tide", name=name)


def _batch():
    rng = np.random.default_rng(0)
    lengths = np.array([6, 4, 1, 3], "int32")
    values = rng.normal(size=(4, 6, 1)).astype("float32")
    values[np.arange(6) >= lengths[:, None]] = 0
    labels = rng.normal(size=(4, 1)).astype("float32")
    return {"values": values, "lengths": lengths}, labels, np.array([1, 1, 1, 0], "float32")


SAMPLE = Sample(
    settings={"units": 4},
    outputs=None,
    batch=_batch,
    input=dict,
    is_answer=lambda item, answer: isinstance(answer, float),
    is_blank_answer=lambda answer: isinstance(answer, float),
    loss="mse",
    expected_loss=lambda found, labels, weights: float(
        (weights * ((found - labels) ** 2)[:, 0]).mean()
    ),
    items=((0.0, 1.0), (1.0, 0.5, 0.25, 0.1)),
    blank_items=((),),
    strange_items=((0.0,) * 100, (1e6,)),
)
