"""Photographs of every kind become the pixels that they show, and what is none is refused."""

from __future__ import annotations

import io
import struct
import sys

import keras
import numpy as np
import pytest

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs import Images
from zoo.inputs.exif import orientation
from zoo.inputs.images import pixels_of

image = pytest.importorskip("PIL.Image")
RNG = np.random.default_rng(0)
COLOURS = RNG.integers(0, 256, (20, 30, 3)).astype("uint8")


def saved(picture, kind="png", **settings) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **settings)
    return content.getvalue()


def test_an_array_and_its_file_are_one(tmp_path):
    picture = image.fromarray(COLOURS)
    path = tmp_path / "a.png"
    path.write_bytes(saved(picture))
    for item in (COLOURS, picture, saved(picture), path, str(path)):
        np.testing.assert_array_equal(pixels_of(item), COLOURS)


def test_grey_palette_and_cmyk():
    grey = COLOURS[:, :, 0]
    for item in (grey, grey[:, :, None], saved(image.fromarray(grey))):
        np.testing.assert_array_equal(pixels_of(item), np.repeat(grey[:, :, None], 3, axis=2))
    blocks = np.kron(RNG.integers(0, 256, (2, 2, 3)), np.ones((8, 8, 1))).astype("uint8")
    palette = image.fromarray(blocks).convert("P", palette=image.Palette.ADAPTIVE)
    np.testing.assert_array_equal(pixels_of(saved(palette)), np.asarray(palette.convert("RGB")))
    cmyk = image.fromarray(blocks).convert("CMYK")
    assert np.abs(pixels_of(saved(cmyk, "tiff")).astype(int) - blocks).max() <= 1


def test_sixteen_bits_are_scaled_to_eight():
    grey = np.array([[0, 257, 65535], [128 * 257, 300, 25700]], "uint16")
    expected = np.array([[0, 1, 255], [128, 1, 100]])
    np.testing.assert_array_equal(pixels_of(saved(image.fromarray(grey)))[:, :, 1], expected)


def test_what_is_transparent_is_on_white():
    pixels = np.zeros((2, 2, 4), "uint8")
    pixels[0, 0] = (200, 0, 0, 255)
    pixels[0, 1] = (200, 0, 0, 51)  # a fifth
    expected = [[[200, 0, 0], [244, 204, 204]], [[255] * 3, [255] * 3]]
    np.testing.assert_array_equal(pixels_of(pixels), expected)
    np.testing.assert_array_equal(pixels_of(saved(image.fromarray(pixels))), expected)


def test_an_animation_is_its_first_picture():
    frames = [image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    content = saved(frames[0], "gif", save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(pixels_of(content), np.full((8, 8, 3), (255, 0, 0)))


def test_a_photograph_is_turned_as_its_exif_says():
    picture = image.fromarray(COLOURS)
    exif = picture.getexif()
    exif[0x0112] = 6  # the camera was turned: rows of the file are columns of the scene
    turned = pixels_of(saved(picture, "png", exif=exif))
    np.testing.assert_array_equal(turned, np.rot90(COLOURS, -1))


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (700, 3)])
def test_any_size_becomes_the_models(shape):
    pixels = np.full((*shape, 3), 77, "uint8")
    (found,) = Images(16, 24).prepare([pixels])
    assert found["source"].shape == (16, 24, 3) and (found["source"] == 77).all()


def test_smaller_is_the_mean_of_what_it_shows():
    pixels = np.zeros((64, 64, 3), "uint8")
    pixels[:, 32:] = 200
    (found,) = Images(2, 2).prepare([pixels])
    # A triangle of twice the scale: a quarter of the weight is on the other half's side.
    left, right = found["source"][0, 0, 0], found["source"][0, 1, 0]
    assert 20 <= left <= 40 and left + right == 200


@pytest.mark.parametrize(
    "content", [b"", b"not an image", saved(image.fromarray(COLOURS))[:80]], ids=["", "text", "cut"]
)
def test_what_is_no_image_is_refused_by_name(content, tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"broken.png is no image that can be read: .*\.$"):
        Images().prepare([COLOURS, path])


def test_a_file_that_is_not_there():
    for ask in (lambda: Images.read("no/such.jpg"), lambda: Images().prepare(["no/such.jpg"])):
        with pytest.raises(MissingFileError, match="no/such.jpg"):
            ask()


