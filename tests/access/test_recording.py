"""Creating, changing and voiding records."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from labsite.access.models import Project, User
from labsite.access.recording import (
    EditConflictError,
    create_record,
    update_record,
    void_record,
)
from samples.models import Chemical, ElectrolyteBatch, Film
from tests.factories import BatchFactory, FilmFactory

pytestmark = pytest.mark.django_db


def batch(project: Project, **fields: object) -> ElectrolyteBatch:
    return ElectrolyteBatch(project=project, dem_molar_ratio=4, mole_fraction_am=0.8, **fields)


def test_a_member_creates_a_batch_with_a_code(project: Project, user: User) -> None:
    stored = create_record(record=batch(project), by=user)
    assert stored.code.startswith("EB-")
    assert stored.created_by == user
    assert stored.history.count() == 1


def test_a_viewer_and_a_stranger_may_not_create(
    project: Project, viewer: User, stranger: User
) -> None:
    for person in (viewer, stranger):
        with pytest.raises(PermissionDenied):
            create_record(record=batch(project), by=person)
    assert not ElectrolyteBatch.objects.exists()


def test_lab_wide_records_are_written_by_managers_only(user: User, manager: User) -> None:
    for person, allowed in ((user, False), (manager, True)):
        chemical = Chemical(name="acrylamide", short_name="AM", role=Chemical.Role.MONOMER)
        if allowed:
            assert create_record(record=chemical, by=person).code.startswith("CH-")
        else:
            with pytest.raises(PermissionDenied):
                create_record(record=chemical, by=person)


def test_x_above_1_is_refused_and_draws_no_code(project: Project, user: User) -> None:
    wrong = ElectrolyteBatch(project=project, dem_molar_ratio=4, mole_fraction_am=1.2)
    with pytest.raises(ValidationError):
        create_record(record=wrong, by=user)
    assert create_record(record=batch(project), by=user).code.endswith("-0001")


def test_the_database_itself_refuses_an_impossible_x(project: Project) -> None:
    with pytest.raises(IntegrityError, match="x_between_0_and_1"):
        BatchFactory(project=project, mole_fraction_am=1.2)


def test_an_elastic_batch_needs_ratio_and_x(project: Project, user: User) -> None:
    with pytest.raises(ValidationError, match="NMA:LiFSI ratio"):
        create_record(record=ElectrolyteBatch(project=project), by=user)


def test_the_second_of_two_editors_is_told(project: Project, user: User) -> None:
    stored = create_record(record=batch(project), by=user)
    first = ElectrolyteBatch.objects.get(pk=stored.pk)
    second = ElectrolyteBatch.objects.get(pk=stored.pk)
    first.uv_time_s = 300
    update_record(record=first, by=user, expected_version=1)
    second.uv_time_s = 600
    with pytest.raises(EditConflictError, match="somebody else"):
        update_record(record=second, by=user, expected_version=1)
    stored.refresh_from_db()
    assert (stored.uv_time_s, stored.version) == (300, 2)
    assert [entry.uv_time_s for entry in stored.history.all()] == [300, None]


def test_nobody_moves_a_record_into_a_project_where_they_may_not_write(
    project: Project, user: User
) -> None:
    stored = create_record(record=batch(project), by=user)
    stored.project = Project.objects.create(name="elsewhere")
    with pytest.raises(PermissionDenied):
        update_record(record=stored, by=user, expected_version=1)


def test_voiding_needs_a_reason_and_keeps_what_was_made(project: Project, user: User) -> None:
    film = FilmFactory(project=project)
    with pytest.raises(ValueError, match="Say why"):
        void_record(record=film.batch, by=user, reason=" ")
    void_record(record=film.batch, by=user, reason="wrong lot")
    assert not ElectrolyteBatch.objects.valid().exists()
    assert Film.objects.get().batch.void_reason == "wrong lot"


def test_a_voided_record_stays_as_it_is(project: Project, user: User) -> None:
    stored = create_record(record=batch(project), by=user)
    void_record(record=stored, by=user, reason="wrong lot")
    with pytest.raises(ValidationError, match=r"voided \(wrong lot\)"):
        update_record(record=stored, by=user, expected_version=2)


def test_a_stranger_sees_nothing_and_a_member_only_its_projects(
    project: Project, user: User, stranger: User
) -> None:
    mine, foreign = BatchFactory(project=project), BatchFactory()
    assert list(ElectrolyteBatch.objects.visible_to(user)) == [mine]
    assert not ElectrolyteBatch.objects.visible_to(stranger).exists()
    assert foreign.project not in Project.objects.visible_to(user)
