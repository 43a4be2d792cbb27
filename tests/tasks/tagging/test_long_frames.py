"""Sound that is too long to be read at once: the labels of the whole, or of parts cut at pauses."""

from __future__ import annotations

import numpy as np
import pytest
from small_frame_tagger import recordings, small_frame_tagger

from zoo.layers import CRF, FrameNormalization, LogMel
from zoo.tasks.tagging.phoneme_sample import RATE

LONG = np.concatenate(recordings(6))


def without_limit(model, item):
    before, model.most_steps = model.most_steps, None
    try:
        return model.tag(item)
    finally:
        model.most_steps = before


def times(spans):
    return [(one.label, pytest.approx(one.begin), pytest.approx(one.end)) for one in spans]


def test_a_causal_model_labels_a_long_recording_as_the_whole(tmp_path):
    soundfile = pytest.importorskip("soundfile")
    front = [LogMel(RATE, mel_bins=6), FrameNormalization(is_running=True)]
    model = small_frame_tagger(is_causal=True, front=front)
    whole = without_limit(model, LONG)
    soundfile.write(tmp_path / "long.wav", LONG, model.input.rate, subtype="FLOAT")
    model.most_steps = 3000
    short = recordings(2)[1]
    found = model.tag([tmp_path / "long.wav", short])
    assert [span[:3] for span in found[0]] == times(whole)
    assert found[1] == model.tag(short) and len(whole) > 3
    for one, other in zip(found[0], whole, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=1e-5)


@pytest.mark.parametrize("settings", [{"is_causal": False}, {"is_causal": True, "crf": CRF(3)}])
def test_another_model_labels_parts_that_are_cut_at_pauses(settings):
    model = small_frame_tagger(**settings)
    model.most_steps = 3000
    parts = list(model.input.cut([LONG], 3000))
    assert len(parts) > 3
    found = model.tag(LONG)
    at = np.cumsum([0, *map(len, parts)]) / model.input.rate
    for part, begin in zip(parts, at, strict=False):
        alone = model.tag(part)
        for span in alone[1:-1]:  # those at the ends may go on in the next part
            (same,) = [one for one in found if one.begin == pytest.approx(span.begin + begin)]
            assert same[:1] + same[2:] == (
                span.label,
                pytest.approx(span.end + begin),
                pytest.approx(span.probability, abs=1e-5),
            )
    assert all(one.end == other.begin for one, other in zip(found, found[1:], strict=False))
    assert all(one.label != other.label for one, other in zip(found, found[1:], strict=False))
    assert found[-1].end == pytest.approx(at[-1], abs=0.05)
