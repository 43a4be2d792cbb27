"""The plugin in processes of its own, each with a folder of treebanks."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile

import pytest

CONLLU = """\
# text = Das Haus steht.
1\tDas\tder\tDET\t_\t_\t2\tdet\t_\t_
2\tHaus\tHaus\tNOUN\t_\t_\t3\tnsubj\t_\t_
3\tsteht\tstehen\tVERB\t_\t_\t0\troot\t_\t_
4\t.\t.\tPUNCT\t_\t_\t3\tpunct\t_\t_

# text = Zum Haus!
1-2\tZum\t_\t_\t_\t_\t_\t_\t_\t_
1\tzu\tzu\tADP\t_\t_\t3\tcase\t_\t_
2\tdem\tder\tDET\t_\t_\t3\tdet\t_\t_
3\tHaus\tHaus\tNOUN\t_\t_\t0\troot\t_\t_
4\t!\t!\tPUNCT\t_\t_\t3\tpunct\t_\t_

"""


@pytest.fixture
def folder(tmp_path):
    treebank = tmp_path / "ud" / "UD_German-Tiny"
    treebank.mkdir(parents=True)
    for split in ("train", "dev"):
        (treebank / f"de_tiny-ud-{split}.conllu").write_text(CONLLU, encoding="utf-8")
    return tmp_path / "ud"


@pytest.fixture
def run(folder, tmp_path):
    def run(*arguments, **environment):
        environment = {
            **os.environ,
            "ZOO_UD": str(folder),
            "ZOO_HOME": str(tmp_path / "home"),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            **environment,
        }
        return subprocess.run(
            [sys.executable, *arguments], env=environment, capture_output=True, text=True
        )

    return run


def test_a_treebank_is_a_data_set(run):
    script = (
        "from zoo.data import read_tagged\n"
        "import json\n"
        "rows = read_tagged('ud-folder/de_tiny', 'validation')\n"
        "print(json.dumps([[row.text, row.tokens, row.tags] for row in rows]))"
    )
    done = run("-c", script)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [
        ["Das Haus steht.", ["Das", "Haus", "steht", "."], ["DET", "NOUN", "VERB", "PUNCT"]],
        ["Zum Haus!", ["zu", "dem", "Haus", "!"], ["ADP", "DET", "NOUN", "PUNCT"]],
    ]


def test_a_release_is_unpacked_once(run, folder, tmp_path):
    release = tmp_path / "ud-treebanks-v2.99.tgz"
    with tarfile.open(release, "w:gz") as archive:
        archive.add(folder, "ud-treebanks-v2.99")
    listed = "ud-folder/de_tiny\tvalidation 2\ttrain 2\n"
    done = run("-m", "zoo", "treebanks", ZOO_UD=str(release))
    assert (done.stdout, done.returncode) == (listed, 0), done.stderr
    (unpacked,) = (tmp_path / "home/ud-releases").iterdir()
    first = unpacked.stat().st_mtime_ns
    assert run("-m", "zoo", "treebanks", ZOO_UD=str(release)).stdout == listed
    assert unpacked.stat().st_mtime_ns == first

    damaged = tmp_path / "ud-treebanks-v3.tgz"
    damaged.write_bytes(release.read_bytes()[:200])
    done = run("-m", "zoo", "treebanks", ZOO_UD=str(damaged))
    assert done.returncode == 2 and f"{damaged} is no archive of treebanks" in done.stderr
    assert list((tmp_path / "home/ud-releases").iterdir()) == [unpacked]  # nothing half-written

    with tarfile.open(damaged, "w:gz") as archive:
        archive.add(next(folder.rglob("*-dev.conllu")), "../../outside.conllu", filter=None)
    done = run("-m", "zoo", "treebanks", ZOO_UD=str(damaged))
    assert done.returncode == 2 and "is outside of it" in done.stderr
    assert not list(tmp_path.rglob("outside.conllu"))


def test_a_damaged_treebank_is_named(run, folder):
    (path,) = folder.rglob("*-dev.conllu")
    path.write_text("1\tDas\n", encoding="utf-8")
    done = run("-c", "from zoo.data import read_tagged; read_tagged('ud-folder/de_tiny', 'train')")
    assert f"DamagedFileError: {path} is no CoNLL-U file" in done.stderr
    assert "2 columns, not 10" in done.stderr


def test_the_contract(run, folder):
    files = [str(path) for path in sorted(folder.rglob("*.conllu"))]
    script = (
        f"import zoo.testing; zoo.testing.check_dataset('ud-folder/de_tiny', local_files={files})"
    )
    done = run("-c", script)
    assert done.returncode == 0, done.stderr


def test_the_command(run):
    done = run("-m", "zoo", "treebanks")
    assert done.stdout == "ud-folder/de_tiny\tvalidation 2\ttrain 2\n"
    done = run("-m", "zoo", "treebanks", ZOO_UD="/no/such/folder")
    assert done.returncode == 2
    assert done.stderr == (
        "Error: There are no treebanks: let ZOO_UD name the folder they are in.\n"
    )


def test_a_model_comes_from_the_folder_and_is_checked(run, folder):
    (folder / "pos-de-1.keras").write_bytes(b"a model")
    sha256 = hashlib.sha256(b"a model").hexdigest()
    model = {"name": "pos-de", "revision": 1, "task": "pos", "file": "pos-de-1.keras"}
    (folder / "models.json").write_text(json.dumps([{**model, "sha256": sha256}]))
    done = run("-c", "import zoo.hub; print(zoo.hub.locate('pos-de'))")
    assert done.stdout.strip() == str(folder / "pos-de-1.keras"), done.stderr
    (folder / "pos-de-1.keras").write_bytes(b"another")
    done = run("-c", "import zoo.hub; zoo.hub.locate('pos-de')")
    assert "is not the released file of pos-de@1" in done.stderr


def test_looking_up_names_imports_nothing_slow(run):
    script = (
        "import sys, zoo; zoo.list_models('*'); "
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert run("-c", script).returncode == 0
