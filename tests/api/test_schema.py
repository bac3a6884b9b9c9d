"""The committed schema is the API that runs; the page that shows it needs no inline script."""

import re
from io import StringIO

import pytest
import yaml
from django.core.management import call_command

from labsite.api import SCHEMA, router


def test_the_committed_schema_is_the_generated_one(tmp_path):
    path = tmp_path / "openapi.yaml"
    call_command("spectacular", file=str(path), validate=True, fail_on_warn=True, stderr=StringIO())
    assert path.read_text() == SCHEMA.read_text(), "run: make schema"


def test_the_schema_is_served_as_it_is_committed(client):
    answer = client.get("/api/v1/schema/")
    assert answer["Content-Type"] == "application/yaml"
    assert b"".join(answer.streaming_content) == SCHEMA.read_bytes()


def test_every_route_is_in_the_schema_with_its_problem():
    paths = yaml.safe_load(SCHEMA.read_text())["paths"]
    for prefix, _viewset, _name in router.registry:
        assert f"/api/v1/{prefix}/" in paths
    for path, operations in paths.items():
        for method, operation in operations.items():
            problem = operation["responses"]["default"]["content"]
            assert "application/problem+json" in problem, (path, method)


@pytest.mark.django_db
def test_the_page_of_the_schema_keeps_the_content_security_policy(client):
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    html = page.content.decode()
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL)
    assert len(scripts) == 3
    for attributes, inside in scripts:
        source = re.search(r'src="([^"]+)"', attributes)
        assert source is not None
        assert source[1].startswith("/")
        assert inside.strip() == ""
    assert "script-src 'self';" in page["Content-Security-Policy"]
    script = client.get(re.findall(r'src="([^"]*script[^"]*)"', html)[-1])
    assert script["Content-Type"] == "application/javascript"
    assert b"/api/v1/schema/" in script.content
