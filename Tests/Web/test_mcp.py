"""An assistant's way in: the official client of the Model Context Protocol, and clients that are wrong."""

import asyncio
import datetime
import json
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx2
import mcp_types
import pytest
import requests
from conftest import PASSWORD, PROGRAM, ROOT, set_up, token_of
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

LATEST = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": LATEST,
    "io.modelcontextprotocol/clientCapabilities": {},
}
FUNNEL = {"question": "funnel", "steps": ["product_page", "cart", "order"], "window": "30d"}
TOOLS = ["list_journeys", "read_map", "list_questions", "ask", "customers_behind", "read_story"]


@pytest.fixture(scope="module")
def server(shop, tmp_path_factory):
    import shutil

    from conftest import Server
    folder = tmp_path_factory.mktemp("mcp") / "shop"
    shutil.copytree(shop, folder)
    server = Server(folder / ".waymark", folder / "experience.yaml")
    server.folder = folder
    server.admin = set_up(server)
    server.token = token(server, server.admin)
    yield server
    assert server.stop() == 0


def form(server, session, path, origin, **fields):
    page = session.get(server.url + origin).text
    return session.post(server.url + path, data={"csrf": token_of(page), **fields}, timeout=30)


def token(server, session, *scopes):
    fields = {f"scope-{scope}": "on" for scope in scopes or ["read"]}
    page = form(
        server, session, "/settings/tokens", "/settings/tokens", name="assistant", days="7",
        **fields)
    return re.search(r'id="secret">([^<]+)<', page.text).group(1)


def viewer(server):
    page = form(
        server, server.admin, "/settings/members", "/settings/members", name="Vera",
        email="vera@example.com", role="viewer")
    link = re.search(r'id="secret">([^<]+)<', page.text).group(1)
    session = requests.Session()
    session.post(
        link.split("?")[0], data={"token": link.split("token=")[1], "password": PASSWORD})
    return session


def talk(server, work, mode="auto", secret=None):
    """Lets the official client talk to the server."""
    async def run():
        headers = {"Authorization": f"Bearer {secret or server.token}"}
        async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
            transport = streamable_http_client(server.url + "/mcp", http_client=http)
            async with Client(transport, mode=mode, read_timeout_seconds=60) as client:
                return await work(client)
    # Tests with a browser keep a loop in this thread.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asyncio.wait_for(run(), 120)).result()


def said(result):
    assert len(result.content) == 1 and result.content[0].type == "text"
    return result.content[0].text


def call(server, name, secret=None, **arguments):
    async def work(client):
        return await client.call_tool(name, arguments)
    return talk(server, work, secret=secret)


def read(server, name, **arguments):
    result = call(server, name, **arguments)
    assert not result.is_error, said(result)
    return said(result)


def refused(server, name, **arguments):
    result = call(server, name, **arguments)
    assert result.is_error
    return said(result)


@pytest.mark.parametrize("mode, version", [
    ("auto", LATEST), (LATEST, LATEST), ("legacy", "2025-11-25")])
def test_the_official_client_connects_and_finds_everything(server, mode, version):
    async def work(client):
        tools = (await client.list_tools()).tools
        resources = (await client.list_resources()).resources
        templates = (await client.list_resource_templates()).resource_templates
        texts = [(await client.read_resource(each.uri)).contents[0] for each in resources]
        if mode == "legacy":
            await client.send_ping()
        return client.protocol_version, tools, resources, templates, texts
    spoken, tools, resources, templates, texts = talk(server, work, mode)
    assert spoken == version
    assert [tool.name for tool in tools] == TOOLS
    for tool in tools:
        assert tool.annotations.read_only_hint and tool.description and tool.title
        assert tool.input_schema["additionalProperties"] is False
    assert [str(each.uri) for each in resources] == [
        "waymark://experience/experience.yaml", "waymark://journeys/first_order/map",
        "waymark://journeys/after_purchase/map", "waymark://journeys/repeat_order/map"]
    assert templates == []
    assert texts[0].text == (server.folder / "experience.yaml").read_text()
    assert "From first visit to first parcel" in texts[1].text


