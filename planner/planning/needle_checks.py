"""The rules a needle is held against: what the search must obey and the assessment reports."""

from collections.abc import Iterator

import attrs

from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import NeedleModel
from planner.foundation.clinical_numbers import clinical_number, clinical_numbers
from planner.geometry.shapes import Segment
from planner.planning.measures import Margin, NeedleMeasures
from planner.planning.plan import NeedleRoute


@attrs.frozen
class NeedleCheck:
    """One rule with its number. The number shall not be below the limit, or not above it."""

    code: str
    """Stable, never translated; findings carry the same."""
    title: str
    """What was measured, as the beginning of a sentence."""
    value: float | None
    """None when it could not be measured: then the rule is not met."""
    limit: float
    unit: str
    uncertainty: float = 0.0
    is_upper_limit: bool = False
    is_limit_verified: bool = True

    @property
    def is_broken_for_sure(self) -> bool:
        """Whether even the number's uncertainty leaves it on the bad side."""
        return self.slack + self.uncertainty < 0.0

    @property
    def is_met_for_sure(self) -> bool:
        """Whether the number is on the good side whatever its uncertainty."""
        return self.slack > self.uncertainty or (self.uncertainty == 0.0 and self.is_met)

    @property
    def slack(self) -> float:
        """How far the number is on the good side of its limit; negative on the bad side."""
        if self.value is None:
            return -float("inf")
        return self.limit - self.value if self.is_upper_limit else self.value - self.limit

    @property
    def is_met(self) -> bool:
        """Whether the number itself, without its uncertainty, is on the good side."""
        return self.slack >= 0.0


def needle_checks(
    measures: NeedleMeasures, model: NeedleModel, vertebra: VertebraModel
) -> tuple[NeedleCheck, ...]:
    """Return every hard rule of a needle, the most dangerous first.

    A needle past the pedicle is held against roots, ribs and lung in place of the pedicle.
    """
    margins = measures.margins
    checks = [
        _from_margin("canal-margin", "to the spinal canal", margins.canal, "canal-margin-limit"),
        _side_check(measures, vertebra),
    ]
    if measures.route is NeedleRoute.TRANSPEDICULAR:
        checks.extend(_pedicle_checks(measures, model, vertebra))
    checks.extend(_around_checks(measures))
    checks.extend(
        [
            _from_margin(
                "bone-path",
                "to the surface of the bone",
                _in_bone(measures, model, vertebra),
                "pedicle-wall-limit",
            ),
            _from_margin("endplate", "to the nearer endplate", margins.endplate, "endplate-limit"),
            _from_margin(
                "anterior-cortex",
                "from its tip to the anterior cortex",
                margins.anterior_cortex,
                "anterior-cortex-limit",
            ),
            _length_check(measures, model),
            _skin_check(measures),
        ]
    )
    return tuple(checks)


def _in_bone(
    measures: NeedleMeasures, model: NeedleModel, vertebra: VertebraModel
) -> Margin | None:
    depth_mm = measures.bone_depth_mm
    if depth_mm is None:
        return None
    return Margin(depth_mm - model.outer_radius_mm, vertebra.boundary_uncertainty_mm)


def _pedicle_checks(
    measures: NeedleMeasures, model: NeedleModel, vertebra: VertebraModel
) -> tuple[NeedleCheck, ...]:
    return (
        NeedleCheck(
            "medial-wall",
            "lateral of the medial pedicle border at the posterior wall",
            measures.medial_wall_mm,
            clinical_number("medial-wall-limit"),
            "mm",
            vertebra.boundary_uncertainty_mm,
            is_limit_verified=_is_verified("medial-wall-limit"),
        ),
        _from_margin(
            "pedicle-wall",
            f"to the {measures.nearest_pedicle_wall or 'nearest'} pedicle wall",
            measures.margins.pedicle_wall,
            "pedicle-wall-limit",
        ),
        _fill_check(measures, model, vertebra),
    )


