"""The tree of a beam search: what was kept, what was given up, what ended, and what won."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zoo.decoding import BeamSearch
from zoo.decoding.arguments import IMPOSSIBLE
from zoo.decoding.recording import BeamStep, recorded
from zoo.diagnostics.drawing import COLOURS, new_figure, readable, readable_pieces, save
from zoo.diagnostics.picture import Picture
from zoo.errors import ConfigError

_MOST_STEPS = 40
# State of a node -> the colour of its edge and what the legend says.
_STATES = {
    "best": (COLOURS[1], "the best output"),
    "ended": (COLOURS[2], "ended"),
    "kept": (COLOURS[0], "kept in the beam"),
    "open": (COLOURS[3], "open when the search stopped"),
    "pruned": ("#8a8a8a", "pruned"),
}


def beam_tree(
    model: Any,
    items: Sequence[Any],
    *,
    beam_size: int = 4,
    alpha: float = 1.0,
    rivals: int = 2,
    target: str | None = None,
) -> dict[str, Any]:
    """The tree of hypotheses that a beam search grows for one item.

    Args:
        model: one with an encoder and a step function, such as a translator or a captioner.
        items: one item of its `Input`.
        beam_size: hypotheses that are kept at a time.
        alpha: strength of the length normalisation; 0 ranks by log-probability alone.
        rivals: continuations that just missed the beam, so many of each step are shown.
        target: language of the output, of a model of several.

    Returns:
        `nodes`, the root first, each with `id`, `parent` (the id of one, None of the root), `step`,
        `token`, `log_prob` (natural logarithm, of all tokens so far), `gain` (of its own), `score`
        (what is ranked by) and `state`: "kept", "ended", "pruned" (no continuation of it stayed in
        the beam, or it missed the beam itself), "open" (when the search stopped) or "best" (on the
        path of the best output); and `text`, `score`, `beam_size`, `steps`.

    Raises:
        ConfigError: if the model does not search with a beam, or items are not one.
    """
    if not all(hasattr(model, name) for name in ("start", "step", "target_tokenizer")):
        raise ConfigError(
            f"{model.name} searches no text with a beam: take a model that writes one, such as "
            "nmt-attn-en-fr or caption-attn-flickr8k."
        )
    if len(items) != 1:
        raise ConfigError(f"The tree of a beam is of one item, not of {len(items)}.")
    if rivals < 0:
        raise ConfigError(f"rivals is how many are shown, at least 0, not {rivals}.")
    if hasattr(model, "toward"):
        model = model.toward(target)
    model.listed("picture", list(items))
    prepared = model.input.prepare(list(items))
    model.require_steps(prepared)
    ((_, arrays),) = model.batches(prepared)
    steps = np.array([model._steps_of(prepared[0])])
    limit = int(model.longest_outputs(steps)[0])
    search = BeamSearch(beam_size, alpha, max_length=limit)
    states, constants = model.start(*arrays.values())
    found, taken = recorded(search, model.step, states, constants, limit, rivals)
    ids = found.ids[0, 0, : found.lengths[0, 0]].tolist()
    nodes = tree_of(taken, ids)
    written = [node for node in nodes if node["parent"] is not None]
    pieces = model.target_tokenizer.pieces([node.pop("id_of_token") for node in written])
    for node, piece in zip(written, pieces, strict=True):
        node["token"] = piece
    return {
        "model": model.name,
        "text": model.target_tokenizer.decode([ids])[0],
        "score": float(found.scores[0, 0]),
        "beam_size": beam_size,
        "alpha": alpha,
        "steps": len(taken),
        "nodes": nodes,
    }


def tree_of(steps: Sequence[BeamStep], best: Sequence[int]) -> list[dict[str, Any]]:
    """The nodes of recorded steps, see `beam_tree`; tokens are numbers, as `id_of_token`.

    Args:
        steps: of a search over one row.
        best: the ids of the best output, its end included.
    """
    nodes: list[dict[str, Any]] = [
        {"id": 0, "parent": None, "step": 0, "token": "", "log_prob": 0.0, "state": "kept"}
    ]
    beam = len(steps[0].tokens) if steps else 0
    at = np.zeros(beam, int)  # the node of each slot
    ended = np.zeros(beam, bool)

    def grow(parent: int, number: int, token: int, total: float, score: float | None, state: str):
        nodes.append(
            {
                "id": len(nodes),
                "parent": int(parent),
                "step": number,
                "id_of_token": int(token),
                "log_prob": float(total),
                "gain": float(total) - nodes[parent]["log_prob"],
                "score": score,
                "state": state,
            }
        )
        return len(nodes) - 1

    for number, step in enumerate(steps, 1):
        before, was_ended = at.copy(), ended[step.parents]
        for slot, parent in enumerate(step.parents):
            at[slot] = before[parent]
            if was_ended[slot] or step.log_probs[slot] < IMPOSSIBLE / 2:
                continue
            state = "ended" if step.finished[slot] else "open"
            values = step.log_probs[slot], float(step.scores[slot])
            at[slot] = grow(before[parent], number, step.tokens[slot], *values, state)
        for parent, token, total in step.rivals:
            grow(before[parent], number, token, total, None, "pruned")
        ended = step.finished.copy()
    _name_states(nodes, len(steps))
    _mark(nodes, best)
    return nodes


def _name_states(nodes: list[dict[str, Any]], last: int) -> None:
    """Says of what was in the beam and has not ended whether any of it stayed there."""
    stayed = {node["parent"] for node in nodes if node["state"] != "pruned"}
    for node in nodes[1:]:
        if node["state"] == "open" and node["step"] < last:
            node["state"] = "kept" if node["id"] in stayed else "pruned"


def _mark(nodes: list[dict[str, Any]], best: Sequence[int]) -> None:
    """Marks the path of the best output."""
    here = 0
    for token in best:
        for node in nodes[here + 1 :]:
            is_next = node["parent"] == here and node["id_of_token"] == token
            if is_next and node["score"] is not None:
                here = node["id"]
                node["state"] = "best"
                break


def draw(found: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draws what `beam_tree` gives, from left to right, a column a step.

    Raises:
        ConfigError: if there are too many steps, matplotlib is missing or knows no such format.
    """
    nodes, steps = found["nodes"], found["steps"]
    if not 0 < steps <= _MOST_STEPS:
        raise ConfigError(
            f"A tree of {steps} steps cannot be read: from 1 to {_MOST_STEPS} are drawn, so give a "
            "shorter item."
        )
    heights, tokens = _heights(nodes), readable_pieces([node["token"] for node in nodes])
    rows = max(heights.values()) + 1
    figure = new_figure(max(1.15 * steps + 1.6, 7.5), max(0.42 * rows + 1.9, 3.6))
    axes = figure.subplots()
    for node in sorted(nodes[1:], key=lambda one: bool(one["state"] == "best")):
        _draw_node(axes, node, nodes[node["parent"]], heights, tokens[node["id"]])
    axes.plot(0, heights[0], "o", color="black", markersize=7)
    axes.set(xlim=(-0.25, steps + 0.75), ylim=(rows - 0.3, -0.8), yticks=[])
    axes.set_xticks(range(1, steps + 1))
    axes.set_xlabel("tokens written so far")
    axes.spines[["top", "right", "left"]].set_visible(False)
    ranked = "log P" if found["alpha"] == 0 else "log P normalised by length"
    title = f"{found['model']}, beam of {found['beam_size']}: {found['text']}"
    figure.suptitle(readable(title), fontsize=13, parse_math=False)
    axes.set_title(f"Below a token: its score, {ranked}; (log P) of what missed the beam", size=9)
    for state, (colour, label) in _STATES.items():
        if any(node["state"] == state for node in nodes[1:]):
            axes.plot([], [], color=colour, linewidth=3, label=label)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    save(figure, path, dpi=120)


