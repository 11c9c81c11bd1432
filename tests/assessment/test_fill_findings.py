"""What is said about a fill study: shares of runs, never a promise."""

import pytest

from planner.assessment.evidence import PROCEDURE_EVIDENCE, leak_odds_rows, leak_rate_words
from planner.assessment.fill_findings import leak_words
from planner.planning.plan import Procedure
from planner.simulation.cement_runs import LeakShare
from planner.simulation.cement_zones import Destination, LeakClass


def test_a_leak_is_told_with_its_way_its_share_of_runs_and_its_volume():
    leak = LeakShare(Destination.CANAL, LeakClass.BASIVERTEBRAL, 0.3, 2.14, 1.6, ((0, 0, 0),))
    words = leak_words(leak, 200)
    assert "into the canal" in words
    assert "class B" in words
    assert "30% of 200 runs" in words
    assert "2.1 ml" in words
    assert "probab" not in words


@pytest.mark.parametrize(
    ("procedure", "pooled", "by_ct"),
    [(Procedure.VERTEBROPLASTY, "55%", "82%"), (Procedure.KYPHOPLASTY, "18%", "73%")],
)
def test_leak_rates_stand_beside_how_leaks_were_looked_for(procedure, pooled, by_ct):
    words = leak_rate_words(procedure)
    assert pooled in words
    assert f"{by_ct} of levels where each was looked for with CT" in words


def test_evidence_against_stands_beside_evidence_for():
    text = " ".join(row.text + row.source for row in PROCEDURE_EVIDENCE)
    for name in ("CD006349", "VERTOS IV", "VAPOUR", "contested"):
        assert name in text
    assert len(leak_odds_rows()) == 3
