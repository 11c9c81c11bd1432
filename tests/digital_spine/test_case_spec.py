"""What a spec file may say, and one sentence for what it may not."""

from pathlib import Path

import attrs
import pytest

from planner.anatomy.levels import Side, VertebraLevel
from planner.digital_spine.case_field import case_field
from planner.digital_spine.case_spec import (
    CaseSpec,
    named_or_read_spec,
    read_spec,
    ready_spec,
    ready_specs,
    spec_from_table,
)
from planner.digital_spine.case_truth import levels_within
from planner.digital_spine.model_patient import BoneQuality, ModelPatient
from planner.digital_spine.model_spine import build_model
from planner.digital_spine.pathology import (
    Cavity,
    Cement,
    Cleft,
    Fracture,
    LeakClass,
    Lesion,
    NeedleTrack,
    Screws,
    Spurs,
    Wall,
    WallHole,
    fracture_of_kind,
)
from planner.digital_spine.scan_settings import ScanSettings
from planner.digital_spine.tissues import MrContrast
from planner.foundation.errors import PlannerError, PlanProblem

L1 = VertebraLevel.L1
EVERY_KIND = [
    ("kind='fracture'\nlevel='L1'\nanterior_loss=0.4", Fracture(L1, 0.4)),
    (
        "kind='fracture'\nlevel='L1'\nheights_mm=[15, 18.5, 23]",
        Fracture(L1, heights_mm=(15.0, 18.5, 23.0)),
    ),
    ("kind='fracture'\nlevel='L1'\nwedge_deg=14", Fracture(L1, wedge_deg=14.0)),
    ("kind='wedge'\nlevel='Th12'\nseverity=0.3", fracture_of_kind(VertebraLevel.T12, "wedge", 0.3)),
    ("kind='biconcave'\nlevel='L1'", fracture_of_kind(L1, "biconcave", 0.3)),
    (
        "kind='crush'\nlevel='L1'\nseverity=0.4\nposterior_bulge_mm=5.5",
        attrs.evolve(fracture_of_kind(L1, "crush", 0.4), posterior_bulge_mm=5.5),
    ),
    ("kind='hole'\nlevel='L1'\nwall='left'\ndiameter_mm=4", WallHole(L1, Wall.LEFT, 4.0)),
    ("kind='cleft'\nlevel='L1'\nholds_gas=false", Cleft(L1, holds_gas=False)),
    ("kind='lesion'\nlevel='L1'\noffset_mm=[-6, 0, 1]", Lesion(L1, offset_mm=(-6.0, 0.0, 1.0))),
    ("kind='spurs'\nlevel='L1'\nbridges_below=true", Spurs(L1, bridges_below=True)),
    ("kind='screws'\nlevel='L1'\nlength_mm=40", Screws(L1, length_mm=40.0)),
    ("kind='needle-track'\nlevel='L1'\nside='right'", NeedleTrack(L1, Side.RIGHT)),
    ("kind='cavity'\nlevel='L1'\nvolume_ml=2", Cavity(L1, 2.0)),
    (
        "kind='cement'\nlevel='L1'\nvolume_ml=3.5\nleaks=['B', 'D']",
        Cement(L1, 3.5, leaks=(LeakClass.BASIVERTEBRAL, LeakClass.DISC)),
    ),
]


def written(folder: Path, text: str) -> Path:
    path = folder / "case.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "expected"), EVERY_KIND, ids=[r.split("\n")[0] for r, _ in EVERY_KIND]
)
def test_each_kind_of_pathology_is_read_as_it_is_written(
    tmp_path: Path, row: str, expected: object
) -> None:
    spec = read_spec(written(tmp_path, f"title='one'\n[[pathology]]\n{row}\n"))
    assert spec.pathologies == (expected,)


def test_a_spec_says_who_how_and_where(tmp_path: Path) -> None:
    spec = read_spec(
        written(
            tmp_path,
            "title='all'\nseed=5\nfirst_level='T11'\nlast_level='L2'\nfield_mm=180\n"
            "focus_level='L1'\nmr=['T1', 'STIR']\nradiographs=true\n"
            "[patient]\nsex='male'\nheight_cm=181\nbone='severe'\nscoliosis_deg=-12\n"
            "extra_level='T13'\n"
            "[scan]\nspacing_mm=0.5\nstep_mm=3\nthickness_mm=5\ntilt_deg=10\nfeet_first=true\n",
        )
    )
    assert spec == CaseSpec(
        title="all",
        seed=5,
        first_level=VertebraLevel.T11,
        last_level=VertebraLevel.L2,
        focus_level=L1,
        field_mm=180.0,
        mr=(MrContrast.T1, MrContrast.STIR),
        radiographs=True,
        patient=ModelPatient(
            sex="male",
            height_cm=181.0,
            bone=BoneQuality.SEVERE,
            scoliosis_deg=-12.0,
            extra_level=VertebraLevel.T13,
        ),
        scan=ScanSettings(
            spacing_mm=0.5, step_mm=3.0, thickness_mm=5.0, tilt_deg=10.0, feet_first=True
        ),
    )


