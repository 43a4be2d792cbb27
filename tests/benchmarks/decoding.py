"""Sentences a second of beam and greedy search, against PyTorch and the bare matrix products."""

from __future__ import annotations

import os

from engines import Engine, available, medians, table


def report(quick: bool = False) -> str:
    """Sentences a second on Multi30k's test 2016, and ratios in the same run."""
    title = "### Decoding\n\n"
    if not os.environ.get("ZOO_DATA_MIRROR"):
        return title + "Left out: set ZOO_DATA_MIRROR to the folder with Multi30k."
    engines = [
        Engine("decoding_engines", n) for n in available(("zoo", "shortlist", "torch", "products"))
    ]
    rows = []
    for beam in (5, 1):
        for batch, sentences in ((1, 40), (16, 320), (64, 960)):
            sentences = sentences // 4 if quick else sentences
            case = dict(batch=batch, beam=beam, sentences=sentences)
            times = medians(engines, case, repeats=3 if quick else 7)
            rows.append(
                [f"beam {beam}" if beam > 1 else "greedy", batch]
                + [f"{sentences / times['zoo']:,.1f}"]
                + [times[p] / times["zoo"] if p in times else None for p in ("torch", "products")]
                + [times["zoo"] / times["shortlist"]]
            )
    memory = ", ".join(f"{e.name} {e.peak_memory():,.0f} MiB" for e in engines)
    for engine in engines:
        engine.close()
    header = ["search", "batch", "sentences/s", "PyTorch's time / the zoo's"]
    header += ["share of the bare products", "faster with shortlist=True"]
    return (
        f"{title}`nmt-attn-en-fr` on sentences of Multi30k's test 2016, ids to ids, with the same "
        f"weights in PyTorch.\n\n{table(header, rows)}\n\nPeak memory: {memory}."
    )
