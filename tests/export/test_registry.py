from pathlib import Path

import pytest

from planner.export.registry import discover
from planner.foundation.errors import WriterProblem

_GOOD = """
from planner.export.writer import WriterInfo

class Good:
    info = WriterInfo("good", "Good", (".g",))
    def check(self, snapshot): return []
    def write(self, snapshot, folder, progress): return []

class Newer(Good):
    info = WriterInfo("newer", "Newer", (), api_version=99)

class Same(Good):
    pass

class Bare:
    pass

instance = Good()
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(tmp_path))

    def install_package(name: str, code: str, points: dict[str, str]) -> None:
        module = name.replace("-", "_")
        (tmp_path / f"{module}.py").write_text(code)
        info = tmp_path / f"{module}-2.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.5\n")
        lines = [f"{point} = {module}{target}" for point, target in points.items()]
        (info / "entry_points.txt").write_text("\n".join(["[a.group]", *lines]))

    return install_package


def test_a_writer_is_found_with_the_name_and_version_of_its_package(install) -> None:
    install("clinic-good", _GOOD, {"good": ":Good"})
    writers = discover("a.group")
    assert writers.failures == ()
    (found,) = writers.writers
    assert (found.info.id, found.distribution, found.version) == ("good", "clinic-good", "2.5")
    assert writers.named("good") is found.writer


def test_an_instance_serves_as_well_as_a_class(install) -> None:
    install("clinic-instance", _GOOD, {"good": ":instance"})
    assert discover("a.group").named("good").info.title == "Good"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (":Newer", "version 99 of the writer interface"),
        (":Bare", "has no info, check and write"),
        (":Missing", "AttributeError"),
        (".nowhere:Good", "ModuleNotFoundError"),
    ],
)
def test_a_broken_plugin_is_a_failure_and_the_others_still_work(
    install, target: str, reason: str
) -> None:
    module = f"clinic-{target.strip(':.').replace(':', '')}"
    install(module, _GOOD, {"broken": target})
    install(f"other-{module}", _GOOD, {"good": ":Good"})
    writers = discover("a.group")
    assert [w.info.id for w in writers.writers] == ["good"]
    (failure,) = writers.failures
    assert failure.distribution == module
    assert reason in failure.error


def test_a_module_that_cannot_even_be_imported_is_a_failure(install) -> None:
    install("clinic-syntax", "this is no python", {"x": ":X"})
    (failure,) = discover("a.group").failures
    assert "SyntaxError" in failure.error


def test_an_id_that_is_taken_is_a_failure(install) -> None:
    install("a-clinic", _GOOD, {"good": ":Good"})
    install("b-clinic", _GOOD, {"same": ":Same"})
    writers = discover("a.group")
    assert [w.distribution for w in writers.writers] == ["a-clinic"]
    (failure,) = writers.failures
    assert failure.distribution == "b-clinic"
    assert "'good' is taken by a-clinic" in failure.error


def test_an_unknown_writer_is_a_sentence_that_lists_the_known_ones(install) -> None:
    install("clinic-named", _GOOD, {"good": ":Good"})
    with pytest.raises(WriterProblem, match=r"No writer is named 'bad'.* Installed are: good"):
        discover("a.group").named("bad")
