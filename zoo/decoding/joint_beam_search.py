"""Beam search by two models of one text: one that asks its items, and one of each frame."""

from __future__ import annotations

from keras import ops

from zoo.checked import BeamSize, Strength, checked
from zoo.decoding import ctc_prefixes
from zoo.decoding.arguments import IMPOSSIBLE, PAD_ID
from zoo.decoding.beam_search import BeamSearch
from zoo.decoding.hypotheses import Hypotheses
from zoo.errors import ConfigError


class JointBeamSearch(BeamSearch):
    """Beam search by a decoder with attention and by classification of frames, scored together.

    Hypotheses are ranked by

        (1 - ctc_weight) log P_decoder(output) + ctc_weight log P_ctc(output)

    where, until a hypothesis ends, `P_ctc` is the probability of all outputs that begin with it
    (Watanabe et al. 2017, doi:10.1109/JSTSP.2017.2763455, equation 18 and algorithm 2). The frames
    keep a decoder from leaving out what was said or saying it twice; the decoder knows what goes
    together. Both have the same labels; the decoder's last token, after them, is the end.

    Args:
        beam_size: hypotheses kept at a time.
        ctc_weight: from 0, the decoder alone, to 1.
        alpha: strength of the length normalisation; outputs need none where frames are asked too.
        **kwargs: as for `BeamSearch`.

    Raises:
        ConfigError: for an argument outside its range.
    """

    gives_scores = True

    @checked()
    def __init__(
        self, beam_size: BeamSize = 8, ctc_weight: Strength = 0.3, alpha: Strength = 0.0, **kwargs
    ):
        super().__init__(beam_size, alpha, **kwargs)
        self.ctc_weight = float(ctc_weight)
        if self.ctc_weight > 1:
            raise ConfigError(f"ctc_weight is from 0 to 1, not {ctc_weight}.")

    def given(self) -> dict[str, float]:
        return {**super().given(), "ctc_weight": self.ctc_weight}

    def get_config(self) -> dict:
        return {**super().get_config(), "ctc_weight": self.ctc_weight}

    def __call__(
        self, step, states, constants, max_lengths, return_attention=False, *, frames=None
    ) -> Hypotheses:
        """Searches.

        Args:
            step, states, constants, max_lengths, return_attention: as for `BeamSearch`.
            frames: logits float `[batch, time, labels]`, of which the first is the blank; padding
                is blank for sure, as a `zoo.layers.CTCHead` gives it. `step` gives those of one
                token more.

        Raises:
            ConfigError: without frames.
        """
        if frames is None:
            raise ConfigError(
                "A JointBeamSearch asks frames too, such as those of a model of the task 'las': "
                "take a BeamSearch."
            )
        log_probs = ops.log_softmax(ops.cast(frames, "float32"), axis=-1)
        joint = JointStep(step, self.ctc_weight, self.bos_id)
        states = [*joint.start(log_probs), *states]
        return super().__call__(
            joint, states, (log_probs, constants), max_lengths, return_attention
        )


class JointStep:
    """A step function that adds what frames say to what a decoder says; it gives scores.

    Its states are those of `zoo.decoding.ctc_prefixes`, the last label, and then the decoder's; its
    constants are the frames' log-probabilities and the decoder's.

    Args:
        step: the step function of a model, see `zoo.decoding.search`.
        ctc_weight: of the frames, from 0 to 1.
        bos_id: the token before the first label.
    """

    def __init__(self, step, ctc_weight, bos_id: int):
        self.step = step
        self.ctc_weight = ctc_weight
        self.bos_id = bos_id

    def start(self, log_probs) -> list:
        """The states before the decoder's, `[batch, ...]`."""
        none = ops.zeros(ops.shape(log_probs)[:1], dtype="int32")
        return [*ctc_prefixes.start(log_probs), none]

    def __call__(self, tokens, states, constants):
        label, blank, last, *rest = states
        log_probs, constants = constants
        logits, rest, weights = self.step(tokens, rest, constants)
        told = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)

        is_label = tokens != self.bos_id
        labels = ops.where(is_label, tokens, PAD_ID)
        longer, prefix = ctc_prefixes.extended(labels, last, [label, blank], log_probs)
        is_longer = ops.expand_dims(is_label, -1)
        label, blank = (
            ops.where(is_longer, new, old) for new, old in zip(longer, (label, blank), strict=True)
        )
        heard = ctc_prefixes.continuations(labels, [label, blank], log_probs)
        prefix = ops.where(is_label, prefix, 0.0)
        scores = (1 - self.ctc_weight) * told
        scores = scores + self.ctc_weight * (heard - ops.expand_dims(prefix, -1))
        is_never = ops.logical_and(heard < IMPOSSIBLE / 2, self.ctc_weight > 0)
        # No decoder has learned to say padding.
        is_pad = ops.arange(logits.shape[-1], dtype="int32") == PAD_ID
        scores = ops.where(ops.logical_or(is_never, is_pad), IMPOSSIBLE, scores)
        return scores, [label, blank, labels, *rest], weights
