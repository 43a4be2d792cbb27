"""What a run writes for TensorBoard: read back, and no step is different for it."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from small_lm import small_lm

from zoo.experiments.recipe import Epochs
from zoo.training import tensorboard
from zoo.training.callbacks import ProgressBar
from zoo.training.epochs import Validation, train_epochs
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.schedules import WarmupHoldDecay
from zoo.training.statistics import step_statistics
from zoo.training.training_run import TrainingRun

STEPS = 4
IS_TENSORFLOW = keras.backend.backend() == "tensorflow"


def batch_of(epoch, step):
    tokens = np.random.default_rng([epoch, step]).integers(1, 11, (2, 6)).astype("int32")
    return {"tokens": tokens[:, :-1]}, tokens[:, 1:], np.ones((2, 5), "float32")


def batches(epoch, start):
    return (batch_of(epoch, step) for step in range(start, STEPS))


EPOCHS = Epochs(batches, STEPS, 10 * STEPS, 0.5, "40 tokens")


def train(folder, is_shown):
    keras.utils.set_random_seed(0)
    model = small_lm(cell="gru", dropout=0.2)
    model.compile(
        keras.optimizers.SGD(WarmupHoldDecay(0.1, 2 * STEPS, 3)),
        SmoothedCrossEntropy(),
        jit_compile=not IS_TENSORFLOW,
    )
    run = TrainingRun(folder, model)
    board = tensorboard.TensorBoardLog(run, EPOCHS, every=3, inside=IS_TENSORFLOW)

    def score():
        scores = {"here": 7.0 + run.epoch}
        board.scores(scores)
        return scores

    validation = Validation(score if is_shown else lambda: {"here": 7.0 + run.epoch}, "score")
    bar = ProgressBar(2, STEPS, STEPS)
    train_epochs(run, 2, STEPS, batches, validation, bar, [board] if is_shown else [])
    return [ops.convert_to_numpy(variable) for variable in model.variables]


def read(folder):
    """`{tag: {step: value}}` of the files of events in a folder."""
    import tensorflow as tf

    found: dict = {}
    for path in sorted(folder.glob("events.*")):
        for record in tf.data.TFRecordDataset(str(path)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                assert value.metadata.plugin_data.plugin_name in ("scalars", "")
                found.setdefault(value.tag, {})[event.step] = float(tf.make_ndarray(value.tensor))
    return found


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The folder of a run that was looked into, its variables, and the steps looked into."""
    folder, looked = tmp_path_factory.mktemp("shown"), []

    def looking(model, batch):
        looked.append(batch)
        return step_statistics(model, batch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tensorboard, "step_statistics", looking)
        return folder, train(folder, True), looked


def test_a_run_is_the_same_with_it(shown, tmp_path):
    for one, other in zip(shown[1], train(tmp_path, False), strict=True):
        np.testing.assert_array_equal(one, other)


def test_scalars_are_written_every_so_many_steps(shown):
    found = read(shown[0] / "tensorboard/train")
    assert list(found["loss"]) == [3, 4, 6, 8] and found["loss"][3] > 0
    expected = {step: 0.1 * min(1, (step + 1) / 3, (8 - step) / 4) for step in (3, 4, 6, 8)}
    expected[8] = 0.001
    assert found["learning_rate"] == pytest.approx(expected)
    assert found["validation/here"] == {4: 7.0, 8: 8.0}
    assert all(speed > 0 for speed in found["tokens_per_second"].values())


@pytest.mark.skipif(not IS_TENSORFLOW, reason="statistics are for TensorFlow")
def test_steps_are_looked_into_with_their_own_batches(shown):
    folder, _, looked = shown
    assert len(looked) == 3
    for (inputs, *_), (epoch, step) in zip(looked, [(0, 0), (0, 3), (1, 2)], strict=True):
        np.testing.assert_array_equal(inputs["tokens"], batch_of(epoch, step)[0]["tokens"])
    found = read(folder / "tensorboard/train")
    inside = [name for name in found if name.startswith(("gradients/", "activations/", "gates/"))]
    assert len(inside) > 10 and all(list(found[name]) == [0, 3, 6] for name in inside)
    assert any("recurrent_kernel" in name for name in inside)
    curves = sorted((folder / "tensorboard/over_time").iterdir())
    assert [path.name for path in curves] == ["step-000000", "step-000003", "step-000006"]
    for path in curves:
        for name, norms in read(path).items():
            assert name.startswith("dloss_dh/") and list(norms) == [0, 1, 2, 3, 4]
            assert all(norm > 0 for norm in norms.values())
