"""A small case of transcribing by a decoder: that of frames, with the labels before each."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from zoo.tasks.sample import Batch, Sample, cross_entropy
from zoo.tasks.transcription.sample import LETTERS
from zoo.tasks.transcription.sample import SAMPLE as OF_FRAMES


def _spelled(batch: Batch, end: int) -> Batch:
    """The batch with targets, and labels with an end; the last row weighs nothing."""
    inputs, labels, _ = batch
    counts = (labels > 0).sum(1)
    target = np.pad(labels, [(0, 0), (1, 0)])
    target[:, 0] = end
    labels = np.pad(labels, [(0, 0), (0, 1)])
    labels[np.arange(len(labels)), counts] = end
    weights = (labels > 0).astype("float32")
    weights[-1] = 0
    return {**inputs, "target": target}, labels, weights


def _fitted(model: Any) -> Sample:
    """The sample for a model that reads other arrays."""
    assert OF_FRAMES.fitted is not None
    found = OF_FRAMES.fitted(model)
    return dataclasses.replace(
        SAMPLE,
        batch=lambda: _spelled(found.batch(), model.end_id),
        items=found.items,
        blank_items=found.blank_items,
        strange_items=found.strange_items,
    )


SAMPLE = dataclasses.replace(
    OF_FRAMES,
    settings={
        **OF_FRAMES.settings,
        "decoder_units": 6,
        "attention_units": 5,
        "embedding_size": 4,
        "decoder_dropout": 0.0,
        "ctc_share": 0.0,
    },
    trained={"ctc_share": 0.3},  # of the head
    outputs=len(LETTERS) + 3,
    batch=lambda: _spelled(OF_FRAMES.batch(), len(LETTERS) + 2),
    loss=None,
    expected_loss=cross_entropy,
    fitted=_fitted,
)
