"""How cement outside the body looks on the screen that first shows it."""

from planner.rehearsal.run_state import Moment, RunState
from planner.simulation.cement_zones import Destination

CODE = "leak-seen"
_LOOKS = {
    Destination.CANAL: "A line of cement runs behind the posterior wall: it is in the canal.",
    Destination.FORAMEN: "Cement lies between the pedicles, where a nerve leaves: in a foramen.",
    Destination.VEIN: "Cement runs off in a thin thread that follows a vein.",
    Destination.DISC: "Cement spreads flat beyond an endplate: it is in the disc.",
    Destination.SOFT_TISSUE: "Cement lies outside the outline of the body: it is in soft tissue.",
    Destination.NEEDLE_TRACK: "Cement comes back along the needle.",
}
_GOES_ON = "The cement outside the bone has grown since the rest: end through the {side} needle."


def leaks_on_picture(state: RunState, time_s: float) -> list[Moment]:
    """Return what a picture taken now shows of leaks that none has shown before."""
    told = {moment.text for moment in state.moments if moment.code == CODE}
    words = [_LOOKS[leak.destination] for leak in state.fill.leaks]
    words += [_GOES_ON.format(side=side.value) for side in state.closed_sides]
    return [Moment(CODE, time_s, None, text) for text in words if text not in told]
