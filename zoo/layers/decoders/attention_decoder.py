"""From a memory to tokens: the recurrent decoder with attention."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.build_once import build_once
from zoo.layers.decoders.recurrent_decoder import RecurrentDecoder


@keras.saving.register_keras_serializable(package="zoo")
class AttentionDecoder(RecurrentDecoder):
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
        dropout: fraction dropped of the embeddings, of the inputs of the upper layers, and of the
            readout.
        doubly_stochastic: strength `lambda` of the regularisation by which every cell `i` of the
            memory shall be looked at as much as the others in the course of an output: in training
            the mean over the cells of `lambda (1 - sum_t weights_ti)^2` is added to the loss, `t`
            running over the real steps (Xu et al. 2015, arXiv:1502.03044, eq. 14, with a mean where
            that has a sum). 0: no such loss.

    Raises:
        ValueError: without layers, or if `doubly_stochastic` is negative.
    """

    def __init__(
        self,
        layers,
        attention,
        embedding=None,
        dropout: float = 0.0,
        doubly_stochastic: float = 0.0,
        **kwargs,
    ):
        super().__init__(layers, embedding, dropout, **kwargs)
        if doubly_stochastic < 0:
            raise ValueError(f"doubly_stochastic is at least 0, not {doubly_stochastic!r}.")
        self.attention = attention
        self.doubly_stochastic = doubly_stochastic

    def build(self, memory_shape):
        """Builds from the shape of the memory, `[batch, time, features]`."""
        super().build(memory_shape)
        query_size = self.layers[0].output_size
        build_once(self.attention, [(None, None, query_size), (None, None, memory_shape[-1])])

    def context_size(self, memory_size: int) -> int:
        return memory_size

    def constants(self, memory, mask):
        return self.attention.precompute(memory, mask)

    def ask(self, query, constants):
        return self.attention(query, constants)

    def regularise(self, weights, mask, tokens) -> None:
        """Adds the loss of `doubly_stochastic`; a row without any token has no part in it."""
        if not self.doubly_stochastic:
            return
        real = ops.cast(ops.expand_dims(ops.not_equal(tokens, 0), -1), "float32")
        seen = ops.sum(ops.cast(weights, "float32") * real, axis=1)
        cells = ops.cast(mask, "float32") * ops.max(real, axis=1)
        total = ops.sum(cells * ops.square(1 - seen))
        self.add_loss(self.doubly_stochastic * total / ops.maximum(ops.sum(cells), 1))

    def get_config(self):
        config = super().get_config()
        del config["repeat_memory"]  # It asks at every step.
        return {
            **config,
            "attention": keras.saving.serialize_keras_object(self.attention),
            "doubly_stochastic": self.doubly_stochastic,
        }
