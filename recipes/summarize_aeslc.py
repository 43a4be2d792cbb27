"""Trains `summarize-aeslc`: the subject line of an e-mail, partly in its own words.

    python recipes/summarize_aeslc.py --run runs/summarize --out summarize-aeslc.keras

The same command goes on where an interrupted run stopped. Whatever chooses an epoch or a setting
looks at the validation split; the test split is left to `zoo evaluate`. Subject lines are learnt in
the capitals and small letters of their e-mails, so that their words can be copied.
"""

import zoo
from zoo.data import encode_summaries, plan_summaries, read_summaries, summary_batches
from zoo.data.summarised import written_as_in
from zoo.experiments import recipe
from zoo.experiments.vocabulary import subwords_of
from zoo.inputs import SentencePieceTokenizer
from zoo.tasks.sequence_to_sequence.evaluate_summaries import validation_rouge

DATASET = "aeslc"


def arguments():
    numbers = dict(epochs=12, batch_tokens=2048, learning_rate=1e-3, warmup=500, decay=0.7)
    parser = recipe.options(__doc__, run="runs/summarize", out="summarize-aeslc.keras", **numbers)
    add = parser.add_argument
    add("--vocabulary-size", type=int, default=8000)
    add("--pieces", type=int, default=160, help="of an e-mail that are read, the first ones")
    add("--cell", default="gru")
    add("--units", type=int, default=256)
    add("--embedding-size", type=int, default=128)
    add("--encoder-layers", type=int, default=1)
    add("--decoder-layers", type=int, default=2)
    add("--dropout", type=float, default=0.3)
    add("--no-copying", dest="copying", action="store_false", help="words are written alone")
    add("--coverage", type=float, default=1.0, help="strength of its loss; below 0: none is kept")
    add("--as-they-are", action="store_true", help="subject lines in their own capitals")
    return recipe.parsed(parser)


MODEL = ("cell", "units", "embedding_size", "encoder_layers", "decoder_layers", "dropout")


def main():
    args = arguments()
    args.byte_fallback = not args.init_from  # whose vocabulary has the bytes
    mails = recipe.every_nth(read_summaries(DATASET, "train"), args.fraction)
    if not args.as_they_are:
        mails = [one._replace(summary=written_as_in(one.text, one.summary)) for one in mails]
    pieces = subwords_of(args, [text for one in mails for text in (one.text, one.summary)])
    tokenizer = SentencePieceTokenizer(pieces.proto, longest=args.pieces)
    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"copying": args.copying, "source_tokenizer": tokenizer}
    settings["coverage"] = None if args.coverage < 0 else args.coverage
    encoded = encode_summaries(mails, tokenizer)
    model = recipe.train(
        args,
        lambda dtype: zoo.build("summarize", dtype=dtype, **settings),
        recipe.epochs_of(args, encoded, plan_summaries, summary_batches),
        score=lambda model: validation_rouge(model, DATASET),
        choose=lambda model: validation_rouge(model, DATASET, beam_size=5),
        metric="ROUGE",
    )
    recipe.save(args, model)


if __name__ == "__main__":
    recipe.start(main)
