"""People: invited, signed in and out, changed, and kept from what they may not do."""

import re
import shutil

import pytest
import requests

from conftest import (
    PASSWORD, ROOT, assert_accessible, assert_for_everybody, set_up, sign_in, token_of)

OTHER = "another long passphrase"
FORM = {"Accept": "text/html"}


@pytest.fixture
def server(serve, tmp_path):
    file = tmp_path / "experience.yaml"
    shutil.copy(ROOT / "Sources/Companies/Experiences/shop.yaml", file)
    return serve(tmp_path / "data", file)


def post(session, server, path, origin="/settings/account", **fields):
    """Sends a form as a page of this session would."""
    token = token_of(session.get(server.url + origin, headers=FORM).text)
    return session.post(
        server.url + path, data={"csrf": token, **fields}, headers=FORM, allow_redirects=False)


def invite(admin, server, name, email, role):
    answer = post(admin, server, "/settings/members", name=name, email=email, role=role)
    assert answer.status_code == 200, answer.text
    return re.search(r'id="secret">([^<]+)<', answer.text).group(1)


def join(link, password=OTHER):
    session = requests.Session()
    assert session.get(link).status_code == 200
    answer = session.post(
        link.split("?")[0], data={"token": link.split("token=")[1], "password": password},
        allow_redirects=False)
    return session, answer


def member_number(admin, server, email):
    text = admin.get(server.url + "/settings/members").text
    row = next(part for part in text.split("<tr>") if email in part)
    return re.search(r"/settings/members/(\d+)/", row).group(1)


def test_an_invited_member_chooses_a_password_once(server):
    admin = set_up(server)
    link = invite(admin, server, "Vera Viewer", "vera@example.com", "viewer")
    session, short = join(link, "short")
    assert short.status_code == 422
    session, answer = join(link)
    assert answer.status_code == 303, answer.text
    assert session.get(server.url + "/settings/account").status_code == 200
    assert session.get(server.url + "/settings/members").status_code == 403
    _, again = join(link)
    assert again.status_code == 422
    assert "was used" in again.text


def test_the_last_admin_is_kept(server):
    admin = set_up(server)
    number = member_number(admin, server, "ada@example.com")
    for path, fields in [("role", {"role": "viewer"}), ("disable", {}), ("remove", {})]:
        answer = post(admin, server, f"/settings/members/{number}/{path}", **fields)
        assert answer.status_code == 422
        assert "No admin who can sign in would be left" in answer.text
    assert admin.get(server.url + "/settings/members").status_code == 200


def test_roles_count_at_once_and_a_disabled_member_is_out(server):
    admin = set_up(server)
    vera, _ = join(invite(admin, server, "Vera", "vera@example.com", "viewer"))
    number = member_number(admin, server, "vera@example.com")
    assert vera.get(server.url + "/settings/audit").status_code == 403
    assert post(admin, server, f"/settings/members/{number}/role", role="admin").status_code == 303
    assert vera.get(server.url + "/settings/audit").status_code == 200
    assert post(admin, server, f"/settings/members/{number}/role", role="king").status_code == 422
    assert post(admin, server, f"/settings/members/{number}/disable").status_code == 303
    assert vera.get(server.url + "/settings/account").status_code == 401
    answer = requests.post(
        server.url + "/sign-in", data={"email": "vera@example.com", "password": OTHER})
    assert answer.status_code == 401
    assert post(admin, server, f"/settings/members/{number}/enable").status_code == 303
    answer = requests.post(
        server.url + "/sign-in", data={"email": "vera@example.com", "password": OTHER},
        allow_redirects=False)
    assert answer.status_code == 303


def test_a_password_is_changed_by_who_knows_it(server):
    admin = set_up(server)
    other = requests.Session()
    other.post(server.url + "/sign-in", data={"email": "ada@example.com", "password": PASSWORD})
    assert other.get(server.url + "/settings/account").status_code == 200
    wrong = post(admin, server, "/settings/account/password", old="no", new=OTHER)
    assert wrong.status_code == 422 and "not your password" in wrong.text
    right = post(admin, server, "/settings/account/password", old=PASSWORD, new=OTHER)
    assert right.status_code == 303
    assert admin.get(server.url + "/settings/account").status_code == 200
    assert other.get(server.url + "/settings/account").status_code == 401


