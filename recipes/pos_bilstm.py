"""Trains `pos-bilstm-ewt`: the parts of speech of English, from a Universal Dependencies treebank.

    python recipes/pos_bilstm.py --treebank ewt --run runs/pos-bilstm-ewt --out pos-bilstm-ewt.keras

The same command goes on where it was stopped. `--treebank sequoia` trains French, and
`ewt,sequoia,sequoia` both, the smaller one twice an epoch. A model of one treebank learns which of
its tokens are contracted (`du`) or keep their signs (`-tu`). With `--word-epochs 1` it first learns
to predict the words of `--texts`; `--teacher` names taggers whose labels of some are learnt too.
"""

import zoo
from zoo.data import encode_sentences, plan_tagging, tagging_batches
from zoo.experiments import recipe, taught_labels, word_prediction
from zoo.experiments.treebanks import treebanks_of, words_of_treebanks
from zoo.experiments.vocabulary import written_words_of
from zoo.inputs.upos import UPOS
from zoo.tasks.tagging.evaluate import validation_accuracy
from zoo.training.losses import SmoothedCrossEntropy


def arguments():
    numbers = dict(epochs=30, batch_tokens=512, learning_rate=2e-3, warmup=200, smoothing=0.1)
    parser = recipe.options(__doc__, run="runs/pos-bilstm", out="pos-bilstm-ewt.keras", **numbers)
    add = parser.add_argument
    add("--treebank", default="ewt", help="treebanks, by commas")
    add("--cell", default="lstm", help="a plugin's may want --recurrent-dropout 0")
    add("--units", type=int, default=300, help="of both directions together")
    add("--layers", type=int, default=2)
    add("--embedding-size", type=int, default=100)
    add("--filters", type=int, default=50, help="of each width over characters")
    add("--min-count", type=int, default=2, help="of the words that are known")
    add("--crf", action="store_true", help="choose the labels together")
    add("--dropout", type=float, default=0.4)
    add("--recurrent-dropout", type=float, default=0.2)
    add("--word-dropout", type=float, default=0.1)
    texts = "imdb,imdb:unlabelled,aeslc,essays"
    word_prediction.add_options(parser, epochs=0, max_words=20_000, texts=texts)
    taught_labels.add_options(parser, "sentences", most=40_000)
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "embedding_size", "dropout", "recurrent_dropout")
MODEL += ("word_dropout", "crf")
WORDS = ("cell", "units", "layers", "embedding_size", "filters", "min_count", "treebank", "seed")


def main():
    args = arguments()
    treebanks, languages, sentences = treebanks_of(args)
    tokenizer = words_of_treebanks(args, sentences, languages)
    tokenizer, ids, arrays = written_words_of(args, tokenizer)

    def build(dtype, **others):
        return zoo.build(
            "pos",
            dtype=dtype,
            character_filters=args.filters,
            tokenizer=tokenizer,
            languages=list(dict.fromkeys(languages)),
            **{name: getattr(args, name) for name in MODEL} | others,
        )

    read = word_prediction.predict_words(args, build, ids, WORDS, arrays, recurrent_dropout=0.0)
    learnt = taught_labels.with_taught_tags(args, sentences, tokenizer, UPOS)
    tokens, tags = zip(*((one.tokens, one.tags) for one in learnt), strict=True)
    encoded = encode_sentences(tokens, tags, tokenizer, UPOS)
    model = recipe.train(
        args,
        build,
        recipe.epochs_of(args, encoded, plan_tagging, tagging_batches),
        score=lambda model: validation_accuracy(model, list(dict.fromkeys(treebanks))),
        metric="accuracy",
        begin=read,
        loss=None if args.crf else SmoothedCrossEntropy(args.smoothing),
    )
    recipe.save(args, model)


if __name__ == "__main__":
    recipe.start(main)
