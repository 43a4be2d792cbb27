"""Registers the IndRNN cell with the zoo. Imports no Keras: names are looked up without it."""

import zoo


@zoo.hookimpl
def register_cells(register):
    """Registers the cell."""
    register(
        "indrnn",
        "zoo_indrnn.cell:IndRNNCell",
        summary="Independently recurrent: each unit sees only its own past",
        paper="Li et al. 2018, arXiv:1803.04831",
    )
