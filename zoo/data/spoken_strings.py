"""Strings of words spoken one after another, made of recordings of single words.

Somebody says a few words with pauses between them, and noise goes through words and pauses alike.
All is drawn from a generator, so a seed says all. Knows no model and no data set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from zoo.data.batching import generated_batches
from zoo.data.sound import add_noise, change_speed, coloured_noise
from zoo.errors import ConfigError
from zoo.inputs.sound_files import read_sound

if TYPE_CHECKING:
    import tensorflow as tf

SILENCE = "_"  # the phone of a pause
_LEVEL = 0.1  # root mean square of every word, before the loudness of the string
_POOL = 8  # batches whose strings are drawn together, and sorted by length
_LONGER = 5  # times as long is a long pause

# Recordings of words, float32 `[samples]`, and what is said in each, by who says it.
Voices = Mapping[str, Sequence[tuple[np.ndarray, str]]]


class SpokenString(NamedTuple):
    """Words that were spoken one after another.

    Attributes:
        samples: float32 `[samples]`.
        text: the words, with nothing between them.
        phones: the words and, as `SILENCE`, the pauses, in order.
        ends: float32 `[phones]`, when each ends, in seconds.
    """

    samples: np.ndarray
    text: str
    phones: tuple[str, ...]
    ends: np.ndarray


def voices_of(
    recordings: Iterable[tuple[str, Any, str]], rate: int, speeds: Sequence[float] = (1.0,)
) -> Voices:
    """Recordings of words by who says them, each at several speeds.

    Args:
        recordings: of each the speaker, what `zoo.inputs.Sound` reads, and the word.
        rate: samples a second that are wanted.
        speeds: see `change_speed`.

    Raises:
        ConfigError: for a recording that cannot be read, or a speed that is not above 0.
    """
    found: dict[str, list[tuple[np.ndarray, str]]] = {}
    for speaker, sound, text in recordings:
        samples = read_sound(sound, rate)
        spoken = [(change_speed(samples, speed), text) for speed in speeds]
        found.setdefault(speaker, []).extend(spoken)
    return found


def spoken_string(
    voices: Voices,
    rng: np.random.Generator,
    *,
    rate: int,
    words: int,
    pauses: tuple[float, float] = (0.0, 0.6),
    long_pauses: float = 0.0,
    mixed: float = 0.0,
    loudness: tuple[float, float] = (-20.0, 0.0),
    decibels: tuple[float, float] | None = None,
    noises: Sequence[np.ndarray] = (),
) -> SpokenString:
    """Draws words of somebody, pauses before, between and after them, and noise.

    Every word has one level, as if its speaker did not move, and the string a loudness.

    Args:
        voices: the recordings of each speaker, all at `rate`.
        rng: draws all.
        rate: samples a second.
        words: how many. 0: a pause alone, `pauses[1]` times as long as it may be at most.
        pauses: seconds of a pause, from and to.
        long_pauses: fraction of the pauses that are five times as long.
        mixed: fraction of the strings in which anyone says each word.
        loudness: decibels, from and to, by which a string is louder than words of a root mean
            square of 0.1. What is beyond -1 and 1 then is cut off.
        decibels: from and to, by which noise lies below the words, or with none below words of 0.1.
            None: there is no noise, and pauses are silent.
        noises: one of them is taken, each float32 `[samples]`. Empty: noise between white and brown
            is made.

    Raises:
        ConfigError: if there are no recordings or a number makes no sense.

    Example:

    >>> tone = np.sin(np.arange(800) / 4).astype("float32")
    >>> voices = {"ada": [(tone, "1"), (tone, "2")]}
    >>> found = spoken_string(voices, np.random.default_rng(2), rate=8000, words=3)
    >>> found.text, len(found.phones), len(found.samples) == round(found.ends[-1] * 8000)
    ('112', 7, True)
    """
    _require(voices, rate, words, pauses)

    def pause() -> np.ndarray:
        seconds = rng.uniform(*pauses) * (_LONGER if rng.random() < long_pauses else 1)
        return np.zeros(round(seconds * rate), "float32")

    names = sorted(voices)
    is_mixed = rng.random() < mixed
    speaker = names[int(rng.integers(len(names)))]
    parts, phones = [pause()], [SILENCE]
    for _ in range(words):
        if is_mixed:
            speaker = names[int(rng.integers(len(names)))]
        samples, text = voices[speaker][int(rng.integers(len(voices[speaker])))]
        parts += [_at_level(samples), pause()]
        phones += [text, SILENCE]
    if not words:
        parts = [np.zeros(max(round(rng.uniform(1, 10) * pauses[1] * rate), 2), "float32")]
    samples = np.concatenate(parts)
    if decibels is not None and len(samples) > 1:
        if len(noises):
            noise = noises[int(rng.integers(len(noises)))]
        else:
            noise = coloured_noise(len(samples), rng, rng.uniform(0, 2))
        samples = _noisy(samples, sum(map(len, parts[1::2])), noise, rng.uniform(*decibels), rng)
    samples = np.clip(samples * 10 ** (rng.uniform(*loudness) / 20), -1, 1).astype("float32")
    ends = np.cumsum([len(part) for part in parts]) / rate
    text = "".join(phone for phone in phones if phone != SILENCE)
    return SpokenString(samples, text, tuple(phones), ends.astype("float32"))


def _at_level(samples: np.ndarray) -> np.ndarray:
    own = np.sqrt(np.mean(np.square(samples, dtype="float64"))) if len(samples) else 0.0
    return (samples * (_LEVEL / own)).astype("float32") if own else samples


def _noisy(
    samples: np.ndarray,
    spoken: int,
    noise: np.ndarray,
    decibels: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """With noise so far below the words, which are `spoken` of the samples."""
    if not spoken or not samples.any():
        words = np.full_like(samples, _LEVEL)
        return add_noise(words, noise, decibels, rng) - words
    # Pauses have no power: what is so far below all of it is further below the words alone.
    return add_noise(samples, noise, decibels + 10 * np.log10(spoken / len(samples)), rng)


def _require(voices: Voices, rate: int, words: int, pauses: tuple[float, float]) -> None:
    if not voices or not all(len(spoken) for spoken in voices.values()):
        raise ConfigError("Spoken strings are made of recordings: give each voice one or more.")
    if words < 0 or rate < 1 or not 0 <= pauses[0] <= pauses[1]:
        raise ConfigError(
            "Spoken strings have at least 0 words, a rate above 0 and pauses from 0 seconds on, "
            f"not {words}, {rate} and {pauses}."
        )


def string_batches(
    voices: Voices,
    tokenizer: Any,
    *,
    rate: int,
    steps: int,
    rows: int = 16,
    most_words: int = 8,
    empty: float = 0.05,
    clean: float = 0.15,
    decibels: tuple[float, float] = (3.0, 40.0),
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
    **drawn: Any,
) -> tf.data.Dataset:
    """Batches of strings that are drawn anew every epoch, about as long each.

    Args:
        voices, rate: as for `spoken_string`.
        tokenizer: with `encode`, that of the texts.
        steps: batches of an epoch.
        rows: strings of a batch.
        most_words: strings have 1 word to this many.
        empty: fraction of the strings without a word.
        clean: fraction of the strings without noise.
        decibels: of the others, as for `spoken_string`.
        seed, epoch: of what is drawn.
        start: batches to leave out at the beginning, to go on where a run stopped.
        **drawn: more for `spoken_string`.

    Returns:
        A data set of `(inputs, labels)`: `audio` float32 `[rows, samples]`, filled up with 0, and
        `lengths` int32 `[rows]`; labels int32 `[rows, label time]`, filled up with 0.

    Raises:
        ConfigError: if a number makes no sense.
    """
    import tensorflow as tf

    if not 0 <= start <= steps or min(rows, most_words) < 1:
        raise ConfigError(
            f"An epoch of {steps} batches cannot start at {start}, or {rows} strings of at most "
            f"{most_words} words are no batch."
        )

    def string(rng: np.random.Generator) -> SpokenString:
        words = 0 if rng.random() < empty else int(rng.integers(1, most_words + 1))
        noise = None if rng.random() < clean else decibels
        return spoken_string(voices, rng, rate=rate, words=words, decibels=noise, **drawn)

    def generate():
        for first in range(start // _POOL * _POOL, steps, _POOL):
            rng = np.random.default_rng([seed, epoch, first])
            strings = sorted((string(rng) for _ in range(rows * _POOL)), key=_length)
            for number, place in enumerate(rng.permutation(_POOL), first):
                if start <= number < steps:
                    yield _laid_out(strings[place * rows : (place + 1) * rows], tokenizer)

    audio, ids = tf.TensorSpec([None, None], tf.float32), tf.TensorSpec([None, None], tf.int32)
    inputs = {"audio": audio, "lengths": tf.TensorSpec([None], tf.int32)}
    return generated_batches(generate, (inputs, ids), steps - start)


def _length(string: SpokenString) -> int:
    return len(string.samples)


def _laid_out(strings: Sequence[SpokenString], tokenizer: Any) -> tuple[Any, np.ndarray]:
    samples = [one.samples for one in strings]
    ids = [np.asarray(tokenizer.encode(one.text), "int32") for one in strings]
    lengths = np.array([len(one) for one in samples], "int32")
    return {"audio": _filled_up(samples), "lengths": lengths}, _filled_up(ids)


def _filled_up(rows: Sequence[np.ndarray]) -> np.ndarray:
    width = max(1, *(len(row) for row in rows))
    return np.stack([np.pad(row, (0, width - len(row))) for row in rows])
