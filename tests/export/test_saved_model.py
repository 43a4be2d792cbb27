"""A SavedModel answers as `translate` does: in batches of any size, served, and without the zoo."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pytest
from served import Served, alone, in_a_session, rounded_weights, strings, text_operations
from serving_messages import PredictionLog
from small_classifier import small_classifier
from small_nmt import small_nmt

import zoo
from zoo.errors import ConfigError, DamagedFileError, MissingFileError
from zoo.export.check import check_saved_model
from zoo.inputs import SentencePieceTokenizer

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow writes SavedModels"
)
TEXTS = [
    "Where is the red house here?",
    "",
    "A dog sleeps under a tree.",
    "A man",
    " \u200b ",
    "Where is the old bicycle path in town?",
    "駅 😀 <s>",
    "A woman rides a bicycle. " * 4,
]


@pytest.fixture(scope="module")
def model(trained_proto):
    return small_nmt(1, source_tokenizer=SentencePieceTokenizer(trained_proto), units=16)


@pytest.fixture(scope="module")
def exported(model, tmp_path_factory):
    return model.export_saved_model(tmp_path_factory.mktemp("served") / "small", beam_size=3)


@pytest.fixture(scope="module")
def signatures(exported):
    return Served(exported)


def test_the_default_signature_is_translate(model, signatures):
    found = signatures("serving_default", TEXTS)
    expected = model.translate(TEXTS, beam_size=3, return_attention=True)
    assert strings(found["text"]) == [one.text for one in expected]
    np.testing.assert_allclose(found["score"], [one.score for one in expected], atol=1e-4)
    assert len(set(strings(found["text"]))) > 4


def test_n_best_is_that_of_translate(model, signatures):
    found = signatures("n_best", TEXTS)
    for row, expected in enumerate(model.translate(TEXTS, beam_size=3, n_best=3)):
        if not expected[0].text and not expected[0].tokens:  # no text
            assert strings(found["text"][row]) == [""] * 3 and not found["score"][row].any()
            continue
        assert strings(found["text"][row]) == [one.text for one in expected]
        for name, attribute in (("score", "score"), ("log_prob", "log_prob")):
            values = [getattr(one, attribute) for one in expected]
            np.testing.assert_allclose(found[name][row], values, atol=1e-3)


def test_alignments_are_those_of_translate(model, signatures):
    found = signatures("alignment", TEXTS)
    expected = model.translate(TEXTS, beam_size=3, return_attention=True)
    for row, one in enumerate(expected):
        tokens, source = (strings(found[key][row]) for key in ("tokens", "source_tokens"))
        assert [piece for piece in tokens if piece] == one.tokens
        assert [piece for piece in source if piece] == one.source_tokens
        rows, columns = len(one.tokens), len(one.source_tokens)
        attention = found["attention"][row]
        np.testing.assert_allclose(attention[:rows, :columns], one.attention, atol=1e-4)
        assert not attention[rows:].any() and not attention[:, columns:].any()


def test_scores_are_those_of_the_model(model, signatures):
    targets = ["Où est la maison ?", "Rien.", "", "駅 <s>", "Un homme", "é" * 60, "Un chien.", "a"]
    found = signatures("score", TEXTS, target=targets)
    for row, expected in enumerate(model.score(TEXTS, targets)):
        for name in ("log_prob", "score", "perplexity"):
            np.testing.assert_allclose(found[name][row], getattr(expected, name), rtol=1e-4)
    alone = signatures("score", TEXTS[:1], target=targets[:1])
    np.testing.assert_allclose(alone["log_prob"], found["log_prob"][:1], rtol=1e-5)


@pytest.mark.parametrize("name", ["serving_default", "n_best", "alignment", "score"])
def test_a_batch_of_nothing(signatures, name):
    more = {"target": []} if name == "score" else {}
    for value in signatures(name, [], **more).values():
        assert value.shape[0] == 0


def test_a_batch_of_64_gives_what_its_rows_give(signatures):
    texts = (TEXTS * 8)[:64]
    together = signatures("serving_default", texts)
    alone = [signatures("serving_default", [text]) for text in TEXTS] * 8
    assert strings(together["text"]) == [strings(one["text"])[0] for one in alone]
    np.testing.assert_allclose(together["score"], [one["score"][0] for one in alone], atol=1e-4)


def test_max_length_and_greedy_search(model, tmp_path):
    import tensorflow as tf

    path = model.export_saved_model(
        tmp_path / "short", beam_size=1, max_length=4, length_penalty="average"
    )
    loaded = tf.saved_model.load(str(path))
    found = loaded.signatures["alignment"](text=tf.constant(TEXTS))
    assert found["tokens"].shape[1] == 4
    full = model.translate(TEXTS, beam_size=1, return_attention=True)
    scores = found["score"].numpy()
    for tokens, score, one in zip(strings(found["tokens"].numpy()), scores, full, strict=True):
        kept = [piece for piece in tokens if piece]
        assert kept == (one.tokens if len(one.tokens) <= 4 else [*one.tokens[:3], "</s>"])
        if 0 < len(one.tokens) <= 4:
            np.testing.assert_allclose(score, one.log_prob / len(kept), rtol=1e-4)
    assert loaded.signatures["n_best"](text=tf.constant(TEXTS))["text"].shape == (8, 1)


def test_int8_weights_are_a_quarter_and_the_nearest(model, exported, tmp_path):
    import tensorflow as tf

    path = model.export_saved_model(tmp_path / "int8", beam_size=3, quantize="int8")
    reader = tf.train.load_checkpoint(str(path / "variables" / "variables"))
    shapes, types = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    small = {name for name, dtype in types.items() if dtype == tf.int8}
    matrices = [w.shape for w in model.get_weights() if w.ndim == 2 and min(w.shape) >= 8]
    assert sorted(shapes[name] for name in small) == sorted(map(list, matrices)) and small
    # No matrix is stored as floats beside it.
    assert not any(len(shapes[n]) == 2 and min(shapes[n]) >= 8 for n in set(shapes) - small)

    found = tf.saved_model.load(str(path)).signatures["serving_default"](text=tf.constant(TEXTS))
    plain = model.translate(TEXTS, beam_size=3)
    with rounded_weights(model):
        expected = model.translate(TEXTS, beam_size=3, return_attention=True)
    assert strings(found["text"].numpy()) == [one.text for one in expected]
    np.testing.assert_allclose(found["score"], [one.score for one in expected], atol=1e-3)
    assert model.translate(TEXTS, beam_size=3) == plain
    names = ["serving_default", "n_best", "alignment", "score"]
    assert check_saved_model(path) == names


# Served -----------------------------------------------------------------------------------------


def test_called_as_tensorflow_serving_calls_it(model, exported):
    found = in_a_session(exported, "serving_default", text=[text.encode() for text in TEXTS])
    assert found["text"].tolist() == model.translate(TEXTS, beam_size=3)
    assert set(found) == {"text", "score"} and found["score"].shape == (len(TEXTS),)


def test_only_text_operations_that_the_stock_server_has(exported):
    """It is built with all of tensorflow-text's; those of other packages it does not have."""
    assert text_operations(exported) == {
        "SentencepieceOp",
        "SentencepieceTokenizeOp",
        "SentencepieceDetokenizeOp",
        "SentencepieceIdToStringOp",
    }


