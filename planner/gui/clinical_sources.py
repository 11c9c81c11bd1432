"""Which shown values rest on clinical numbers that nobody has read in their source."""

from collections.abc import Iterable, Mapping

from planner.assessment.findings import Finding
from planner.assessment.numbers_used import NUMBERS_BEHIND
from planner.devices.device_values import DeviceCatalog, NeedleModel, Source
from planner.foundation.clinical_numbers import clinical_numbers
from planner.planning.plan import LevelPlan

_NUMBER_IDS: Mapping[str, tuple[str, ...]] = {
    **NUMBERS_BEHIND,
    "reference": ("cement-reference-share", "cement-cavity-margin"),
    "soft": ("cement-soft-share", "cement-soft-volume"),
    "hard": ("cement-hard-share", "cement-hard-volume"),
    "cement-volume": ("cement-soft-share", "cement-soft-volume"),
    "height": ("height-kept-usual", "balloon-packed-share"),
    "lift": ("balloon-packed-share",),
    "chain": ("cannula-past-posterior-wall", "drill-short-of-anterior-cortex"),
    "rear-marker": ("cannula-past-posterior-wall",),
}
"""By the code of a finding or the key of a shown value."""
_BORES = (
    "Bores of bone needles differ by maker: dead volume from the catalogue's tube. "
    "Putting the stylet back injects it."
)


def unverified_sources(shown: str) -> str:
    """Return the titles and sources of the unverified numbers behind a shown value or finding.

    Empty when all of them are verified.
    """
    numbers = (clinical_numbers()[number_id] for number_id in _NUMBER_IDS.get(shown, ()))
    return " ".join(f"{n.title}: {n.source}." for n in numbers if not n.verified)


def unverified_instruments(
    finding: Finding, level_plan: LevelPlan | None, catalog: DeviceCatalog | None
) -> str:
    """Return the unverified sources of the instrument that a finding's limit comes from."""
    if level_plan is None or catalog is None or finding.side is None:
        return ""
    needle, balloon = level_plan.needle(finding.side), level_plan.balloon(finding.side)
    sources: tuple[Source, ...] = ()
    if finding.code == "needle-length" and needle is not None:
        sources = (catalog.needle(needle.model_id).length_source,)
    elif finding.code == "balloon-volume" and balloon is not None:
        sources = (catalog.balloon(balloon.model_id).limits_source,)
    elif finding.code == "balloon-gauge" and balloon is not None:
        sources = (catalog.balloon(balloon.model_id).cannula_source,)
    return _doubted(sources)


def unverified_bores(level_plans: Iterable[LevelPlan], catalog: DeviceCatalog) -> str:
    """Return what is not verified of what stays in the cannulas of some levels.

    Nothing once the user has read it of each.
    """
    models = {needle.model_id for planned in level_plans for needle in planned.needles}
    used = [catalog.needle(model_id) for model_id in sorted(models)]
    tubes = [tube for tube in used if tube.read_dead_volume_ml is None]
    if used and not tubes:
        return ""
    return f"{_BORES} {_doubted(source for tube in tubes for source in _tube_sources(tube))}"


def unverified_widths(level_plan: LevelPlan, catalog: DeviceCatalog) -> str:
    """Return the unverified sources of the balloons' width when empty."""
    return _doubted(
        catalog.balloon(balloon.model_id).cannula_source for balloon in level_plan.balloons
    )


def _tube_sources(tube: NeedleModel) -> tuple[Source, ...]:
    return tube.source, tube.length_source


def _doubted(sources: Iterable[Source]) -> str:
    """Return each source once that nobody has read."""
    return " ".join(dict.fromkeys(f"{s.text}." for s in sources if not s.verified))


def shown_with_sources() -> frozenset[str]:
    """Return every code and key that rests on clinical numbers."""
    return frozenset(_NUMBER_IDS)
