"""E-mails and their subject lines: the files read, written as in the mail, in batches."""

from __future__ import annotations

import tarfile
import zipfile

import numpy as np
import pytest
from tiny_datasets import add_aeslc, mail

from zoo.data import (
    Summarised,
    encode_summaries,
    plan_summaries,
    read_summaries,
    summary_batches,
)
from zoo.data.sets import aeslc
from zoo.data.summarised import written_as_in
from zoo.errors import ConfigError, DamagedFileError
from zoo.inputs.samples import characters

SPLITS = ("train", "validation", "test")


def test_every_split_has_its_own_mails_and_the_lines_of_others(tiny_mirror):
    add_aeslc(tiny_mirror)
    found = {split: read_summaries("aeslc", split) for split in SPLITS}
    assert [len(found[split]) for split in SPLITS] == [40, 40, 40]
    text, subject = mail(0)
    assert found["train"][0] == Summarised(text, subject, ())
    assert found["test"][0].others == ("budget 0", "for 1")  # the empty third is none
    texts = [{one.text for one in found[split]} for split in SPLITS]
    assert not texts[0] & texts[1] and not texts[0] & texts[2] and not texts[1] & texts[2]


def test_an_archive_that_is_downloaded_gives_the_same(tiny_mirror, monkeypatch, tmp_path):
    add_aeslc(tiny_mirror)
    path = aeslc.sources.fetch("aeslc/aeslc.tar.xz")
    expected = aeslc.read_splits()
    with tarfile.open(path) as packed, zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        for member in packed:
            name = member.name.replace("aeslc/", "AESLC-7afc/", 1)
            out.writestr(name, packed.extractfile(member).read())
        out.writestr("AESLC-7afc/README.md", "no e-mail")
    monkeypatch.setattr(aeslc.sources, "fetch", lambda path: tmp_path / "a.zip")
    assert aeslc.read_splits() == expected


@pytest.mark.parametrize("content", ["Hello.", "Hello.\n\n@subject\n", "\n@subject\nHello"])
def test_a_file_without_mail_or_subject_is_found_out(content):
    with pytest.raises(ValueError, match="no e-mail with a subject"):
        aeslc.parsed(content)


def test_an_archive_without_mails_is_refused(tmp_path, monkeypatch):
    with tarfile.open(tmp_path / "a.tar.xz", "w:xz"):
        pass
    monkeypatch.setattr(aeslc.sources, "fetch", lambda path: tmp_path / "a.tar.xz")
    with pytest.raises(DamagedFileError, match="it has too few e-mails"):
        aeslc.read_splits()


def test_words_are_written_as_the_text_has_them():
    text = "Please send the draw file to EOL, the Draw File of gas."
    assert written_as_in(text, "SEND the eol") == "send the EOL"
    assert written_as_in(text, "Draw file") == "Draw file"  # both are there as they are
    assert written_as_in(text, "Nothing Of It") == "Nothing of It"


def test_a_long_text_is_cut_and_a_summary_is_not():
    tokenizer = characters()
    cut = type(tokenizer)(tokenizer.proto, longest=4)
    examples = [Summarised("abcdefg", "abcdefg"), Summarised("ab", "c")]
    found = encode_summaries(examples, cut)
    whole = tokenizer.encode(["abcdefg", "ab", "c"])
    rows = np.split(found.source, found.source_starts[1:-1])
    assert rows[0].tolist() == [*whole[0][:4], 3] and rows[1].tolist() == [*whole[1], 3]
    targets = np.split(found.target, found.target_starts[1:-1])
    assert targets[0].tolist() == [2, *whole[0], 3] and targets[1].tolist() == [2, *whole[2], 3]
    with pytest.raises(ConfigError, match="no summaries"):
        encode_summaries([], tokenizer)


def encoded(count=23):
    rng = np.random.default_rng(0)
    letters = "abcdefgh"
    examples = [
        Summarised(
            "".join(rng.choice(list(letters), rng.integers(1, 60))),
            "".join(rng.choice(list(letters), rng.integers(1, 9))),
        )
        for _ in range(count)
    ]
    return encode_summaries(examples, characters())


def test_each_pair_is_in_an_epoch_once_and_targets_are_as_long_as_they_need_to_be():
    pairs = encoded()
    how = dict(batch_tokens=128, boundaries=(16, 32, 64))
    plan = plan_summaries(pairs, **how)
    assert plan.left_out == 0 and plan.tokens == len(pairs.target) - len(pairs)
    seen, batches, read, positions = [], 0, 0, 0
    for inputs, labels, weights in summary_batches(pairs, seed=2, **how).as_numpy_iterator():
        batches += 1
        read, positions = read + (inputs["source"] != 0).sum(), positions + inputs["source"].size
        longest = (labels != 0).sum(1).max()
        assert labels.shape[1] == inputs["target"].shape[1] == -(-longest // 4) * 4
        for source, target, label, weight in zip(*inputs.values(), labels, weights, strict=True):
            steps = int(weight.sum())
            if not steps:
                assert not target.any() and not label.any() and not source.any()
                continue
            assert target[0] == 2 and label[steps - 1] == 3
            assert target[1:steps].tolist() == label[: steps - 1].tolist()
            assert not target[steps:].any() and not label[steps:].any()
            seen.append((*source[source != 0], -1, *label[:steps]))
    wanted = [
        (
            *pairs.source[slice(*pairs.source_starts[i : i + 2])],
            -1,
            *pairs.target[slice(*pairs.target_starts[i : i + 2])][1:],
        )
        for i in range(len(pairs))
    ]
    assert batches == plan.steps and sorted(seen) == sorted(wanted)
    assert plan.padding == pytest.approx(1 - read / positions)


def test_an_epoch_goes_on_where_it_stopped():
    pairs, how = encoded(), dict(batch_tokens=128, boundaries=(16, 32, 64), seed=1, epoch=2)
    whole = [labels.tolist() for _, labels, _ in summary_batches(pairs, **how).as_numpy_iterator()]
    rest = summary_batches(pairs, start=3, **how).as_numpy_iterator()
    assert [labels.tolist() for _, labels, _ in rest] == whole[3:]


def test_the_real_file(data_mirror):
    splits = [read_summaries("aeslc", name) for name in SPLITS]
    assert [len(split) for split in splits] == [14_436, 1_960, 1_906]
    assert all(one.text and one.summary for split in splits for one in split)
    assert not any(one.others for one in splits[0])
    assert sum(len(one.others) for one in splits[2]) > 3 * 1_900
