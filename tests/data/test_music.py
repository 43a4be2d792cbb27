"""Batches of music: silence first, chords shifted by one, transposition, one order for a seed."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.data import Pieces, music_batches, plan_music
from zoo.data.music import transposed
from zoo.errors import ConfigError

RNG = np.random.default_rng(0)
PIECES = Pieces([(RNG.random((n, 88)) < 0.05).astype("uint8") for n in (5, 9, 12, 30, 31, 7)])
HOW = {"batch_tokens": 64, "boundaries": (10, 32)}


def batches(**settings):
    return list(music_batches(PIECES, **HOW, **settings).as_numpy_iterator())


def rolls(found):
    """The pieces of batches, without padding."""
    return [
        labels[row, : inputs["lengths"][row]]
        for inputs, labels, _ in found
        for row in range(len(labels))
        if inputs["lengths"][row]
    ]


def as_set(pieces):
    return sorted(np.asarray(piece, "uint8").tobytes() for piece in pieces)


def test_each_piece_is_there_once_and_is_read_one_chord_late():
    found = batches(seed=1)
    assert as_set(rolls(found)) == as_set(PIECES.rolls)
    for inputs, labels, weights in found:
        assert not inputs["series"][:, 0].any()
        real = np.arange(labels.shape[1]) < inputs["lengths"][:, None]
        late = np.where(real[:, 1:, None], labels[:, :-1], 0)
        np.testing.assert_array_equal(inputs["series"][:, 1:], late)
        assert (weights[~real] == 0).all() and abs(weights.mean() - 1) < 1e-5
        assert len(set(weights[real])) == 1


def test_the_plan_counts_them():
    plan = plan_music(PIECES, **HOW)
    found = batches()
    assert (plan.steps, plan.pieces, plan.left_out) == (len(found), 6, 0)
    assert plan.tokens == sum(map(len, PIECES.rolls))
    places = sum(weights.size for _, _, weights in found)
    assert abs(plan.padding - (1 - plan.tokens / places)) < 1e-9
    assert plan_music(PIECES, batch_tokens=64, boundaries=(10,)).left_out == 3


def test_one_seed_and_epoch_is_one_order_from_any_batch_on():
    whole = batches(seed=3, epoch=2, transpose=4)
    for begin in (0, 2):
        for one, other in zip(
            whole[begin:], batches(seed=3, epoch=2, transpose=4, start=begin), strict=False
        ):
            np.testing.assert_array_equal(one[1], other[1])
    other = batches(seed=3, epoch=3, transpose=4)
    assert any(
        a[1].shape != b[1].shape or (a[1] != b[1]).any() for a, b in zip(whole, other, strict=False)
    )


def test_pieces_are_moved_by_semitones_within_what_was_asked():
    middle = Pieces([np.eye(88, dtype="uint8")[[40, 44, 47]] for _ in range(40)])
    found = rolls(music_batches(middle, transpose=3).as_numpy_iterator())
    moved = {int(piece[0].argmax()) - 40 for piece in found}
    assert moved == set(range(-3, 4))
    for piece in found:
        assert np.diff(piece.argmax(-1)).tolist() == [4, 3]


@pytest.mark.parametrize("by, lowest", [(5, 85), (-90, 0), (1, 81)])
def test_notes_stay_on_the_keys(by, lowest):
    piece = np.eye(88, dtype="uint8")[[80, 82]]
    assert transposed(piece, by).argmax(-1).tolist() == [lowest, lowest + 2]
    assert not transposed(np.zeros((2, 88), "uint8"), 3).any()


def test_nothing_to_train_on_is_refused():
    with pytest.raises(ConfigError, match="at least one piece"):
        music_batches(Pieces([]))
