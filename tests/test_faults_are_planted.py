"""The table of planted faults fits the code: `tests/planted_faults.py` runs them, this is quick."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(ROOT / "tests")
    FAULTS = runpy.run_path(str(ROOT / "tests/planted_faults.py"))["FAULTS"]


@pytest.mark.parametrize("file", sorted({fault.file for fault in FAULTS}))
def test_what_a_fault_replaces_stands_once_in_its_file(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    faults = [fault for fault in FAULTS if fault.file == file]
    assert {fault.name: text.count(fault.right) for fault in faults} == {
        fault.name: 1 for fault in faults
    }
    assert all(fault.wrong != fault.right for fault in faults)


def test_a_fault_has_a_name_of_its_own_and_tests_that_are_there():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    named = {name for fault in FAULTS for name in fault.tests}
    missing = []
    for name in sorted(named):
        path, _, function = name.split("[")[0].partition("::")
        text = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).exists() else ""
        if not all(part in text for part in function.split("::")):
            missing.append(name)
    assert missing == []