def test_too_many_pixels(monkeypatch):
    monkeypatch.setattr("zoo.inputs.images._MOST_PIXELS", 500)
    with pytest.raises(ConfigError, match="has 30 x 20 pixels, and 500 are the most"):
        pixels_of(saved(image.fromarray(COLOURS)))


@pytest.mark.parametrize("array", [np.zeros((2, 2, 3)), np.zeros((2, 2, 5), "uint8"), np.zeros(0)])
def test_arrays_that_are_no_images(array):
    with pytest.raises(ConfigError, match="An image array is uint8"):
        pixels_of(array)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="graphs are TensorFlow's")
@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "bmp"])
def test_the_graph_sees_the_same_pixels(kind):
    import tensorflow as tf

    smooth = np.kron(RNG.integers(0, 256, (5, 7, 3)), np.ones((40, 40, 1))).astype("uint8")
    reader = Images(64, 48)
    contents = [saved(image.fromarray(pixels), kind) for pixels in (smooth, COLOURS)]
    found = reader.in_graph({"image": tf.constant(contents)})["source"].numpy()
    for row, prepared in zip(found, reader.prepare(contents), strict=True):
        np.testing.assert_array_equal(row, prepared["source"])


def exif(order, value, others=2):
    """EXIF data by hand: a directory with some other tags first (CIPA DC-008, 4.5 and 4.6)."""
    mark, code = (b"II*\0", "<") if order == "little" else (b"MM\0*", ">")
    entries = b"".join(
        struct.pack(f"{code}HHIHH", 0x0100 + n, 3, 1, 7, 0) for n in range(others)
    ) + struct.pack(f"{code}HHIHH", 0x0112, 3, 1, value, 0)
    directory = struct.pack(f"{code}H", others + 1) + entries + struct.pack(f"{code}I", 0)
    return b"Exif\0\0" + mark + struct.pack(f"{code}I", 8) + directory


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="graphs are TensorFlow's")
@pytest.mark.parametrize("order", ["little", "big"])
def test_the_graph_turns_photographs_as_pillow_does(order):
    import tensorflow as tf

    smooth = np.kron(RNG.integers(0, 256, (3, 5, 3)), np.ones((16, 16, 1))).astype("uint8")
    contents = [
        saved(image.fromarray(smooth), "jpeg", exif=exif(order, value)) for value in range(1, 9)
    ]
    reader = Images(20, 30)
    found = reader.in_graph({"image": tf.constant(contents)})["source"].numpy()
    prepared = [row["source"] for row in reader.prepare(contents)]
    assert len({row.tobytes() for row in prepared}) == 8
    np.testing.assert_array_equal(found, prepared)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="graphs are TensorFlow's")
@pytest.mark.parametrize(
    "content", [exif("big", 0), exif("little", 900), b"", b"Exif\0\0", b"x" * 99]
)
def test_what_does_not_say_how_it_was_held_is_upright(content):
    import tensorflow as tf

    broken = [content, content[:20], content.replace(b"\0\0\0\x08", b"\xff\xff\xff\xff")]
    for data in broken:
        assert orientation(tf.constant(b"\xff\xd8" + data)) == 1


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="graphs are TensorFlow's")
def test_the_graph_lays_png_files_on_white_as_with_pillow():
    import tensorflow as tf

    clear = RNG.integers(0, 256, (20, 30, 4)).astype("uint8")
    rgba, palette = image.fromarray(clear), image.fromarray(COLOURS).quantize(8)
    contents = [saved(rgba), saved(rgba.convert("LA")), saved(palette, transparency=3)]
    contents += [saved(image.fromarray(COLOURS)), saved(image.fromarray(COLOURS).convert("L"))]
    reader = Images(20, 30)
    found = reader.in_graph({"image": tf.constant(contents)})["source"].numpy()
    np.testing.assert_array_equal(found, [row["source"] for row in reader.prepare(contents)])


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="graphs are TensorFlow's")
def test_empty_bytes_are_black():
    import tensorflow as tf

    assert not Images(4, 4).in_graph({"image": tf.constant([b""])})["source"].numpy().any()


def test_it_is_saved_with_its_size():
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(Images(10, 20))
    )
    assert (again.height, again.width) == (10, 20)


def test_without_pillow(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ConfigError, match=r"sequence-zoo\[images\]"):
        pixels_of(b"abc")
