"""Trains nmt-multi: one encoder and decoder from each of several languages into any other.

    python recipes/nmt_multi.py --run runs/nmt-multi --out nmt-multi.keras

It reads pairs with English alone, both ways (Johnson et al. 2017, arXiv:1611.04558), and sentences
of the other languages with words left out and moved, which it writes as they were: so the language
of a text does not tell into which it is translated. A data set named twice is read twice.
"""

import zoo
from zoo.data import plan_batches, read_pairs, translation_batches
from zoo.data.directions import (
    both_ways,
    encode_both_ways,
    held_out_sentences,
    languages_of,
    pairs_apart,
)
from zoo.experiments import recipe
from zoo.experiments.parallel_text import taught_apart
from zoo.experiments.vocabulary import subwords_of
from zoo.inputs import language_piece
from zoo.tasks.sequence_to_sequence.evaluate_translation import validation_bleu

BOUNDARIES = (10, 16, 26, 48)
DATA = "tatoeba/en-fr,tatoeba/en-de,tatoeba/en-nl,tatoeba/en-nl"
DATA += ",multi30k/en-fr,multi30k/en-fr,multi30k/en-de,multi30k/en-de"
MODEL = ("body", "units", "embedding_size", "encoder_layers", "decoder_layers", "dropout")
MODEL += ("by_sentence",)
SIZES = (("units", 384), ("embedding-size", 256), ("encoder-layers", 2), ("decoder-layers", 2))


def arguments():
    numbers = dict(epochs=7, batch_tokens=14_000, learning_rate=2e-3, warmup=500, decay=0.6)
    numbers |= dict(smoothing=0.1, moving_average=0.999)
    parser = recipe.options(__doc__, run="runs/nmt-multi", out="nmt-multi.keras", **numbers)
    add = parser.add_argument
    add("--data", default=DATA, help="data sets and their languages, by commas")
    add("--vocabulary-size", type=int, default=10_000)
    add("--body", choices=["recurrent", "transformer"], default="recurrent")
    for name, size in SIZES:
        add(f"--{name}", type=int, default=size)
    add("--dropout", type=float, default=0.2)
    add("--damaged", type=float, default=0.25, help="part of the other languages' sentences")
    add("--teacher", help="of the first data: see zoo.experiments.parallel_text")
    add("--by-sentence", action="store_true", help="the model cuts texts into sentences")
    return recipe.parsed(parser)


def main():
    args = arguments()
    read = args.data.split(",")
    names = list(dict.fromkeys(read))
    held_out, pairs = held_out_sentences(names), {}
    for name in names:
        apart = pairs_apart(read_pairs(name, "train"), languages_of(name), held_out)
        pairs[name] = recipe.every_nth(apart, args.fraction)
    codes = sorted({code for name in names for code in languages_of(name)})
    texts = dict.fromkeys(side for part in pairs.values() for pair in part for side in pair)
    tokenizer = subwords_of(args, texts, [language_piece(code) for code in codes])
    parts = [(name, pairs[name]) for name in read]
    taught = taught_apart(args, *parts[0], held_out) if args.teacher else []
    encoded = encode_both_ways(parts, tokenizer, args.damaged, args.seed, one_way=taught)
    settings = {name: getattr(args, name) for name in MODEL}
    settings |= dict(source_tokenizer=tokenizer, targets=codes)
    ways = both_ways(names)
    model = recipe.train(
        args,
        lambda dtype: zoo.build("nmt", dtype=dtype, **settings),
        recipe.epochs_of(args, encoded, plan_batches, translation_batches, boundaries=BOUNDARIES),
        score=lambda model: validation_bleu(model, ways, sentences=100),
        choose=lambda model: validation_bleu(model, ways, beam_size=5, sentences=300),
        metric="BLEU",
    )
    recipe.save(args, model, dtype="float16")


if __name__ == "__main__":
    recipe.start(main)
