"""Translating ids to ids in the zoo and in PyTorch, and the matrix products of it alone."""

from __future__ import annotations

from functools import cache

import numpy as np

NAME = "nmt-attn-en-fr"
UNTRAINED = dict(
    units=512, embedding_size=256, encoder_layers=1, decoder_layers=1, vocabulary_size=8000
)
STEPS = 15  # of the untrained model's outputs, which never end by themselves
_SOURCE = 12  # tokens of its inputs


@cache
def model(name: str):
    """The released model, or one of other sizes with random weights."""
    import keras

    import zoo

    if name == NAME:
        return zoo.load(name)
    keras.utils.set_random_seed(0)
    built = zoo.build("nmt", **UNTRAINED)
    built.decoder.output_bias.assign(np.where(np.arange(8000) < 4, -1e4, 0.0))
    return built


@cache
def sentences(name: str) -> list[list[int]]:
    """Ids of the English side of Multi30k's test 2016, the shortest first, or random ones."""
    from zoo.data import load_pairs

    if name != NAME:
        rng = np.random.default_rng(0)
        return rng.integers(4, UNTRAINED["vocabulary_size"], (1000, _SOURCE)).tolist()
    pairs = load_pairs("multi30k/en-fr", "test_2016_flickr").as_numpy_iterator()
    tokenizer = model(name).source_tokenizer
    encoded = tokenizer.encode([english.decode() for english, _ in pairs])
    return sorted((ids + [tokenizer.eos_id] for ids in encoded), key=len)


def batches(case: dict) -> list[np.ndarray]:
    """An even choice of the case's number of sentences, in batches of its size, padded with 0."""
    found = sentences(case["model"])
    chosen = found[:: max(1, len(found) // case["sentences"])][: case["sentences"]]
    cut = []
    for start in range(0, len(chosen), case["batch"]):
        rows = chosen[start : start + case["batch"]]
        ids = np.zeros((len(rows), max(map(len, rows))), "int32")
        for row, sentence in enumerate(rows):
            ids[row, : len(sentence)] = sentence
        cut.append(ids)
    return cut


def decode(source: np.ndarray, case: dict, shortlist: bool = False) -> list[list[int]]:
    """The zoo's best translations of padded ids, as `translate` finds them."""
    from zoo.decoding import BeamSearch, GreedySearch
    from zoo.tasks.batching import bucket_of

    padded = np.pad(source, [(0, 0), (0, bucket_of(source.shape[1]) - source.shape[1])])
    beam, limit = case["beam"], None if case["model"] == NAME else STEPS
    search = BeamSearch(beam, max_length=limit) if beam > 1 else GreedySearch(max_length=limit)
    places, begins = range(len(padded)), [[]] * len(padded)
    arrays, steps = {"source": padded}, np.count_nonzero(source, axis=1)
    translator = model(case["model"])
    found = translator._search(arrays, steps, search, False, places, begins, shortlist)
    ids, _, _, lengths, _ = found
    pairs = zip(ids[:, 0], lengths[:, 0], strict=True)
    return [ids[:length].tolist() for ids, length in pairs]


def prepare(engine: str, case: dict):
    """The workload of `case`: model, batch, beam, number of sentences."""
    if engine in ("zoo", "shortlist"):
        return zoo_run(case, engine)
    return {"torch": torch_run, "products": _products}[engine](case)


def zoo_run(case, engine="zoo"):
    """Gives the ids of the best translations."""
    work, shortlist = batches(case), engine == "shortlist"
    return lambda: [ids for source in work for ids in decode(source, case, shortlist)]


def torch_run(case):
    """The same from PyTorch."""
    import torch
    from torch_nmt import from_zoo

    peer = from_zoo(model(case["model"])).eval()
    work = [torch.from_numpy(ids).long() for ids in batches(case)]
    limit = None if case["model"] == NAME else STEPS
    return lambda: [
        ids for source in work for ids in peer.translate(source, case["beam"], max_length=limit)
    ]


def _products(case):
    """The products of encoder and decoder for the steps that the best translations take."""
    import tensorflow as tf

    translator = model(case["model"])
    decoder, beam = translator.decoder, case["beam"]
    units, embedding = decoder.layers[0].output_size, decoder.embedding.output_dim
    vocabulary, depth = decoder.vocabulary_size, len(decoder.layers)
    matrices = [(embedding, 3 * units)] + [(2 * units, 3 * units)] * (depth - 1)
    matrices += [(units, 3 * units)] * depth + [(units, units)]
    matrices += [(2 * units + embedding, embedding), (embedding, vocabulary)]
    weights = [tf.random.normal(shape) for shape in matrices]
    inputs = {rows: tf.random.normal((case["batch"] * beam, rows)) for rows, _ in matrices}
    half = units // 2
    layers = translator.encoder.recurrence.layers
    encoder = [
        (
            tf.random.normal((units if i else embedding, 6 * half)),
            tf.random.normal((half, 3 * half)),
        )
        for i in range(len(layers))
    ]

    @tf.function(autograph=False, reduce_retracing=True)
    def run(rows, length, steps):
        total = tf.zeros(())
        for wide, recurrent in encoder:
            projected = tf.matmul(tf.zeros((rows * length, wide.shape[0])), wide)
            total += projected[0, 0]
            state = tf.zeros((rows, half))
            total += _repeat(
                2 * length, lambda recurrent=recurrent, state=state: [state @ recurrent]
            )
        memory = tf.zeros((rows, length, units))
        query = tf.zeros((rows, beam, length))

        def step():
            left = {size: tensor[: rows * beam] for size, tensor in inputs.items()}
            return [left[w.shape[0]] @ w for w in weights] + [
                tf.reshape(query @ memory, (-1, units))
            ]

        return total + _repeat(steps, step)

    def _repeat(times, products):
        def body(t, total):
            return t + 1, total + tf.add_n([product[0, 0] for product in products()])

        return tf.while_loop(
            lambda t, _: t < times, body, (0, tf.zeros(())), parallel_iterations=1
        )[1]

    work = []
    for ids in batches(case):
        steps = max(len(found) for found in decode(ids, case))
        work.append([tf.constant(n) for n in (*ids.shape, steps)])
    return lambda: [run(*shape).numpy() for shape in work]
