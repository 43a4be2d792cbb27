"""Describing clips: the same searches over an encoder of frames; how it is scored and fed."""

from __future__ import annotations

import types

import keras
import numpy as np
import pytest
from tiny_datasets import add_vidvrd

import zoo
from zoo.data import read_described, spelling_batches
from zoo.data.transcribed import encoded_recordings
from zoo.errors import ConfigError, DamagedFileError
from zoo.inputs import SentencePieceTokenizer, Series, train_sentencepiece
from zoo.inputs.samples import characters
from zoo.tasks.sequence_to_sequence.describe import Describer, build_describe
from zoo.tasks.sequence_to_sequence.describe_sample import COLUMNS, SAMPLE
from zoo.tasks.sequence_to_sequence.evaluate_descriptions import description_rows

CLIPS = [np.random.default_rng(i).normal(size=(4 + i, len(COLUMNS))) for i in range(5)]


@pytest.fixture(scope="module", params=["additive", None], ids=["attention", "mean"])
def model(request):
    keras.utils.set_random_seed(1)
    settings = {k: v for k, v in SAMPLE.settings.items() if k != "vocabulary_size"}
    settings |= {"target_tokenizer": characters(), "attention": request.param}
    found = zoo.build("describe", **settings)
    rng = np.random.default_rng(2)
    for weight in found.weights:
        weight.assign(rng.normal(size=weight.shape))
    return found


def test_a_list_gives_what_its_clips_give(model):
    assert isinstance(model, Describer)
    listed = model.describe(CLIPS, beam_size=3)
    assert listed == [model.describe(clip, beam_size=3) for clip in CLIPS]
    assert len(set(listed)) > 1 and model.describe(np.zeros((0, 3))) == ""


def test_a_step_at_a_time_is_the_whole_sequence(model):
    found = model.describe(CLIPS, beam_size=3, return_attention=True)
    scored = model.score(CLIPS, found)
    np.testing.assert_allclose(
        [one.log_prob for one in found], [one.log_prob for one in scored], rtol=1e-4
    )


def test_what_is_no_clip_is_refused(model):
    with pytest.raises(ConfigError, match="2 columns, and the model reads 3"):
        model.describe(np.zeros((4, 2)))
    with pytest.raises(ConfigError, match="needs input"):
        build_describe(cell=None)


def test_a_tokenizer_of_whole_words():
    pytest.importorskip("sentencepiece")
    texts = ["dog move_beneath cat", "cat bite dog"]
    tokenizer = SentencePieceTokenizer(train_sentencepiece(texts, 8, "word"))
    assert [len(ids) for ids in tokenizer.encode(texts)] == [3, 3]
    assert tokenizer.decode(tokenizer.encode(texts)) == texts
    with pytest.raises(ConfigError, match="'char' or 'word', not 'words'"):
        train_sentencepiece(texts, 8, "words")


def test_batches_begin_with_a_begin():
    encoded = encoded_recordings(CLIPS[:2], Series(COLUMNS), [np.array([5, 6]), np.array([7])])
    how = dict(end_id=3, begin_id=2, batch_steps=30, shuffle=False)
    rows = {}
    for inputs, labels, weights in spelling_batches(encoded, **how).as_numpy_iterator():
        for target, label, weight in zip(inputs["target"], labels, weights, strict=True):
            if weight.any():
                count = int(weight.sum())
                rows[tuple(target[:count])] = tuple(label[:count])
    assert rows == {(2, 5, 6): (5, 6, 3), (2, 7): (7, 3)}


def test_clips_are_split_by_what_they_are(tiny_mirror):
    add_vidvrd(tiny_mirror)
    splits = {name: read_described("vidvrd", name) for name in ("train", "validation", "test")}
    assert sum(map(len, splits.values())) == 60 and all(splits.values())
    assert len(splits["train"]) > 30
    one = splits["test"][0]
    assert one.series.shape == (20, 256)
    assert one.text == ("dog bite ball" if one.series[:, 0].mean() > 5 else "cat sit_next_to dog")
    tiny_mirror.add("vidvrd/vidvrd.npz", b"no arrays")


def test_a_file_without_arrays_is_refused(tiny_mirror):
    tiny_mirror.add("vidvrd/vidvrd.npz", b"no arrays")
    with pytest.raises(DamagedFileError, match="no features and captions of clips"):
        read_described("vidvrd", "train")


def test_words_are_scored_place_by_place(tiny_mirror):
    add_vidvrd(tiny_mirror)
    texts = [one.text for one in read_described("vidvrd", "test")]
    dogs = sum(text.startswith("dog") for text in texts)
    stand_in = types.SimpleNamespace(
        describe=lambda items, beam_size: ["dog bite dog"] * len(items)
    )
    rows = {row["metric"]: row for row in description_rows(stand_in, "vidvrd", "test")}
    assert rows["subject right"]["value"] == rows["relation right"]["value"]
    assert rows["subject right"]["value"] == pytest.approx(100 * dogs / len(texts))
    assert rows["object right"]["value"] == pytest.approx(100 * (1 - dogs / len(texts)))
    assert rows["all words right"]["value"] == 0
    assert "commonest word:" in rows["object right"]["signature"]
    empty = types.SimpleNamespace(describe=lambda items, beam_size: [""] * len(items))
    assert not any(row["value"] for row in description_rows(empty, "vidvrd", "test"))


def test_the_real_file(data_mirror):
    splits = [read_described("vidvrd", name) for name in ("train", "validation", "test")]
    assert [len(split) for split in splits] == [342, 53, 52]
    assert all(len(one.text.split()) == 3 for split in splits for one in split)
