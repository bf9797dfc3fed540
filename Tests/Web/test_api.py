"""The API as programs use it: as its own description says, and as nobody should."""

import json
import os
import pathlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from conftest import PASSWORD, assert_for_everybody, set_up, sign_in, token_of

ROOT = "/api/v1"
DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs/api.md"
SCHEMATHESIS = pathlib.Path(sys.executable).parent / "schemathesis"
FUNNEL = {"question": "funnel", "steps": ["cart", "checkout", "order"], "window": "7d"}
# Beside thousands of requests made from the forms' limits, this many random ones of each operation.
EXAMPLES = 3


@pytest.fixture
def server(serve, shop_copy):
    """The shop, with an admin in a browser and an admin's token."""
    server = serve(shop_copy / ".waymark", shop_copy / "experience.yaml")
    server.session = set_up(server)
    server.token = make_token(server, server.session, "admin")
    return server


def make_token(server, session, *scopes):
    page = session.get(server.url + "/settings/tokens")
    answer = session.post(
        server.url + ROOT + "/tokens", json={"name": f"for {scopes}", "scopes": scopes},
        headers={"X-CSRF-Token": token_of(page.text)}, timeout=60)
    assert answer.status_code == 201, answer.text
    return answer.json()["secret"]


def join(server, name, role):
    """A member of a role, and their session."""
    answer = call(
        server, "POST", "/members",
        json={"email": f"{name}@example.com", "name": name, "role": role})
    session = requests.Session()
    link = answer.json()["link"]
    session.post(
        server.url + "/invite", data={"token": link.split("token=")[1], "password": PASSWORD},
        timeout=60)
    return answer.json()["member"]["id"], session


def call(server, method, path, token=None, **options):
    headers = {"Authorization": f"Bearer {token or server.token}", **options.pop("headers", {})}
    return requests.request(
        method, server.url + ROOT + path, headers=headers, timeout=60, **options)


def operations(server):
    document = requests.get(server.url + "/api/openapi.json", timeout=60).json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_every_answer_is_as_the_document_says(server, tmp_path):
    """schemathesis: no status, type or form that the document doesn't name, nothing over 499."""
    call(server, "POST", "/questions", json={"name": "Carts", "question": FUNNEL})
    call(server, "POST", "/boards", json={"name": "Monday", "tiles": [{"question": 1}]})
    call(server, "POST", "/keys", json={"name": "website"})
    call(server, "POST", "/sets", json={"name": "kept", "question": FUNNEL, "row": "step=cart"})
    text = call(server, "GET", "/experience/files/experience.yaml").json()["text"]
    call(server, "PUT", "/experience/files/experience.yaml", json={"text": text + "# kept\n"},
         headers={"If-Match": "*"})
    run = subprocess.run(
        [SCHEMATHESIS, "run", server.url + "/api/openapi.json",
         "-H", f"Authorization: Bearer {server.token}",
         "--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES),
         # One worker: Python 3.11 parses sources (schemathesis does) in one thread at a time only.
         "--seed", "7", "--workers", "1", "--no-color", "--generation-database", "none",
         # The token would revoke itself.
         "--exclude-operation-id", "revokeToken",
         # That a day of a question is one, no form can say; what was removed is not there by design.
         "--exclude-checks", "positive_data_acceptance,ensure_resource_availability"],
        cwd=tmp_path, capture_output=True, text=True, timeout=1200)
    assert run.returncode == 0, run.stdout[-12000:]
    assert call(server, "GET", "/me").status_code == 200
    assert not [line for line in server.lines if '"level":"error"' in line]


def test_the_document_is_one_of_openapi(server):
    document = requests.get(server.url + "/api/openapi.json", timeout=60)
    assert document.headers["content-type"] == "application/json"
    document = document.json()
    assert document["openapi"].startswith("3.1")
    text = json.dumps(document)
    for name in re.findall(r'"#/components/([^"]+)"', text):
        kind, name = name.split("/")
        assert name in document["components"][kind]


