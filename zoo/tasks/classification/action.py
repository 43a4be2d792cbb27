"""The task `action`: what happens in a clip, told from its frames in one of four ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zoo.cells import GRUCell
from zoo.inputs.clips import Clips
from zoo.layers import TCN, ClipConvolutions, DenseStack, RecurrentStack
from zoo.layers.encoders.clip_convolutions import BLOCKS
from zoo.layers.recurrent_levels import recurrent_levels
from zoo.tasks.arguments import require_body
from zoo.tasks.classification.clip_classifier import ClipClassifier

ACTIONS = ("hand_shaking", "hugging", "kicking", "pointing", "punching", "pushing")

# Body -> the layers it has of itself, and the settings that no other body has a use for.
BODIES: dict[str, tuple[int, tuple[str, ...]]] = {
    "frames": (1, ()),
    "cnnrnn": (1, ("cell", "is_causal", "recurrent_dropout")),
    "cnn3d": (1, ()),
}


def build_action(
    cell=None,
    *,
    body: str | None = None,
    units: int = 128,
    layers: int | None = None,
    features=None,
    size: int = 96,
    blocks: Sequence[Sequence[int]] = BLOCKS,
    differences: bool = False,
    is_causal: bool = False,
    dropout: float = 0.3,
    recurrent_dropout: float = 0.0,
    labels: Sequence[str] = ACTIONS,
    input=None,
    dataset: str | None = None,
    name: str = "action",
) -> ClipClassifier:
    """An untrained classifier of clips.

    `zoo.build("action", ...)` calls it with names resolved. Every body gives each frame a vector,
    and the label is that of the mean of what the frames say: each frame by itself ("frames"), with
    the frames before it, or around it, in a recurrent network's memory ("cnnrnn", Donahue et al.
    2015, arXiv:1411.4389), or through convolutions over time ("cnn3d", Tran et al. 2015,
    arXiv:1412.0767). With features from elsewhere those convolve over height and width, and a TCN
    over time, factored as in Tran et al. 2018 (arXiv:1711.11248). Two streams (Simonyan and
    Zisserman 2014, arXiv:1406.2199) are features of optical flow beside those of frames:
    `features` and `input` that give both.

    Args:
        cell: class of a recurrent cell, called with the number of units; of cnnrnn alone. None:
            GRU.
        body: "frames", "cnnrnn" or "cnn3d". None: cnnrnn.
        units: width of each layer over time; of two directions, of both together.
        layers: over time, or of rectified units, or blocks of a TCN. None: 1.
        features: a layer from clips to one vector a frame, such as `zoo.layers.ClipEncoder`, with
            weights from elsewhere. None: convolutions that are trained from nothing.
        size: width of a frame's vector of these.
        blocks: of these, see `zoo.layers.ClipConvolutions`; where `body="cnn3d"` each row's
            frames a tap are 3.
        differences: they read what has changed since the frame before, too.
        is_causal: whether the recurrence reads forward alone, so that a clip can be labelled while
            it comes.
        dropout: fraction of the features dropped, between layers, and before the labels; half of it
            of the channels between convolutions.
        recurrent_dropout: see `zoo.layers.Recurrent`.
        labels: their names.
        input: what it reads. None: `zoo.inputs.Clips()`, 128 x 128 in colour.
        dataset: the data set whose labels these are, such as "ut_interaction".
        name: name of the model.

    Returns:
        A built `ClipClassifier`.

    Raises:
        ConfigError: when there is no such body, it has no use for a setting that is given, or two
            directions cannot share `units`.
    """
    body = body or "cnnrnn"
    own = {"cell": cell, "is_causal": is_causal, "recurrent_dropout": recurrent_dropout}
    require_body(BODIES, body, own)
    layers = BODIES[body][0] if layers is None else layers
    is_given = features is not None
    if not is_given:
        taps = 3 if body == "cnn3d" else 1
        blocks = [(filters, taps, stride) for filters, _, stride in blocks]
        features = ClipConvolutions(size, blocks, dropout / 2, differences, is_causal)
    between: Any
    if body == "cnnrnn":
        levels = recurrent_levels(cell or GRUCell, units, layers, is_causal, recurrent_dropout)
        between = RecurrentStack(levels, dropout)
    elif body == "cnn3d" and is_given:
        between = TCN(units, layers, 3, dropout)
    else:
        between = DenseStack(units, layers, dropout)
    return ClipClassifier(
        features,
        between,
        labels,
        input or Clips(),
        dropout=dropout,
        dataset=dataset,
        task="action",
        name=name,
    )
