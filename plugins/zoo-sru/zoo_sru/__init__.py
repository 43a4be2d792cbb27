"""Registers the SRU cell with the zoo. Imports no Keras: names are looked up without it."""

import zoo


@zoo.hookimpl
def register_cells(register):
    """Registers the cell."""
    register(
        "sru",
        "zoo_sru.cell:SRUCell",
        summary="Simple recurrent unit: all products before the loop",
        paper="Lei et al. 2018, arXiv:1709.02755",
    )
