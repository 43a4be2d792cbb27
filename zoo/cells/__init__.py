"""One step of recurrence, one cell a file. Cells know neither time nor data."""

import zoo.backend.quiet_keras  # noqa: F401
from zoo.cells.conv_lstm import ConvLSTMCell
from zoo.cells.gru import GRUCell
from zoo.cells.lstm import LSTMCell
from zoo.cells.recurrent_cell import RecurrentCell
from zoo.cells.simple_rnn import SimpleRNNCell

__all__ = ["ConvLSTMCell", "GRUCell", "LSTMCell", "RecurrentCell", "SimpleRNNCell"]
