"""Trains `caption-nic-flickr8k` and `caption-attn-flickr8k`: photographs to English captions.

    python recipes/caption_flickr8k.py --model attn --run runs/attn --out caption-attn.keras

The same command goes on where an interrupted run stopped; `--fraction 0.1` tries settings on a
tenth of the photographs, `--sampling model` has it read some of its own words. The encoder stays as
it is, and its outputs are kept under `ZOO_HOME`.
"""

from pathlib import Path

import numpy as np

import zoo
from zoo.data import cached_grids, caption_batches, encode_captions, load_examples, plan_batches
from zoo.data.captioned import BOUNDARIES
from zoo.data.efficient_net import load_efficient_net
from zoo.experiments import recipe
from zoo.inputs import Images, SentencePieceTokenizer, train_sentencepiece
from zoo.layers import EfficientNetLite
from zoo.metrics.captions import plain_words
from zoo.tasks.sequence_to_sequence.evaluate_captions import GridScores


def arguments():
    numbers = dict(epochs=10, smoothing=0.1)
    parser = recipe.options(__doc__, run="runs/caption", out="caption.keras", **numbers)
    add = parser.add_argument
    add("--model", choices=["nic", "attn"], default="attn", help="one vector, or attention")
    add("--cell", default="gru")
    add("--attention", default="additive")
    add("--units", type=int, default=512)
    add("--embedding-size", type=int, default=256)
    add("--memory-size", type=int, default=512)
    add("--attention-units", type=int, default=256)
    add("--doubly-stochastic", type=float, default=1.0)
    add("--dropout", type=float, default=0.4)
    add("--image-dropout", type=float, default=0.3)
    add("--vocabulary-size", type=int, default=2500)
    recipe.add_sampling(parser)
    return recipe.parsed(parser)


MODEL = ("cell", "units", "embedding_size", "memory_size", "attention_units", "doubly_stochastic")
MODEL += ("dropout", "image_dropout")


def main():
    args = arguments()
    # For one vector with the last convolution, for a grid to be queried without it.
    backbone = EfficientNetLite(head_filters=1280 if args.model == "nic" else 0)
    load_efficient_net(backbone)
    captions, photographs = read("train", args.fraction)
    tokenizer = tokenizer_of(args, captions)
    views = [grids(args, backbone, photographs, captions, "train", side) for side in (False, True)]
    encoded = encode_captions([list(map(plain, texts)) for texts in captions], tokenizer, views)
    references, photographs = read("validation", args.fraction)
    unseen = grids(args, backbone, photographs, references, "validation", False)
    scores = GridScores(unseen, references)

    def build(dtype):
        settings = {name: getattr(args, name) for name in MODEL}
        settings["attention"] = None if args.model == "nic" else args.attention
        model = zoo.build("caption", dtype=dtype, target_tokenizer=tokenizer, **settings)
        model.encoder.backbone.set_weights(backbone.get_weights())
        return model

    model = recipe.train(
        args,
        build,
        recipe.epochs_of(args, encoded, plan_batches, caption_batches, boundaries=BOUNDARIES),
        score=lambda model: scores(model, beam_size=1),
        choose=lambda model: scores(model, beam_size=5),
        metric="BLEU-4",
    )
    recipe.save(args, model, dtype=None)


def read(split, fraction):
    """Captions of the photographs of a split, and a function that decodes these photographs."""

    def examples():
        part = recipe.every_nth(load_examples("flickr8k", split), fraction)
        return part.as_numpy_iterator()

    def photographs():
        reader = Images()
        for example in examples():
            yield reader.prepare([example["image"].tobytes()])[0]["source"]

    return [[text.decode() for text in one["captions"]] for one in examples()], photographs


def grids(args, backbone, photographs, captions, split, mirrored):
    """Encoder outputs, or their means where no more is wanted."""
    name = f"flickr8k-{split}-{args.fraction:g}"
    found = cached_grids(backbone, photographs, len(captions), name, mirrored=mirrored)
    if args.model == "attn":
        return found
    return np.stack([grid.mean((0, 1), "float32", keepdims=True) for grid in found])


def plain(text):
    """Words as the metrics have them, clitics joined again."""
    return " ".join(plain_words(text)).replace(" '", "'").replace(" n't", "n't")


def tokenizer_of(args, captions):
    """Trained once, and kept with the run."""
    if args.init_from:
        return zoo.load(args.init_from).target_tokenizer
    text = (plain(text) for texts in captions for text in texts)
    kept = Path(args.run) / "sentencepiece.model"
    proto = recipe.made_once(
        kept, lambda: train_sentencepiece(text, args.vocabulary_size), args.strategy
    )
    return SentencePieceTokenizer(proto)


if __name__ == "__main__":
    recipe.start(main)
