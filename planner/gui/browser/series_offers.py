"""What can be done with each series, and why something cannot."""

import enum

import attrs

from planner.dicom.same_patient import same_patient
from planner.dicom.scan_result import (
    ScanResult,
    SeriesKind,
    SeriesSummary,
    VerdictLevel,
    likely_planning_series,
    unusable_because,
)
from planner.dicom.study_reference import StudyReference
from planner.foundation.errors import DicomProblem


class SeriesAction(enum.Enum):
    """What a series can be opened for."""

    PLAN = "Open and plan"
    GO_BACK = "Back to the open case"
    SHOW_ALONE = "Show alone"
    LAY_OVER = "Lay over the CT"
    SHOW_RADIOGRAPH = "Show the X-ray"


_OF_ANOTHER_KIND = {
    SeriesKind.CT: ("", "Choose another series."),
    SeriesKind.MR: (
        "An MR has no Hounsfield units: planning needs a CT.",
        "Lay it over the CT of this patient, or show it alone.",
    ),
    SeriesKind.RADIOGRAPH: (
        "An X-ray is flat: needles are planned in a CT volume.",
        "Show it to measure heights, wedge and Cobb angle.",
    ),
    SeriesKind.SET_ASIDE: ("", "Choose a CT series with parallel slices of the spine."),
}
"""Why a series is not planned on, empty where its verdict says so, and what to do."""


@attrs.frozen
class Offer:
    """Something to do with a series; a refusal says why it cannot be done now."""

    action: SeriesAction
    refusal: str = ""
    caution: str = ""
    """What to make sure of before it is done."""


def can_be_planned_on(series: SeriesSummary) -> bool:
    """Return whether a series makes a CT volume."""
    is_usable = series.verdict.level is not VerdictLevel.UNUSABLE
    return series.kind is SeriesKind.CT and series.loadable and is_usable


def obvious_series(scan: ScanResult) -> SeriesSummary | None:
    """Return the only CT series that can be planned on, None where there is a choice or none."""
    plannable = [series for series in scan.series if can_be_planned_on(series)]
    return plannable[0] if len(plannable) == 1 else None


def series_to_preselect(scan: ScanResult) -> SeriesSummary | None:
    """Return the likely planning series, else the first that can be shown, else the first."""
    try:
        return likely_planning_series(scan)
    except DicomProblem:
        shown = [series for series in scan.series if series.kind is not SeriesKind.SET_ASIDE]
        return next(iter((*shown, *scan.series)), None)


def offers_for(series: SeriesSummary, open_study: StudyReference | None) -> tuple[Offer, ...]:
    """Return what can be done with a series, the likeliest first.

    Parameters
    ----------
    series
        One of a scan.
    open_study
        The images of the open case, None where none is open.
    """
    if series.kind is SeriesKind.SET_ASIDE or not series.loadable:
        return ()
    if is_open(series, open_study):
        return (Offer(SeriesAction.GO_BACK),)
    if series.kind is SeriesKind.RADIOGRAPH:
        return (Offer(SeriesAction.SHOW_RADIOGRAPH),)
    lay_over = _lay_over(series, open_study)
    if series.kind is SeriesKind.CT:
        plan = Offer(SeriesAction.PLAN)
        return (plan,) if open_study is None else (plan, lay_over)
    alone = Offer(SeriesAction.SHOW_ALONE)
    return (alone, lay_over) if lay_over.refusal else (lay_over, alone)


def is_open(series: SeriesSummary, open_study: StudyReference | None) -> bool:
    """Return whether the open case lies on a series."""
    return open_study is not None and (open_study.series_uid, open_study.part) == series.key


def why_not_planned_on(series: SeriesSummary) -> str:
    """Return why a series cannot be planned on and what to do; empty where it can."""
    if can_be_planned_on(series):
        return ""
    unusable = unusable_because(series)
    if unusable and series.kind is not SeriesKind.SET_ASIDE:
        return f"{unusable} Choose another series, or export this one again with all its slices."
    why, way_out = _OF_ANOTHER_KIND[series.kind]
    return f"{why or _sentence(series.verdict.text)} {way_out}"


def _sentence(words: str) -> str:
    return words if words.endswith(".") else f"{words[:1].upper()}{words[1:]}."


def _lay_over(series: SeriesSummary, open_study: StudyReference | None) -> Offer:
    if open_study is None:
        return Offer(SeriesAction.LAY_OVER, refusal="Open the CT of this patient first.")
    is_same = same_patient(series.patient, open_study.patient)
    if is_same is False:
        return Offer(
            SeriesAction.LAY_OVER, refusal="The open case is of another patient: not laid over it."
        )
    doubt = "" if is_same else "Names and ids leave a doubt: make sure that it is one patient."
    return Offer(SeriesAction.LAY_OVER, caution=doubt)
