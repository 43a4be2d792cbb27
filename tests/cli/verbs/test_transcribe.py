"""`zoo transcribe`: files in, lines, times, JSON, and text while sound comes in."""

from __future__ import annotations

import json
import wave

import numpy as np
import pytest
from small_lm import small_lm
from small_transcriber import small_transcriber

import zoo
from zoo.inputs import CharacterTokenizer, Sound
from zoo.layers import LogMel

pytest.importorskip("soundfile")
RATE = 4000


@pytest.fixture(scope="module")
def model():
    return small_transcriber(
        input=Sound(RATE),
        front=[LogMel(RATE, mel_bins=6)],
        is_causal=True,
        seed=3,
    )


def samples(seed):
    rng = np.random.default_rng(seed)
    steps = np.arange(RATE) / RATE
    loud = np.repeat(rng.uniform(0, 1, 10), RATE // 10)
    return (8000 * loud * np.sin(2 * np.pi * 300 * (seed + 1) * steps)).astype("<i2")


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("transcribe")
    zoo.save(model, path / "m.keras")
    zoo.save(small_lm(tokenizer=CharacterTokenizer("abc ")), path / "lm.keras")
    for seed in (1, 2):
        with wave.open(str(path / f"{seed}.wav"), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(samples(seed).tobytes())
    (path / "bad.wav").write_bytes(b"RIFFxxxx")
    return path


def arrays():
    return [samples(seed).astype("float32") / 32768 for seed in (1, 2)]


def test_a_line_for_each_file(zoo_command, folder, model):
    files = (folder / "1.wav", folder / "bad.wav", folder / "2.wav")
    done = zoo_command("transcribe", folder / "m.keras", *files)
    first, second = model.transcribe(arrays())
    assert first and second and first != second
    assert done.code == 2 and done.lines == [first, "", second]
    assert done.err.count("\n") == 1 and "bad.wav is no sound that can be read" in done.err


def test_standard_input_is_a_file(zoo_command, folder, model):
    content = (folder / "1.wav").read_bytes()
    done = zoo_command("transcribe", folder / "m.keras", "-", "--beam", 1, stdin=content)
    assert (done.code, done.lines) == (0, [model.transcribe(arrays()[0], beam_size=1)])


def test_times_of_words(zoo_command, folder, model):
    done = zoo_command("transcribe", folder / "m.keras", folder / "1.wav", "--times")
    words = model.transcribe(arrays()[0], return_times=True).words
    assert done.lines == [f"{one.begin:.2f}\t{one.end:.2f}\t{one.text}" for one in words]
    files = (folder / "1.wav", folder / "2.wav")
    done = zoo_command("transcribe", folder / "m.keras", *files, "--times")
    assert {line.split("\t")[0] for line in done.lines} == {"1", "2"}


def test_times_of_characters_where_there_are_no_words(zoo_command, folder, tmp_path):
    digits = dict(target_tokenizer=CharacterTokenizer("0123"), input=Sound(RATE), seed=5)
    model = small_transcriber(front=[LogMel(RATE, mel_bins=6)], **digits)
    zoo.save(model, tmp_path / "m.keras")
    done = zoo_command("transcribe", tmp_path / "m.keras", folder / "1.wav", "--times")
    said = model.transcribe(arrays()[0], return_times=True).characters
    assert done.lines == [f"{one.begin:.2f}\t{one.end:.2f}\t{one.text}" for one in said]
    assert len(said) > 1


def test_several_texts_and_json(zoo_command, folder, model):
    arguments = ("transcribe", folder / "m.keras", folder / "2.wav", "--n-best", 2)
    found = model.transcribe(arrays()[1], n_best=2)
    done = zoo_command(*arguments)
    assert done.lines == [f"1\t{one.score:.4f}\t{one.text}" for one in found]
    said = json.loads(zoo_command(*arguments, "--json").out)
    assert said["audio"].endswith("2.wav")
    assert [one["text"] for one in said["transcriptions"]] == [one.text for one in found]
    assert said["transcriptions"][0]["score"] == pytest.approx(found[0].score, abs=1e-4)


def test_a_language_model_is_asked(zoo_command, folder, model):
    weighed = ("--language-model", folder / "lm.keras", "--alpha", 3, "--beta", 0.5)
    done = zoo_command("transcribe", folder / "m.keras", folder / "1.wav", *weighed)
    settings = dict(language_model=zoo.load(folder / "lm.keras"), alpha=3.0, beta=0.5)
    expected = model.transcribe(arrays()[0], **settings)
    assert done.lines == [expected] and expected != model.transcribe(arrays()[0])


@pytest.mark.parametrize("stdin", [True, False])
def test_a_stream_says_what_the_whole_says(zoo_command, folder, model, stdin):
    item = "-" if stdin else folder / "1.wav"
    more = dict(stdin=samples(1).tobytes()) if stdin else {}
    done = zoo_command("transcribe", folder / "m.keras", "--stream", item, **more)
    assert (done.code, done.lines) == (0, [model.transcribe(arrays()[0], beam_size=1)])
    done = zoo_command("transcribe", folder / "m.keras", "--stream", "--beam", 4, item, **more)
    assert done.lines == [model.transcribe(arrays()[0], beam_size=4)]


def test_a_stream_of_files_of_which_one_is_bad(zoo_command, folder, model):
    files = (folder / "bad.wav", folder / "2.wav")
    done = zoo_command("transcribe", folder / "m.keras", "--stream", *files)
    assert done.code == 2 and done.lines == ["", model.transcribe(arrays()[1], beam_size=1)]
    assert "bad.wav is no sound" in done.err


@pytest.mark.parametrize(
    "options, message",
    [
        (("--stream", "--json"), "leave out --json, --times and --n-best"),
        (("--rate", "8000"), "--rate is of raw sound in --stream -"),
        (("--alpha", "1"), "--alpha and --beta weigh a --language-model: name one."),
        (("--beam", "2", "--n-best", "3"), "--n-best 3 needs a beam at least as wide: --beam 3."),
        (("--language-model", "spell-char-en"), "use `zoo repair`"),
    ],
)
def test_what_does_not_go_together(zoo_command, folder, options, message):
    done = zoo_command("transcribe", folder / "m.keras", folder / "1.wav", *options)
    assert done.code == 2 and message in done.err and done.err.count("\n") == 1


def test_no_file(zoo_command, folder):
    done = zoo_command("transcribe", folder / "m.keras")
    assert done.code == 2 and "Give the files to read, one audio each." in done.err
