"""Trains translation models, `nmt-attn-en-fr` among them: image descriptions, everyday sentences.

    python recipes/nmt_attn_en_fr.py --run runs/nmt-attn-en-fr --out nmt-attn-en-fr.keras

The same command goes on where an interrupted run stopped. Other systems are settings, and so are
other pairs of languages: `--attention none`, `--body transformer`, `--bidirectional-layers 1`.
"""

import zoo
from zoo.data import encode_pairs, plan_batches, translation_batches
from zoo.experiments import recipe
from zoo.experiments.parallel_text import sides, training_pairs
from zoo.experiments.vocabulary import subwords_of
from zoo.tasks.sequence_to_sequence.evaluate_translation import validation_bleu

# Lengths of the buckets: close together where most sentences are, so that little is padding.
BOUNDARIES = (6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64)


def arguments():
    numbers = dict(epochs=20, warmup=1000, decay=0.5, smoothing=0.1)
    parser = recipe.options(__doc__, run="runs/nmt", out="nmt-attn-en-fr.keras", **numbers)
    add = parser.add_argument
    add("--data", default="multi30k,multi30k,tatoeba", help="data sets, by commas")
    add("--languages", default="en-fr", help="source and target")
    add("--vocabulary-size", type=int, default=8000)
    add("--body", choices=["recurrent", "transformer"], default="recurrent")
    add("--cell", default="gru")
    add("--attention", default="additive", help="or none")
    sizes = (("units", 384), ("embedding-size", 256), ("encoder-layers", 2), ("decoder-layers", 2))
    for name, size in sizes:
        add(f"--{name}", type=int, default=size)
    add("--bidirectional-layers", type=int, help="of the encoder; by default all")
    add("--hidden-units", type=int, help="of a Transformer's feed-forward layers")
    add("--dropout", type=float, default=0.3)
    add("--byte-fallback", action="store_true", help="characters without a piece are spelt")
    add("--by-sentence", action="store_true", help="the model cuts texts into sentences")
    add("--variants", action="store_true", help="small letters, other names: see zoo.data.variants")
    add("--recurrent-dropout", type=float, default=0.0)
    add("--teacher", help="a translator to learn from: see zoo.experiments.parallel_text")
    recipe.add_sampling(parser)
    return recipe.parsed(parser)


MODEL = ("body", "cell", "units", "embedding_size", "encoder_layers", "decoder_layers")
MODEL += ("bidirectional_layers", "hidden_units", "dropout", "recurrent_dropout", "by_sentence")


def main():
    args = arguments()
    names = [f"{name}/{args.languages}" for name in args.data.split(",")]
    pairs = training_pairs(args, names)
    data = list(dict.fromkeys(names))
    tokenizer = subwords_of(args, sides(data))
    encoded = encode_pairs(recipe.every_nth(pairs, args.fraction), tokenizer, tokenizer)
    settings = {name: getattr(args, name) for name in MODEL}
    settings["attention"] = None if args.attention == "none" else args.attention
    model = recipe.train(
        args,
        lambda dtype: zoo.build("nmt", dtype=dtype, source_tokenizer=tokenizer, **settings),
        recipe.epochs_of(args, encoded, plan_batches, translation_batches, boundaries=BOUNDARIES),
        # Greedy search on a part follows the training; beam search on the whole chooses weights.
        score=lambda model: validation_bleu(model, data, sentences=500),
        choose=lambda model: validation_bleu(model, data, beam_size=5),
        metric="BLEU",
    )
    recipe.save(args, model, dtype="float16")


if __name__ == "__main__":
    recipe.start(main)
