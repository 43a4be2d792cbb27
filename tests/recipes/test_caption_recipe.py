"""The recipe of the captioners on the few photographs of a tiny mirror."""

from __future__ import annotations

import io

import keras
import numpy as np
import pytest
from recipe_process import run_recipe
from tiny_datasets import add_flickr8k
from tiny_efficient_net import random_archive

import zoo
from zoo.errors import ConfigError
from zoo.layers import AttentionDecoder, EfficientNetLite

SMALL = "--units 8 --embedding-size 6 --memory-size 7 --attention-units 5 --batch-tokens 64"
SMALL += " --warmup 5 --average 2 --vocabulary-size 40 --epochs 2"


@pytest.fixture
def photographs(tiny_mirror):
    image = pytest.importorskip("PIL.Image")
    pytest.importorskip("pycocoevalcap")

    def photograph(number):
        content = io.BytesIO()
        pixels = np.full((32, 32, 3), 10 * number, "uint8")
        image.fromarray(pixels).save(content, "png")
        return content.getvalue()

    add_flickr8k(tiny_mirror, photograph)
    network = EfficientNetLite()
    network.build((None, None, None, 3))
    content = io.BytesIO()
    np.savez(content, **random_archive(network))
    tiny_mirror.add("efficientnet_lite0/efficientnet_lite0.npz", content.getvalue())


@pytest.mark.parametrize("model", ["nic", "attn"])
def test_it_learns_goes_on_and_ends_in_a_model(photographs, tmp_path, model):
    def run(*more):
        where = ["--run", tmp_path / "run", "--out", tmp_path / "captions.keras"]
        return run_recipe("caption_flickr8k", "--model", model, *SMALL.split(), *where, *more)

    first = run("--precision", "mixed_bfloat16")
    assert "epoch 2: validation BLEU-4 flickr8k" in first.stdout
    made = zoo.load(tmp_path / "captions.keras")
    assert made.decoder.compute_dtype == "float32"
    assert isinstance(made.decoder, AttentionDecoder) == (model == "attn")
    images = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), "uint8")
    logits = made({"source": images, "target": np.full((2, 3), 2)})
    assert logits.shape == (2, 3, 40) and np.isfinite(keras.ops.convert_to_numpy(logits)).all()
    # The saved model has the network whose outputs the decoder learnt on.
    assert not made.encoder.backbone.trainable_weights
    again = run("--precision", "mixed_bfloat16")
    assert "2 epochs and 0 steps are done" in again.stdout
    with pytest.raises(ConfigError, match=r"dropout \(0.4, now 0.1\)"):
        run("--precision", "mixed_bfloat16", "--dropout", "0.1")
