"""Files that need plugins: opened in a new process, and never obeyed by what is printed of them."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import tiny_model
from fake_plugins import write_plugin

import zoo
from zoo.errors import DamagedFileError, PluginError, printable

ROOT = Path(__file__).parents[1]

REGISTERS = """
@zoo.hookimpl
def register_tasks(register):
    register("numbers", "fake_task_code:build", verb="predict", topology="mine",
             evaluator="fake_task_code:evaluate", **{"class": "fake_task_model:Numbers"})
"""
# The factory's module imports its model only when it is called, and Keras knows a class only when
# its module is imported.
CODE = """
def build():
    import numpy as np
    from fake_task_model import Numbers
    model = Numbers(name="numbers")
    model(np.zeros((1, 3), "float32"))
    return model

def evaluate(model, progress=None):
    return []
"""
MODEL = """
import keras

@keras.saving.register_keras_serializable(package="fake")
class Twice(keras.layers.Layer):
    def call(self, inputs):
        return inputs * 2

@keras.saving.register_keras_serializable(package="fake")
class Numbers(keras.Model):
    task = "numbers"

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(1)

    def build(self, input_shape):
        self.dense.build(input_shape)
        self.built = True

    def call(self, inputs):
        return self.dense(inputs)
"""


@pytest.fixture
def site(tmp_path):
    """A folder in which a plugin with a task is installed."""
    site = write_plugin(tmp_path / "site", "fake-task", REGISTERS)
    (site / "fake_task_code.py").write_text(CODE)
    (site / "fake_task_model.py").write_text(MODEL)
    return site


def python(site, *arguments, **env):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)]), **env}
    command = [sys.executable, "-W", "ignore", *map(str, arguments)]
    return subprocess.run(command, env=env, capture_output=True, text=True)


def plugins_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("zoo.json"))["plugins"]


LOAD = "import sys, zoo; print(type(zoo.load(sys.argv[1])).__name__)"


def test_a_model_of_a_plugins_task_opens_in_a_new_process(site, tmp_path):
    path = tmp_path / "m.keras"
    save = "import sys, zoo; zoo.save(zoo.build('numbers'), sys.argv[1])"
    done = python(site, "-c", save, path)
    assert done.returncode == 0, done.stderr
    assert plugins_of(path) == [{"name": "fake-task", "version": "1.0"}]
    done = python(site, "-c", LOAD, path)
    assert done.stdout == "Numbers\n", done.stderr
    for arguments in (["evaluate", path], ["export", path, tmp_path / "out"]):
        done = python(tmp_path, "-m", "zoo", *arguments)
        assert done.returncode == 2
        assert "needs the plugin 'fake-task' (saved with 1.0), which is not inst" in done.stderr
        done = python(site, "-m", "zoo", *arguments, ZOO_BLOCK_PLUGINS="fake-task")
        assert done.returncode == 2
        assert "which is blocked: named in ZOO_BLOCK_PLUGINS" in done.stderr


def test_a_layer_of_a_plugin_opens_in_a_new_process(site, tmp_path):
    path = tmp_path / "m.keras"
    save = (
        "import sys, keras, zoo\n"
        "from fake_task_model import Twice\n"
        "layers = [keras.Input((3,)), keras.layers.Dense(2), Twice()]\n"
        "zoo.save(keras.Sequential(layers), sys.argv[1])"
    )
    done = python(site, "-c", save, path)
    assert done.returncode == 0, done.stderr
    assert plugins_of(path) == [{"name": "fake-task", "version": "1.0"}]
    assert python(site, "-c", LOAD, path).stdout == "Sequential\n"


def test_a_module_that_does_not_work_is_named(site, tmp_path):
    path = tmp_path / "m.keras"
    python(site, "-c", "import sys, zoo; zoo.save(zoo.build('numbers'), sys.argv[1])", path)
    (site / "fake_task_model.py").write_text("import no_such_module")
    done = python(site, "-c", LOAD, path)
    assert "PluginError" in done.stderr
    assert "fake_task_model of fake-task 1.0 cannot be imported" in done.stderr


def doctored(path, **origin):
    """A copy of a small model's file in which `zoo.json` says something else."""
    zoo.save(tiny_model.tiny(), path)
    other = path.with_name("other.keras")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            if name == "zoo.json":
                content = json.dumps({**json.loads(content), **origin})
            copy.writestr(name, content)
    return other


@pytest.mark.parametrize(
    "origin",
    [
        {"plugins": [{"name": "evil --index-url http://evil.example", "version": "1"}]},
        {"plugins": [{"name": "-r", "version": "1"}]},
        {"plugins": [{"name": "good", "version": "1`; rm -rf ~`"}]},
        {"plugins": [{"name": "good\n", "version": "1"}]},
        {"plugins": [{"name": "good"}]},
        {"plugins": ["good"]},
        {"plugins": {"name": "good"}},
        {"format": "9"},
        {"format": 2, "zoo": "9\x1b[2J"},
        {"task": ["nmt"]},
    ],
)
def test_what_no_file_of_ours_says_is_damage(tmp_path, origin):
    path = doctored(tmp_path / "m.keras", **origin)
    for reads in (zoo.load, zoo.saving.read_origin, zoo.saving.require_plugins):
        with pytest.raises(DamagedFileError, match="does not say in zoo.json what") as caught:
            reads(path)
        assert "evil" not in str(caught.value) and "\x1b" not in str(caught.value)


def test_only_plugins_of_the_zoo_are_offered_as_a_command(tmp_path, monkeypatch):
    monkeypatch.setattr("zoo.needed_plugins.catalogue.load", list)
    needs = {"plugins": [{"name": "evil-package", "version": "1.0"}]}
    with pytest.raises(PluginError, match="needs the plugin 'evil-package'") as caught:
        zoo.load(doctored(tmp_path / "m.keras", **needs))
    assert "pip" not in str(caught.value)
    needs = {"plugins": [{"name": "zoo_indrnn", "version": "1.0"}]}
    with pytest.raises(PluginError, match="run `pip install zoo_indrnn`"):
        zoo.load(doctored(tmp_path / "n.keras", **needs))


def test_control_characters_reach_no_terminal(tmp_path):
    path = doctored(tmp_path / "m.keras", task="nmt")
    evil = tmp_path / "evil.keras"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(evil, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            if name == "config.json":
                content = content.replace(b"tiny>Tiny", b"tiny>\\u001b[2J")
                content = content.replace(b'"class_name": "Tiny"', b'"class_name": "\\u001b[2J"')
            copy.writestr(name, content)
    with pytest.raises(zoo.errors.ZooError) as caught:
        zoo.load(evil)
    assert "\x1b" not in str(caught.value)
    assert printable("a\x1b[1m\u202eb\n") == "a\\x1b[1m\\u202eb\n"
    done = python(tmp_path, "-m", "zoo", "translate", "no\x1b[2J/model.keras", "x")
    assert done.returncode == 2 and "\x1b" not in done.stderr