def test_warm_up_requests_are_read_by_their_messages(exported, signatures):
    import tensorflow as tf
    from tensorflow.core.framework.tensor_pb2 import TensorProto

    path = exported / "assets.extra" / "tf_serving_warmup_requests"
    logs = [PredictionLog.FromString(record.numpy()) for record in tf.data.TFRecordDataset([path])]
    names = [log.predict_log.request.model_spec.signature_name for log in logs]
    assert sorted(set(names)) == ["alignment", "n_best", "score", "serving_default"]
    for log, name in zip(logs, names, strict=True):
        assert log.WhichOneof("log_type") == "predict_log"
        assert log.predict_log.request.model_spec.name == "small"
        inputs = {
            key: list(tf.make_ndarray(TensorProto.FromString(value)))
            for key, value in log.predict_log.request.inputs.items()
        }
        # A map of a message has no order of its own.
        assert set(inputs) == ({"text", "target"} if name == "score" else {"text"})
        found = signatures(name, inputs.pop("text"), **inputs)
        assert {len(value) for value in found.values()} in ({6}, {1})


# Without the zoo --------------------------------------------------------------------------------


def test_it_answers_where_neither_zoo_nor_keras_can_be_imported(model, exported, tmp_path):
    found = alone(exported, TEXTS, ["_sentencepiece_tokenizer.so"], tmp_path)
    assert found["text"] == model.translate(TEXTS, beam_size=3)


