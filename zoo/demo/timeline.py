"""What was heard, under the sound: words or phonemes where they were said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zoo.tasks.html import escaped

_POINTS = 600  # of the outline of a sound
_LETTER = 8.5  # pixels that a letter takes


def timeline(
    spans: Sequence[tuple[str, float, float]],
    seconds: float,
    sound: np.ndarray | None = None,
    unit: str = "seconds",
) -> str:
    """Spans from left to right, as wide as they took.

    Args:
        spans: a text, its begin and its end in seconds.
        seconds: of the whole.
        sound: float `[samples]`, whose outline is drawn above. None: none is.
        unit: what times are said to be in.
    """
    seconds = max([seconds, *(end for _, _, end in spans)]) or 1.0
    boxes = "".join(
        f"<span style='left:{100 * begin / seconds:.2f}%;"
        f"width:{100 * (end - begin) / seconds:.2f}%' title='{begin:.2f} to {end:.2f} s'>"
        f"<b>{escaped(text)}</b></span>"
        for text, begin, end in spans
    )
    # So wide that the text of each has room, as far as it is not very short.
    needs = [len(text) * _LETTER / max(end - begin, 0.04) for text, begin, end in spans]
    width = min(seconds * max(float(np.quantile(needs, 0.8)) if needs else 0, 40), 8_000)
    ticks = "".join(
        f"<i style='left:{100 * at / seconds:.2f}%'>{at:g}</i>" for at in _ticks(seconds)
    )
    outline = "" if sound is None else _outline(sound)
    return (
        f"<div class='zoo-scroll' tabindex='0' role='group' aria-label='{_said(spans)}'>"
        f"<div class='zoo-time' style='min-width:{width:.0f}px'>{outline}"
        f"<div class='zoo-spans'>{boxes}</div><div class='zoo-ticks'>{ticks}</div></div></div>"
        f"<p class='zoo-hint'>{escaped(unit)}</p>"
    )


def _ticks(seconds: float) -> list[float]:
    step = next(step for step in (0.2, 0.5, 1, 2, 5, 10, 60) if seconds / step <= 8 or step == 60)
    return [round(float(at), 2) for at in np.arange(0, seconds, step)]


def _said(spans: Sequence[tuple[str, float, float]]) -> str:
    return escaped(", ".join(f"{text} at {begin:.2f} s" for text, begin, _ in spans[:200]))


def _outline(sound: np.ndarray) -> str:
    """The greatest height of each stretch of a sound, above and below a line, as SVG."""
    count = min(_POINTS, len(sound))
    if not count:
        return ""
    heights = np.array([np.abs(one).max() for one in np.array_split(sound, count)])
    heights = 24 * heights / max(float(heights.max()), 1e-6)
    places = np.linspace(0, 1000, count)
    above = [f"{x:.0f},{25 - h:.1f}" for x, h in zip(places, heights, strict=True)]
    below = [f"{x:.0f},{25 + h:.1f}" for x, h in zip(places, heights, strict=True)][::-1]
    return (
        "<svg class='zoo-sound' viewBox='0 0 1000 50' preserveAspectRatio='none' "
        f"aria-hidden='true'><polygon points='{' '.join(above + below)}'/></svg>"
    )
