"""The contract of every data set of the zoo; and that a broken one is found out."""

from __future__ import annotations

import dataclasses
import random
import socket

import pytest
from tiny_datasets import SST_FILE, TINY, add_sst

import zoo
from zoo import catalogue
from zoo.catalogue import ZOO
from zoo.data import sources
from zoo.data.sets import sst
from zoo.testing import ContractError, check_dataset


def of_the_zoo():
    """What plugins register reads files that only their own tests have."""
    return [name for name in zoo.list_datasets() if catalogue.datasets.entry(name).owner == ZOO]


@pytest.mark.parametrize("dataset", of_the_zoo())
def test_dataset(dataset, request):
    """With made-up files where there are some, else with the real ones."""
    for name, add in TINY.items():
        if name.partition("/")[0] == dataset:
            mirror = request.getfixturevalue("tiny_mirror")
            if add is not None:
                add(mirror)
            return check_dataset(name)
    request.getfixturevalue("data_mirror")
    check_dataset(dataset)


# Broken data sets -------------------------------------------------------------------------------


def without_a_pin(monkeypatch):
    pinned = dataclasses.replace(sources.FILES[SST_FILE], url="trees.zip")
    monkeypatch.setitem(sources.FILES, SST_FILE, pinned)


def asks_a_server(monkeypatch):
    read, server = sst.read_trees, socket.create_server(("127.0.0.1", 0))

    def read_with_a_call(split):
        socket.create_connection(server.getsockname()).close()
        return read(split)

    monkeypatch.setattr(sst, "read_trees", read_with_a_call)


def in_any_order(monkeypatch):
    labelled = sst.labelled

    def shuffled(*arguments, **settings):
        texts = labelled(*arguments, **settings)
        return random.SystemRandom().sample(texts, len(texts))

    monkeypatch.setattr(sst, "labelled", shuffled)


def takes_anything(monkeypatch):
    read = sst.read_trees

    def read_or_make_up(split):
        try:
            return read(split)
        except zoo.errors.DamagedFileError:
            return [[(4, ("warm",))]]

    monkeypatch.setattr(sst, "read_trees", read_or_make_up)


def says_it_in_two_lines(monkeypatch):
    read = sst.read_trees

    def read_or_complain(split):
        try:
            return read(split)
        except zoo.errors.DamagedFileError as error:
            raise type(error)(f"{error}\nSorry.") from error

    monkeypatch.setattr(sst, "read_trees", read_or_complain)


def loses_a_row(monkeypatch):
    from zoo.data import labelled

    pad = labelled._pad_batch

    def pad_fewer(texts, rows, length):
        rows[0] = -1
        return pad(texts, rows, length)

    monkeypatch.setattr(labelled, "_pad_batch", pad_fewer)


@pytest.mark.parametrize(
    "fault, clause",
    [
        (without_a_pin, 2),
        (asks_a_server, 2),
        (in_any_order, 5),
        (takes_anything, 6),
        (says_it_in_two_lines, 6),
        (loses_a_row, 7),
    ],
)
def test_a_broken_data_set_fails_with_its_clause(tiny_mirror, monkeypatch, fault, clause):
    add_sst(tiny_mirror)
    fault(monkeypatch)
    where = r"zoo\.testing\.CONTRACTS\['dataset'\]"
    with pytest.raises(ContractError, match=f"^dataset contract, clause {clause}: .*{where}"):
        check_dataset("sst/fine")


def test_no_such_config(tiny_mirror):
    with pytest.raises(ContractError, match="clause 1: .* it has the configs fine, binary"):
        check_dataset("sst/six")
