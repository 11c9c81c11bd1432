"""How much work a case of usual size takes, and how much memory, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path("/proc/self/status").exists(), reason="needs the kernel's own count of memory"
    ),
]

_MOST_CPU_S, _MOST_GB = 60.0, 1.5
"""Of all cores together: what else the machine does then counts little."""
_MEASURE = """
import json, resource
from pathlib import Path
import attrs
from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.case_field import case_field
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.model_spine import build_model
from planner.digital_spine.scan_settings import ScanSettings
from planner.digital_spine.scanner import scan_hu

def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

def made(spec):
    started = cpu_seconds()
    model = build_model(spec.patient, spec.pathologies, spec.seed)
    voxels = scan_hu(model, case_field(spec, model).lattice, spec.scan)
    return cpu_seconds() - started, voxels

full = CaseSpec("T10-L3", scan=ScanSettings(spacing_mm=0.7, step_mm=0.8))
coarse = ScanSettings(spacing_mm=4.0, step_mm=4.0)
made(attrs.evolve(full, scan=coarse))
seconds, voxels = made(full)
# Not ru_maxrss: that starts from the size of the test process this one was forked from.
status = Path("/proc/self/status").read_text()
peak_gb = int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e9
print(json.dumps({"cpu_seconds": seconds, "peak_gb": peak_gb, "shape": voxels.shape}))
"""


def test_a_usual_field_costs_less_than_a_minute_of_one_core_and_1500_mb() -> None:
    run = subprocess.run(
        [sys.executable, "-c", _MEASURE], capture_output=True, text=True, check=True
    )
    measured = json.loads(run.stdout)
    print(measured)  # noqa: T201 - the figures themselves are of interest
    assert min(measured["shape"][1:]) * 0.7 >= 199.0
    assert measured["cpu_seconds"] < _MOST_CPU_S
    assert measured["peak_gb"] < _MOST_GB
