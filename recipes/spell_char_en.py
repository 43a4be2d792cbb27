"""Trains `spell-char-en`: damaged English words, such as `hellx` or `netwxxx`, made whole.

    python recipes/spell_char_en.py --run runs/spell --out spell-char-en.keras

The same command goes on where an interrupted run stopped. The words are those of film reviews; one
in twenty is kept to choose by and one to test with, and is never trained on. Every epoch damages
the others anew. The model carries the list of all the words, leaves them as they are, and repairs
others by the likeliest.
"""

import dataclasses
import math

import numpy as np
import tensorflow as tf

import zoo
from zoo.data import encode_pairs, plan_batches, translation_batches
from zoo.data.damaged_words import KINDS, MIN_COUNT, SHORTEST_DAMAGED, damage, split_of
from zoo.experiments import recipe
from zoo.inputs import SentencePieceTokenizer, train_sentencepiece
from zoo.tasks.sequence_to_sequence.evaluate_spelling import read_words, spelling_rows

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
    counts = read_words()
    words = recipe.every_nth(list(counts), args.fraction)
    known = [word for word in words if split_of(word) == "train"]
    # A piece for each letter.
    letters = train_sentencepiece(known, 4 + 1 + len(set("".join(known))), "char")
    tokenizer = SentencePieceTokenizer(letters)
    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"source_tokenizer": tokenizer, "lexicon": None if args.free else words}
    often = [word for word in known for _ in range(copies(counts[word]))]

    def epochs(number):
        pairs = damaged_pairs(often, tokenizer, args.seed, number)
        return recipe.epochs_of(
            args, pairs, plan_batches, translation_batches, boundaries=BOUNDARIES
        )

    model = recipe.train(
        args,
        lambda dtype: zoo.build("spell", dtype=dtype, **settings),
        dataclasses.replace(
            epochs(0), batches=lambda epoch, start: epochs(epoch).batches(epoch, start)
        ),
        score=lambda model: {"exact repair": spelling_rows(model, words, "validation")[0]["value"]},
        metric="per cent of",
    )
    recipe.save(args, model)


def copies(count):
    """How often a word is read in an epoch: what may be `hello` or `hella` is rather `hello`."""
    return 1 + round(math.log2(count / MIN_COUNT) / 2)


def damaged_pairs(words, tokenizer, seed, epoch):
    """Every word damaged in every way, and once whole, in the places of an epoch."""
    rng = np.random.default_rng([seed, epoch])
    long = [word for word in words if len(word) >= SHORTEST_DAMAGED]
    pairs = [(damage(word, kind, rng), word) for word in long for kind in KINDS]
    pairs += [(word, word) for word in words]
    columns = tuple(map(list, zip(*pairs, strict=True)))
    return encode_pairs(tf.data.Dataset.from_tensor_slices(columns), tokenizer, tokenizer)


if __name__ == "__main__":
    recipe.start(main)