def test_sessions_are_listed_and_ended(server):
    admin = set_up(server)
    other = requests.Session()
    other.post(
        server.url + "/sign-in", data={"email": "ada@example.com", "password": PASSWORD},
        headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"})
    text = admin.get(server.url + "/settings/account").text
    assert "Firefox on Linux" in text
    number = re.search(r"/settings/account/sessions/(\d+)/end", text).group(1)
    assert post(admin, server, f"/settings/account/sessions/{number}/end").status_code == 303
    assert other.get(server.url + "/settings/account").status_code == 401


def test_forms_of_other_pages_are_refused(server):
    admin = set_up(server)
    other = requests.Session()
    other.post(server.url + "/sign-in", data={"email": "ada@example.com", "password": PASSWORD})
    foreign = token_of(other.get(server.url + "/settings/account").text)
    own = token_of(admin.get(server.url + "/settings/account").text)
    path = server.url + "/settings/account/name"
    for csrf in ["", "x" * 64, foreign]:
        answer = admin.post(path, data={"csrf": csrf, "name": "Eve"}, allow_redirects=False)
        assert answer.status_code == 403, csrf
    assert admin.post(path, json={"csrf": own, "name": "Eve"}).status_code == 403
    for header in [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                   {"Origin": "https://evil.example"}, {"Origin": "null"}]:
        answer = admin.post(
            path, data={"csrf": own, "name": "Eve"}, headers=header, allow_redirects=False)
        assert answer.status_code == 403, header
        answer = requests.post(
            server.url + "/sign-in", data={"email": "ada@example.com", "password": PASSWORD},
            headers=header, allow_redirects=False)
        assert answer.status_code == 403, header
    assert "Eve" not in admin.get(server.url + "/settings/account").text
    assert admin.post(
        path, data={"csrf": own, "name": "Ada L."}, headers={"Origin": server.url},
        allow_redirects=False).status_code == 303


def test_guessing_is_slowed_down(server):
    set_up(server)
    answers = []
    # Each waits twice as long as the one before, which a slow machine may take for the first ones.
    while len(answers) < 15 and (not answers or answers[-1].status_code == 401):
        answers.append(requests.post(
            server.url + "/sign-in",
            data={"email": "ada@example.com", "password": f"guess {len(answers)}"}))
    assert [answer.status_code for answer in answers[:5]] == [401] * 5
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_nobody_is_sent_elsewhere(server):
    set_up(server)
    for place in ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example",
                  "javascript:alert(1)", "\\\\evil.example", "/%09/evil", "evil.example"]:
        answer = requests.post(
            server.url + "/sign-in",
            data={"email": "ada@example.com", "password": PASSWORD, "next": place},
            allow_redirects=False)
        assert answer.status_code == 303
        where = answer.headers["Location"]
        assert where == "/journeys" or where == place == "/%09/evil", (place, where)


def test_a_token_does_what_its_scopes_say_until_it_is_revoked(server):
    admin = set_up(server)
    answer = post(
        admin, server, "/settings/tokens", name="Report", days="30", **{"scope-read": "on"})
    secret = re.search(r'id="secret">([^<]+)<', answer.text).group(1)
    bearer = {"Authorization": f"Bearer {secret}"}
    assert requests.get(server.url + "/metrics", headers=bearer).status_code == 200
    assert requests.get(server.url + "/settings/audit", headers=bearer).status_code == 403
    # What only a person can do stays closed to a program, whatever its scopes.
    assert requests.get(server.url + "/settings/account", headers=bearer).status_code == 403
    page = admin.get(server.url + "/settings/tokens").text
    assert secret not in page
    number = re.search(r"/settings/tokens/(\d+)/revoke", page).group(1)
    assert post(admin, server, f"/settings/tokens/{number}/revoke").status_code == 303
    assert requests.get(server.url + "/metrics", headers=bearer).status_code == 401
    assert post(admin, server, "/settings/tokens", name="x", days="30").status_code == 422
    assert post(
        admin, server, "/settings/tokens", name="x", days="9999",
        **{"scope-read": "on"}).status_code == 422


def test_a_viewer_can_make_no_token_that_does_more(server):
    admin = set_up(server)
    vera, _ = join(invite(admin, server, "Vera", "vera@example.com", "viewer"))
    answer = post(
        vera, server, "/settings/tokens", name="All", days="7", **{"scope-admin": "on"})
    assert answer.status_code == 422
    assert "can&#39;t have the scope" in answer.text


