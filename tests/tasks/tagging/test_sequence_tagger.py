"""The tagger: pairs in the order and place of the text, one or many, with and without a CRF."""

from __future__ import annotations

import copy
import pickle

import keras
import numpy as np
import pytest
from small_pos import TEXT, small_pos

import zoo
from zoo.errors import ConfigError
from zoo.inputs import TreebankWords
from zoo.tasks import TaggedToken

TEXTS = ["The dog isn't here.", "", "Ann's cat eats 12 apples!", " \n", "駅は 😀", "The girl"]


@pytest.fixture(scope="module", params=[False, True], ids=["softmax", "crf"])
def model(request):
    return small_pos(1, crf=request.param)


def ids_of(model, tokens):
    ((words, characters),) = model.tokenizer.encode([tokens])
    return {"words": words[None], "characters": characters[None]}


def test_pairs_stand_where_they_say(model):
    for text, pairs in zip(TEXTS, model.tag(TEXTS), strict=True):
        assert isinstance(pairs, list)
        assert "".join(token for token, _ in pairs) == "".join(text.split())
        for pair in pairs:
            assert text[pair.start : pair.end] == pair.token == pair[0]
            assert pair.tag == pair[1] and pair.tag in model.labels


def test_contracted_tokens_are_words_of_their_own():
    model = small_pos(1)
    model.tokenizer.treebank = TreebankWords(("-tu",), {"du": ("de", "le")})
    found = model.tag("Veux-tu du cat?")
    assert [pair.token for pair in found] == ["Veux", "-tu", "de", "le", "cat", "?"]
    places = [(pair.start, pair.end, pair.surface) for pair in found]
    assert places[2:4] == 2 * [(8, 10, "du")] and places[1] == (4, 7, "-tu")
    words = [pair.token for pair in found]
    assert found == model.tag(words, is_split_into_words=True)  # the tags are those of the words
    assert found.to_json()["tokens"][3] == {
        "token": "le",
        "tag": found[3].tag,
        "start": 8,
        "end": 10,
        "surface": "du",
    }
    lines = [line.split("\t") for line in found.to_conllu().splitlines()]
    assert [(row[0], row[1], row[9]) for row in lines] == [
        ("1", "Veux", "SpaceAfter=No"),
        ("2", "-tu", "_"),
        ("3-4", "du", "_"),
        ("3", "de", "_"),
        ("4", "le", "_"),
        ("5", "cat", "SpaceAfter=No"),
        ("6", "?", "_"),
    ]
    assert all(len(row) == 10 for row in lines)
    assert [row[3] for row in lines if row[0] != "3-4"] == [pair.tag for pair in found]
    split = model.tag(words[:1], is_split_into_words=True)
    assert split.to_conllu() == f"1\tVeux\t_\t{split[0].tag}\t_\t_\t_\t_\t_\t_\n"
    assert pickle.loads(pickle.dumps(found[2])).surface == "du"
    assert model.tag("du du").to_conllu().count("\tdu\t") == 2


def test_a_list_gives_what_its_texts_give(model):
    assert model.tag(TEXTS) == [model.tag(text) for text in TEXTS]
    assert model.tag([]) == [] and model.tag("") == []
    tags = {tag for pairs in model.tag(TEXTS) for _, tag in pairs}
    assert len(tags) > 1  # or nothing is tested here


def test_tokens_are_taken_as_they_are(model):
    tokens = [token for token, _ in model.tag(TEXTS[0])]
    assert model.tag([tokens, []]) == [model.tag(TEXTS[0]), []]
    one = model.tag(tokens, is_split_into_words=True)
    assert one == model.tag(TEXTS[0]) and one[0].start is None
    assert model.tag([tokens], is_split_into_words=True) == [one]
    assert [token for token, _ in model.tag([("1 000", "New York")])[0]] == ["1 000", "New York"]


def test_labels_are_those_of_the_logits():
    model = small_pos(2)
    tokens = TEXT.split()
    logits = keras.ops.convert_to_numpy(model(ids_of(model, tokens)))[0]
    expected = [model.labels[i] for i in logits.argmax(-1)]
    assert [tag for _, tag in model.tag([tokens])[0]] == expected


