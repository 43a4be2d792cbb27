"""Log-mel spectra and MFCC against figures of librosa 0.11, and NumPy with 64 bits."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from zoo.errors import ConfigError
from zoo.layers import MFCC, LogMel
from zoo.layers.sound.mel import hertz_to_mel, mel_filters, mel_to_hertz


def wave(rate: int) -> np.ndarray:
    """Half a second of a tone that rises, one that stays, and noise."""
    n = np.arange(rate // 2)
    t = n / rate
    tones = 0.5 * np.sin(2 * np.pi * (200 * t + 1500 * t * t)) + 0.1 * np.sin(2 * np.pi * 0.19 * n)
    return (tones + 0.01 * np.random.RandomState(0).uniform(-1, 1, len(n))).astype("float32")


SETTINGS = {
    16000: {"mel_bins": 80},
    8000: {
        "rate": 8000,
        "window_length": 256,
        "hop_length": 100,
        "mel_bins": 26,
        "lowest_frequency": 64,
        "highest_frequency": 3800,
        "mel_scale": "htk",
    },
    44100: {
        "rate": 44100,
        "window_length": 1102,
        "hop_length": 441,
        "mel_bins": 128,
        "lowest_frequency": 20,
        "highest_frequency": 20000,
    },
}
# librosa centres a window within n_fft samples, so it got (n_fft - win_length) / 2 of silence on
# both sides. With y, sr, and n_fft 512, 256 and 2048:
#   mel = librosa.feature.melspectrogram(y=padded, sr=sr, n_fft=n_fft, win_length=win_length,
#       hop_length=hop_length, center=False, power=2.0, n_mels=n_mels, fmin=fmin, fmax=fmax,
#       htk=False, norm="slaney")  # at 8 kHz: htk=True, norm=None
#   log = np.log(np.maximum(mel, 1e-10))
#   mfcc = librosa.feature.mfcc(S=log, n_mfcc=13, dct_type=2, norm="ortho")
# Frames 0 and 20; bands 0, 5, n_mels / 2 and the last; coefficients 0, 1, 6 and 12.
LIBROSA = {
    16000: (
        [[-6.659772, 4.076529, -8.749555, -8.258561],
         [-9.691126, -10.394328, -8.634865, -9.271707]],
        [[-67.490463, 11.227859, 4.635121, -3.130684],
         [-69.314201, 5.008004, 7.374602, -0.869122]],
    ),
    8000: (
        [[-0.703059, -3.265241, -3.668996, -2.880282],
         [-6.718862, -4.710922, -3.13513, -4.020948]],
        [[-11.159688, 7.748633, -1.527192, -2.094672],
         [-14.364331, -4.244454, -1.844531, -2.676373]],
    ),
    44100: (
        [[-4.151283, 5.742842, -8.137805, -7.193007],
         [-8.617598, -7.138293, -8.228757, -7.45205]],
        [[-71.869255, 12.374102, 4.788696, -5.1447],
         [-72.496742, 9.954697, -11.252574, -0.060714]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("rate", LIBROSA)
def test_it_gives_the_figures_of_librosa(rate):
    settings = SETTINGS[rate]
    bands = settings["mel_bins"]
    logs, coefficients = LIBROSA[rate]
    found = ops.convert_to_numpy(LogMel(**settings)(wave(rate)[None]))[0, [0, 20]]
    np.testing.assert_allclose(found[:, [0, 5, bands // 2, bands - 1]], logs, atol=1e-4)
    found = ops.convert_to_numpy(MFCC(13, **settings)(wave(rate)[None]))[0, [0, 20]]
    np.testing.assert_allclose(found[:, [0, 1, 6, 12]], coefficients, atol=1e-4)


def by_hand(samples: np.ndarray, layer: LogMel) -> np.ndarray:
    """The logarithms of one recording in 64 bits, a frame and a band at a time."""
    spread = {
        "htk": (lambda f: 1127 * np.log1p(f / 700), lambda m: 700 * np.expm1(m / 1127)),
        "slaney": (
            lambda f: f * 0.015 if f < 1000 else 15 + 27 * np.log(f / 1000) / np.log(6.4),
            lambda m: m / 0.015 if m < 15 else 1000 * 6.4 ** ((m - 15) / 27),
        ),
    }
    to_mel, to_hertz = spread[layer.mel_scale]
    ends = to_mel(layer.lowest_frequency), to_mel(layer.highest_frequency)
    corners = [to_hertz(mel) for mel in np.linspace(*ends, layer.mel_bins + 2)]
    hertz = np.fft.rfftfreq(layer.fft_length, 1 / layer.rate)
    window = np.sin(np.pi * np.arange(layer.window_length) / layer.window_length) ** 2
    found = []
    for start in range(0, len(samples) - layer.window_length + 1, layer.hop_length):
        piece = samples[start : start + layer.window_length].astype("float64") * window
        power = np.abs(np.fft.rfft(piece, layer.fft_length)) ** 2
        row = []
        for low, peak, high in zip(corners, corners[1:], corners[2:], strict=False):
            triangle = np.interp(hertz, [low, peak, high], [0, 1, 0])
            area = (high - low) / 2 if layer.mel_scale == "slaney" else 1
            row.append(np.log(max(power @ triangle / area, layer.log_floor)))
        found.append(row)
    return np.array(found).reshape(-1, layer.mel_bins)


@pytest.mark.parametrize("rate", SETTINGS)
def test_it_gives_what_numpy_does(rate):
    layer = LogMel(**SETTINGS[rate])
    found = ops.convert_to_numpy(layer(wave(rate)[None]))[0]
    np.testing.assert_allclose(found, by_hand(wave(rate), layer), atol=2e-4)


def test_cosines_are_those_of_scipy():
    fft = pytest.importorskip("scipy.fft")
    samples = wave(8000)[None]
    logs = ops.convert_to_numpy(LogMel(rate=8000, mel_bins=23)(samples))
    expected = fft.dct(logs.astype("float64"), type=2, norm="ortho")[..., :20]
    found = ops.convert_to_numpy(MFCC(20, rate=8000, mel_bins=23)(samples))
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_silence_is_the_floor():
    found = ops.convert_to_numpy(LogMel(rate=8000, mel_bins=20, log_floor=1e-6)(np.zeros((1, 400))))
    np.testing.assert_allclose(found, np.full((1, 3, 20), np.log(1e-6)), rtol=1e-6)


@pytest.mark.parametrize("layer_class", [LogMel, MFCC])
def test_padding_does_not_matter(layer_class):
    layer = layer_class(rate=8000, mel_bins=20)
    samples = np.stack([wave(8000)[:1000]] * 5)
    lengths = [1000, 999, 280, 279, 0]  # two frames are 280 samples
    mask = np.arange(1000) < np.array(lengths)[:, None]
    frames = ops.convert_to_numpy(layer(np.where(mask, samples, 7.0), mask=mask))
    whole = ops.convert_to_numpy(layer(samples))
    real = ops.convert_to_numpy(layer.compute_mask(samples, mask))
    counts = [layer.frames_of(length) for length in lengths]
    assert counts == [11, 10, 2, 1, 0] == real.sum(axis=1).tolist()
    assert ops.convert_to_numpy(layer.frames_of(np.array(lengths))).tolist() == counts
    for row, count in enumerate(counts):
        np.testing.assert_allclose(frames[row, :count], whole[row, :count], atol=1e-5)
        assert not frames[row, count:].any() and real[row, :count].all()
    assert layer(samples[:, :199]).shape == layer(samples[:, :0]).shape == (5, 0, layer.output_size)


@pytest.mark.parametrize("layer_class", [LogMel, MFCC])
def test_a_stream_gives_what_the_whole_gives(layer_class):
    layer = layer_class(rate=8000, mel_bins=20)
    samples = wave(8000)[None, :2000]
    whole = ops.convert_to_numpy(layer(samples))
    pieces, rest, done = [], None, 0
    for size in (199, 1, 0, 80, 1720):
        frames, rest = layer.stream(samples[:, done : done + size], rest)
        done += size
        assert rest.shape[1] < layer.window_length
        pieces.append(ops.convert_to_numpy(frames))
    found = np.concatenate(pieces, axis=1)
    assert done == 2000 and found.shape == whole.shape
    np.testing.assert_allclose(found, whole, atol=1e-5)


def test_it_goes_into_a_model_and_its_file(tmp_path):
    samples = keras.Input((None,))
    model = keras.Model(
        samples, MFCC(13, rate=8000, mel_scale="htk", dtype="mixed_bfloat16")(samples)
    )
    assert model.output_shape == (None, None, 13)
    model.save(tmp_path / "a.keras")
    loaded = keras.saving.load_model(tmp_path / "a.keras")
    batch = wave(8000)[None]
    first, second = (ops.convert_to_numpy(ops.cast(m(batch), "float32")) for m in (model, loaded))
    np.testing.assert_array_equal(first, second)
    exact = ops.convert_to_numpy(MFCC(13, rate=8000, mel_scale="htk")(batch))
    np.testing.assert_allclose(first, exact, rtol=0.01, atol=0.01)


def test_scales_have_inverses():
    hertz = np.linspace(0, 8000, 50)
    for scale in ("slaney", "htk"):
        np.testing.assert_allclose(
            mel_to_hertz(hertz_to_mel(hertz, scale), scale), hertz, atol=1e-9
        )
    assert hertz_to_mel(1000.0, "htk") == pytest.approx(1000, abs=0.02)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"hop_length": 500}, "hop_length <= window_length"),
        ({"fft_length": 256}, "window_length <= fft_length"),
        ({"highest_frequency": 9000}, "between 0 and 8000 Hz"),
        ({"mel_scale": "bark"}, "slaney, htk"),
        ({"log_floor": 0.0}, "log_floor above 0"),
        ({"mel_bins": 300}, "take fewer mel_bins"),
    ],
)
def test_what_makes_no_sense_is_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        LogMel(**settings)
    with pytest.raises(ConfigError, match="1 to 40 coefficients, not 41"):
        MFCC(41)


def test_filters_lie_on_the_frequencies_of_the_transform():
    filters = mel_filters(8000, 256, 10, 0, 4000, "htk")
    assert filters.shape == (129, 10) and (filters >= 0).all() and filters.max() <= 1
