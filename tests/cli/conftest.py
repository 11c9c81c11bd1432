"""The command line in this process, with one cache for all tests of this folder."""

import json
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from typer.testing import CliRunner

from planner.cli.main import app

RUNNER = CliRunner()


@attrs.frozen
class Ended:
    """How a command ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict:
        return json.loads(self.stdout)


@pytest.fixture(scope="session")
def vertebroplan() -> Callable[..., Ended]:
    def run(*words: str | Path) -> Ended:
        result = RUNNER.invoke(app, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture(scope="session")
def a_planned_case(
    vertebroplan: Callable[..., Ended], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict]:
    """A kyphoplasty of T12 on the shipped thorax, and what `plan --json` said of it."""
    from planner.samples.catalog import sample_folder

    case = tmp_path_factory.mktemp("case") / "case.vplan"
    ended = vertebroplan(
        "plan", sample_folder("thorax"), "--level", "T12", "--procedure", "kyphoplasty",
        "--approach", "bipedicular", "--out", case, "--json",
    )  # fmt: skip
    assert ended.status == 0, ended.stderr
    return case, ended.document
