"""The SentencePiece tokenizer: any Unicode in, text out, the same after saving."""

import builtins
import gc
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zoo.errors import ConfigError, DamagedFileError, MissingFileError
from zoo.inputs import SentencePieceTokenizer, train_sentencepiece
from zoo.inputs.samples import characters
from zoo.inputs.subwords import plain_typography

SENTENCES = [
    "Where is the red house here?",
    "Où est la maison rouge ici ?",
    "A man rides a bicycle.",
    "Un chien regarde l'eau.",
]


@pytest.fixture
def tokenizer(trained_proto):
    return SentencePieceTokenizer(trained_proto)


def test_text_survives(tokenizer):
    assert tokenizer.decode(tokenizer.encode(SENTENCES)) == SENTENCES


def test_case_is_kept(tokenizer):
    upper, lower = tokenizer.encode(["A man", "a man"])
    assert upper != lower


def test_ids(tokenizer):
    assert (tokenizer.pad_id, tokenizer.unknown_id, tokenizer.bos_id, tokenizer.eos_id) == (
        0, 1, 2, 3,
    )  # fmt: skip
    assert tokenizer.vocabulary_size == 150
    assert tokenizer.pieces(range(4)) == ["<pad>", "<unk>", "<s>", "</s>"]
    ids = [i for row in tokenizer.encode(SENTENCES) for i in row]
    assert min(ids) > 3 and max(ids) < 150  # neither begin nor end nor unknown


def test_pieces_spell_the_sentence(tokenizer):
    pieces = tokenizer.pieces(tokenizer.encode(["A man rides a bicycle."])[0])
    assert "".join(pieces).replace("▁", " ") == " A man rides a bicycle."
    assert tokenizer.pieces([-1, 150, 10**6]) == ["<unk>"] * 3
    assert tokenizer.pieces([]) == []


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Où est la maison\u202f?", "Où est la maison ?"),
        ("Où est la maison\u00a0?", "Où est la maison ?"),
        ("Où est la maison\u2009?", "Où est la maison ?"),
        ("l’eau", "l'eau"),
        ("  la   maison\t", "la maison"),
        ("ou\u0300 est la maison", "où est la maison"),  # u and a combining grave accent
        ("la mai\u00adson", "la maison"),  # a soft hyphen
        ("bicycle\u2011path", "bicycle-path"),
    ],
)
def test_typography_has_one_form(tokenizer, written, plain):
    text = tokenizer.encode([written, plain])
    assert text[0] == text[1]


def test_plain_typography_is_what_the_graph_does(tokenizer):
    text = "“l’été” — a–b ‚c‛ d\u2011e \ufefff\u00ad"
    assert plain_typography(text) == "\"l'été\"  -  a-b 'c' d-e f"
    assert tokenizer.encode([text]) == tokenizer.encode([plain_typography(text)])


@pytest.mark.parametrize(
    "text", ["", " ", "🙂", "日本語のテキスト", "a\u0000b", "\ud83d", "</s>", "<pad>"]
)
def test_odd_text_is_answered(tokenizer, text):
    (ids,) = tokenizer.encode([text])
    assert not {0, 2, 3} & set(ids)  # text never turns into padding, begin or end
    assert isinstance(tokenizer.decode([ids])[0], str)


@pytest.mark.parametrize(
    "noisy",
    ["🙂 A man rides.", "A man 🙂 rides.", "A ma🙂n rides.", "A man rides🙂.", "A man rides. 🙂🙂"],
)
def test_characters_without_a_piece_can_be_dropped(tokenizer, noisy):
    assert 1 in tokenizer.encode([noisy])[0]
    whole, cut = tokenizer.encode(["A man rides.", noisy], drop_unknown=True)
    assert cut == whole == tokenizer.encode(["A man rides."])[0]
    assert tokenizer.encode(["🙂", "", SENTENCES[0]], drop_unknown=True) == [
        [],
        [],
        tokenizer.encode(SENTENCES)[0],
    ]


def test_no_text_at_all(tokenizer):
    assert tokenizer.encode([]) == []
    assert tokenizer.decode([]) == []
    assert tokenizer.encode(["", "A man"])[0] == []
    assert tokenizer.decode([[], []]) == ["", ""]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=30), max_size=4))
def test_any_unicode(trained_proto, texts):
    tokenizer = _shared(trained_proto)
    ids = tokenizer.encode(texts)
    assert len(ids) == len(texts)
    assert tokenizer.encode(tokenizer.decode(ids)) is not None


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.integers(-(2**40), 2**40), max_size=8), max_size=4))
def test_any_ids(trained_proto, ids):
    assert len(_shared(trained_proto).decode(ids)) == len(ids)


