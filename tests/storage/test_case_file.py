import json
import os
import sqlite3
from pathlib import Path

import attrs
import numpy as np
import pytest

from planner.anatomy.levels import Side, VertebraLevel
from planner.foundation.errors import CaseFileProblem
from planner.planning.plan import LevelPlan, Plan, PlannedNeedle, Procedure
from planner.planning.variants import keep_variant
from planner.storage.case import Case
from planner.storage.case_file import CaseFile
from planner.storage.case_format import APPLICATION_ID
from planner.storage.codec import encode_plan
from planner.storage.migrations import FORMAT_VERSION


def a_plan_with_tip_at(y_mm: float) -> Plan:
    needle = PlannedNeedle(Side.LEFT, "access-11g-125", (40, 90, 5), (12, y_mm, 1))
    return Plan((LevelPlan(VertebraLevel.L1, Procedure.VERTEBROPLASTY, (needle,)),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "Änne's case.vplan"


def bytes_in(folder: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


def test_a_case_reads_back_as_it_was_created(path: Path, a_case: Case) -> None:
    with CaseFile.create(path, a_case, who="surgeon") as file:
        again = file.load()
    assert again.study == a_case.study
    assert again.plan == a_case.plan
    assert again.view_state == {"slice": 12}
    (vertebra,) = again.vertebrae
    assert vertebra.level is VertebraLevel.L1
    assert np.array_equal(vertebra.body.voxels, a_case.vertebrae[0].body.voxels)


def test_it_is_one_file_that_names_its_application_and_version(path: Path, a_case: Case) -> None:
    CaseFile.create(path, a_case).close()
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    header = path.read_bytes()[:100]
    assert int.from_bytes(header[68:72]) == APPLICATION_ID
    assert int.from_bytes(header[60:64]) == FORMAT_VERSION


def test_every_change_is_there_after_reopening_with_who_and_what(path: Path, a_case: Case) -> None:
    plans = [a_plan_with_tip_at(float(y)) for y in range(5)]
    with CaseFile.create(path, a_case, who="a") as file:
        for number, plan in enumerate(plans):
            file.record_plan(plan, f"Move {number}", who="fellow")
    with CaseFile.open(path) as file:
        assert file.load().plan == plans[-1]
        revisions = file.revisions()
        assert [r.description for r in revisions[1:]] == [f"Move {n}" for n in range(5)]
        assert {r.who for r in revisions[1:]} == {"fellow"}
        assert all(r.made_at.endswith("+00:00") for r in revisions)
        assert [file.load_revision(r.number) for r in revisions[1:]] == plans


def test_a_revision_that_is_not_there_is_a_sentence(path: Path, a_case: Case) -> None:
    with (
        CaseFile.create(path, a_case) as file,
        pytest.raises(CaseFileProblem, match="no plan revision 99"),
    ):
        file.load_revision(99)


def test_vertebrae_come_back_from_the_head_down(path: Path, a_case: Case) -> None:
    with CaseFile.create(path, attrs.evolve(a_case, vertebrae=())) as file:
        for level in (VertebraLevel.L2, VertebraLevel.T12, VertebraLevel.L1):
            file.record_vertebra(attrs.evolve(a_case.vertebrae[0], level=level))
        assert [v.level.name for v in file.load().vertebrae] == ["T12", "L1", "L2"]


def test_a_new_label_takes_the_place_of_the_old_in_one_command(path: Path, a_case: Case) -> None:
    renamed = attrs.evolve(a_case.vertebrae[0], level=VertebraLevel.L2)
    with CaseFile.create(path, a_case) as file:
        size = path.stat().st_size
        with file.one_command():
            file.remove_vertebra(VertebraLevel.L1, who="a")
            file.record_vertebra(renamed, "Rename L1 to L2", who="a")
        assert [v.level.name for v in file.load().vertebrae] == ["L2"]
        assert path.stat().st_size < size * 1.5, "equal masks are stored once"


def remove_and_fail(file: CaseFile) -> None:
    with file.one_command():
        file.remove_vertebra(VertebraLevel.L1)
        file.record_view_state({"zoom": float("nan")})


def test_a_command_that_fails_half_way_leaves_nothing(path: Path, a_case: Case) -> None:
    with CaseFile.create(path, a_case) as file:
        before = file.entries()
        with pytest.raises(ValueError, match="JSON"):
            remove_and_fail(file)
        assert file.entries() == before
        file.record_plan(a_plan_with_tip_at(1.0), "Go on", who="a")
        assert file.verify_chain().intact


def test_a_view_state_is_kept_and_leaves_no_entry(path: Path, a_case: Case) -> None:
    with CaseFile.create(path, a_case) as file:
        before = file.entries()
        file.record_view_state({"window": [1800.0, 400.0], "layout": "four-up"})
        assert file.entries() == before
        assert file.load().view_state == {"window": [1800.0, 400.0], "layout": "four-up"}


def test_a_closed_file_is_clean_and_one_left_open_is_not(path: Path, a_case: Case) -> None:
    file = CaseFile.create(path, a_case)
    assert file.was_clean
    copy = path.with_name("as a crash leaves it.vplan")
    copy.write_bytes(path.read_bytes())
    file.close()
    file.close()
    with CaseFile.open(path) as again:
        assert again.was_clean
    with CaseFile.open(copy) as crashed:
        assert not crashed.was_clean


def test_create_never_touches_a_file_that_is_there(path: Path, a_case: Case) -> None:
    path.write_text("somebody's letter")
    with pytest.raises(CaseFileProblem, match="a file of that name already"):
        CaseFile.create(path, a_case)
    assert bytes_in(path.parent) == {path.name: b"somebody's letter"}


def test_create_never_touches_a_file_made_at_the_same_moment(
    path: Path, a_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.storage.case_file._refuse_existing", lambda _path: None)
    path.write_text("won the race")
    with pytest.raises(CaseFileProblem, match="a file of that name already"):
        CaseFile.create(path, a_case)
    assert bytes_in(path.parent) == {path.name: b"won the race"}


def test_create_needs_no_hard_links(
    path: Path, a_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(_source: object, _target: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    CaseFile.create(path, a_case).close()
    assert list(bytes_in(path.parent)) == [path.name]
    with pytest.raises(CaseFileProblem, match="a file of that name already"):
        CaseFile.create(path, a_case)


def test_create_in_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path, a_case: Case) -> None:
    with pytest.raises(CaseFileProblem, match="cannot be written"):
        CaseFile.create(tmp_path / "missing" / "a.vplan", a_case)


def test_an_open_case_cannot_be_opened_twice(path: Path, a_case: Case) -> None:
    with CaseFile.create(path, a_case) as file:
        for read_only in (False, True):
            with pytest.raises(CaseFileProblem, match="open in another window or program"):
                CaseFile.open(path, read_only=read_only)
        file.record_plan(a_plan_with_tip_at(3.0), "Still ours", who="a")
    CaseFile.open(path).close()


def test_reading_only_changes_no_byte_and_refuses_records(path: Path, a_case: Case) -> None:
    CaseFile.create(path, a_case).close()
    before = bytes_in(path.parent)
    with CaseFile.open(path, read_only=True) as file:
        assert file.load().study == a_case.study
        with pytest.raises(CaseFileProblem, match="opened for reading only"):
            file.record_plan(Plan(), "No", who="a")
    assert bytes_in(path.parent) == before


def test_a_case_is_refused_when_it_is_cut_short_anywhere_and_stays_as_it_is(
    path: Path, a_case: Case, tmp_path: Path
) -> None:
    CaseFile.create(path, a_case).close()
    whole = path.read_bytes()
    cut = tmp_path / "cut" / "cut.vplan"
    cut.parent.mkdir()
    for length in (0, 7, 16, 60, 99, 100, 512, 4096, 5000, len(whole) // 2, len(whole) - 1):
        cut.write_bytes(whole[:length])
        with pytest.raises(CaseFileProblem, match="damaged") as caught:
            CaseFile.open(cut)
        assert str(cut) in str(caught.value)
        assert bytes_in(cut.parent) == {"cut.vplan": whole[:length]}


def test_a_case_overwritten_in_the_middle_is_refused_or_reads_back_true(
    path: Path, a_case: Case
) -> None:
    with CaseFile.create(path, a_case) as file:
        for y in range(20):
            file.record_plan(a_plan_with_tip_at(float(y)), "Move", who="a")
    whole = path.read_bytes()
    random = np.random.default_rng(4)
    refused = 0
    for place in random.integers(100, len(whole) - 64, size=60):
        spoilt = whole[:place] + random.bytes(64) + whole[place + 64 :]
        path.write_bytes(spoilt)
        try:
            with CaseFile.open(path) as file:
                case = file.load()
        except CaseFileProblem:
            refused += 1
            continue
        assert case.plan == a_plan_with_tip_at(19.0)
        assert case.study == a_case.study
        for name in ("whole", "body", "canal", "other_bone"):
            mask = getattr(case.vertebrae[0], name)
            assert np.array_equal(mask.voxels, getattr(a_case.vertebrae[0], name).voxels)
    assert refused > 25, "most of the file is content; the rest is slack inside pages"


@pytest.mark.parametrize("content", [b"PK\x03\x04" + bytes(200), b"SQLite format 3\0" + bytes(200)])
def test_a_foreign_file_is_named_as_such(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(CaseFileProblem, match="not a Vertebroplan case file"):
        CaseFile.open(path)
    assert path.read_bytes() == content


def test_a_folder_or_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    for wrong in (tmp_path, tmp_path / "missing.vplan"):
        with pytest.raises(CaseFileProblem):
            CaseFile.open(wrong)


def test_a_newer_file_is_refused_with_both_versions_and_its_name(path: Path, a_case: Case) -> None:
    CaseFile.create(path, a_case).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {FORMAT_VERSION + 6}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(CaseFileProblem) as caught:
        CaseFile.open(path)
    for part in (path.name, f"format {FORMAT_VERSION + 6}", f"format {FORMAT_VERSION}"):
        assert part in str(caught.value)
    assert path.read_bytes() == before


def test_a_file_of_the_first_format_opens_and_is_of_the_present_one_once_it_is_worked_on(
    path: Path, a_case: Case
) -> None:
    CaseFile.create(path, a_case).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    before = path.read_bytes()
    with CaseFile.open(path, read_only=True) as file:
        assert file.load().plan == a_case.plan
    assert path.read_bytes() == before, "who only reads changes nothing"
    plan = keep_variant(a_plan_with_tip_at(1.0), VertebraLevel.L1)
    with CaseFile.open(path) as file:
        assert file.load().plan == a_case.plan
        file.record_plan(plan, "Keep a variant", who="fellow")
        assert file.verify_chain().intact
    assert int.from_bytes(path.read_bytes()[60:64]) == FORMAT_VERSION
    with CaseFile.open(path) as file:
        assert file.load().plan == plan


def changed_behind_our_back(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(
        f"DROP TRIGGER entries_never_change; DROP TRIGGER entries_never_go; {statement}"
    )
    connection.close()


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE entries SET who = 'nobody' WHERE number = 3", "Entry 3 was changed"),
        ("DELETE FROM entries WHERE number = 4", "Entry 4 is missing"),
        ("UPDATE entries SET made_at = 'yesterday' WHERE number = 5", "Entry 5 was changed"),
    ],
)
def test_a_record_changed_behind_our_back_is_found_and_never_added_to(
    path: Path, a_case: Case, statement: str, problem: str
) -> None:
    with CaseFile.create(path, a_case) as file:
        for y in range(4):
            file.record_plan(a_plan_with_tip_at(float(y)), "Move", who="a")
        assert file.verify_chain().intact
    changed_behind_our_back(path, statement)
    with pytest.raises(CaseFileProblem, match=problem):
        CaseFile.open(path)
    with CaseFile.open(path, read_only=True) as file:
        check = file.verify_chain()
        assert not check.intact
        assert problem in check.problem
        assert file.load_revision(file.revisions()[-1].number) == a_plan_with_tip_at(3.0)


def test_a_changed_plan_is_not_loaded(path: Path, a_case: Case) -> None:
    with CaseFile.create(path, a_case) as file:
        file.record_plan(a_plan_with_tip_at(1.0), "Move", who="a")
    changed_behind_our_back(
        path, "UPDATE entries SET payload = replace(payload, '12.0', '21.0') WHERE number = 4"
    )
    with (
        CaseFile.open(path, read_only=True) as file,
        pytest.raises(CaseFileProblem, match="Entry 4 of the case file was changed"),
    ):
        file.load()


def test_the_file_itself_refuses_to_change_its_record(path: Path, a_case: Case) -> None:
    CaseFile.create(path, a_case).close()
    connection = sqlite3.connect(path)
    for statement in ("UPDATE entries SET who = 'x'", "DELETE FROM entries"):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            connection.execute(statement)
    connection.close()


def test_a_copy_holds_everything_and_the_original_goes_on(path: Path, a_case: Case) -> None:
    target = path.with_name("named.vplan")
    with CaseFile.create(path, a_case) as file:
        file.record_plan(a_plan_with_tip_at(1.0), "Move", who="a")
        file.copy_to(target)
        file.record_plan(a_plan_with_tip_at(2.0), "Move", who="a")
        with CaseFile.open(target) as copy:
            assert copy.was_clean
            assert copy.load().plan == a_plan_with_tip_at(1.0)
            assert copy.entries() == file.entries()[:-1]
    assert sorted(bytes_in(path.parent)) == sorted([path.name, target.name])


def test_a_copy_replaces_a_file_only_when_told_to(path: Path, a_case: Case) -> None:
    target = path.with_name("named.vplan")
    target.write_text("old")
    with CaseFile.create(path, a_case) as file:
        with pytest.raises(CaseFileProblem, match="a file of that name already"):
            file.copy_to(target)
        assert target.read_text() == "old"
        file.copy_to(target, replace=True)
    with CaseFile.open(target) as copy:
        assert copy.load().study == a_case.study


def test_a_copy_onto_itself_keeps_later_changes(path: Path, a_case: Case) -> None:
    with CaseFile.create(path, a_case) as file:
        file.copy_to(path, replace=True)
        file.record_plan(a_plan_with_tip_at(2.0), "Move", who="a")
    with CaseFile.open(path) as file:
        assert file.load().plan == a_plan_with_tip_at(2.0)


def test_a_copy_never_replaces_a_case_that_is_open_elsewhere(path: Path, a_case: Case) -> None:
    target = path.with_name("open elsewhere.vplan")
    with CaseFile.create(path, a_case) as file, CaseFile.create(target, a_case) as other:
        with pytest.raises(CaseFileProblem, match="open in another window or program"):
            file.copy_to(target, replace=True)
        other.record_plan(a_plan_with_tip_at(9.0), "Not lost", who="b")
    with CaseFile.open(target) as again:
        assert again.load().plan == a_plan_with_tip_at(9.0)


def record_until_refused(file: CaseFile) -> None:
    for number in range(200):
        file.record_plan(a_plan_with_tip_at(float(number)), "x" * 500, who="a")


def test_a_full_disk_is_a_sentence_and_everything_before_it_stays(path: Path, a_case: Case) -> None:
    with CaseFile.create(path, a_case) as file:
        file.record_plan(a_plan_with_tip_at(1.0), "Move", who="a")
        (pages,) = file._connection.execute("PRAGMA page_count").fetchone()
        file._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(CaseFileProblem, match="The disk did not take the change"):
            record_until_refused(file)
        kept = file.entries()
        file._connection.execute(f"PRAGMA max_page_count = {pages * 10}")
        file.record_plan(a_plan_with_tip_at(2.0), "Room again", who="a")
        assert file.entries()[:-1] == kept
        assert file.verify_chain().intact


def test_using_a_closed_file_is_a_bug_and_not_called_damage(path: Path, a_case: Case) -> None:
    file = CaseFile.create(path, a_case)
    file.close()
    with pytest.raises(sqlite3.ProgrammingError):
        file.record_plan(Plan(), "Too late", who="a")


def test_an_open_file_is_set_to_survive_a_power_cut(path: Path, a_case: Case) -> None:
    full = 2
    with CaseFile.create(path, a_case) as file:
        settings = {
            name: file._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "locking_mode")
        }
    assert settings == {"journal_mode": "delete", "synchronous": full, "locking_mode": "exclusive"}


def test_a_file_written_before_findings_could_be_accepted_still_opens(
    path: Path, a_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def encode_as_before(plan: Plan) -> str:
        values = json.loads(encode_plan(plan))
        assert values.pop("accepted") == []
        return json.dumps(values)

    with monkeypatch.context() as before:
        before.setattr("planner.storage.case_file.encode_plan", encode_as_before)
        CaseFile.create(path, a_case).close()
    with CaseFile.open(path) as file:
        assert '"accepted"' not in str(file.revisions()[0].payload)
        assert file.load().plan == a_case.plan
        assert file.load().plan.accepted == ()
        assert file.verify_chain().intact


def test_a_file_whose_text_is_no_text_any_more_is_refused_and_can_be_replaced(
    path: Path, a_case: Case
) -> None:
    CaseFile.create(path, a_case).close()
    whole = path.read_bytes()
    spoilt = whole.replace(b"session (id INTEGER", b"session \xf0id INTEGER")
    assert spoilt != whole
    path.write_bytes(spoilt)
    with pytest.raises(CaseFileProblem, match="damaged"):
        CaseFile.open(path)
    with CaseFile.create(path.with_name("other.vplan"), a_case) as other:
        other.copy_to(path, replace=True)
    with CaseFile.open(path) as file:
        assert file.load().plan == a_case.plan
