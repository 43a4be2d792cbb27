"""The loss of connectionist temporal classification against all ways to say the labels."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from ctc_brute_force import outputs_of
from keras import ops

from zoo.backend.ctc import ctc_loss
from zoo.layers.heads.ctc import CTCHead, CTCLoss

ROWS = [[1, 2], [3, 3], [], [1], [2, 2, 2], [1], []]
LENGTHS = np.array([5, 4, 3, 2, 4, 0, 0], "int32")
IS_POSSIBLE = np.array([1, 1, 1, 1, 0, 0, 0], bool)
SIZE, TIME = 4, 5
LOGITS = np.random.default_rng(0).normal(size=(len(ROWS), TIME, SIZE)).astype("float32") * 2
LABEL_LENGTHS = np.array([len(row) for row in ROWS], "int32")
LABELS = np.array([row + [0] * (3 - len(row)) for row in ROWS], "int32")


def expected(logits):
    found = np.zeros(len(ROWS))
    for row, labels in enumerate(ROWS):
        if IS_POSSIBLE[row]:
            chances, _ = outputs_of(logits[row, : LENGTHS[row]])
            found[row] = -np.log(chances[tuple(labels)])
    return found


class Free(keras.Model):
    """Logits that are weights, so that any backend tells their gradients as steps."""

    def __init__(self):
        super().__init__()
        self.logits = self.add_weight(name="logits", shape=LOGITS.shape)
        self.logits.assign(LOGITS)
        self.built = True

    def call(self, inputs):
        return self.logits + 0 * ops.reshape(ops.cast(inputs, "float32"), (-1, 1, 1))


class Loss(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return ctc_loss(y_true, y_pred, LABEL_LENGTHS, LENGTHS)


@pytest.mark.parametrize("filling", [0, 3])
def test_the_loss_is_that_of_all_ways(filling):
    labels = np.where(np.arange(3) < LABEL_LENGTHS[:, None], LABELS, filling)
    found = ctc_loss(labels, LOGITS, LABEL_LENGTHS, LENGTHS)
    np.testing.assert_allclose(ops.convert_to_numpy(found), expected(LOGITS), rtol=1e-5)


def test_rows_without_labels():
    found = ctc_loss(np.zeros((7, 0), "int32"), LOGITS, 0 * LABEL_LENGTHS, LENGTHS)
    log_probs = LOGITS[..., 0] - np.log(np.exp(LOGITS).sum(-1))
    blanks = -(log_probs * (np.arange(TIME) < LENGTHS[:, None])).sum(1)
    np.testing.assert_allclose(ops.convert_to_numpy(found), blanks, rtol=1e-5)


def test_gradients_are_slopes():
    """A step of plain descent is the gradient; the slopes are those of the brute force."""
    model = Free()
    model.compile(keras.optimizers.SGD(1.0), Loss(reduction="sum"), jit_compile=False)
    model.train_on_batch(np.zeros(len(ROWS), "float32"), LABELS)
    gradient = LOGITS - ops.convert_to_numpy(model.logits)
    rng = np.random.default_rng(1)
    for _ in range(3):
        way = rng.normal(size=LOGITS.shape)
        ends = [expected(LOGITS.astype("float64") + by * way).sum() for by in (1e-4, -1e-4)]
        assert (gradient * way).sum() == pytest.approx((ends[0] - ends[1]) / 2e-4, rel=1e-3)
    assert not gradient[~IS_POSSIBLE].any()
    assert not gradient[np.arange(TIME) >= LENGTHS[:, None]].any()


def test_the_loss_of_a_head_needs_no_lengths():
    """What the head says of padding is enough, for labels filled up to any length."""
    head = CTCHead(SIZE)
    inputs = np.random.default_rng(2).normal(size=(len(ROWS), TIME, 3)).astype("float32")
    mask = np.arange(TIME) < LENGTHS[:, None]
    logits = ops.convert_to_numpy(head(inputs, mask))
    plain = ops.convert_to_numpy(head(inputs))
    np.testing.assert_array_equal(logits[mask], plain[mask])
    losses = ops.convert_to_numpy(CTCLoss(reduction=None)(np.pad(LABELS, [(0, 0), (0, 4)]), logits))
    np.testing.assert_allclose(losses, expected(plain), rtol=1e-5)
    weights = np.array([1, 0, 2, 0, 1, 1, 1], "float32")
    weighted = CTCLoss()(LABELS, logits, sample_weight=weights)
    assert float(weighted) == pytest.approx((expected(plain) * weights).mean(), rel=1e-5)
