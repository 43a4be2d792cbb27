"""From a memory to tokens, one at a time: what every recurrent decoder shares."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.build_once import build_once


@keras.saving.register_keras_serializable(package="zoo")
class RecurrentDecoder(keras.layers.Layer):
    """Recurrent layers that begin from the mean of the memory, and see no more of it.

    With `y` the previous output token, fed back at every step, and `s` the layers' states:

        s_1 = layer_1(E y),  s_l = layer_l(s_{l-1}) + s_{l-1}
        logits = E' tanh([s_L; E y] W)

    States start at `tanh(V mean(memory))`. Over one vector of a photograph that is the captioner of
    Vinyals et al. 2015 (arXiv:1411.4555), with the vector as first state instead of first input;
    over the memory of an encoder, the translator of Cho et al. 2014 (arXiv:1406.1078).

    Args:
        layers: `Recurrent` layers, the lowest first; residual where their widths agree.
        embedding: `keras.layers.Embedding` of the target tokens, whose matrix is also that of the
            output layer (Press and Wolf 2017, arXiv:1608.05859). None: the one that is given to
            `share_embedding` before the decoder is built, such as the encoder's.
        dropout: share dropped of the embeddings, of the inputs of the upper layers, and of the
            readout.

    A subclass that asks the memory at every step overrides `context_size`, `constants` and `ask`.

    Raises:
        ValueError: without layers.
    """

    def __init__(self, layers, embedding=None, dropout: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        if not layers:
            raise ValueError(f"{type(self).__name__} wants at least one recurrent layer.")
        self.layers = list(layers)
        self.owns_embedding = embedding is not None
        self.embedding = embedding
        self.dropout = dropout
        self.embedding_dropout = keras.layers.Dropout(dropout)
        self.layer_dropouts = [keras.layers.Dropout(dropout) for _ in self.layers[1:]]
        self.readout_dropout = keras.layers.Dropout(dropout)
        self.supports_masking = True

    def share_embedding(self, embedding) -> None:
        """Takes another layer's embedding, if the decoder has none of its own."""
        if not self.owns_embedding:
            self.embedding = embedding

    @property
    def vocabulary_size(self) -> int:
        """Number of output tokens."""
        return self.embedding.input_dim

    # What is asked of the memory after the start --------------------------------------------------

    def context_size(self, memory_size: int) -> int:
        """Width of what `ask` gives; 0: nothing."""
        return 0

    def constants(self, memory, mask):
        """What `ask` needs of the memory, the same for all steps and all hypotheses."""
        return ()

    def ask(self, query, constants):
        """Asks the memory.

        Args:
            query: `[batch, queries, features]`, outputs of the lowest layer.
            constants: from `constants`.

        Returns:
            Context `[batch, queries, context size]` and weights over the memory `[batch, queries,
            memory time]`, each None where there is none.
        """
        return None, None

    def build(self, memory_shape):
        """Builds from the shape of the memory, `[batch, time, features]`."""
        if self.embedding is None:
            raise ValueError(
                f"{type(self).__name__} has no embedding: give it one, or call share_embedding "
                "first."
            )
        build_once(self.embedding, (None, None))
        memory_size, embedding_size = memory_shape[-1], self.embedding.output_dim
        context_size = self.context_size(memory_size)
        width = embedding_size
        for i, layer in enumerate(self.layers):
            build_once(layer, (None, None, width if i == 0 else width + context_size))
            width = layer.output_size
        self.start_dense = keras.layers.Dense(
            sum(sum(layer.state_sizes) for layer in self.layers), activation="tanh", name="start"
        )
        self.start_dense.build((None, memory_size))
        self.readout = keras.layers.Dense(embedding_size, activation="tanh", name="readout")
        self.readout.build((None, None, width + context_size + embedding_size))
        self.output_bias = self.add_weight(
            name="output_bias", shape=(self.vocabulary_size,), initializer="zeros"
        )

    def compute_mask(self, *args, **kwargs):
        """None: Keras would hand on the mask of the memory, which is not that of the output."""

    def get_build_config(self):
        """None: the model that owns the decoder builds it, since it may share an embedding."""

    def start(self, memory, mask):
        """Before the first token.

        Args:
            memory: `[batch, memory time, features]`.
            mask: bool `[batch, memory time]`, True = real.

        Returns:
            The states, a list of `[batch, size]`, and the constants: what `step` needs of the
            memory, the same for all steps and all hypotheses.
        """
        weights = ops.cast(ops.expand_dims(mask, -1), memory.dtype)
        count = ops.maximum(ops.sum(weights, axis=1), 1)
        start = self.start_dense(ops.sum(memory * weights, axis=1) / count)
        states, used = [], 0
        for size in (size for layer in self.layers for size in layer.state_sizes):
            states.append(start[:, used : used + size])
            used += size
        return states, self.constants(memory, mask)

    def call(self, memory, mask, tokens, training=False):
        """All steps at once, with the true previous tokens (teacher forcing).

        Args:
            memory: `[batch, memory time, features]`.
            mask: bool `[batch, memory time]`, True = real.
            tokens: int `[batch, time]`, each step's previous token.
            training: whether dropout is on.

        Returns:
            Logits `[batch, time, vocabulary]`.
        """
        states, constants = self.start(memory, mask)
        embedded = self.embedding_dropout(self.embedding(tokens), training=training)
        hidden, states = embedded, iter(states)
        context = None
        for i, layer in enumerate(self.layers):
            inputs = hidden
            if i > 0:
                inputs = self.layer_dropouts[i - 1](self._join(hidden, context), training=training)
            initial = [next(states) for _ in layer.state_sizes]
            outputs, _ = layer(inputs, initial_state=initial, training=training)
            hidden = self._residual(i, hidden, outputs)
            if i == 0:
                context, weights = self.ask(hidden, constants)
                if training and weights is not None:
                    self.regularise(weights, mask, tokens)
        readout = self.readout(self._join(hidden, context, embedded))
        return self.logits(self.readout_dropout(readout, training=training))

    def regularise(self, weights, mask, tokens) -> None:
        """Adds a loss on the weights of a training step; here none."""

    def step(self, tokens, states, constants, output=None):
        """One step of every hypothesis, for decoding.

        Args:
            tokens: int `[batch, beam]`, the previous tokens.
            states: list of `[batch, beam, size]`.
            constants: from `start`.
            output: from `output_weights`, for logits of some tokens only.

        Returns:
            Logits `[batch, beam, vocabulary]`, the new states, and the weights over the memory
            `[batch, beam, memory time]`, None where the memory is not asked.
        """
        embedded = self.embedding(tokens)
        hidden, old, new = embedded, iter(states), []
        context = weights = None
        for i, layer in enumerate(self.layers):
            inputs = hidden if i == 0 else self._join(hidden, context)
            outputs, layer_states = self._one_step(
                layer, inputs, [next(old) for _ in layer.state_sizes]
            )
            new.extend(layer_states)
            hidden = self._residual(i, hidden, outputs)
            if i == 0:
                context, weights = self.ask(hidden, constants)
        readout = self.readout(self._join(hidden, context, embedded))
        return self.logits(readout, output), new, weights

    def output_weights(self, tokens=None):
        """Matrix `[n, embedding]` and bias `[n]` of the output layer.

        Args:
            tokens: int `[n]`, of these tokens only. None: of the whole vocabulary.
        """
        weights = ops.convert_to_tensor(self.embedding.embeddings), self.output_bias
        return weights if tokens is None else tuple(ops.take(w, tokens, axis=0) for w in weights)

    def logits(self, readout, output=None):
        """The output layer: `[..., embedding]` to `[..., n]`; `output` from `output_weights`."""
        matrix, bias = (ops.cast(w, readout.dtype) for w in output or self.output_weights())
        # In two dimensions, so that TensorFlow adds the bias within the product.
        rows = ops.reshape(readout, (-1, readout.shape[-1]))
        logits = ops.matmul(rows, ops.transpose(matrix)) + bias
        return ops.reshape(logits, (*ops.shape(readout)[:-1], logits.shape[-1]))

    @staticmethod
    def _join(*parts):
        """Joins features, leaving out a context that there is not."""
        real = [part for part in parts if part is not None]
        return real[0] if len(real) == 1 else ops.concatenate(real, axis=-1)

    @staticmethod
    def _residual(i, inputs, outputs):
        return outputs + inputs if i > 0 and inputs.shape[-1] == outputs.shape[-1] else outputs

    @staticmethod
    def _one_step(layer, inputs, states):
        """Cells know `[batch, size]`: beams are folded into the batch and unfolded after."""
        batch, beam = ops.shape(inputs)[:2]

        def fold(x):
            return ops.reshape(x, (-1, x.shape[-1]))

        def unfold(x):
            return ops.reshape(x, (batch, beam, x.shape[-1]))

        outputs, states = layer.step(fold(inputs), [fold(state) for state in states])
        return unfold(outputs), [unfold(state) for state in states]

    def compute_output_shape(self, memory_shape, mask_shape=None, tokens_shape=None):
        return (*(tokens_shape or (None, None)), self.vocabulary_size)

    def get_config(self):
        embedding = self.embedding if self.owns_embedding else None
        return {
            **super().get_config(),
            "layers": [keras.saving.serialize_keras_object(layer) for layer in self.layers],
            "embedding": keras.saving.serialize_keras_object(embedding),
            "dropout": self.dropout,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["layers"] = [keras.saving.deserialize_keras_object(c) for c in config["layers"]]
        for part in ("attention", "embedding"):
            if part in config:
                config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)
