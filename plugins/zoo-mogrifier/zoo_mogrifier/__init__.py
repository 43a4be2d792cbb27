"""Registers the Mogrifier LSTM with the zoo. Imports no Keras: names are looked up without it."""

import zoo


@zoo.hookimpl
def register_cells(register):
    """Registers the cell."""
    register(
        "mogrifier",
        "zoo_mogrifier.cell:MogrifierLSTMCell",
        summary="LSTM whose input and state scale each other before each step",
        paper="Melis et al. 2020, arXiv:1909.01792",
    )
