"""Plain data as HTML: which keys an answer has says how it is shown, whoever gave it.

An answer of a task of a plugin is shown so too where its `to_json` has the keys of one of `VIEWS`,
and otherwise as a list of what it says.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from zoo.demo.asked import Asked
from zoo.demo.pictures import image_of, music
from zoo.demo.timeline import timeline
from zoo.demo.words import aligned, looked_at
from zoo.errors import ConfigError
from zoo.tasks.html import bars, escaped, heat, pairs

_HOT = 9.0  # bits that are shown in the strongest red
_MOST_LETTERS = 4_000  # of an answer that is shown as it is
_MOST_ROWS = 50


def shown(answer: Any, asked: Asked) -> str:
    """An answer as HTML.

    Args:
        answer: plain data. Of a list of several answers, best first, the first is shown whole.
        asked: what was asked.
    """
    if isinstance(answer, Sequence) and not isinstance(answer, str):
        if answer and all(isinstance(one, Mapping) and "text" in one for one in answer):
            return shown(answer[0], asked) + _others(answer[1:])
        return _values({"answer": answer})
    if not isinstance(answer, Mapping):
        return _values({"answer": answer})
    for key, view in VIEWS.items():
        if key in answer:
            try:
                found = view(answer, asked)
            except (ConfigError, KeyError, TypeError, ValueError, AttributeError, IndexError):
                found = ""  # a key that means something else here: all is said as it is
            if found:
                return found
    return _values(answer)


def _text(answer: Mapping, asked: Asked) -> str:
    if not set(answer) <= {"text", "score", "tokens", "source_tokens", "log_prob", "attention"}:
        return ""
    picture = _photo(asked, [], np.zeros((0, 0))) if asked.kind == "image" else ""
    return picture + _headline(answer)


def _headline(answer: Mapping) -> str:
    text = answer["text"]
    return f"<p class='zoo-text'>{escaped(text) if text.strip() else '<i>nothing</i>'}</p>"


def _others(answers: Sequence[Mapping]) -> str:
    """Further answers, each with what the search ranks by."""
    rows = "".join(
        f"<li>{escaped(one['text'])} <small>{one.get('score', 0.0):.2f}</small></li>"
        for one in answers
    )
    return f"<p class='zoo-hint'>Also found, with their scores:</p><ol>{rows}</ol>" if rows else ""


def _attention(answer: Mapping, asked: Asked) -> str:
    weights = np.asarray(answer["attention"], "float32")
    if asked.kind == "image":
        return _photo(asked, answer["tokens"], weights)
    found = aligned(answer["tokens"], answer["source_tokens"], weights)
    return found or _headline(answer)


def _photo(asked: Asked, tokens: Sequence[str], weights: np.ndarray) -> str:
    from zoo.inputs.images import pixels_of

    return looked_at(tokens, pixels_of(asked.item), weights)


def _probabilities(answer: Mapping, asked: Asked) -> str:
    ranked = sorted(answer["probabilities"].items(), key=lambda pair: -pair[1])[:_MOST_ROWS]
    return f"<p class='zoo-text'>{escaped(answer['label'])}</p>{bars(ranked)}"


def _tokens(answer: Mapping, asked: Asked) -> str:
    """Tokens with their labels, or with the bits that each took."""
    tokens = answer["tokens"]
    words = [one["token"] for one in tokens]
    if tokens and "bits" in tokens[0]:
        bits = [float(one["bits"]) for one in tokens]
        heats = [min(max((one - 1) / (_HOT - 1), 0.0), 1.0) for one in bits]
        titles = [f"{word!r}: {one:.1f} bits" for word, one in zip(words, bits, strict=True)]
        text = heat(words, heats, titles, answer.get("separator", ""))
        worst = int(np.argmax(bits))
        return (
            f"<div class='zoo-heat'>{text}</div><p class='zoo-hint'>The redder, the less expected: "
            f"{np.mean(bits):.2f} bits a token; the greatest surprise is {escaped(titles[worst])}."
            "</p>"
        )
    return pairs((word, one["tag"]) for word, one in zip(words, tokens, strict=True))


def _words(answer: Mapping, asked: Asked) -> str:
    """What was said and when: words, or the characters of a single one."""
    words, characters = answer["words"], answer.get("characters")
    if len(words) < 2 and characters:
        words = characters
    spans = [(one["text"], one["begin"], one["end"]) for one in words]
    return _headline(answer) + _heard(spans, asked)


def _spans(answer: Mapping, asked: Asked) -> str:
    return _heard([(one["label"], one["begin"], one["end"]) for one in answer["spans"]], asked)


def _heard(spans: list[tuple[str, float, float]], asked: Asked) -> str:
    sound, seconds = None, 0.0
    if asked.kind == "audio":
        sound = next(iter(asked.model.input.prepare([asked.item])[0].values()))
        seconds = len(sound) / asked.model.input.rate
    unit = "seconds" if sound is not None else "seconds, or steps of a model that knows no time"
    return timeline(spans, seconds, sound, unit)


def _forecast(answer: Mapping, asked: Asked) -> str:
    """A panel for each column: the past that was given, and what is expected."""
    from zoo.diagnostics.forecasts import Foreseen, draw

    (table,) = asked.model.input.tables([asked.item])
    dates = None
    if table.dates is not None and "dates" in answer:
        dates = [*table.dates, *map(datetime.datetime.fromisoformat, answer["dates"])]
    picture = Foreseen(
        "",
        answer["columns"],
        table.values,
        np.asarray(answer["forecast"]),
        np.asarray(answer["low"]),
        np.asarray(answer["high"]),
        answer["interval"],
        dates,
    )
    said = f"A forecast of {len(answer['forecast'])} steps of {', '.join(answer['columns'])}"
    return image_of(lambda path: draw([picture], path), said)


def _scores(answer: Mapping, asked: Asked) -> str:
    """A line of how unusual each step is; above 1 it is."""
    from zoo.diagnostics.drawing import COLOURS, figure_and_axes, save

    scores, spans = answer["scores"], answer["spans"]
    figure, axes = figure_and_axes("How unusual each step is", "step", "score")
    axes.plot(scores, color=COLOURS[0])
    axes.axhline(1, color="0.4", linestyle="--", linewidth=1)
    for begin, end in spans:
        axes.axvspan(begin - 0.5, end - 0.5, color=COLOURS[1], alpha=0.25)
    said = f"{len(spans)} unusual stretches" if spans else "nothing is unusual"
    return f"<p class='zoo-text'>{said}</p>" + image_of(lambda path: save(figure, path), said)


def _chords(answer: Mapping, asked: Asked) -> str:
    """Music, to be heard and seen."""
    from zoo.diagnostics.piano_roll import draw
    from zoo.inputs.piece import Piece

    piece = Piece(answer["chords"])
    given = len(piece) - asked.settings.get("length", len(piece))
    roll = image_of(lambda path: draw(piece.roll, path, given), "The music as a piano roll")
    return music(answer["chords"]) + roll + f"<p class='zoo-hint'>{escaped(piece)}</p>"


# Key of an answer -> how such answers are shown; the first that an answer has counts.
VIEWS: dict[str, Callable[[Mapping, Asked], str]] = {
    "probabilities": _probabilities,
    "attention": _attention,
    "words": _words,
    "scores": _scores,
    "spans": _spans,
    "forecast": _forecast,
    "chords": _chords,
    "tokens": _tokens,
    "text": _text,
}


def _values(answer: Mapping) -> str:
    """Whatever an answer says, a line for each key."""
    rows = "".join(
        f"<dt>{escaped(key)}</dt><dd>{escaped(_said(value))}</dd>" for key, value in answer.items()
    )
    return f"<dl>{rows}</dl>"


def _said(value: Any) -> str:
    if isinstance(value, str):
        return value[:_MOST_LETTERS]
    if isinstance(value, float):
        return f"{value:.4g}"
    return json.dumps(value, ensure_ascii=False, default=_numbers)[:_MOST_LETTERS]


def _numbers(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else str(value)
