"""Faults in grids and in music that `tests/planted_faults.py` plants: see `Fault` there."""

_GRIDS = "tests/layers/test_mdlstm.py::"
_COMPOSER = "tests/tasks/forecasting/test_composer.py::"
_MUSIC = "tests/data/test_music.py::"

GRIDS_AND_MUSIC = (
    (
        "a grid whose rows read the last cell of the grid before",
        "zoo/layers/mdlstm.py",
        "is_first = place % columns == 0",
        "is_first = place == 0",
        (f"{_GRIDS}test_cells_are_those_of_a_loop_over_them",),
    ),
    (
        "a grid whose cells forget what is above as they forget what is at the left",
        "zoo/layers/grid_recurrence.py",
        "f * memory_left + e * memory_above",
        "f * memory_left + f * memory_above",
        (f"{_GRIDS}test_cells_are_those_of_a_loop_over_them",),
    ),
    (
        "a written gradient of a grid that leaves out the rows below",
        "zoo/layers/grid_recurrence.py",
        "d_memory * f * has_left + _from_below(d_memory * e)",
        "d_memory * f * has_left",
        (f"{_GRIDS}test_gradients_are_those_of_finite_differences",),
    ),
    (
        "music that is drawn sharper where it should be flatter",
        "zoo/tasks/forecasting/composer.py",
        "logit = temperature * (",
        "logit = 1 / max(temperature, 1e-6) * (",
        (f"{_COMPOSER}test_keys_are_drawn_by_their_probabilities_one_chord_after_the_other",),
    ),
    (
        "music scored by the chord before",
        "zoo/tasks/forecasting/composer.py",
        "series[:, 1:] * logits[:, :-1]",
        "series[:, :-1] * logits[:, :-1]",
        (f"{_COMPOSER}test_nats_are_the_sum_over_the_keys_of_each_chord",),
    ),
    (
        "music that is trained on the chord that it reads",
        "zoo/data/music.py",
        "np.pad(labels[:, :-1], [(0, 0), (1, 0), (0, 0)])",
        "np.copy(labels)",
        (f"{_MUSIC}test_each_piece_is_there_once_and_is_read_one_chord_late",),
    ),
    (
        "chords of a file read where they end",
        "zoo/inputs/piece.py",
        "while len(chords) * unit < time and",
        "while len(chords) * unit <= time and",
        ("tests/inputs/test_notes.py::test_of_a_file_chords_are_what_sounds_at_the_quarters",),
    ),
    (
        "images of which a permutation is another one after loading",
        "zoo/layers/image_patches.py",
        '"permutation": self.permutation,',
        '"permutation": 0,',
        (f"{_GRIDS}test_a_permutation_is_the_same_every_time_and_after_loading",),
    ),
)
