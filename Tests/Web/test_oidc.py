"""Signing in with an OpenID provider: a real one over HTTP, in a real browser, and all that it may
not get away with."""

import shutil
import subprocess
import time
import urllib.parse

import pytest
import requests
from conftest import PROGRAM, ROOT, assert_accessible, assert_for_everybody, set_up, sign_in, token_of
from openid_provider import CLIENT, SECRET, Key, Provider

PAGE = {"Accept": "text/html"}


@pytest.fixture
def provider():
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def start(serve, tmp_path, provider):
    """Starts a server that knows the provider; Ada is its admin."""
    def start(**more):
        file = tmp_path / "experience.yaml"
        shutil.copy(ROOT / "Sources/Companies/Experiences/shop.yaml", file)
        server = serve(tmp_path / "data", file, environment=provider.environment(**more))
        server.admin = set_up(server)
        return server
    return start


def come(server, session=None, path="/sign-in/openid", **fields):
    """Goes the whole way; the last answer and the browser."""
    session = session or requests.Session()
    answer = session.get(server.url + path, params=fields, headers=PAGE, timeout=30)
    return answer, session


def way(server, session):
    """The address at which the provider sends the browser back, not gone to yet."""
    out = session.get(server.url + "/sign-in/openid", allow_redirects=False, timeout=30)
    assert out.status_code == 303, out.text
    back = requests.get(out.headers["Location"], allow_redirects=False, timeout=30)
    assert back.status_code == 302
    return back.headers["Location"]


def is_in(session, server):
    answer = session.get(server.url + "/settings/account", headers=PAGE, allow_redirects=False)
    return answer.status_code == 200


def test_a_member_comes_in_with_the_browser(start, provider, page):
    server = start()
    provider.asks = True
    page.goto(server.url + "/settings/tokens")
    page.get_by_role("link", name="Sign in with 127.0.0.1").click()
    page.get_by_role("link", name="Continue as Ada").click()
    page.wait_for_url("**/settings/tokens")
    assert page.locator("h1").inner_text() == "API tokens"
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert "waymark_openid" not in cookies and "waymark_session" not in cookies
    # From now on the provider's id of the person counts, not the address.
    provider.asks = False
    provider.person["email"] = "ada@elsewhere.example"
    answer, session = come(server)
    assert answer.url == server.url + "/journeys" and is_in(session, server)
    log = server.admin.get(server.url + "/settings/audit").text
    assert "member.openid" in log and "by OpenID" in log
    said = "\n".join(server.lines)
    codes = [form["code"] for _, form in provider.exchanges]
    assert SECRET not in said and "ada@" not in said
    assert codes and not any(code in said for code in codes)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_is_for_everybody(start, provider, page, browser, theme, tmp_path):
    server = start()
    page.emulate_media(color_scheme=theme)
    assert_for_everybody(page, server.url + "/sign-in?next=/sources")
    assert page.get_by_role("link", name="Sign in with").get_attribute("href").endswith("=%2Fsources")
    page.screenshot(path=tmp_path / "sign-in.png")
    provider.refusal = "You <b>may</b> not"
    context = browser.new_context(color_scheme=theme, viewport={"width": 360, "height": 800})
    refused = context.new_page()
    refused.goto(server.url + "/sign-in/openid")
    assert "You <b>may</b> not" in refused.locator("main").inner_text()
    assert_accessible(refused)
    refused.screenshot(path=tmp_path / "refused.png")
    context.close()


def wrong(**changes):
    def change(provider):
        for name, value in changes.items():
            setattr(provider, name, value)
    return change


def unlisted(provider):
    provider.signing = Key("k9")


def forged(provider):
    provider.signing = Key("k1")


