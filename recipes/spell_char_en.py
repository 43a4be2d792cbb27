"""Trains `spell-char-en`: misspelt English words, and damaged ones such as `hellx`, made whole.

    python recipes/spell_char_en.py --run runs/spell --out spell-char-en.keras

The same command goes on where an interrupted run stopped. The words are those of film reviews that
are no names and no misspellings; one in twenty is kept to choose by and one to test with, and is
never trained on. Every epoch damages the others anew: by slips such as people make, by letters lost
or replaced by x. The misspellings of the reviews are read too, and names, which stay as they are.
The model carries the lists of all words and names, leaves those as they are, and repairs others by
the likeliest word, and by the commoner of words that are as near.
"""

import dataclasses

import zoo
from zoo.data import plan_batches, translation_batches
from zoo.experiments import recipe
from zoo.experiments.spelling import SpellingLesson
from zoo.tasks.sequence_to_sequence import evaluate_spelling as scoring

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
    lesson = SpellingLesson(args.fraction)
    words, names = lesson.words, lesson.names
    if args.init_from:  # ids of letters are those that its weights know
        tokenizer = zoo.load(args.init_from).source_tokenizer
    else:
        tokenizer = lesson.tokenizer()
    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"source_tokenizer": tokenizer, "lexicon": None if args.free else lesson.counts}
    settings["names"] = None if args.free else names or None

    def epochs(number):
        pairs = lesson.encoded(tokenizer, seed=args.seed, epoch=number, slips=SLIPS)
        return recipe.epochs_of(
            args, pairs, plan_batches, translation_batches, boundaries=BOUNDARIES
        )

    model = recipe.train(
        args,
        lambda dtype: zoo.build("spell", dtype=dtype, **settings),
        dataclasses.replace(
            epochs(0), batches=lambda epoch, start: epochs(epoch).batches(epoch, start)
        ),
        score=lambda model: scoring.validation_scores(model, words, names),
        metric="per cent of",
    )
    if model.lexicon is not None:
        model.commonness = scoring.choose_commonness(model, lesson.counts)
    if model.names is not None:
        model.fits = scoring.choose_fits(model, words, names)
    recipe.save(args, model)


if __name__ == "__main__":
    recipe.start(main)
