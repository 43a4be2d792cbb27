"""A plugin that knows nothing of the page: a topology, a task, and a model that reads text.

`tests/demo` writes it to a folder. Its verb answers what it is told; "wait" takes three seconds.
"""

ENTRY = """
@zoo.hookimpl
def register_topologies(register):
    register("echoing", "echo_model:Echo", summary="Says it again", verb="echo")

@zoo.hookimpl
def register_tasks(register):
    register("echo", "echo_model:build_echo", topology="echoing", reads="text", summary="Echo")
"""

MODEL = """
import time

import keras

from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer
from zoo.tasks.item_model import ItemModel


class Answer:
    def __init__(self, text):
        self.text = text

    def to_json(self):
        return {"said": self.text, "letters": len(self.text), "<b>": [1, 2]}


@keras.saving.register_keras_serializable(package="echo")
class Echo(ItemModel):
    verb_name = "echo"

    def __init__(self, input=None, task=None, **kwargs):
        super().__init__(**kwargs)
        self.tokenizer, self.task = input, task
        self.layer = keras.layers.Dense(1)
        self.build()

    def build(self, input_shape=None):
        if not self.built:
            self.layer.build((None, 1))
            self.built = True

    def call(self, inputs, training=False):
        return self.layer(keras.ops.cast(inputs["tokens"], "float32")[..., None])

    def echo(self, text):
        if text == "wait":
            time.sleep(3)
        if text == "refuse":
            raise ConfigError("Echo does not say <refuse>.")
        if text == "break":
            raise RuntimeError("secret")
        return Answer(text)

    def get_config(self):
        input = keras.saving.serialize_keras_object(self.tokenizer)
        return {"name": self.name, "task": self.task, "input": input}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        config["input"] = keras.saving.deserialize_keras_object(config["input"])
        return cls(**config)


def build_echo(*, name="echo"):
    return Echo(CharacterTokenizer("abc"), task="echo", name=name)
"""


def write_echo(folder):
    """Writes the plugin into a folder."""
    from fake_plugins import write_plugin

    write_plugin(folder, "echo-plugin", ENTRY)
    (folder / "echo_model.py").write_text(MODEL)
    return folder