def test_journeys_are_listed_and_a_map_is_read(server):
    listed = json.loads(read(server, "list_journeys"))
    assert [each["name"] for each in listed] == ["first_order", "after_purchase", "repeat_order"]
    told = json.loads(read(server, "read_map", journey="first_order", format="json"))
    known = json.loads(subprocess.run(
        [PROGRAM, "map", "first_order", "--format", "json", "--data",
         str(server.folder / ".waymark"), "--experience", str(server.folder / "experience.yaml")],
        check=True, capture_output=True, text=True, timeout=120).stdout)
    assert told == known
    assert listed[0]["cases"] == known["map"]["cases"]
    assert listed[0]["completion"] == known["map"]["completion"]
    assert len(listed[0]["targets"]) == len(known["map"]["targets"])
    text = read(server, "read_map", journey="first_order", range=30)
    assert "From first visit to first parcel" in text
    fewer = json.loads(read(
        server, "read_map", journey="first_order", format="json", range=30))["map"]
    assert 0 < fewer["cases"]["total"] < known["map"]["cases"]["total"]
    # Midnight of the company's zone, so that noon is on the same day.
    noon = datetime.datetime.fromisoformat(fewer["from"]) + datetime.timedelta(hours=12)
    days = json.loads(read(
        server, "read_map", journey="first_order", format="json", **{
            "from": noon.date().isoformat()}))["map"]
    assert days["cases"]["total"] == fewer["cases"]["total"]


def test_questions_are_listed_and_asked(server):
    kinds = {each["kind"] for each in json.loads(read(server, "list_questions"))}
    assert {"funnel", "retention", "attribution"} <= kinds
    sheet = json.loads(read(server, "list_questions", kind="funnel"))[0]
    assert sheet["fields"] and "question: funnel" in sheet["example"]
    # As an object, as JSON and as YAML it is the same question.
    yaml = "question: funnel\nsteps: [product_page, cart, order]\nwindow: 30d\n"
    answers = [
        json.loads(read(server, "ask", question=question, format="json"))["answers"][0]
        for question in (FUNNEL, json.dumps(FUNNEL), yaml)]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["receipt"]["events"] > 1000
    text = read(server, "ask", question=FUNNEL)
    assert "cart" in text and "%" in text


def test_customers_behind_a_number_and_one_story(server):
    behind = json.loads(read(
        server, "customers_behind", journey="first_order", at="figure=completed", limit=3))
    known = json.loads(read(server, "read_map", journey="first_order", format="json"))["map"]
    assert behind["count"] == known["cases"]["completed"] and len(behind["customers"]) == 3
    seen, after = [], None
    for _ in range(3):
        page = json.loads(read(
            server, "customers_behind", journey="first_order", at="figure=completed", limit=2,
            **({"after": after} if after else {})))
        seen += [each["identity"] for each in page["customers"]]
        after = page["next"]
    assert len(set(seen)) == 6 and seen[:3] == [each["identity"] for each in behind["customers"]]
    answer = json.loads(read(
        server, "customers_behind", question=FUNNEL, row="step=cart"))
    assert answer["count"] > 0
    whole = json.loads(read(server, "read_story", customer=seen[0]))
    assert whole["events"] == len(whole["story"]) and "next" not in whole
    first = json.loads(read(server, "read_story", customer=seen[0], limit=2))
    rest = json.loads(read(server, "read_story", customer=seen[0], after=first["next"]))
    assert first["story"] + rest["story"] == whole["story"]
    assert [each["time"] for each in whole["story"]] == sorted(
        each["time"] for each in whole["story"])
    assert any("touchpoint" in each for each in whole["story"])


@pytest.mark.parametrize("name, arguments, words", [
    ("read_map", {}, "“journey” is missing"),
    ("read_map", {"journey": 7}, "“journey” is not a text"),
    ("read_map", {"journey": "nowhere"}, "question.journey"),
    ("read_map", {"journey": "first_order", "format": "xml"}, "one of text, json"),
    ("read_map", {"journey": "first_order", "range": 0}, "from 1 to"),
    ("read_map", {"journey": "first_order", "range": 1.5}, "whole number"),
    ("read_map", {"journey": "first_order", "from": "soon"}, "soon"),
    ("read_map", {"journey": "first_order", "for": "noone"}, "noone"),
    ("read_map", {"journey": "first_order", "colour": "red"}, "no argument “colour”"),
    ("list_journeys", {"a": 1}, "It takes none"),
    ("list_questions", {"kind": "oracle"}, "one of funnel"),
    ("ask", {"question": "question: oracle"}, "oracle"),
    ("ask", {"question": {"question": "funnel", "steps": 3}}, "steps"),
    ("ask", {"question": "question: graph\n---\nquestion: graph"}, "2 questions"),
    ("ask", {"question": ["a"]}, "a text or an object"),
    ("customers_behind", {}, "Give either"),
    ("customers_behind", {"journey": "first_order", "question": FUNNEL}, "Give either"),
    ("customers_behind", {"journey": "first_order", "at": "figure=moon"}, "customers.row"),
    ("customers_behind", {"journey": "first_order", "after": "zzz"}, "customers.after"),
    ("customers_behind", {"journey": "first_order", "limit": 501}, "from 1 to 500"),
    ("customers_behind", {"question": FUNNEL, "row": "nothing"}, "customers.row"),
    ("read_story", {"customer": "nobody:9"}, "customers.unknown"),
])
def test_what_is_asked_wrongly_is_told_to_the_assistant(server, name, arguments, words):
    text = refused(server, name, **arguments)
    assert words in text and re.match(r"[a-z]+(\.[a-z-]+)+: ", text), text


