"""From a memory to tokens: the recurrent decoder that is told where it has looked."""

from __future__ import annotations

import keras
from keras import ops

from zoo.backend.time_loop import scan
from zoo.layers.decoders.attention_decoder import AttentionDecoder


@keras.saving.register_keras_serializable(package="zoo")
class InputFeedingDecoder(AttentionDecoder):
    """Recurrent layers that read the context of the step before, of which the highest asks.

    With `y` the previous output token and `c'` the context of the previous step, at first zeros:

        s_1 = layer_1([E y; c']),  s_l = layer_l(s_{l-1}) + s_{l-1},  c = attention(s_L, memory)
        logits = E' tanh([s_L; c; E y] W)

    The speller of Chan et al. 2016 (arXiv:1508.01211, equations 6 to 8), with the start and the
    readout of `AttentionDecoder`. A query knows what was looked at before, and so tells the second
    of two equal letters from the first; for that each step waits for the one before it in teacher
    forcing too.

    Its states are those of `AttentionDecoder` and the context, `[batch, memory features]`.

    Args:
        layers, attention, embedding, doubly_stochastic, copying, coverage_loss: as for
            `AttentionDecoder`.
        dropout: fraction dropped of the embeddings and of the readout; none between layers.
    """

    def reads_context(self, i: int) -> bool:
        return i == 0

    def start(self, memory, mask, source=None):
        states, constants = super().start(memory, mask, source)
        return [*states, ops.zeros_like(self._mean(memory, mask))], constants

    def call(self, memory, mask, tokens, source=None, training=False):
        """All steps, with the true previous tokens (teacher forcing); see `AttentionDecoder`."""
        states, constants = self.start(memory, mask, source)
        embedded = self.embedding_dropout(self.embedding(tokens), training=training)

        def advance(states, inputs):  # a beam of one
            *outputs, states = self._advance(ops.expand_dims(inputs, 1), states, constants)
            return states, tuple(ops.squeeze(one, 1) for one in outputs)

        states = [ops.expand_dims(state, 1) for state in states]
        _, found = scan(advance, states, ops.transpose(embedded, (1, 0, 2)))
        hidden, context, weights = (ops.transpose(one, (1, 0, 2)) for one in found)
        if training:
            self.regularise(weights, mask, tokens)
        joined = self._join(hidden, context, embedded)
        return self.outputs(joined, weights, constants, training=training)

    def step(self, tokens, states, constants, output=None):
        """One step of every hypothesis; see `AttentionDecoder`."""
        embedded = self.embedding(tokens)
        hidden, context, weights, states = self._advance(embedded, states, constants)
        joined = self._join(hidden, context, embedded)
        return self.outputs(joined, weights, constants, output), states, weights

    def _advance(self, embedded, states, constants):
        """One step from embeddings `[batch, beam, size]` to hidden, context, weights, states."""
        *old, context = states
        old, new, hidden = iter(old), [], embedded
        for i, layer in enumerate(self.layers):
            inputs = self._join(hidden, context) if self.reads_context(i) else hidden
            own = [next(old) for _ in layer.state_sizes]
            outputs, own = self._one_step(layer, inputs, own)
            new += own
            hidden = self._residual(i, hidden, outputs)
        kept = list(old)
        context, weights = self.ask(hidden, constants, *kept)
        return hidden, context, weights, [*new, *self.remember(kept, weights), context]
