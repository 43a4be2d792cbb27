"""Texts without labels, and those that a trained classifier gives them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import zoo
from zoo.data.labelled import LabelledText
from zoo.errors import ConfigError
from zoo.experiments import recipe

_CHUNK = 4096  # texts labelled between two lines of progress


def add_options(parser: argparse.ArgumentParser, texts: str) -> None:
    """Adds `--teacher` to the options of a recipe.

    Args:
        parser: from `zoo.experiments.recipe.options`.
        texts: what is labelled, such as "unlabelled reviews".
    """
    parser.add_argument("--teacher", help=f"a classifier, whose labels of {texts} are learnt too")


def with_taught(
    args: argparse.Namespace, labelled: list[LabelledText], texts: Sequence[LabelledText]
) -> list[LabelledText]:
    """Adds texts with their likeliest labels by the teacher, found once and kept with the run.

    A student with noise in its training can learn more from labels of a teacher no larger than
    itself than the teacher knew (Xie et al. 2020, arXiv:1911.04252).

    Args:
        args: with `run`, `strategy` and `teacher`, a released name or a file; None: add nothing.
        labelled: what is learnt in any case.
        texts: whose own labels, where they have any, are not read.

    Returns:
        The labelled texts, and then the others in their order.

    Raises:
        ConfigError: if the teacher has other labels than those of `labelled`.
    """
    if not args.teacher:
        return labelled

    def made() -> bytes:
        teacher = zoo.load(args.teacher)
        labels = sorted({one.label for one in labelled})
        if sorted(teacher.labels) != labels:
            raise ConfigError(
                f"{args.teacher} has the labels {', '.join(teacher.labels)}, and these are wanted: "
                f"{', '.join(labels)}. Give another --teacher."
            )
        found: list[str] = []
        for begin in range(0, len(texts), _CHUNK):
            part = [one.text for one in texts[begin : begin + _CHUNK]]
            found += [answer.label for answer in teacher.classify(part)]
            print(f"{args.teacher}: {len(found):,} of {len(texts):,} labelled", flush=True)
        return json.dumps(found).encode()

    kept = json.loads(recipe.made_once(Path(args.run) / "taught.json", made, args.strategy))
    if len(kept) != len(texts):
        raise ConfigError(
            f"{args.run} has labels of {len(kept):,} texts, and there are {len(texts):,}: give "
            "another --run."
        )
    found = zip(texts, kept, strict=True)
    return labelled + [LabelledText(one.text, label) for one, label in found]
