"""Plants faults in a copy of the package and sees that the tests turn red.

    python tests/planted_faults.py          all of them, a few minutes
    python tests/planted_faults.py beam     those with "beam" in their name

Each fault is one exact replacement in one file, with the tests that must notice it. First these
tests run without any fault and must be green. The exit code is 1 if a fault stays green, if the
tests are red without it, or if the text to replace is not found just once: then the code has moved
on, and the fault must follow it.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from support.faults_at_start import START
from support.faults_in_answers import ANSWERS
from support.faults_in_clips import CLIPS
from support.faults_in_demo import DEMO
from support.faults_in_devices import DEVICES
from support.faults_in_forecasting import FORECASTING
from support.faults_in_given import GIVEN
from support.faults_in_grids_and_music import GRIDS_AND_MUSIC
from support.faults_in_hearing import HEARING
from support.faults_in_languages import LANGUAGES
from support.faults_in_motion import MOTION
from support.faults_in_onnx import ONNX
from support.faults_in_phonemes import PHONEMES
from support.faults_in_pictures import PICTURES
from support.faults_in_scenes import SCENES
from support.faults_in_streams import STREAMS
from support.faults_in_summaries import SUMMARIES
from support.faults_in_tables import TABLES
from support.faults_in_tracking import TRACKING
from support.faults_in_training import TRAINING

ROOT = Path(__file__).parents[1]


@dataclasses.dataclass(frozen=True)
class Fault:
    """One replacement, and the tests that must turn red."""

    name: str
    file: str
    right: str
    wrong: str
    tests: tuple[str, ...]


FAULTS = (
    Fault(
        "a model that reads data itself",
        "zoo/tasks/tagging/pos.py",
        "from zoo.inputs.upos import UPOS",
        "from zoo.data import tagged  # noqa\nfrom zoo.inputs.upos import UPOS",
        ("tests/test_house.py::test_models_know_no_data",),
    ),
    Fault(
        "a rare word taken for a slip, wherever it stands",
        "zoo/data/misspelt.py",
        "if neighbours.likeness(word, other) >= _least_likeness(word, kind):",
        "if True:",
        ("tests/data/test_slips.py::test_a_slip_stands_where_the_word_does",),
    ),
    Fault(
        "pieces joined to one token that a space parts",
        "zoo/inputs/treebank_words.py",
        "touch &= later(begin, by, tf.constant(-1, begin.dtype)) == later(",
        "touch &= later(begin, by, tf.constant(-1, begin.dtype)) >= later(",
        ("tests/inputs/test_treebank_words.py",),
    ),
    Fault(
        "a name repaired and a slip left",
        "zoo/tasks/sequence_to_sequence/speller.py",
        "match[0][:1].isupper() and share < self.fits",
        "match[0][:1].isupper() and share > self.fits",
        ("tests/tasks/sequence_to_sequence/test_speller.py",),
    ),
    Fault(
        "counts of words that weigh in words less near",
        "zoo/tasks/sequence_to_sequence/common_words.py",
        "if distance == away[0]]",
        "if distance >= away[0]]",
        ("tests/tasks/sequence_to_sequence/test_speller.py",),
    ),
    Fault(
        "an exported speller whose holes weigh as slips do",
        "zoo/tasks/sequence_to_sequence/speller_signatures.py",
        "tf.where(away[:, :1] > 0, self.model.commonness, HOLES_WEIGHT)",
        "tf.where(away[:, :1] >= 0, self.model.commonness, HOLES_WEIGHT)",
        ("tests/tasks/sequence_to_sequence/test_speller_signatures.py",),
    ),
    Fault(
        "padding of an input taken for what is real",
        "zoo/inputs/input.py",
        "return ops.not_equal(arrays[name], 0)",
        "return ops.equal(arrays[name], 0)",
        ("tests/inputs/test_input.py::test_ids_are_masked_by_0",),
    ),
    Fault(
        "a step too many of a series",
        "zoo/inputs/input.py",
        'return ops.arange(time, dtype="int32") < lengths',
        'return ops.arange(time, dtype="int32") <= lengths',
        ("tests/inputs/test_input.py::test_numbers_are_masked_by_lengths",),
    ),
    Fault(
        "a photograph made smaller without smoothing",
        "zoo/inputs/images.py",
        'method="bilinear", antialias=True',
        'method="bilinear", antialias=False',
        ("tests/inputs/test_images.py::test_smaller_is_the_mean_of_what_it_shows",),
    ),
    Fault(
        "a JPEG that the graph sees otherwise",
        "zoo/inputs/images.py",
        'dct_method="INTEGER_ACCURATE"',
        'dct_method="INTEGER_FAST"',
        ("tests/inputs/test_images.py::test_the_graph_sees_the_same_pixels",),
    ),
    Fault(
        "a tokenizer that a seed takes away",
        "zoo/inputs/subwords.py",
        "processor._model_resource = lasting_resource(self.proto)",
        "lasting_resource(self.proto)",
        ("tests/inputs/test_subwords.py::test_a_seed_or_a_new_session_takes_nothing_away",),
    ),
    Fault(
        "an open hypothesis given out",
        "zoo/decoding/beam_search.py",
        'scores = ops.where(end["finished"], scores, IMPOSSIBLE)',
        "scores = scores + 0",
        ("tests/decoding/test_search.py::test_what_is_still_open_is_no_output",),
    ),
    Fault(
        "a mask inverted",
        "zoo/layers/attention/attention.py",
        "weights = ops.softmax(scores + (mask - 1) * 3e4, axis=-1) * mask",
        "weights = ops.softmax(scores - mask * 3e4, axis=-1) * (1 - mask)",
        ("tests/layers/test_attention.py::test_attention_is_the_equations",),
    ),
    Fault(
        "a mask inverted, in recurrence",
        "zoo/layers/recurrent.py",
        "time_mask = ops.transpose(ops.cast(mask, self.compute_dtype))",
        "time_mask = 1 - ops.transpose(ops.cast(mask, self.compute_dtype))",
        ("tests/layers/test_recurrent.py::test_padding_changes_nothing",),
    ),
    Fault(
        "steps of a turn that read the same input",
        "zoo/backend/time_loop.py",
        "t = i + done if done else i",
        "t = i",
        ("tests/layers/test_recurrent.py::test_scan_is_the_python_loop",),
    ),
    Fault(
        "last steps left out, where turns have several",
        "zoo/backend/time_loop.py",
        "end=length - steps + 1: i < end",
        "end=length - steps: i < end",
        ("tests/layers/test_recurrent.py::test_scan_of_an_unknown_length_is_the_python_loop",),
    ),
    Fault(
        "an input kernel that is not trained",
        "zoo/layers/fused_recurrence.py",
        "ops.matmul(ops.transpose(_rows(steps)), rows)",
        'ops.zeros_like(named["input_kernel"])',
        ("tests/layers/test_recurrent.py::test_gradients_are_those_of_finite_differences",),
    ),
    Fault(
        "what a teacher says of held-out sentences, trained on",
        "zoo/experiments/parallel_text.py",
        "pairs_apart(taught, languages_of(name), held_out)",
        "list(taught)",
        ("tests/experiments/test_parallel_text.py::test_what_a_teacher_says_is_apart",),
    ),
    Fault(
        "a causal block that attends to what follows",
        "zoo/layers/causal_attention.py",
        "ops.logical_and(ages >= 0, ages <= self.context)",
        "ops.logical_and(ages >= -1, ages <= self.context)",
        ("tests/layers/test_causal_stack.py::test_what_follows_changes_nothing_before_it",),
    ),
    Fault(
        "a causal block that carries padding",
        "zoo/layers/causal_stack.py",
        "ops.expand_dims(lengths, 1) + ops.arange(count",
        "ops.shape(steps)[1] - count + 0 * ops.expand_dims(lengths, 1) + ops.arange(count",
        ("tests/layers/test_causal_stack.py::test_padding_is_seen_by_none_wherever_it_stands",),
    ),
    Fault(
        "a causal block whose taps are mixed up",
        "zoo/layers/causal_convolution.py",
        "for i in range(self.kernel_size)\n",
        "for i in reversed(range(self.kernel_size))\n",
        ("tests/layers/test_causal_stack.py::test_outputs_are_the_equations",),
    ),
    Fault(
        "an n-gram that begins a word late",
        "zoo/layers/ngram_scores.py",
        "last = ahead[:, n - 1 : n - 1 + time]",
        "last = ahead[:, n // 2 : n // 2 + time]",
        ("tests/layers/test_ngram_scores.py::test_a_text_gets_the_scores_of_its_ngrams",),
    ),
    Fault(
        "n-grams that go on into the next text",
        "zoo/tasks/classification/ngrams.py",
        "inside = (last == row) & (fingerprint > EMPTY)",
        "inside = fingerprint > EMPTY",
        ("tests/tasks/classification/test_ngrams.py::test_ngrams_end_with_their_text",),
    ),
    Fault(
        "n-grams taken for others of their bucket",
        "zoo/layers/ngram_scores.py",
        'is_known = ops.equal(ops.cast(known, "int32"), fingerprints)',
        "is_known = known > 0",
        (
            "tests/layers/test_ngram_scores.py::test_other_ngrams_are_hardly_ever_taken_for_known_ones",
        ),
    ),
    Fault(
        "a finished beam not frozen",
        "zoo/decoding/beam_search.py",
        'open_ = ops.logical_not(now["finished"])',
        'open_ = ops.ones_like(now["finished"])',
        ("tests/decoding/test_search.py::test_wide_beam_is_exhaustive",),
    ),
    Fault(
        "a beam that stops as if hypotheses grew no longer",
        "zoo/decoding/beam_search.py",
        'self.normalise(now["log_probs"], ops.expand_dims(max_lengths, 1))',
        'self.normalise(now["log_probs"], now["lengths"] + 0 * max_lengths[:, None])',
        ("tests/decoding/test_search.py::test_a_long_output_may_win_late",),
    ),
    Fault(
        "a mean over one token more",
        "zoo/decoding/search.py",
        'lengths = ops.maximum(ops.cast(lengths, "float32"), 1.0)',
        'lengths = ops.cast(lengths, "float32") + 1.0',
        (
            "tests/tasks/sequence_to_sequence/test_sequence_to_sequence.py::test_a_score_may_be_the_mean_over_the_tokens",
        ),
    ),
    Fault(
        "coverage of a hypothesis that has ended",
        "zoo/decoding/rules.py",
        'weights * ops.cast(ops.expand_dims(is_open, -1), "float32")',
        "weights",
        ("tests/decoding/test_rules.py::test_coverage_is_that_of_the_paper",),
    ),
    Fault(
        "samples at another temperature",
        "zoo/decoding/sample_search.py",
        "logits = logits / self.temperature",
        "logits = logits * self.temperature",
        ("tests/decoding/test_sample_search.py::test_frequencies_match_the_distribution",),
    ),
    Fault(
        "an ensemble that averages logarithms",
        "zoo/tasks/sequence_to_sequence/ensemble.py",
        "ops.logsumexp(ops.stack(log_probs), axis=0) - float(np.log(len(logits)))",
        "ops.mean(ops.stack(log_probs), axis=0)",
        ("tests/tasks/sequence_to_sequence/test_ensemble.py::test_its_probabilities_are_the_mean",),
    ),
    Fault(
        "an export that scales weights wrongly",
        "zoo/export/signatures.py",
        "tf.cast(steps, tf.float32) * scales)",
        "tf.cast(steps, tf.float32) * tf.reduce_mean(scales))",
        ("tests/export/test_saved_model.py::test_int8_weights_are_a_quarter_and_the_nearest",),
    ),
    Fault(
        "an export that says where tokens stand in bytes",
        "zoo/tasks/tagging/signatures.py",
        "return places.with_flat_values(tf.cast(before, tf.int32))",
        "return tf.cast(places, tf.int32)",
        ("tests/export/test_label_signatures.py::test_tags_and_places_are_those_of_tag",),
    ),
    Fault(
        "an exported language model whose state goes on through padding",
        "zoo/tasks/language_modelling/signatures.py",
        "self.model.log_probs(*part, state)",
        "self.model.log_probs(*part[:2], tf.ones_like(part[2]), state)",
        (
            "tests/tasks/language_modelling/test_signatures.py::test_it_writes_and_scores_as_the_model"
            "[characters-lstm]",
        ),
    ),
    Fault(
        "a cache that looks up the token it is to predict",
        "zoo/layers/neural_cache.py",
        "behind = ops.arange(steps)[None] - ops.arange(time)[:, None]",
        "behind = ops.arange(steps)[None] - ops.arange(time)[:, None] - 1",
        (
            "tests/layers/test_neural_cache.py::test_it_is_that_of_the_paper",
            "tests/tasks/language_modelling/test_language_model.py::test_what_follows_changes_nothing_before_it",
        ),
    ),
    Fault(
        "a cache that keeps padding",
        "zoo/layers/neural_cache.py",
        "last_steps(followers, lengths, self.size)",
        "last_steps(followers, None, self.size)",
        ("tests/layers/test_neural_cache.py::test_padding_is_neither_kept_nor_looked_up",),
    ),
    Fault(
        "a cache that begins anew in every part of a text",
        "zoo/layers/neural_cache.py",
        "ops.logical_or(has_read > 0, count > 0)",
        "ops.logical_or(has_read > 0, count < 0)",
        ("tests/layers/test_neural_cache.py::test_a_text_may_be_read_in_parts",),
    ),
    Fault(
        "gates in the wrong order, GRU",
        "zoo/cells/gru.py",
        "z, r = ops.sigmoid(x_z + h_z), ops.sigmoid(x_r + h_r)",
        "r, z = ops.sigmoid(x_z + h_z), ops.sigmoid(x_r + h_r)",
        ("tests/cells/test_cells.py::test_one_step_is_the_equations",),
    ),
    Fault(
        "gates in the wrong order, LSTM",
        "zoo/cells/lstm.py",
        "i, f, g, o = ops.split(projected + recurrent, 4, axis=-1)",
        "f, i, g, o = ops.split(projected + recurrent, 4, axis=-1)",
        ("tests/cells/test_cells.py::test_one_step_is_the_equations",),
    ),
    Fault(
        "random weights after loading",
        "zoo/saving.py",
        "        rebuilding.check_weights_were_read(model, path, stored)\n",
        "        model = type(model).from_config(model.get_config())\n",
        ("tests/tasks/test_saved_in_new_process.py::test_logits_are_the_same",),
    ),
    Fault(
        "random weights after loading, in a layer that does not read them",
        "zoo/cells/recurrent_cell.py",
        "    def gates(self, projected, recurrent, states):\n",
        "    def load_own_variables(self, store):\n        pass\n\n"
        "    def gates(self, projected, recurrent, states):\n",
        ("tests/tasks/test_saved_in_new_process.py::test_float16_is_close",),
    ),
    Fault(
        "a test sentence leaked into training",
        "zoo/data/sets/tatoeba.py",
        "if folded(english) not in english_out and folded(other) not in other_out",
        "if folded(english) not in english_out",
        ("tests/data/test_leakage.py::test_nothing_leaks",),
    ),
    Fault(
        "a folded batch norm that forgets its mean",
        "zoo/data/efficient_net.py",
        "beta - mean * scale",
        "beta",
        ("tests/layers/test_efficient_net_lite.py::test_folded_batch_norms_are_batch_norms",),
    ),
    Fault(
        "padding that counts as looked at",
        "zoo/layers/decoders/attention_decoder.py",
        "real = ops.cast(ops.expand_dims(ops.not_equal(tokens, 0)",
        "real = ops.cast(ops.expand_dims(ops.not_equal(tokens, -1)",
        (
            "tests/layers/decoders/test_recurrent_decoder.py::test_doubly_stochastic_loss_is_its_equation",
        ),
    ),
    Fault(
        "regions that see padding",
        "zoo/layers/attention/regions.py",
        'seen = seen * ops.cast(mask, "float32")',
        "seen = seen * 1.0",
        ("tests/layers/test_regions.py::test_is_its_equations",),
    ),
    Fault(
        "mirrored photographs that are not",
        "zoo/data/captioned.py",
        "pixels[:, :, ::-1] if mirrored else pixels",
        "pixels",
        ("tests/data/test_captioned.py::test_grids_are_computed_once_for_each_network",),
    ),
    Fault(
        "unknown words that are learnt",
        "zoo/data/captioned.py",
        "(labels != 0) & (labels != captions.unknown_id)",
        "labels != 0",
        ("tests/data/test_captioned.py::test_every_caption_once_with_its_photograph",),
    ),
    *(Fault(*fault) for fault in DEMO),
    *(Fault(*fault) for fault in DEVICES),
    *(Fault(*fault) for fault in FORECASTING),
    *(Fault(*fault) for fault in ANSWERS),
    *(Fault(*fault) for fault in GIVEN),
    *(Fault(*fault) for fault in GRIDS_AND_MUSIC),
    *(Fault(*fault) for fault in HEARING),
    *(Fault(*fault) for fault in LANGUAGES),
    *(Fault(*fault) for fault in CLIPS),
    *(Fault(*fault) for fault in MOTION),
    *(Fault(*fault) for fault in TABLES),
    *(Fault(*fault) for fault in TRACKING),
    *(Fault(*fault) for fault in START),
    *(Fault(*fault) for fault in TRAINING),
    *(Fault(*fault) for fault in ONNX),
    *(Fault(*fault) for fault in PHONEMES),
    *(Fault(*fault) for fault in PICTURES),
    *(Fault(*fault) for fault in SCENES),
    *(Fault(*fault) for fault in STREAMS),
    *(Fault(*fault) for fault in SUMMARIES),
)


def plant(fault: Fault, copy: Path) -> str | None:
    """Puts the fault into the copy; returns what is wrong with it, if anything is."""
    file = copy / fault.file
    text = file.read_text(encoding="utf-8")
    if text.count(fault.right) != 1:
        return f"{fault.file} has {fault.right!r} {text.count(fault.right)} times instead of once"
    file.write_text(text.replace(fault.right, fault.wrong), encoding="utf-8")
    return None


def run(copy: Path, tests: tuple[str, ...]) -> subprocess.CompletedProcess:
    """Runs tests in the copy, with the package of the copy."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)


