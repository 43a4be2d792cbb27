"""Trains `sentiment-bilstm-sst2` and `rating-bilstm-sst5`: what film reviews think of a film.

    python recipes/sentiment_bilstm.py --task rating --run runs/rating --out rating.keras

The same command goes on where an interrupted run stopped. The phrases of the treebank are what is
trained on, whole sentences are what is scored; `--fraction 0.1` tries settings on a tenth of the
data. `--init-from sentiment-bilstm-imdb --units 512 --embedding-size 128` begins with what a model
of longer reviews has learnt: the vectors of its words, and its recurrence.
"""

import zoo
from zoo.data import classification_batches, encode_texts, plan_classification, read_labelled
from zoo.experiments import recipe
from zoo.inputs import WordTokenizer, train_words
from zoo.layers.pooling import KINDS
from zoo.tasks.classification.carry_over import carry_over
from zoo.tasks.classification.evaluate import validation_accuracy
from zoo.tasks.classification.ngrams import with_ngram_scores
from zoo.tasks.classification.sentiment import POLARITIES, RATINGS

DATASETS = {"sentiment": ("sst/binary", POLARITIES), "rating": ("sst/fine", RATINGS)}


def arguments():
    numbers = dict(epochs=6, batch_tokens=2048, average=3)
    out = "sentiment-bilstm-sst2.keras"
    parser = recipe.options(__doc__, run="runs/sentiment-bilstm-sst2", out=out, **numbers)
    add = parser.add_argument
    add("--task", choices=sorted(DATASETS), default="sentiment")
    add("--cell", default="lstm")
    add("--units", type=int, default=300, help="of both directions together")
    add("--layers", type=int, default=1)
    add("--embedding-size", type=int, default=96)
    add("--pooling", choices=KINDS, default="max")
    add("--min-count", type=int, default=2, help="of the words that are known")
    add("--more-words", type=int, default=4000, help="known to --init-from alone")
    add("--dropout", type=float, default=0.5)
    add("--word-dropout", type=float, default=0.1)
    add("--ngrams", type=int, default=0, help="words of the longest that score")
    add("--min-phrases", type=int, default=2, help="that an n-gram stands in")
    add("--strength", type=float, default=0.2, help="of phrases against no scores")
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "embedding_size", "pooling", "dropout", "word_dropout")
AFTERWARDS = ("ngrams", "min_phrases", "strength")  # what is done with the trained model


def main():
    args = arguments()
    dataset, names = DATASETS[args.task]
    phrases = recipe.every_nth(read_labelled(dataset, "train"), args.fraction)
    tokens, labels = [one.text for one in phrases], [one.label for one in phrases]
    source = zoo.load(args.init_from) if args.init_from else None
    tokenizer = train_words(tokens, args.min_count)
    if source:
        tokenizer = with_words_of(source.tokenizer, tokenizer, args.more_words)
    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"tokenizer": tokenizer, "dataset": dataset}
    encoded = encode_texts(tokens, labels, tokenizer, names)
    model = recipe.train(
        args,
        lambda dtype: zoo.build(args.task, dtype=dtype, **settings),
        recipe.epochs_of(args, encoded, plan_classification, classification_batches),
        score=lambda model: validation_accuracy(model, [dataset]),
        metric="accuracy",
        begin=(lambda model: carry_over(source, model)) if source else None,
        settings={name: value for name, value in vars(args).items() if name not in AFTERWARDS},
    )
    if args.ngrams:
        kept = read_labelled(dataset, "validation")
        tokens, labels = [one.text for one in kept], [one.label for one in kept]
        held_out = encode_texts(tokens, labels, tokenizer, model.labels)
        scoring = dict(longest=args.ngrams, min_texts=args.min_phrases, strength=args.strength)
        model, line = with_ngram_scores(model, encoded, held_out, **scoring)
        print(f"{line}: validation accuracy {validation_accuracy(model, [dataset])}", flush=True)
    recipe.save(args, model)


def with_words_of(other, own, more):
    """A tokenizer that knows the most frequent words of another one too."""
    known = set(own.words)
    others = [word for word in other.words if word not in known]
    return WordTokenizer([*own.words, *others[:more]], own.characters)


if __name__ == "__main__":
    recipe.start(main)
