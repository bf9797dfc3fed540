"""The API as programs use it: by its own description, and as nobody should."""

import pytest
import requests
import schemathesis
from conftest import set_up, token_of
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi import checks as openapi

ROOT = "/api/v1"
# Enough to meet every member of every body a few times; the whole stays under two minutes.
EXAMPLES = 12


@pytest.fixture(scope="module")
def server(shop, tmp_path_factory):
    """One server for all tests of this file: the shop, with an admin's token."""
    import shutil

    from conftest import Server

    folder = tmp_path_factory.mktemp("api") / "shop"
    shutil.copytree(shop, folder)
    server = Server(folder / ".waymark", folder / "experience.yaml", "--log-level", "warning")
    server.session = set_up(server)
    server.admin = make_token(server, "admin")
    yield server
    if server.process.poll() is None:
        server.stop()


def make_token(server, scope):
    """A token of the admin, made as their browser would."""
    page = server.session.get(server.url + "/settings/tokens")
    answer = server.session.post(
        server.url + ROOT + "/tokens", json={"name": f"test {scope}", "scopes": [scope]},
        headers={"X-CSRF-Token": token_of(page.text)})
    assert answer.status_code == 201, answer.text
    return answer.json()["secret"]


def bearer(token, **headers):
    return {"Authorization": f"Bearer {token}", **headers}


def call(server, method, path, token=None, **options):
    headers = bearer(token or server.admin, **options.pop("headers", {}))
    return requests.request(
        method, server.url + ROOT + path, headers=headers, timeout=60, **options)
