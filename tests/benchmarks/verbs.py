"""What a user gets: whole test sets through the verbs, as `zoo evaluate` has them answered."""

from __future__ import annotations

import json
import subprocess
import sys

from engines import table

VERBS = {
    "tag": ("pos-bilstm-ewt", "sentences"),
    "transcribe": ("asr-an4-attn", "utterances"),
    "caption": ("caption-attn-flickr8k", "photographs"),
    "translate": ("nmt-attn-en-fr", "sentences"),
    "classify": ("sentiment-bilstm-imdb", "reviews"),
}
SLOW = ("translate", "classify")  # minutes


def report(quick: bool = False) -> str:
    """Items a second of each verb, of its test set."""
    rows = []
    for verb, (model, items) in VERBS.items():
        if quick and verb in SLOW:
            continue
        command = [sys.executable, "-m", "zoo", "evaluate", model, "--json"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        first = next(row for row in json.loads(said) if "seconds" in row)
        count, seconds = first["sentences"], first["seconds"]
        speed = f"{count / seconds:,.0f} {items}/s"
        rows.append([verb, f"`{model}`", f"{first['dataset']} {first['split']}", count, speed])
    header = ["verb", "model", "items", "how many", "speed"]
    return f"### Verbs\n\nFrom items to answers, a list of all.\n\n{table(header, rows)}"
