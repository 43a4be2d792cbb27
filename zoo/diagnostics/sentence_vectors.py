"""What a model makes of whole items, as points: whether the order of words shows."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from keras import ops

from zoo.diagnostics.drawing import new_figure, readable, save, style_of
from zoo.diagnostics.loops import loops_of
from zoo.diagnostics.picture import Picture
from zoo.diagnostics.points import principal_components
from zoo.errors import ConfigError

_MOST = 60  # points of one picture
# Nobody's sentences: the same words in two orders, each in five ways.
_FORMS = (
    "A {} chases a {}.",
    "The {} is chasing the {}.",
    "A {} runs after a {}.",
    "A {} is looking at a {}.",
    "The {} barks at the {}.",
)
SENTENCES = tuple(
    form.format(*pair) for pair in (("dog", "cat"), ("cat", "dog")) for form in _FORMS
)


def vectors_of(model: Any, items: Sequence[Any]) -> np.ndarray:
    """A vector of each item, float32 `[items, size]`.

    Of a model with an encoder it is the mean of its memory over the steps, and where its memory is
    one vector, that; of another the outputs of the last recurrent layer that is called, after all
    steps it has, both directions side by side.

    Raises:
        ConfigError: if the model has neither.
    """
    found = []
    for item in items:
        if hasattr(model, "encoder") and not hasattr(model, "frames"):
            (prepared,) = model.input.prepare([item])
            arrays = (ops.convert_to_tensor(prepared[name][None]) for name in model.graph_inputs)
            memory, _ = model.encoder(*arrays)
            found.append(ops.convert_to_numpy(memory)[0].reshape(-1, memory.shape[-1]).mean(0))
            continue
        loops, _ = loops_of(model, item)
        both = loops[-2:] if loops[-1].layer.go_backwards else loops[-1:]
        ends = [loop.outputs[0 if loop.layer.go_backwards else -1] for loop in both]
        found.append(np.concatenate([ops.convert_to_numpy(end) for end in ends]))
    return np.stack(found)


def states_of(
    model: Any, items: Sequence[Any] = SENTENCES, *, components: str = "1,2"
) -> dict[str, Any]:
    """What the model makes of whole sentences, by principal components.

    As in Sutskever et al. 2014 (arXiv:1409.3215, figure 2): sentences of the same words are joined,
    and lie apart where their order shows.

    Args:
        model: any model with an encoder or with a recurrent layer.
        items: at least three items of its `Input`; not given: ten English sentences.
        components: the two that are drawn, by a comma, the first being 1.

    Returns:
        `items`; `groups`, a number for those of the same words, 0 where there is no other such;
        `orders`, which of its group each is, from 1; `places`, float `[items, components]`, in
        all components; `parts`, the fraction of the variance that each of them has; `components`;
        and `vectors`, float `[items, size]`.

    Raises:
        ConfigError: if items are too few or too many, there are no such components, or the model
            makes no vectors.
    """
    if not 3 <= len(items) <= _MOST:
        raise ConfigError(f"3 to {_MOST} items are drawn, not {len(items)}.")
    model.listed("picture", list(items))
    vectors = vectors_of(model, items)
    places, parts = principal_components(vectors, min(vectors.shape))
    try:
        first, second = map(int, components.split(","))
    except ValueError:
        first = second = 0
    if not (1 <= first <= len(parts) and 1 <= second <= len(parts) and first != second):
        raise ConfigError(
            f"components are two numbers from 1 to {len(parts)}, such as 1,2, not {components!r}."
        )
    bags = [_words(item) for item in items]
    several = [bag for bag, count in Counter(bags).items() if count > 1 and bag]
    return {
        "model": model.name,
        "items": [item if isinstance(item, str) else f"{n}" for n, item in enumerate(items, 1)],
        "groups": [several.index(bag) + 1 if bag in several else 0 for bag in bags],
        "orders": [bags[:n].count(bag) + 1 for n, bag in enumerate(bags)],
        "places": places,
        "parts": parts,
        "components": [first, second],
        "vectors": vectors,
    }


def _words(item: Any) -> tuple[str, ...]:
    """The words of a text, whatever their order; of what is no text none."""
    kept = (
        "".join(c if c.isalnum() else " " for c in item.casefold()) if isinstance(item, str) else ""
    )
    return tuple(sorted(kept.split()))


def draw(found: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draws what `states_of` gives.

    Raises:
        ConfigError: if matplotlib is missing or knows no such format.
    """
    items, groups = found["items"], found["groups"]
    first, second = found["components"]
    places = np.asarray(found["places"])[:, [first - 1, second - 1]]
    figure = new_figure(12, max(5.2, 0.21 * len(items) + 1.2))
    axes, key = figure.subplots(1, 2, width_ratios=[2.1, 1])
    for group in sorted({group for group in groups if group}):
        own = places[[n for n, one in enumerate(groups) if one == group]]
        axes.plot(*own.T, color="#999999", linewidth=1, zorder=1)
    axes.plot([], [], color="#999999", label="joined: the same words in another order")
    shown = set()
    for n, place in enumerate(places):
        number = found["orders"][n]
        name = f"the same words, order {number}" if groups[n] else "other words"
        style = style_of(number - 1 if groups[n] else 6)
        label = {} if name in shown else {"label": name}
        shown.add(name)
        axes.scatter(*place, s=50, zorder=2, **style, **label)
        axes.annotate(f"{n + 1}", place, (6, 4), textcoords="offset points", fontsize=9)
        where = (0.0, 1 - (n + 0.5) / len(items))
        told = f"{n + 1}  {readable(items[n], 48)}"
        key.text(*where, told, fontsize=9, va="center", color=style["color"], parse_math=False)
    key.axis("off")
    parts = found["parts"]
    axes.set_xlabel(f"component {first}: {parts[first - 1]:.0%} of the variance")
    axes.set_ylabel(f"component {second}: {parts[second - 1]:.0%} of the variance")
    axes.grid(color="#dddddd")
    axes.set_axisbelow(True)
    axes.margins(0.12)
    figure.legend(loc="outside lower left", ncols=4, frameon=False, fontsize=9)
    title = f"What {found['model']} makes of whole sentences, by principal components"
    figure.suptitle(title, parse_math=False)
    save(figure, path)


PICTURE = Picture(states_of, draw, "items", "ITEM")
