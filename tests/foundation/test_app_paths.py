from collections.abc import Callable
from pathlib import Path

import pytest

from planner.foundation.app_paths import cache_folder, config_folder, data_folder, log_folder


@pytest.mark.parametrize("folder", [cache_folder, config_folder, data_folder, log_folder])
def test_a_folder_of_the_program_exists_when_asked_for(folder: Callable[[], Path]) -> None:
    assert folder().is_dir()
    assert "vertebroplan" in str(folder())


def test_what_can_be_made_again_is_apart_from_what_cannot() -> None:
    assert cache_folder() not in {config_folder(), data_folder()}
