"""What there is to say about a picture of cement flow, in words that promise nothing."""

from collections.abc import Iterator

from planner.anatomy.levels import VertebraLevel
from planner.assessment.findings import Finding, Severity
from planner.simulation.cement_runs import FillStudy, LeakShare
from planner.simulation.cement_zones import Destination, LeakClass

NO_ROUTE = "the model found no route"
_GRAVE = frozenset({Destination.CANAL, Destination.FORAMEN, Destination.VEIN})
_REFUSED_SHARE = 0.98
_PLACES = {
    Destination.CANAL: "into the canal",
    Destination.FORAMEN: "into a neural foramen",
    Destination.VEIN: "into a vein outside the body",
    Destination.DISC: "into the disc",
    Destination.SOFT_TISSUE: "into the tissue beside the body",
    Destination.NEEDLE_TRACK: "back along a needle",
}
_WAYS = {
    LeakClass.BASIVERTEBRAL: "along the basivertebral vein (class B)",
    LeakClass.SEGMENTAL: "along a segmental vein (class S)",
    LeakClass.CORTICAL: "through a gap in the cortex (class C)",
    LeakClass.DISC: "through an endplate (class D)",
}


def leak_words(leak: LeakShare, runs: int) -> str:
    """Return one way out as a sentence without its full stop."""
    way = "" if leak.leak_class is None else f" {_WAYS[leak.leak_class]}"
    return (
        f"{_PLACES[leak.destination]}{way} in {leak.share_of_runs:.0%} of {runs} runs, "
        f"from {leak.volume_at_leak_ml:.1f} ml on (earliest {leak.least_volume_ml:.1f} ml)"
    )


def fill_findings(level: VertebraLevel, study: FillStudy) -> Iterator[Finding]:
    """Yield a finding for each way out, or that none was found; never one that says it is safe."""
    for leak in study.leaks:
        yield Finding(
            Severity.DANGER if leak.destination in _GRAVE else Severity.CAUTION,
            f"cement-leak-{leak.destination.value.replace(' ', '-')}",
            f"Modelled cement went {leak_words(leak, study.runs)}. An illustration, no forecast.",
            level,
            value=leak.share_of_runs,
            unit="share of runs",
        )
    if not study.leaks:
        yield Finding(
            Severity.NOTE,
            "cement-no-route",
            f"Cement: {NO_ROUTE} out of the bone in {study.runs} runs. Veins and cracks thinner "
            "than the CT shows are not modelled.",
            level,
            value=0.0,
            unit="share of runs",
        )
    wanted_ml = study.picture.prepared.injection.volume_ml
    if study.filled_ml < _REFUSED_SHARE * wanted_ml:
        yield Finding(
            Severity.CAUTION,
            "cement-refused",
            f"The model's pores took only {study.filled_ml:.1f} of {wanted_ml:.1f} ml.",
            level,
            value=study.filled_ml,
            limit=wanted_ml,
            unit="ml",
        )
