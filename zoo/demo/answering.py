"""From what a visitor gives to what the page shows: each chosen model is asked, one after another.

Whatever goes wrong becomes one sentence on the page. This module knows no Gradio.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from zoo import catalogue
from zoo.demo import views
from zoo.demo.asked import Asked
from zoo.demo.limits import MODELS
from zoo.demo.models import Models
from zoo.demo.part import Part
from zoo.demo.pictures import image_of
from zoo.errors import ConfigError, ZooError
from zoo.tasks.html import escaped


def answers(
    part: Part,
    models: Models,
    chosen: Sequence[str] | str,
    given: Any,
    target: str | None = None,
    is_live: bool | None = None,
) -> Iterator[str]:
    """Asks models about one item.

    Args:
        part: of the page.
        models: opens them.
        chosen: names of models of the part.
        given: a function from a model to the item, see `zoo.demo.widgets.Widget`; it raises a
            `ConfigError` where nothing that can be read was given.
        target: language to write, for models of several.
        is_live: whether only what is asked while one types is asked now, where nothing is said of
            what goes wrong; False: only the rest. None: everything.

    Yields:
        HTML, each time all that is there so far.
    """
    names = [chosen] if isinstance(chosen, str) else list(chosen or ())
    unknown = [name for name in names if name not in part.models]
    if not names or unknown or len(names) > MODELS:
        yield wrong(f"Choose a model, at most {MODELS} at once.")
        return
    shown: list[str] = []
    for name in names:
        if not models.is_loaded(name):
            yield _page([*shown, f"<p class='zoo-wait'>Opening {escaped(name)} …</p>"])
        try:
            with models.lent(name) as model:
                item = given(model)
                found = [
                    _answer(model, ask, item, target)
                    for ask in part.asks[name]
                    if is_live in (None, bool(ask.get("live")))
                ]
        except ZooError as error:
            found = [wrong(_without_folder(str(error), given))]
        except Exception as error:  # a model of a plugin may raise anything
            traceback.print_exc()
            found = [wrong(f"{name} failed ({type(error).__name__}): the terminal says where.")]
        if is_live and any("zoo-wrong" in one for one in found):
            found = []
        if any(found):
            shown.append(_section(name, part, "".join(found), alone=len(names) == 1))
            yield _page(shown)


def wrong(sentence: str) -> str:
    """A sentence that says what was wrong, as HTML."""
    return f"<p class='zoo-wrong' role='alert'>{escaped(sentence)}</p>"


def _answer(model: Any, ask: Mapping[str, Any], item: Any, target: str | None) -> str:
    """What a model says to one thing that it is asked, as HTML."""
    settings = dict(ask.get("settings") or {})
    if getattr(model, "targets", ()):
        if target not in model.targets:
            raise ConfigError(
                f"{model.name} writes {', '.join(model.targets)}: choose one of these languages."
            )
        settings["target"] = target
    if "picture" in ask:
        return _picture(model, ask["picture"], item, settings)
    verb = getattr(model, ask["verb"], None)
    if verb is None:
        raise ConfigError(f"A {type(model).__name__} cannot {ask['verb']}.")
    return views.shown(plain(verb(item, **settings)), Asked(model, item, settings))


def _picture(model: Any, kind: str, item: Any, settings: dict[str, Any]) -> str:
    """A registered kind of picture; nothing where it cannot be drawn of this model or item."""
    registry = catalogue.REGISTRIES.get("picture")
    if registry is None or kind not in registry:
        return ""
    picture = registry.get(kind)
    summary = registry.entry(kind).about.get("summary", kind)
    try:
        found = picture.measure(model, [item], **settings)
        drawn = image_of(lambda path: picture.draw(found, path), summary)
    except ConfigError:
        return ""
    return f"<details open><summary>{escaped(summary)}</summary>{drawn}</details>"


def plain(answer: Any) -> Any:
    """An answer as plain data: its `to_json()`, where it has that."""
    if hasattr(answer, "to_json"):
        return answer.to_json()
    if isinstance(answer, (list, tuple)):
        return [plain(one) for one in answer]
    return {"text": answer} if isinstance(answer, str) else answer


def _section(name: str, part: Part, body: str, alone: bool) -> str:
    summary = part.models[name].get("summary") or ""
    title = escaped(name) + ("" if alone else f" <small>{escaped(summary)}</small>")
    return f"<section><h3>{title}</h3>{body}</section>"


def _page(sections: Sequence[str]) -> str:
    return f"<div class='zoo-answers' role='status'>{''.join(sections)}</div>"


def _without_folder(sentence: str, given: Any) -> str:
    """A sentence in which a file is named without the folder it was put into."""
    path = getattr(given, "path", None)
    return sentence.replace(str(path), Path(path).name) if path else sentence
