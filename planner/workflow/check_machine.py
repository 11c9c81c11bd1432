"""Is this machine ready? Each check says what it found and, where it fails, the exact mend."""

import importlib
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import attrs

from planner.foundation.app_paths import cache_folder, config_folder, data_folder, log_folder

_LEAST_MEMORY_GB = 4.0
_OLDEST_PYTHON = (3, 11)
_CODECS = {
    "JPEG-LS": ("jpeg_ls",),
    "JPEG 2000": ("openjpeg",),
}
_TRIAL_SECONDS = 60


@attrs.frozen
class MachineCheck:
    """One thing the program needs of the machine."""

    name: str
    ok: bool
    text: str
    hint: str = ""


def check_machine() -> tuple[MachineCheck, ...]:
    """Return every check; none of them changes anything on the machine."""
    return (
        _python(),
        _memory(),
        _trial(
            "3D graphics",
            "import vtkmodules.vtkRenderingOpenGL2\n"
            "from vtkmodules.vtkRenderingCore import vtkRenderWindow\n"
            "w = vtkRenderWindow(); w.SetShowWindow(False); w.SetSize(8, 8); w.Render()\n"
            "print(w.GetClassName())",
            "Install OpenGL: on Debian or Ubuntu `apt-get install libegl1 libgl1 libgl1-mesa-dri`.",
        ),
        _trial(
            "window system",
            "from PySide6.QtWidgets import QApplication\n"
            "a = QApplication([]); print(a.platformName())",
            "Without a screen set QT_QPA_PLATFORM=offscreen; on Debian or Ubuntu also "
            "`apt-get install libxkbcommon0 libdbus-1-3 libfontconfig1`.",
        ),
        *(_codec(name, modules) for name, modules in _CODECS.items()),
        *(
            _folder(name, folder)
            for name, folder in (
                ("preferences folder", config_folder),
                ("cache folder", cache_folder),
                ("case folder", data_folder),
                ("log folder", log_folder),
            )
        ),
    )


def _python() -> MachineCheck:
    return MachineCheck(
        "Python",
        sys.version_info[:2] >= _OLDEST_PYTHON,
        f"{platform.python_version()} on {platform.system()}",
        "Install Python 3.11 or newer.",
    )


def _memory() -> MachineCheck:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return MachineCheck("memory", ok=True, text="size not known on this system")
    gigabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1024**3
    return MachineCheck(
        "memory",
        gigabytes >= _LEAST_MEMORY_GB,
        f"{gigabytes:.1f} GB",
        f"Use a machine with {_LEAST_MEMORY_GB:.0f} GB or more.",
    )


def _trial(name: str, code: str, hint: str) -> MachineCheck:
    """Try in a process of its own: a missing graphics library can end a process outright."""
    environment = dict(os.environ)
    if not any(environment.get(key) for key in ("DISPLAY", "WAYLAND_DISPLAY")) and (
        sys.platform == "linux"
    ):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        trial = subprocess.run(  # noqa: S603 - our own interpreter and our own words
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            timeout=_TRIAL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return MachineCheck(name, ok=False, text="gave no answer", hint=hint)
    if trial.returncode:
        lines = trial.stderr.strip().splitlines()
        return MachineCheck(name, ok=False, text=lines[-1] if lines else "failed", hint=hint)
    return MachineCheck(name, ok=True, text=trial.stdout.strip().splitlines()[-1])


def _codec(name: str, modules: tuple[str, ...]) -> MachineCheck:
    missing = [module for module in modules if not _can_import(module)]
    return MachineCheck(
        f"{name} images",
        not missing,
        "can be read" if not missing else "cannot be read",
        "Install the program again with all it needs.",
    )


def _can_import(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def _folder(name: str, folder: Callable[[], Path]) -> MachineCheck:
    try:
        path = folder()
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        return MachineCheck(
            name, ok=False, text=str(error), hint="Make the folder writable for you."
        )
    return MachineCheck(name, ok=True, text=str(path))
