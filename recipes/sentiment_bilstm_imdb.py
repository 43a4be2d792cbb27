"""Trains `sentiment-bilstm-imdb`: whether a film review likes the film.

    python recipes/sentiment_bilstm_imdb.py --run runs/imdb --out sentiment-bilstm-imdb.keras

It has three parts: both directions of the recurrence first learn to predict the words of all
reviews, the unlabelled ones among them, and then what the labelled ones say; beside it, n-grams get
scores of their own. The same command goes on where an interrupted run stopped. `--fraction 0.1`
tries settings on a tenth of the reviews.
"""

import zoo
from zoo.data import classification_batches, plan_classification, read_labelled
from zoo.data.labelled import encode_labelled
from zoo.experiments import ngrams, recipe, word_prediction
from zoo.experiments.vocabulary import words_of
from zoo.layers.pooling import KINDS
from zoo.tasks.classification.adversarial import Adversarial
from zoo.tasks.classification.evaluate import validation_accuracy

DATASET = "imdb"
BOUNDARIES = (64, 96, 128, 160, 192, 256, 320, 400)


def arguments():
    numbers = dict(epochs=4, batch_tokens=4096, warmup=200, decay=0.9, average=3)
    out = "sentiment-bilstm-imdb.keras"
    parser = recipe.options(__doc__, run="runs/imdb", out=out, **numbers)
    add = parser.add_argument
    add("--cell", default="lstm")
    add("--units", type=int, default=512, help="of both directions together")
    add("--embedding-size", type=int, default=128)
    add("--max-words", type=int, default=28_000, help="words that are known")
    add("--pooling", choices=KINDS, default="max")
    add("--dropout", type=float, default=0.5)
    add("--word-dropout", type=float, default=0.1)
    add("--adversarial", type=float, default=0.0, help="norm of the perturbation")
    add("--longest", type=int, default=400, help="words kept of a training review")
    word_prediction.add_options(parser)
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
    texts = [review.text for review in reviews + unlabelled]
    tokenizer, ids = words_of(args, texts)

    def build(dtype):
        settings = {name: getattr(args, name) for name in MODEL}
        settings |= {"tokenizer": tokenizer, "dataset": DATASET}
        return zoo.build("sentiment", dtype=dtype, **settings)

    numbers = dict(average=1, warmup=500, decay=0.7)
    read = word_prediction.predict_words(args, build, ids, WORDS, **numbers)
    encoded = encode_labelled(reviews, tokenizer, build("float32").labels, longest=args.longest)
    model = recipe.train(
        second,
        build,
        recipe.epochs_of(
            args, encoded, plan_classification, classification_batches, boundaries=BOUNDARIES
        ),
        score=lambda model: validation_accuracy(model, [DATASET]),
        metric="accuracy",
        begin=(lambda model: model.set_weights(read.get_weights())) if read else None,
        wrap=(lambda model: Adversarial(model, args.adversarial)) if args.adversarial else None,
        settings=kept,
    )
    recipe.save(args, ngrams.with_ngrams(args, model, DATASET, reviews))


if __name__ == "__main__":
    recipe.start(main)
