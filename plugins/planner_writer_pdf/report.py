"""The surgical report as PDF; loads reportlab."""

from typing import BinaryIO

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, NextPageTemplate, PageTemplate

from planner.export.snapshot import PlanSnapshot
from planner.foundation.progress import Progress
from planner_writer_pdf import words
from planner_writer_pdf.counted_canvas import counted_canvas
from planner_writer_pdf.front_and_back import back, front
from planner_writer_pdf.level_pages import findings_block, level_pages, picture_block
from planner_writer_pdf.measured_by_hand import measured_by_hand
from planner_writer_pdf.paper import (
    CONTENT_WIDTH,
    FOOTER_HEIGHT,
    HEADER_HEIGHT,
    MARGIN,
    PAGE_HEIGHT,
    RunningText,
    draw_foot,
    draw_head,
    register_fonts,
)


def write_report(snapshot: PlanSnapshot, into: BinaryIO, progress: Progress) -> None:
    """Write the report."""
    register_fonts()
    progress(0.1, "Setting the pages")
    running = _running_text(snapshot)

    def later(canvas: Canvas, document: BaseDocTemplate) -> None:
        del document
        draw_head(canvas, running)

    def foot(canvas: Canvas, number: int, count: int) -> None:
        draw_foot(canvas, running, number, count)

    document = BaseDocTemplate(
        into,
        pagesize=(CONTENT_WIDTH + 2 * MARGIN, PAGE_HEIGHT),
        title="Surgical plan",
        author=snapshot.software,
        subject=snapshot.disclaimer,
        creator=snapshot.software,
        invariant=1,
        pageTemplates=[
            PageTemplate("first", [_frame(MARGIN)]),
            PageTemplate("later", [_frame(HEADER_HEIGHT + 4)], onPage=later),
        ],
    )
    story = _story(snapshot)
    progress(0.5, "Writing the pages")
    document.build(story, canvasmaker=counted_canvas(foot))


def _story(snapshot: PlanSnapshot) -> list[Flowable]:
    story: list[Flowable] = [NextPageTemplate("later"), *front(snapshot)]
    for level in snapshot.plan.levels:
        story += level_pages(level, snapshot)
    story += findings_block(
        "Findings of the whole plan", snapshot.assessment.findings, snapshot.plan
    )
    story += picture_block([picture for picture in snapshot.pictures if picture.level is None])
    return [*story, *measured_by_hand(snapshot.measured), *back(snapshot)]


def _frame(top: float) -> Frame:
    return Frame(
        MARGIN,
        FOOTER_HEIGHT,
        CONTENT_WIDTH,
        PAGE_HEIGHT - FOOTER_HEIGHT - top,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )


def _running_text(snapshot: PlanSnapshot) -> RunningText:
    patient = snapshot.study.patient
    levels = ", ".join(level.level.name for level in snapshot.plan.levels)
    return RunningText(
        patient=words.person(patient.name),
        patient_id=patient.patient_id,
        subject=f"Surgical plan {levels}",
        disclaimer=snapshot.disclaimer,
        made=f"{snapshot.software}, {words.moment(snapshot.made_at)}",
    )
