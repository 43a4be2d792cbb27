"""Registers area attention with the zoo. Imports no Keras: names are looked up without it."""

import zoo


@zoo.hookimpl
def register_attentions(register):
    """Registers the attention."""
    register(
        "area",
        "zoo_area_attention.attention:AreaAttention",
        summary="Attends to spans of neighbouring positions as well as to single ones",
        paper="Li et al. 2019, arXiv:1810.10126",
    )
