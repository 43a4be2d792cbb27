"""A file that a stranger sends is refused by a sentence, soon, and without much memory."""

import json
import subprocess
import sys

import hostile
import pytest

# Loads the files it is told of, and says of each what came, in seconds and bytes above the first
# load of a whole file: what Keras takes by itself is not counted.
LOADER = """
import json, resource, sys, time
import zoo
whole, paths = sys.argv[1], sys.stdin.read().split("\\n")
zoo.load(whole)
for path in paths:
    before, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    try:
        zoo.load(path)
        kind, text = None, ""
    except BaseException as error:
        kind, text = type(error).__name__, str(error)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps([kind, text, time.perf_counter() - begin, (after - before) << 10]), flush=True)
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    from small_classifier import small_classifier

    import zoo

    path = tmp_path_factory.mktemp("whole") / "whole.keras"
    zoo.save(small_classifier(), path)
    return path


def loaded(whole, paths):
    """What a process of its own, with 12 GB of addresses, says of each file."""
    command = 'ulimit -v 12000000; exec "$0" -c "$1" "$2"'
    run = subprocess.run(
        ["bash", "-c", command, sys.executable, LOADER, str(whole)],
        input="\n".join(map(str, paths)),
        capture_output=True,
        text=True,
        timeout=120 + 10 * len(paths),
    )
    found = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("[")]
    assert len(found) == len(paths), run.stderr[-2000:]
    return found


def is_a_sentence(text):
    return text.endswith(".") and "\n" not in text and text.isprintable() and len(text) < 700


def test_hostile_files_are_refused_soon(whole, tmp_path):
    members = hostile.members_of(whole)
    paths = []
    for number, make in enumerate(hostile.FILES.values()):
        paths.append(make(tmp_path / f"{number}.keras", members))
    faults = []
    for name, (kind, text, seconds, bytes_) in zip(
        hostile.FILES, loaded(whole, paths), strict=True
    ):
        right = kind in ("ConfigError", "DamagedFileError") and is_a_sentence(text)
        right |= kind is None and name.startswith("a lie")  # what follows the lie is not read
        if not right or seconds > 1 or bytes_ > 100 << 20:
            faults.append(f"{name}: {kind} {text[:200]!r} {seconds:.1f} s {bytes_ >> 20} MiB")
    assert not faults, "\n".join(faults)


def test_a_limit_can_be_raised(whole, tmp_path):
    import zoo
    from zoo.errors import ConfigError

    assert zoo.load(whole, max_bytes=10**9).name == "rating"
    with pytest.raises(ConfigError, match=r"if you trust it, load it with zoo.load\(path, max_b"):
        zoo.load(whole, max_bytes=100)
    for value in (0, -1, 1.5, True, "1"):
        with pytest.raises(ConfigError, match="max_bytes must be a whole number of at least 1"):
            zoo.load(whole, max_bytes=value)


def test_limits_can_be_raised_for_commands(whole, monkeypatch):
    import zoo
    from zoo.errors import ConfigError

    monkeypatch.setenv("ZOO_MAX_BYTES", "100")
    with pytest.raises(ConfigError, match="above the limit of 100: if you trust it, .*MAX_BYTES"):
        zoo.load(whole)
    assert zoo.load(whole, max_bytes=10**9).name == "rating"
    monkeypatch.setenv("ZOO_MAX_BYTES", "1e9")
    with pytest.raises(ConfigError, match="ZOO_MAX_BYTES must be a whole number of .* not '1e9'"):
        zoo.load(whole)


def test_a_compressed_copy_of_a_file_is_loaded(whole, tmp_path):
    import zipfile

    import zoo

    path = tmp_path / "packed.keras"
    hostile.write(path, hostile.members_of(whole), zipfile.ZIP_DEFLATED)
    assert zoo.load(path).labels == zoo.load(whole).labels


def test_random_hostile_files(whole, tmp_path, long, found):
    """Whatever a file is, it is loaded or refused by a sentence."""
    members = hostile.members_of(whole)
    count = 20_000 if long else 200
    paths = [hostile.random_file(tmp_path / f"{n}.keras", members, n) for n in range(count)]
    allowed = (None, "ConfigError", "DamagedFileError", "PluginError")
    answers = list(loaded(whole, paths))
    faults = [
        f"seed {seed}: {kind} {text[:300]!r} {seconds:.1f} s {bytes_ >> 20} MiB"
        for seed, (kind, text, seconds, bytes_) in enumerate(answers)
        if kind not in allowed
        or not (kind is None or is_a_sentence(text))
        or seconds > 5
        or bytes_ > 200 << 20
    ]
    assert not faults, "\n".join(faults)
    found("spoilt model files", count, sum(kind is None for kind, *_ in answers))


def test_a_list_of_words_that_inflates(tmp_path):
    import zlib

    from zoo.errors import DamagedFileError
    from zoo.tasks.sequence_to_sequence.lexicon import Lexicon

    path = tmp_path / "words.txt.zlib"
    for content in (zlib.compress(bytes(1 << 28), 9), b"nothing", zlib.compress(b"words")[:-1]):
        path.write_bytes(content)
        with pytest.raises(DamagedFileError, match=r"words.txt.zlib is not a whole"):
            Lexicon().load_assets(str(tmp_path))


def test_a_table_that_says_more_than_it_holds(tmp_path):
    import io
    import zipfile

    import numpy as np

    from zoo.decoding import Shortlist
    from zoo.errors import DamagedFileError

    def put(content, method=zipfile.ZIP_DEFLATED):
        hostile.write(tmp_path / "table.npz", {"table.npy": content}, method)

    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        head, {"descr": "<i4", "fortran_order": False, "shape": (1 << 20, 1 << 20)}
    )
    put(head.getvalue())
    with pytest.raises(DamagedFileError, match="table: it is not of the size it says"):
        Shortlist().load_assets(str(tmp_path))
    put(bytes(1 << 28))
    with pytest.raises(DamagedFileError, match="table would take 268,435,456 bytes"):
        Shortlist().load_assets(str(tmp_path))
    np.savez_compressed(tmp_path / "table.npz", other=np.zeros(3))
    with pytest.raises(DamagedFileError, match="table.npz is not a whole"):
        Shortlist().load_assets(str(tmp_path))
