"""Electrodes go from cell to cell; what is voided goes nowhere."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from cells.assembly import assemble_cell, harvest_electrode
from cells.events import log_event
from cells.models import Cell
from labsite.access.models import Project, User
from labsite.access.recording import EditConflictError, create_record, void_record
from samples.models import Electrode, Film
from samples.processing import (
    StepDetails,
    create_electrode,
    infiltrate_electrode,
    log_step,
    state_of,
)
from tests.factories import NOON, BatchFactory, CoatingFactory, FilmFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def electrode(project: Project, user: User) -> Electrode:
    coating = CoatingFactory(project=project)
    electrode = Electrode(project=project, coating=coating, diameter_mm=12.0, made_at=NOON)
    return create_electrode(electrode=electrode, by=user)


def new_cell(project: Project, film: Film | None = None, at=NOON) -> Cell:
    """A cell in a die, whose plungers are the electrodes."""
    kind, die = Cell.Type.SYMMETRIC_BLOCKING, Cell.Format.PEEK_DIE
    return Cell(project=project, cell_type=kind, format=die, film=film, assembled_at=at)


def assembled(electrode: Electrode, user: User, at=NOON) -> Cell:
    cell = new_cell(electrode.project, at=at)
    return assemble_cell(cell=cell, electrodes={"positive": electrode}, by=user)


def test_a_voided_cell_gives_its_electrodes_free(electrode: Electrode, user: User) -> None:
    cell = assembled(electrode, user)
    with pytest.raises(ValidationError, match="is in a cell"):
        assembled(electrode, user, at=NOON + timedelta(days=1))
    void_record(record=cell, by=user, reason="logged twice")
    assert state_of(electrode) == "harvested"
    assert electrode.events.last().note == f"{cell.code} voided"
    assert cell.places.get().removed_at == cell.voided_at
    later = cell.voided_at + timedelta(days=1)
    assert assembled(electrode, user, at=later).places.get().electrode == electrode


def test_a_record_is_voided_once(electrode: Electrode, user: User) -> None:
    void_record(record=electrode, by=user, reason="torn")
    with pytest.raises(EditConflictError, match=r"is voided already \(torn\)"):
        void_record(record=electrode, by=user, reason="lost")


def test_nothing_new_is_made_from_what_is_voided(
    project: Project, electrode: Electrode, user: User
) -> None:
    batch, film = BatchFactory(project=project), FilmFactory(project=project)
    for record in (batch, film, electrode):
        void_record(record=record, by=user, reason="wrong lot")
    sentence = r"is voided \(wrong lot\); it cannot be used any more"
    with pytest.raises(ValidationError, match=f"{film.code} {sentence}"):
        assemble_cell(cell=new_cell(project, film), electrodes={}, by=user)
    with pytest.raises(ValidationError, match=f"{batch.code} {sentence}"):
        create_record(record=Film(project=project, batch=batch), by=user)
    with pytest.raises(ValidationError, match=f"{electrode.code} {sentence}"):
        assembled(electrode, user)
    with pytest.raises(ValidationError, match=f"{electrode.code} {sentence}"):
        infiltrate_electrode(electrode=electrode, batch=BatchFactory(project=project), by=user)
    with pytest.raises(ValidationError, match=f"{film.code} {sentence}"):
        log_step(sample=film, kind="drying", by=user)
    assert not Cell.objects.exists()


def test_nothing_more_happens_to_a_voided_cell(electrode: Electrode, user: User) -> None:
    cell = assembled(electrode, user)
    void_record(record=cell, by=user, reason="wrong")
    with pytest.raises(ValidationError, match="is voided"):
        log_event(cell=cell, kind="on_test", at=NOON, by=user)


def test_an_electrode_logged_after_its_cell_was_built_is_still_in_the_cell(
    electrode: Electrode, user: User
) -> None:
    assembled(electrode, user, at=NOON - timedelta(days=2))
    assert state_of(electrode) == "in_cell"


def test_what_happens_to_an_electrode_happens_in_order(
    project: Project, electrode: Electrode, user: User
) -> None:
    cell = assembled(electrode, user)
    harvest_electrode(place=cell.places.get(), by=user, at=NOON + timedelta(days=9))
    early = NOON + timedelta(days=3)
    with pytest.raises(ValidationError, match="is harvested since 2026-03-11 12:00 UTC"):
        assembled(electrode, user, at=early)
    with pytest.raises(ValidationError, match="found 2026-03-05 12:00 UTC"):
        infiltrate_electrode(
            electrode=electrode,
            batch=BatchFactory(project=project),
            by=user,
            details=StepDetails(performed_at=early),
        )