WRONG = {
    "nonce": (wrong(claims={"nonce": "another"}), "another sign-in"),
    "no nonce": (wrong(claims={"nonce": None}), "another sign-in"),
    "audience": (wrong(claims={"aud": "another"}), "another program"),
    "audiences": (wrong(claims={"aud": [CLIENT, "another"]}), "another program"),
    "party": (wrong(claims={"azp": "another"}), "another program"),
    "issuer": (wrong(claims={"iss": "https://another.example"}), "another provider"),
    "expired": (wrong(claims={"exp": int(time.time()) - 200}), "has expired"),
    "early": (wrong(claims={"iat": int(time.time()) + 86_400}), "from the future"),
    "subject": (wrong(claims={"sub": ""}), "names nobody"),
    "none": (wrong(algorithm="none"), "isn&#39;t accepted"),
    "shared secret": (wrong(algorithm="HS256"), "isn&#39;t accepted"),
    "unknown key": (unlisted, "key that the provider"),
    "forged": (forged, "signed by somebody else"),
    "unproven address": (wrong(claims={"email_verified": False}), "not known by your provider"),
    "no address": (wrong(claims={"email": None}), "not known by your provider"),
    "stranger": (wrong(claims={"email": "eve@example.com"}), "is no member"),
    "refused": (wrong(refusal="Not <today>"), "Not &lt;today&gt;"),
    "token refused": (wrong(broken={"/token": 400}), "gave no token"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused(start, provider, name):
    change, words = WRONG[name]
    server = start()
    change(provider)
    answer, session = come(server)
    text = answer.text.replace("’", "&#39;").replace("'", "&#39;")
    assert answer.status_code == 401 and words in text, text
    assert "waymark_session" not in session.cookies and "waymark_openid" not in session.cookies
    assert not is_in(session, server)
    assert server.stop() == 0


def test_only_the_browser_that_went_out_comes_in_and_only_once(start, provider):
    server = start()
    ada, eve = requests.Session(), requests.Session()
    back = way(server, ada)
    # Neither without the cookie nor with that of another sign-in, nor with another state.
    assert requests.get(back, headers=PAGE).status_code == 401
    way(server, eve)
    assert eve.get(back, headers=PAGE).status_code == 401
    parts = urllib.parse.urlsplit(way(server, ada))
    fields = dict(urllib.parse.parse_qsl(parts.query))
    other = {**fields, "state": "x" * 43}
    address = server.url + "/sign-in/openid/callback"
    assert ada.get(address, params=other, headers=PAGE).status_code == 401
    assert "waymark_openid" not in ada.cookies
    # A code that somebody else got is worth nothing: it goes with their verifier.
    stolen = urllib.parse.urlsplit(way(server, ada)).query
    mine = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(way(server, eve)).query))
    mine["code"] = dict(urllib.parse.parse_qsl(stolen))["code"]
    answer = eve.get(address, params=mine, headers=PAGE)
    assert answer.status_code == 401 and "invalid_grant, not &lt;yours&gt;" in answer.text
    # Another provider's answer is refused before anything is asked.
    asked = len(provider.exchanges)
    fields = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(way(server, eve)).query))
    mixed = {**fields, "iss": "https://evil.example"}
    assert eve.get(address, params=mixed, headers=PAGE).status_code == 401
    assert len(provider.exchanges) == asked
    # The right way, and the same again, with the cookie as it was.
    back = way(server, ada)
    kept = ada.cookies.get("waymark_openid")
    assert ada.get(back, headers=PAGE).url == server.url + "/journeys"
    assert is_in(ada, server)
    again = requests.get(back, headers=PAGE, cookies={"waymark_openid": kept})
    assert again.status_code == 401 and "invalid_grant" in again.text


def test_the_cookie_is_for_the_way_back_alone(start):
    server = start()
    out = requests.get(server.url + "/sign-in/openid", allow_redirects=False)
    cookie = out.headers["Set-Cookie"]
    for part in ["Path=/sign-in/openid", "Max-Age=600", "HttpOnly", "SameSite=Lax"]:
        assert part in cookie, cookie
    for value in ["", "a.b.c.d", "x" * 4000, ".".join(["x" * 43] * 3) + ".!"]:
        answer = requests.get(
            server.url + "/sign-in/openid/callback?state=" + "x" * 43 + "&code=c",
            cookies={"waymark_openid": value}, headers=PAGE)
        assert answer.status_code == 401, value


def test_documents_are_kept_and_new_keys_are_found(start, provider):
    server = start()
    for _ in range(3):
        assert come(server)[0].status_code == 200
    assert provider.calls.count("/keys") == 1
    assert provider.calls.count("/.well-known/openid-configuration") == 1
    provider.listed = [Key("k2", "ES256")]
    provider.signing = provider.listed[0]
    for _ in range(2):
        answer, session = come(server)
        assert answer.status_code == 200 and is_in(session, server)
    assert provider.calls.count("/keys") == 2
    # An old key that is withdrawn proves nothing any more.
    provider.signing = Key("k1")
    assert come(server)[0].status_code == 401


def test_a_domain_is_let_in_as_viewers(start, provider):
    server = start(WAYMARK_OPENID_DOMAINS="Example.org, example.net")
    provider.person = {
        "sub": "u-2", "email": "Kim@example.org", "email_verified": True, "name": "Kim <Lee>"}
    answer, kim = come(server)
    assert answer.status_code == 200 and is_in(kim, server)
    assert kim.get(server.url + "/settings/members", headers=PAGE).status_code == 403
    members = server.admin.get(server.url + "/settings/members").text
    assert "Kim &lt;Lee&gt;" in members and "kim@example.org" in members
    number = members.split("kim@example.org")[1].split("/settings/members/")[1].split("/")[0]
    form = {"csrf": token_of(members)}
    server.admin.post(f"{server.url}/settings/members/{number}/disable", data=form)
    assert not is_in(kim, server)
    answer, _ = come(server)
    assert answer.status_code == 401 and "may not sign in any more" in answer.text
    provider.person |= {"sub": "u-3", "email": "eve@sub.example.org"}
    assert "is no member" in come(server)[0].text


