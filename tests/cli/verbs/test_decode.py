"""`zoo translate`: one line in, one line out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_model


def test_one_text(zoo_command, released):
    assert zoo_command("translate", "tiny-en-fr", "abc")[:2] == (0, "cba\n")


def test_a_path_in_place_of_a_name(zoo_command, tiny_file):
    assert zoo_command("translate", tiny_file, "abc")[:2] == (0, "cba\n")


def test_lines_in_give_lines_out_and_empty_ones_stay(zoo_command, tiny_file):
    done = zoo_command("translate", tiny_file, stdin=b"ab\n\n  \ncd\n")
    assert done.lines == ["ba", "", "", "dc"]
    assert zoo_command("translate", tiny_file, "-", stdin=b"ab\n").lines == ["ba"]


def test_the_last_line_may_lack_its_end(zoo_command, tiny_file):
    assert zoo_command("translate", tiny_file, stdin=b"ab\r\ncd").lines == ["ba", "dc"]
    assert zoo_command("translate", tiny_file, stdin=b"").out == ""


def test_only_a_newline_ends_a_line(zoo_command, tiny_file):
    text = "a\u2028b\x0bc\rd"
    done = zoo_command("translate", tiny_file, stdin=f"{text}\n\U0001f600e\n".encode())
    assert done.lines == ["d c b a", "e\U0001f600"]


def test_many_lines_keep_their_order(zoo_command, tiny_file):
    numbers = [str(n) for n in range(1000)]
    done = zoo_command("translate", tiny_file, stdin="\n".join(numbers).encode())
    assert done.lines == [number[::-1] for number in numbers]


def test_a_text_of_several_lines_is_one_text(zoo_command, tiny_file):
    assert zoo_command("translate", tiny_file, "ab\ncd").lines == ["dc ba"]


def test_n_best(zoo_command, tiny_file):
    done = zoo_command("translate", tiny_file, "--n-best", 2, stdin=b"ab\n\ncd\n")
    assert done.lines == ["1\t0.0000\tba", "1\t-1.0000\tba", "3\t0.0000\tdc", "3\t-1.0000\tdc"]


def test_more_answers_than_the_beam_is_wide(zoo_command, tiny_file):
    done = zoo_command("translate", tiny_file, "x", "--n-best", 6)
    assert done.code == 2
    assert "--n-best 6 needs a beam at least as wide" in done.err


@pytest.mark.parametrize("n_best", [1, 2])
def test_json(zoo_command, tiny_file, n_best):
    done = zoo_command("translate", tiny_file, "--json", "--n-best", n_best, stdin="é\n\n".encode())
    first, second = (json.loads(line) for line in done.lines)
    assert first["source"] == "é"
    assert [one["text"] for one in first["translations"]] == ["é"] * n_best
    assert first["translations"][0]["score"] == 0
    assert second == {"source": "", "translations": []}


def test_the_beam_is_passed_on(zoo_command, tiny_file, monkeypatch):
    seen = []
    monkeypatch.setattr(
        tiny_model.Tiny, "translate", lambda self, texts, **kw: seen.append(kw) or texts
    )
    zoo_command("translate", tiny_file, "x", "--beam", 3)
    assert seen == [{"beam_size": 3}]


def test_unknown_names_are_said_before_anything_slow(zoo_command, released, monkeypatch):
    monkeypatch.setattr("zoo.cli.serving.import_keras", lambda: pytest.fail("imported Keras"))
    done = zoo_command("translate", "tiny-en-rf", "abc")
    assert (done.code, done.out) == (2, "")
    assert done.err == "Error: There is no model 'tiny-en-rf'; did you mean 'tiny-en-fr'?\n"
    done = zoo_command("translate", "no/such/file.keras", "abc")
    assert done.err == "Error: There is no file 'no/such/file.keras'.\n"


def test_a_model_of_another_task(zoo_command, released):
    done = zoo_command("translate", "pos-en", "abc")
    assert (done.code, done.err) == (2, "Error: pos-en is a model for 'pos': use `zoo tag`.\n")


def test_a_file_that_cannot_translate(zoo_command, tmp_path):
    import keras

    import zoo

    path = tmp_path / "dense.keras"
    zoo.save(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]), path)
    done = zoo_command("translate", path, "abc")
    assert done.code == 2
    assert "is a Sequential and cannot translate" in done.err


# In a process of its own, as a user has it -----------------------------------------------------

# The class of the model is imported late, as the zoo's own are, so that it is the command that
# imports TensorFlow.
RUN = """
import zoo
from zoo import saving
from zoo.cli import main

