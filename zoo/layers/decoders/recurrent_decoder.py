"""From a memory to tokens, one at a time: what every recurrent decoder shares."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.build_once import build_once
from zoo.layers.decoders.token_decoder import TokenDecoder


@keras.saving.register_keras_serializable(package="zoo")
class RecurrentDecoder(TokenDecoder):
    """Recurrent layers that begin from the mean of the memory, and ask it nothing.

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
        dropout: fraction dropped of the embeddings, of the inputs of the upper layers, and of the
            readout.
        repeat_memory: whether the mean of the memory is joined to the inputs of the upper layers
            and of the readout at every step (Cho et al. 2014, section 2.2), or starts the first one
            alone.

    A subclass that asks the memory at every step overrides `context_size`, `constants` and `ask`;
    one whose states are more than those of the layers, `start`, `ask_in_turn` and `remember`.

    Raises:
        ValueError: without layers.
    """

    def __init__(
        self, layers, embedding=None, dropout: float = 0.0, repeat_memory: bool = False, **kwargs
    ):
        super().__init__(embedding, dropout, **kwargs)
        if not layers:
            raise ValueError(f"{type(self).__name__} wants at least one recurrent layer.")
        self.layers = list(layers)
        self.repeat_memory = repeat_memory
        self.layer_dropouts = [keras.layers.Dropout(dropout) for _ in self.layers[1:]]
        self.readout_dropout = keras.layers.Dropout(dropout)

    # What is asked of the memory after the start --------------------------------------------------

    def context_size(self, memory_size: int) -> int:
        """Width of what `ask` gives; 0: nothing."""
        return memory_size if self.repeat_memory else 0

    def reads_context(self, i: int) -> bool:
        """Whether the context is joined to the inputs of a layer, the lowest being the 0th."""
        return i > 0

    def constants(self, memory, mask):
        """What `ask` needs of the memory, the same for all steps and all hypotheses."""
        return self._mean(memory, mask) if self.repeat_memory else ()

    def ask(self, query, constants, *kept):
        """Asks the memory.

        Args:
            query: `[batch, queries, features]`, outputs of the lowest layer.
            constants: from `start`.
            *kept: the states that are not those of the layers, `[batch, queries, size]`.

        Returns:
            Context `[batch, queries, context size]` and weights over the memory `[batch, queries,
            memory time]`, each None where there is none.
        """
        if not self.repeat_memory:
            return None, None
        context = ops.expand_dims(constants, 1)
        return ops.repeat(context, ops.shape(query)[1], axis=1), None

    def ask_in_turn(self, queries, constants, *kept):
        """`ask` by the queries of all time steps; `kept`, `[batch, size]`, before the first."""
        return self.ask(queries, constants)

    def remember(self, kept, weights) -> list:
        """The states that are not those of the layers, after a step that looked with `weights`."""
        return []

    @property
    def layer_state_count(self) -> int:
        """How many of the states are those of the layers, the first ones."""
        return sum(len(layer.state_sizes) for layer in self.layers)

    def build(self, memory_shape):
        """Builds from the shape of the memory, `[batch, time, features]`."""
        super().build(memory_shape)
        memory_size, embedding_size = memory_shape[-1], self.embedding.output_dim
        context_size = self.context_size(memory_size)
        width = embedding_size
        for i, layer in enumerate(self.layers):
            joined = context_size if self.reads_context(i) else 0
            build_once(layer, (None, None, width + joined))
            width = layer.output_size
        self.start_dense = keras.layers.Dense(
            sum(sum(layer.state_sizes) for layer in self.layers), activation="tanh", name="start"
        )
        self.start_dense.build((None, memory_size))
        self.readout = keras.layers.Dense(embedding_size, activation="tanh", name="readout")
        self.readout.build((None, None, width + context_size + embedding_size))

    def start(self, memory, mask, source=None):
        """Before the first token.

        Args:
            memory: `[batch, memory time, features]`.
            mask: bool `[batch, memory time]`, True = real.
            source: int `[batch, memory time]`, the tokens that the memory is of, for a decoder with
                `copying`; another has no use for them.

        Returns:
            The states, a list of `[batch, size]`, and the constants: what `step` needs of the
            memory, the same for all steps and all hypotheses.
        """
        start = self.start_dense(self._mean(memory, mask))
        states, used = [], 0
        for size in (size for layer in self.layers for size in layer.state_sizes):
            states.append(start[:, used : used + size])
            used += size
        return states, self.constants(memory, mask)

    def call(self, memory, mask, tokens, source=None, training=False):
        """All steps at once, with the true previous tokens (teacher forcing).

        Args:
            memory: `[batch, memory time, features]`.
            mask: bool `[batch, memory time]`, True = real.
            tokens: int `[batch, time]`, each step's previous token.
            source: as for `start`.
            training: whether dropout is on.

        Returns:
            Logits `[batch, time, vocabulary]`.
        """
        states, constants = self.start(memory, mask, source)
        embedded = self.embedding_dropout(self.embedding(tokens), training=training)
        kept = states[self.layer_state_count :]
        hidden, states = embedded, iter(states)
        context = weights = None
        for i, layer in enumerate(self.layers):
            inputs = hidden
            if i > 0:
                inputs = self.layer_dropouts[i - 1](self._join(hidden, context), training=training)
            initial = [next(states) for _ in layer.state_sizes]
            outputs, _ = layer(inputs, initial_state=initial, training=training)
            hidden = self._residual(i, hidden, outputs)
            if i == 0:
                context, weights = self.ask_in_turn(hidden, constants, *kept)
                if training and weights is not None:
                    self.regularise(weights, mask, tokens)
        joined = self._join(hidden, context, embedded)
        return self.outputs(joined, weights, constants, training=training)

    def outputs(self, joined, weights, constants, output=None, training=False):
        """What is said of the next token.

        Args:
            joined: `[batch, time or beam, features]`, what the readout reads.
            weights: over the memory, None where it is not asked.
            constants: from `start`.
            output: from `output_weights`, for logits of some tokens only.
            training: whether dropout is on.

        Returns:
            Logits `[batch, time or beam, vocabulary]`.
        """
        readout = self.readout_dropout(self.readout(joined), training=training)
        return self.logits(readout, output)

    def regularise(self, weights, mask, tokens) -> None:
        """Adds a loss on the weights of a training step; here none."""

    def step(self, tokens, states, constants, output=None):
        """One step of every hypothesis, for decoding.

        Args:
            tokens: int `[batch, beam]`, the previous tokens.
            states: list of `[batch, beam, size]`, those of the layers first.
            constants: from `start`.
            output: from `output_weights`, for logits of some tokens only.

        Returns:
            Logits `[batch, beam, vocabulary]`, the new states, and the weights over the memory
            `[batch, beam, memory time]`, None where the memory is not asked.
        """
        embedded = self.embedding(tokens)
        kept = states[self.layer_state_count :]
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
                context, weights = self.ask(hidden, constants, *kept)
        found = self.outputs(self._join(hidden, context, embedded), weights, constants, output)
        return found, [*new, *self.remember(kept, weights)], weights

    @staticmethod
    def _mean(memory, mask):
        """The mean of the real part of the memory, `[batch, features]`."""
        weights = ops.cast(ops.expand_dims(mask, -1), memory.dtype)
        return ops.sum(memory * weights, axis=1) / ops.maximum(ops.sum(weights, axis=1), 1)

    @staticmethod
    def _join(*parts):
        """Joins features, leaving out a context that there is not."""
        real = [part for part in parts if part is not None]
        return real[0] if len(real) == 1 else ops.concatenate(real, axis=-1)

    @staticmethod
    def _residual(i, inputs, outputs):
        return outputs + inputs if i > 0 and inputs.shape[-1] == outputs.shape[-1] else outputs

    def _one_step(self, layer, inputs, states):
        """One step of a layer for all beams, `[batch, beam, size]`."""
        shape = ops.shape(inputs)[:2]
        output, states = layer.step(self.fold(inputs), [self.fold(state) for state in states])
        return self.unfold(output, *shape), [self.unfold(state, *shape) for state in states]

    def get_config(self):
        return {
            **super().get_config(),
            "layers": [keras.saving.serialize_keras_object(layer) for layer in self.layers],
            "repeat_memory": self.repeat_memory,
        }

    @classmethod
    def from_config(cls, config):
        layers = [keras.saving.deserialize_keras_object(layer) for layer in config["layers"]]
        return super().from_config({**config, "layers": layers})
