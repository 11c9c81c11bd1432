"""Find vertebrae in an open study."""

from planner.anatomy.chain import LevelPlace, SpineChain, find_chain
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.segmentation import find_level
from planner.anatomy.segmenter import FoundLevels, LevelAnchor
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import AnatomyProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.geometry.points import PointLike
from planner.imaging.volume import Volume
from planner.samples.catalog import sample_of_series
from planner.workflow.open_study import OpenStudy

_SHARE_OF_CHAIN = 0.05
"""How much of the time of finding all levels goes into following the spine."""
_TALLEST_SHARE = 1.4
"""A body this much taller than the space between its discs was outlined together with another."""


def known_anchor(study: OpenStudy) -> LevelAnchor | None:
    """Return the point whose level is known: of a shipped sample, or of a made case."""
    sample = sample_of_series(study.study.series_uid)
    if sample is not None:
        return LevelAnchor(sample.anchor_level, sample.anchor_lps_mm)
    # With it come the model and scipy, which images of a patient do without.
    from planner.digital_spine.read_truth import known_level  # noqa: PLC0415

    known = known_level(study.study)
    return None if known is None else LevelAnchor(*known)


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


def find_spine(
    study: OpenStudy, anchor: LevelAnchor | None = None, progress: Progress = no_progress
) -> SpineChain:
    """Find where each vertebra lies and what it is called, without outlining it.

    Parameters
    ----------
    study
        The images.
    anchor
        What names all levels; without one a sample's own, and else the ribs.
    progress
        Told how far along the spine the work is.

    Raises
    ------
    AnatomyProblem
        If no spine was found.
    """
    known = anchor or known_anchor(study)
    return find_chain(study.volume, progress, (known.level, known.at_lps_mm) if known else None)


def find_all_levels(
    study: OpenStudy, anchor: LevelAnchor | None = None, progress: Progress = no_progress
) -> FoundLevels:
    """Find and outline every whole vertebra.

    Raises
    ------
    AnatomyProblem
        If no spine was found.
    """
    return outline_all(study.volume, anchor or known_anchor(study), progress)


def outline_all(
    volume: Volume, anchor: LevelAnchor | None, progress: Progress = no_progress
) -> FoundLevels:
    """Find and outline every whole vertebra of a CT, named by an anchor or else by the ribs.

    Raises
    ------
    AnatomyProblem
        If no spine was found.
    """
    known = (anchor.level, anchor.at_lps_mm) if anchor else None
    chain = find_chain(volume, part_of(progress, 0.0, _SHARE_OF_CHAIN), known)
    outlining = part_of(progress, _SHARE_OF_CHAIN, 1.0)
    vertebrae, left_out = [], []
    for number, place in enumerate(chain.levels):
        steps = len(chain.levels)
        part = part_of(outlining, number / steps, (number + 1) / steps)
        try:
            vertebrae.append(_outlined(volume, place, part))
        except AnatomyProblem as problem:
            left_out.append(f"{place.level.name}: {problem}")
    return FoundLevels(tuple(vertebrae), chain.naming, (*chain.remarks, *left_out))


def _outlined(volume: Volume, place: LevelPlace, progress: Progress) -> VertebraModel:
    vertebra = find_level(volume, place.centre_lps_mm, place.level, progress)
    heights = vertebra.heights
    tallest_mm = max(heights.anterior_mm, heights.middle_mm, heights.posterior_mm)
    if tallest_mm > _TALLEST_SHARE * place.height_mm:
        raise AnatomyProblem(
            "Its outline runs into a neighbour.", hint="Click inside its body to find it alone."
        )
    return vertebra
