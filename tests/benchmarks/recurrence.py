"""Every cell's forward and training step against Keras, PyTorch, and the bare matrix products."""

from __future__ import annotations

import itertools
import statistics

from engines import Engine, available, medians, table

CELLS = ("simple", "gru", "lstm")
PEERS = ("keras", "torch", "products")


def cases(quick: bool):
    """The grid: batch, length, width."""
    shapes = itertools.product((16, 64, 256), (16, 64, 256), (128, 512))
    return [s for s in shapes if not quick or s[0] * s[1] <= 4096]


def report(quick: bool = False) -> str:
    """Ratios of the grid: the median, the worst, and what the small shapes give."""
    engines = [Engine("recurrence_engines", name) for name in available(("zoo", *PEERS))]
    rows, details = [], []
    for cell, training in itertools.product(CELLS, (False, True)):
        ratios: dict[str, list[tuple[float, tuple]]] = {engine.name: [] for engine in engines[1:]}
        for batch, length, width in cases(quick):
            case = dict(cell=cell, batch=batch, length=length, width=width, training=training)
            size = batch * length * width * width
            times = medians(engines, case, repeats=3 if size > 2**32 else 9)
            for name in ratios:
                ratios[name].append((times[name] / times["zoo"], (batch, length, width)))
            details.append(
                [cell, "training" if training else "forward", batch, length, width]
                + [times[p] / times["zoo"] if p in times else None for p in PEERS]
            )
        row: list[object] = [cell, "training" if training else "forward"]
        for name in PEERS:
            values = [ratio for ratio, _ in ratios.get(name, ())]
            small = [r for r, (b, t, _) in ratios.get(name, ()) if b * t <= 1024]
            row.append(statistics.median(values) if values else None)
            if name != "products":
                row.append(min(values) if values else None)
                row.append(statistics.median(small) if small else None)
        rows.append(row)
    memory = ", ".join(f"{e.name} {e.peak_memory():,.0f} MiB" for e in engines)
    for engine in engines:
        engine.close()
    left_out = ", without more than 4,096 steps in the batch" if quick else ""
    header = ["cell", "step"]
    for name in ("Keras", "PyTorch"):
        header += [f"{name}, median", f"{name}, worst", f"{name}, small shapes"]
    header.append("share of the bare products")
    detail_header = ["cell", "step", "batch", "length", "width", *PEERS]
    return (
        "### Recurrence\n\nTime of the peer divided by the zoo's, over the grid of batch 16, 64, "
        f"256, length 16, 64, 256 and width 128, 512{left_out}; small shapes are those of at most "
        f"1,024 steps in the batch.\n\n{table(header, rows)}\n\nPeak memory: {memory}.\n\n"
        f"<details><summary>Every shape</summary>\n\n{table(detail_header, details)}\n\n</details>"
    )
