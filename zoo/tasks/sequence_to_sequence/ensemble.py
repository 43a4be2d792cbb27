"""Several models with one vocabulary that decide together, and behave as one."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from zoo.errors import ConfigError
from zoo.tasks.sequence_to_sequence.caption import Captioning
from zoo.tasks.sequence_to_sequence.decoding_model import DecodingModel
from zoo.tasks.sequence_to_sequence.translating import Translating


@keras.saving.register_keras_serializable(package="zoo")
class Ensemble(Translating, Captioning):
    """The average of several models' distributions.

    At every step each member keeps its own states, and the next token has the mean of the
    probabilities that they give it (Sutskever et al. 2014, arXiv:1409.3215, section 3.6). The
    attention is the mean of theirs.

    Args:
        members: models with `start`, `step` and the same tokenizers.

    Raises:
        ConfigError: if a member is of another kind, or vocabularies or targets differ.
    """

    def __init__(self, members: Sequence[keras.Model], **kwargs):
        super().__init__(**kwargs)
        _check_members(members)
        self.members = list(members)
        self.task = members[0].task
        self.verb_name = members[0].verb_name  # what it reads, it reads as they do
        self.has_attention = any(member.has_attention for member in members)
        self.source_tokenizer = members[0].source_tokenizer
        self.target_tokenizer = members[0].target_tokenizer
        self.longest = members[0].longest
        self.by_sentence = members[0].by_sentence
        self.targets = members[0].targets
        self._compiled_searches: dict = {}
        self._state_counts: tuple[int, ...] = ()
        self.built = True

    def build(self, input_shape=None):
        """Nothing: members have their weights."""

    def call(self, inputs, training=False):
        """Logarithms of the mean probabilities, `[batch, target time, vocabulary]`."""
        return self._mean([member(inputs, training=training) for member in self.members])

    @property
    def graph_inputs(self):
        """The arrays that the members are called on."""
        return self.members[0].graph_inputs

    def start(self, *arrays):
        """Encodes by every member; returns all their states, and their constants side by side."""
        started = [member.start(*arrays) for member in self.members]
        # How many states each has: the same at every call.
        self._state_counts = tuple(len(states) for states, _ in started)
        states = [state for states, _ in started for state in states]
        return states, tuple(constants for _, constants in started)

    def step(self, tokens, states, constants):
        """One step of every hypothesis, by all members."""
        logits, new_states, attentions, used = [], [], [], 0
        for member, own, count in zip(self.members, constants, self._state_counts, strict=True):
            one, after, weights = member.step(tokens, list(states[used : used + count]), own)
            logits.append(one)
            new_states.extend(after)
            attentions.append(weights)
            used += count
        attentions = [weights for weights in attentions if weights is not None]
        attention = sum(attentions) / len(attentions) if attentions else None
        return self._mean(logits), new_states, attention

    @staticmethod
    def _mean(logits):
        log_probs = [ops.log_softmax(ops.cast(one, "float32"), axis=-1) for one in logits]
        return ops.logsumexp(ops.stack(log_probs), axis=0) - float(np.log(len(logits)))

    def _toward(self, target: str) -> Ensemble:
        return type(self)([member.toward(target) for member in self.members], name=self.name)

    def get_config(self):
        members = [keras.saving.serialize_keras_object(member) for member in self.members]
        return {"name": self.name, "members": members}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        members = [keras.saving.deserialize_keras_object(one) for one in config["members"]]
        return cls(**{**config, "members": members})


def _check_members(members) -> None:
    for member in members:
        if not isinstance(member, DecodingModel):
            raise ConfigError(
                f"A {type(member).__name__} cannot be in an ensemble: its members are models that "
                "decode text."
            )
    first = members[0]
    for member in members[1:]:
        for side in ("source", "target"):
            if _vocabulary(first, side) != _vocabulary(member, side):
                raise ConfigError(
                    f"The models {first.name!r} and {member.name!r} have different {side} "
                    "vocabularies: train them with one tokenizer."
                )
        if first.targets != member.targets:
            raise ConfigError(
                f"The models {first.name!r} and {member.name!r} translate into different languages:"
                " take models with the same targets."
            )


def _vocabulary(model, side: str):
    """What must be equal: what is read or written, or the number of ids of a model without that."""
    part = getattr(model, f"{side}_tokenizer")
    if part is not None:
        return getattr(part, "proto", None) or {**part.get_config(), "name": None}
    if side == "source":
        return int(model.encoder.embedding.input_dim)
    return int(model.decoder.vocabulary_size)
