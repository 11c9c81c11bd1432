"""What may be done with a series, beside whose images it may lie."""

import attrs

from planner.dicom.scan_result import ScanResult, SeriesKind, SeriesSummary
from planner.dicom.study_reference import PatientIdentity, StudyReference
from planner.gui.browser.series_offers import (
    SeriesAction,
    obvious_series,
    offers_for,
    series_to_preselect,
    why_not_planned_on,
)

_DOE = PatientIdentity("DOE^JANE", "D-1", "F", "19500101")


def _of(scan: ScanResult, description: str) -> SeriesSummary:
    return next(series for series in scan.series if series.description == description)


def _only(scan: ScanResult, *series: SeriesSummary) -> ScanResult:
    study = attrs.evolve(scan.studies[0], series=series)
    return attrs.evolve(scan, studies=(study,))


def _reference(series: SeriesSummary, patient: PatientIdentity = _DOE) -> StudyReference:
    return StudyReference(
        path=str(series.folder),
        study_uid=series.study_uid,
        series_uid=series.series_uid,
        frame_of_reference_uid=None,
        voxel_sha256="00",
        patient=patient,
        study_date="20260105",
        description=series.description,
        shape_kji=(24, 60, 60),
        spacing_kji_mm=(2.0, 2.0, 2.0),
    )


def test_one_ct_beside_an_mr_is_obvious(a_scan: ScanResult) -> None:
    ct, mr = _of(a_scan, "Spine 2.0"), _of(a_scan, "T2 sag")
    assert obvious_series(_only(a_scan, ct, mr)) is ct


def test_two_ct_are_a_choice_and_so_is_none(a_scan: ScanResult) -> None:
    assert obvious_series(a_scan) is None
    assert obvious_series(_only(a_scan, _of(a_scan, "T2 sag"))) is None


def test_the_ct_with_most_slices_is_preselected(a_scan: ScanResult) -> None:
    assert series_to_preselect(a_scan) is _of(a_scan, "Spine 2.0")


def test_without_a_ct_the_first_series_that_can_be_shown_is_preselected(
    a_scan: ScanResult,
) -> None:
    mr = _of(a_scan, "T2 sag")
    assert series_to_preselect(_only(a_scan, mr)) is mr
    assert series_to_preselect(_only(a_scan)) is None


def test_a_ct_is_planned_on_and_needs_no_open_case(a_scan: ScanResult) -> None:
    (offer,) = offers_for(_of(a_scan, "Spine 2.0"), None)
    assert (offer.action, offer.refusal) == (SeriesAction.PLAN, "")


def test_an_mr_is_shown_alone_until_a_ct_is_open(a_scan: ScanResult) -> None:
    mr, ct = _of(a_scan, "T2 sag"), _of(a_scan, "Spine 2.0")
    alone, over = offers_for(mr, None)
    assert (alone.action, over.action) == (SeriesAction.SHOW_ALONE, SeriesAction.LAY_OVER)
    assert "Open the CT" in over.refusal
    over, alone = offers_for(mr, _reference(ct))
    assert (over.action, over.refusal, over.caution) == (SeriesAction.LAY_OVER, "", "")
    assert alone.action is SeriesAction.SHOW_ALONE


def test_nothing_is_laid_over_another_patients_ct(a_scan: ScanResult) -> None:
    mr = _of(a_scan, "T2 sag")
    other = _reference(_of(a_scan, "Abdomen"), PatientIdentity("ROE^RICHARD", "R-2", "M"))
    over = next(o for o in offers_for(mr, other) if o.action is SeriesAction.LAY_OVER)
    assert "another patient" in over.refusal


def test_the_open_series_is_gone_back_to_not_opened_again(a_scan: ScanResult) -> None:
    ct = _of(a_scan, "Spine 2.0")
    (offer,) = offers_for(ct, _reference(ct))
    assert offer.action is SeriesAction.GO_BACK


def test_what_was_set_aside_is_offered_for_nothing_and_says_what_to_do(
    a_scan: ScanResult,
) -> None:
    aside = attrs.evolve(_of(a_scan, "Abdomen"), kind=SeriesKind.SET_ASIDE)
    assert offers_for(aside, None) == ()
    assert "Choose a CT series" in why_not_planned_on(aside)


def test_an_mr_says_why_it_is_not_planned_on(a_scan: ScanResult) -> None:
    assert "Hounsfield" in why_not_planned_on(_of(a_scan, "T2 sag"))
    assert why_not_planned_on(_of(a_scan, "Spine 2.0")) == ""
