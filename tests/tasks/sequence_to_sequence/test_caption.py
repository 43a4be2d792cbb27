"""Captioning: the same searches over an encoder of images."""

from __future__ import annotations

import io

import keras
import numpy as np
import pytest

import zoo
from zoo.decoding import BeamSearch, NoRepeatNGram
from zoo.errors import ConfigError
from zoo.inputs.samples import characters
from zoo.tasks import Captioner
from zoo.tasks.sequence_to_sequence.caption_sample import SAMPLE

PICTURES = [np.random.default_rng(i).integers(0, 256, (9, 12, 3)).astype("uint8") for i in range(5)]


def small(attention="additive", **more):
    keras.utils.set_random_seed(1)
    settings = {k: v for k, v in SAMPLE.settings.items() if k != "vocabulary_size"}
    settings = {**settings, "target_tokenizer": characters(), **more}
    model = zoo.build("caption", attention=attention, **settings)
    rng = np.random.default_rng(2)
    for weight in model.weights:
        weight.assign(rng.normal(size=weight.shape))
    return model


@pytest.fixture(scope="module", params=["additive", None], ids=["grid", "vector"])
def model(request):
    return small(request.param)


def test_a_list_gives_what_its_images_give(model):
    listed = model.caption(PICTURES, beam_size=3)
    assert listed == [model.caption(picture, beam_size=3) for picture in PICTURES]
    assert len(set(listed)) > 1


def test_a_step_at_a_time_is_the_whole_sequence(model):
    """The log-probability that the search found is that of teacher forcing."""
    for best in model.caption(PICTURES, beam_size=3, return_attention=True):
        assert best.log_prob < 0 and best.source_tokens == []
    found = model.caption(PICTURES, beam_size=3, return_attention=True)
    scored = model.score(PICTURES, found)
    np.testing.assert_allclose(
        [one.log_prob for one in found], [one.log_prob for one in scored], rtol=1e-4
    )


def test_streamed_is_greedy(model):
    whole = model.caption(PICTURES[0], beam_size=1)
    assert "".join(model.caption(PICTURES[0], stream=True)) == whole


def test_attention_is_over_the_cells_of_the_grid():
    for one in small().caption(PICTURES[:2], return_attention=True):
        assert one.attention.shape == (len(one.tokens), 4)
        np.testing.assert_allclose(one.attention.sum(axis=1), 1, rtol=1e-5)
    (one,) = small(None).caption(PICTURES[:1], return_attention=True)
    assert one.attention is None


def test_rules_prefixes_and_limits_are_kept(model):
    search = BeamSearch(3, rules=[NoRepeatNGram(1)])
    for text in model.caption(PICTURES, search=search):
        letters = text.replace(" ", "")
        assert len(set(letters)) == len(letters)
    assert all(text.startswith("a dog") for text in model.caption(PICTURES, prefix="a dog"))
    found = model.caption(PICTURES, return_attention=True)
    assert max(len(one.tokens) for one in found) <= SAMPLE.settings["longest"]


def test_saved_and_loaded_it_answers_alike(model, tmp_path):
    zoo.save(model, tmp_path / "model.keras")
    again = zoo.load(tmp_path / "model.keras")
    assert isinstance(again, Captioner) and again.task == "caption"
    assert again.caption(PICTURES) == model.caption(PICTURES)


def test_an_ensemble_of_captioners_captions(tmp_path):
    both = zoo.ensemble([small(), small("regions")])
    assert len(both.caption(PICTURES[:2])) == 2
    zoo.save(both, tmp_path / "both.keras")
    assert zoo.load(tmp_path / "both.keras").caption(PICTURES[:2]) == both.caption(PICTURES[:2])


def test_what_is_no_image_is_refused(model):
    with pytest.raises(ConfigError, match="caption wants an image or a list of images, not a int"):
        model.caption(3)
    with pytest.raises(ConfigError, match="an image of 3 bytes is no image that can be read"):
        model.caption([b"abc"])


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow writes exports")
def test_the_exported_model_reads_the_bytes_of_files(model, tmp_path):
    import tensorflow as tf

    image = pytest.importorskip("PIL.Image")
    contents = []
    for picture, kind in zip(PICTURES, ("png", "jpeg", "bmp", "gif", "png"), strict=True):
        content = io.BytesIO()
        image.fromarray(picture).save(content, kind)
        contents.append(content.getvalue())
    version = model.export_saved_model(tmp_path / "served", beam_size=3)
    signatures = tf.saved_model.load(str(version)).signatures
    found = signatures["serving_default"](image=tf.constant(contents))["text"].numpy()
    assert [text.decode() for text in found] == model.caption(contents, beam_size=3)
    assert ("alignment" in signatures) == model.has_attention
    nothing = signatures["serving_default"](image=tf.constant([], tf.string))
    assert nothing["text"].shape == (0,)
