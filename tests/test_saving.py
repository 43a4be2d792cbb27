"""One file, the same bytes every time, and what was saved is what is loaded."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
import tiny_model
from fake_plugins import registers_cell, write_plugin

import zoo
from zoo.errors import (
    ConfigError,
    DamagedFileError,
    MissingFileError,
    PluginError,
    UnknownNameError,
    ZooError,
)

SUPPORT = Path(tiny_model.__file__).parent
INPUT = np.linspace(-1, 1, 30, dtype="float32").reshape(2, 3, 5)


@pytest.fixture(scope="module")
def fitted():
    """A model that was compiled and fitted, so that it has an optimizer with state."""
    model = tiny_model.tiny()
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(np.ones((4, 3, 5), "float32"), np.zeros((4, 4), "float32"), verbose=0)
    return model


@pytest.fixture(scope="module")
def file(fitted, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "tiny.keras"
    zoo.save(fitted, path)
    return path


def member(path, name):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(name))


def rewritten(path, target, **changes):
    """Write a copy of an archive in which some members differ; `None` leaves one out."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        contents = {name: source.read(name) for name in source.namelist()}
        for name, content in {**contents, **changes}.items():
            if content is not None:
                copy.writestr(name, content)
    return target


def outputs(model):
    return np.asarray(model(INPUT))


def test_what_was_saved_is_what_is_loaded(fitted, file):
    loaded = zoo.load(str(file))
    np.testing.assert_array_equal(outputs(loaded), outputs(fitted))
    assert loaded.tokenizer.words == "a b c"
    assert not loaded.compiled


def test_plain_keras_opens_the_same_file(fitted, file):
    np.testing.assert_array_equal(outputs(keras.saving.load_model(file)), outputs(fitted))


def test_a_new_process_computes_the_same(fitted, file):
    script = (
        "import sys, numpy as np, tiny_model, zoo\n"
        "x = np.linspace(-1, 1, 30, dtype='float32').reshape(2, 3, 5)\n"
        "print(np.asarray(zoo.load(sys.argv[1])(x)).tolist())"
    )
    env = {**os.environ, "PYTHONPATH": str(SUPPORT)}
    command = [sys.executable, "-c", script, str(file)]
    text = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    np.testing.assert_allclose(json.loads(text), outputs(fitted), rtol=1e-6)


def test_saving_twice_writes_the_same_bytes(fitted, file, tmp_path):
    again, reloaded = tmp_path / "again.keras", tmp_path / "reloaded.keras"
    zoo.save(fitted, again)
    zoo.save(zoo.load(file), reloaded)
    assert again.read_bytes() == file.read_bytes()
    assert reloaded.read_bytes() == file.read_bytes()


def test_shared_objects_have_no_address_in_the_file(tmp_path):
    shared = keras.initializers.RandomNormal(seed=1)
    layers = [keras.layers.Dense(3, kernel_initializer=shared, name=name) for name in "ab"]
    zoo.save(keras.Sequential([keras.Input((5,)), *layers], name="s"), tmp_path / "s.keras")
    config = json.dumps(member(tmp_path / "s.keras", "config.json"))
    assert set(re.findall(r'"shared_object_id": (\d+)', config)) == {"1", "2"}


def test_neither_optimizer_nor_dates_are_in_the_file(file):
    import h5py

    with zipfile.ZipFile(file) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        with h5py.File(archive.open("model.weights.h5")) as weights:
            assert "optimizer" not in weights
    assert "compile_config" not in member(file, "config.json")
    assert member(file, "metadata.json")["date_saved"].startswith("1980-01-01")


def test_the_file_says_what_made_it(file):
    assert member(file, "zoo.json") == {
        "format": 1,
        "zoo": zoo.__version__,
        "keras": keras.__version__,
        "task": "nmt",
        "plugins": [],
    }


def test_float16_halves_the_weights_and_loads_as_float32(fitted, tmp_path):
    model = tiny_model.tiny(units=256)
    whole, half = tmp_path / "whole.keras", tmp_path / "half.keras"
    zoo.save(model, whole)
    zoo.save(model, half, dtype="float16")
    assert half.stat().st_size < 0.55 * whole.stat().st_size
    loaded = zoo.load(half)
    assert {weight.dtype for weight in loaded.weights} == {"float32"}
    for before, after in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(before.astype("float16").astype("float32"), after)