def test_secrets_are_in_no_log_and_no_later_page(server):
    admin = set_up(server)
    secrets = [admin.cookies["waymark_session"], server.setup_link().split("token=")[1]]
    link = invite(admin, server, "Vera", "vera@example.com", "viewer")
    secrets.append(link.split("token=")[1])
    answer = post(admin, server, "/settings/keys", name="Shop")
    key = re.search(r'id="secret">([^<]+)<', answer.text).group(1)
    assert key.startswith("wk_")
    secrets.append(key)
    join(link)
    requests.get(server.url + "/metrics?token=" + key, headers={"Authorization": f"Bearer {key}"})
    for path in ["/settings/members", "/settings/keys", "/settings/tokens", "/settings/audit",
                 "/settings/account", "/settings/health", "/metrics"]:
        text = admin.get(server.url + path).text
        assert not [secret for secret in secrets if secret in text], path
    assert server.stop() == 0
    log = "\n".join(line for line in server.lines if line.startswith("{"))
    assert '"path":"/invite"' in log
    assert not [secret for secret in secrets if secret in log]
    stored = b"".join(
        file.read_bytes() for file in server.data.rglob("*") if file.is_file())
    assert not [secret for secret in secrets if secret.encode() in stored]


def test_the_audit_log_tells_who_did_what(server):
    admin = set_up(server)
    invite(admin, server, "<b>Vera</b>", "vera@example.com", "viewer")
    text = admin.get(server.url + "/settings/audit").text
    assert "member.add" in text and "vera@example.com" in text
    assert "<b>Vera" not in admin.get(server.url + "/settings/members").text
    only = admin.get(server.url + "/settings/audit?area=key").text
    assert "<code>member.add</code>" not in only
    for n in range(60):
        post(admin, server, "/settings/account/name", name=f"Ada {n}")
        post(admin, server, "/settings/account/name", name=f"Ada {n}b")
    first = admin.get(server.url + "/settings/audit").text
    older = re.search(r'href="([^"]+)" rel="next"', first).group(1).replace("&amp;", "&")
    second = admin.get(server.url + older).text
    assert first.count("member.rename") == 100 and second.count("member.rename") == 20


def test_health_tells_how_the_program_is(server):
    admin = set_up(server)
    text = admin.get(server.url + "/settings/health").text
    assert "Version" in text and "free" in text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_settings_are_for_everybody(server, page, theme):
    admin = set_up(server)
    invite(admin, server, "Vera Viewer", "vera@example.com", "viewer")
    post(admin, server, "/settings/keys", name="Shop")
    page.emulate_media(color_scheme=theme)
    sign_in(page, server)
    for tab in ["account", "members", "keys", "tokens", "audit", "health"]:
        assert_for_everybody(page, server.url + "/settings/" + tab)


def test_people_work_by_keyboard(server, page):
    set_up(server)
    sign_in(page, server)
    page.goto(server.url + "/settings/keys")
    page.get_by_label("Name of the key").focus()
    page.keyboard.type("Web shop")
    page.keyboard.press("Enter")
    page.get_by_text("Copy it now").wait_for()
    assert page.locator("#secret").inner_text().startswith("wk_")
    assert_accessible(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(server.url + "/settings/keys")
    page.get_by_role("button", name="Revoke: Web shop").focus()
    page.keyboard.press("Enter")
    page.get_by_text("It is revoked.").wait_for()


def test_people_who_are_not_signed_in_learn_only_that_the_server_answers(serve, shop_copy):
    server = serve(shop_copy / ".waymark", shop_copy / "experience.yaml")
    answer = requests.get(server.url + "/health", timeout=10)
    assert answer.status_code == 200 and answer.json().keys() == {"status", "version"}
    assert requests.get(server.url + "/metrics", timeout=10).status_code == 401


def test_a_form_that_is_too_long_is_refused_as_such(server):
    admin = set_up(server)
    long = "x" * (2 << 20)
    answer = requests.post(server.url + "/sign-in", data={"email": long, "password": long})
    assert answer.status_code == 413 and answer.json()["code"] == "body.length"
    form = token_of(admin.get(server.url + "/settings/account").text)
    answer = admin.post(
        server.url + "/settings/account/name", data={"csrf": form, "name": long * 3},
        headers=FORM, allow_redirects=False)
    assert answer.status_code == 413 and "Send less" in answer.text
