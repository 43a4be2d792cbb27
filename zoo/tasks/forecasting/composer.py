"""Autoregressive, of chords: a forecaster that writes music."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import keras
import numpy as np
from keras import ops

from zoo.backend.compiled import Compiled
from zoo.checked import Between, Strength, checked
from zoo.inputs.piece import Piece
from zoo.tasks.forecasting.forecaster import Forecaster

Length = Annotated[int, Between(1, 100_000)]


@keras.saving.register_keras_serializable(package="zoo")
class Composer(Forecaster):
    """A `Forecaster` of vectors of zeros and ones, the keys of a piano, a chord a step.

    Called on `{"series": [batch, time, keys], "lengths": int [batch]}` it gives the logits of the
    keys of the chord after each, `[batch, time, keys]`. Its head is `zoo.layers.BernoulliHead`, its
    input `zoo.inputs.Notes`: keys of one chord are independent given the chords before it
    (Boulanger-Lewandowski et al. 2012, arXiv:1206.6392, section 7, "RNN").
    """

    export_signatures = "zoo.tasks.forecasting.composer_signatures:ComposerSignatures"
    verb_name = "generate"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._compiled: Compiled | None = None

    @checked(but=("prompt",))
    def generate(
        self,
        prompt: Any = "",
        length: Length = 64,
        *,
        temperature: Strength = 1.0,
        seed: int | None = None,
    ) -> Piece | list[Piece]:
        """Continues a piece of music, or each of a list.

        Each key of a chord is drawn by its own probability, and what was drawn is read before the
        next chord. A list gives what its prompts give one by one with the same seed and place.

        Args:
            prompt: how the piece begins: a `zoo.inputs.Piece`, names of notes such as "C3 G3 E4
                C5", the path of a MIDI file, an array `[steps, 88]` of zeros and ones, or a list
                of these. "": it begins with a chord of its own.
            length: chords that are added, a quarter note each.
            temperature: what the logits of keys are divided by: below 1 sharpens, above 1 flattens;
                0 takes each key that is more probable than not.
            seed: a whole number, for the same music every time. None: other music every time.

        Returns:
            The prompt and what follows as a `Piece`, which `save("bach.mid")` writes; a list of
            them where `prompt` is a list.

        Raises:
            ConfigError, MissingFileError: for a prompt that cannot be read, or a bad argument.

        Example: `zoo.load("music-jsb").generate("C3 G3 E4 C5", 32, seed=1).save("bach.mid")`.
        """
        prompts, is_one = self.listed("generate", prompt)
        prepared = self.input.prepare(prompts)
        found: list[Any] = [None] * len(prompts)
        noise = self._noise(len(prompts), length, temperature, seed)
        for places, arrays in self.batches(prepared):
            drawn = self.drawn(arrays["series"], arrays["lengths"], noise[places])
            for place, chords in zip(places, drawn, strict=True):
                before = prepared[place]["series"][1:]  # without the silence
                found[place] = Piece.of_roll(np.concatenate([before, chords]))
        return found[0] if is_one else found

    def _noise(self, count: int, length: int, temperature: float, seed: int | None) -> np.ndarray:
        """What keys are drawn by, float32 `[pieces, length, 1, keys]`.

        A key sounds where a number from 0 to 1 is below the sigmoid of its logit over the
        temperature; that is where the sigmoid of the temperature times the number's own logit is
        below the sigmoid of the key's.
        """
        shape = (length, 1, self.columns)
        seeds = np.random.SeedSequence(seed).spawn(count)
        drawn = [np.random.default_rng(one).random(shape) for one in seeds]
        even = np.stack(drawn) if drawn else np.zeros((0, *shape))
        even = np.clip(even, 1e-12, 1 - 1e-12)
        logit = temperature * (np.log(even) - np.log1p(-even))
        return (1 / (1 + np.exp(-np.clip(logit, -80, 80)))).astype("float32")

    def chord_nats(self, pieces: Sequence[Any]) -> list[np.ndarray]:
        """How unlikely each chord is, given all before it.

        Args:
            pieces: as `generate` takes them, at least a chord long.

        Returns:
            For each piece its negative log-likelihoods in nats, float64 `[steps]`: of each chord
            the sum over the 88 keys.

        Raises:
            ConfigError, MissingFileError: for a piece that cannot be read.
        """
        if self._compiled is None:

            def run(series, lengths):
                logits = self({"series": series, "lengths": lengths}, training=False)
                nats = ops.softplus(logits[:, :-1]) - series[:, 1:] * logits[:, :-1]
                return (ops.sum(nats, axis=-1),)

            self._compiled = self.compiled_over_arrays(run)
        prepared = self.input.prepare(pieces)
        found: list[Any] = [None] * len(prepared)
        for places, arrays in self.batches(prepared):
            for place, row in zip(places, self._compiled(*arrays.values())[0], strict=True):
                found[place] = row[: int(prepared[place]["lengths"]) - 1].astype("float64")
        return found
