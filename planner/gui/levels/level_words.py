"""What the window says of a level's shape and density, in few words."""

from typing import TYPE_CHECKING

from planner.anatomy.fracture import FractureShape
from planner.assessment.findings import Severity

if TYPE_CHECKING:
    from planner.workflow.measure_levels import LevelReport


def grade_words(report: "LevelReport") -> str:
    """Return grade and shape, such as ``Grade 2 wedge``."""
    grade = report.grade
    if grade.grade == 0:
        return "No fracture" if grade.against_neighbours else "Grade 0"
    return f"Grade {grade.grade} {grade.shape.value}"


def short_grade(report: "LevelReport") -> str:
    """Return the grade for a place with little room; empty without a fracture."""
    grade = report.grade
    letters = {
        FractureShape.WEDGE: "wedge",
        FractureShape.BICONCAVE: "biconc.",
        FractureShape.CRUSH: "crush",
    }
    return f"{grade.grade} {letters[grade.shape]}" if grade.shape in letters else ""


def grade_severity(report: "LevelReport") -> Severity:
    """Return how a grade is coloured."""
    return (Severity.SAFE, Severity.NOTE, Severity.CAUTION, Severity.DANGER)[report.grade.grade]


def signed_loss(height_mm: float, expected_mm: float) -> str:
    """Return how much lower or taller than expected, such as ``-36 %``."""
    share = round(100.0 * (height_mm / expected_mm - 1.0))
    sign = "\N{MINUS SIGN}" if share < 0 else "+" if share > 0 else ""
    return f"{sign}{abs(share)} %"
