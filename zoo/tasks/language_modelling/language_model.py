"""Autoregressive: the next token of a text from all before it."""

from __future__ import annotations

from typing import Annotated, Any

import keras
import numpy as np
from keras import ops, tree

from zoo.backend.compiled import compile_step
from zoo.checked import Between, Strength, checked
from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.neural_cache import NeuralCache
from zoo.tasks.item_model import ItemModel, with_input
from zoo.tasks.language_modelling.verbs import Writing

CacheSize = Annotated[int, Between(0, 1_000_000)]
_WINDOW = 128  # tokens of a row that are read at once
_SHORTEST = 16  # the same, of short texts
_TOGETHER = 2048  # tokens that are read at once, in rows together


@keras.saving.register_keras_serializable(package="zoo")
class LanguageModel(Writing, ItemModel):
    """Vectors of tokens, a body over them, and the distribution of the token that follows.

    Called on `{"tokens": [batch, time]}`, int ids, it gives the logits `[batch, time, vocabulary]`
    of the tokens after each; padding at the right changes nothing before it. `compile`, `fit`,
    `evaluate` and `save` are those of Keras, and start every row from the initial state;
    `TruncatedBPTT` of this wing trains with the state carried from batch to batch.

    Args:
        embedding: a `zoo.layers.TokenEmbedding`.
        recurrence: a layer from `[batch, time, features]` and states to outputs and states, with
            `get_initial_state`, `step` and `output_size`: `zoo.layers.RecurrentStack`, or in its
            place `TCN` or `CausalTransformer`.
        input: turns text into ids: `zoo.inputs.CharacterTokenizer`. None: the model works on ids
            alone.
        input_dropout: fraction of the features of the vectors that is dropped, the same at every
            time step of a row (Gal and Ghahramani 2016, arXiv:1512.05287).
        output_dropout: the same of the recurrence's outputs.
        dataset: the data set the model was trained on, which its file remembers.
        task: the registered task that the model is for, which its file remembers.
        cache: a `zoo.layers.NeuralCache`, which mixes what was read lately into what the model
            expects, but in training. None: none.
        projection: the layer from the recurrence's outputs to the width of the embedding, where
            they are not as wide. None: one is made.
    """

    export_signatures = "zoo.tasks.language_modelling.signatures:LanguageModelSignatures"
    bare_shapes = {"tokens": (None,)}
    fed_back = "tokens"  # the input that holds the tokens before those that are asked for

    def __init__(
        self,
        embedding,
        recurrence,
        input=None,
        input_dropout: float = 0.0,
        output_dropout: float = 0.0,
        dataset: str | None = None,
        task: str | None = None,
        cache=None,
        projection=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.task = task
        self.cache = cache
        self.embedding = embedding
        self.recurrence = recurrence
        self.tokenizer = input
        self.input_dropout = input_dropout
        self.output_dropout = output_dropout
        self.dataset = dataset
        self.input_dropout_layer = keras.layers.SpatialDropout1D(input_dropout)
        self.output_dropout_layer = keras.layers.SpatialDropout1D(output_dropout)
        self.projection = projection
        if projection is None and recurrence.output_size != embedding.size:
            self.projection = keras.layers.Dense(embedding.size, use_bias=False)
        self._read: Any = None
        self.stream_step: Any = None  # compiled by the first stream that is asked for more
        self._writers: dict = {}
        self.build()

    def build(self, input_shape=None):
        """Makes all weights, so that a file never meets a model without them."""
        if self.built:
            return
        build_once(self.embedding, (None, None))
        build_once(self.recurrence, (None, None, self.embedding.size))
        if self.projection is not None:
            build_once(self.projection, (None, None, self.recurrence.output_size))
        self.built = True

    def get_initial_state(self, batch_size):
        """The state before a text, a nested list of `[batch, ...]`."""
        state = self.recurrence.get_initial_state(batch_size)
        if self.cache is None:
            return state
        return [state, self.cache.get_initial_state(batch_size, self.recurrence.output_size)]

    @checked()
    def with_cache(self, size: CacheSize = 500, theta: Strength = 0.3, lambda_: Strength = 0.1):
        """The same model, its weights shared, with a cache over what it reads.

        A text's own names and words are then expected again as soon as they have been read once.
        `recipes/neural_cache.py` finds settings by a validation text.

        Args:
            size, theta, lambda_: as for `zoo.layers.NeuralCache`. A size of 0: no cache.

        Returns:
            Another `LanguageModel`, to be used and saved as any.

        Raises:
            ConfigError: if one of them is out of its range.

        Example: `zoo.load("mine.keras").with_cache(2000).score(text).perplexity`.
        """
        try:
            cache = NeuralCache(size, theta, lambda_) if size else None
        except ValueError as error:
            raise ConfigError(str(error)) from error
        return LanguageModel(
            self.embedding,
            self.recurrence,
            self.tokenizer,
            self.input_dropout,
            self.output_dropout,
            self.dataset,
            self.task,
            cache,
            self.projection,
            name=self.name,
        )

    def call(self, inputs, initial_state=None, is_real=None, training=False, return_state=False):
        """Runs over tokens.

        Args:
            inputs: `{"tokens": int [batch, time]}`.
            initial_state: the state to begin with, as it is returned; None: that before a text.
            is_real: bool `[batch, time]`; where it is False, the state stays as it is. None: all.
            training: whether dropout is on.
            return_state: whether the state after the last real token is wanted too.

        Returns:
            Logits `[batch, time, vocabulary]`, or these and the state.
        """
        tokens, cached = inputs["tokens"], None
        if self.cache is not None:
            if initial_state is None:
                initial_state = self.get_initial_state(ops.shape(tokens)[0])
            initial_state, cached = initial_state
        outputs, state = self.outputs(tokens, initial_state, is_real, training)
        logits = self._logits(outputs)
        if self.cache is not None:
            if not training:
                logits, cached = self.cache(outputs, tokens, logits, cached, is_real)
            state = [state, cached]
        return (logits, state) if return_state else logits

    def outputs(self, tokens, initial_state=None, is_real=None, training=False):
        """What the recurrence says after each token, of which the logits are made.

        Args:
            tokens, initial_state, is_real, training: as of `call`, the state without a cache's.

        Returns:
            Float `[batch, time, width]`, dropped from in training, and the state.
        """
        vectors = self.embedding(tokens, training=training)
        vectors = self.input_dropout_layer(vectors, training=training)
        outputs, state = self.recurrence(
            vectors, mask=is_real, initial_state=initial_state, training=training
        )
        return self.output_dropout_layer(outputs, training=training), state

    def asked(self, outputs):
        """Outputs as wide as the vectors of tokens, whose products with them are the logits."""
        return outputs if self.projection is None else self.projection(outputs)

    def step(self, tokens, state):
        """One step, for writing: int `[batch]` and state to logits `[batch, vocabulary]`, state."""
        cached = None
        if self.cache is not None:
            state, cached = state
        output, state = self.recurrence.step(self.embedding(tokens), state)
        logits = self._logits(output)
        if self.cache is None:
            return logits, state
        together = (ops.expand_dims(x, 1) for x in (output, tokens, logits))
        logits, cached = self.cache(*together, cached)
        return ops.squeeze(logits, 1), [state, cached]

    def stepwise(self, inputs):
        """`step`, and the state before a text for as many rows as `inputs` have."""
        return self.step, self.get_initial_state(ops.shape(inputs["tokens"])[0])

    def _logits(self, outputs):
        return self.embedding.logits(self.asked(outputs))

    def read(self, ids: np.ndarray, state=None, before=None, progress=None):
        """Reads texts: the log-probability of every token given all before it, in nats.

        The state is carried from the first token to the last, however long a text is.

        Args:
            ids: integers `[rows, tokens]`, one text a row; the same number of tokens in each.
            state: that after `before`; None: that before a text.
            before: integers `[rows]`, what the first tokens are read after. None: what the
                tokenizer says that a text is read after, or 0.
            progress: called as `progress(done, total)` with numbers of tokens.

        Returns:
            Float32 `[rows, tokens]`, and the state before the last tokens, which have been
            predicted and not read: `read(more, state, ids[:, -1])` goes on.
        """
        if self._read is None:
            self._read = compile_step(self, self.log_probs)
        rows, count = ids.shape
        filled = 1 << (rows - 1).bit_length()  # few shapes are compiled
        window = _window(filled, count)
        if before is None:
            before = np.full(rows, self.tokenizer.begin_id if self.tokenizer else 0)
        before = np.pad(np.asarray(before, "int32"), (0, filled - rows))[:, None]
        state = self.get_initial_state(rows) if state is None else state
        state = tree.map_structure(lambda s: _fill(ops.convert_to_numpy(s), filled), state)
        found = np.zeros((rows, count), "float32")
        for begin in range(0, count, window):
            labels = np.asarray(ids[:, begin : begin + window], "int32")
            width = labels.shape[1]
            labels = np.pad(labels, [(0, filled - rows), (0, window - width)])
            tokens = np.concatenate([before, labels[:, :-1]], axis=1)
            is_real = np.broadcast_to(np.arange(window) < width, labels.shape)
            log_probs, state = self._read(tokens, labels, is_real, state)
            found[:, begin : begin + width] = ops.convert_to_numpy(log_probs)[:rows, :width]
            before = labels[:, width - 1 : width]
            if progress is not None:
                progress(rows * (begin + width), rows * count)
        return found, tree.map_structure(lambda s: s[:rows], state)

    def log_probs(self, tokens, labels, is_real, state):
        """Reads a part of texts: log-probabilities of their tokens, and the state after them.

        Args:
            tokens: int `[batch, time]`, before each of the labels.
            labels: int `[batch, time]`, the tokens that follow.
            is_real: bool `[batch, time]`; where it is False, the state stays as it is.
            state: that before the first token.

        Returns:
            Float32 `[batch, time]`, in nats, and the state.
        """
        logits, state = self(
            {"tokens": tokens}, initial_state=state, is_real=is_real, return_state=True
        )
        log_probs = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
        chosen = ops.take_along_axis(log_probs, ops.expand_dims(labels, -1), axis=-1)
        return ops.squeeze(chosen, -1), state

    def get_config(self):
        return {
            "name": self.name,
            "task": self.task,
            "embedding": keras.saving.serialize_keras_object(self.embedding),
            "recurrence": keras.saving.serialize_keras_object(self.recurrence),
            "input": keras.saving.serialize_keras_object(self.tokenizer),
            "input_dropout": self.input_dropout,
            "output_dropout": self.output_dropout,
            "dataset": self.dataset,
            "cache": keras.saving.serialize_keras_object(self.cache),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = with_input(config, "tokenizer")
        for part in ("embedding", "recurrence", "input", "cache"):
            config[part] = keras.saving.deserialize_keras_object(config.get(part))
        return cls(**config)


def _window(rows: int, count: int) -> int:
    """Tokens of a row that are read at once: a power of two, and not many more than there are."""
    most = max(min(_WINDOW, _TOGETHER // rows), 1)
    return min(most, max(_SHORTEST, 1 << (count - 1).bit_length())) if count else most


def _fill(state: np.ndarray, rows: int) -> np.ndarray:
    return np.pad(state, [(0, rows - len(state)), *((0, 0) for _ in state.shape[1:])])
