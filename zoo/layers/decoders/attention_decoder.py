"""From a memory to tokens: the recurrent decoder with attention."""

from __future__ import annotations

import keras
from keras import ops

from zoo.backend.time_loop import scan
from zoo.layers.build_once import build_once
from zoo.layers.copying import copied_log_probs
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

    With `copying`, what is said of the next token is the logarithm of its probability, where some
    of it comes from the source (See et al. 2017, arXiv:1704.04368, equations 8 and 9), with `a` the
    weights of the step over the source's tokens `w_i`:

        p(w) = g softmax(logits)_w + (1 - g) sum over w_i = w of a_i,  g = sigmoid([s_L; c; E y] u)

    Source and target have one vocabulary, in which every word can be spelt; so none is wanted for
    the words of one source. An attention with `coverage` is told where it has looked: the sum of
    its weights so far, `[batch, memory time]`, is a state behind those of the layers.

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
        copying: whether tokens are copied from the source too.
        coverage_loss: strength of what is added to the loss for looking again where it has looked,
            at each real step `t` the sum over the memory of `min(a_ti, sum of a_i before t)`,
            divided by the number of all steps, as cross-entropy is (See et al. 2017, equations 12
            and 13). Only with an attention that has `coverage`.

    Raises:
        ValueError: without layers, if `doubly_stochastic` or `coverage_loss` is negative, or the
            latter is set and the attention has no coverage.
    """

    def __init__(
        self,
        layers,
        attention,
        embedding=None,
        dropout: float = 0.0,
        doubly_stochastic: float = 0.0,
        copying: bool = False,
        coverage_loss: float = 0.0,
        **kwargs,
    ):
        super().__init__(layers, embedding, dropout, **kwargs)
        if doubly_stochastic < 0:
            raise ValueError(f"doubly_stochastic is at least 0, not {doubly_stochastic!r}.")
        if coverage_loss < 0:
            raise ValueError(f"coverage_loss is at least 0, not {coverage_loss!r}.")
        self.attention = attention
        self.doubly_stochastic = doubly_stochastic
        self.copying = copying
        self.coverage_loss = coverage_loss
        if coverage_loss and not self.coverage:
            raise ValueError("coverage_loss wants an attention with coverage=True.")

    @property
    def coverage(self) -> bool:
        """Whether the attention is told where it has looked."""
        return getattr(self.attention, "coverage", False)

    def build(self, memory_shape):
        """Builds from the shape of the memory, `[batch, time, features]`."""
        super().build(memory_shape)
        query_size = self.layers[0].output_size
        build_once(self.attention, [(None, None, query_size), (None, None, memory_shape[-1])])

        if self.copying:
            width = self.layers[-1].output_size + memory_shape[-1] + self.embedding.output_dim
            self.gate = keras.layers.Dense(1, name="gate")
            self.gate.build((None, None, width))

    def context_size(self, memory_size: int) -> int:
        return memory_size

    def constants(self, memory, mask):
        return self.attention.precompute(memory, mask)

    def start(self, memory, mask, source=None):
        states, constants = super().start(memory, mask)
        if self.coverage:
            states.append(ops.zeros_like(memory[:, :, 0]))
        if self.copying:
            if source is None:
                raise ValueError("A decoder with copying=True wants the source's tokens.")
            constants = constants, source
        return states, constants

    def ask(self, query, constants, *kept):
        return self.attention(query, constants[0] if self.copying else constants, *kept)

    def ask_in_turn(self, queries, constants, *kept):
        if not self.coverage:
            return self.ask(queries, constants)

        def look(coverage, query):
            context, weights = self.ask(ops.expand_dims(query, 1), constants, coverage)
            return coverage + weights, (ops.squeeze(context, 1), ops.squeeze(weights, 1))

        begin = ops.expand_dims(kept[0], 1)
        _, found = scan(look, begin, ops.transpose(queries, (1, 0, 2)))
        context, weights = (ops.transpose(one, (1, 0, 2)) for one in found)
        return context, weights

    def remember(self, kept, weights):
        return [coverage + weights for coverage in kept]

    def outputs(self, joined, weights, constants, output=None, training=False):
        logits = super().outputs(joined, weights, constants, output, training)
        if not self.copying:
            return logits
        return copied_log_probs(logits, self.gate(joined), weights, constants[1])

    def regularise(self, weights, mask, tokens) -> None:
        """Adds the losses of `doubly_stochastic`, in which a row without any token has no part, and
        of `coverage_loss`.
        """
        if self.coverage_loss:
            self.add_loss(self.coverage_loss * _looked_again(weights, tokens))
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
        copying = {"copying": self.copying, "coverage_loss": self.coverage_loss}
        if not any(copying.values()):  # files without are as they were
            copying = {}
        return {
            **config,
            "attention": keras.saving.serialize_keras_object(self.attention),
            "doubly_stochastic": self.doubly_stochastic,
            **copying,
        }


def _looked_again(weights, tokens):
    """The mean over all steps of what `AttentionDecoder` says of `coverage_loss`."""
    weights = ops.cast(weights, "float32")
    before = ops.cumsum(weights, axis=1) - weights
    again = ops.sum(ops.minimum(weights, before), axis=-1)
    return ops.mean(again * ops.cast(ops.not_equal(tokens, 0), "float32"))
