"""Trains `sentiment-bilstm-sst2` and `rating-bilstm-sst5`: what film reviews think of a film.

    python recipes/sentiment_bilstm.py --task rating --run runs/rating --out rating.keras

The same command goes on where an interrupted run stopped. The phrases of the treebank are what is
trained on, whole sentences are what is scored; `--fraction 0.1` tries settings on a tenth of the
data. `--init-from sentiment-bilstm-imdb --units 512 --embedding-size 128` begins with what a model
of longer reviews has learnt: the vectors of its words, and its recurrence.
"""

import zoo
from zoo.data import classification_batches, plan_classification, read_labelled
from zoo.data.labelled import encode_labelled
from zoo.experiments import ngrams, recipe
from zoo.experiments.vocabulary import with_words_of
from zoo.inputs import train_words
from zoo.layers.pooling import KINDS
from zoo.tasks.classification.carry_over import carry_over
from zoo.tasks.classification.evaluate import validation_accuracy
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
    ngrams.add_options(parser, longest=0, texts="phrases", min_texts=2, strength=0.2)
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "embedding_size", "pooling", "dropout", "word_dropout")


def main():
    args = arguments()
    dataset, names = DATASETS[args.task]
    phrases = recipe.every_nth(read_labelled(dataset, "train"), args.fraction)
    source = zoo.load(args.init_from) if args.init_from else None
    tokenizer = train_words([one.text for one in phrases], args.min_count)
    if source:
        tokenizer = with_words_of(tokenizer, source.tokenizer, args.more_words)
    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"tokenizer": tokenizer, "dataset": dataset}
    encoded = encode_labelled(phrases, tokenizer, names)
    model = recipe.train(
        args,
        lambda dtype: zoo.build(args.task, dtype=dtype, **settings),
        recipe.epochs_of(args, encoded, plan_classification, classification_batches),
        score=lambda model: validation_accuracy(model, [dataset]),
        metric="accuracy",
        begin=(lambda model: carry_over(source, model)) if source else None,
        settings=ngrams.settings_before(args),
    )
    recipe.save(args, ngrams.with_ngrams(args, model, dataset, phrases))


if __name__ == "__main__":
    recipe.start(main)
