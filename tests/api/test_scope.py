"""Who sees and changes what: strangers nothing, viewers read, members write, managers the lab."""

import pytest
from rest_framework.test import APIClient

from labsite.access.models import Membership
from labsite.api import router
from tests import factories as make

MAKERS = {
    "projects": lambda project: project,
    "chemicals": lambda _project: make.ChemicalFactory(),
    "lots": lambda _project: make.LotFactory(),
    "stock-entries": lambda _project: make.StockEntryFactory(),
    "batches": lambda project: make.BatchFactory(project=project),
    "films": lambda project: make.FilmFactory(project=project),
    "coatings": lambda project: make.CoatingFactory(project=project),
    "electrodes": lambda project: make.ElectrodeFactory(project=project),
    "electrode-events": lambda project: make.ElectrodeEventFactory(electrode__project=project),
    "steps": lambda project: make.StepFactory(batch__project=project),
    "consumptions": lambda project: make.ConsumptionFactory(step__batch__project=project),
    "cells": lambda project: make.CellFactory(project=project),
    "cell-events": lambda project: make.CellEventFactory(cell__project=project),
    "instruments": lambda _project: make.InstrumentFactory(),
    "channel-uses": lambda project: make.ChannelUseFactory(cell__project=project),
    "lab-formats": lambda _project: make.LabFormatFactory(),
    "sensors": lambda _project: make.SensorFactory(),
    "measurements": lambda project: (
        make.RawFileFactory(
            measurement=make.MeasurementFactory(cell__project=project, done=True)
        ).measurement
    ),
    "attachments": lambda project: make.AttachmentFactory(cell__project=project),
    "runs": lambda project: make.RunFactory(measurement__cell__project=project),
    "metrics": lambda project: make.MetricFactory(run__measurement__cell__project=project),
}
LAB_WIDE = {"chemicals", "lots", "instruments", "lab-formats", "sensors"}
LEDGERS = {"stock-entries"}
"""Read by all, written by nobody."""
PLUG_INS = {"methods", "formats"}
FILE = "(?P<file>[^/.]+)"
SCOPED = sorted(set(MAKERS) - LAB_WIDE - LEDGERS)
RECORDS = ["batches", "cells", "coatings", "electrodes", "films", "measurements"]
ACTIONS = [
    (prefix, action.url_path, method)
    for prefix, viewset, _name in router.registry
    for action in viewset.get_extra_actions()
    for method in action.mapping
]


@pytest.fixture
def outsider(as_person) -> APIClient:
    """A client of somebody who works in another project."""
    return as_person(make.MembershipFactory(role=Membership.Role.MANAGER).user)


def url(prefix: str, row=None, action: str = "") -> str:
    base = f"/api/v1/{prefix}/"
    if FILE in action:
        action = action.replace(FILE, str(row.raw_files.get().pk))
    return base if row is None else f"{base}{row.pk}/" + (f"{action}/" if action else "")


def test_every_route_is_looked_at_here():
    assert {prefix for prefix, _viewset, _name in router.registry} == set(MAKERS) | PLUG_INS


@pytest.mark.parametrize("prefix", SCOPED)
@pytest.mark.parametrize("who", ["stranger", "outsider"])
def test_a_stranger_sees_nothing_of_a_project(request, as_person, project, prefix, who):
    client = as_person(request.getfixturevalue("stranger"))
    if who == "outsider":
        client = request.getfixturevalue("outsider")
    row = MAKERS[prefix](project)
    listed = client.get(url(prefix)).json()["results"]
    assert str(row.pk) not in {one.get("id") for one in listed}
    if prefix == "metrics":
        assert listed == []
    else:
        assert client.get(url(prefix, row)).status_code == 404


@pytest.mark.parametrize("prefix", RECORDS)
@pytest.mark.parametrize("who", ["stranger", "outsider"])
def test_a_stranger_cannot_change_what_it_does_not_see(request, as_person, project, prefix, who):
    client = as_person(request.getfixturevalue("stranger"))
    if who == "outsider":
        client = request.getfixturevalue("outsider")
    row = MAKERS[prefix](project)
    assert client.patch(url(prefix, row), {"notes": "x", "version": 1}).status_code == 404
    assert client.delete(f"{url(prefix, row)}?reason=x").status_code == 404
    row.refresh_from_db()
    assert (row.version, row.voided_at) == (1, None)


@pytest.mark.parametrize(
    ("prefix", "action", "method"), [one for one in ACTIONS if one[0] not in LAB_WIDE]
)
@pytest.mark.parametrize("who", ["stranger", "outsider"])
def test_a_stranger_reaches_no_action(request, as_person, project, prefix, action, method, who):
    client = as_person(request.getfixturevalue("stranger"))
    if who == "outsider":
        client = request.getfixturevalue("outsider")
    row = MAKERS[prefix](project)
    assert getattr(client, method)(url(prefix, row, action)).status_code == 404


@pytest.mark.parametrize(
    ("prefix", "action"),
    [(prefix, action) for prefix, action, method in ACTIONS if method == "post"],
)
def test_a_viewer_does_nothing(as_person, viewer, project, prefix, action):
    row = MAKERS[prefix](project)
    assert as_person(viewer).post(url(prefix, row, action), {}).status_code == 403


