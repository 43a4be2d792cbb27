"""Faults in how weights are trained and chosen, planted by `tests/planted_faults.py`."""

_EPOCHS = "tests/training/test_epochs.py"
_WORDS = "tests/tasks/test_word_prediction.py"
_SAMPLED = "tests/training/test_sampled_softmax.py"

TRAINING = (
    (
        "a mixture has as much of the end as it should have of the start",
        "zoo/training/epochs.py",
        "part * old + (1 - part) * new",
        "part * new + (1 - part) * old",
        (f"{_EPOCHS}::test_the_best_is_mixed_with_the_start",),
    ),
    (
        "weights are mixed and the last mixture stays",
        "zoo/training/epochs.py",
        "    candidates[chosen]()\n    return chosen",
        "    return chosen",
        (f"{_EPOCHS}::test_the_best_is_mixed_with_the_start",),
    ),
    (
        "a recipe does not hand on what the mixtures are made of",
        "zoo/experiments/recipe.py",
        "candidates, start, args.mix_start)",
        "candidates)",
        ("tests/recipes/test_lm_recipe.py::test_it_learns_resumes_and_ends_in_a_model",),
    ),
    (
        "features are dropped where words are predicted",
        "zoo/tasks/word_prediction.py",
        "self.features(*read, training=False)",
        "self.features(*read)",
        (f"{_WORDS}::test_the_lowest_layer_of_a_tagger_predicts_words_by_their_letters_too",),
    ),
    (
        "a run that predicts words first begins its labels from nothing",
        "zoo/experiments/recipe.py",
        "grow_from(begin, model)",
        "pass",
        ("tests/recipes/test_pos_recipe.py::test_words_of_other_texts_are_predicted_first",),
    ),
    (
        "a teacher's labels go to other texts",
        "zoo/experiments/taught_labels.py",
        "zip(texts, found, strict=True)",
        "zip(texts, reversed(found), strict=True)",
        ("tests/experiments/test_taught_labels.py",),
    ),
    (
        "a word gets the tag of any teacher",
        "zoo/experiments/taught_labels.py",
        "vote.most_common(1)[0][0]",
        "vote.most_common()[-1][0]",
        ("tests/experiments/test_taught_labels.py",),
    ),
    (
        "the softmax of a sample takes each draw for a token of its own",
        "zoo/training/sampled_softmax.py",
        "ops.where(again, _NEVER, offset(drawn))",
        "offset(drawn)",
        (_SAMPLED,),
    ),
    (
        "the softmax of a sample does not say how likely its tokens were drawn",
        "zoo/training/sampled_softmax.py",
        'ops.cast(ops.take(bias, ids), "float32") - among',
        'ops.cast(ops.take(bias, ids), "float32")',
        (_SAMPLED,),
    ),
    (
        "a language model that learns by samples forgets its state",
        "zoo/tasks/language_modelling/sampled_bptt.py",
        "        self.carry(state)\n",
        "",
        ("tests/tasks/language_modelling/test_sampled_bptt.py",),
    ),
)
