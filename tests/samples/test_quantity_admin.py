"""The administration filters steps and events by what they say."""

import pytest
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("page", "make", "name"),
    [
        ("admin:samples_processstep_changelist", factories.StepFactory, "uv_time_s"),
        ("admin:cells_cellevent_changelist", factories.CellEventFactory, "pressure_mpa"),
    ],
)
def test_rows_that_say_a_quantity_are_kept(admin_client, page, make, name):
    said = make(actual={name: 300.0})
    make()
    answer = admin_client.get(reverse(page), {"quantity": name})
    assert list(answer.context["cl"].queryset) == [said]


def test_planned_steps_are_listed_alone(admin_client):
    planned = factories.StepFactory(performed_at=None)
    factories.StepFactory()
    query = {"performed_at__isempty": "1"}
    answer = admin_client.get(reverse("admin:samples_processstep_changelist"), query)
    assert list(answer.context["cl"].queryset) == [planned]
