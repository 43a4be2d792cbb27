"""Trains `caption-nic-flickr8k` and `caption-attn-flickr8k`: photographs to English captions.

    python recipes/caption_flickr8k.py --model attn --run runs/attn --out caption-attn.keras

The same command goes on where an interrupted run stopped; `--fraction 0.1` tries settings on a
tenth of the photographs, `--sampling model` has it read some of its own words. The encoder stays as
it is, and its outputs are kept under `ZOO_HOME`.
"""

import zoo
from zoo.data import caption_batches, encode_captions, plan_batches
from zoo.data.captioned import BOUNDARIES
from zoo.data.efficient_net import load_efficient_net
from zoo.experiments import recipe
from zoo.experiments.photographs import Photographs, plain_caption
from zoo.experiments.vocabulary import subwords_of
from zoo.layers import EfficientNetLite
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
    photographs = Photographs("flickr8k", backbone, args.fraction, mean=args.model == "nic")
    captions = [list(map(plain_caption, texts)) for texts in photographs.captions("train")]
    tokenizer = subwords_of(args, (text for texts in captions for text in texts))
    views = [photographs.grids("train", mirrored) for mirrored in (False, True)]
    encoded = encode_captions(captions, tokenizer, views)
    scores = GridScores(photographs.grids("validation"), photographs.captions("validation"))

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


if __name__ == "__main__":
    recipe.start(main)
