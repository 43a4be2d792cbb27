"""The sizes and the mask that cells and attentions are checked with."""

import numpy as np

BATCH, TIME, FEATURES, UNITS, QUERIES = 3, 5, 4, 6, 2
# Right padding, a hole at the left, and a row that is whole.
MASK = np.array([[1, 1, 1, 0, 0], [0, 1, 1, 1, 1], [1, 1, 1, 1, 1]], bool)