def load(ref):
    import tiny_model
    return saving.load(ref)

zoo.load = load
main()
"""


def process(*arguments):
    env = {**os.environ, "PYTHONPATH": str(Path(tiny_model.__file__).parent)}
    env.pop("TF_CPP_MIN_LOG_LEVEL", None)
    command = [sys.executable, "-c", RUN, *map(str, arguments)]
    return subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_nothing_but_the_translation_is_printed(tiny_file):
    running = process("translate", tiny_file)
    out, err = running.communicate(b"abc\n")
    assert (out, err, running.returncode) == (b"cba\n", b"", 0)


def test_each_line_is_answered_before_the_next_is_asked(tiny_file):
    running = process("translate", tiny_file)
    for line, answer in ((b"ab\n", b"ba\n"), (b"cd\n", b"dc\n")):
        running.stdin.write(line)
        running.stdin.flush()
        assert running.stdout.readline() == answer
    running.communicate()
    assert running.returncode == 0


def test_a_reader_that_goes_away_ends_it_quietly(tiny_file):
    running = process("translate", tiny_file)
    running.stdin.write(b"ab\n")
    running.stdin.flush()
    running.stdout.readline()
    running.stdout.close()
    running.stdin.write(b"cd\n" * 10)
    running.stdin.close()
    assert running.stderr.read() == b""
    assert running.wait(30) == 1


def test_a_reader_that_wants_only_the_first_line():
    command = f"{sys.executable} -m zoo list --kind cell | true"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert done.stderr == ""


@pytest.fixture(scope="module")
def of_two_languages(tmp_path_factory):
    """A saved model of French and Dutch, and its path."""
    from small_nmt import small_nmt

    import zoo
    from zoo.inputs import SentencePieceTokenizer, train_sentencepiece

    proto = train_sentencepiece(
        ["a man or two", "is it here"], 30, control_pieces=["<2fr>", "<2nl>"]
    )
    reads = SentencePieceTokenizer(proto)
    model = small_nmt(1, source_tokenizer=reads, units=16, targets=("fr", "nl"), ending=2.0)
    path = tmp_path_factory.mktemp("two") / "two.keras"
    zoo.save(model, path)
    return model, path


def test_the_language_is_passed_on(zoo_command, of_two_languages):
    model, path = of_two_languages
    for code in ("fr", "nl"):
        done = zoo_command("translate", path, "a man", "is it here", "--target", code)
        assert done.lines == model.translate(["a man", "is it here"], target=code)
    streamed = zoo_command("translate", path, "a man", "--target", "nl", "--stream")
    assert streamed.lines == [model.translate("a man", target="nl", beam_size=1)]
    done = zoo_command("translate", path, "a man", "--target", "fr", "--n-best", 2, "--json")
    best = model.translate("a man", target="fr", n_best=2)
    assert [one["text"] for one in json.loads(done.out)["translations"]] == [
        one.text for one in best
    ]


@pytest.mark.parametrize(
    "asked, said",
    [
        ((), "not told which: give it --target fr or"),
        (("--target", "en"), "'en' is none of them: give it --target fr"),
    ],
)
def test_a_language_must_be_known(zoo_command, of_two_languages, asked, said):
    done = zoo_command("translate", of_two_languages[1], "a man", *asked)
    assert (done.code, done.out) == (2, "")
    assert said in done.err and "translates into fr, nl" in done.err and done.err.count("\n") == 1


def test_a_model_of_one_language_has_no_target(zoo_command, tiny_file):
    done = zoo_command("translate", tiny_file, "a", "--target", "fr")
    assert (done.code, done.out) == (2, "")
    assert "leave out --target" in done.err and done.err.count("\n") == 1
