"""Trains `asr-an4-attn`: letters that are spelled and words that are spoken, by listening again.

    python recipes/asr_an4_attn.py --init-from asr-an4-ctc --out asr-an4-attn.keras

The same command goes on where an interrupted run stopped. With --init-from encoder and head begin
as those of a transcriber; a decoder learns to ask them (Chan et al. 2016; Watanabe et al. 2017).
"""

import functools

import zoo
from zoo.data import encode_recordings, read_recordings, spelling_batches
from zoo.data.sound import stretch_frames
from zoo.experiments import recipe
from zoo.inputs import Series, train_characters
from zoo.layers import Deltas, FrameNormalization, SpecAugment
from zoo.tasks.transcription.evaluate import transcription_rows
from zoo.training.growing import grow_from

DATASET = "an4"
MODEL = "units dropout recurrent_dropout decoder_units decoder_dropout ctc_share ctc_weight"


def arguments():
    numbers = dict(epochs=20, batch_tokens=4096, learning_rate=2e-3, warmup=200, smoothing=0.1)
    numbers |= dict(run="runs/asr-an4-attn", out="asr-an4-attn.keras", moving_average=0.998)
    parser = recipe.options(__doc__, **numbers)
    add = parser.add_argument
    add("--units", type=int, default=256, help="of both directions of the encoder together")
    add("--joins", default="2,1,1", help="frames that are joined before each of its layers")
    add("--dropout", type=float, default=0.3, help="of the encoder")
    add("--recurrent-dropout", type=float, default=0.1)
    add("--decoder-units", type=int, default=256)
    add("--decoder-dropout", type=float, default=0.3)
    add("--ctc-share", type=float, default=0.3, help="of the head in the loss")
    add("--ctc-weight", type=float, default=0.3, help="of the head where texts are searched")
    add("--speeds", default="0.9,1,1.1", help="by commas; every utterance is read at each")
    add("--masks", type=int, default=2, help="spans of time that are hidden")
    add("--bands", type=int, default=1, help="bands of coefficients that are")
    return recipe.parsed(parser)


def main():
    args = arguments()
    recordings = recipe.every_nth(read_recordings(DATASET, "train"), args.fraction)
    speeds = [float(speed) for speed in args.speeds.split(",")]
    read = [(stretch_frames(one.sound, speed), one.text) for speed in speeds for one in recordings]
    sounds, texts = zip(*read, strict=True)
    input = Series([f"MFCC {number}" for number in range(13)])
    tokenizer = train_characters(texts)
    joins = [int(count) for count in args.joins.split(",")]
    settings = {name: getattr(args, name) for name in MODEL.split()} | {"dataset": DATASET}

    def build(dtype):
        hidden = SpecAugment(args.bands, 6, args.masks, 30, time_share=0.2, seed=args.seed)
        front = [Deltas(), FrameNormalization(), hidden]
        parts = dict(input=input, target_tokenizer=tokenizer, front=front)
        return zoo.build("las", dtype=dtype, layers=len(joins), joins=joins, **parts, **settings)

    def begin(model):
        known = zoo.load(args.init_from) if args.init_from else model
        grow_from(known.encoder, model.encoder)
        grow_from(known.head, model.head)

    def score(model, **how):
        return {DATASET: transcription_rows(model, DATASET, "validation", **how)[0]["value"]}

    encoded = encode_recordings(sounds, texts, input, tokenizer)
    batches = functools.partial(spelling_batches, end_id=tokenizer.vocabulary_size)
    epochs = recipe.recordings_of(args, encoded, batches_of=batches)
    greedy = functools.partial(score, beam_size=1)
    how = dict(choose=score, metric="WER", lower_is_better=True, begin=begin)
    recipe.save(args, recipe.train(args, build, epochs, greedy, **how))


if __name__ == "__main__":
    recipe.start(main)
