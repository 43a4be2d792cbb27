"""Photographs and captions: splits, both forms of the archive, and what is refused."""

from __future__ import annotations

import io
import zipfile

import pytest

from zoo.data import load_examples
from zoo.errors import DamagedFileError, OfflineError
from zoo.inputs.images import pixels_of

IMAGES = "flickr8k/Flickr8k_Dataset_224_avif.zip"
TEXT = "flickr8k/Flickr8k_text.zip"
SPLITS = {"train": ["b", "a"], "dev": ["c"], "test": ["d"]}


def zipped(members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as out:
        for name, text in members.items():
            out.writestr(name, text)
    return content.getvalue()


def text(captions=5):
    lines = [
        f"{name}.jpg#{i}\tPhotograph {name} , caption {i} ."
        for name in "abcd"
        for i in range(captions)
    ]
    lists = {
        f"Flickr_8k.{split}Images.txt": "\n".join(f"{name}.jpg" for name in names)
        for split, names in SPLITS.items()
    }
    return zipped({"Flickr8k.token.txt": "\n".join(lines), **lists})


def images(kind="jpg", names="abcd"):
    return zipped({f"Flicker8k_Dataset/{name}.{kind}": f"bytes of {name}" for name in names})


def read(split):
    return list(load_examples("flickr8k", split).as_numpy_iterator())


@pytest.mark.parametrize("kind", ["jpg", "avif"])
def test_splits(tiny_mirror, kind):
    tiny_mirror.add(TEXT, text())
    tiny_mirror.add(IMAGES, images(kind))
    assert [example["name"] for example in read("train")] == [b"b", b"a"]
    (example,) = read("validation")
    assert example["image"].tobytes() == b"bytes of c"
    assert example["captions"][4] == b"Photograph c , caption 4 ."
    assert len(read("test")) == 1


def test_damaged_archives(tiny_mirror):
    tiny_mirror.add(TEXT, text(captions=4))
    tiny_mirror.add(IMAGES, images())
    with pytest.raises(DamagedFileError, match="b has 4 captions"):
        read("train")
    tiny_mirror.add(TEXT, text())
    tiny_mirror.add(IMAGES, images(names="bcd"))
    with pytest.raises(DamagedFileError, match="no zip file with the photographs"):
        read("train")


def test_weights_are_in_a_mirror_alone(tmp_path, monkeypatch):
    from zoo.data import efficient_net, sources

    monkeypatch.delenv("ZOO_DATA_MIRROR", raising=False)
    monkeypatch.setenv("ZOO_HOME", str(tmp_path))

    with pytest.raises(OfflineError, match="only had from a mirror"):
        sources.fetch(efficient_net._FILE)


def test_the_real_captions(data_mirror):
    from zoo.data.sets.flickr8k import read_captions, read_photographs

    found = read_captions()
    sizes = {split: len(photographs) for split, photographs in found.items()}
    assert sizes == {"train": 6000, "validation": 1000, "test": 1000}
    names = list(found["train"])[:2]
    assert len(set().union(*(found[split] for split in found))) == 8000
    pytest.importorskip("PIL")
    for content in read_photographs(names):
        assert pixels_of(content).std() > 10