# The folder -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quickest():
    """Folders are alike whatever the model: one without a search is exported in a second."""
    return small_classifier(2)


def test_versions_are_numbered_and_kept_in_a_folder_that_is_made(quickest, tmp_path):
    folder = tmp_path / "served" / "rating"
    first = quickest.export_saved_model(folder)
    assert first == folder / "1" and first.is_dir()
    (folder / "notes").mkdir()
    assert quickest.export_saved_model(folder) == folder / "2"
    (folder / "1" / "saved_model.pb").unlink()
    assert check_saved_model(folder) == ["serving_default", "probabilities"]
    assert sorted(p.name for p in folder.iterdir()) == ["1", "2", "notes"]


def test_nothing_half_written_is_left(quickest, tmp_path, monkeypatch):
    def fails(*_):
        raise OSError("no space left")

    monkeypatch.setattr("zoo.export.saved_model.write_warm_up", fails)
    with pytest.raises(OSError, match="no space"):
        quickest.export_saved_model(tmp_path / "served")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "served" / "1").mkdir(parents=True)
    with pytest.raises(OSError, match="no space"):
        quickest.export_saved_model(tmp_path / "served")
    assert [path.name for path in (tmp_path / "served").iterdir()] == ["1"]


def test_another_answer_is_noticed(exported, tmp_path):
    import shutil

    copy = Path(shutil.copytree(exported, tmp_path / "copy" / "1"))
    samples = copy / "assets.extra" / "samples.json"
    rows = json.loads(samples.read_text())
    rows[0]["outputs"]["score"][0] += 0.01
    samples.write_text(json.dumps(rows))
    with pytest.raises(DamagedFileError, match="'score' of the signature 'serving_default'"):
        check_saved_model(copy)
    (copy / "variables" / "variables.index").unlink()
    with pytest.raises(DamagedFileError, match="cannot be run"):
        check_saved_model(copy.parent)
    samples.unlink()
    with pytest.raises(MissingFileError, match=r"samples\.json is not there"):
        check_saved_model(copy)


@pytest.mark.parametrize("what", ["missing", "empty"])
def test_no_export_to_check(tmp_path, what):
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingFileError, match="no folder|no exported model"):
        check_saved_model(tmp_path / what)


def test_what_cannot_be_exported_is_named(model, tmp_path):
    from zoo.export.saved_model import export_saved_model

    with pytest.raises(ConfigError, match="'nmt' has no tokenizer or other input"):
        small_nmt().export_saved_model(tmp_path / "x")
    with pytest.raises(ConfigError, match="A Sequential cannot be exported"):
        export_saved_model(keras.Sequential(), tmp_path / "x")
    for arguments, word in (
        ({"beam_size": 0}, "beam_size"),
        ({"max_length": 0}, "max_length"),
        ({"alpha": -1.0}, "alpha"),
        ({"quantize": "int4"}, "quantize"),
    ):
        with pytest.raises(ConfigError, match=word):
            model.export_saved_model(tmp_path / "x", **arguments)
    with pytest.raises(ConfigError, match="beam_size"):
        model.export_saved_model(tmp_path / "no" / "x", beam_size=0)
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="is a file"):
        model.export_saved_model(tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# The released model -----------------------------------------------------------------------------

SENTENCES = [
    "A man is riding a bicycle.",
    "Two dogs run through the snow.",
    "Where is the station?",
    "I would like a cup of coffee, please.",
    "Three children in red jackets are playing football in a park while their mother watches.",
    "",
]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    import tensorflow as tf

    model = zoo.load("nmt-attn-en-fr")
    path = model.export_saved_model(tmp_path_factory.mktemp("released") / "en-fr")
    return model, tf.saved_model.load(str(path))


def compare(released, texts):
    import tensorflow as tf

    model, loaded = released
    found = strings(loaded.signatures["serving_default"](text=tf.constant(texts))["text"].numpy())
    expected = model.translate(texts)
    return [pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1]]


def test_the_released_model_answers_as_translate_does(released):
    assert compare(released, SENTENCES) == []


def test_it_does_so_on_a_part_of_test_2016(released, data_mirror):
    from zoo.data import read_pairs

    pairs = read_pairs("multi30k/en-fr", "test_2016_flickr")[::20]
    assert len(compare(released, [english for english, _ in pairs])) <= 1
