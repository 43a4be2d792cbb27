"""An exported classifier answers as `classify`, an exported tagger as `tag`, with a CRF too."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from served import Served, alone, in_a_session, rounded_weights, text_operations
from small_classifier import small_classifier, with_some_ngrams
from small_pos import small_pos

import zoo
from zoo.errors import ConfigError, DamagedFileError
from zoo.export.check import check_saved_model, compare_with_model
from zoo.inputs import TreebankWords

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow writes SavedModels"
)
REGEX = "_regex_split_ops.so"
TEXTS = [
    "The tall girl isn't here, and 12 dogs run!",
    "",
    "A",
    " \u200b\n ",
    "\ufeffe\u0301té 駅\0😀 l'été 👩‍👩‍👧 <s> https://example.org/é.",
    "\ud7ff\ue000\uffff\U0010ffff",
    "Ann's cat eats 12 apples on the beach. " * 30,
    "supercalifragilisticexpialidocious" * 3,
]


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    model = with_some_ngrams(small_classifier(2))
    path = model.export_saved_model(tmp_path_factory.mktemp("served") / "rating")
    return model, path, Served(path)


@pytest.fixture(scope="module", params=[False, True], ids=["softmax", "crf"])
def tagger(request, tmp_path_factory):
    model = small_pos(2, crf=request.param)
    path = model.export_saved_model(tmp_path_factory.mktemp("served") / "pos")
    return model, path, Served(path)


def require_tags(found, rows, texts):
    """Requires that the arrays hold the pairs of `tag`, and beside them the filling alone."""
    width = max(map(len, rows), default=0)
    for name, filling, value in (
        ("tokens", "", lambda pair: pair.token),
        ("tags", "", lambda pair: pair.tag),
        ("start", -1, lambda pair: pair.start),
        ("end", -1, lambda pair: pair.end),
    ):
        expected = [[*map(value, row), *[filling] * (width - len(row))] for row in rows]
        assert found[name].tolist() == expected, name
    assert found["token_count"].tolist() == [len(row) for row in rows]
    for text, pairs, *row in zip(texts, rows, found["start"], found["end"], strict=True):
        surfaces = [pair.surface for pair in pairs]
        assert [text[b:e] for b, e in zip(*row, strict=True)][: len(pairs)] == surfaces


def test_labels_are_those_of_classify(classifier):
    model, _, served = classifier
    expected = model.classify(TEXTS)
    found = served("serving_default", TEXTS)
    assert found["label"].tolist() == [one.label for one in expected]
    scores = [one.probabilities[one.label] for one in expected]
    np.testing.assert_allclose(found["score"], scores, atol=1e-5)
    assert len(set(found["label"])) > 1 and set(found) == {"label", "score"}
    found = served("probabilities", TEXTS)
    assert found["labels"].tolist() == [model.labels] * len(TEXTS)
    shares = [list(one.probabilities.values()) for one in expected]
    np.testing.assert_allclose(found["probabilities"], shares, atol=1e-5)


def test_contracted_tokens_are_split_in_the_graph_too(tmp_path):
    model = small_pos(2)
    model.tokenizer.treebank = TreebankWords(("-tu", "12 dogs"), {"The": ("T", "he")})
    texts = [*TEXTS, "The-tu The", "-tu"]
    expected = model.tag(texts)
    assert [pair.token for pair in expected[-2]] == ["T", "he", "-tu", "T", "he"]
    path = model.export_saved_model(tmp_path / "pos")
    require_tags(Served(path)("serving_default", texts), expected, texts)
    compare_with_model(model, path)


def test_tags_and_places_are_those_of_tag(tagger):
    model, _, served = tagger
    expected = model.tag(TEXTS)
    require_tags(served("serving_default", TEXTS), expected, TEXTS)
    assert len({pair.tag for row in expected for pair in row}) > 3
    require_tags(served("serving_default", ["", " "]), [[], []], ["", " "])


def test_places_count_characters_whatever_they_are(tagger):
    rng = np.random.default_rng(0)
    known = [chr(c) for c in range(0x30000) if not 0xD800 <= c < 0xE000]
    texts = ["".join(rng.choice(known, 40)) for _ in range(30)]
    texts += ["".join(rng.choice(list("aé駅😀'. \n\0"), 60)) for _ in range(30)]
    model, _, served = tagger
    require_tags(served("serving_default", texts), model.tag(texts), texts)


def test_a_batch_of_64_and_of_none(classifier, tagger):
    texts = (TEXTS * 8)[:64]
    together = classifier[2]("serving_default", texts)
    apart = [classifier[2]("serving_default", [text]) for text in TEXTS] * 8
    assert together["label"].tolist() == [one["label"][0] for one in apart]
    np.testing.assert_allclose(together["score"], [one["score"][0] for one in apart], atol=1e-5)
    together = tagger[2]("serving_default", texts)
    for row, one in enumerate([tagger[2]("serving_default", [text]) for text in TEXTS] * 8):
        count = one["token_count"][0]
        assert together["token_count"][row] == count
        for name in ("tokens", "tags", "start", "end"):
            assert one[name].shape == (1, count)
            assert together[name][row, :count].tolist() == one[name][0].tolist()
    shapes = {name: value.shape for name, value in classifier[2]("probabilities", []).items()}
    assert shapes == {"labels": (0, 5), "probabilities": (0, 5)}
    for _, _, served in (classifier, tagger):
        assert all(len(value) == 0 for value in served("serving_default", []).values())


def test_called_as_tensorflow_serving_calls_them(classifier, tagger):
    model, path, _ = classifier
    raw = [text.encode() for text in TEXTS]
    found = in_a_session(path, "serving_default", text=raw)
    assert found["label"].tolist() == [one.label for one in model.classify(TEXTS)]
    found = in_a_session(path, "probabilities", text=raw)
    assert found["labels"].shape == found["probabilities"].shape == (len(TEXTS), 5)
    model, path, _ = tagger
    require_tags(in_a_session(path, "serving_default", text=raw), model.tag(TEXTS), TEXTS)
    assert text_operations(path) == text_operations(classifier[1]) == {"RegexSplitWithOffsets"}


def test_they_answer_where_neither_zoo_nor_keras_can_be_imported(classifier, tagger, tmp_path):
    model, path, _ = classifier
    found = alone(path, TEXTS, [REGEX], tmp_path)
    assert found["label"] == [one.label for one in model.classify(TEXTS)]
    model, path, _ = tagger
    found = {key: np.array(value) for key, value in alone(path, TEXTS, [REGEX], tmp_path).items()}
    require_tags(found, model.tag(TEXTS), TEXTS)


def test_int8(tmp_path):
    model = small_classifier(3, units=16, embedding_size=16)
    found = Served(model.export_saved_model(tmp_path / "rating", quantize="int8"))(
        "probabilities", TEXTS
    )
    plain = model.classify(TEXTS)
    with rounded_weights(model):
        expected = [list(one.probabilities.values()) for one in model.classify(TEXTS)]
    np.testing.assert_allclose(found["probabilities"], expected, atol=1e-4)
    gap = np.abs(found["probabilities"] - [list(one.probabilities.values()) for one in plain])
    assert gap.max() > 1e-3
    model = small_pos(4, units=16, embedding_size=16, crf=True)
    found = Served(model.export_saved_model(tmp_path / "pos", quantize="int8"))
    with rounded_weights(model):
        require_tags(found("serving_default", TEXTS), model.tag(TEXTS), TEXTS)


def test_check_and_compare(classifier, tagger):
    for (model, path, _), signatures in (
        (classifier, ["serving_default", "probabilities"]),
        (tagger, ["serving_default"]),
    ):
        assert check_saved_model(path.parent) == signatures
        compare_with_model(model, path)
    with pytest.raises(DamagedFileError, match="as 'label', and the model"):
        compare_with_model(small_classifier(7), classifier[1])
    with pytest.raises(DamagedFileError, match="as 'tags', and the model"):
        compare_with_model(small_pos(7), tagger[1])


def test_what_cannot_be_exported_is_named(classifier, tmp_path):
    for settings, name in (({"beam_size": 2}, "beam_size"), ({"max_length": 9}, "max_length")):
        with pytest.raises(ConfigError, match=f"SequenceClassifier has no use for {name}"):
            classifier[0].export_saved_model(tmp_path / "x", **settings)
    with pytest.raises(ConfigError, match="'pos' has no tokenizer or other input"):
        small_pos(vocabulary_size=9).export_saved_model(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_the_released_tagger(tmp_path):
    model = zoo.load("pos-bilstm-fr")
    texts = ["L'été, qu'est-ce qu'il fait chaud !", "", "Les 12 chats dorment-ils ? 😀"]
    served = Served(model.export_saved_model(tmp_path / "fr"))
    require_tags(served("serving_default", texts), model.tag(texts), texts)
