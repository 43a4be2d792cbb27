"""`TF_CONFIG`: read as TensorFlow reads it, and one sentence for what is wrong with it."""

from __future__ import annotations

import json
import re
import socket

import pytest
import tensorflow as tf

from zoo.errors import ConfigError
from zoo.training.cluster import Cluster, cluster_of, free_ports, require_free_port
from zoo.training.strategies import distribution_scope

TWO = {"worker": ["a:1", "b:2"]}


def said(cluster=TWO, kind="worker", index=0):
    return json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}})


def test_it_is_read_as_tensorflow_reads_it(monkeypatch):
    ours = Cluster(("a:1", "b:2", "c:3"), 2)
    assert cluster_of(ours.text()) == ours
    monkeypatch.setenv("TF_CONFIG", ours.text())
    resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
    assert resolver.cluster_spec().as_dict() == {"worker": list(ours.addresses)}
    assert (resolver.task_type, resolver.task_id) == ("worker", 2)


def test_a_chief_is_the_first():
    jobs = {"chief": ["c:1"], "worker": ["a:1", "b:2"]}
    assert cluster_of(said(jobs, "chief", 0)) == Cluster(("c:1", "a:1", "b:2"), 0)
    assert cluster_of(said(jobs, "worker", 1)).index == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no JSON"),
        ("[]", "incomplete (It is no object)"),
        ("{}", "incomplete (`cluster` in it is no object)"),
        (json.dumps({"cluster": TWO}), "incomplete (`task` in it is no object)"),
        (said({"ps": ["a:1"], "worker": ["b:1"]}), "names the jobs ps"),
        (said({"worker": "a:1"}), "has 'a:1' for 'worker', where a list of host:port belongs"),
        (said({"worker": ["a"]}), "has ['a'] for 'worker'"),
        (said({"worker": ["a:99999"]}), "has ['a:99999'] for 'worker'"),
        (said({"worker": []}), "names no worker"),
        (said({"worker": ["a:1", "a:1"]}), "gives a:1 to two workers"),
        (said(kind="evaluator"), "is a 'evaluator', and its cluster has no such job"),
        (said(kind="chief"), "is a 'chief', and its cluster has no such job"),
        (said(index=2), "is worker 2, and there are 2, counted from 0"),
        (said(index="0"), "is worker '0', and there are 2"),
    ],
)
def test_what_is_wrong_is_said(text, words):
    with pytest.raises(ConfigError, match=f"^TF_CONFIG .*{re.escape(words)}.*: write it like"):
        cluster_of(text)


def test_a_port_in_use_is_named():
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as gRPC does
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"Port {port}, which TF_CONFIG gives to worker 1 at"):
            require_free_port(Cluster(("127.0.0.1:1", f"127.0.0.1:{port}"), 1))
    require_free_port(Cluster((f"127.0.0.1:{port}",), 0))


def test_free_ports_differ():
    assert len(set(free_ports(20))) == 20


def test_a_strategy_without_its_variable_says_how_to_start(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    with pytest.raises(ConfigError, match="TF_CONFIG, which is not set: start them by `zoo launch"):
        distribution_scope("multiworker")


def test_auto_takes_one_device_where_there_is_one_process(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", said({"worker": ["localhost:1"]}))
    with distribution_scope("auto") as scope:
        assert scope is None
