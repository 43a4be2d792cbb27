"""Prepared data sets: right pairs, in order, without the network, and never half of them."""

import random
import socket

import numpy as np
import pytest

from zoo import catalogue
from zoo.data import load_pairs, loading, read_pairs, references, sources
from zoo.data.sets import multi30k
from zoo.data.sets import tatoeba as tatoeba_module
from zoo.errors import ConfigError, DamagedFileError, UnknownNameError
from zoo.files import sha256_of
from zoo.registry import Entry, Registry


def prepared(mirror, name="multi30k", config="en-fr"):
    """The folder of a prepared data set."""
    return mirror.home / "datasets" / name / config / "1.0.0"


@pytest.fixture
def no_network(monkeypatch):
    """Makes every connection fail."""

    def refuse(*args, **kwargs):
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


def test_pairs_of_every_split_are_in_order(tiny_mirror, no_network):
    names = {"val": "validation"}
    for file, rows in tiny_mirror.descriptions.items():
        split = names.get(file, file)
        assert read_pairs("multi30k/en-fr", split) == [row[:2] for row in rows]


def test_both_directions_use_one_preparation(tiny_mirror):
    forward = read_pairs("multi30k/fr-de", "train")
    backward = read_pairs("multi30k/de-fr", "train")
    assert backward == [(b, a) for a, b in forward]
    assert not prepared(tiny_mirror, config="de-fr").exists()


def test_a_first_run_draws_the_same_numbers_as_a_second(tiny_mirror):
    drawn = []
    for _ in range(2):
        random.seed(1)
        np.random.seed(1)
        read_pairs("multi30k/en-fr", "train")
        drawn.append((random.random(), np.random.random()))
    assert drawn[0] == drawn[1]


def test_czech_has_the_splits_the_files_have(tiny_mirror):
    assert len(read_pairs("multi30k/en-cs", "test_2016_flickr")) == 4
    with pytest.raises(ConfigError, match="no split 'test_2017_flickr'.*test_2016_flickr"):
        load_pairs("multi30k/en-cs", "test_2017_flickr")


def test_mistakes_get_one_sentence(tiny_mirror):
    with pytest.raises(UnknownNameError, match="multi30k"):
        load_pairs("multi3k/en-fr", "train")
    with pytest.raises(ConfigError, match="multi30k/en-fr"):
        load_pairs("multi30k/en-it", "train")
    with pytest.raises(ConfigError, match="multi30k/en-fr"):
        load_pairs("multi30k", "train")
    with pytest.raises(ConfigError, match="validation"):
        load_pairs("multi30k/en-fr", "val")


def test_references_gather_all_translations(tiny_mirror):
    sources_, translations = references("tatoeba/en-fr", "test")
    assert len(sources_) == len(set(sources_)) == len(translations) > 0
    expected = {}
    for english, french in tiny_mirror.everyday:
        if english in sources_:
            expected.setdefault(english, []).append(french)
    assert dict(zip(sources_, translations, strict=True)) == expected
    assert max(map(len, translations)) == 2


@pytest.mark.parametrize("split", ["train", "test_2017_mscoco"])
def test_a_damaged_file_stops_before_anything_is_prepared(tiny_mirror, split):
    file = tiny_mirror.folder / f"multi30k/raw/{split}.fr.gz"
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    with pytest.raises(DamagedFileError) as error:
        load_pairs("multi30k/en-fr", "train")
    assert str(file) in str(error.value) and "\n" not in str(error.value)
    assert not prepared(tiny_mirror).exists()
    file.write_bytes(whole)
    assert len(read_pairs("multi30k/en-fr", "train")) == 12


def test_a_file_that_is_no_gzip(tiny_mirror, monkeypatch):
    path = "multi30k/raw/train.fr.gz"
    file = tiny_mirror.folder / path
    file.write_bytes(b"not packed")
    monkeypatch.setitem(
        sources.FILES, path, sources.SourceFile(path, "https://zoo.invalid", sha256_of(file))
    )
    with pytest.raises(DamagedFileError) as error:
        load_pairs("multi30k/en-fr", "train")
    assert str(file) in str(error.value)


