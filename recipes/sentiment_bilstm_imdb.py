"""Trains `sentiment-bilstm-imdb`: whether a film review likes the film.

    python recipes/sentiment_bilstm_imdb.py --run runs/imdb --out sentiment-bilstm-imdb.keras

Both directions of the recurrence first learn to predict the words of all reviews, unlabelled ones
too, then what the labelled ones say; beside it, n-grams get scores of their own. The same command
goes on where an interrupted run stopped. `--fraction 0.1` tries settings on a tenth. `--init-from`
has no first part, and `--teacher NAME` labels the unlabelled reviews, which are then learnt too.
"""

import zoo
from zoo.data import classification_batches, plan_classification, read_labelled
from zoo.data.labelled import encode_labelled
from zoo.experiments import ngrams, recipe, taught_labels, word_prediction
from zoo.experiments.vocabulary import words_of
from zoo.layers.pooling import KINDS
from zoo.tasks.classification.adversarial import Adversarial
from zoo.tasks.classification.evaluate import validation_accuracy

DATASET = "imdb"
BOUNDARIES = (64, 96, 128, 160, 192, 256, 320, 400)


def arguments():
    numbers = dict(epochs=4, batch_tokens=4096, warmup=200, decay=0.9, average=3)
    parser = recipe.options(__doc__, run="runs/imdb", out="sentiment-bilstm-imdb.keras", **numbers)
    add = parser.add_argument
    add("--cell", default="lstm")
    add("--units", type=int, default=512, help="of both directions together")
    add("--embedding-size", type=int, default=128)
    add("--pooling", choices=KINDS, default="max")
    add("--dropout", type=float, default=0.5)
    add("--word-dropout", type=float, default=0.1)
    add("--adversarial", type=float, default=0.0, help="norm of the perturbation")
    add("--longest", type=int, default=400, help="words kept of a training review")
    word_prediction.add_options(parser, epochs=2, max_words=28_000)
    taught_labels.add_options(parser, "unlabelled reviews")
    ngrams.add_options(parser, longest=3, texts="reviews", min_texts=5, strength=0.05)
    return recipe.parsed(parser)


MODEL = ("cell", "units", "embedding_size", "pooling", "dropout", "word_dropout")
WORDS = ("fraction", "cell", "units", "embedding_size", "max_words", "seed")  # of the first part


def main():
    args = arguments()
    kept = ngrams.settings_before(args)
    second = recipe.part_of(args, "labels", kept)  # refused before the first part is trained
    reviews = recipe.every_nth(read_labelled(DATASET, "train"), args.fraction)
    unlabelled = recipe.every_nth(read_labelled(DATASET, "unlabelled"), args.fraction)
    begun = zoo.load(args.init_from).with_ngrams(None) if args.init_from else None
    texts = [review.text for review in reviews + unlabelled]
    tokenizer, ids = (begun.tokenizer, None) if begun else words_of(args, texts)

    def build(dtype):
        settings = {name: getattr(args, name) for name in MODEL}
        settings |= {"tokenizer": tokenizer, "dataset": DATASET}
        return zoo.build("sentiment", dtype=dtype, **settings)

    read = begun or word_prediction.predict_words(args, build, ids, WORDS)
    learnt = taught_labels.with_taught(args, reviews, unlabelled)
    encoded = encode_labelled(learnt, tokenizer, build("float32").labels, longest=args.longest)
    model = recipe.train(
        second,
        build,
        recipe.epochs_of(
            args, encoded, plan_classification, classification_batches, boundaries=BOUNDARIES
        ),
        score=lambda model: validation_accuracy(model, [DATASET]),
        metric="accuracy",
        begin=read,
        wrap=(lambda model: Adversarial(model, args.adversarial)) if args.adversarial else None,
        settings=kept,
    )
    recipe.save(args, ngrams.with_ngrams(args, model, DATASET, reviews))


if __name__ == "__main__":
    recipe.start(main)
