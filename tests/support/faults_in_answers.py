"""Faults in answering questions that `tests/planted_faults.py` plants: see `Fault` there."""

_STORIES = "tests/inputs/test_stories.py::"
_REDUCTION = "tests/layers/test_query_reduction.py::"
_ANSWERER = "tests/tasks/classification/test_answerer.py::"

ANSWERS = (
    (
        "a sentence that goes on into the story of the next item",
        "zoo/inputs/stories.py",
        "is_end[:-1] | (row[1:] != row[:-1])",
        "is_end[:-1]",
        (f"{_STORIES}test_a_batch_reads_each_story_as_it_is_alone",),
    ),
    (
        "a long sentence that is cut off",
        "zoo/inputs/stories.py",
        "(place - first) % self.sentence_length == 0)",
        "(place - first) == 0)",
        (f"{_STORIES}test_sentences_end_at_signs_and_where_they_are_too_long",),
    ),
    (
        "a question reduced forward by what comes later",
        "zoo/layers/query_reduction.py",
        "is_seen = ops.expand_dims(steps, 1) >= ops.expand_dims(steps, 0)",
        "is_seen = ops.expand_dims(steps, 1) <= ops.expand_dims(steps, 0)",
        (f"{_REDUCTION}test_states_are_those_of_a_loop_over_the_equations",),
    ),
    (
        "a backward state that forgets by the sentence it comes from",
        "zoo/layers/query_reduction.py",
        "until = before - kept",
        "until = before",
        (f"{_REDUCTION}test_states_are_those_of_a_loop_over_the_equations",),
    ),
    (
        "padding that wears a question down",
        "zoo/layers/query_reduction.py",
        "kept = -ops.softplus(scores[..., 0]) * real",
        "kept = -ops.softplus(scores[..., 0])",
        (f"{_REDUCTION}test_padding_of_words_and_of_sentences_changes_nothing",),
    ),
    (
        "places of words counted from 0",
        "zoo/layers/story_reader.py",
        "ops.arange(1, ops.shape(mask)[1] + 1,",
        "ops.arange(0, ops.shape(mask)[1],",
        (f"{_REDUCTION}test_places_weigh_words_as_the_paper_says",),
    ),
    (
        "a long story that loses its end",
        "zoo/data/questions.py",
        'one["words"][-longest:]',
        'one["words"][:longest]',
        (
            "tests/data/test_questions.py::"
            "test_words_and_answers_are_looked_up_and_long_stories_lose_their_beginning",
        ),
    ),
    (
        "a story that has the question before it in it",
        "zoo/data/sets/babi.py",
        'if "\\t" not in said:\n            story.append(said)',
        'story.append(said)\n        if "\\t" not in said:',
        (
            "tests/data/test_questions.py::"
            "test_a_question_has_the_story_before_it_without_other_questions",
        ),
    ),
    (
        "a mean over questions in place of kinds",
        "zoo/tasks/classification/evaluate_answers.py",
        "sum(accuracy.values()) / len(accuracy)",
        "100 * sum(map(sum, right.values())) / len(questions)",
        (f"{_ANSWERER}test_the_mean_is_of_kinds_however_many_questions_each_has",),
    ),
)