def test_a_file_that_is_no_zip(tiny_mirror, monkeypatch):
    file = tiny_mirror.folder / tatoeba_module.path_of("fr")
    file.write_bytes(b"<html>please wait</html>")
    pin = sources.SourceFile(tatoeba_module.path_of("fr"), "https://zoo.invalid", sha256_of(file))
    monkeypatch.setitem(sources.FILES, tatoeba_module.path_of("fr"), pin)
    with pytest.raises(DamagedFileError) as error:
        load_pairs("tatoeba/en-fr", "train")
    assert str(file) in str(error.value)


def test_a_preparation_that_was_interrupted_leaves_nothing(tiny_mirror, monkeypatch):
    def interrupted(self, left, right):
        yield 0, {"en": left[0], "fr": right[0]}
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(multi30k.Multi30k, "_generate_examples", interrupted)
        with pytest.raises(KeyboardInterrupt):
            load_pairs("multi30k/en-fr", "train")
    assert not prepared(tiny_mirror).exists()
    assert len(read_pairs("multi30k/en-fr", "train")) == 12


def test_a_folder_that_was_killed_half_way_is_prepared_again(tiny_mirror):
    prepared(tiny_mirror).mkdir(parents=True)  # empty, as an unpacking that never began
    assert len(read_pairs("multi30k/en-fr", "train")) == 12


@pytest.mark.parametrize("damage", ["removed", "cut"])
def test_a_prepared_file_that_is_damaged_is_prepared_again(tiny_mirror, damage):
    load_pairs("multi30k/en-fr", "train")
    (shard,) = prepared(tiny_mirror).glob("*train*")
    content = shard.read_bytes()
    shard.unlink() if damage == "removed" else shard.write_bytes(content[:-7])
    assert len(read_pairs("multi30k/en-fr", "train")) == 12


def test_prepared_data_with_unreadable_facts_is_prepared_again(tiny_mirror):
    load_pairs("multi30k/en-fr", "train")
    (prepared(tiny_mirror) / "dataset_info.json").write_text('{"name": "multi3')
    assert len(read_pairs("multi30k/en-fr", "train")) == 12


def test_two_processes_may_prepare_at_once(tiny_mirror, monkeypatch):
    """The slower one finds the quicker one's data when it is done, and takes that."""
    split_generators = multi30k.Multi30k._split_generators

    def overtaken(self, dl_manager):
        monkeypatch.setattr(multi30k.Multi30k, "_split_generators", split_generators)
        load_pairs("multi30k/en-fr", "train")
        return split_generators(self, dl_manager)

    monkeypatch.setattr(multi30k.Multi30k, "_split_generators", overtaken)
    assert len(read_pairs("multi30k/en-fr", "train")) == 12


def test_prepared_data_needs_no_files_any_more(tiny_mirror, monkeypatch):
    first = read_pairs("multi30k/en-fr", "train")
    monkeypatch.delenv("ZOO_DATA_MIRROR")
    assert read_pairs("multi30k/en-fr", "train") == first


def test_preparing_writes_nothing_to_stdout(tiny_mirror, capsys):
    load_pairs("multi30k/en-fr", "train")
    out, err = capsys.readouterr()
    assert out == "" and "Preparing multi30k/en-fr" in err
    load_pairs("multi30k/en-fr", "train")
    assert capsys.readouterr().err == ""


def test_data_sets_are_found_by_what_they_yield(monkeypatch):
    mine = Registry("dataset")
    text = dict(yields="tagged", of="text")
    for name, target, about in (
        ("with-configs", "zoo.data.sets.universal_dependencies:UniversalDependencies", text),
        ("whole", "zoo.data.sets.imdb:IMDB", text),
        ("of-images", "zoo.data.sets.imdb:IMDB", dict(yields="tagged", of="image")),
        ("labelled", "zoo.data.sets.imdb:IMDB", dict(yields="labelled", of="text")),
        ("broken", "zoo.no_such_module:Thing", text),
    ):
        mine.add(Entry("dataset", name, target, catalogue.ZOO, about))
    monkeypatch.setattr(catalogue, "datasets", mine)
    found = loading.datasets_that_yield("tagged", "text")
    assert [name for name, _ in found] == ["whole", "with-configs/ewt", "with-configs/sequoia"]
    assert [getattr(config, "language", None) for _, config in found] == [None, "en", "fr"]
    assert loading.datasets_that_yield("pairs", "text") == []