def test_float11_takes_three_fifths_of_float16_and_loads_as_float32(tmp_path):
    model = tiny_model.tiny(units=256)
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape) * 0.1 for w in model.get_weights()])
    half, short = tmp_path / "half.keras", tmp_path / "short.keras"
    zoo.save(model, half, dtype="float16")
    zoo.save(model, short, dtype="float11")
    assert short.stat().st_size < 0.63 * half.stat().st_size
    for loaded in (zoo.load(short), keras.saving.load_model(short)):
        for before, after in zip(model.get_weights(), loaded.get_weights(), strict=True):
            assert after.dtype == "float32"
            # The nearest number of a sign, an exponent and five binary digits after the first.
            fraction, exponent = np.frexp(before.astype("float16").astype("float64"))
            nearest = np.ldexp(np.rint(fraction * 64) / 64, exponent)
            is_normal = abs(before) >= 2.0**-14
            np.testing.assert_array_equal(after[is_normal], nearest[is_normal])
            np.testing.assert_allclose(after[~is_normal], before[~is_normal], atol=2.0**-19)


@pytest.mark.parametrize("dtype", ["float16", "float11"])
def test_what_cannot_be_held_is_refused(tmp_path, dtype):
    model = tiny_model.tiny()
    model.dense.bias.assign([1e5, 0, 0, 0])
    with pytest.raises(ConfigError, match=f"too large for {dtype}"):
        zoo.save(model, tmp_path / "m.keras", dtype=dtype)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("policy", ["float16", "bfloat16", "mixed_float16"])
def test_other_precisions_survive(tmp_path, policy):
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, dtype=policy)])
    zoo.save(model, tmp_path / "m.keras")
    loaded = zoo.load(tmp_path / "m.keras")
    for before, after in zip(model.weights, loaded.weights, strict=True):
        assert before.dtype == after.dtype
        np.testing.assert_array_equal(np.asarray(before.value), np.asarray(after.value))


@pytest.mark.parametrize(
    ("name", "settings", "error", "says"),
    [
        ("m.h5", {}, ConfigError, "must end in .keras"),
        ("nowhere/m.keras", {}, MissingFileError, "nowhere does not exist"),
        ("m.keras", {"dtype": "int8"}, ConfigError, "not 'int8'"),
    ],
)
def test_what_cannot_be_saved_so(fitted, tmp_path, name, settings, error, says):
    with pytest.raises(error, match=says):
        zoo.save(fitted, tmp_path / name, **settings)


def test_a_model_without_weights_is_not_saved(tmp_path):
    with pytest.raises(ConfigError, match="has no weights yet"):
        zoo.save(tiny_model.Tiny(), tmp_path / "m.keras")


