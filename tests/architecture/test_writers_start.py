"""What looking for writers may load: the window does it when a case is opened."""

import subprocess
import sys

_HEAVY = ("highdicom", "pydicom.sr.codedict", "reportlab")


def test_finding_the_writers_loads_none_of_their_libraries() -> None:
    code = (
        "import sys; from planner.export.registry import discover; "
        "assert not discover().failures; "
        f"print([name for name in {_HEAVY} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
