"""The learning rate at the corners of its curve."""

import pytest

from zoo.training.schedules import WarmupHoldDecay


@pytest.mark.parametrize(
    "step, rate",
    [(0, 0.01), (9, 0.1), (99, 1.0), (500, 1.0), (750, 0.5), (999, 0.01), (5000, 0.01)],
)
def test_rises_holds_and_falls(step, rate):
    schedule = WarmupHoldDecay(2.0, total_steps=1000, warmup_steps=100, decay=0.5)
    assert float(schedule(step)) == pytest.approx(2 * rate, rel=1e-4)
    again = WarmupHoldDecay.from_config(schedule.get_config())
    assert float(again(step)) == float(schedule(step))


def test_bad_decay_is_named():
    with pytest.raises(ValueError, match="decay must be in"):
        WarmupHoldDecay(1.0, 10, decay=0)
