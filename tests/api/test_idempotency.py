"""A POST sent again with its Idempotency-Key does its work once and gives the same answer."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from labsite.access.idempotency import ABANDONED, KEPT, PENDING
from labsite.access.models import RememberedAnswer
from labsite.api import router
from measurements.api import FileView
from samples.models import ElectrolyteBatch
from tests import factories as make

URL = "/api/v1/batches/"
KEY = {"Idempotency-Key": "4711"}


@pytest.fixture
def body(project):
    return {"project": project.name, "kind": "dem"}


def test_the_same_request_gives_the_same_answer_and_is_done_once(api, body):
    first = api.post(URL, body, headers=KEY)
    again = api.post(URL, body, headers=KEY)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert (first.headers.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (
        None,
        "true",
    )
    assert ElectrolyteBatch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_the_same_time_one_is_done(as_person, user, body):
    start, answers = Barrier(2), []

    def send() -> None:
        client = as_person(user)
        start.wait()
        answers.append(client.post(URL, body, headers=KEY))
        connection.close()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ElectrolyteBatch.objects.count() == 1
    made = [answer for answer in answers if "Idempotency-Replayed" not in answer.headers]
    assert sorted(answer.status_code for answer in made) in ([201], [201, 409])


def test_another_request_under_the_key_is_refused(api, body):
    api.post(URL, body, headers=KEY)
    for answer in (
        api.post(URL, body | {"notes": "other"}, headers=KEY),
        api.post("/api/v1/films/", body, headers=KEY),
    ):
        assert answer.status_code == 422
        assert answer.json()["code"] == "idempotency_key_reused"
    assert ElectrolyteBatch.objects.count() == 1


def test_a_request_that_is_being_answered_is_not_begun_again(api, body, user):
    api.post(URL, body, headers=KEY)
    RememberedAnswer.objects.update(status=PENDING)
    busy = api.post(URL, body, headers=KEY)
    assert (busy.status_code, busy.json()["code"]) == (409, "request_in_progress")
    RememberedAnswer.objects.update(created_at=timezone.now() - ABANDONED - timedelta(minutes=1))
    assert api.post(URL, body, headers=KEY).status_code == 201


def test_after_a_refusal_the_key_is_free(api, body):
    bad = api.post(URL, body | {"kind": "glass"}, headers=KEY)
    assert bad.status_code == 400
    assert api.post(URL, body, headers=KEY).status_code == 201


def test_keys_belong_to_persons_and_end_after_a_week(api, manage, body):
    api.post(URL, body, headers=KEY)
    assert manage.post(URL, body, headers=KEY).headers.get("Idempotency-Replayed") is None
    RememberedAnswer.objects.update(created_at=timezone.now() - KEPT - timedelta(hours=1))
    assert api.post(URL, body, headers=KEY).headers.get("Idempotency-Replayed") is None
    assert ElectrolyteBatch.objects.count() == 3


def test_without_a_key_every_request_counts(api, body):
    for _ in range(2):
        assert api.post(URL, body).status_code == 201
    assert ElectrolyteBatch.objects.count() == 2
    assert RememberedAnswer.objects.count() == 0


def test_a_key_that_is_too_long_is_refused(api, body):
    answer = api.post(URL, body, headers={"Idempotency-Key": "x" * 201})
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def test_of_a_file_the_bytes_count(api, project):
    cell = make.CellFactory(project=project)

    def send(content: bytes):
        sent = {"file": SimpleUploadedFile("a.ndax", content), "cell": cell.code}
        return api.post("/api/v1/files/", sent, format="multipart", headers=KEY)

    first, again, other = send(b"one"), send(b"one"), send(b"two")
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert again.json()["duplicate"] is False


def test_every_post_of_the_api_honours_the_key():
    posts = {("files", "post"): FileView.post}
    for prefix, viewset, _name in router.registry:
        for action in viewset.get_extra_actions():
            if "post" in action.mapping:
                posts[prefix, action.__name__] = action
        if hasattr(viewset, "create"):
            posts[prefix, "create"] = viewset.create
    assert len(posts) >= 15
    assert {name for name, post in posts.items() if not hasattr(post, "is_idempotent")} == set()
