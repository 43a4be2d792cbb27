"""The page of this room: shell blocks give a cluster, its program trains in two processes."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import workers as support

from zoo.training.cluster import Cluster, cluster_of

PAGE = (support.ROOT / "zoo/training/README.md").read_text(encoding="utf-8")

# What cluster managers give: Slurm's command and variables, and the variable of Kubernetes.
MANAGERS = """
scontrol() { [ "$*" = "show hostnames n[1-2]" ] && printf 'n1\\nn2\\n'; }
SLURM_JOB_NODELIST='n[1-2]' SLURM_PROCID=1 JOB_COMPLETION_INDEX=1
"""


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.M | re.S)


def test_shell_blocks_give_a_cluster():
    found = []
    for block in blocks("sh"):
        lines = [line for line in block.splitlines() if not line.startswith("python ")]
        script = "\n".join([MANAGERS, *lines, 'printf %s "$TF_CONFIG"'])
        done = subprocess.run(["bash", "-ec", script], capture_output=True, text=True, check=True)
        found.append(cluster_of(done.stdout))
    assert found == [
        Cluster(("first:12345", "second:12345"), 0),
        Cluster(("n1:12345", "n2:12345"), 1),
        Cluster(("job-0.workers:12345", "job-1.workers:12345"), 1),
    ]


def test_its_program_trains_in_two_processes(tmp_path):
    """Starts two processes."""
    (program,) = blocks("python")
    (tmp_path / "sums.py").write_text(program)
    (command,) = re.findall(r"`(zoo launch --workers 2 sums.py)`", PAGE)
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=tmp_path,
        env=support.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "epoch 3: validation mean squared error sums" in done.stdout
    lines = (tmp_path / "runs/sums/log.jsonl").read_text().splitlines()
    scores = [json.loads(line)["sums"] for line in lines]
    assert len(scores) == 3 and scores[2] < scores[0]
