"""Keys of programs: shown once, stored as a hash, dead after their time."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from labsite.access.models import ApiKey
from tests import factories as make


def new_key(**options) -> str:
    out = StringIO()
    call_command("create_api_key", stdout=out, label="inbox of room 12", **options)
    return out.getvalue().strip()


def ask(key: str) -> int:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    return client.get("/api/v1/films/").status_code


def test_a_key_opens_the_api_in_the_name_of_its_person(user, project):
    key = new_key(user=user.username)
    assert ask(key) == 200
    assert ask(key[:-1] + "x") == 401
    stored = ApiKey.objects.get()
    assert (stored.user, stored.label, stored.expiry) == (user, "inbox of room 12", None)


def test_the_history_knows_whose_key_made_a_change(user, project):
    film = make.FilmFactory(project=project)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {new_key(user=user.username)}")
    sent = {"version": 1, "thickness_um": 7}
    assert client.patch(f"/api/v1/films/{film.code}/", sent).status_code == 200
    assert film.history.first().history_user == user


def test_only_a_hash_of_the_key_is_stored(user):
    key = new_key(user=user.username)
    row = ApiKey.objects.values().get()
    assert len(key) == 64
    assert not any(key in str(value) for value in row.values())
    assert len(row["digest"]) == 128
    assert row["token_key"] == key[:15]


def test_an_expired_key_opens_nothing(user):
    key = new_key(user=user.username, expires_days=2)
    assert ask(key) == 200
    left = ApiKey.objects.get().expiry - timezone.now()
    assert timedelta(days=1, hours=23) < left <= timedelta(days=2)
    ApiKey.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert ask(key) == 401


def test_the_key_of_somebody_who_left_opens_nothing(user):
    key = new_key(user=user.username)
    user.is_active = False
    user.save()
    assert ask(key) == 401


def test_a_key_is_made_only_for_somebody_who_is_here(db):
    gone = make.UserFactory(is_active=False)
    for name in ("nobody", gone.username):
        with pytest.raises(CommandError, match="no active user"):
            new_key(user=name)
    with pytest.raises(CommandError, match="expected 1 or more"):
        new_key(user=gone.username, expires_days=0)
