"""Names of exported files: readable, never the patient's, never shared by two patients."""

from planner.export.snapshot import PlanSnapshot
from planner.foundation.log_setup import short_name_of


def study_tag(snapshot: PlanSnapshot) -> str:
    """Return eight letters that stand for the images, the same for the same series.

    Before them stand the variants in the plan, such as ``T12B-3fa9c1d2``, so that files of two
    variants lie beside each other and cannot be taken for one another.
    """
    images = short_name_of(snapshot.study.series_uid or snapshot.study.voxel_sha256)
    variants = (f"{v.level.name}{v.active.letter}" for v in snapshot.plan.variants)
    return "-".join((*variants, images))


def plan_file_name(snapshot: PlanSnapshot, what: str, suffix: str) -> str:
    """Return a name such as ``report-T12-L1-3fa9c1d2.pdf``."""
    levels = "-".join(level.level.name for level in snapshot.plan.levels)
    return f"{what}-{levels}-{study_tag(snapshot)}{suffix}"
