"""Sound as what a model reads: samples at one rate, of files of every kind or of arrays."""

from __future__ import annotations

import io
import sys
import wave
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs.input import Array, Input, Raw
from zoo.inputs.sound_files import is_recording, read_sound, sound_blocks
from zoo.inputs.sound_pauses import cut_at_pauses

if TYPE_CHECKING:
    import tensorflow as tf


@keras.saving.register_keras_serializable(package="zoo")
class Sound(Input):
    """Recordings of one voice or many, as samples at one rate.

    An item is the path of a file, its bytes, an array at the model's rate, or a pair of an array
    and its own rate in samples a second. Files are whatever soundfile reads (wav, flac, ogg, mp3
    and more), of 8 to 32 bits and any rate. Arrays are `[samples]` or `[samples, channels]`: float
    from -1 to 1, or whole numbers as files hold them. Channels are mixed to their mean, and soxr
    brings what has another rate to the model's.

    Args:
        rate: samples a second that the model reads.

    Raises:
        ConfigError: if the rate is not above 0.

    Example:

    >>> import numpy as np
    >>> (prepared,) = Sound(8000).prepare([np.zeros(4000, "int16")])
    >>> prepared["audio"].dtype, int(prepared["lengths"])
    (dtype('float32'), 4000)
    """

    kind = "audio"
    one, many = "a recording", "recordings"
    advice = "give paths, bytes, arrays, or pairs of an array and its rate"
    raw = {"audio": Raw("float32", (None,)), "lengths": Raw("int32")}

    def __init__(self, rate: int = 16000, **kwargs):
        super().__init__(**kwargs)
        self.rate = int(rate)
        if self.rate < 1:
            raise ConfigError(f"Sound has a rate above 0 samples a second, not {rate}.")

    @property
    def arrays(self) -> dict[str, Array]:
        """`audio`, samples, and `lengths`, how many there are."""
        return {"audio": Array((None,), "float32"), "lengths": Array((), "int32")}

    @property
    def samples(self) -> tuple[np.ndarray, ...]:  # type: ignore[override]
        """Three arrays: a tone that rises, a second of noise, and nothing."""
        time = np.arange(self.rate // 2) / self.rate
        tone = 0.3 * np.sin(2 * np.pi * (200 + 500 * time) * time)
        noise = np.random.default_rng(0).normal(size=self.rate) / 50
        return tone.astype("float32"), noise.astype("float32"), np.zeros(0, "float32")

    def is_item(self, value: Any) -> bool:
        """Whether it is a path, bytes, an array, or a pair of an array and its rate."""
        return is_recording(value)

    def prepare(self, items: Sequence[Any], names=None) -> list[dict[str, np.ndarray]]:
        """Reads recordings.

        Returns:
            For each `audio`, float32 `[samples]` at the model's rate, and `lengths`, how many.

        Raises:
            ConfigError: if one is no recording, is cut off, or has no sound; the message names it.
            MissingFileError: if there is no such file.
        """
        found = [read_sound(item, self.rate) for item in items]
        return [{"audio": one, "lengths": np.array(len(one), "int32")} for one in found]

    def blocks(self, item: Any) -> Iterator[np.ndarray]:
        """A recording in pieces, float32 `[samples]`, for what is too long to be read at once.

        Raises:
            ConfigError, MissingFileError: as `prepare` does.
        """
        return sound_blocks(item, self.rate)

    def cut(self, blocks: Iterable[np.ndarray], longest: int | None = None) -> Iterator[np.ndarray]:
        """Samples in parts, each cut off where it is quietest in its last two thirds.

        Args:
            blocks: float32 `[samples]` each, such as `blocks` gives them.
            longest: samples of the longest part, at least 3. None: half a minute of them.

        Yields:
            float32 `[samples]`, which are those of the blocks when they are joined; see
            `zoo.inputs.sound_pauses.cut_at_pauses`.
        """
        return cut_at_pauses(blocks, longest or 30 * self.rate, self.rate // 5)

    def in_graph(self, raw: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Takes samples as they are; what is beyond their lengths becomes 0."""
        import tensorflow as tf

        is_real = tf.sequence_mask(raw["lengths"], tf.shape(raw["audio"])[1])
        return {"audio": tf.where(is_real, raw["audio"], 0.0), "lengths": raw["lengths"]}

    def wav_in_graph(self, wav: tf.Tensor) -> dict[str, tf.Tensor]:
        """Decodes wav files of 16 bits at this rate, mixing channels to their mean.

        The graph refuses other rates, which it cannot resample, and other files.

        Args:
            wav: strings `[batch]`, whole files; an empty one is no sound.

        Returns:
            `audio` and `lengths` of them, see `arrays`.
        """
        import tensorflow as tf

        sentence = f"A wav file has {self.rate} samples a second here: resample it first."

        def decoded(content):
            samples, rate = tf.audio.decode_wav(content)
            is_right = tf.debugging.assert_equal(rate, self.rate, sentence)
            with tf.control_dependencies([is_right]):
                return tf.reduce_mean(samples, axis=1)

        def samples_of(content):
            is_there = tf.strings.length(content) > 0
            return tf.cond(is_there, lambda: decoded(content), lambda: tf.zeros([0]))

        spec = tf.RaggedTensorSpec([None], tf.float32, 0)
        found = tf.map_fn(samples_of, wav, fn_output_signature=spec)
        return {"audio": found.to_tensor(), "lengths": tf.cast(found.row_lengths(), tf.int32)}

    def wav_of(self, items: Sequence[Any]) -> list[bytes]:
        """Items as wav files of 16 bits and one channel, of which one without samples is empty."""
        found = []
        for item in items:
            samples, content = read_sound(item, self.rate), io.BytesIO()
            whole = np.clip(np.rint(samples * 32768.0), -32768, 32767).astype("<i2")
            with wave.open(content, "wb") as file:
                file.setparams((1, 2, self.rate, len(whole), "NONE", ""))
                file.writeframes(whole.tobytes())
            found.append(content.getvalue() if len(whole) else b"")
        return found

    def raw_of(self, items: Sequence[Any]) -> dict[str, list]:
        """The samples of items, filled up with 0 to one length, and how many there are."""
        found = [read_sound(item, self.rate) for item in items]
        time = max(map(len, found), default=0)
        return {
            "audio": [np.pad(one, (0, time - len(one))) for one in found],
            "lengths": [np.int32(len(one)) for one in found],
        }

    def meaning(self) -> dict[str, Any]:
        """The rate that a graph's samples have."""
        return {"rate": self.rate}

    @classmethod
    def read(cls, argument: str) -> Path | bytes:
        """The path of a file, which must be there; of "-" the bytes of standard input."""
        if argument == "-":
            return sys.stdin.buffer.read()
        path = Path(argument)
        if not path.exists():
            raise MissingFileError(f"There is no file of sound {argument!r}.")
        return path

    def get_config(self):
        return {"name": self.name, "rate": self.rate}
