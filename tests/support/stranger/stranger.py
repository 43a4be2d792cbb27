"""What a stranger's plugin registers: a topology, a task, an input of floats and a data set.

Written to a folder by `tests/e2e/test_stranger.py`; no file of `zoo/` knows of it.
"""

import zoo

ZOO_HOOKS = 2


@zoo.hookimpl
def register_topologies(register):
    """Registers the topology."""
    register(
        "foretelling",
        "stranger_model:Foreteller",
        summary="Many-to-one, numbers: the next step of a series",
        verb="foretell",
        evaluator="stranger_data:evaluate",
        sample="stranger_model:SAMPLE",
    )


@zoo.hookimpl
def register_tasks(register):
    """Registers the task."""
    register(
        "tide",
        "stranger_model:build_tide",
        topology="foretelling",
        reads="series",
        summary="Foretell the next height of the water",
    )


@zoo.hookimpl
def register_datasets(register):
    """Registers the data set."""
    register(
        "waves", "stranger_data:Waves", yields="series", of="series", summary="Sums of two sines"
    )
