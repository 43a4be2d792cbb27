"""Models in other runtimes give their own logits there, or say why not."""

from __future__ import annotations

import json
import sys
import warnings
from collections import Counter

import keras
import numpy as np
import pytest
from small_classifier import small_classifier, with_some_ngrams
from small_lm import small_lm
from small_nmt import small_nmt
from small_pos import small_pos

from zoo.backend import time_loop
from zoo.cells import LSTMCell
from zoo.errors import ConfigError, DamagedFileError
from zoo.export import onnx_graph, onnx_recurrence
from zoo.export.litert import export_litert
from zoo.export.onnx_graph import export_onnx
from zoo.inputs import CharacterTokenizer

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the graphs are those of TensorFlow"
)
WORDS = "The dog runs on the unheard-of beach .".split()


def operators(folder):
    """How often each operator is in an exported graph."""
    import onnx

    return Counter(node.op_type for node in onnx.load(str(folder / "model.onnx")).graph.node)


def ids_by_hand(about, words, length):
    """Ids as `model.json` says them, without the zoo."""
    letters = {c: i for i, c in enumerate(about["characters"], 4)}
    known = {word: i for i, word in enumerate(about["words"], 2)}
    rows = [[2, *(letters.get(c, 1) for c in word), 3] for word in words]
    ids = np.zeros((1, length), "int32")
    ids[0, : len(words)] = [known.get(word.lower(), 1) for word in words]
    characters = np.zeros((1, length, about["inputs"].get("characters", [0, 0, 20])[2]), "int32")
    for place, row in enumerate(rows):
        characters[0, place, : len(row)] = row
    return {"words": ids, "characters": characters}


BODIES = [{"layers": 2}, {"body": "tcn"}, {"body": "transformer"}, {"cache": {"size": 4}}]


@on_tensorflow
def test_onnx_tags_texts_of_any_length(tmp_path):
    import onnxruntime

    model = small_pos(1, layers=2)
    folder = export_onnx(model, tmp_path / "pos")
    about = json.loads((folder / "model.json").read_text())
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    assert session.get_inputs()[0].shape == ["batch", "time"]
    for length in (len(WORDS), len(WORDS) + 5):
        (logits,) = session.run(["logits"], ids_by_hand(about, WORDS, length))
        tags = [about["labels"][n] for n in logits[0].argmax(-1)[: len(WORDS)]]
        assert tags == [tag for _, tag in model.tag([WORDS])[0]]
    assert len(set(tags)) > 1


@on_tensorflow
def test_onnx_has_scores_of_ngrams(tmp_path):
    import onnxruntime

    model = with_some_ngrams(small_classifier())
    about = json.loads((export_onnx(model, tmp_path / "rating") / "model.json").read_text())
    session = onnxruntime.InferenceSession(str(tmp_path / "rating/model.onnx"))
    for length in (len(WORDS), len(WORDS) + 5):
        words = ids_by_hand(about, WORDS, length)["words"]
        (logits,) = session.run(["logits"], {"words": words})
        expected = keras.ops.convert_to_numpy(model({"words": words}))
        np.testing.assert_allclose(logits, expected, atol=1e-4)


@on_tensorflow
def test_litert_classifies_one_text(tmp_path):
    import tensorflow as tf

    model = with_some_ngrams(small_classifier())
    folder = export_litert(model, tmp_path / "rating", max_length=10)
    about = json.loads((folder / "model.json").read_text())
    assert about["time"] == 10
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        interpreter = tf.lite.Interpreter(str(folder / "model.tflite"))
    interpreter.allocate_tensors()
    (detail,) = interpreter.get_input_details()
    interpreter.set_tensor(detail["index"], ids_by_hand(about, WORDS, 10)["words"])
    interpreter.invoke()
    logits = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0]
    (expected,) = model.classify_tokens([WORDS])
    shares = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(shares, list(expected.probabilities.values()), atol=1e-5)
    assert list(expected.probabilities) == about["labels"]


