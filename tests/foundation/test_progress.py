from hypothesis import given
from hypothesis import strategies as st

from planner.foundation.progress import part_of


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_part_of_the_work_stays_between_its_start_and_end(
    a: float, b: float, fraction: float
) -> None:
    seen: list[tuple[float, str]] = []

    def report(fraction: float, message: str = "") -> None:
        seen.append((fraction, message))

    start, end = min(a, b), max(a, b)
    part_of(report, start, end)(fraction, "Reading")
    ((reported, message),) = seen
    assert start - 1e-12 <= reported <= end + 1e-12
    assert message == "Reading"


def test_parts_of_parts_fit_together() -> None:
    seen: list[float] = []

    def report(fraction: float, message: str = "") -> None:
        del message
        seen.append(fraction)

    half = part_of(report, 0.5, 1.0)
    part_of(half, 0.0, 0.5)(1.0)
    part_of(half, 0.5, 1.0)(0.0)
    assert seen == [0.75, 0.75]
