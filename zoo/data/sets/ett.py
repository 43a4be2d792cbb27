"""Two years of two electricity transformers as a tfds data set, for forecasts."""

from __future__ import annotations

import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.errors import ConfigError, DamagedFileError
from zoo.inputs.table import read_table

_URL = "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/1d16c8f4f943/ETT-small/{}.csv"
_SHA256 = {
    "ETTh1": "f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066",
    "ETTh2": "a3dc2c597b9218c7ce1cd55eb77b283fd459a1d09d753063f944967dd6b9218b",
}
sources.pin(
    *(
        sources.SourceFile(f"ett/{name}.csv", _URL.format(name), sha256)
        for name, sha256 in _SHA256.items()
    )
)

_MONTH = 30 * 24  # hours, as the literature counts
# Months of each split, one after the other. What the file has after them is left out, as is usual.
_MONTHS = {"train": 12, "validation": 4, "test": 4}


def read_splits(name: str, month: int = _MONTH) -> dict[str, list]:
    """The rows of each split: pairs of a date, as text, and the values of the seven series.

    Args:
        name: "ETTh1" or "ETTh2".
        month: rows of a month.

    Raises:
        DamagedFileError: if the file is no such table, or too short.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    path = sources.fetch(f"ett/{name}.csv")
    try:
        table = read_table(path)
    except ConfigError as error:
        raise DamagedFileError(f"{path} is damaged: {error}") from error
    wanted = sum(_MONTHS.values()) * month
    if table.dates is None or len(table.values) < wanted:
        raise DamagedFileError(f"{path} is damaged: it has no dates, or under {wanted:,} hours.")
    rows = list(zip(map(str, table.dates), table.values.astype("float32"), strict=True))
    found, begin = {}, 0
    for split, months in _MONTHS.items():
        found[split] = rows[begin : begin + months * month]
        begin += months * month
    return found


with tfds.core.registered.skip_registration():

    class ETT(tfds.core.GeneratorBasedBuilder):
        """Hourly load and oil temperature of two transformers (Zhou et al. 2021).

        Configs `h1` and `h2`, a transformer each. Splits `train`, `validation` and `test` are 12,
        4 and 4 months of 30 days, one after the other; each is one example, with its `dates` and
        its `series`, float32 `[hours, 7]`, whose columns are named in `columns`.
        """

        name = "ett"
        VERSION = tfds.core.Version("1.0.0")
        BUILDER_CONFIGS = [
            tfds.core.BuilderConfig(name="h1", description="The first transformer."),
            tfds.core.BuilderConfig(name="h2", description="The second transformer."),
        ]
        columns = ("HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT")

        def _info(self) -> tfds.core.DatasetInfo:
            import numpy as np

            size = len(self.columns)
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Six loads and the oil temperature of a transformer, an hour a row.",
                features=tfds.features.FeaturesDict(
                    {
                        "columns": tfds.features.Sequence(tfds.features.Text()),
                        "dates": tfds.features.Sequence(tfds.features.Text()),
                        "series": tfds.features.Tensor(shape=(None, size), dtype=np.float32),
                    }
                ),
                homepage="https://github.com/zhouhaoyi/ETDataset",
                citation="Zhou et al. 2021, Informer, arXiv:2012.07436",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            rows = read_splits({"h1": "ETTh1", "h2": "ETTh2"}[self.builder_config.name])
            return {split: self._generate_examples(some) for split, some in rows.items()}

        def _generate_examples(self, rows):
            import numpy as np

            dates, values = zip(*rows, strict=True)
            yield (
                0,
                {"columns": list(self.columns), "dates": list(dates), "series": np.stack(values)},
            )