def test_nobody_is_sent_elsewhere(start):
    server = start()
    assert come(server, next="/sources")[0].url == server.url + "/sources"
    for path in ["https://evil.example", "//evil.example", "/\\evil.example", "/a b", "/" + "x" * 5000]:
        answer, session = come(server, next=path)
        assert answer.url == server.url + "/journeys", path
        # Whoever is in already needs no provider.
        assert come(server, session, next=path)[0].url.startswith(server.url)


@pytest.mark.parametrize("broken", ["/.well-known/openid-configuration", "/keys", "/token"])
def test_a_provider_that_fails_keeps_nobody_with_a_password_out(start, provider, page, broken):
    server = start()
    provider.broken = {broken: 500}
    answer, session = come(server)
    assert answer.status_code == 503 and "status 500" in answer.text, answer.text
    server.said("answers with status 500")
    sign_in(page, server)
    provider.broken = {}
    assert come(server)[0].status_code == 200


@pytest.mark.parametrize("discovery, words", [
    ({"issuer": "https://another.example"}, "is that of"),
    ({"token_endpoint": "http://evil.example/token"}, "is no address of https"),
    ({"padding": "x" * 300_000}, "longer than"),
])
def test_a_wrong_document_is_refused(start, provider, discovery, words):
    server = start()
    provider.discovery = discovery
    answer, _ = come(server)
    assert answer.status_code in (401, 503) and words in answer.text, answer.text


def test_a_provider_that_is_not_there_is_told(start, provider):
    server = start()
    provider.stop()
    answer, _ = come(server)
    assert answer.status_code == 503 and "Nothing answers there" in answer.text


def test_trying_is_slowed_down(start):
    server = start()
    cookie = {"waymark_openid": ".".join(["x" * 43] * 3) + "."}
    address = server.url + "/sign-in/openid/callback?code=c&state=" + "x" * 42
    answers = []
    for number in range(30):
        text = ".".join([f"{number:042d}x", "x" * 43, "x" * 43]) + "."
        answers.append(requests.get(
            server.url + f"/sign-in/openid/callback?code=c&state={number:042d}x",
            cookies={"waymark_openid": text}, headers=PAGE))
    statuses = [answer.status_code for answer in answers]
    assert statuses[:20] == [401] * 20 and 429 in statuses, statuses
    assert answers[statuses.index(429)].headers["Retry-After"]
    assert requests.get(address, cookies=cookie, headers=PAGE).status_code in (401, 429)


def test_nobody_comes_in_before_there_is_an_admin(serve, tmp_path, provider):
    (tmp_path / "experience.yaml").write_text("")
    server = serve(
        tmp_path / "data", tmp_path / "experience.yaml",
        environment=provider.environment(WAYMARK_OPENID_DOMAINS="example.com"))
    answer, session = come(server)
    assert answer.status_code == 401 and not is_in(session, server)
    assert is_in(set_up(server), server)


def test_without_a_provider_there_is_no_way_to_one(serve, tmp_path):
    server = serve(tmp_path / "data", tmp_path / "experience.yaml")
    set_up(server)
    assert "/sign-in/openid" not in requests.get(server.url + "/sign-in").text
    for path in ["/sign-in/openid", "/sign-in/openid/callback"]:
        assert requests.get(server.url + path).status_code == 404


@pytest.mark.parametrize("changes, words", [
    ({"WAYMARK_OPENID_CLIENT_ID": ""}, "WAYMARK_OPENID_CLIENT_ID is not set"),
    ({"WAYMARK_OPENID_ISSUER": ""}, "WAYMARK_OPENID_ISSUER is not set"),
    ({"WAYMARK_OPENID_ISSUER": "http://id.example.com"}, "is no address of https"),
    ({"WAYMARK_OPENID_DOMAINS": "a@b.example"}, "is no domain"),
    ({"WAYMARK_OPENID_DOMAINS": "*"}, "is no domain"),
])
def test_wrong_settings_are_told_at_the_start(tmp_path, provider, changes, words):
    import os
    run = subprocess.run(
        [PROGRAM, "serve", "--data", str(tmp_path / "data"), "--port", "0"], text=True,
        capture_output=True, timeout=60,
        env={**os.environ, **provider.environment(**changes)})
    assert run.returncode == 64 and words in run.stderr, run.stderr
    assert SECRET not in run.stderr