def test_the_page_shows_every_operation_to_everybody(server, page):
    sign_in(page, server)
    assert_for_everybody(page, server.url + "/api")
    names = {operation["operationId"] for _, _, operation in operations(server)}
    assert len(names) > 60
    shown = page.locator("details.operation").evaluate_all("all => all.map(each => each.id)")
    assert set(shown) == names
    page.locator("#ask summary").click()
    assert page.locator("#ask pre").first.is_visible()
    assert_for_everybody(page, server.url + "/api#ask")


def test_answers_are_those_of_the_pages(server):
    browser = server.session
    on_page = browser.get(server.url + "/journeys/first_order.json?range=30").text
    assert call(server, "GET", "/journeys/first_order/map?range=30").text == on_page
    text = json.dumps(FUNNEL)
    on_page = browser.get(server.url + "/explore.json", params={"q": text}).json()
    assert call(server, "POST", "/ask", json={"questions": [FUNNEL]}).json() == on_page
    on_page = browser.get(server.url + "/explore.csv", params={"q": text}).text
    answer = call(
        server, "POST", "/ask", json={"questions": [FUNNEL]}, headers={"Accept": "text/csv"})
    assert answer.text == on_page
    health = {each["name"]: each for each in call(server, "GET", "/journeys").json()["items"]}
    measured = call(server, "GET", "/journeys/first_order/map").json()["map"]
    assert health["first_order"]["completion"] == measured["completion"]
    steps = call(server, "GET", "/journeys/first_order/steps").json()["items"]
    assert steps == measured["steps"]
    assert call(server, "GET", "/journeys/first_order/steps/2").json() == measured["steps"][1]


def test_pages_of_a_list_are_the_list(server):
    for path in ["/customers", "/journeys/first_order/customers?at=figure=cases"]:
        found, cursor = [], None
        while True:
            query = {"limit": 211, **({"cursor": cursor} if cursor else {})}
            page = call(server, "GET", path, params=query).json()
            assert len(page["items"]) <= 211
            found += [each["identity"] for each in page["items"]]
            cursor = page.get("next")
            if not cursor:
                break
        assert len(found) == len(set(found)) > 211
        if path == "/customers":
            assert len(found) == call(server, "GET", "/status").json()["customers"]
            assert call(server, "GET", "/members", params={"cursor": "x"}).status_code == 422
        else:
            rows = call(server, "GET", path, headers={"Accept": "text/csv"}).text.splitlines()[1:]
            assert [row.split(",")[0] for row in rows] == found
    # A page goes on behind its last item, whatever became of it.
    for number in range(5):
        call(server, "POST", "/keys", json={"name": f"key {number}"})
    page = call(server, "GET", "/keys?limit=2").json()
    call(server, "DELETE", f"/keys/{page['items'][1]['id']}")
    rest = call(server, "GET", f"/keys?limit=9&cursor={page['next']}").json()
    assert [each["name"] for each in rest["items"]] == ["key 2", "key 3", "key 4"]
    assert "next" not in rest


