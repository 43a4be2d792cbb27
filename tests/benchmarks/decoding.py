"""Sentences a second of beam and greedy search, against PyTorch and the bare matrix products."""

from __future__ import annotations

import os

from decoding_engines import NAME, STEPS
from engines import Engine, available, medians, table


def report(quick: bool = False) -> str:
    """Sentences a second on Multi30k's test 2016, and ratios in the same run."""
    title = "### Decoding\n\n"
    if not os.environ.get("ZOO_DATA_MIRROR"):
        return title + "Left out: set ZOO_DATA_MIRROR to the folder with Multi30k."
    names = available(("zoo", "shortlist", "torch", "products"))
    engines = {name: Engine("decoding_engines", name) for name in names}
    rows = []
    for beam in (5, 1):
        for batch, sentences in ((1, 40), (16, 320), (64, 960)):
            case = dict(model=NAME, batch=batch, beam=beam, sentences=sentences)
            _, times, row = measured(list(engines.values()), case, quick)
            rows.append([*row, times["zoo"] / times["shortlist"]])
    # No shortlist for a model without a lexicon.
    others = [engine for name, engine in engines.items() if name != "shortlist"]
    steps = []
    for beam in (5, 1):
        for batch, sentences in ((1, 40), (16, 320), (64, 640)):
            case = dict(model="untrained", batch=batch, beam=beam, sentences=sentences)
            count, times, row = measured(others, case, quick)
            steps.append([*row, 1000 * times["zoo"] / (count // batch * STEPS)])
    memory = ", ".join(f"{e.name} {e.peak_memory():,.0f} MiB" for e in engines.values())
    for engine in engines.values():
        engine.close()
    header = ["search", "batch", "sentences/s", "PyTorch's time / the zoo's"]
    header += ["share of the bare products"]
    return (
        f"{title}`{NAME}` on sentences of Multi30k's test 2016, ids to ids, with the same weights "
        f"in PyTorch.\n\n{table([*header, 'faster with shortlist=True'], rows)}"
        f"\n\nEncoder GRU 2x256, decoder GRU 512, 8,000 words (JoeyNMT's sizes), random weights, "
        f"{STEPS} steps a sentence.\n\n{table([*header, 'ms a step'], steps)}"
        f"\n\nPeak memory: {memory}."
    )


def measured(engines: list[Engine], case: dict, quick: bool) -> tuple[int, dict, list]:
    """Sentences, median seconds of each engine, and a row: search, batch, speed, two ratios."""
    batch, beam = case["batch"], case["beam"]
    sentences = case["sentences"] // 4 if quick else case["sentences"]
    times = medians(engines, {**case, "sentences": sentences}, repeats=3 if quick else 7)
    ratios = [times[p] / times["zoo"] if p in times else None for p in ("torch", "products")]
    search = f"beam {beam}" if beam > 1 else "greedy"
    return sentences, times, [search, batch, f"{sentences / times['zoo']:,.1f}", *ratios]
