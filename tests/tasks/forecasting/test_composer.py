"""Models of music: what is drawn, what is scored, what the command writes."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from small_composer import small_composer
from tiny_datasets import add_jsb_chorales

import zoo
from zoo.data import read_music
from zoo.errors import ConfigError
from zoo.inputs import Piece
from zoo.tasks.forecasting.evaluate_music import evaluate_music, mean_nats

PROMPT = Piece.parse("C3 G3 E4 C5, F3 A3 F4 C5")


def logits_of(model, chords):
    """The logits of the chord after silence and chords, float64 `[88]`."""
    series = np.concatenate([np.zeros((1, 88)), chords])[None].astype("float32")
    lengths = np.array([series.shape[1]], "int32")
    found = ops.convert_to_numpy(model({"series": series, "lengths": lengths}))
    return found[0, -1].astype("float64")


@pytest.fixture(scope="module")
def model():
    return small_composer()


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0, 2.0])
def test_keys_are_drawn_by_their_probabilities_one_chord_after_the_other(model, temperature):
    """Key for key: it sounds where a number drawn by the seed is below its probability."""
    noise = np.random.default_rng(np.random.SeedSequence(5).spawn(1)[0]).random((4, 1, 88))
    chords = PROMPT.roll.astype("float64")
    for step in range(4):
        logits = logits_of(model, chords)
        if temperature:
            keys = noise[step, 0] < 1 / (1 + np.exp(-logits / temperature))
        else:
            keys = logits > 0
        chords = np.concatenate([chords, keys[None]])
    found = model.generate(PROMPT, 4, temperature=temperature, seed=5)
    assert found == Piece.of_roll(chords) and found[:2] == PROMPT


def test_draws_are_as_frequent_as_they_are_probable(model):
    drawn = np.stack([piece.roll[2] for piece in model.generate([PROMPT] * 400, 1, seed=1)])
    probability = 1 / (1 + np.exp(-logits_of(model, PROMPT.roll)))
    gap = np.abs(drawn.mean(0) - probability)
    assert gap.max() < 5 * np.sqrt(0.25 / 400)


def test_a_seed_is_one_piece_and_a_list_is_its_pieces(model):
    one = model.generate("", 12, seed=3)
    assert one == model.generate("", 12, seed=3) != model.generate("", 12, seed=4)
    listed = model.generate([Piece(), PROMPT], 12, seed=3)
    assert listed[0] == one and listed[1][:2] == PROMPT and model.generate([]) == []


@pytest.mark.parametrize("config", [{}, {"body": "tcn", "layers": 2}, {"embedding_size": 4}])
def test_nats_are_the_sum_over_the_keys_of_each_chord(config):
    model = small_composer(**config)
    pieces = [Piece(PROMPT * 3), PROMPT]
    for piece, found in zip(pieces, model.chord_nats(pieces), strict=True):
        roll = piece.roll
        for step in range(len(piece)):
            probability = 1 / (1 + np.exp(-logits_of(model, roll[:step])))
            likelihood = np.where(roll[step] > 0, probability, 1 - probability)
            assert abs(found[step] + np.log(likelihood).sum()) < 1e-3
        assert found.shape == (len(piece),)


def test_scores_are_means_over_the_steps_of_all_pieces(model, tiny_mirror):
    add_jsb_chorales(tiny_mirror)
    pieces = read_music("jsb_chorales", "test")
    found = model.chord_nats(pieces)
    first, with_first = evaluate_music(model, datasets=["jsb_chorales"])
    steps = sum(len(piece) - 1 for piece in pieces)
    assert abs(first["value"] - sum(one[1:].sum() for one in found) / steps) < 1e-9
    whole = sum(one.sum() for one in found) / (steps + len(pieces))
    assert abs(with_first["value"] - whole) < 1e-9 and first["direction"] == "lower"
    assert mean_nats(model, "jsb_chorales") == first["value"]  # its splits are alike
    with pytest.raises(ConfigError, match="does not say what data set"):
        evaluate_music(model)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"temperature": -1}, "temperature"),
        ({"length": 0}, "length"),
        ({"prompt": "H1"}, "no note 'H1'"),
        ({"prompt": 5}, "wants a Piece"),
    ],
)
def test_bad_arguments_are_one_sentence(model, settings, message):
    with pytest.raises(ConfigError, match=message):
        model.generate(**settings)


@pytest.mark.parametrize("body, setting", [("tcn", {"cell": "gru"}), ("what", {})])
def test_a_setting_of_another_body_is_refused(body, setting):
    with pytest.raises(ConfigError, match="body"):
        zoo.build("music", body=body, **setting)
