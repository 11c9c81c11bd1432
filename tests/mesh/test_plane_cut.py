import numpy as np
import pytest

from planner.geometry.planes import Plane
from planner.geometry.shapes import Segment, capsule_between
from planner.mesh.plane_cut import as_segments, outlines_cut_by_plane, segments_cut_by_plane
from planner.mesh.queries import first_hit_lps_mm
from planner.mesh.shapes import capsule_mesh, cylinder_mesh


def test_a_plane_across_a_needle_cuts_a_circle_of_its_radius() -> None:
    mesh = cylinder_mesh(Segment((5, 5, 0), (5, 5, 50)), 1.7)
    (outline,) = outlines_cut_by_plane(mesh, Plane((0, 0, 20), (0, 0, 1)))
    assert np.allclose(outline[:, 2], 20.0)
    away_mm = np.linalg.norm(outline[:, :2] - 5.0, axis=1)
    assert away_mm == pytest.approx(1.7, rel=0.01)


def test_an_oblique_cut_is_a_closed_ring_that_lies_on_plane_and_surface() -> None:
    capsule = capsule_between((0, 0, 0), (12, 3, 1), 6.0)
    plane = Plane((4, 1, 1), (0.3, 0.5, 0.8))
    (outline,) = outlines_cut_by_plane(capsule_mesh(capsule), plane)
    segments = as_segments((outline,))
    assert np.abs(plane.signed_distance_mm(outline)).max() < 1e-9
    assert np.abs(capsule.signed_distance_mm(outline)).max() < 0.1
    assert np.array_equal(segments[:-1, 1], segments[1:, 0])
    assert np.array_equal(segments[-1, 1], segments[0, 0])
    assert np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1).max() < 5.0


def test_two_separate_parts_give_two_outlines() -> None:
    bent = capsule_mesh(capsule_between((0, 0, 0), (0, 0, 0), 5.0))
    other = capsule_mesh(capsule_between((30, 0, 0), (30, 0, 0), 3.0))
    both = type(bent)(
        np.concatenate([bent.vertices_lps_mm, other.vertices_lps_mm]),
        np.concatenate([bent.faces, other.faces + len(bent.vertices_lps_mm)]),
    )
    outlines = outlines_cut_by_plane(both, Plane((0, 0, 1), (0, 0, 1)))
    middles = sorted(float(np.ptp(loop[:, 0]) / 2 + loop[:, 0].min()) for loop in outlines)
    assert middles == pytest.approx([0.0, 30.0], abs=0.1)


def test_a_plane_beside_a_mesh_cuts_nothing() -> None:
    mesh = capsule_mesh(capsule_between((0, 0, 0), (9, 0, 0), 4.0))
    assert outlines_cut_by_plane(mesh, Plane((0, 0, 4.5), (0, 0, 1))) == ()
    assert as_segments(()).shape == (0, 2, 3)


def test_a_ray_meets_the_near_side_of_a_ball() -> None:
    mesh = capsule_mesh(capsule_between((1, 2, 3), (1, 2, 3), 5.0))
    hit = first_hit_lps_mm(mesh, (1, 2, 40), (0, 0, -1))
    assert hit == pytest.approx((1, 2, 8), abs=1e-6)


def test_a_ray_beside_or_away_from_a_ball_meets_nothing() -> None:
    mesh = capsule_mesh(capsule_between((0, 0, 0), (0, 0, 0), 5.0))
    assert first_hit_lps_mm(mesh, (5.2, 0, 40), (0, 0, -1)) is None
    assert first_hit_lps_mm(mesh, (0, 0, 40), (0, 0, 1)) is None


def test_the_pieces_of_a_cut_are_as_long_as_its_outline_and_lie_in_the_plane() -> None:
    ball = capsule_mesh(capsule_between((1, 2, 3), (1, 2, 3), 10.0))
    plane = Plane((1.0, 2.0, 5.0), (0.1, -0.2, 0.9))
    pieces = segments_cut_by_plane(ball, plane)
    assert np.abs(plane.signed_distance_mm(pieces.reshape(-1, 3))).max() < 1e-9
    (outline,) = outlines_cut_by_plane(ball, plane, 0.0)
    around = np.linalg.norm(np.diff(as_segments((outline,)), axis=1), axis=2).sum()
    assert np.linalg.norm(np.diff(pieces, axis=1), axis=2).sum() == pytest.approx(around)


def test_a_plane_that_misses_cuts_no_pieces() -> None:
    ball = capsule_mesh(capsule_between((0, 0, 0), (0, 0, 0), 10.0))
    assert segments_cut_by_plane(ball, Plane((0.0, 0.0, 50.0), (0.0, 0.0, 1.0))).shape == (0, 2, 3)
