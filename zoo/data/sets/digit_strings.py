"""Digits spoken one after another, made of FSDD's recordings, as a tfds data set."""

from __future__ import annotations

import io

import numpy as np
import tensorflow_datasets as tfds

from zoo.data.recordings import recording_features
from zoo.data.sets.fsdd import RATE, read_digits
from zoo.data.sound import coloured_noise
from zoo.data.spoken_strings import spoken_string, voices_of
from zoo.inputs.sound_files import read_sound

_STRINGS = 300  # of each split
_MOST = 8  # digits of a string
_MIXED = 0.2  # of the strings, in which several speak
_NOISE = (5.0, 30.0)  # decibels below the digits
_NOISES = 50  # between white and brown
# The seeds of what is drawn, and the recordings that it is drawn from.
_DRAWN = {
    "validation": (1, "validation", _NOISE),
    "test": (3, "test", _NOISE),
    "test_clean": (4, "test", None),
}


def draw_strings(digits: dict[str, list[dict]], split: str) -> list[dict]:
    """The strings of a split of which there are always the same.

    Args:
        digits: what `read_digits` gives.
        split: "validation", "test" or "test_clean".

    Returns:
        Of each `audio`, a FLAC file of 16 bits as uint8 `[bytes]`, `text`, `name`, `speaker`,
        `phones` and `ends`.
    """
    import soundfile

    seed, source, decibels = _DRAWN[split]
    rng, found = np.random.default_rng(seed), []
    said = [(one["speaker"], one["audio"].tobytes(), one["text"]) for one in digits[source]]
    voices = voices_of(said, RATE)
    noises = [coloured_noise(1 << 16, rng, rng.uniform(0, 2)) for _ in range(_NOISES)]
    for number in range(_STRINGS):
        speakers = voices
        if rng.random() >= _MIXED:
            name = sorted(voices)[int(rng.integers(len(voices)))]
            speakers = {name: voices[name]}
        words = int(rng.integers(1, _MOST + 1))
        string = spoken_string(
            speakers, rng, rate=RATE, words=words, mixed=1.0, decibels=decibels, noises=noises
        )
        file = io.BytesIO()
        soundfile.write(file, string.samples, RATE, format="FLAC", subtype="PCM_16")
        found.append(
            {
                "audio": np.frombuffer(file.getvalue(), np.uint8),
                "text": string.text,
                "name": f"{split}_{number}",
                "speaker": next(iter(speakers)) if len(speakers) == 1 else "several",
                "phones": string.phones,
                "ends": string.ends,
            }
        )
    return found


def _single(digit: dict) -> dict:
    end = len(read_sound(digit["audio"].tobytes(), RATE)) / RATE
    return {**digit, "phones": [digit["text"]], "ends": np.array([end], "float32")}


with tfds.core.registered.skip_registration():

    class DigitStrings(tfds.core.GeneratorBasedBuilder):
        """Strings of 1 to 8 digits, 8 kHz, of the recordings of FSDD (Jackson et al. 2018).

        `test` and `validation` are 300 strings each of the recordings of FSDD's splits of these
        names, with pauses of 0 to 0.6 s before, between and after the digits and noise 5 to 30
        decibels below them; `test_clean` has 300 others without noise.
        Everyone's digits have one level, and in a fifth of the strings several speak. `train` has
        single digits, to be strung together anew (`zoo.data.string_batches`). `audio` is the file
        as uint8 `[bytes]` (`zoo.inputs.Sound` takes it), `text` the digits with nothing between
        them, such as "731", so that the error rate of characters is that of digits and the one of
        words that of strings; `phones` are the digits and, as "_", the pauses, and `ends` when each
        ends, float32, in seconds.
        """

        name = "digit_strings"
        VERSION = tfds.core.Version("1.0.0")

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Spoken digits one after another, with pauses and noise.",
                features=tfds.features.FeaturesDict(recording_features(has_phones=True)),
                supervised_keys=("audio", "text"),
                homepage="https://github.com/Jakobovski/free-spoken-digit-dataset",
                citation="Jackson et al. 2018, doi:10.5281/zenodo.1342401",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            digits = read_digits()
            found = {split: draw_strings(digits, split) for split in _DRAWN}
            found = {"train": [_single(one) for one in digits["train"]], **found}
            return {split: self._generate_examples(some) for split, some in found.items()}

        def _generate_examples(self, strings):
            yield from enumerate(strings)