_TOKENIZERS = {}


def _shared(proto):
    """One tokenizer for all examples of a property."""
    return _TOKENIZERS.setdefault(proto, SentencePieceTokenizer(proto))


def test_ids_that_are_no_text_are_left_out(tokenizer):
    (ids,) = tokenizer.encode(["A man rides a bicycle."])
    noisy = [2, *ids[:2], 1, -5, 150, *ids[2:], 3, 0, 0]
    assert tokenizer.decode([noisy]) == ["A man rides a bicycle."]
    dense = tf.constant([noisy, [0] * len(noisy)], tf.int64)
    assert tokenizer.detokenize(dense).numpy().tolist() == [b"A man rides a bicycle.", b""]


def test_encode_wants_a_list_of_strings(tokenizer):
    for wrong in ("A man", ["A man", None], [b"A man"]):
        with pytest.raises(ConfigError, match="list of strings"):
            tokenizer.encode(wrong)


def test_it_works_in_a_graph_that_it_was_not_made_in(trained_proto):
    fresh = SentencePieceTokenizer(trained_proto)
    dataset = tf.data.Dataset.from_tensor_slices(SENTENCES).batch(3).map(fresh.tokenize)
    rows = [row for batch in dataset for row in batch.to_list()]
    assert rows == fresh.encode(SENTENCES)

    fresh = SentencePieceTokenizer(trained_proto)
    there_and_back = tf.function(lambda text: fresh.detokenize(fresh.tokenize(text)))
    assert [text.decode() for text in there_and_back(SENTENCES).numpy()] == SENTENCES


def test_a_seed_or_a_new_session_takes_nothing_away(tokenizer):
    in_graph = tf.function(lambda strings: tokenizer.tokenize(strings).flat_values)
    ids = tokenizer.encode(SENTENCES[:1])[0]
    assert in_graph(tf.constant(SENTENCES[:1])).numpy().tolist() == ids
    for forget in (lambda: keras.utils.set_random_seed(1), keras.utils.clear_session):
        forget()
        assert tokenizer.encode(SENTENCES[:1]) == [ids]
        assert tokenizer.decode([ids]) == SENTENCES[:1]
        assert in_graph(tf.constant(SENTENCES[:1])).numpy().tolist() == ids


def test_two_of_one_content_do_not_take_each_others_away(trained_proto):
    one, other = SentencePieceTokenizer(trained_proto), SentencePieceTokenizer(trained_proto)
    ids = one.encode(SENTENCES)
    assert other.encode(SENTENCES) == ids
    del one
    gc.collect()
    assert other.decode(ids) == SENTENCES


def test_it_is_exported_with_a_saved_model(tokenizer, tmp_path):
    module = tf.Module()
    module.tokenizer = tokenizer
    signature = [tf.TensorSpec([None], tf.string)]
    module.ids = tf.function(lambda t: tokenizer.tokenize(t).to_tensor(), signature)
    tf.saved_model.save(module, str(tmp_path / "export"))
    opened = tf.saved_model.load(str(tmp_path / "export"))
    assert opened.ids(SENTENCES).numpy().tolist() == module.ids(SENTENCES).numpy().tolist()


class Holder(keras.Model):
    """A model that holds a tokenizer, as the zoo's models do."""

    def __init__(self, source_tokenizer=None, **kwargs):
        super().__init__(**kwargs)
        self.source_tokenizer = source_tokenizer or SentencePieceTokenizer()
        self.dense = keras.layers.Dense(1)

    def build(self, shape):
        self.dense.build(shape)
        self.built = True

    def call(self, inputs):
        return self.dense(inputs)


def test_it_rides_in_a_keras_file(tokenizer, tmp_path):
    model = Holder(tokenizer)
    model(np.ones([1, 2], "float32"))
    path = tmp_path / "model.keras"
    model.save(path)
    opened = keras.saving.load_model(path, custom_objects={"Holder": Holder}, safe_mode=True)
    assert opened.source_tokenizer.proto == tokenizer.proto
    assert opened.source_tokenizer.encode(SENTENCES) == tokenizer.encode(SENTENCES)


def test_it_is_read_before_the_assets_go_away(tokenizer, tmp_path):
    tokenizer.save_assets(str(tmp_path))
    opened = SentencePieceTokenizer()
    opened.load_assets(str(tmp_path))
    (tmp_path / "sentencepiece.model").unlink()
    assert opened.encode(SENTENCES) == tokenizer.encode(SENTENCES)
    with pytest.raises(MissingFileError, match="sentencepiece.model"):
        SentencePieceTokenizer().load_assets(str(tmp_path))


