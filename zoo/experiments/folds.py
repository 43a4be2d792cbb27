"""Classifiers of clips over a network that is not trained, fold by fold: what it says is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from zoo import files
from zoo.data.labelled_clips import LabelledClip, clip_batches, clip_steps, encode_clips
from zoo.errors import ConfigError
from zoo.inputs.video_files import clip_pieces
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.optimizers import adam
from zoo.training.schedules import schedule_of

_FLOOR = 0.3  # part of the mean power that is added to each component's
_PIECE = 64  # frames that are in memory before they are seen


class Vectors(NamedTuple):
    """What a network says of clips' frames.

    Attributes:
        plain: of each clip float32 `[time, features]`.
        mirrored: the same of the clip turned left to right.
        labels: what each shows.
        groups: what each was recorded with.
    """

    plain: list[np.ndarray]
    mirrored: list[np.ndarray]
    labels: np.ndarray
    groups: np.ndarray


def vectors_of(model: Any, clips: Sequence[LabelledClip], path: Path) -> Vectors:
    """What the network of a model's features says of clips, kept in a file, on its own scale.

    Args:
        model: a `ClipClassifier` with a `zoo.layers.ClipEncoder`.
        clips: what it sees.
        path: of the file; made if it is not there.
    """
    if not path.exists():
        found = [_seen(model, one.clip, turned) for turned in (False, True) for one in clips]
        path.parent.mkdir(parents=True, exist_ok=True)
        with files.replacing(path) as part, open(part, "wb") as file:
            np.savez(file, values=np.concatenate(found), counts=[len(one) for one in found])
    with np.load(path) as kept:
        values, counts = kept["values"].astype("float32"), kept["counts"]
    both = np.split(values, np.cumsum(counts)[:-1])
    names = (np.array([getattr(one, what) for one in clips]) for what in ("label", "group"))
    return Vectors(both[: len(clips)], both[len(clips) :], *names)


def _seen(model: Any, clip: Any, is_turned: bool) -> np.ndarray:
    """Float16 `[time, features]`."""
    frames = np.concatenate(list(clip_pieces(clip, _PIECE)))
    frames = np.ascontiguousarray(frames[:, :, ::-1]) if is_turned else frames
    (arrays,) = model.input.prepare([frames])
    given = [np.asarray(arrays[name])[None] for name in model.graph_inputs]
    past, found = int(getattr(model.features, "past", 0)), []
    for begin in range(0, len(frames), _PIECE):
        first = max(begin - past, 0)
        part = [one[:, first : begin + _PIECE] if one.ndim > 1 else one for one in given]
        seen = keras.ops.convert_to_numpy(model.features.seen(*part))[0]
        found.append(seen[begin - first :].astype("float16"))
    return np.concatenate(found)


def scale(features: Any, clips: Sequence[np.ndarray]) -> None:
    """Brings vectors to one scale, by those of some clips.

    Each number gets mean 0 and deviation 1 over frames. Where `features` have a size, what becomes
    alike is the principal components of the clips' means, of which small ones tell actions apart as
    large ones do: components so whitened are brought to deviation 1 over frames, all together.

    Args:
        features: a `zoo.layers.ClipEncoder`.
        clips: of each what the network says, float32 `[time, seen_size]`.

    Raises:
        ConfigError: if there are fewer clips than components.
    """
    joined = np.concatenate(clips)
    features.mean.assign(joined.mean(0))
    if features.size is None:
        features.deviation.assign(joined.std(0) + 0.02 * joined.std())
        return
    if len(clips) < features.size:
        raise ConfigError(f"{len(clips)} clips have no {features.size} components: take fewer.")
    means = np.stack([one.mean(0) for one in clips]) - joined.mean(0)
    _, deviations, components = np.linalg.svd(means / np.sqrt(len(means)), full_matrices=False)
    powers = np.square(deviations[: features.size])
    whitened = components[: features.size].T / np.sqrt(powers + _FLOOR * powers.mean())
    features.projection.assign(whitened / ((joined - joined.mean(0)) @ whitened).std())


def at_another_speed(most: float) -> Callable[[np.ndarray, np.random.Generator], np.ndarray]:
    """A change of a clip's vectors: a part of it, at most 1 / (1 + most) to 1 + most as fast."""

    def change(vectors: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        count = max(round(len(vectors) * rng.uniform(1 / (1 + most), 1 + most)), 1)
        last = len(vectors) - 1
        places = np.linspace(last * rng.uniform(0, 0.1), last * rng.uniform(0.9, 1), count)
        return vectors[np.rint(places).astype(int)]

    return change


class FoldTraining:
    """Trains one model on fold after fold, each from the same first weights and random states.

    Args:
        model: a `ClipClassifier` with a `zoo.layers.ClipEncoder`.
        epochs, learning_rate, smoothing, weight_decay, batch_steps, speed, seed: of a training.
    """

    def __init__(self, model: Any, settings: Mapping[str, Any]):
        self.model, self.settings = model, dict(settings)
        kept = {id(weight) for weight in model.non_trainable_weights}  # of features that are given
        self._variables = [one for one in model.variables if id(one) not in kept]
        self._begin = [variable.numpy() for variable in self._variables]
        self._is_compiled = False

    def train(self, vectors: Vectors, chosen: np.ndarray) -> None:
        """Trains on the chosen clips, bool `[clips]`, and their mirror images."""
        how, model = self.settings, self.model
        rows = np.flatnonzero(chosen)
        frames = [*(vectors.plain[n] for n in rows), *(vectors.mirrored[n] for n in rows)]
        scale(model.features, frames)
        frames = [self.scaled(one) for one in frames]
        encoded = encode_clips(frames, [*vectors.labels[rows]] * 2, model.labels)
        batching = {"batch_steps": how["batch_steps"], "longest": 1 + how["speed"]}
        if not self._is_compiled:
            steps = clip_steps(encoded, **batching) * how["epochs"]
            rate = schedule_of("linear", how["learning_rate"], steps, steps // 10, 0.9)
            model.compile(
                optimizer=adam(rate, weight_decay=how["weight_decay"]),
                loss=SmoothedCrossEntropy(how["smoothing"]),
            )
            self._is_compiled = True
        for variable, value in zip(self._variables, self._begin, strict=True):
            variable.assign(value)
        for variable in model.optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))
        for epoch in range(how["epochs"]):
            change = {"change": at_another_speed(how["speed"]), **batching}
            batches = clip_batches(encoded, seed=how["seed"], epoch=epoch, **change)
            for inputs, labels, weights in batches.as_numpy_iterator():
                model.train_on_batch(inputs, labels, weights)

    def scaled(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors `[time, features]` on the scale of the clips that were trained on."""
        return keras.ops.convert_to_numpy(self.model.features.scaled(vectors))

    def right(self, vectors: Vectors, chosen: np.ndarray) -> np.ndarray:
        """Which of the chosen clips the model labels as they are, bool `[chosen]`."""
        found = []
        for number in np.flatnonzero(chosen):
            given = self.scaled(vectors.plain[number])[None]
            lengths = np.array([given.shape[1]], "int32")
            logits = self.model.predict_on_batch({"source": given, "lengths": lengths})
            found.append(self.model.labels[int(np.argmax(logits))] == vectors.labels[number])
        return np.array(found)


def right_by_fold(
    training: FoldTraining,
    vectors: Vectors,
    folds: Sequence[str],
    splits_of: Callable[[str], Mapping[str, Sequence[int]]],
    last: str,
    is_choosing: bool,
    sets: Mapping[str, Sequence[int]],
) -> Iterator[str]:
    """Trains on every fold, and says how many of its clips are told right, and then of each set.

    Args:
        training: of the model, which is in the end that of the fold `last`.
        vectors: of all clips, whose groups are numbers.
        folds: names that end in the number of the group that is tested, of two digits.
        splits_of: from a fold to the groups of "train", "validation" and "test".
        last: the fold that comes last.
        is_choosing: whether the validation group is asked about, and not trained on.
        sets: the groups that are averaged over, by name.

    Yields:
        Lines of text.
    """
    right: dict[str, np.ndarray] = {}
    groups = vectors.groups.astype(int)
    for fold in sorted(folds, key=lambda fold: fold == last):
        split = {name: np.isin(groups, numbers) for name, numbers in splits_of(fold).items()}
        more = np.zeros_like(groups, bool) if is_choosing else split["validation"]
        training.train(vectors, split["train"] | more)
        right[fold] = training.right(vectors, split["validation" if is_choosing else "test"])
        yield f"{fold}: {right[fold].sum()} of {len(right[fold])}"
    means = {}
    for name, numbers in sets.items():
        some = [right[fold] for fold in folds if int(fold[-2:]) in numbers]
        means[name] = 100 * float(np.mean(np.concatenate(some)))
    spread = np.std([100 * some.mean() for some in right.values()])
    each = ", ".join(f"{name} {value:.1f}" for name, value in means.items())
    yield f"{each}, mean {np.mean([*means.values()]):.1f}, between folds ± {spread:.1f}"
