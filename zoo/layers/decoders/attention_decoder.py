"""From a memory to tokens: the recurrent decoder with attention."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.build_once import build_once


@keras.saving.register_keras_serializable(package="zoo")
class AttentionDecoder(keras.layers.Layer):
    """Recurrent layers of which the lowest asks the memory for all that stand above it.

    With `y` the previous output token, fed back at every step, and `s` the layers' states:

        s_1 = layer_1(E y),  c = attention(s_1, memory),  s_l = layer_l([s_{l-1}; c]) + s_{l-1}
        logits = E' tanh([s_L; c; E y] W)

    Attention asked by the bottom layer, its context given to every layer above, is that of Wu et
    al. 2016 (arXiv:1609.08144, section 3); the readout is that of Luong et al. 2015
    (arXiv:1508.04025, eq. 5). No layer waits for another's context of the step before, so in
    teacher forcing each runs over all time steps by itself, and attention and readout are a few
    large matrix products.

    States start at `tanh(W mean(memory))`, as in Sennrich et al. 2017 (Nematus, arXiv:1703.04357,
    eq. 1).

    Args:
        layers: `Recurrent` layers, the lowest first; residual where their widths agree.
        attention: an attention, see `zoo.layers.Attention`.
        embedding: `keras.layers.Embedding` of the target tokens, whose matrix is also that of the
            output layer (Press and Wolf 2017, arXiv:1608.05859). None: the one that is given to
            `share_embedding` before the decoder is built, such as the encoder's.
        dropout: share dropped of the embeddings, of the inputs of the upper layers, and of the
            readout.

    Raises:
        ValueError: without layers.
    """

    def __init__(self, layers, attention, embedding=None, dropout: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        if not layers:
            raise ValueError("AttentionDecoder wants at least one recurrent layer.")
        self.layers = list(layers)
        self.attention = attention
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

    def build(self, memory_shape):
        """Builds from the shape of the memory, `[batch, time, features]`."""
        if self.embedding is None:
            raise ValueError(
                "AttentionDecoder has no embedding: give it one, or call share_embedding first."
            )
        build_once(self.embedding, (None, None))
        memory_size, embedding_size = memory_shape[-1], self.embedding.output_dim
        width = embedding_size
        for i, layer in enumerate(self.layers):
            build_once(layer, (None, None, width if i == 0 else width + memory_size))
            width = layer.output_size
        query_size = self.layers[0].output_size
        build_once(self.attention, [(None, None, query_size), (None, None, memory_size)])
        self.start_dense = keras.layers.Dense(
            sum(sum(layer.state_sizes) for layer in self.layers), activation="tanh", name="start"
        )
        self.start_dense.build((None, memory_size))
        self.readout = keras.layers.Dense(embedding_size, activation="tanh", name="readout")
        self.readout.build((None, None, width + memory_size + embedding_size))
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
            The states, a list of `[batch, size]`, and the constants: what attention keeps of the
            memory, the same for all steps and all hypotheses.
        """
        weights = ops.cast(ops.expand_dims(mask, -1), memory.dtype)
        count = ops.maximum(ops.sum(weights, axis=1), 1)
        start = self.start_dense(ops.sum(memory * weights, axis=1) / count)
        states, used = [], 0
        for size in (size for layer in self.layers for size in layer.state_sizes):
            states.append(start[:, used : used + size])
            used += size
        return states, self.attention.precompute(memory, mask)

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
                context, _ = self.attention(hidden, constants)
        readout = self.readout(self._join(hidden, context, embedded))
        return self.logits(self.readout_dropout(readout, training=training))

    def step(self, tokens, states, constants, output=None):
        """One step of every hypothesis, for decoding.

        Args:
            tokens: int `[batch, beam]`, the previous tokens.
            states: list of `[batch, beam, size]`.
            constants: from `start`.
            output: from `output_weights`, for logits of some tokens only.

        Returns:
            Logits `[batch, beam, vocabulary]`, the new states, and attention's weights
            `[batch, beam, memory time]`.
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
                context, weights = self.attention(hidden, constants)
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
        return ops.concatenate(parts, axis=-1)

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
        return (*tokens_shape, self.vocabulary_size)

    def get_config(self):
        embedding = self.embedding if self.owns_embedding else None
        return {
            **super().get_config(),
            "layers": [keras.saving.serialize_keras_object(layer) for layer in self.layers],
            "attention": keras.saving.serialize_keras_object(self.attention),
            "embedding": keras.saving.serialize_keras_object(embedding),
            "dropout": self.dropout,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["layers"] = [keras.saving.deserialize_keras_object(c) for c in config["layers"]]
        for part in ("attention", "embedding"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)