def verdict(done: subprocess.CompletedProcess) -> str:
    """`"green"`, `"red"`, or the end of the output of tests that did not run."""
    if done.returncode in (0, 1):
        return ("green", "red")[done.returncode]
    return f"the tests did not run:\n{(done.stdout + done.stderr)[-2000:]}"


def main(pattern: str = "") -> int:
    faults = [fault for fault in FAULTS if pattern in fault.name]
    if not faults:
        near = difflib.get_close_matches(pattern, [fault.name for fault in FAULTS], cutoff=0.3)
        print(f"No fault has {pattern!r} in its name; close to it: {'; '.join(near) or 'none'}.")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("zoo", "tests", "recipes"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        tests = tuple(dict.fromkeys(test for fault in faults for test in fault.tests))
        done = run(copy, tests)
        print(f"without a fault: {verdict(done)}", flush=True)
        if done.returncode != 0:
            print(done.stdout[-3000:])
            return 1
        failures = 0
        for fault in faults:
            problem = plant(fault, copy)
            result = problem or verdict(run(copy, fault.tests))
            failures += result != "red"
            print(f"{fault.name}: {result}", flush=True)
            shutil.copy(ROOT / fault.file, copy / fault.file)
    print(f"{len(faults) - failures} of {len(faults)} faults turn a test red")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