def test_unknown_tools_and_resources_are_errors_of_the_protocol(server):
    async def work(client):
        for wrong in [
            client.call_tool("drop_everything", {}),
            client.read_resource("waymark://journeys/nowhere/map"),
            client.read_resource("file:///etc/passwd"), client.list_tools(cursor="x"),
        ]:
            with pytest.raises(Exception) as caught:
                await wrong
            assert caught.value.code == -32602, caught.value
    talk(server, work)


def test_a_token_of_a_viewer_reads_and_does_not_ask(server):
    vera = viewer(server)
    secret = token(server, vera)

    async def work(client):
        return [tool.name for tool in (await client.list_tools()).tools]
    assert talk(server, work, secret=secret) == [name for name in TOOLS if name != "ask"]
    for name, arguments in [
        ("ask", {"question": FUNNEL}),
        ("customers_behind", {"question": FUNNEL, "row": "step=cart"}),
    ]:
        result = call(server, name, secret, **arguments)
        assert result.is_error and "access.denied" in said(result)
    assert not call(server, "read_map", secret, journey="first_order").is_error


HEADERS = {
    "Accept": "application/json, text/event-stream", "Content-Type": "application/json",
    "MCP-Protocol-Version": LATEST, "Mcp-Method": "tools/list"}


def post(server, body, secret=None, **headers):
    headers = {**HEADERS, "Authorization": f"Bearer {secret or server.token}",
               **{name.replace("_", "-"): value for name, value in headers.items()}}
    headers = {name: value for name, value in headers.items() if value is not None}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.post(server.url + "/mcp", data=data, headers=headers, timeout=30)


def request(method="tools/list", **fields):
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"_meta": META}, **fields}


OLD = {"MCP_Protocol_Version": None, "Mcp_Method": None}


@pytest.mark.parametrize("body, headers, status, code", [
    (b"", {}, 400, -32700), (b"{", {}, 400, -32700), (b"\xff\xfe", {}, 400, -32700),
    (b"[" * 100_000, {}, 400, -32700), (b'{"a":' * 600 + b"1" + b"}" * 600, {}, 400, -32700),
    (b"null", {}, 400, -32600), (b"[]", {}, 400, -32600), ([request()], {}, 400, -32600),
    ({"jsonrpc": "1.0", "id": 1, "method": "ping"}, {}, 400, -32600),
    ({"jsonrpc": "2.0", "id": 1, "result": {}}, {}, 400, -32600),
    (request(id=None), {}, 400, -32600), (request(id=1.5), {}, 400, -32600),
    (request(id={}), {}, 400, -32600), (request(id=10**40), {}, 400, -32600),
    (request(params=[]), {}, 400, -32602), (request(params={}), {}, 400, -32602),
    (request(params={"_meta": {**META, "io.modelcontextprotocol/clientCapabilities": 1}}), {},
     400, -32602),
    (request(), {"MCP_Protocol_Version": None}, 400, -32020),
    (request(), {"MCP_Protocol_Version": "2025-11-25"}, 400, -32020),
    (request(), {"Mcp_Method": None}, 400, -32020),
    (request(), {"Mcp_Method": "tools/call"}, 400, -32020),
    (request("tools/call", params={"_meta": META, "name": "ask"}),
     {"Mcp_Method": "tools/call", "Mcp_Name": "read_map"}, 400, -32020),
    (request(params={"_meta": {**META, "io.modelcontextprotocol/protocolVersion": "2030-01-01"}}),
     {"MCP_Protocol_Version": "2030-01-01"}, 400, -32022),
    (request(params={}), {"MCP_Protocol_Version": "1"}, 400, -32022),
    (request("tools/drop"), {"Mcp_Method": "tools/drop"}, 404, -32601),
    (request("initialize"), {"Mcp_Method": "initialize"}, 404, -32601),
    (request("ping", params={}), {**OLD}, 200, None),
    (request("tools/drop", params={}), {**OLD}, 200, -32601),
    (request("server/discover", params={}), {**OLD}, 200, -32601),
    (request("resources/read", params={"uri": "x"}), {**OLD}, 200, -32002),
    (request("tools/call", params={"name": "ask", "arguments": []}), {**OLD}, 200, -32602),
])
def test_messages_that_are_wrong(server, body, headers, status, code):
    answer = post(server, body, **headers)
    assert answer.status_code == status, answer.text
    said = answer.json()
    assert said["jsonrpc"] == "2.0" and said.get("error", {}).get("code") == code, said
    if code == -32022:
        assert said["error"]["data"]["supported"] == ["2025-06-18", "2025-11-25", LATEST]


