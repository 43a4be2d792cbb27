"""Trains `asr-arctic`: letters from one speaker's sentences, by temporal classification.

    python recipes/asr_arctic.py --init-from phoneme-arctic --run runs/asr-arctic --out arctic.keras

The same command goes on where an interrupted run stopped. A model begins with the encoder of a
tagger of phonemes, or with all weights of a transcriber. Sentences are in small letters, without
what nobody says; they are also read at other speeds (Ko et al. 2015), with bands of time and
frequency hidden (Park et al. 2019).
"""

import zoo
from zoo.data import change_speed, encode_recordings, read_recordings
from zoo.experiments import recipe
from zoo.inputs import Sound, train_characters
from zoo.layers import CTCLoss, FrameNormalization, LogMel, SpecAugment
from zoo.metrics.wer import spoken_form
from zoo.tasks.transcription.evaluate import transcription_rows

DATASET, RATE = "arctic", 16000


def arguments():
    numbers = dict(epochs=15, batch_tokens=800_000, learning_rate=2e-3, warmup=100, decay=0.8)
    parser = recipe.options(__doc__, run="runs/asr-arctic", out="asr-arctic.keras", **numbers)
    add = parser.add_argument
    add("--cell", default="lstm")
    add("--units", type=int, default=384, help="of both directions together")
    add("--layers", type=int, default=3)
    add("--joins", default="2,1,1", help="frames that are joined before each layer, by commas")
    add("--mel-bins", type=int, default=40)
    add("--dropout", type=float, default=0.3)
    add("--recurrent-dropout", type=float, default=0.0)
    add("--speeds", default="0.9,1,1.1", help="by commas; every sentence is read at each")
    add("--mask-width", type=int, default=25, help="the most frames of a span that is hidden")
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "dropout", "recurrent_dropout")


def main():
    args = arguments()
    recordings = recipe.every_nth(read_recordings(DATASET, "train"), args.fraction)
    input, speeds = Sound(RATE), [float(speed) for speed in args.speeds.split(",")]
    waves = [one["audio"] for one in input.prepare([one.sound for one in recordings])]
    sounds = [
        change_speed(wave, speed) if speed != 1 else wave for speed in speeds for wave in waves
    ]
    texts = [spoken_form(one.text) for _ in speeds for one in recordings]
    tokenizer = train_characters(texts)
    settings = {name: getattr(args, name) for name in MODEL} | {"dataset": DATASET}
    settings["joins"] = [int(count) for count in args.joins.split(",")]

    def build(dtype):
        hidden = SpecAugment(2, args.mel_bins // 8, 2, args.mask_width, 0.15, seed=args.seed)
        front = [LogMel(RATE, mel_bins=args.mel_bins), FrameNormalization(), hidden]
        parts = dict(input=input, target_tokenizer=tokenizer, front=front)
        return zoo.build("asr", dtype=dtype, **parts, **settings)

    def begin(model):
        given = zoo.load(args.init_from) if args.init_from else None
        if isinstance(given, type(model)):
            model.set_weights(given.get_weights())
        elif given is not None:
            model.encoder.set_weights(given.encoder.get_weights())

    def score(model, **how):
        return {DATASET: transcription_rows(model, DATASET, "validation", **how)[1]["value"]}

    encoded = encode_recordings(sounds, texts, input, tokenizer)
    how_good = dict(score=lambda model: score(model, beam_size=1), choose=score)
    how_good |= dict(metric="CER", lower_is_better=True, loss=CTCLoss(), begin=begin)
    recipe.save(args, recipe.train(args, build, recipe.recordings_of(args, encoded), **how_good))


if __name__ == "__main__":
    recipe.start(main)
