"""The contract of every registered part, plugins included; and that a broken part is found out."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from released_kinds import LIKE_ANOTHER
from small_nmt import small_nmt
from small_pos import small_pos

import zoo
from zoo import catalogue
from zoo.cells import GRUCell
from zoo.errors import DamagedFileError
from zoo.inputs import SentencePieceTokenizer, train_sentencepiece
from zoo.layers import AdditiveAttention
from zoo.testing import (
    ContractError,
    SpeedReport,
    check_attention,
    check_cell,
    check_model,
    check_task,
    check_training,
)

OWN_CELLS = [c for c in zoo.list_cells() if catalogue.cells.entry(c).owner == catalogue.ZOO]


@pytest.mark.parametrize("cell", OWN_CELLS)  # a plugin's own tests check its cells
def test_cell(cell):
    report = check_cell(cell)
    assert isinstance(report, SpeedReport) and f"{report}".startswith(f"{cell}: ")
    assert report.milliseconds > 0 and report.lstm_milliseconds > 0


@pytest.mark.parametrize("grid", [(3, 4), (5,)])
def test_a_cell_over_grids(grid):
    check_cell("conv_lstm", grid=grid)


@pytest.mark.parametrize("attention", zoo.list_attentions())
def test_attention(attention):
    check_attention(attention)


@pytest.mark.parametrize("task", zoo.list_tasks())
def test_task(task):
    """With the cell that the task has of itself; its attentions and other cells come below."""
    check_task(task)


CHEAPEST = "sentiment"  # of all tasks, to try every cell in


@pytest.mark.parametrize("cell", zoo.list_cells())
def test_every_cell_trains_in_a_task(cell):
    check_training(CHEAPEST, cell=cell)


@pytest.mark.parametrize("attention", zoo.list_attentions())
def test_every_attention_trains_in_a_task(attention):
    check_training("nmt", attention=attention)


@pytest.mark.parametrize("body", ["tcn", "transformer"])
def test_every_body_of_a_language_model_trains(body):
    check_training("lm", body=body)


@pytest.mark.parametrize(
    "system",
    [
        {"attention": None},
        {"encoder_layers": 3, "decoder_layers": 3, "bidirectional_layers": 1},
        {"body": "transformer"},
    ],
)
def test_every_system_of_translation_trains(system):
    check_training("nmt", **system)


@pytest.mark.parametrize("model", zoo.list_models())
def test_model(model):
    other = LIKE_ANOTHER.get(model)
    if other is not None and keras.backend.backend() == "tensorflow":  # where exports take long
        pytest.skip(f"{model} is built as {other}, whose exports are checked here")
    check_model(model)


def test_a_file_of_a_model_of_several_languages_is_a_model(tmp_path):
    sentences = ["Good morning to you!", "Hello, a man or two", "is it here?"]
    proto = train_sentencepiece(sentences, 40, control_pieces=["<2fr>", "<2nl>"])
    tokenizer = SentencePieceTokenizer(proto)
    model = small_nmt(1, source_tokenizer=tokenizer, targets=("fr", "nl"), ending=3.0)
    zoo.save(model, tmp_path / "several.keras")
    check_model(tmp_path / "several.keras")


def test_any_keras_cell_is_a_cell():
    check_cell(keras.layers.LSTMCell)


def test_a_file_is_a_model(tmp_path, trained_proto):
    tokenizer = SentencePieceTokenizer(trained_proto)
    model = small_nmt(1, source_tokenizer=tokenizer, ending=3.0)
    zoo.save(model, tmp_path / "m.keras")
    check_model(tmp_path / "m.keras")


# Broken cells -----------------------------------------------------------------------------------


def registered(cls):
    return keras.saving.register_keras_serializable(package="broken")(cls)


@registered
class WrongShape(GRUCell):
    def call(self, inputs, states, training=None):
        output, states = super().call(inputs, states)
        return output[:, :-1], states


@registered
class Remembers(GRUCell):
    def call(self, inputs, states, training=None):
        output, states = super().call(inputs, states)
        return output - ops.mean(output, axis=0), states


@registered
class ProjectsOtherwise(GRUCell):
    def call(self, inputs, states, training=None):
        return self.step(2 * self.project(inputs), states)


@registered
class StaysInFloat32(GRUCell):
    def step(self, projected, states):
        output, states = super().step(projected, states)
        return ops.cast(output, "float32"), states


class Unregistered(GRUCell):
    pass


@registered
class ForgetsAnArgument(GRUCell):
    def __init__(self, units, scale=1.0, **kwargs):
        super().__init__(units, **kwargs)
        self.scale = scale

    def project(self, inputs):
        return super().project(inputs) * self.scale


@registered
class WrongGradient(GRUCell):
    def gates_gradient(self, saved, states, new_gradients):
        projected, recurrent, previous = super().gates_gradient(saved, states, new_gradients)
        return projected, recurrent * 0.5, previous


@registered
class NoGradient(GRUCell):
    def gates_gradient(self, saved, states, new_gradients):
        projected, recurrent, previous = super().gates_gradient(saved, states, new_gradients)
        return projected, recurrent * 0, previous


@registered
class RandomAfterLoading(GRUCell):
    def load_own_variables(self, store):
        pass


@pytest.mark.parametrize(
    "cell, clause",
    [
        (lambda units, **kwargs: keras.layers.Dense(units, **kwargs), 1),
        (WrongShape, 2),
        (Remembers, 4),
        (ProjectsOtherwise, 5),
        (StaysInFloat32, 8),
        (Unregistered, 9),
        (lambda units, **kwargs: ForgetsAnArgument(units, scale=2.0, **kwargs), 9),
        (WrongGradient, 10),
        (NoGradient, 10),
        (RandomAfterLoading, 12),
    ],
)
def test_a_broken_cell_fails_with_its_clause(cell, clause):
    with pytest.raises(ContractError, match=f"^cell contract, clause {clause}: ") as caught:
        check_cell(cell)
    assert "\n" not in str(caught.value)


# Broken attentions ------------------------------------------------------------------------------


@registered
class NotNormalised(AdditiveAttention):
    def call(self, query, precomputed):
        context, weights = super().call(query, precomputed)
        return context * 2, weights * 2


@registered
class IgnoresTheMask(AdditiveAttention):
    def precompute(self, memory, mask=None):
        return super().precompute(memory)


@registered
class SeesWhatIsMasked(AdditiveAttention):
    def keys(self, memory):
        return super().keys(memory) + ops.mean(memory)


@registered
class MixesQueries(AdditiveAttention):
    def scores(self, query, keys):
        return super().scores(query - ops.mean(query, axis=1, keepdims=True), keys)


@registered
class NoGradientOfScores(AdditiveAttention):
    def scores(self, query, keys):
        return ops.stop_gradient(super().scores(query, keys))


@pytest.mark.parametrize(
    "attention, clause",
    [
        (lambda units, **kwargs: object(), 1),
        (NotNormalised, 3),
        (IgnoresTheMask, 3),
        (SeesWhatIsMasked, 4),
        (MixesQueries, 5),
        (NoGradientOfScores, 8),
    ],
)
def test_a_broken_attention_fails_with_its_clause(attention, clause):
    with pytest.raises(ContractError, match=f"^attention contract, clause {clause}: "):
        check_attention(attention)


# Broken tasks and models ------------------------------------------------------------------------


@pytest.fixture
def task(monkeypatch):
    """Puts one fault into the class behind `nmt`."""
    from zoo.tasks import SequenceToSequence

    return lambda name, function: monkeypatch.setattr(SequenceToSequence, name, function)


def test_a_task_that_is_disturbed_by_padding(task):
    def call(self, inputs, training=False):
        memory, mask = self.encoder(inputs["source"], training=training)
        return self.decoder(memory, ops.ones_like(mask), inputs["target"], training=training)

    task("call", call)
    with pytest.raises(ContractError, match="^task contract, clause 4: "):
        check_task("nmt")


def test_a_task_whose_loss_a_mask_gets_into(task):
    """Keras takes a mask that hangs on the output into the loss: here that of the source."""
    from zoo.tasks import SequenceToSequence

    right = SequenceToSequence.call

    def call(self, inputs, training=False):
        logits = right(self, inputs, training=training)
        keras.src.backend.set_keras_mask(logits, inputs["source"][:, :5] != 0)
        return logits

    task("call", call)
    with pytest.raises(ContractError, match="^task contract, clause 5: "):
        check_task("nmt")


def test_a_cell_that_training_does_not_reach():
    with pytest.raises(ContractError, match="^task contract, clause 5: .* stays as it was"):
        check_training(CHEAPEST, cell=NoGradient)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow writes exports")
def test_an_exporter_that_answers_otherwise(monkeypatch):
    from zoo.export import graphs
    from zoo.inputs import samples as tokenizers
    from zoo.tasks.classification.sample import SAMPLE
    from zoo.testing import tasks

    small = dict(SAMPLE.settings)
    del small["vocabulary_size"]
    model = zoo.build("sentiment", tokenizer=tokenizers.words(), **small)
    traced = graphs.graph_function

    other = zoo.build("sentiment", tokenizer=tokenizers.words(), **small)  # lives on while traced

    def of_another(model, *sizes, **how):
        return traced(other, *sizes, **how)

    monkeypatch.setattr("zoo.export.litert.graph_function", of_another)
    with pytest.raises(DamagedFileError, match="as LiteRT gives other logits than the model"):
        tasks._check_exporters(model, {})


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow writes exports")
def test_an_export_that_answers_otherwise(tmp_path, monkeypatch):
    """The places of tokens counted in bytes."""
    from zoo.tasks.tagging import signatures as tagger_signatures

    zoo.save(small_pos(2), tmp_path / "m.keras")
    monkeypatch.setattr(tagger_signatures, "_characters_before", lambda text, places: places)
    with pytest.raises(ContractError, match="^model contract, clause 6: .* as 'start', and"):
        check_model(tmp_path / "m.keras")


def test_a_task_without_its_verb(task):
    task("translate", None)
    with pytest.raises(ContractError, match="^task contract, clause 2: .* no translate"):
        check_task("nmt")


def test_a_model_that_mixes_up_a_list(tmp_path, trained_proto, task):
    model = small_nmt(1, source_tokenizer=SentencePieceTokenizer(trained_proto))
    zoo.save(model, tmp_path / "m.keras")
    task("translate", lambda self, text: text if isinstance(text, str) else sorted(text)[::-1][:1])
    with pytest.raises(ContractError, match="^model contract, clause 3: "):
        check_model(tmp_path / "m.keras")


def test_what_is_checked_is_left_as_it_was():
    policy = keras.config.dtype_policy().name
    check_cell(GRUCell)
    assert keras.config.dtype_policy().name == policy
    assert np.array_equal(GRUCell(3).get_config()["units"], 3)