def _around_checks(measures: NeedleMeasures) -> Iterator[NeedleCheck]:
    """Yield the rules about what lies around the bone, where the images show it."""
    for code, title, margin, limit_id in (
        (
            "foramen-margin",
            "to the neural foramina",
            measures.margins.foramen,
            "foramen-margin-limit",
        ),
        (
            "neighbour-bone",
            "to neighbouring vertebrae and ribs",
            measures.neighbour_bone,
            "pedicle-wall-limit",
        ),
        ("lung-margin", "to air in lung or bowel", measures.lung, "lung-margin-limit"),
        ("vessel-margin", "to a great vessel", measures.vessel, "vessel-margin-limit"),
    ):
        if margin is not None:
            yield _from_margin(code, title, margin, limit_id)


def unmet(checks: tuple[NeedleCheck, ...]) -> tuple[NeedleCheck, ...]:
    """Return the rules that a needle breaks."""
    return tuple(check for check in checks if not check.is_met)


def _is_verified(limit_id: str) -> bool:
    return clinical_numbers()[limit_id].verified


def _from_margin(code: str, title: str, margin: Margin | None, limit_id: str) -> NeedleCheck:
    return NeedleCheck(
        code,
        title,
        None if margin is None else margin.distance_mm,
        clinical_number(limit_id),
        "mm",
        0.0 if margin is None else margin.uncertainty_mm,
        is_limit_verified=_is_verified(limit_id),
    )


def _side_check(measures: NeedleMeasures, vertebra: VertebraModel) -> NeedleCheck:
    """Hold the needle against the pedicle it says it goes through."""
    path = Segment(measures.skin_lps_mm, measures.tip_lps_mm)
    off_axis_mm = vertebra.lps_from_vertebra.inverse.point(
        path.point_at(_nearest_to_pedicle_mm(path, measures, vertebra))
    )
    lateral_mm = float(off_axis_mm[0]) * measures.side.sign
    return NeedleCheck("needle-side", "on its own side of the midline", lateral_mm, 0.0, "mm")


def _nearest_to_pedicle_mm(
    path: Segment, measures: NeedleMeasures, vertebra: VertebraModel
) -> float:
    pedicle = vertebra.pedicle(measures.side) or vertebra.pedicle(measures.side.opposite)
    if pedicle is None:
        return 0.0
    to_isthmus = [a - b for a, b in zip(pedicle.isthmus_lps_mm, path.start_lps_mm, strict=True)]
    along_mm = sum(a * b for a, b in zip(to_isthmus, path.direction_lps, strict=True))
    return min(max(along_mm, 0.0), path.length_mm)


def _fill_check(
    measures: NeedleMeasures, model: NeedleModel, vertebra: VertebraModel
) -> NeedleCheck:
    share = measures.pedicle_fill_share
    uncertainty_mm = vertebra.boundary_uncertainty_mm
    return NeedleCheck(
        "pedicle-fill",
        "of the pedicle's width filled",
        share,
        clinical_number("pedicle-fill-limit"),
        "share",
        0.0 if share is None else share**2 * uncertainty_mm / model.outer_diameter_mm,
        is_upper_limit=True,
        is_limit_verified=_is_verified("pedicle-fill-limit"),
    )


def _length_check(measures: NeedleMeasures, model: NeedleModel) -> NeedleCheck:
    return NeedleCheck(
        "needle-length",
        "from skin to tip",
        measures.depth_from_skin_mm,
        model.length_mm - clinical_number("hub-reserve"),
        "mm",
        is_upper_limit=True,
        is_limit_verified=model.length_source.verified and _is_verified("hub-reserve"),
    )


def _skin_check(measures: NeedleMeasures) -> NeedleCheck:
    gap_mm = measures.skin_gap_mm
    return NeedleCheck(
        "skin-entry",
        "from the skin to its entry",
        None if gap_mm is None else abs(gap_mm),
        clinical_number("skin-entry-tolerance"),
        "mm",
        is_upper_limit=True,
        is_limit_verified=_is_verified("skin-entry-tolerance"),
    )
