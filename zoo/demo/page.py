"""The page itself, on Gradio: a tab for each part, a widget for the item, and the answers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from zoo.demo import limits
from zoo.demo.answering import answers
from zoo.demo.models import Models
from zoo.demo.part import Part
from zoo.demo.widget import WIDGETS
from zoo.errors import ConfigError
from zoo.tasks.html import escaped

_STYLE, _KEYS = (Path(__file__).parent / name for name in ("demo.css", "keys.js"))
_FONTS = ("system-ui", "sans-serif")


def require_gradio() -> Any:
    """Imports Gradio, which is told to ask nobody anything.

    Raises:
        ConfigError: if it is not installed.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        import gradio
    except ImportError as error:
        raise ConfigError(
            "The page needs Gradio: install it with pip install 'sequence-zoo[demo]'."
        ) from error
    return gradio


def page_of(parts: Sequence[Part], left_out: Mapping[str, str], models: Models) -> Any:
    """Builds the page.

    Args:
        parts: see `zoo.demo.part.parts_of`.
        left_out: models that have no part, each with the reason.
        models: opens the others.

    Returns:
        A `gradio.Blocks`.

    Raises:
        ConfigError: if Gradio is not installed.
    """
    gradio = require_gradio()
    with gradio.Blocks(title="zoo", analytics_enabled=False, delete_cache=(600, 600)) as page:
        gradio.HTML("<h1>zoo</h1><p>Sequence models to play with, on this machine alone.</p>")
        titles = _titles(parts)
        choice = gradio.Radio(titles, value=titles[0], label="What to do", elem_id="parts")
        rooms = []
        for number, part in enumerate(parts):
            with gradio.Column(visible=number == 0, elem_id=f"part-{number}") as room:
                _add(gradio, part, models, number)
            rooms.append(room)
        choice.change(
            lambda title: [gradio.update(visible=title == one) for one in titles],
            inputs=choice,
            outputs=rooms,
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
        if left_out:
            gradio.HTML(_left_out(left_out))
    page.queue(max_size=limits.WAITING, default_concurrency_limit=limits.AT_ONCE, api_open=False)
    return page


def _titles(parts: Sequence[Part]) -> list[str]:
    """The titles of parts; where two have one, with the kind of what they read."""
    found = [part.title for part in parts]
    return [
        f"{part.title} ({part.kind})" if found.count(part.title) > 1 else part.title
        for part in parts
    ]


def theme() -> Any:
    """The looks of the page, in fonts that are there already."""
    return require_gradio().themes.Default(font=_FONTS, font_mono=("ui-monospace", "monospace"))


def style() -> str:
    """The style sheet of what the page shows."""
    return _STYLE.read_text(encoding="utf-8")


def keys() -> str:
    """A function of JavaScript, called when the page is there: what keys do."""
    script = _KEYS.read_text(encoding="utf-8")
    return script[script.index("() =>") :]


def _add(gradio: Any, part: Part, models: Models, number: int) -> None:
    """Adds one part to the page."""
    widget, names = WIDGETS[part.widget], list(part.models)
    said = escaped(part.models[names[0]].get("summary") or "")
    gradio.HTML(f"<p>{said}</p>" if len(names) == 1 else _summaries(part))
    if len(names) > 1:
        chosen = gradio.CheckboxGroup(names, value=part.chosen, label="Models")
    else:
        chosen = gradio.State(names)
    if part.targets:
        wanted = part.targets[0] if "fr" not in part.targets else "fr"
        target = gradio.Dropdown(
            part.targets, value=wanted, label="Language to write, for a model of several"
        )
    else:
        target = gradio.State(None)
    component = widget.make(part)
    button = gradio.Button("Ask", variant="primary", elem_id=f"ask-{number}")
    examples = []
    if widget.is_text and part.examples:
        with gradio.Row():
            examples = [(one, gradio.Button(one, size="sm")) for one in part.examples]
    # What is shown while one types has a place of its own, as it may come after the other answers.
    live = gradio.HTML(elem_id=f"live-{number}") if part.is_live else None
    shown = gradio.HTML(elem_id=f"answer-{number}")

    def answer(chosen: Any, target: Any, value: Any) -> Iterator[str]:
        given, rest = widget.given(value), False if part.is_live else None
        yield from answers(part, models, chosen, given, target, rest)

    def answer_live(chosen: Any, target: Any, value: Any) -> Iterator[str]:
        yield from answers(part, models, chosen, widget.given(value), target, is_live=True)

    asked = {"inputs": [chosen, target, component], "api_visibility": "private"}
    begins = [button.click, *([component.submit] if widget.is_text else [])]
    for text, example in examples:
        taken = example.click(
            _giver(text), outputs=component, api_visibility="private", queue=False
        )
        begins.append(taken.then)
    for begin in begins:
        begin(answer, outputs=shown, **asked)
        if live is not None:
            begin(answer_live, outputs=live, show_progress="hidden", **asked)
    if live is not None:
        once = {"trigger_mode": "always_last", "show_progress": "hidden"}
        component.input(answer_live, outputs=live, **asked, **once)


def _giver(text: str) -> Any:
    return lambda: text


def _summaries(part: Part) -> str:
    rows = "".join(
        f"<dt>{escaped(name)}</dt><dd>{escaped(about.get('summary') or '')}</dd>"
        for name, about in part.models.items()
    )
    return f"<details><summary>What these models are</summary><dl>{rows}</dl></details>"


def _left_out(left_out: Mapping[str, str]) -> str:
    rows = "".join(
        f"<li>{escaped(name)}: {escaped(reason)}</li>" for name, reason in left_out.items()
    )
    return f"<details><summary>Models that are not here</summary><ul>{rows}</ul></details>"
