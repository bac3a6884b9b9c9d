"""The containers: a valid compose file whose commands are those of the embedded stack.

The schema in tests/data/compose-spec is the Compose Specification's own (Apache-2.0).
"""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from labsite import stack

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
Services = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def services() -> Services:
    return dict(yaml.safe_load(TEXT)["services"])


def option(argv: list[str], name: str) -> str:
    return argv[argv.index(name) + 1]


def test_the_file_obeys_the_compose_specification() -> None:
    schema = json.loads((ROOT / "tests/data/compose-spec/compose-spec.json").read_text())
    document = yaml.safe_load(TEXT)
    jsonschema.Draft202012Validator(schema).validate(document)
    document["services"]["web"]["healthchek"] = {}
    with pytest.raises(jsonschema.ValidationError, match="healthchek"):
        jsonschema.Draft202012Validator(schema).validate(document)


def test_every_service_that_others_wait_for_says_when_it_is_well(services: Services) -> None:
    for name, service in services.items():
        for awaited, condition in service.get("depends_on", {}).items():
            assert awaited in services, f"{name} waits for {awaited}"
            if condition["condition"] == "service_healthy":
                assert "test" in services[awaited]["healthcheck"], awaited
    assert services["web"]["depends_on"]["migrate"] == {
        "condition": "service_completed_successfully"
    }
    assert {"postgres", "redis", "web", "worker-fast", "worker-heavy"} <= {
        name for name, service in services.items() if "healthcheck" in service
    }


def test_workers_schedule_and_web_run_the_commands_of_the_embedded_stack(
    services: Services,
) -> None:
    embedded = {service.name: list(service.argv) for service in stack.services()}
    web = services["web"]["command"]
    assert web[1:] == embedded["web"][1:]
    for name, queues in (("worker-fast", "fast"), ("worker-heavy", "heavy")):
        command = services[name]["command"]
        assert option(command, "--queues") == queues
        assert command[1:6] == embedded[name][embedded[name].index("-m") :][:5]
    assert services["schedule"]["command"][1:6] == ["-m", "celery", "--app", "labsite", "beat"]


def test_every_queue_of_the_embedded_stack_has_a_worker(services: Services) -> None:
    def queues(argvs: list[list[str]]) -> set[str]:
        listed = [option(argv, "--queues") for argv in argvs if "--queues" in argv]
        return set(",".join(listed).split(","))

    ours = [service["command"] for service in services.values() if "command" in service]
    assert queues(ours) == queues([list(service.argv) for service in stack.services()])


def test_data_queue_and_files_outlive_the_containers(services: Services) -> None:
    assert services["redis"]["command"][1:3] == ["--appendonly", "yes"]
    volumes = set(yaml.safe_load(TEXT)["volumes"])
    mounted = {mount.split(":")[0] for one in services.values() for mount in one.get("volumes", [])}
    assert mounted == volumes == {"database", "queue", "files"}
    for name in ("web", "worker-fast", "worker-heavy", "schedule"):
        assert services[name]["volumes"] == ["files:/data"]
        assert services[name]["environment"]["DATA_DIR"] == "/data"


def test_every_variable_is_in_the_example_of_the_environment() -> None:
    example = (ROOT / ".env.example").read_text()
    known = set(re.findall(r"^# ([A-Z0-9_]+)=", example, re.MULTILINE))
    assert set(re.findall(r"\$\{([A-Z0-9_]+)", TEXT)) <= known
    for service in yaml.safe_load(TEXT)["services"].values():
        if service.get("image") == "labsite":
            assert set(service["environment"]) <= known


def test_the_image_holds_what_the_services_run_and_nothing_secret() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes -r requirements.lock" in dockerfile
    assert dockerfile.index("collectstatic") < dockerfile.index("USER lab")
    start = re.search(r"^CMD (.*)$", dockerfile, re.MULTILINE)
    assert start is not None
    assert json.loads(start[1]) == yaml.safe_load(TEXT)["services"]["web"]["command"]
    ignored = shlex.split((ROOT / ".dockerignore").read_text(), comments=True)
    assert {".*", "data", "tests", "node_modules"} <= set(ignored)
