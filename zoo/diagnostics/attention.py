"""Where a decoder looked for each token it wrote: alignments, photographs once a word, frames."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from keras import ops

from zoo.diagnostics.attention_over_images import Looked, merged
from zoo.diagnostics.attention_over_images import draw as draw_images
from zoo.diagnostics.drawing import new_figure, readable, readable_pieces, save
from zoo.diagnostics.picture import Picture
from zoo.errors import ConfigError

_MOST = 6  # items of one picture
_MOST_STEPS = 60  # tokens of one item


def attention_of(
    model: Any, items: Sequence[Any], *, beam_size: int = 5, target: str | None = None
) -> dict[str, Any]:
    """Where the model looked for each token of its best output for each item.

    Args:
        model: one with attention: a translator, a captioner or a listener.
        items: items of its `Input`.
        beam_size: hypotheses of the search that are kept at a time.
        target: language of the output, of a model of several.

    Returns:
        `kind`, that of the model's `Input`, and `panels`, one an item: `text`, what was written;
        `tokens`; `weights`, float `[tokens, positions]`, rows summing to 1; `positions`, the names
        of what was looked at, none for an image and for frames; of an image `image`, uint8
        `[height, width, 3]`; of frames `seconds`, the time between two positions, or None, and
        `steps`, how many steps of the item are between them.

    Raises:
        ConfigError: if the model has no attention.
    """
    if not items:
        raise ConfigError("Give at least one item to be looked at.")
    if target is not None and not hasattr(model, "toward"):
        raise ConfigError(f"{model.name} has no languages to choose from: leave out target.")
    kind = model.input.kind
    if getattr(model, "has_attention", False):
        language = {} if target is None else {"target": target}
        verb = getattr(model, model.verb_name)
        found = verb(list(items), beam_size=beam_size, return_attention=True, **language)
        panels: list[dict[str, Any]] = [
            {
                "text": one.text,
                "tokens": one.tokens,
                "positions": one.source_tokens,
                "weights": np.asarray(one.attention, "float32"),
            }
            for one in found
        ]
        if kind == "image":
            for panel, prepared in zip(panels, model.input.prepare(list(items)), strict=True):
                panel["image"] = prepared[next(iter(model.graph_inputs))]
    elif hasattr(model, "frames") and hasattr(model, "decoder"):
        panels = [_over_frames(model, item, beam_size) for item in items]
    else:
        raise ConfigError(
            f"{model.name} has no attention to be drawn: take a model that has, such as "
            "nmt-attn-en-fr or caption-attn-flickr8k."
        )
    return {"model": model.name, "kind": kind, "panels": panels}


def _over_frames(model: Any, item: Any, beam_size: int) -> dict[str, Any]:
    """What a listener looks at when it writes what it has found."""
    text = getattr(model, model.verb_name)(item, beam_size=beam_size)
    prepared = model.input.prepare([item])
    ((_, arrays),) = model.batches(prepared)
    inputs = {name: ops.convert_to_tensor(array) for name, array in arrays.items()}
    memory, mask = model.encoder(*model.frames(inputs))
    ids = np.asarray(model.target_tokenizer.encode(text)).tolist()
    states, constants = model.decoder.start(memory, mask)
    states, rows = [ops.expand_dims(state, 1) for state in states], []
    for token in [model.end_id, *ids]:
        tokens = ops.convert_to_tensor(np.array([[token]], "int32"))
        _, states, weights = model.decoder.step(tokens, states, constants)
        rows.append(ops.convert_to_numpy(weights)[0, 0])
    real = slice(None) if mask is None else ops.convert_to_numpy(mask)[0].astype(bool)
    weights = np.stack(rows)[:, real]
    steps = len(prepared[0][model.timed_input]) / max(weights.shape[1], 1)
    rate = getattr(model.input, "rate", None)
    return {
        "text": text,
        "tokens": [*model.target_tokenizer.pieces(ids), "</s>"],
        "positions": [],
        "weights": weights,
        "steps": round(steps, 2),
        "seconds": None if rate is None else steps / rate,
    }


def draw(found: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draws what `attention_of` gives: a matrix an item, or a photograph a word.

    Raises:
        ConfigError: if there is nothing to draw, or too much; if matplotlib is missing or knows no
            such format.
    """
    panels = [panel for panel in found["panels"] if len(panel["tokens"])]
    longest = max([len(panel["tokens"]) for panel in panels], default=0)
    if not panels:
        raise ConfigError("There is nothing to draw: nothing was written.")
    if len(panels) > _MOST or longest > _MOST_STEPS:
        raise ConfigError(
            f"Of {len(panels)} items with up to {longest} tokens nothing could be read: give at "
            f"most {_MOST} of at most {_MOST_STEPS} tokens."
        )
    if found["kind"] == "image":
        pictures = [
            Looked(panel["image"], *merged(panel["tokens"], panel["weights"])) for panel in panels
        ]
        draw_images(pictures, path, f"{found['model']}: bright is where it looked for each word")
        return
    names = [readable_pieces(panel["positions"]) for panel in panels]
    widths = [max(0.36 * (len(some) or 28) + 1.6, 4.5) for some in names]
    heights = [0.32 * len(panel["tokens"]) + 1.8 for panel in panels]
    figure = new_figure(max(widths) + 0.8, sum(heights) + 0.7)
    axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axis, panel, positions in zip(axes, panels, names, strict=True):
        shown = _draw_matrix(axis, panel, positions)
        figure.colorbar(shown, ax=axis, label="attention weight", shrink=0.8, pad=0.02)
    title = f"{found['model']}: where it looked for each token; each row sums to 1"
    figure.suptitle(title, fontsize=12, parse_math=False)
    save(figure, path, dpi=120)


def _draw_matrix(axis: Any, panel: Mapping[str, Any], positions: Sequence[str]) -> Any:
    weights = panel["weights"]
    how = {"cmap": "Blues", "vmin": 0, "vmax": 1, "interpolation": "nearest", "aspect": "auto"}
    seconds = panel.get("seconds")
    if positions:
        shown = axis.imshow(weights, **how)
        axis.set_xticks(range(len(positions)), positions, rotation=60, ha="right", parse_math=False)
        axis.set_xlabel("tokens read")
        axis.set_xticks(np.arange(len(positions) + 1) - 0.5, minor=True)
        axis.set_yticks(np.arange(len(weights) + 1) - 0.5, minor=True)
        axis.grid(which="minor", color="#e6e6e6", linewidth=0.6)
        axis.tick_params(which="minor", length=0)
    else:
        how["vmax"] = max(float(weights.max()), 1e-9)
        end = weights.shape[1] * (panel["steps"] if seconds is None else seconds)
        shown = axis.imshow(weights, extent=(0, end, len(weights) - 0.5, -0.5), **how)
        axis.set_xlabel("time in steps of the input" if seconds is None else "time in seconds")
    tokens = readable_pieces(panel["tokens"])
    axis.set_yticks(range(len(tokens)), tokens, parse_math=False)
    axis.set_ylabel("tokens written, from top to bottom")
    axis.set_title(readable(panel["text"]), loc="left", fontsize=11, parse_math=False)
    return shown


PICTURE = Picture(attention_of, draw, "items", "ITEM")
