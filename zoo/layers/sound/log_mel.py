"""Logarithms of mel spectra, from samples, within the graph."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.sound.mel import SCALES, mel_filters


@keras.saving.register_keras_serializable(package="zoo")
class LogMel(keras.layers.Layer):
    """The natural logarithm of the power in each band of a mel scale, frame by frame.

    Frame `t` is made of the samples from `t * hop_length` to `t * hop_length + window_length`,
    under a periodic Hann window and filled up with 0 to `fft_length`. Nothing is padded and no
    frame knows of another, unlike in `keras.layers.MelSpectrogram`: what comes in pieces (`stream`)
    gives the same frames as the whole.

    Args:
        rate: samples a second.
        window_length: samples of a frame. None: 25 ms.
        hop_length: samples from one frame to the next, at most `window_length`. None: 10 ms.
        fft_length: samples that are transformed. None: the power of 2 from `window_length` on.
        mel_bins: the number of bands.
        lowest_frequency, highest_frequency: of all bands, in hertz. None: half of `rate`.
        mel_scale: "slaney" (filters of area 1) or "htk" (filters with peaks of 1).
        log_floor: power that less is taken for, above 0.

    Inputs float32 `[batch, samples]`, usually from -1 to 1, and `mask`, bool `[batch, samples]`.
    Outputs `[batch, frames, mel_bins]`; frames that reach into masked samples are 0, and masked
    themselves. It computes in float32 under every dtype policy.

    Raises:
        ConfigError: if the numbers do not go together.

    Example:

    >>> import keras
    >>> tuple(LogMel(rate=8000, mel_bins=40)(keras.ops.zeros((1, 8000))).shape)
    (1, 98, 40)
    """

    def __init__(
        self,
        rate: int = 16000,
        window_length: int | None = None,
        hop_length: int | None = None,
        fft_length: int | None = None,
        mel_bins: int = 80,
        lowest_frequency: float = 0.0,
        highest_frequency: float | None = None,
        mel_scale: str = "slaney",
        log_floor: float = 1e-10,
        **kwargs,
    ):
        super().__init__(autocast=False, **kwargs)
        self.rate = int(rate)
        self.window_length = int(window_length or round(0.025 * rate))
        self.hop_length = int(hop_length or round(0.01 * rate))
        power = 1 << max(self.window_length - 1, 0).bit_length()
        self.fft_length = int(fft_length or power)
        self.mel_bins = int(mel_bins)
        self.lowest_frequency = float(lowest_frequency)
        self.highest_frequency = float(rate / 2 if highest_frequency is None else highest_frequency)
        self.mel_scale = mel_scale
        self.log_floor = float(log_floor)
        self._require_sense()
        self.filters = mel_filters(
            self.rate,
            self.fft_length,
            self.mel_bins,
            self.lowest_frequency,
            self.highest_frequency,
            self.mel_scale,
        )
        steps = np.arange(self.window_length)
        self.window = 0.5 - 0.5 * np.cos(2 * np.pi * steps / self.window_length)
        self.supports_masking = True
        self.built = True

    def _require_sense(self) -> None:
        if not 0 < self.hop_length <= self.window_length <= self.fft_length:
            raise ConfigError(
                "Frames need 0 < hop_length <= window_length <= fft_length, not "
                f"{self.hop_length}, {self.window_length} and {self.fft_length}."
            )
        if not 0 <= self.lowest_frequency < self.highest_frequency <= self.rate / 2:
            raise ConfigError(
                f"Bands lie between 0 and {self.rate / 2:g} Hz, half the rate, not between "
                f"{self.lowest_frequency:g} and {self.highest_frequency:g}."
            )
        if self.mel_scale not in SCALES or self.mel_bins < 1 or not self.log_floor > 0:
            raise ConfigError(
                f"mel_scale is one of {', '.join(SCALES)}, mel_bins at least 1 and log_floor above "
                f"0, not {self.mel_scale!r}, {self.mel_bins} and {self.log_floor:g}."
            )

    @property
    def output_size(self) -> int:
        """Features of a frame."""
        return self.mel_bins

    @property
    def seconds_a_frame(self) -> float:
        """Time from one frame to the next."""
        return self.hop_length / self.rate

    def frames_of(self, samples: Any) -> Any:
        """How many frames numbers of samples have: an int of an int, an int32 tensor of others."""
        if isinstance(samples, int):
            return max((samples - self.window_length) // self.hop_length + 1, 0)
        samples = ops.cast(samples, "int32")
        return ops.maximum((samples - self.window_length) // self.hop_length + 1, 0)

    def call(self, samples, mask=None):
        samples = ops.cast(samples, "float32")
        batch, count = ops.shape(samples)
        count = self.frames_of(count)
        starts = ops.arange(count, dtype="int32") * self.hop_length
        places = ops.expand_dims(starts, 1) + ops.arange(self.window_length, dtype="int32")
        frames = ops.take(samples, places, axis=1)
        frames = ops.reshape(frames, (batch, count, self.window_length))
        frames = frames * ops.convert_to_tensor(self.window, "float32")
        # Filled up here: TensorFlow's transform fills no batch up that has no frames.
        filling = self.fft_length - self.window_length
        frames = ops.pad(frames, [[0, 0], [0, 0], [0, filling]])
        real, imaginary = ops.rfft(frames, fft_length=self.fft_length)
        power = ops.square(real) + ops.square(imaginary)
        bands = ops.matmul(power, ops.convert_to_tensor(self.filters, "float32"))
        features = self.features(ops.log(ops.maximum(bands, self.log_floor)))
        mask = self.compute_mask(samples, mask)
        if mask is not None:
            features = ops.where(ops.expand_dims(mask, -1), features, 0.0)
        return ops.cast(features, self.compute_dtype)

    def features(self, log_mel: Any) -> Any:
        """What becomes of the logarithms, float32 `[batch, frames, mel_bins]`; here nothing."""
        return log_mel

    def compute_mask(self, samples, previous_mask=None):
        """A frame is real, bool `[batch, frames]`, where its last sample is."""
        if previous_mask is None:
            return None
        return previous_mask[:, self.window_length - 1 :: self.hop_length]

    def compute_output_shape(self, input_shape):
        batch, samples = input_shape
        return batch, None if samples is None else self.frames_of(samples), self.output_size

    def stream(self, samples: Any, rest: Any = None) -> tuple[Any, Any]:
        """The frames that are whole with the next piece of a stream.

        Args:
            samples: the piece, float32 `[batch, samples]`, all of them real.
            rest: what the call before gave. None: the stream begins.

        Returns:
            Features `[batch, frames, output_size]`, of as many frames as are whole, maybe 0; and
            the samples `[batch, fewer than window_length]` that the next frames need.

        Example:

        >>> import numpy as np
        >>> layer, wave = LogMel(rate=8000, mel_bins=20), np.ones((1, 500), "float32")
        >>> frames, rest = layer.stream(wave[:, :300])
        >>> more, rest = layer.stream(wave[:, 300:], rest)
        >>> frames.shape[1] + more.shape[1] == layer(wave).shape[1]
        True
        """
        samples = ops.cast(samples, "float32")
        if rest is not None:
            samples = ops.concatenate([rest, samples], axis=1)
        frames = self.frames_of(ops.shape(samples)[1])
        return self(samples), samples[:, frames * self.hop_length :]

    def get_config(self):
        return {
            **super().get_config(),
            "rate": self.rate,
            "window_length": self.window_length,
            "hop_length": self.hop_length,
            "fft_length": self.fft_length,
            "mel_bins": self.mel_bins,
            "lowest_frequency": self.lowest_frequency,
            "highest_frequency": self.highest_frequency,
            "mel_scale": self.mel_scale,
            "log_floor": self.log_floor,
        }
