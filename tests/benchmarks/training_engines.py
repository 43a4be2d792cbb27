"""One training step of a translation model, in the zoo and in PyTorch."""

from __future__ import annotations

import numpy as np


def batch_of(case: dict):
    """Random ids: source, previous target tokens, and target tokens; every sentence full."""
    rng = np.random.default_rng(0)
    shape = (case["batch"], case["length"])
    source, target = rng.integers(4, case["vocabulary_size"], (2, *shape), dtype="int32")
    previous = np.concatenate([np.full((case["batch"], 1), 2, "int32"), target[:, :-1]], axis=1)
    return source, previous, target


def prepare(engine: str, case: dict):
    """The workload of `case`: sizes of the model and of the batch."""
    return {"zoo": _zoo, "torch": _torch}[engine](case)


def _zoo(case):
    import keras

    import zoo
    from zoo.training.losses import SmoothedCrossEntropy

    sizes = ("units", "embedding_size", "encoder_layers", "decoder_layers", "vocabulary_size")
    model = zoo.build("nmt", dropout=0.3, **{size: case[size] for size in sizes})
    model.compile(
        keras.optimizers.Adam(1e-4, beta_2=0.99, global_clipnorm=1.0),
        SmoothedCrossEntropy(0.1),
        jit_compile=False,
    )
    source, previous, target = batch_of(case)
    inputs = {"source": source, "target": previous}
    return lambda: model.train_on_batch(inputs, target)


def _torch(case):
    import torch
    from torch.nn import functional
    from torch_nmt import TorchTranslation

    model = TorchTranslation(
        case["vocabulary_size"],
        case["embedding_size"],
        case["units"],
        case["encoder_layers"],
        case["decoder_layers"],
        dropout=0.3,
    )
    optimizer = torch.optim.Adam(model.parameters(), 1e-4, betas=(0.9, 0.99))
    source, previous, target = (torch.from_numpy(ids).long() for ids in batch_of(case))

    def run():
        optimizer.zero_grad()
        logits = model(source, previous)
        loss = functional.cross_entropy(
            logits.flatten(0, 1), target.flatten(), label_smoothing=0.1, ignore_index=0
        )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return run
