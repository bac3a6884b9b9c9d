"""The frame of the pages: menu, signing in, errors, and nothing inline."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.urls import reverse

TEMPLATES = Path(settings.BASE_DIR, "templates")
ICONS = Path(settings.BASE_DIR, "scripts", "icons.txt")


def templates():
    """All templates of the site, by their name."""
    return {
        str(file.relative_to(TEMPLATES)): file.read_text() for file in TEMPLATES.rglob("*.html")
    }


def test_no_template_has_an_inline_script_or_style_or_an_address_elsewhere():
    forbidden = re.compile(r"<script>|<style|\sstyle=|\son\w+=|https?://(?!www\.w3\.org)")
    guilty = {name for name, text in templates().items() if forbidden.search(text)}
    assert guilty == set()


def test_no_template_is_longer_than_120_lines():
    assert [name for name, text in templates().items() if text.count("\n") > 120] == []


def test_every_icon_that_is_drawn_is_in_the_sprite():
    sprite = Path(finders.find("vendor/icons/sprite.svg")).read_text()
    drawn = {
        name for text in templates().values() for name in re.findall(r'{% icon "([\w-]+)"', text)
    }
    known = set(ICONS.read_text().split())
    assert drawn <= known
    assert all(f'id="{name}"' in sprite for name in known)


def test_the_menu_marks_where_one_is(signed_in):
    page = signed_in.get(reverse("samples:batch-list")).content.decode()
    (marked,) = re.findall(r'<a href="([^"]+)"[^>]*aria-current="page"', page)
    assert marked == reverse("samples:batch-list")


def test_only_staff_see_the_way_to_the_admin(signed_in, user):
    url = reverse("samples:batch-list")
    assert reverse("admin:index") not in signed_in.get(url).content.decode()
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    assert reverse("admin:index") in signed_in.get(url).content.decode()


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(client, user):
    typed = {"login": user.username, "password": "wrong"}
    page = client.post(reverse("account_login"), typed).content.decode()
    assert "username and/or password" in page
    assert "Sign up" not in page


def test_nobody_is_told_to_search_for_a_page_that_needs_signing_in(client, db):
    answer = client.get(reverse("account_login"))
    assert answer.status_code == 200
    assert b"frame-side" not in answer.content


def test_an_unknown_address_says_what_may_be_the_reason(signed_in):
    answer = signed_in.get("/nothing/here/")
    assert answer.status_code == 404
    assert "a project that you are not a member of" in answer.content.decode()


def test_a_forbidden_page_says_why_and_who_can_help(client, viewer):
    client.force_login(viewer)
    answer = client.get(reverse("samples:batch-add"))
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "You may read, but not log batches." in page
    assert "A manager of the project can give you the right" in page


@pytest.mark.django_db(databases=[])
def test_the_page_of_a_fault_needs_neither_context_nor_database():
    assert "Something broke" in render_to_string("500.html")
