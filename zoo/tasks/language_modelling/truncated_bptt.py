"""Training a language model with its state carried from batch to batch."""

from __future__ import annotations

import keras

from zoo.training.carried_state import CarriedState


class TruncatedBPTT(CarriedState):
    """A language model whose state after one batch is the state before the next.

    The model sees a text whole, see `CarriedState` (Zaremba et al. 2014, arXiv:1409.2329, section
    4). Batches are those of `zoo.data.stream_batches`, which also say where a row begins anew.
    `fit` trains the weights of `language_model`, which is then used and saved without this.

    Args:
        language_model: a `zoo.tasks.LanguageModel`; its cache, where it has one, is left out.
        rows: rows of every batch, a multiple of the replicas that share it.
    """

    fed_back = "tokens"  # as of the language model: scheduled sampling goes around this one

    def __init__(self, language_model: keras.Model, rows: int, **kwargs):
        if language_model.cache is not None:
            language_model = language_model.with_cache(0)
        super().__init__(language_model.get_initial_state, rows, **kwargs)
        self.language_model = language_model

    def call(self, inputs, training=False):
        """Logits `[rows, time, vocabulary]`.

        Args:
            inputs: `{"tokens": int [rows, time], "begins": bool [rows]}`; where `begins` is True
                the state is that before a text.
            training: whether dropout is on.
        """
        logits, state = self.language_model(
            {"tokens": inputs["tokens"]},
            initial_state=self.before(inputs["begins"]),
            training=training,
            return_state=True,
        )
        self.carry(state)
        return logits

    def peek(self, inputs):
        """The logits of `call` without training; the carried state stays as it is."""
        before = self.before(inputs["begins"])
        return self.language_model({"tokens": inputs["tokens"]}, initial_state=before)

    def stepwise(self, inputs):
        """One step of the language model, and the state before a batch."""
        return self.language_model.step, self.before(inputs["begins"])
