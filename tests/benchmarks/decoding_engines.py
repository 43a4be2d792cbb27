"""Translating ids to ids in the zoo and in PyTorch, and the matrix products of it alone."""

from __future__ import annotations

from functools import cache

import numpy as np

MODEL = "nmt-attn-en-fr"


@cache
def model():
    import zoo

    return zoo.load(MODEL)


@cache
def sentences() -> list[list[int]]:
    """Ids of the English side of Multi30k's test 2016, the shortest first."""
    from zoo.data import load_pairs

    pairs = load_pairs("multi30k/en-fr", "test_2016_flickr").as_numpy_iterator()
    tokenizer = model().source_tokenizer
    encoded = tokenizer.encode([english.decode() for english, _ in pairs])
    return sorted((ids + [tokenizer.eos_id] for ids in encoded), key=len)


def batches(case: dict) -> list[np.ndarray]:
    """An even choice of the case's number of sentences, in batches of its size, padded with 0."""
    chosen = sentences()[:: max(1, len(sentences()) // case["sentences"])]
    cut = []
    for start in range(0, len(chosen), case["batch"]):
        rows = chosen[start : start + case["batch"]]
        ids = np.zeros((len(rows), max(map(len, rows))), "int32")
        for row, sentence in enumerate(rows):
            ids[row, : len(sentence)] = sentence
        cut.append(ids)
    return cut


def decode(source: np.ndarray, beam: int, shortlist: bool = False) -> list[list[int]]:
    """The zoo's best translations of padded ids, as `translate` finds them."""
    from zoo.decoding import BeamSearch, GreedySearch
    from zoo.tasks.batching import bucket_of

    padded = np.pad(source, [(0, 0), (0, bucket_of(source.shape[1]) - source.shape[1])])
    search = BeamSearch(beam) if beam > 1 else GreedySearch()
    places, begins = range(len(padded)), [[]] * len(padded)
    found = model()._search(padded, search, False, places, begins, shortlist)
    ids, _, _, lengths, _ = found
    pairs = zip(ids[:, 0], lengths[:, 0], strict=True)
    return [ids[:length].tolist() for ids, length in pairs]


def prepare(engine: str, case: dict):
    """The workload of `case`: batch, beam, number of sentences."""
    if engine in ("zoo", "shortlist"):
        return zoo_run(case, engine)
    return {"torch": torch_run, "products": _products}[engine](case)


def zoo_run(case, engine="zoo"):
    """Gives the ids of the best translations."""
    work, shortlist = batches(case), engine == "shortlist"
    return lambda: [ids for source in work for ids in decode(source, case["beam"], shortlist)]


def torch_run(case):
    """The same from PyTorch."""
    import torch
    from torch_nmt import from_zoo

    peer = from_zoo(model()).eval()
    work = [torch.from_numpy(ids).long() for ids in batches(case)]
    return lambda: [ids for source in work for ids in peer.translate(source, case["beam"])]


def _products(case):
    """The products of encoder and decoder for the steps that the best translations take."""
    import tensorflow as tf

    translator = model()
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
        steps = max(len(found) for found in decode(ids, beam))
        work.append([tf.constant(n) for n in (*ids.shape, steps)])
    return lambda: [run(*shape).numpy() for shape in work]
