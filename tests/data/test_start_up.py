"""`import zoo.data` costs nothing, and no module of it imports TensorFlow before it is used."""

import subprocess
import sys

import pytest


def run(code: str, **environment) -> str:
    """Runs code in a new process and returns what it prints."""
    import os

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_importing_the_rooms_is_light():
    code = (
        "import sys, zoo.data, zoo.metrics;"
        "print([m for m in ('tensorflow', 'keras', 'numpy', 'sacrebleu') if m in sys.modules])"
    )
    assert run(code) == "[]"


def test_the_tokenizer_imports_no_tensorflow_under_jax():
    pytest.importorskip("jax")
    code = (
        "import sys; from zoo.inputs import SentencePieceTokenizer; SentencePieceTokenizer();"
        "print('tensorflow' in sys.modules)"
    )
    assert run(code, KERAS_BACKEND="jax") == "False"


def test_every_public_name_exists():
    import zoo.data
    import zoo.metrics

    for module in (zoo.data, zoo.metrics):
        for name in module.__all__:
            assert getattr(module, name) is not None
            assert name in dir(module)
        with pytest.raises(AttributeError, match="nothing_like_it"):
            module.nothing_like_it  # noqa: B018
