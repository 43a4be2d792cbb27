"""The textbook's numbers beside the same steps computed by Keras."""

from __future__ import annotations

import re

import keras
import numpy as np

from zoo.diagnostics.every_number import every_number


def test_states_and_probabilities_are_those_of_keras():
    rng = np.random.default_rng(0)
    shapes = [(5, 2), (2, 3), (3, 3), (3,), (5, 3), (5,)]
    arrays = [rng.normal(size=shape).astype("float32") for shape in shapes]
    lines, written = every_number(arrays, ["-", "?", "a", "b", "c"], [0, 2, 4], 2)
    assert len(written) == 2 and set(written) <= set("abc")
    ids = [0, 2, 4, "-?abc".index(written[0])]

    vectors, kernel, recurrent, bias, output, output_bias = arrays
    layer = keras.layers.SimpleRNN(3, return_sequences=True)
    layer.build((None, None, 2))
    layer.set_weights([kernel, recurrent, bias])
    states = keras.ops.convert_to_numpy(layer(vectors[ids][None]))[0]
    logits = states @ output.T + output_bias
    expected = keras.ops.convert_to_numpy(keras.ops.softmax(logits))
    shown = [line for line in lines if line.startswith("  softmax")]
    found = [[float(x) for x in re.findall(r" (\d\.\d{4})", line)] for line in shown]
    np.testing.assert_allclose(found, expected, atol=1e-4)
    hidden = [re.findall(r"-?\d+\.\d+", line) for line in lines if "tanh(...)" in line]
    np.testing.assert_allclose(np.array(hidden, float), states, atol=1e-3)
    likeliest = [2 + int(row[2:].argmax()) for row in logits[2:]]
    assert written == "".join("-?abc"[i] for i in likeliest)
