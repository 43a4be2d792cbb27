"""Trains `pos-bilstm-ewt`: the parts of speech of English, from a Universal Dependencies treebank.

    python recipes/pos_bilstm.py --treebank ewt --run runs/pos-bilstm-ewt --out pos-bilstm-ewt.keras

The same command goes on where an interrupted run stopped. `--treebank sequoia` trains French,
`--treebank ewt,sequoia,sequoia` one model for both, which reads the smaller one twice an epoch;
`--fraction 0.1` tries settings on a tenth of the data. A model of one treebank learns which of its
tokens are contracted (`du`) or keep their signs (`-tu`).
"""

import zoo
from zoo.data import encode_sentences, plan_tagging, read_tagged, tagging_batches
from zoo.data.tagged import treebank_language
from zoo.experiments import recipe
from zoo.inputs import learn_treebank_words, train_words
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
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "embedding_size", "dropout", "recurrent_dropout")
MODEL += ("word_dropout", "crf")


def main():
    args = arguments()
    treebanks = [f"ud/{name}" for name in args.treebank.split(",")]
    sentences = [sentence for name in treebanks for sentence in read_tagged(name, "train")]
    sentences = recipe.every_nth(sentences, args.fraction)
    tokens = [sentence.tokens for sentence in sentences]
    begun = zoo.load(args.init_from) if args.init_from else None
    tokenizer = begun.tokenizer if begun else train_words(tokens, args.min_count)
    languages = [treebank_language(name) for name in treebanks]
    if len(set(treebanks)) == 1:  # each keeps and contracts tokens in its own way
        contracted = [(sentence.tokens, sentence.contracted) for sentence in sentences]
        tokenizer.treebank = learn_treebank_words(contracted, languages=languages)

    def build(dtype):
        return zoo.build(
            "pos",
            dtype=dtype,
            character_filters=args.filters,
            tokenizer=tokenizer,
            languages=list(dict.fromkeys(languages)),
            **{name: getattr(args, name) for name in MODEL},
        )

    encoded = encode_sentences(tokens, [one.tags for one in sentences], tokenizer, UPOS)
    model = recipe.train(
        args,
        build,
        recipe.epochs_of(args, encoded, plan_tagging, tagging_batches),
        score=lambda model: validation_accuracy(model, list(dict.fromkeys(treebanks))),
        metric="accuracy",
        loss=None if args.crf else SmoothedCrossEntropy(args.smoothing),
    )
    recipe.save(args, model)


if __name__ == "__main__":
    recipe.start(main)
