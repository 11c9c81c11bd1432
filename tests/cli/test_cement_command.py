"""The command that pictures cement, to the letter of its contract."""

DESTINATIONS = ["canal", "foramen", "vein", "disc", "soft tissue", "needle track"]


def test_the_fill_of_a_case_tells_volumes_leaks_and_times(vertebroplan, a_planned_case):
    case, _ = a_planned_case
    ended = vertebroplan("cement", case, "--volume", "3", "--runs", "6", "--seed", "2", "--json")
    assert ended.status == 0, ended.stderr
    (fill,) = ended.document["fills"]
    assert fill["level"] == "T12"
    assert fill["volume_ml"] == 3.0
    assert abs(fill["filled_ml"] - 3.0) < 0.03
    ranks = [DESTINATIONS.index(leak["destination"]) for leak in fill["leaks"]]
    assert ranks == sorted(ranks)
    for leak in fill["leaks"]:
        assert leak["class"] in {"B", "S", "C", "D", None}
        assert 0.0 < leak["share_of_runs"] <= 1.0
        assert 0.0 < leak["volume_at_leak_ml"] <= 3.0
        assert len(leak["path_lps_mm"]) >= 2
    assert {"warm", "fill"} <= ended.document["seconds"].keys()


def test_the_same_seed_gives_the_same_fills(vertebroplan, a_planned_case):
    case, _ = a_planned_case
    words = ("cement", case, "--runs", "4", "--seed", "9", "--json")
    first, again = vertebroplan(*words), vertebroplan(*words)
    assert first.document["fills"] == again.document["fills"]


def test_what_is_printed_promises_nothing(vertebroplan, a_planned_case):
    case, _ = a_planned_case
    ended = vertebroplan("cement", case, "--runs", "2", "--volume", "0.5")
    assert ended.status == 0
    assert "found no route" in ended.stdout or "share" in ended.stdout or "runs" in ended.stdout
    assert "safe" not in ended.stdout
    assert "probability" not in ended.stdout


def test_a_plan_lists_the_leaks_of_its_cement(a_planned_case):
    _, document = a_planned_case
    (level,) = document["levels"]
    assert isinstance(level["cement"]["leaks"], list)


def test_a_file_that_is_no_case_ends_with_one_sentence(vertebroplan, tmp_path):
    stray = tmp_path / "stray.vplan"
    stray.write_text("no case")
    ended = vertebroplan("cement", stray, "--json")
    assert ended.status == 1
    assert ended.document["error"]["path"] == str(stray)
    assert "Traceback" not in ended.stderr
