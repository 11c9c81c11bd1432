"""A snapshot that no longer says whose it is."""

import hashlib
import uuid

import attrs

from planner.dicom.study_reference import PatientIdentity, StudyReference
from planner.export.hand_measurement import HandMeasurement
from planner.export.snapshot import REMOVED_TIME, PlanSnapshot
from planner.export.source_images import SourceImages, StudyHeader
from planner.planning.plan import (
    AcceptedFinding,
    KeptVariant,
    LevelVariants,
    Plan,
    VariantLabel,
)

REMOVED_REASON = "reason left out"
"""Stands where the user's own words were taken out together with the patient's identity."""
_DIGITS = 8


def deidentified(snapshot: PlanSnapshot) -> PlanSnapshot:
    """Return the snapshot without identity, dates, free text of the scanner and paths.

    UIDs are replaced by others that are always the same for the same original, so that exports
    of one study still belong together. Somebody who holds the original UIDs can recompute them:
    this is a pseudonym, not anonymity. The voxels' hash stays, which finds the same images
    again. Why a finding was accepted and what a variant is called are left out, because the user
    may have named somebody there.
    Pictures are taken over as they are; they show anatomy only.
    """
    levels = " ".join(level.level.name for level in snapshot.plan.levels)
    return attrs.evolve(
        snapshot,
        title=f"Plan {levels}".strip(),
        study=_without_identity(snapshot.study),
        plan=_without_words(snapshot.plan),
        made_at=REMOVED_TIME,
        source=None if snapshot.source is None else _without_identifiers(snapshot.source),
        measured=tuple(map(_without_image_names, snapshot.measured)),
        is_deidentified=True,
    )


def _without_words(plan: Plan) -> Plan:
    # Free text may name the patient.
    return attrs.evolve(
        plan,
        accepted=_without_reasons(plan.accepted),
        variants=tuple(_without_names(item) for item in plan.variants),
    )


def _without_reasons(accepted: tuple[AcceptedFinding, ...]) -> tuple[AcceptedFinding, ...]:
    return tuple(attrs.evolve(item, reason=REMOVED_REASON) for item in accepted)


def _without_names(variants: LevelVariants) -> LevelVariants:
    return LevelVariants(
        VariantLabel(variants.active.letter),
        tuple(
            KeptVariant(VariantLabel(item.label.letter), item.plan, _without_reasons(item.accepted))
            for item in variants.kept
        ),
    )


def _without_image_names(item: HandMeasurement) -> HandMeasurement:
    image = attrs.evolve(
        item.image,
        study_uid=_replaced(item.image.study_uid),
        series_uid=_replaced(item.image.series_uid),
        sop_instance_uid=_replaced(item.image.sop_instance_uid),
        description="",
    )
    return attrs.evolve(item, image=image)


def _replaced(uid: str) -> str:
    return deidentified_uid(uid) if uid else ""


def _without_identifiers(source: SourceImages) -> SourceImages:
    images = tuple(
        attrs.evolve(image, sop_instance_uid=deidentified_uid(image.sop_instance_uid))
        for image in source.images
    )
    return attrs.evolve(source, images=images, header=StudyHeader())


def _without_identity(study: StudyReference) -> StudyReference:
    # Not from the patient's id: there are few enough of those to try them all.
    pseudonym = hashlib.sha256(study.study_uid.encode()).hexdigest()[:_DIGITS]
    frame_uid = study.frame_of_reference_uid
    return attrs.evolve(
        study,
        path="",
        study_uid=deidentified_uid(study.study_uid),
        series_uid=deidentified_uid(study.series_uid),
        frame_of_reference_uid=None if frame_uid is None else deidentified_uid(frame_uid),
        patient=PatientIdentity(name="De-identified", patient_id=f"P-{pseudonym}"),
        study_date="",
        description="",
    )


def deidentified_uid(uid: str) -> str:
    """Return a UID of the form DICOM PS3.5 B.2 gives to UUIDs."""
    digest = hashlib.sha256(f"vertebroplan {uid}".encode()).digest()
    return f"2.25.{uuid.UUID(bytes=digest[:16], version=4).int}"
