"""Training tokens a second of translation models, against PyTorch."""

from __future__ import annotations

from engines import Engine, available, medians, table

# JoeyNMT's sizes are those of its published recurrent recipe; it trains at about 600 target
# tokens/s on two cores with AVX2, which is not this machine.
MODELS = {
    "encoder GRU 2x256, decoder GRU 512, additive attention (JoeyNMT's sizes)": dict(
        units=512, embedding_size=256, encoder_layers=1, decoder_layers=1
    ),
    "2 layers of 2x192 and 2 of 384 (`nmt-attn-en-fr`)": dict(
        units=384, embedding_size=256, encoder_layers=2, decoder_layers=2
    ),
}


def report(quick: bool = False) -> str:
    """Target tokens a second, and the ratio to PyTorch in the same run."""
    engines = [Engine("training_engines", name) for name in available(("zoo", "torch"))]
    rows = []
    for what, sizes in MODELS.items():
        for batch, length in ((64, 16),) if quick else ((16, 16), (64, 16), (64, 32)):
            case = dict(sizes, batch=batch, length=length, vocabulary_size=8000)
            times = medians(engines, case, repeats=5 if quick else 11)
            ratio = times["torch"] / times["zoo"] if "torch" in times else None
            rows.append(
                [what, f"{batch} x {length}", f"{batch * length / times['zoo']:,.0f}", ratio]
            )
    memory = ", ".join(f"{e.name} {e.peak_memory():,.0f} MiB" for e in engines)
    for engine in engines:
        engine.close()
    header = ["model, 8,000 words", "batch", "target tokens/s", "PyTorch's time / the zoo's"]
    return (
        "### Training\n\nOne step: teacher forcing, label smoothing, all gradients, clipping, Adam."
        f"\n\n{table(header, rows)}\n\nPeak memory: {memory}."
    )
