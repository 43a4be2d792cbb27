"""Labels of points in a picture: none over another, over a point, or outside of the axes."""

import numpy as np
import pytest

from zoo.diagnostics.drawing import new_figure
from zoo.diagnostics.labels import label_points


@pytest.mark.parametrize("spread", [1.0, 0.02])
def test_no_label_is_over_another_or_over_a_point(spread):
    figure = new_figure(8, 5)
    axes = figure.add_subplot()
    axes.set(xlim=(-2, 2), ylim=(-2, 2))
    places = np.random.default_rng(0).normal(0, spread, (12, 2)).clip(-1.8, 1.8)
    texts = [f"label number {number}" for number in range(12)]
    label_points(figure, axes, places, texts)
    figure.draw_without_rendering()
    written = {one.get_text(): one for one in axes.texts if one.get_text()}
    assert [*written] == texts
    assert [tuple(one.xy) for one in written.values()] == [tuple(place) for place in places]
    boxes = [one.get_window_extent() for one in written.values()]
    points = axes.transData.transform(places)
    for number, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:number])
        assert not any(box.contains(*point) for point in points)
        assert axes.bbox.contains(*box.min) and axes.bbox.contains(*box.max)
    has_lines = any(not one.get_text() for one in axes.texts)
    assert has_lines == (spread < 1)
