"""The search for settings, beside what every combination gives."""

from __future__ import annotations

import itertools

from zoo.experiments.searching import best_settings

TRIED = {"a": (3, 0, 1), "b": (0.5, 0.1), "c": (2, 7, 4, 5)}


def test_settings_that_do_not_touch_each_other_are_the_best_of_all():
    asked = []

    def loss(settings):
        asked.append(tuple(settings.values()))
        return (settings["a"] - 1) ** 2 + settings["b"] + abs(settings["c"] - 4.6)

    found = best_settings(TRIED, loss)
    every = [dict(zip(TRIED, each, strict=True)) for each in itertools.product(*TRIED.values())]
    count = len(asked)
    assert found == min(every, key=loss)
    asked = asked[:count]
    assert asked[0] == (3, 0.5, 2)  # the first of each
    assert len(asked) == len(set(asked)) == 1 + 2 + 1 + 3


def test_of_two_alike_the_earlier_one_is_taken():
    assert best_settings(TRIED, lambda settings: 1.0) == {"a": 3, "b": 0.5, "c": 2}
