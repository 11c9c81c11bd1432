"""Models and scans that many tests look at, made once."""

import pytest
from model_spines import WholeSpine, mean_model, whole_spine

from planner.digital_spine.model_spine import ModelSpine


@pytest.fixture(scope="session")
def the_mean_model() -> ModelSpine:
    """The table's mean adult, nothing wrong."""
    return mean_model()


@pytest.fixture(scope="session")
def the_mean_spine(the_mean_model: ModelSpine) -> WholeSpine:
    """Every bone of the mean adult at 1.5 mm."""
    return whole_spine(the_mean_model, 1.5)