def test_loading_replaces_the_model_in_use(tokenizer, tmp_path):
    other = SentencePieceTokenizer(train_sentencepiece(SENTENCES * 5, 40))
    other.save_assets(str(tmp_path))
    tokenizer.encode(SENTENCES)
    tokenizer.load_assets(str(tmp_path))
    assert tokenizer.vocabulary_size == 40
    assert tokenizer.encode(SENTENCES) == other.encode(SENTENCES)


def test_a_tokenizer_without_a_model_says_so():
    empty = SentencePieceTokenizer(name="source_tokenizer")
    for use in (lambda: empty.encode(["A man"]), lambda: empty.vocabulary_size):
        with pytest.raises(ConfigError, match="'source_tokenizer' holds no SentencePiece model"):
            use()


def test_bytes_that_are_no_model(trained_proto):
    for wrong in (b"not a model", trained_proto[: len(trained_proto) // 2]):
        with pytest.raises(DamagedFileError, match="no SentencePiece model"):
            SentencePieceTokenizer(wrong).encode(["A man"])


def test_a_model_with_other_special_ids():
    import io

    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 10), model_writer=model, vocab_size=40, minloglevel=2
    )
    with pytest.raises(ConfigError, match="pad_id=0, unk_id=1, bos_id=2"):
        SentencePieceTokenizer(model.getvalue()).encode(["A man"])


@pytest.mark.parametrize("model_type", ["bpe", "unigram"])
def test_training_gives_the_same_bytes_again(model_type):
    text = [f"{a} {b}" for a in SENTENCES for b in SENTENCES]
    first = train_sentencepiece(text, 40, model_type)
    assert train_sentencepiece(iter(text), 40, model_type) == first
    assert SentencePieceTokenizer(first).vocabulary_size == 40


def test_training_mistakes_get_one_sentence():
    for arguments, words in (
        ((SENTENCES, 8_000), "8000 pieces on 4 sentences.*fewer pieces or give it more text"),
        ((SENTENCES, 5), "5 pieces"),
        (([], 60), "no text"),
        ((["", "  "], 60), "no text"),
        ((SENTENCES, 60, "words"), "'bpe', 'unigram', 'char' or 'word', not 'words'"),
    ):
        with pytest.raises(ConfigError, match=words) as error:
            train_sentencepiece(*arguments)
        assert "\n" not in str(error.value)


def test_training_without_sentencepiece(monkeypatch):
    real = builtins.__import__

    def missing(name, *rest, **options):
        if name == "sentencepiece":
            raise ImportError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ConfigError, match=r"sequence-zoo\[train\]"):
        train_sentencepiece(SENTENCES, 60)


def test_the_same_under_jax(trained_proto, tmp_path):
    pytest.importorskip("jax")
    (tmp_path / "model").write_bytes(trained_proto)
    code = (
        "import sys; from zoo.inputs import SentencePieceTokenizer\n"
        "t = SentencePieceTokenizer(open(sys.argv[1], 'rb').read())\n"
        "ids = t.encode(sys.argv[2:]); print(ids); assert t.decode(ids) == sys.argv[2:]"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "model"), *SENTENCES],
        env={**os.environ, "KERAS_BACKEND": "jax", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(SentencePieceTokenizer(trained_proto).encode(SENTENCES))


def test_rare_characters_are_unknown_and_common_ones_are_not():
    text = SENTENCES * 3000 + ["ж"]
    tokenizer = SentencePieceTokenizer(train_sentencepiece(text, 60))
    assert 1 in tokenizer.encode(["ж"])[0]
    assert all(1 not in ids for ids in tokenizer.encode(SENTENCES))


def test_of_a_long_text_the_first_pieces_are_read_in_python_and_in_the_graph():
    whole = characters()
    cut = SentencePieceTokenizer(whole.proto, longest=3)
    texts = ["abcdef", "ab", ""]
    (long,) = whole.encode(texts[:1])
    rows = [one["source"].tolist() for one in cut.prepare(texts)]
    assert rows[0] == [*long[:3], 3] and rows[2] == [3]
    in_graph = cut.in_graph({"text": tf.constant(texts)})["source"].numpy()
    assert [row[row != 0].tolist() for row in in_graph] == rows
    assert cut.encode(texts) == whole.encode(texts)  # nothing else is cut
    assert cut.get_config()["longest"] == 3 and "longest" not in whole.get_config()
    with pytest.raises(ConfigError, match="longest is at least 1, or None, not 0"):
        SentencePieceTokenizer(whole.proto, longest=0)
