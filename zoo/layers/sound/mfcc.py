"""Mel-frequency cepstral coefficients, from samples, within the graph."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.sound.log_mel import LogMel
from zoo.layers.sound.mel import cosine_transform


@keras.saving.register_keras_serializable(package="zoo")
class MFCC(LogMel):
    """Mel-frequency cepstral coefficients (Davis and Mermelstein 1980): the cosines in `LogMel`.

    The first `coefficients` of the orthonormal cosine transform of type 2 of the natural
    logarithms; libraries that take decibels give `10 / log(10)` times as much.

    Args:
        coefficients: features of a frame, at most `mel_bins`.
        rate, mel_bins, **kwargs: as for `LogMel`.

    Inputs float32 `[batch, samples]`, and `mask`, bool `[batch, samples]`. Outputs `[batch, frames,
    coefficients]`, masked as by `LogMel`.

    Raises:
        ConfigError: if the numbers do not go together.

    Example:

    >>> import keras
    >>> tuple(MFCC(13, rate=8000)(keras.ops.zeros((1, 8000))).shape)
    (1, 98, 13)
    """

    def __init__(self, coefficients: int = 13, rate: int = 16000, mel_bins: int = 40, **kwargs):
        super().__init__(rate=rate, mel_bins=mel_bins, **kwargs)
        self.coefficients = int(coefficients)
        if not 0 < self.coefficients <= self.mel_bins:
            raise ConfigError(
                f"Of {self.mel_bins} mel_bins there are 1 to {self.mel_bins} coefficients, not "
                f"{self.coefficients}."
            )
        self.transform = cosine_transform(self.mel_bins, self.coefficients)

    @property
    def output_size(self) -> int:
        """Features of a frame."""
        return self.coefficients

    def features(self, log_mel: Any) -> Any:
        """The coefficients of the logarithms, float32 `[batch, frames, coefficients]`."""
        return ops.matmul(log_mel, ops.convert_to_tensor(self.transform, "float32"))

    def get_config(self):
        return {**super().get_config(), "coefficients": self.coefficients}
