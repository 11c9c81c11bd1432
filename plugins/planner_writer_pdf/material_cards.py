"""Balloons and cement on paper."""

from collections.abc import Sequence

from reportlab.platypus import Flowable

from planner.anatomy.levels import Side
from planner.assessment.findings import LevelAssessment
from planner.devices.device_values import BalloonModel, CementModel
from planner.export.snapshot import PlanSnapshot
from planner.foundation.clinical_numbers import clinical_numbers
from planner.planning.cement_plan import SHARE_OF_BODY
from planner.planning.plan import LevelPlan, PlannedBalloon, PlannedCement
from planner_writer_pdf import words
from planner_writer_pdf.blocks import (
    CARD_INNER_WIDTH,
    Card,
    cards,
    lined,
    plain_table,
    rows_of,
    space,
    text,
)
from planner_writer_pdf.paper import BALLOON, CEMENT, LABEL, SUBTITLE, VALUE_RIGHT


def material_cards(
    level: LevelPlan, assessed: LevelAssessment | None, snapshot: PlanSnapshot
) -> list[Flowable]:
    """Return the cards of balloons and cement, as many as are planned."""
    panels = []
    if level.balloons:
        panels.append(_balloon_card(level.balloons, assessed, snapshot.devices.balloons))
    if level.cement:
        panels.append(_cement_card(level.cement, assessed, snapshot.devices.cements))
    if not panels:
        return []
    return [space(9), cards(panels[0], panels[1] if len(panels) > 1 else None)]


def _balloon_card(
    balloons: Sequence[PlannedBalloon],
    assessed: LevelAssessment | None,
    models: Sequence[BalloonModel],
) -> Card:
    ordered = sorted(balloons, key=lambda balloon: balloon.side is Side.RIGHT)
    columns = [_balloon_values(balloon, assessed, models) for balloon in ordered]
    names = ("", "Balloon", "Inflate to", "Product's limits", "Rear marker past cannula",
             "Nearest cortex")  # fmt: skip
    rows = [
        [text(name, LABEL), *(text(column[row], VALUE_RIGHT) for column in columns)]
        for row, name in enumerate(names)
    ]
    label_width = CARD_INNER_WIDTH * (0.46 if len(columns) == 1 else 0.28)
    width = (CARD_INNER_WIDTH - label_width) / len(columns)
    table = plain_table(rows, (label_width, *[width] * len(columns)), lined())
    return Card([text("Balloons", SUBTITLE, BALLOON), table], BALLOON)


def _balloon_values(
    balloon: PlannedBalloon, assessed: LevelAssessment | None, models: Sequence[BalloonModel]
) -> tuple[str, str, str, str, str, str]:
    model = next((m for m in models if m.id == balloon.model_id), None)
    measures = assessed.balloon(balloon.side) if assessed else None
    limits, beyond, nearest = words.NOT_KNOWN, words.NOT_KNOWN, words.NOT_KNOWN
    if model:
        limits = (
            f"{words.number(model.maximum_volume_ml)} ml, "
            f"{words.number(model.maximum_pressure_psi, 0)} psi"
            f"{'' if model.limits_source.verified else words.UNVERIFIED}"
        )
    if measures:
        beyond = words.millimetres(measures.rear_marker_beyond_cannula_mm)
        nearest = f"{words.millimetres(measures.contact_mm)}, {measures.nearest_wall}"
    return (
        balloon.side.value.capitalize(),
        model.title if model else f"{balloon.model_id} (not in the catalogue)",
        f"{words.number(balloon.volume_ml)} ml",
        limits,
        beyond,
        nearest,
    )


def _cement_card(
    cement: PlannedCement, assessed: LevelAssessment | None, models: Sequence[CementModel]
) -> Card:
    model = next((m for m in models if m.id == cement.model_id), None)
    measures = assessed.cement if assessed else None
    mark = "" if model is None or model.source.verified else words.UNVERIFIED
    rows = [
        ("Cement", f"{model.title if model else cement.model_id}{mark}"),
        ("Planned for the body", f"{words.number(cement.volume_ml)} ml"),
    ]
    if measures:
        band = measures.band
        reference = _limit_mark("reference-share", "cavity-margin")
        # The usual rule goes without saying; a page has no room for it.
        is_usual = band.reference_limit == SHARE_OF_BODY
        by = "" if is_usual else f", by {band.reference_limit}"
        soft = _limit_mark("soft-share", "soft-volume")
        hard = _limit_mark("hard-share", "hard-volume")
        drawn = "" if measures.is_syringe_read else words.UNVERIFIED
        rows += [
            ("Draw up, with the cannulas", f"{words.number(measures.syringe_ml)} ml{drawn}"),
            ("Share of the body's volume", words.share(measures.fill_share)),
            ("Reference (no target)", f"{words.number(band.reference_ml)} ml{reference}{by}"),
            ("Soft cap", f"{words.number(band.soft_ml)} ml{soft}, by {band.binding_limit}"),
            ("Hard warning", f"{words.number(band.hard_ml)} ml{hard}"),
        ]
    return Card([text("Cement", SUBTITLE, CEMENT), rows_of(rows, CARD_INNER_WIDTH)], CEMENT)


def _limit_mark(*names: str) -> str:
    """Return the mark of an unverified number unless somebody has read all of these."""
    known = clinical_numbers()
    ids = [f"cement-{name}" for name in names]
    return "" if all(i in known and known[i].verified for i in ids) else words.UNVERIFIED
