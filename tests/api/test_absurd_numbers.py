"""Numbers that nothing can be worked out from are refused, not stored and not a defect."""

from http import HTTPStatus

import pytest

from samples.models import Electrode, ProcessStep
from tests import factories


@pytest.fixture
def sent(project):
    """What makes an electrode."""
    return {"project": project.name, "coating": factories.CoatingFactory(project=project).code}


@pytest.mark.parametrize(
    "readings",
    [
        [10, 10],
        "10; 10",
        {"mass_mg": [10**400, 1]},
        {"mass_mg": [1e308, 1e308]},
        {"mass_mg_u": 10**400},
    ],
)
def test_readings_that_are_none_are_refused(api, sent, readings):
    answer = api.post(
        "/api/v1/electrodes/", {**sent, "mass_mg": 10, "readings": readings}, format="json"
    )
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "readings" in answer.json()["detail"]
    assert not Electrode.objects.exists()


@pytest.mark.parametrize("diameter", [1e308, 1e160, 1e-160])
def test_a_disc_whose_area_is_no_number_is_refused_and_the_list_is_still_read(api, sent, diameter):
    answer = api.post("/api/v1/electrodes/", {**sent, "diameter_mm": diameter}, format="json")
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "numbers from 1e-100 to 1e+30 are allowed" in answer.json()["detail"]
    assert api.get("/api/v1/electrodes/").json()["results"] == []


def test_a_dose_that_is_no_number_is_refused(api, project):
    film = factories.FilmFactory(project=project)
    actual = {"uv_intensity_mw_cm2": 1e200, "uv_time_s": 1e200}
    sent = {"kind": "uv_cure", "film": film.code, "actual": actual}
    answer = api.post("/api/v1/steps/", sent, format="json")
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "uv_time_s" in answer.json()["detail"]
    assert not ProcessStep.objects.exists()
