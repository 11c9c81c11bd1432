"""Find vertebrae in an open study."""

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.segmentation import Chain, LevelAnchor, find_chain, find_level
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.progress import Progress, no_progress
from planner.geometry.points import PointLike
from planner.samples.catalog import sample_studies
from planner.workflow.open_study import OpenStudy


def known_anchor(study: OpenStudy) -> LevelAnchor | None:
    """Return the point whose level is known because the study is a shipped sample."""
    for sample in sample_studies():
        if sample.series_uid == study.study.series_uid:
            return sample.anchor
    return None


def find_one_level(
    study: OpenStudy,
    at_lps_mm: PointLike,
    level: VertebraLevel,
    progress: Progress = no_progress,
) -> VertebraModel:
    """Find the vertebra around one point inside its body, named by the user.

    Raises
    ------
    AnatomyProblem
        If no vertebral body is there, or the images end before the vertebra does.
    """
    return find_level(study.volume, at_lps_mm, level, progress)


def find_all_levels(
    study: OpenStudy,
    anchor: LevelAnchor | None = None,
    progress: Progress = no_progress,
) -> Chain:
    """Find every whole vertebra, named from one known level or from the ribs.

    Raises
    ------
    AnatomyProblem
        If no spine was found.
    """
    return find_chain(study.volume, anchor or known_anchor(study), progress)
