"""Training a language model with its state carried from batch to batch."""

from __future__ import annotations

import keras
from keras import ops, tree

from zoo.backend.replicas import replica, rows_of_replica, share_of_replica


class TruncatedBPTT(keras.Model):
    """A language model whose state after one batch is the state before the next.

    Each row of a batch goes on where the same row of the batch before ended, so that the model sees
    a text whole, while gradients go back to the beginning of a batch and no further (Williams and
    Peng 1990; Zaremba et al. 2014, arXiv:1409.2329, section 4). Batches are those of
    `zoo.data.stream_batches`, which also say where a row begins anew. `fit` trains the weights of
    `language_model`, which is then used and saved without this.

    Replicas that share the rows of a batch by a strategy have the state of all of them, and read
    and write that of their own rows.

    Args:
        language_model: a `zoo.tasks.LanguageModel`; its cache, where it has one, is left out.
        rows: rows of every batch, a multiple of the replicas that share it.
    """

    fed_back = "tokens"  # as of the language model: scheduled sampling goes around this one

    def __init__(self, language_model: keras.Model, rows: int, **kwargs):
        super().__init__(**kwargs)
        has_cache = language_model.cache is not None
        self.language_model = language_model.with_cache(0) if has_cache else language_model
        self.rows = rows
        self.carried = [
            self.add_weight(
                name=f"carried_{i}",
                shape=state.shape,
                initializer="zeros",
                trainable=False,
                aggregation="sum",  # of the shares of replicas
            )
            for i, state in enumerate(tree.flatten(self.language_model.get_initial_state(rows)))
        ]
        self.built = True

    def build(self, input_shape=None):
        self.built = True

    def call(self, inputs, training=False):
        """Logits `[rows, time, vocabulary]`.

        Args:
            inputs: `{"tokens": int [rows, time], "begins": bool [rows]}`; where `begins` is True
                the state is that before a text.
            training: whether dropout is on.
        """
        logits, state = self.language_model(
            {"tokens": inputs["tokens"]},
            initial_state=self._before(inputs),
            training=training,
            return_state=True,
        )
        for variable, value in zip(self.carried, tree.flatten(state), strict=True):
            variable.assign(share_of_replica(ops.stop_gradient(value), self.rows))
        return logits

    def peek(self, inputs):
        """The logits of `call` without training; the carried state stays as it is."""
        return self.language_model({"tokens": inputs["tokens"]}, initial_state=self._before(inputs))

    def stepwise(self, inputs):
        """One step of the language model, and the state before a batch."""
        return self.language_model.step, self._before(inputs)

    def _before(self, inputs):
        """The state before a batch: the carried one, in rows that begin that before a text."""
        rows = inputs["tokens"].shape[0] or self.rows // replica()[1]
        first = self.language_model.get_initial_state(rows)
        state = [
            ops.where(
                _like(inputs["begins"], new),
                new,
                ops.cast(rows_of_replica(old, rows), new.dtype),
            )
            for new, old in zip(tree.flatten(first), self.carried, strict=True)
        ]
        return tree.pack_sequence_as(first, state)


def _like(begins, state):
    """`[rows]` as `[rows, 1, ...]`, with as many axes as a state."""
    return ops.reshape(begins, (-1, *(1 for _ in state.shape[1:])))
