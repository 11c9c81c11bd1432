import pytest

from planner.imaging.slab import THIN, Slab, SlabMode


def test_a_thin_slice_says_nothing_and_a_slab_its_kind_and_thickness() -> None:
    assert THIN.words == ""
    assert Slab(SlabMode.MAXIMUM, 20.0).words == "MIP 20 mm"


def test_a_slab_thinner_than_a_millimetre_is_refused() -> None:
    with pytest.raises(ValueError, match="thickness_mm"):
        Slab(SlabMode.AVERAGE, 0.2)