@pytest.mark.parametrize("prefix", sorted(MAKERS))
def test_a_member_and_a_viewer_read(api, as_person, viewer, project, prefix):
    row = MAKERS[prefix](project)
    for client in (api, as_person(viewer)):
        assert len(client.get(url(prefix)).json()["results"]) >= 1
        if prefix != "metrics":
            assert client.get(url(prefix, row)).status_code == 200


@pytest.mark.parametrize("prefix", RECORDS)
def test_a_viewer_is_told_that_it_may_not_write(as_person, viewer, project, prefix):
    client, row = as_person(viewer), MAKERS[prefix](project)
    for answer in (
        client.patch(url(prefix, row), {"notes": "x", "version": 1}),
        client.delete(f"{url(prefix, row)}?reason=x"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    row.refresh_from_db()
    assert row.version == 1


def test_a_viewer_creates_nothing(as_person, viewer, project):
    client = as_person(viewer)
    cell = make.CellFactory(project=project)
    bodies = {
        "batches": {"project": project.name, "kind": "dem"},
        "cell-events": {"cell": cell.code, "kind": "cut"},
        "steps": {"batch": cell.film.batch.code, "kind": "mixing"},
        "chemicals": {"name": "a", "short_name": "a", "role": "salt"},
    }
    for prefix, body in bodies.items():
        assert client.post(url(prefix), body).status_code == 403, prefix


def test_a_viewer_who_is_a_member_elsewhere_still_only_reads_here(as_person, viewer, project):
    make.MembershipFactory(user=viewer)
    answer = as_person(viewer).post(url("batches"), {"project": project.name, "kind": "dem"})
    assert answer.status_code == 403


@pytest.mark.parametrize("prefix", sorted(LEDGERS))
def test_ledgers_are_read_by_all_and_written_by_nobody(
    as_person, stranger, manager, project, prefix
):
    row = MAKERS[prefix](project)
    assert as_person(stranger).get(url(prefix, row)).status_code == 200
    for method in ("post", "patch", "put", "delete"):
        assert getattr(as_person(manager), method)(url(prefix, row), {}).status_code == 405


@pytest.mark.parametrize("prefix", sorted(LAB_WIDE))
def test_lab_wide_records_are_read_by_all_and_changed_by_managers(
    api, manage, as_person, stranger, project, prefix
):
    row = MAKERS[prefix](project)
    assert as_person(stranger).get(url(prefix, row)).status_code == 200
    body = {"notes": "x", "version": 1}
    for client in (as_person(stranger), api):
        assert client.patch(url(prefix, row), body).status_code == 403
        assert client.delete(f"{url(prefix, row)}?reason=x").status_code == 403
    assert manage.patch(url(prefix, row), body).status_code == 200


@pytest.mark.parametrize(
    ("prefix", "body"),
    [
        ("films", {"batch": "code"}),
        ("cells", {"cell_type": "full_cell", "batch": "code"}),
        ("steps", {"kind": "mixing", "batch": "code"}),
    ],
)
def test_a_reference_to_a_foreign_record_is_the_same_as_to_none(outsider, project, prefix, body):
    foreign = make.BatchFactory(project=project)
    mine = outsider.get(url("projects")).json()["results"][0]["name"]
    if prefix != "steps":
        body = body | {"project": mine}
    answers = [
        outsider.post(url(prefix), body | {"batch": code}).json()
        for code in (foreign.code, str(foreign.pk), "EB-1999-0001")
    ]
    whats = {answer["errors"][0]["what"] for answer in answers}
    assert whats == {"There is no such one that you may use."}


def test_a_foreign_record_in_the_lineage_shows_no_code(api, project):
    foreign = make.FilmFactory()
    cell = make.CellFactory(project=project, film=foreign)
    body = api.get(url("cells", cell)).json()
    assert body["film"] == {"id": str(foreign.pk), "code": None, "url": None}


def test_the_code_of_a_foreign_record_cannot_be_found_by_asking_for_it(api, project):
    place = make.PlaceFactory(cell__project=project, electrode=make.ElectrodeFactory())
    own = make.PlaceFactory(cell__project=project)
    address = f"/api/v1/cells/?electrode={place.electrode.code}"
    assert api.get(address).json()["results"] == []
    found = api.get(f"/api/v1/cells/?electrode={own.electrode.code}").json()["results"]
    assert [cell["code"] for cell in found] == [own.cell.code]


def test_nobody_gets_in_without_a_key(db, project):
    nobody = APIClient()
    for prefix in (*MAKERS, *PLUG_INS, "files"):
        answer = nobody.get(url(prefix))
        assert answer.status_code == 401, prefix
        assert answer["WWW-Authenticate"] == "Token"
        assert answer.json()["code"] == "not_authenticated"


def test_a_superuser_sees_all(as_person, project):
    film = make.FilmFactory(project=project)
    client = as_person(make.UserFactory(is_superuser=True))
    assert client.get(url("films", film)).status_code == 200
    assert len(client.get(url("metrics")).json()["results"]) == 0
