"""The contracts of the zoo's parts, as checks that a plugin's own tests can run.

    import zoo.testing

    def test_my_cell():
        print(zoo.testing.check_cell(MyCell))

Each check runs on the Keras backend at hand (`KERAS_BACKEND`; run it once for each that matters)
and raises a `ContractError` that names the first clause that is broken. The clauses stand in
`CONTRACTS`. The zoo's own tests run the checks over everything that is registered.
"""

from zoo.testing.attentions import check_attention
from zoo.testing.cells import check_cell
from zoo.testing.contracts import CONTRACTS, ContractError
from zoo.testing.datasets import check_dataset
from zoo.testing.speed import SpeedReport
from zoo.testing.tasks import check_model, check_task, check_training

__all__ = [
    "CONTRACTS",
    "ContractError",
    "SpeedReport",
    "check_attention",
    "check_cell",
    "check_dataset",
    "check_model",
    "check_task",
    "check_training",
]