def test_a_repetition_is_answered_and_not_done(server):
    headers = {"Idempotency-Key": "the very first"}
    first = call(server, "POST", "/keys", json={"name": "web"}, headers=headers)
    again = call(server, "POST", "/keys", json={"name": "web"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.headers["Location"] == again.headers["Location"]
    secret = first.json()["secret"]
    assert again.json() == {k: v for k, v in first.json().items() if k != "secret"}
    assert len(call(server, "GET", "/keys").json()["items"]) == 1
    other = call(server, "POST", "/keys", json={"name": "app"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.other")
    # What was refused may be sent again, and mended.
    headers = {"Idempotency-Key": "second"}
    assert call(server, "POST", "/keys", json={"name": "web"}, headers=headers).status_code == 422
    assert call(server, "POST", "/keys", json={"name": "app"}, headers=headers).status_code == 201
    # Neither the secret nor the key's text lies on the disk.
    server.stop()
    for file in server.data.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes()
            assert b"the very first" not in file.read_bytes()


def test_many_repetitions_at_a_time_are_done_once(server):
    def send(_):
        return call(
            server, "POST", "/boards", json={"name": "Monday", "tiles": []},
            headers={"Idempotency-Key": "k"})

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(send, range(24)))
    assert {each.status_code for each in answers} <= {201, 409}
    assert len({each.json()["id"] for each in answers if each.status_code == 201}) == 1
    assert len(call(server, "GET", "/boards").json()["items"]) == 1


def test_a_text_is_saved_over_the_one_that_was_edited_only(server):
    path = "/experience/files/experience.yaml"
    read = call(server, "GET", path)
    text, tag = read.json()["text"], read.headers["ETag"]
    plain = call(server, "GET", path, headers={"Accept": "application/yaml"})
    assert plain.text == text and plain.headers["ETag"] == tag

    def save(text, **headers):
        return call(server, "PUT", path, json={"text": text, "message": "by the API"},
                    headers={name.replace("_", "-"): value for name, value in headers.items()})

    assert save(text + "# one\n").status_code == 428
    assert save(text + "# one\n", If_None_Match="*").status_code == 412
    saved = save(text + "# one\n", If_Match=tag)
    assert saved.status_code == 200 and saved.headers["ETag"] != tag
    assert save(text + "# two\n", If_Match=tag).status_code == 412
    broken = save(text + ": nonsense\n", If_Match=saved.headers["ETag"])
    assert (broken.status_code, broken.json()["code"]) == (422, "experience.errors")
    assert call(server, "GET", path).json()["text"] == text + "# one\n"
    remarks = call(server, "POST", "/experience/check", json={"text": text + ": nonsense\n"})
    assert any(each["severity"] == "error" for each in remarks.json()["remarks"])
    versions = call(server, "GET", "/experience/versions").json()["items"]
    assert versions[0]["message"] == "by the API"
    assert call(server, "POST", "/experience/versions/1/restore").json()["restored"] == 1
    assert call(server, "GET", path).headers["ETag"] == tag


def test_tokens_and_roles_do_no_more_than_they_may(server):
    _, viewer = join(server, "vera", "viewer")
    token = make_token(server, viewer, "read")
    page = viewer.get(server.url + "/settings/account")
    form = {"X-CSRF-Token": token_of(page.text)}
    needed = {"read": 0, "ask": 1, "collect": 1, "edit": 1, "admin": 1}
    tried = 0
    for method, path, operation in operations(server):
        scope = operation["security"][0]["token"][0]
        address = re.sub(r"{\w+}", "1", path)
        body = {"json": {}} if "requestBody" in operation else {}
        assert requests.request(method, server.url + address, timeout=60, **body).status_code == 401
        if not needed[scope]:
            continue
        tried += 1
        answer = call(server, method, address.removeprefix(ROOT), token, **body)
        assert answer.status_code == 403, (method, path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        answer = viewer.request(method, server.url + address, headers=form, timeout=60, **body)
        assert answer.status_code == 403, (method, path, answer.text)
    assert tried > 30


def test_a_session_changes_things_with_its_forms_token_only(server):
    address = server.url + ROOT + "/keys"
    assert server.session.get(address).status_code == 200
    for headers in [{}, {"X-CSRF-Token": "A" * 64}, {"Origin": "https://evil.example"}]:
        answer = server.session.post(address, json={"name": "forged"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.form")
    token = token_of(server.session.get(server.url + "/settings/account").text)
    answer = server.session.post(address, json={"name": "own"}, headers={"X-CSRF-Token": token})
    assert answer.status_code == 201
    answer = server.session.patch(
        server.url + ROOT + "/me", json={"name": "Ada A."}, headers={"X-CSRF-Token": token})
    assert answer.json()["name"] == "Ada A."


HOSTILE = [
    b"", b"null", b"[]", b"1", b'"x"', b"{", b"{}x", b"\xff\xfe", b"\x00", b"[" * 100_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b'{"name":' + b"9" * 400 + b"}",
    b'{"name":1e400}', b'{"name":"\\u0000"}', b'{"name":"\\ud800"}', b'{"name":{"name":[]}}',
    b'{"name":"x","name":1}', b'{"__proto__":{}}', json.dumps({"name": "x" * 1_000_000}).encode(),
    json.dumps({"name": "<script>\u202e", "question": {"question": "funnel", "steps": 1}}).encode(),
    json.dumps({"questions": [{"question": "graph"}] * 21}).encode(),
    json.dumps({"questions": [{"question": "funnel", "steps": [["a"] * 50] * 50}]}).encode(),
    json.dumps({"questions": [{"question": "graph", "for": "(" * 5000}]}).encode(),
    json.dumps({"questions": [{"question": "trends", "from": "9" * 300}]}).encode(),
]


def test_hostile_bodies_are_refused_in_words(server):
    for method, path, operation in operations(server):
        if "requestBody" not in operation:
            continue
        address = re.sub(r"{\w+}", "1", path).removeprefix(ROOT)
        for body in HOSTILE:
            answer = call(
                server, method, address, data=body,
                headers={"Content-Type": "application/json", "If-Match": "*"})
            assert 400 <= answer.status_code < 500, (method, path, body[:80], answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
            problem = answer.json()
            assert problem["status"] == answer.status_code
            assert problem["detail"] and problem["remedy"] and len(answer.content) < 5_000
    assert call(server, "POST", "/keys", data="{}").status_code == 415
    assert call(server, "POST", "/keys", data="<a/>", headers={
        "Content-Type": "text/xml"}).status_code == 415
    long = call(server, "POST", "/keys", data=b" " * (2 << 20), headers={
        "Content-Type": "application/json"})
    assert (long.status_code, long.json()["code"]) == (413, "body.length")
    assert call(server, "GET", "/me").status_code == 200


def test_names_in_a_body_are_values_and_those_in_an_address_are_places(server):
    for question in [
        {"question": "conformance", "journey": "nope"}, {"question": "graph", "for": "nobody"},
        {"question": "bottlenecks", "journey": "first_orde"}, {"question": "segments"},
        {"question": "attribution", "conversion": "nope"}, {"question": "funnel", "steps": [1]},
        {"question": "graph", "from": "never"}, {"question": "graph", "nonsense": 1},
    ]:
        answer = call(server, "POST", "/ask", json={"questions": [FUNNEL, question]})
        assert answer.status_code in (200, 422), answer.text
        if "nonsense" in question:
            assert answer.json()["detail"].startswith("Question 2: ")
    answer = call(server, "POST", "/ask", json={"questions": [
        {"question": "conformance", "journey": "nope"}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "question.journey")
    answer = call(server, "GET", "/journeys/nope/map")
    assert (answer.status_code, answer.json()["code"]) == (404, "question.journey")
    tile = {"name": "Monday", "tiles": [{"question": 77}]}
    assert call(server, "POST", "/boards", json=tile).status_code == 422
    tile = {"name": "Monday", "tiles": [{"question": 1, "journey": "first_order"}]}
    assert call(server, "POST", "/boards", json=tile).json()["code"] == "board.tile"
    row = {"question": FUNNEL, "row": "step=nope"}
    assert call(server, "POST", "/ask/customers", json=row).status_code == 422


@pytest.mark.parametrize("path,status", [
    ("/members/0", 404), ("/members/-1", 404), ("/members/1.0", 404), ("/members/%00", 404),
    ("/members/99999999999999999999", 404), ("/members?limit=0", 422), ("/members?limit=", 422),
    ("/members?limit=401", 422), ("/members?limit=1e2", 422), ("/members?lim=1", 422),
    ("/members?limit=1&limit=x", 422), ("/audit?kind=king", 422), ("/customers/%ff", 404),
    ("/customers/%2e%2e%2f", 404), ("/customers?id=%00", 422), ("/journeys/%3Cscript%3E", 404),
    ("/journeys/first_order/steps/0", 404), ("/sets/'%20OR%201=1", 404), ("/nothing", 404),
    ("/journeys/first_order/map?range=own&from=never", 422), ("/experience/files/..%2f..%2fx", 404),
    ("/experience/versions/0", 404), ("/sources/owner-x/refused", 404),
])
def test_addresses_that_lead_nowhere_say_so(server, path, status):
    answer = call(server, "GET", path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"code", "detail", "remedy", "request", "title", "type"} <= answer.json().keys()


def test_other_methods_and_types_are_told_what_there_is(server):
    answer = call(server, "PUT", "/members")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")
    assert answer.headers["content-type"] == "application/problem+json"
    assert requests.get(server.url + ROOT + "/me", timeout=60).headers["WWW-Authenticate"] == "Bearer"
    for accept, kind in [
        ("*/*", "application/json"), ("image/*", "image/svg+xml"), ("text/html", None),
        ("application/json;q=0.1, image/svg+xml", "image/svg+xml"), ("image/png, */*;q=0.1",
        "application/json"), ("application/json;q=0", None), ("nonsense", None),
    ]:
        answer = call(server, "GET", "/journeys/first_order/map", headers={"Accept": accept})
        assert answer.headers["content-type"] == (kind or "application/problem+json"), accept
        assert answer.status_code == (200 if kind else 406)


def test_an_erased_customer_is_in_no_kept_answer(server):
    customer = call(server, "GET", "/customers?limit=1").json()["items"][0]["identity"]
    links = f"/customers/{customer}/links"
    for number in range(3):
        answer = call(
            server, "POST", links, json={"other": f"anonymous:tablet-of-them-{number}"},
            headers={"Idempotency-Key": f"link {number}"})
        assert answer.json() == {"isNew": True}
    erasure = call(
        server, "POST", f"/customers/{customer}/erasure", json={"confirm": customer},
        headers={"Idempotency-Key": "erase"})
    assert erasure.json()["isProven"], erasure.text
    assert call(server, "GET", f"/customers/{customer}").status_code == 404
    again = call(
        server, "POST", f"/customers/{customer}/erasure", json={"confirm": customer},
        headers={"Idempotency-Key": "erase"})
    assert again.json() == erasure.json()


def test_the_commands_in_the_manual_work_as_written(server, tmp_path):
    blocks = re.findall(r"```sh\n(.*?)```", DOCS.read_text(), re.S)
    lines = [line for line in "".join(blocks).splitlines() if not line.startswith("export ")]
    assert sum(line.startswith("api ") for line in lines) > 30
    customer = call(server, "GET", "/customers?limit=1").json()["items"][0]["identity"]
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(lines)], cwd=tmp_path, timeout=120,
        capture_output=True, text=True, env={
            **os.environ, "WAYMARK": server.url, "TOKEN": server.token, "CUSTOMER": customer})
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr
    assert "application/problem" not in run.stdout
    assert (tmp_path / "map.svg").read_text().startswith("<svg")


def test_rules_are_set_and_read(server):
    assert call(server, "PUT", "/retention", json={"months": 1200}).json()["months"] == 1200
    refused = call(server, "PUT", "/retention", json={"months": 1})
    assert (refused.status_code, refused.json()["code"]) == (422, "retention.confirm")
    assert call(server, "GET", "/retention").json() == {
        "months": 1200, "named": [], "expired": 0}
    named = {"named": ["Page Viewed: keep"]}
    assert call(server, "PUT", "/retention", json=named).json()["named"] == named["named"]
    wrong = call(server, "PUT", "/retention", json={"named": ["Page Viewed"]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "retention.line")
    rule = {"required": "yes", "categories": ["analytics"]}
    assert call(server, "PUT", "/consent", json=rule).json() == rule
    assert call(server, "GET", "/consent").json() == rule
    assert call(server, "PUT", "/consent", json={"required": "no"}).status_code == 422
