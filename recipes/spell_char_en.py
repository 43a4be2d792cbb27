"""Trains `spell-char-en`: misspelt English words, and damaged ones such as `hellx`, made whole.

    python recipes/spell_char_en.py --run runs/spell --out spell-char-en.keras

The same command goes on where an interrupted run stopped. The words are those of film reviews that
are no names and no misspellings; one in twenty is kept to choose by and one to test with, and is
never trained on. Every epoch damages the others anew: by slips such as people make, by letters lost
or replaced by x. The misspellings of the reviews are read too, and names, which stay as they are.
The model carries the lists of all words and names, leaves those as they are, and repairs others by
the likeliest word.
"""

import dataclasses
import math

import numpy as np
import tensorflow as tf

import zoo
from zoo.data import encode_pairs, plan_batches, translation_batches
from zoo.data.damaged_words import KINDS, MIN_COUNT, SHORTEST_DAMAGED, SLIP, damage, split_of
from zoo.experiments import recipe
from zoo.inputs import SentencePieceTokenizer, train_sentencepiece
from zoo.tasks.sequence_to_sequence.evaluate_spelling import (
    choose_fits,
    names_row,
    read_words,
    slips_row,
    spelling_rows,
)

SLIPS = 2  # of every word an epoch, for each damage of another kind
BOUNDARIES = (6, 8, 10, 12, 14, 18)


def arguments():
    numbers = dict(epochs=10, batch_tokens=2048, learning_rate=2e-3)
    parser = recipe.options(__doc__, run="runs/spell-char-en", out="spell-char-en.keras", **numbers)
    add = parser.add_argument
    add("--cell", default="gru")
    add("--attention", default="additive")
    add("--units", type=int, default=192)
    add("--embedding-size", type=int, default=48)
    add("--dropout", type=float, default=0.2)
    add("--free", action="store_true", help="without a list of words to choose of")
    recipe.add_sampling(parser)
    return recipe.parsed(parser)


MODEL = ("cell", "attention", "units", "embedding_size", "dropout")


def main():
    args = arguments()
    found = read_words()
    counts = found.words
    words = recipe.every_nth(list(counts), args.fraction)
    known = [word for word in words if split_of(word) == "train"]
    names = [name for name in found.names if split_of(name) == "train"]
    slips = [(slip, word) for slip, word in found.misspelt.items() if word in set(known)]
    if args.init_from:  # ids of letters are those that its weights know
        tokenizer = zoo.load(args.init_from).source_tokenizer
    else:  # a piece for each letter
        letters = train_sentencepiece(known, 4 + 1 + len(set("".join(known))), "char")
        tokenizer = SentencePieceTokenizer(letters)
    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"source_tokenizer": tokenizer, "lexicon": None if args.free else words}
    settings["names"] = None if args.free else list(found.names) or None
    often = [word for word in known for _ in range(copies(counts[word]))]
    as_written = [*zip(names, names, strict=True), *slips]

    def epochs(number):
        pairs = damaged_pairs(often, as_written, tokenizer, args.seed, number)
        return recipe.epochs_of(
            args, pairs, plan_batches, translation_batches, boundaries=BOUNDARIES
        )

    def scores(model):
        found_scores = {"damaged words": spelling_rows(model, words, "validation")[0]}
        found_scores["slips"] = slips_row(model, words, "validation")
        if model.names is not None:
            found_scores["names"] = names_row(model, list(found.names), "validation")
        return {name: row["value"] for name, row in found_scores.items()}

    model = recipe.train(
        args,
        lambda dtype: zoo.build("spell", dtype=dtype, **settings),
        dataclasses.replace(
            epochs(0), batches=lambda epoch, start: epochs(epoch).batches(epoch, start)
        ),
        score=scores,
        metric="per cent of",
    )
    if model.names is not None:
        model.fits = choose_fits(model, words, list(found.names))
    recipe.save(args, model)


def copies(count):
    """How often a word is read in an epoch: what may be `hello` or `hella` is rather `hello`."""
    return 1 + round(math.log2(count / MIN_COUNT) / 2)


def damaged_pairs(words, as_written, tokenizer, seed, epoch):
    """Every word misspelt, damaged in one way and whole, and what people wrote; in their order."""
    rng = np.random.default_rng([seed, epoch])
    pairs = [(word, word) for word in words] + as_written
    for word in words:
        if len(word) >= SHORTEST_DAMAGED:
            kinds = [*SLIPS * [SLIP], KINDS[rng.integers(len(KINDS))]]
            pairs += [(damage(word, kind, rng), word) for kind in kinds]
    columns = tuple(map(list, zip(*pairs, strict=True)))
    return encode_pairs(tf.data.Dataset.from_tensor_slices(columns), tokenizer, tokenizer)


if __name__ == "__main__":
    recipe.start(main)