def test_names_with_other_letters_come_in_headers_as_base64(server):
    body = request("tools/call", params={"_meta": META, "name": "drö"})
    for name, code in [("=?base64?ZHLDtg==?=", -32602), ("=?base64?ZHI=?=", -32020)]:
        answer = post(server, body, Mcp_Method="tools/call", Mcp_Name=name)
        assert answer.json()["error"]["code"] == code


def test_notifications_are_taken_and_nothing_more(server):
    for name in ["notifications/initialized", "notifications/cancelled", "tools/list"]:
        answer = post(server, {"jsonrpc": "2.0", "method": name}, **OLD)
        assert (answer.status_code, answer.text) == (202, "")
    for method in [requests.get, requests.delete]:
        answer = method(server.url + "/mcp", headers={"Authorization": f"Bearer {server.token}"})
        assert answer.status_code == 405 and answer.headers["Allow"] == "POST"


def test_versions_are_negotiated(server):
    for wanted, given in [
        ("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"), ("2024-11-05", "2025-11-25"),
        (LATEST, "2025-11-25"), (None, "2025-11-25"),
    ]:
        body = request("initialize", params={"protocolVersion": wanted, "capabilities": {}})
        result = post(server, body, **OLD).json()["result"]
        assert result["protocolVersion"] == given
        mcp_types.InitializeResult.model_validate(result)


def test_who_may_not_is_refused(server):
    collect = token(server, server.admin, "collect")
    for headers, status in [
        ({"Authorization": None}, 401), ({"Authorization": "Bearer wt_no"}, 401),
        ({"Authorization": f"Bearer {collect}"}, 403), ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403), ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Origin": server.url}, 200), ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": None}, 415), ({"Accept": "text/html"}, 406), ({"Accept": None}, 200),
    ]:
        answer = post(server, request(), **headers)
        assert answer.status_code == status, (headers, answer.text)
    assert post(server, b" " * (3 << 20)).status_code == 413
    # A browser's session is no way in for pages of other sites: the form's token is missing.
    answer = server.admin.post(server.url + "/mcp", json=request(), headers=HEADERS)
    assert answer.status_code == 403


def test_nothing_of_it_is_in_the_log(server):
    read(server, "read_story", customer=json.loads(read(
        server, "customers_behind", journey="first_order", limit=1))["customers"][0]["identity"])
    said = "\n".join(server.lines)
    assert server.token not in said and "user:" not in said
    assert not [line for line in server.lines if '"level":"error"' in line]


def test_mangled_messages_are_answered_and_never_by_a_failure(server):
    dice = random.Random(5)
    good = [
        request("tools/call", params={
            "_meta": META, "name": name, "arguments": {"journey": "first_order", "question": FUNNEL}})
        for name in TOOLS] + [request("resources/read", params={"_meta": META, "uri": "waymark://x"})]
    for _ in range(300):
        body = bytearray(json.dumps(dice.choice(good)).encode())
        for _ in range(dice.choice([1, 2, 8])):
            place = dice.randrange(len(body))
            match dice.randrange(3):
                case 0: body[place] = dice.randrange(256)
                case 1: del body[place:place + dice.randrange(1, 20)]
                case 2: body[place:place] = dice.choice([b"{", b"]", b'"', b"\\u0000", b"1e999"])
            body = body or bytearray(b"{")
        answer = post(server, bytes(body), Mcp_Method="tools/call", Mcp_Name=None)
        assert answer.status_code in (200, 202, 400, 404), (bytes(body), answer.text)
    assert requests.get(server.url + "/health", timeout=20).status_code == 200


def test_the_manual_works_as_it_is_written(server, tmp_path):
    text = (ROOT / "docs/mcp.md").read_text()
    listed = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert listed == TOOLS

    def block(kind):
        code = re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL).group(1)
        return code.replace("http://127.0.0.1:8080", server.url).replace("wt_…", server.token)
    file = tmp_path / "example.py"
    file.write_text(block("python"))
    run = subprocess.run([sys.executable, file], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0 and '"first_order"' in run.stdout, run.stderr
    run = subprocess.run(
        ["bash", "-c", "set -e\nTOKEN=$1\n" + block("sh"), "-", server.token],
        capture_output=True, text=True, timeout=60)
    assert "From first visit to first parcel" in run.stdout, run
    assert json.loads(block("json"))["mcpServers"]["waymark"]["url"] == server.url + "/mcp"
