"""The OpenAPI document says who each endpoint is for, and the app answers as it says."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.classroom_school import API, COURSE, School, school
from tests.integration.classroom.conftest import courses
from zhixing.bench.postgres import PostgresServer

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ASKING = ("cadre_a", "trainer_x", "district")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def opened(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[School]:
    data = tmp_path_factory.mktemp("openapi")
    url = f"sqlite:///{data}/records.db"
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.make_database("openapi")
    with school(url, data, courses(), lambda *_: b"PK", released=lambda *_: b"PK") as started:
        yield started


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, by_method in document["paths"].items():
        for method, operation in by_method.items():
            yield f"{method.upper()} {path}", operation


def test_the_document_is_served_and_the_pages_that_load_foreign_scripts_are_not(
    opened: School,
) -> None:
    with opened.client() as client:
        document = client.get(f"{API}/openapi.json").json()
        assert document["info"]["title"] == "知行课堂"
        for page in ("/docs", "/redoc", f"{API}/docs", f"{API}/redoc"):
            assert client.get(page).status_code == 404


def test_every_endpoint_names_its_audience_its_security_and_the_one_error_shape(
    opened: School,
) -> None:
    document = opened.app.openapi()
    found = list(operations(document))
    assert len(found) >= 17
    for name, operation in found:
        assert operation["x-scopes"], name
        assert operation["security"] == [{"hubToken": []}, {"session": []}], name
        assert operation["summary"], name
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                schema = answer["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorBody"}, (name, status)
    assert set(document["components"]["securitySchemes"]) == {"hubToken", "session"}


def test_no_schema_of_an_answer_has_a_field_for_who_answers(opened: School) -> None:
    schemas = opened.app.openapi()["components"]["schemas"]
    for name in ("GivenAnswer", "HandInWish", "GivenGrade", "Position"):
        fields = set(schemas[name]["properties"])
        assert not fields & {"username", "person", "person_id", "enrolment", "role", "score_by"}
        assert schemas[name]["additionalProperties"] is False


@pytest.mark.parametrize("is_real", [True, False], ids=["real objects", "any objects"])
@pytest.mark.parametrize("username", ASKING)
def test_the_app_never_breaks_and_answers_as_the_document_says(
    opened: School, username: str, is_real: bool
) -> None:
    schema = schemathesis.openapi.from_url(f"{opened.url}{API}/openapi.json")
    parts = real_objects(opened) if is_real else {}
    for result in schema.get_all_operations():
        hold(result.ok(), {"Authorization": f"Bearer token-{username}"}, parts)


def real_objects(opened: School) -> dict[str, Any]:
    task = opened.course.lessons[0].tasks[0]
    names = {"course": COURSE, "lesson": "L1", "question": "L1-W1", "name": "D0", "code": "S1"}
    return names | {"task": task.id, "table": next(iter(task.tables)), "submission": 1}


def hold(operation: Any, headers: dict[str, str], parts: dict[str, Any]) -> None:
    """Ask one operation many things, well-formed and not, and hold its answers to the document."""
    well_formed = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    malformed = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @settings(
        max_examples=8,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=well_formed | malformed)
    def ask(case: Any) -> None:
        known = {name: value for name, value in parts.items() if name in case.path_parameters}
        case.path_parameters.update(known)
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    ask()