def test_the_crf_has_its_say():
    model = small_pos(2, crf=True)
    before = [tag for _, tag in model.tag(TEXT)]
    forbidden = np.full((17, 17), -100.0)
    forbidden[3, 5] = forbidden[5, 3] = 0  # only AUX after DET, and DET after AUX
    model.crf.transitions.assign(forbidden)
    after = [tag for _, tag in model.tag(TEXT)]
    assert before != after and set(after) == {"AUX", "DET"}
    assert all(one != two for one, two in zip(after, after[1:], strict=False))


def test_with_a_crf_fit_lowers_the_loss_of_whole_sequences():
    model = small_pos(3, crf=True)
    rows = [model.tokenizer.encode([TEXT.split()[:n]])[0] for n in (9, 4)]
    words = np.zeros((3, 9), "int32")
    characters = np.zeros((3, 9, model.tokenizer.word_length), "int32")
    for row, (ids, letters) in enumerate(rows):
        words[row, : len(ids)], characters[row, : len(ids)] = ids, letters
    labels = np.where(words > 0, words % 17, 0).astype("int32")
    inputs = {"words": words, "characters": characters}
    mask = words != 0
    expected = model.crf.log_likelihood(model(inputs), labels, mask)
    expected = -keras.ops.convert_to_numpy(expected).sum() / labels.size
    model.compile(keras.optimizers.Adam(0.05), jit_compile=keras.backend.backend() == "jax")
    history = model.fit(inputs, labels, 3, sample_weight=mask * 1.0, epochs=8, verbose=0).history
    assert history["loss"][0] == pytest.approx(expected, rel=1e-4)
    assert history["loss"][-1] < history["loss"][0] / 2


def test_a_saved_model_tags_alike(model, tmp_path):
    zoo.save(model, tmp_path / "m.keras")
    loaded = zoo.load(tmp_path / "m.keras")
    assert loaded.tag(TEXTS) == model.tag(TEXTS)
    assert loaded.task == "pos" and loaded.labels == model.labels
    assert loaded.languages == model.languages
    assert loaded.tokenizer.words == model.tokenizer.words


def test_any_length(model):
    """One text much longer than a batch beside short ones."""
    long = [TEXT.split()[i % 18] for i in range(2500)]
    short, found = model.tag([["The", "dog"], long])
    assert len(found) == 2500 and short == model.tag([["The", "dog"]])[0]


@pytest.mark.parametrize("text", [3, None, [1], [["a", 2]], b"a", [b"a"], {"a": 1}, ["a", None]])
def test_what_is_no_text_is_refused(model, text):
    with pytest.raises(ConfigError, match="^tag wants a string or a list of strings"):
        model.tag(text)
    with pytest.raises(ConfigError, match="^tag wants "):
        model.tag(text, is_split_into_words=True)


def test_without_a_tokenizer_there_is_no_text():
    model = small_pos(vocabulary_size=9)
    with pytest.raises(ConfigError, match="has no tokenizer"):
        model.tag("A dog")


def test_builders_mistakes():
    with pytest.raises(ConfigError, match="units is halved"):
        small_pos(units=7)
    with pytest.raises(ConfigError, match=r"needs tokenizer=\.\.\. or vocabulary_size"):
        zoo.build("pos")
    with pytest.raises(ConfigError, match="leave vocabulary_size out"):
        small_pos(vocabulary_size=7, tokenizer=small_pos().tokenizer)


def test_words_alone():
    model = small_pos(character_filters=0)
    assert model.features.output_size == 6
    assert len(model.tag("The dog")) == 2


def test_a_pair_is_a_tuple():
    pair = TaggedToken("dogs", "NOUN", 4, 8)
    assert pair == ("dogs", "NOUN") and len(pair) == 2
    for twin in (copy.deepcopy(pair), pickle.loads(pickle.dumps(pair))):
        assert (twin, twin.start, twin.end) == (pair, 4, 8)
