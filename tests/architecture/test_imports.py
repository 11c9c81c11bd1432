"""Packages depend downwards only, and the domain runs where Qt does not exist."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = (
    "planner.workflow.plan_study",
    "planner.workflow.hand_over",
    "planner.assessment.assess",
    "planner.storage.case_file",
    "planner.export.run_export",
)


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_import_contracts_are_kept() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [str(tool), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("module", DOMAIN)
def test_the_domain_is_imported_where_qt_is_missing(module: str) -> None:
    result = run_python(
        f"import sys; sys.modules['PySide6'] = None; sys.modules['shiboken6'] = None;"
        f"import {module}"
    )
    assert result.returncode == 0, result.stderr


def test_assessing_a_plan_loads_no_rendering() -> None:
    result = run_python(
        "import sys, planner.assessment.assess;"
        "loaded = [m for m in sys.modules if m.startswith('vtkmodules.vtkRendering')];"
        "assert not loaded, loaded"
    )
    assert result.returncode == 0, result.stderr


def test_the_command_line_starts_without_a_heavy_library() -> None:
    result = run_python(
        "import sys, planner.cli.main;"
        "heavy = {'pydicom', 'scipy', 'SimpleITK', 'numba', 'vtkmodules', 'reportlab', 'PySide6'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        ("planner.dicom.scan_result, planner.imaging.radiograph", "pydicom SimpleITK scipy"),
        ("planner.workflow.open_study, planner.dicom.thumbnail", "SimpleITK scipy numba"),
    ],
)
def test_what_is_said_of_images_is_known_without_a_heavy_library(modules: str, absent: str) -> None:
    result = run_python(
        f"import sys, {modules};"
        f"heavy = set({absent!r}.split()) & set(sys.modules);"
        "assert not heavy, heavy"
    )
    assert result.returncode == 0, result.stderr
