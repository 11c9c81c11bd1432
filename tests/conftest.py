"""What every test stands on: no screen, fresh folders, and the shared data where it is present."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import sys
import tarfile
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

# A folder on the path, because the tests' own folder is no package and may be run from anywhere.
sys.path.append(str(Path(__file__).parent / "phantoms"))
sys.path.append(str(Path(__file__).parent / "dicom"))
pytest_plugins = ["phantom_vertebra", "phantom_snapshot", "measured_snapshot"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fuzz", type=int, default=100, help="how many damaged sources of images to open"
    )


@pytest.fixture(autouse=True)
def _fresh_user_folders(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path_factory.mktemp("home")
    for kind in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real CT data, which the product does not need."""
    if not SHARED.is_dir():
        pytest.skip("the shared data folder is not beside the checkout")
    return SHARED


@pytest.fixture(scope="session")
def the_thorax_ct_folder(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked thorax CT: 133 slices of 2.5 mm, feet first, padding -2000."""
    folder = tmp_path_factory.mktemp("thorax-ct")
    with tarfile.open(shared_data / "thorax-ct-dicom.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder
