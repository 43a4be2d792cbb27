"""The smallest models that show what saving must do: assets, dropout, a shared object, faults."""

import os

import keras


@keras.saving.register_keras_serializable(package="tiny")
class Words(keras.layers.Layer):
    """A layer without weights that carries a text as an asset, as a tokenizer does."""

    def __init__(self, words="", **kwargs):
        super().__init__(**kwargs)
        self.words = words
        self.built = True

    def call(self, inputs):
        return inputs

    def save_assets(self, folder):
        with open(os.path.join(folder, "words.txt"), "w") as file:
            file.write(self.words)

    def load_assets(self, folder):
        with open(os.path.join(folder, "words.txt")) as file:
            self.words = file.read()


@keras.saving.register_keras_serializable(package="tiny")
class Tiny(keras.Model):
    """Two layers, a tokenizer, and a `translate` that turns text around."""

    task = "nmt"

    def __init__(self, units=4, words="", **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dense = keras.layers.Dense(units, name="dense")
        self.dropout = keras.layers.Dropout(0.5, name="dropout")
        self.recurrent = keras.layers.RNN(keras.layers.GRUCell(units, name="c"), name="recurrent")
        self.tokenizer = Words(words, name="words")

    def build(self, shape):
        self.dense.build(shape)
        self.recurrent.build((*shape[:-1], self.units))
        self.built = True

    def call(self, inputs, training=False):
        return self.recurrent(self.dropout(self.dense(inputs), training=training))

    def get_config(self):
        return {**super().get_config(), "units": self.units}

    def translate(self, texts, beam_size=5, n_best=1, return_attention=False):
        answers = [text[::-1] for text in texts]
        if n_best == 1 and not return_attention:
            return answers
        found = [[Answer(text, -k) for k in range(n_best)] for text in answers]
        return found if n_best > 1 else [one for (one,) in found]


class Answer:
    def __init__(self, text, score):
        self.text, self.score = text, score


@keras.saving.register_keras_serializable(package="tiny")
class Forgetful(keras.Model):
    """A model that is not built when it is loaded, and so gets random weights in its first call.

    Its `get_build_config` returns nothing, and Keras says nothing either.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = keras.layers.Dense(3, name="inner")

    def call(self, inputs):
        return self.inner(inputs)

    def get_build_config(self):
        return {}

    def build_from_config(self, config):
        self.built = True


@keras.saving.register_keras_serializable(package="tiny")
class Amnesiac(keras.layers.Dense):
    """A layer that saves its weights and does not read them back."""

    def load_own_variables(self, store):
        pass


def tiny(units=4, words="a b c", seed=1):
    """Return a built `Tiny` with weights that depend on `seed`."""
    keras.utils.set_random_seed(seed)
    model = Tiny(units, words, name="tiny")
    model.build((None, 3, 5))
    return model
