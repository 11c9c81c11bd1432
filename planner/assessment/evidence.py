"""What trials say about these procedures, for and against, and how leaks were looked for."""

import attrs

from planner.foundation.clinical_numbers import clinical_number, clinical_numbers
from planner.planning.plan import Procedure


@attrs.frozen
class EvidenceRow:
    """One sentence, and where it comes from."""

    text: str
    source: str


PROCEDURE_EVIDENCE: tuple[EvidenceRow, ...] = (
    EvidenceRow(
        "A review of randomised trials found no benefit of vertebroplasty over a sham procedure "
        "that matters to patients.",
        "Cochrane review CD006349",
    ),
    EvidenceRow(
        "Acute fractures: pain fell as much after a sham procedure as after vertebroplasty.",
        "VERTOS IV, sham-controlled",
    ),
    EvidenceRow(
        "Fractures under six weeks old with severe pain: vertebroplasty was better than sham.",
        "VAPOUR, sham-controlled",
    ),
    EvidenceRow(
        "Balloon kyphoplasty against non-surgical care: kyphosis stayed corrected over 24 months; "
        "the comparison was not blinded.",
        "FREE, randomised",
    ),
    EvidenceRow(
        "Height: no significant difference between balloon kyphoplasty and vertebroplasty, in "
        "front or at the back.",
        "Beall 2018, meta-analysis",
    ),
    EvidenceRow(
        "Whether either prevents or causes fractures of adjacent levels or deformity is contested.",
        "Studies disagree",
    ),
)
"""Shown wherever the procedures are explained or compared."""


def leak_rate_words(procedure: Procedure) -> str:
    """Return how often a procedure leaks in the literature, with how leaks were looked for."""
    name = procedure.value
    pooled = clinical_number(f"leak-rate-{name}")
    by_ct = clinical_number(f"leak-rate-{name}-ct")
    return (
        f"In the literature {name} leaked in {pooled:.0%} of vertebrae over all ways of looking "
        f"(meta-analysis), in {by_ct:.0%} of levels where each was looked for with CT (KAVIAR)."
    )


def leak_odds_rows() -> tuple[EvidenceRow, ...]:
    """Return odds ratios as listed, never multiplied into a percentage."""
    numbers = clinical_numbers()
    return tuple(
        EvidenceRow(f"{number.title}: {number.value:.2f} times.", number.source)
        for number in (
            numbers[f"leak-odds-{flag}"] for flag in ("cortex", "low-viscosity", "cleft")
        )
    )