def test_what_was_there_stays_when_saving_fails(fitted, file, tmp_path, monkeypatch):
    path = tmp_path / "m.keras"
    path.write_text("old")
    monkeypatch.setattr(zipfile.ZipFile, "writestr", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        zoo.save(fitted, path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["m.keras"]


def test_what_a_file_has_is_not_drawn_first(tmp_path, monkeypatch):
    """Orthogonal matrices, which recurrent kernels begin as, take longer than all else."""
    model = zoo.build("sentiment", units=4, embedding_size=3, vocabulary_size=9)
    zoo.save(model, tmp_path / "m.keras")
    monkeypatch.setattr(keras.initializers.Orthogonal, "__call__", lambda *_, **__: 1 / 0)
    with pytest.raises(ConfigError, match="division by zero"):
        zoo.build("sentiment", units=4, embedding_size=3, vocabulary_size=9)
    loaded = zoo.load(tmp_path / "m.keras")
    for ours, theirs in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_weights_that_are_not_in_the_model_are_noticed(tmp_path):
    model = tiny_model.Forgetful(name="forgetful")
    model(INPUT)
    zoo.save(model, tmp_path / "m.keras")
    with pytest.raises(DamagedFileError, match="2 of its weights were not read"):
        zoo.load(tmp_path / "m.keras")


def test_weights_that_are_not_from_the_file_are_noticed(tmp_path):
    model = keras.Sequential([keras.Input((5,)), tiny_model.Amnesiac(3)])
    zoo.save(model, tmp_path / "m.keras")
    with pytest.raises(DamagedFileError, match=r"kernel' \(5, 3\) is not in it and was not"):
        zoo.load(tmp_path / "m.keras")


def test_a_weight_of_the_file_counts_once(tmp_path):
    """Two equal weights in the model need two in the file."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3), keras.layers.Dense(3)])
    model.layers[1].set_weights(model.layers[0].get_weights())
    zoo.save(model, tmp_path / "m.keras")
    np.testing.assert_array_equal(
        *[layer.kernel for layer in zoo.load(tmp_path / "m.keras").layers]
    )


def test_a_name_that_does_not_exist():
    with pytest.raises(UnknownNameError, match="no model 'nmt-atn-en-fr'"):
        zoo.load("nmt-atn-en-fr")


@pytest.mark.parametrize("ref", ["no.keras", "./folder/file", Path("file")])
def test_a_path_that_does_not_exist(ref):
    with pytest.raises(MissingFileError, match="There is no file"):
        zoo.load(ref)


def test_a_file_that_is_no_archive(tmp_path):
    path = tmp_path / "m.keras"
    path.write_text("not a zip file")
    with pytest.raises(DamagedFileError, match="m.keras is not a whole .keras file"):
        zoo.load(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_short(file, tmp_path, share):
    path = tmp_path / "m.keras"
    content = file.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(DamagedFileError):
        zoo.load(path)


def test_a_file_without_config_or_weights(file, tmp_path):
    for name in ("config.json", "model.weights.h5"):
        with pytest.raises(DamagedFileError):
            zoo.load(rewritten(file, tmp_path / "m.keras", **{name: None}))


def test_a_file_of_a_newer_zoo(file, tmp_path):
    origin = json.dumps({"format": 2, "zoo": "9.0"})
    path = rewritten(file, tmp_path / "m.keras", **{"zoo.json": origin})
    with pytest.raises(ConfigError, match="saved by zoo 9.0, which is newer"):
        zoo.load(path)


def test_a_file_that_keras_saved_alone(fitted, tmp_path):
    fitted.save(tmp_path / "m.keras")
    np.testing.assert_array_equal(outputs(zoo.load(tmp_path / "m.keras")), outputs(fitted))


def test_a_lambda_is_not_run(tmp_path):
    model = keras.Sequential([keras.Input((5,)), keras.layers.Lambda(lambda x: x * 2)])
    model.save(tmp_path / "m.keras")
    with pytest.raises(ZooError, match="cannot be opened"):
        zoo.load(tmp_path / "m.keras")


def test_a_class_that_nobody_has(file, tmp_path):
    config = json.dumps(member(file, "config.json")).replace("tiny>Tiny", "gone>Gone")
    config = config.replace('"class_name": "Tiny"', '"class_name": "Gone"')
    path = rewritten(file, tmp_path / "m.keras", **{"config.json": config})
    with pytest.raises(PluginError, match="uses a class that neither the zoo nor"):
        zoo.load(path)


CELL = """
import keras

@keras.saving.register_keras_serializable(package="fake_cells")
class FakeCell(keras.layers.GRUCell):
    pass
"""


def run_with_plugins(site, script, *arguments, **env):
    """Run a script in a process of its own, in which the plugins of `site` are installed."""
    env = {**os.environ, "PYTHONPATH": str(site), **env}
    command = [sys.executable, "-W", "ignore", "-c", script, *map(str, arguments)]
    return subprocess.run(command, env=env, capture_output=True, text=True)


SAVE = """
import sys, keras, zoo
cell = zoo.catalogue.cells.get("fake")(4)
model = keras.Sequential([keras.Input((3, 5)), keras.layers.RNN(cell)])
zoo.save(model, sys.argv[1])
"""
LOAD = """
import sys, zoo
try:
    print("loaded", type(zoo.load(sys.argv[1]).layers[0].cell).__name__)
except zoo.errors.ZooError as error:
    print(type(error).__name__, error)
"""


def test_a_file_names_the_plugins_it_needs(tmp_path):
    site, path = tmp_path / "site", tmp_path / "m.keras"
    write_plugin(site, "fake-cells", registers_cell("fake", "fake_cells_cell:FakeCell"))
    (site / "fake_cells_cell.py").write_text(CELL)
    saved = run_with_plugins(site, "import zoo.catalogue" + SAVE, path)
    assert saved.returncode == 0, saved.stderr
    assert member(path, "zoo.json")["plugins"] == [{"name": "fake-cells", "version": "1.0"}]

    load = "import zoo.errors" + LOAD
    assert run_with_plugins(site, load, path).stdout == "loaded FakeCell\n"
    missing = run_with_plugins(tmp_path, load, path).stdout
    assert missing.startswith("PluginError ")
    assert "needs the plugin 'fake-cells' (saved with 1.0), which is not installed" in missing
    assert "pip install" not in missing
    blocked = run_with_plugins(site, load, path, ZOO_BLOCK_PLUGINS="fake-cells").stdout
    assert "needs the plugin 'fake-cells' (saved with 1.0), which is blocked" in blocked
    (site / "fake_cells.py").write_text("import no_such_module")
    failed = run_with_plugins(site, load, path).stdout
    assert "which is failed: ModuleNotFoundError" in failed
