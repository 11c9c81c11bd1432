"""Take one simulated X-ray of a study or a case and write it."""

import itertools
import time
from pathlib import Path

import attrs

from planner.devices.catalog import device_catalog
from planner.foundation.errors import PlannerError
from planner.foundation.progress import Progress, no_progress, part_of
from planner.geometry.points import Triple, as_triple
from planner.imaging.picture_file import check_suffix, write_grey_png, write_raw_image
from planner.imaging.volume import Volume
from planner.simulation.attenuating_bodies import AttenuatingBody
from planner.simulation.attenuation import prepare
from planner.simulation.c_arm import CArmGeometry, CArmPose, XrayView, view_of
from planner.simulation.detector import DetectorSettings
from planner.simulation.plan_in_beam import bodies_of_level
from planner.simulation.shot import XrayScene, take_shot, warm_up
from planner.simulation.side_letters import with_letters
from planner.simulation.xray import line_integrals, quality_within
from planner.storage.case import Case
from planner.workflow.open_case import open_case
from planner.workflow.open_study import open_study

CASE_SUFFIX = ".vplan"
_BUDGET_S, _BUDGET_PIXELS = 0.08, 512
"""Time for the rays of a picture of so many pixels an edge; others in proportion."""
_SHARE_OF_LOADING = 0.6


@attrs.frozen
class XrayRequest:
    """One picture as asked for."""

    path: Path
    """A case file, or whatever holds images."""
    arm: CArmGeometry
    orbital_deg: float
    angular_deg: float
    isocentre_lps_mm: Triple | None
    """None: the centre of the case's first planned level, or of the volume."""
    with_instruments: bool
    picture_path: Path
    raw_path: Path | None


@attrs.frozen
class XrayTaken:
    """Where the arm stood, and how long each part took."""

    view: XrayView
    seconds: dict[str, float]
    """Of load, warm, prepare and shot."""


@attrs.frozen(eq=False)
class _Subject:
    volume: Volume
    centre_lps_mm: Triple
    instruments: tuple[AttenuatingBody, ...] = ()


def take_xray(request: XrayRequest, progress: Progress = no_progress) -> XrayTaken:
    """Load, project and write; the raw image shows the CT alone, as it is.

    Raises
    ------
    WriterProblem
        If a picture cannot be written or its name has the wrong ending.
    CaseFileProblem, DicomProblem
        If the case or its images cannot be read.
    PlannerError
        If instruments are asked for where there is no case.
    """
    check_suffix(request.picture_path, ".png")
    if request.raw_path is not None:
        check_suffix(request.raw_path, ".mha")
    marks = [time.perf_counter()]
    subject = _subject(request, part_of(progress, 0.0, _SHARE_OF_LOADING))
    marks.append(time.perf_counter())
    warm_up()
    marks.append(time.perf_counter())
    patient = prepare(subject.volume, part_of(progress, _SHARE_OF_LOADING, 1.0))
    marks.append(time.perf_counter())
    isocentre = request.isocentre_lps_mm or subject.centre_lps_mm
    view = view_of(request.arm, CArmPose(isocentre, request.orbital_deg, request.angular_deg))
    budget_s = _BUDGET_S * (view.pixels / _BUDGET_PIXELS) ** 2
    quality = quality_within(budget_s, patient, view)
    scene = XrayScene(patient, subject.instruments if request.with_instruments else ())
    picture = take_shot(scene, view, DetectorSettings(), quality)
    marks.append(time.perf_counter())
    write_grey_png(request.picture_path, with_letters(picture, view), view.pixel_mm)
    if request.raw_path is not None:
        as_it_is = prepare(subject.volume, couch=True, bone=False)
        write_raw_image(request.raw_path, line_integrals(as_it_is, view, quality), view.pixel_mm)
    names = ("load", "warm", "prepare", "shot")
    spent = [after - before for before, after in itertools.pairwise(marks)]
    return XrayTaken(view, dict(zip(names, spent, strict=True)))


def _subject(request: XrayRequest, progress: Progress) -> _Subject:
    if request.path.suffix.lower() == CASE_SUFFIX:
        opened = open_case(request.path, progress)
        return _planned(opened.case, opened.study.volume)
    if request.with_instruments:
        raise PlannerError(
            "Only a case has instruments to draw.",
            path=request.path,
            hint="Give a .vplan file, or leave --instruments out.",
        )
    volume = open_study(request.path, progress).volume
    return _Subject(volume, as_triple(volume.geometry.centre_lps_mm))


def _planned(case: Case, volume: Volume) -> _Subject:
    """Return a case's images with what is planned in them."""
    bodies: list[AttenuatingBody] = []
    centre = None
    for level_plan in case.plan.levels:
        vertebra = case.vertebra(level_plan.level)
        if vertebra is not None:
            bodies += bodies_of_level(level_plan, vertebra, device_catalog())
            centre = centre or vertebra.centre_lps_mm
    return _Subject(volume, centre or as_triple(volume.geometry.centre_lps_mm), tuple(bodies))
