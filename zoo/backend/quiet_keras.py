"""Importing this imports Keras, on a backend that the zoo works on and without TensorFlow's noise.

Rooms that are imported directly, and not through `zoo.load` or `zoo.build`, import it first.
"""

from zoo.backend.quiet import import_keras

import_keras()
