"""The studies that come with the program."""

import functools
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

import attrs

from planner import __version__
from planner.anatomy.levels import VertebraLevel
from planner.foundation.app_paths import cache_folder
from planner.foundation.errors import PlannerError
from planner.foundation.progress import Progress, no_progress
from planner.foundation.resource_files import read_toml, resource, resource_path
from planner.geometry.points import PointLike, Triple, as_triple

BASE_SAMPLE_ID = "thorax"
FRACTURE_SAMPLE_ID = "wedge"
_CT_FOLDER = "ct"
"""Where a made case keeps its CT."""


@attrs.frozen
class SampleStudy:
    """A study that comes with the program, and what is known of it."""

    id: str
    title: str
    licence: str
    attribution: str
    patient: str
    """Who it is of, in words."""
    anchor_level: VertebraLevel
    anchor_lps_mm: Triple = attrs.field(converter=as_triple)
    """A point inside the body of `anchor_level`, by which all levels can be named."""
    demo_level: VertebraLevel
    """The level that the demonstration plans."""
    spec_id: str = ""
    """Of the model that it is made from; empty for studies of a real CT."""

    @property
    def is_digital(self) -> bool:
        """Whether it is a model and no patient's CT."""
        return bool(self.spec_id)


def _study_of(row: Mapping[str, object]) -> SampleStudy:
    return SampleStudy(
        id=str(row["id"]),
        title=str(row["title"]),
        licence=str(row["licence"]),
        attribution=str(row["attribution"]),
        patient=str(row["patient"]),
        anchor_level=VertebraLevel.named(str(row["anchor_level"])),
        anchor_lps_mm=cast("PointLike", row["anchor_lps_mm"]),
        demo_level=VertebraLevel.named(str(row["demo_level"])),
        spec_id=str(row.get("spec", "")),
    )


def _studies_of(rows: object) -> Iterable[SampleStudy]:
    return map(_study_of, cast("Iterable[Mapping[str, object]]", rows))


@functools.cache
def sample_studies() -> tuple[SampleStudy, ...]:
    """Return the studies that come with the program."""
    return tuple(_studies_of(read_toml("samples", "samples.toml")["samples"]))


def sample_study(sample_id: str) -> SampleStudy:
    """Return one study by its id.

    Raises
    ------
    PlannerError
        If there is none of that id.
    """
    for study in sample_studies():
        if study.id == sample_id:
            return study
    known = ", ".join(study.id for study in sample_studies())
    raise PlannerError(f"No sample study is named {sample_id!r}.", hint=f"Choose one of: {known}.")


def _made_folder(study: SampleStudy) -> Path:
    """Return where a made study lies: another place for each recipe and version."""
    recipe = resource("samples", "samples.toml").read_bytes() + __version__.encode()
    if study.spec_id:
        recipe = resource("digital-spine", "cases", f"{study.spec_id}.toml").read_bytes() + recipe
    name = f"{study.id}-{hashlib.sha256(recipe).hexdigest()[:12]}"
    return cache_folder() / "samples" / name


def _make(study: SampleStudy, target: Path, progress: Progress) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch) / "series"
        # These bring pydicom, scipy and SimpleITK, which the start page does without.
        if study.spec_id:
            from planner.digital_spine.case_files import write_case  # noqa: PLC0415
            from planner.digital_spine.case_spec import ready_spec  # noqa: PLC0415

            write_case(ready_spec(study.spec_id), made, progress)
        else:
            from planner.samples.fracture_study import write_fracture_study  # noqa: PLC0415

            write_fracture_study(resource_path("samples", BASE_SAMPLE_ID), made, progress)
        if not target.exists():
            shutil.move(made, target)


def sample_folder(sample_id: str, progress: Progress = no_progress) -> Path:
    """Return the folder of DICOM files of a study, made in the cache on first use.

    Raises
    ------
    PlannerError
        If there is no such study or it cannot be made.
    Cancelled
        If the user has cancelled; nothing is left behind.
    """
    study = sample_study(sample_id)
    if study.id == BASE_SAMPLE_ID:
        return resource_path("samples", study.id)
    folder = _made_folder(study)
    if not folder.is_dir():
        _make(study, folder, progress)
    return folder / _CT_FOLDER if study.spec_id else folder


def sample_of_series(series_uid: str) -> SampleStudy | None:
    """Return the study that a series belongs to, wherever it lies; None for any other series."""
    from planner.samples.sample_label import study_series_uid  # noqa: PLC0415  brings pydicom

    return next((s for s in sample_studies() if study_series_uid(s) == series_uid), None)
