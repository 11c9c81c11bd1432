"""A plan that leaves the program comes back equal, whatever it was written as."""

import json
from pathlib import Path

import attrs
import numpy as np
import pydicom
import pytest
from phantom_snapshot import left_sided_snapshot, snapshot_of, three_level_plan

from planner.export.registry import Writers, discover
from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import PlanWriter, ReadsPlan
from planner.foundation.errors import PlanProblem
from planner.planning.plan import (
    AcceptedFinding,
    BalloonLimits,
    CementPhases,
    DeadVolume,
    Injector,
    NeedleRoute,
    Plan,
)
from planner.workflow.import_plan import import_plan

WRITERS = discover()
READERS = [w.info.id for w in WRITERS.writers if isinstance(w.writer, ReadsPlan)]


@pytest.fixture(params=READERS)
def a_reader(request: pytest.FixtureRequest) -> PlanWriter:
    return WRITERS.named(request.param)


def exported(snapshot: PlanSnapshot, writer: PlanWriter, folder: Path) -> Path:
    receipt = run_export(snapshot, writer, folder)
    assert receipt.problems == ()
    (file,) = receipt.files
    return file.path


def test_json_and_the_structured_report_can_be_read_back() -> None:
    assert sorted(READERS) == ["dicom-sr", "plan-json"]


@pytest.mark.parametrize(
    "plan", [left_sided_snapshot().plan, three_level_plan()], ids=["one-needle", "three-levels"]
)
def test_a_plan_comes_back_equal_to_the_last_bit(
    a_reader: PlanWriter, plan: Plan, tmp_path: Path
) -> None:
    path = exported(snapshot_of(plan), a_reader, tmp_path)
    assert import_plan(path, WRITERS).plan == plan


def test_what_the_user_entered_comes_back_equal_to_the_last_bit(
    a_reader: PlanWriter, tmp_path: Path
) -> None:
    plan = left_sided_snapshot().plan
    level = plan.levels[0]
    entered = attrs.evolve(
        plan,
        levels=(
            attrs.evolve(
                level,
                is_healed=True,
                needles=tuple(
                    attrs.evolve(needle, route=NeedleRoute.EXTRAPEDICULAR)
                    for needle in level.needles
                ),
                balloons=tuple(attrs.evolve(b, gauge_psi=1.0 / 3.0) for b in level.balloons),
            ),
            *plan.levels[1:],
        ),
        balloon_limits=(BalloonLimits("kyphon-xpander-15-3", 10.0 / 3.0, 333.3, "IFU, rev. 7."),),
        dead_volumes=(DeadVolume("access-8g-125", 2.0 / 3.0, "leaflet, read in: 2024."),),
        injector=Injector(0.1 + 0.2, 1.1),
        cement_phases=CementPhases(1.0 / 3.0, 9.5, 14.0, "sheet: 21 degrees, read in: theatre"),
        accepted=(
            AcceptedFinding(
                level.level, None, "cement-volume", "danger", 0.1, None, "", "so: be it"
            ),
            AcceptedFinding(None, None, "slice-step", "caution", 2.5, 2.0, "mm", "no finer scan"),
        ),
    )
    path = exported(snapshot_of(entered), a_reader, tmp_path)
    assert import_plan(path, WRITERS).plan == entered


def test_the_name_of_the_file_does_not_matter(a_reader: PlanWriter, tmp_path: Path) -> None:
    plan = three_level_plan()
    path = exported(snapshot_of(plan), a_reader, tmp_path)
    assert import_plan(path.rename(tmp_path / "renamed"), WRITERS).plan == plan


def test_a_file_cut_short_is_a_sentence(a_reader: PlanWriter, tmp_path: Path) -> None:
    path = exported(left_sided_snapshot(), a_reader, tmp_path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(PlanProblem):
        import_plan(path, WRITERS)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"{}", b'{"format": "vertebroplan-plan"}', b"\0" * 128 + b"DICM", b"PK"]
)
def test_what_is_no_plan_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(PlanProblem) as raised:
        import_plan(path, WRITERS)
    assert raised.value.path == path
    assert raised.value.hint


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PlanProblem, match="no such file"):
        import_plan(tmp_path / "nothing.json", WRITERS)


def test_without_a_writer_that_reads_plans_nothing_is_guessed(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"format": "vertebroplan-plan"}))
    with pytest.raises(PlanProblem, match="no plan that can be read back"):
        import_plan(path, Writers(()))


def test_a_report_whose_line_was_moved_is_refused(tmp_path: Path) -> None:
    path = exported(left_sided_snapshot(), WRITERS.named("dicom-sr"), tmp_path)
    document = pydicom.dcmread(path)
    (line,) = lines_of(document)
    mirrored = np.array(line.GraphicData).reshape(-1, 3) * (-1.0, 1.0, 1.0)
    line.GraphicData = mirrored.ravel().tolist()
    document.save_as(path)
    with pytest.raises(PlanProblem, match="do not agree"):
        import_plan(path, WRITERS)


def lines_of(document: pydicom.Dataset) -> list[pydicom.Dataset]:
    """Return the coordinates that start at the phantom's skin."""
    found = []

    def visit(_: pydicom.Dataset, element: pydicom.DataElement) -> None:
        if element.VR == "SQ":
            found.extend(
                item for item in element.value
                if item.get("ValueType") == "SCOORD3D"
                and item.GraphicData[0] == pytest.approx(52.0)
            )  # fmt: skip

    document.walk(visit)
    return found
