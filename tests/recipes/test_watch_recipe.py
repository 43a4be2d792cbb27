"""The recipe of what is unusual before a camera, on a small walkway: run, resumed, opened."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
from recipe_process import run_recipe

import zoo

FEW = "--epochs 2 --warmup 2 --units 3 --size 4 --height 16 --time 6 --rows 2 --ahead 2".split()


def film(seed: int) -> bytes:
    """Two squares that walk."""
    import av

    content, places = io.BytesIO(), np.random.default_rng(seed).integers(0, 20, 2)
    with av.open(content, "w", format="matroska") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 24, 16, "gray"
        for number in range(60):
            frame = np.full((16, 24), 160, "uint8")
            for row, place in zip((4, 10), places, strict=True):
                left = (place + number // 3) % 22
                frame[row : row + 3, left : left + 2] = 40
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="gray")))
        container.mux(stream.encode())
    return content.getvalue()


def test_it_is_trained_and_chooses_by_planted_faults(tiny_mirror, tmp_path):
    pytest.importorskip("av")
    content, masks = io.BytesIO(), io.BytesIO()
    np.savez_compressed(masks, mask=np.zeros((60, 240, 45), "uint8"))
    with zipfile.ZipFile(content, "w") as out:
        for number in (1, 2, 3, 7):
            out.writestr(f"ucsd_ped2/Train/Train{number:03}.mp4", film(number))
        out.writestr("ucsd_ped2/Test/Test001.mp4", film(9))
        labels = {"Test001": [0] * 40 + [1] * 20}
        out.writestr("ucsd_ped2/frame_labels.json", json.dumps(labels))
        out.writestr("ucsd_ped2/pixel_masks_packbits.npz", masks.getvalue())
    tiny_mirror.add("ucsd_ped2/ucsd_ped2.zip", content.getvalue())
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras"]
    first = run_recipe("anomaly_ped2", *FEW, *where)
    assert "epoch 2: validation grey levels off ucsd_ped2" in first.stdout
    assert " haste " in first.stdout and " all " in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert (model.task, model.dataset, model.ahead) == ("watch", "ucsd_ped2", 2)
    scores = [model.unusual(film(number)) for number in (3, 7)]
    assert 0 < np.mean([one.flags for one in scores]) < 0.1  # one frame in a hundred
    again = run_recipe("anomaly_ped2", *FEW, *where)
    assert "; 2 epochs and 0 steps are done" in again.stdout