WRONG = {
    "an unknown key": ("title='x'\ncolour='red'", "colour"),
    "an unknown key of the patient": ("title='x'\n[patient]\nage=70", "age"),
    "an unknown key of a pathology": (
        "title='x'\n[[pathology]]\nkind='cleft'\nlevel='L1'\nsize=3",
        "size",
    ),
    "an unknown kind": ("title='x'\n[[pathology]]\nkind='shatter'\nlevel='L1'", "shatter"),
    "a kind left out": ("title='x'\n[[pathology]]\nlevel='L1'", "kind"),
    "a level left out": ("title='x'\n[[pathology]]\nkind='cleft'", "level"),
    "a level left out of a wedge": ("title='x'\n[[pathology]]\nkind='wedge'", ""),
    "a level that nobody has": ("title='x'\nfirst_level='Q7'", "Q7"),
    "a number as text": ("title='x'\nseed='one'", "seed"),
    "truth as a number": ("title='x'\nradiographs=1", "radiographs"),
    "a number as truth": ("title='x'\nfield_mm=true", "field_mm"),
    "a list as a number": ("title='x'\n[scan]\nspacing_mm=[1]", "spacing_mm"),
    "too few offsets": (
        "title='x'\n[[pathology]]\nkind='lesion'\nlevel='L1'\noffset_mm=[1, 2]",
        "offset_mm",
    ),
    "a title left out": ("seed=3", "title"),
    "a negative spacing": ("title='x'\n[scan]\nspacing_mm=-1", "spacing_mm"),
    "a steep tilt": ("title='x'\n[scan]\ntilt_deg=60", "tilt_deg"),
    "a giant": ("title='x'\n[patient]\nheight_cm=260", "height_cm"),
    "a bone nobody has": ("title='x'\n[patient]\nbone='glass'", "glass"),
    "an unknown leak": ("title='x'\n[[pathology]]\nkind='cement'\nlevel='L1'\nleaks=['X']", "X"),
    "too much lost": ("title='x'\n[[pathology]]\nkind='wedge'\nlevel='L1'\nseverity=1.5", ""),
    "a severity as text": (
        "title='x'\n[[pathology]]\nkind='wedge'\nlevel='L1'\nseverity='bad'",
        "severity",
    ),
    "a patient that is no table": ("title='x'\npatient='Smith'", "patient"),
    "a scan that is no table": ("title='x'\nscan=1", "scan"),
    "pathologies that are no list": ("title='x'\npathology='wedge'", "pathology"),
    "one pathology that is no table": ("title='x'\npathology=['wedge']", "pathology"),
    "a pathology as one table": ("title='x'\n[pathology]\nkind='wedge'\nlevel='L1'", "pathology"),
    "no number": ("title='x'\nfield_mm=nan", "field_mm"),
    "an endless step": ("title='x'\n[scan]\nstep_mm=inf", "step_mm"),
    "no TOML": ("title = = 3", "TOML"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_a_spec_cannot_say_is_one_sentence_with_its_path(tmp_path: Path, wrong: str) -> None:
    text, named = WRONG[wrong]
    path = written(tmp_path, text)
    with pytest.raises(PlannerError) as refused:
        read_spec(path)
    assert refused.value.path == path
    assert named in refused.value.message
    assert "\n" not in str(refused.value)
    assert "Traceback" not in str(refused.value)
    assert len(str(refused.value).replace(str(path), "")) < 420


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PlanProblem, match="no TOML"):
        read_spec(path)


@pytest.mark.parametrize("name", ["nowhere.toml", "."])
def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PlanProblem, match="cannot be read") as refused:
        read_spec(tmp_path / name)
    assert refused.value.hint


def test_a_name_that_is_no_spec_is_told_what_there_is() -> None:
    with pytest.raises(PlanProblem, match="unicorn") as refused:
        named_or_read_spec(Path("unicorn"))
    assert all(ready.id in refused.value.hint for ready in ready_specs())


def test_a_ready_spec_goes_by_its_id_and_a_file_by_its_path(tmp_path: Path) -> None:
    assert named_or_read_spec(Path("wedge-t12")) == ready_spec("wedge-t12")
    path = written(tmp_path, "title='mine'")
    assert named_or_read_spec(path).title == "mine"


def test_there_are_ready_specs_of_each_kind_a_sample_needs() -> None:
    ids = {ready.id for ready in ready_specs()}
    assert {"healthy", "wedge-t12", "biconcave-l1", "crush-l2"} <= ids


@pytest.mark.parametrize("ready", ready_specs(), ids=lambda ready: ready.id)
def test_each_ready_spec_builds_and_its_field_holds_its_levels(ready) -> None:
    spec = ready.spec
    assert spec.title
    assert "odel" in spec.description
    model = build_model(spec.patient, spec.pathologies, spec.seed)
    field = case_field(spec, model)
    inside = levels_within(model, field.upright_grid)
    order = [vertebra.level for vertebra in model.spine.vertebrae]
    first, last = order.index(spec.first_level), order.index(spec.last_level)
    assert set(order[first : last + 1]) <= set(inside)
    for level in (spec.focus_level, *(p.level for p in spec.pathologies)):
        assert level in inside


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"first_level": "T13"}, "no vertebra T13"),
        ({"last_level": "L6"}, "no vertebra L6"),
        ({"first_level": "L3", "last_level": "T11"}, "L3 lies below T11"),
        ({"focus_level": "C7"}, "no vertebra C7"),
    ],
)
def test_a_field_of_levels_that_do_not_exist_or_stand_upside_down_is_refused(
    changes: dict[str, str], match: str
) -> None:
    spec = spec_from_table({"title": "x", **changes})
    with pytest.raises(PlanProblem, match=match):
        case_field(spec, build_model(spec.patient, spec.pathologies, spec.seed))


def test_a_trunk_that_is_wider_is_wider_only_around_the_spine() -> None:
    slim, stout = (
        build_model(ModelPatient(waist_mm=waist, variation=0.0), (), 1) for waist in (280.0, 440.0)
    )
    assert stout.stacks.ovals[0, :, 2].max() > 1.4 * slim.stacks.ovals[0, :, 2].max()
    aorta = slim.stacks.ids.index("aorta")
    assert stout.stacks.ovals[aorta, :, 2].max() == pytest.approx(
        slim.stacks.ovals[aorta, :, 2].max()
    )
