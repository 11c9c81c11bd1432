"""Whatever comes from outside is opened or refused in words: no traceback, no hang, no flood.

`pytest tests/dicom/test_fuzz.py --fuzz 5000` opens that many damaged sources.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

_WORKER = Path(__file__).with_name("fuzz_worker.py")
_SEED = 2
_CHUNK = 250
"""Sources a process opens: a decoder that never returns keeps a core busy until it ends."""


def _opened(folder: Path, first: int, count: int) -> dict:
    words = [sys.executable, str(_WORKER), str(folder), str(_SEED), str(first), str(count)]
    run = subprocess.run(words, capture_output=True, text=True, timeout=1200, check=False)
    if run.returncode != 0:
        number = (folder / "made" / "number").read_text()
        end = "\n".join(run.stderr.splitlines()[-30:])
        return {"wrong": [f"seed {_SEED} case {number} ended the process:\n{end}"]}
    return json.loads(run.stdout)


@pytest.mark.timeout(0)
def test_damaged_sources_are_opened_or_refused_in_words(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    count = pytestconfig.getoption("fuzz")
    wrong: list[str] = []
    slowest_s = above_idle_mb = 0.0
    for first in range(0, count, _CHUNK):
        found = _opened(tmp_path / str(first), first, min(_CHUNK, count - first))
        wrong += found["wrong"]
        slowest_s = max(slowest_s, found.get("slowest_s", 0.0))
        above_idle_mb = max(above_idle_mb, found.get("above_idle_mb", 0.0))
    print(f"{count} sources, slowest {slowest_s:.1f} s, {above_idle_mb:.0f} MB above idle")  # noqa: T201
    assert not wrong, "\n".join(wrong)
