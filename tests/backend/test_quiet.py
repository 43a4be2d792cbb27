"""Importing Keras: nothing is printed, errors are, and a backend that does not work is said."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def run(script, **environment):
    own = ("TF_CPP_MIN_LOG_LEVEL", "KERAS_BACKEND")  # those of the tests, not of a user
    env = {name: value for name, value in os.environ.items() if name not in own} | environment
    return subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=300
    )


LOADS = "import zoo; print(zoo.load('lm-char-hello').generate('he', 3, temperature=0))"


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_a_model_is_loaded_and_answers_without_a_word(backend):
    done = run(LOADS, KERAS_BACKEND=backend)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("he")


@pytest.mark.parametrize(
    "script",
    [
        "import zoo; zoo.build('lm', units=4, layers=1, embedding_size=4, vocabulary_size=9)",
        "from zoo.cells import GRUCell; from zoo.decoding import BeamSearch",
        "from zoo.tasks import SequenceToSequence",
    ],
    ids=["build", "parts", "tasks"],
)
def test_other_ways_to_begin_are_quiet_too(script):
    assert run(script).stderr == ""


def test_errors_are_not_hidden():
    done = run(
        "from zoo.backend import quiet; quiet.import_keras(); import tensorflow as tf\n"
        "with quiet._stderr_held():\n    import os; os.write(2, b'seen'); 1 / 0"
    )
    assert "seen" in done.stderr and "ZeroDivisionError" in done.stderr
    done = run("from zoo.backend import quiet; quiet.import_keras(); import os; print(os.environ)")
    assert "'TF_CPP_MIN_LOG_LEVEL': '2'" in done.stdout  # errors are 2


def test_many_functions_of_one_code_are_no_retracing():
    script = (
        "import keras, numpy as np\n"
        "from zoo.backend.compiled import Compiled, compile_step\n"
        "model = keras.Sequential()\n"
        "for number in range(8):\n"
        "    Compiled(model, lambda x: x + 1, [(None,)])(np.zeros((1, 2), 'int32'))\n"
        "    compile_step(model, lambda x: x + 1)(np.zeros((1, 2), 'int32'))\n"
    )
    done = run("import zoo.tasks\n" + script, KERAS_BACKEND="tensorflow")
    assert (done.returncode, done.stderr) == (0, "")


TORCH = "KERAS_BACKEND is 'torch', and the zoo works on tensorflow and jax: set KERAS_BACKEND="
NO_JAX = "KERAS_BACKEND is 'jax', and jax is not installed: run `pip install jax`, or set KERAS_"


@pytest.mark.parametrize("script", [LOADS, "import zoo; zoo.build('lm')", "import zoo.tasks"])
@pytest.mark.parametrize(
    ("backend", "before", "sentence"),
    [("torch", "", TORCH), ("jax", "import sys; sys.modules['jax'] = None; ", NO_JAX)],
    ids=["torch", "no-jax"],
)
def test_a_backend_that_does_not_work_is_said_in_python(script, backend, before, sentence):
    done = run(before + script, KERAS_BACKEND=backend)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"zoo.errors.ConfigError: {sentence}")


@pytest.mark.parametrize(
    "arguments",
    [
        "'translate', 'nmt-attn-en-fr', 'a'",
        "'export', 'nmt-attn-en-fr', 'x'",
        "'evaluate', 'pos-bilstm-ewt'",
        "'compare', '--task', 'pos', '--data', 'ewt', '--cells', 'gru'",
    ],
)
def test_a_backend_that_does_not_work_is_one_sentence_of_a_command(arguments):
    script = f"import sys; sys.argv = ['zoo', {arguments}]\nfrom zoo.cli import main; main()"
    done = run(script, KERAS_BACKEND="torch")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: {TORCH}") and done.stderr.count("\n") == 1


def test_the_file_of_keras_is_asked_too(tmp_path):
    (tmp_path / "keras.json").write_text('{"backend": "torch"}')
    done = run(LOADS, KERAS_HOME=str(tmp_path))
    assert f"The backend in {tmp_path}/keras.json is 'torch'" in done.stderr