def _heights(nodes: Sequence[Mapping[str, Any]]) -> dict[int, float]:
    """The place of each node: leaves one under another, the others amid their children."""
    children: dict[int, list[int]] = {node["id"]: [] for node in nodes}
    for node in nodes[1:]:
        children[node["parent"]].append(node["id"])
    for some in children.values():
        some.sort(key=lambda one: -nodes[one]["log_prob"])
    heights: dict[int, float] = {}
    free = 0.0
    stack = [(0, False)]
    while stack:
        here, is_done = stack.pop()
        if is_done:
            places = [heights[child] for child in children[here]]
            heights[here] = (places[0] + places[-1]) / 2
        elif children[here]:
            stack.append((here, True))
            stack.extend((child, False) for child in reversed(children[here]))
        else:
            heights[here] = free
            free += 1
    return heights


def _draw_node(
    axes: Any,
    node: Mapping[str, Any],
    parent: Mapping[str, Any],
    heights: Mapping[int, float],
    token: str,
) -> None:
    colour = _STATES[node["state"]][0]
    is_rival = node["score"] is None
    width = {"best": 3.0, "pruned": 1.0}.get(node["state"], 1.8)
    end, begin = (node["step"], heights[node["id"]]), (parent["step"], heights[parent["id"]])
    across = begin[0] + (0.28 if parent["step"] else 0.05)
    dashes = {"linestyle": (0, (3, 2))} if is_rival else {}
    axes.plot([across, end[0] - 0.42], [begin[1], end[1]], color=colour, linewidth=width, **dashes)
    axes.text(
        end[0] - 0.4,
        end[1] - 0.02,
        token,
        va="bottom",
        fontsize=10,
        color="#555555" if node["state"] == "pruned" else "black",
        fontweight="bold" if node["state"] == "best" else "normal",
        parse_math=False,
    )
    value = f"({node['log_prob']:.2f})" if is_rival else f"{node['score']:.2f}"
    axes.text(end[0] - 0.4, end[1] + 0.08, value, va="top", fontsize=7.5, color="#444444")
    axes.plot([end[0] - 0.42, end[0] + 0.28], [end[1]] * 2, color=colour, linewidth=width, **dashes)


PICTURE = Picture(beam_tree, draw, "items", "ITEM")