@on_tensorflow
@pytest.mark.parametrize("body", BODIES)
def test_onnx_tells_what_follows(tmp_path, body):
    """The likeliest continuation, by the tokens that `model.json` names, as the model writes it."""
    import onnxruntime

    model = small_lm(5, tokenizer=CharacterTokenizer("abcdef\n"), **body)
    folder = export_onnx(model, tmp_path / "lm")
    about = json.loads((folder / "model.json").read_text())
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    ids = [about["begin"], *map(about["tokens"].index, "ab")]
    for _ in range(9):
        (logits,) = session.run(["logits"], {"tokens": np.array([ids], "int32")})
        ids.append(2 + int(logits[0, -1, 2:].argmax()))  # padding and the unknown are never written
    text = "".join(about["tokens"][i] for i in ids[1:])
    assert text == model.generate("ab", 9, temperature=0)
    assert len(set(text)) > 2
    if "body" not in body:  # an LSTM, with and without a cache
        export_litert(model, tmp_path / "litert", max_length=5)


@on_tensorflow
def test_a_graph_that_computes_something_else_is_not_written(tmp_path, monkeypatch):
    operator, mode, _ = onnx_recurrence._OPERATORS[LSTMCell]
    monkeypatch.setitem(onnx_recurrence._OPERATORS, LSTMCell, (operator, mode, (0, 1, 2, 3)))
    for quantize in (None, "int8"):
        with pytest.raises(DamagedFileError, match="as ONNX gives other logits than the model"):
            export_onnx(small_pos(1), tmp_path / "pos", quantize=quantize)
    assert list(tmp_path.iterdir()) == []
    for is_rounded in (False, True):
        with pytest.raises(DamagedFileError, match="as ONNX gives other logits"):
            onnx_graph.compare_graph(
                small_pos(1),
                lambda inputs: np.full((1, 3, 17), np.nan),
                [(1, 3)],
                "ONNX",
                is_rounded,
            )


@on_tensorflow
def test_a_loop_that_a_converter_gets_wrong_is_not_written(tmp_path, monkeypatch):
    """The order of a backward loop, of a cell that ONNX has no operator of."""
    monkeypatch.delitem(onnx_recurrence._OPERATORS, LSTMCell)
    export_onnx(small_pos(1), tmp_path / "right")
    assert "Loop" in operators(tmp_path / "right")
    monkeypatch.setattr(time_loop, "_exported_scan", time_loop._tensorflow_scan)
    with pytest.raises(DamagedFileError, match="as ONNX gives other logits than the model"):
        export_onnx(small_pos(1), tmp_path / "pos")


@on_tensorflow
def test_onnx_in_8_bits(tmp_path):
    model = small_pos(1, units=128, layers=2)
    for weight in model.trainable_weights:  # as those of a trained model, which is not chaotic
        weight.assign(weight * 0.15)
    whole, small = export_onnx(model, tmp_path / "f"), tmp_path / "i"
    export_onnx(model, small, quantize="int8")
    assert operators(small)["DynamicQuantizeLSTM"] == operators(whole)["LSTM"] == 4
    sizes = [(folder / "model.onnx").stat().st_size for folder in (small, whole)]
    assert sizes[0] < 0.4 * sizes[1]  # a quarter, and the graph itself
    onnx_graph.compare_with_model(model, small)  # as zoo export --check does


@on_tensorflow
@pytest.mark.parametrize("export", [export_onnx, export_litert])
def test_what_a_graph_cannot_carry(tmp_path, export):
    for model, reason in (
        (small_nmt(), "and no search"),
        (small_pos(crf=True), "CRF of the model 'pos' chooses labels together"),
        (small_pos(vocabulary_size=9), "has no tokenizer"),
    ):
        with pytest.raises(ConfigError, match=reason):
            export(model, tmp_path / "x")
    with pytest.raises(ConfigError, match="carries no search: leave out beam_size=5"):
        export(small_pos(), tmp_path / "x", beam_size=5)
    (tmp_path / "there").mkdir()
    with pytest.raises(ConfigError, match="exists already"):
        export(small_pos(), tmp_path / "there")


@on_tensorflow
def test_litert_is_not_quantized(tmp_path):
    with pytest.raises(ConfigError, match="is not quantized here"):
        export_litert(small_pos(), tmp_path / "x", quantize="int8")


@on_tensorflow
def test_onnx_without_its_packages_or_with_a_length(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="texts of any length: leave out max_length"):
        export_onnx(small_pos(), tmp_path / "x", max_length=3)
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ConfigError, match=r"pip install 'sequence-zoo\[onnx\]'"):
        export_onnx(small_pos(), tmp_path / "x")


@on_tensorflow
def test_another_backend_says_so(tmp_path, monkeypatch):
    model = small_pos()
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    for export in (export_onnx, export_litert):
        with pytest.raises(ConfigError, match="with KERAS_BACKEND=tensorflow"):
            export(model, tmp_path / "x")
