"""The task `image`: what a small image shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zoo.cells import LSTMCell
from zoo.inputs.images import Images
from zoo.layers import TCN, GridStack, ImagePatches, Pooling, Recurrent, RecurrentStack
from zoo.tasks.arguments import require_body
from zoo.tasks.classification.sequence_classifier import SequenceClassifier

DIGITS = tuple("0123456789")

# Body -> the layers it has of itself, and the settings that no other body has a use for.
BODIES: dict[str, tuple[int, tuple[str, ...]]] = {
    "mdlstm": (2, ("coarse_units", "width")),
    "recurrent": (1, ("cell", "learned_initial_state", "layers", "permutation")),
    "tcn": (8, ("kernel_size", "layers", "permutation")),
}


def build_image(
    cell=None,
    *,
    body: str | None = None,
    patch: int = 2,
    units: int = 8,
    coarse_units: int | None = None,
    width: int | None = None,
    layers: int | None = None,
    learned_initial_state: bool = False,
    kernel_size: int | None = None,
    permutation: int | None = None,
    dropout: float = 0.2,
    labels: Sequence[str] = DIGITS,
    side: int = 28,
    dataset: str | None = None,
    name: str = "image",
) -> SequenceClassifier:
    """An untrained classifier of grey images, which are read in patches.

    `zoo.build("image", ...)` calls it with names resolved. Two layers of a two-dimensional LSTM
    read the grid of patches, the upper one blocks of 2 x 2 of the lower one's cells, and the mean
    of its cells is labelled. A recurrent body or a TCN reads the patches in a row, and its last
    step is labelled: with `patch=1` this is "sequential MNIST" (Le et al. 2015, arXiv:1504.00941).

    Args:
        cell: class of a recurrent cell, called with the number of units; of the recurrent body
            alone. None: LSTM.
        body: "mdlstm" (`zoo.layers.MDLSTM`), "recurrent" or "tcn" (`zoo.layers.TCN`). None:
            recurrent where a cell is given, else an MDLSTM.
        patch: pixels of a side of a patch, by which `side` can be divided.
        units: width of each layer; of an MDLSTM, of each direction of the lower layer.
        coarse_units: of each direction of the upper layer of an MDLSTM. None: 32.
        width: of the layer between both of an MDLSTM. None: 32.
        layers: recurrent layers, or blocks of a TCN. None: 1, or 8.
        learned_initial_state: whether recurrence starts from trained states.
        kernel_size: taps of each convolution of a TCN. None: 7.
        permutation: the seed of an order that patches in a row are put into. None: their own.
        dropout: fraction of the features dropped between layers or in blocks, and before the
            labels.
        labels: their names.
        side: height and width to which images are brought, in pixels.
        dataset: the data set whose labels these are, such as "mnist".
        name: name of the model.

    Returns:
        A built `SequenceClassifier`.

    Raises:
        ConfigError: when there is no such body, it has no use for a setting that is given, or
            images of that side cannot be cut into such patches.
    """
    body = body or ("mdlstm" if cell is None else "recurrent")
    own: Any = {"cell": cell, "learned_initial_state": learned_initial_state, "layers": layers}
    own |= {"kernel_size": kernel_size, "permutation": permutation}
    own |= {"coarse_units": coarse_units, "width": width}
    require_body(BODIES, body, own)
    layers = BODIES[body][0] if layers is None else layers
    between: Any
    if body == "mdlstm":
        between = GridStack((units, coarse_units or 32), (width or 32,), dropout)
    elif body == "tcn":
        between = TCN(units, layers, kernel_size or 7, dropout)
    else:
        begin = {"learned_initial_state": learned_initial_state}
        stacked = [Recurrent((cell or LSTMCell)(units), **begin) for _ in range(layers)]
        between = RecurrentStack(stacked, dropout)
    is_grid = body == "mdlstm"
    return SequenceClassifier(
        ImagePatches(patch, is_grid, permutation),
        between,
        Pooling("mean" if is_grid else "last"),
        labels,
        Images(side, side),
        dropout=dropout,
        dataset=dataset,
        task="image",
        name=name,
    )
