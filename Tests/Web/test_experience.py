"""The experience: written as text and by forms, checked, kept in versions, restored."""

import html
import re
import shutil
import threading

import pytest
import requests

from conftest import ROOT, assert_for_everybody, set_up, sign_in, token_of
from test_people import invite, join

FORM = {"Accept": "text/html"}
TEXT = """\
# What we designed.
experience: Corner Shop   # the small one
timezone: Europe/Berlin
teams: [shop, {support: {title: Customer support}}]

touchpoints:
  # how they find us
  visit:   {stage: awareness, on: Visit Started, owner: shop}   # any visit
  order:
    stage: purchase
    on: Order Completed     # paid, too
    value: properties.revenue

segments:
  buyers: 'count("Order Completed") >= 1'

journeys:
  first_order:
    starts: [visit]
    steps:   # the way
      - order   # the goal
    goal: order
"""


@pytest.fixture
def written(tmp_path):
    file = tmp_path / "experience.yaml"
    file.write_text(TEXT)
    return file


@pytest.fixture
def server(serve, tmp_path, written):
    return serve(tmp_path / "data", written)


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page).group(1)


def save(session, server, text, file="experience.yaml", base=None, message="", page=None):
    page = page or session.get(server.url + "/experience/text?file=" + file, headers=FORM).text
    return session.post(
        server.url + "/experience/text",
        data={"csrf": token_of(page), "file": file, "text": text.replace("\n", "\r\n"),
              "base": hidden(page, "base") if base is None else base, "message": message},
        headers=FORM, allow_redirects=False)


def entry(session, server, path, remove=False, **fields):
    """Sends an entry's form with some fields changed, as the page has it."""
    page = session.get(server.url + "/experience/" + path, headers=FORM).text
    data = {"csrf": token_of(page), "base": hidden(page, "base")}
    for name, value in re.findall(r'<input name="([^"]+)" value="([^"]*)"', page):
        data[name] = value
    for name, value in re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.S):
        data[name] = value
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        data[name] = chosen.group(1) if chosen else ""
    for name in re.findall(r'<input type="checkbox" name="([^"]+)" value="true" checked', page):
        data[name] = "true"
    data = {name: html.unescape(value) for name, value in data.items()}
    data.update(fields)
    target = path.replace("new/", "") + ("/remove" if remove else "")
    return session.post(
        server.url + "/experience/" + target, data=data, headers=FORM, allow_redirects=False)


def test_a_text_is_saved_as_a_version_and_restored(server, written):
    admin = set_up(server)
    changed = TEXT.replace("Corner Shop", "Corner Store")
    answer = save(admin, server, changed, message="Call it a store")
    assert answer.status_code == 303, answer.text
    assert written.read_text() == changed
    history = admin.get(server.url + "/experience/history").text
    assert "As it was found on the disk" in history and "Call it a store" in history
    version = admin.get(server.url + "/experience/history/2").text
    assert "-experience: Corner Shop" not in version
    assert re.search(r'class="removed".*Corner Shop', version)
    assert re.search(r'class="added".*Corner Store', version)
    page = admin.get(server.url + "/experience/history/1").text
    answer = admin.post(
        server.url + "/experience/history/1/restore", data={"csrf": token_of(page)},
        allow_redirects=False)
    assert answer.status_code == 303
    assert written.read_text() == TEXT
    assert "Restore version 1" in admin.get(server.url + "/experience/history").text
    assert admin.get(server.url + "/experience/history/9", headers=FORM).status_code == 404


def test_a_text_with_errors_does_not_run(server, written):
    admin = set_up(server)
    answer = save(admin, server, TEXT.replace("goal: order", "goal: ordre"))
    assert answer.status_code == 422
    assert "Did you mean order?" in answer.text and "goal: ordre</textarea>" not in answer.text
    assert "goal: ordre" in answer.text
    assert written.read_text() == TEXT
    assert "No version yet" in admin.get(server.url + "/experience/history").text


def test_a_change_of_somebody_else_is_shown_before_it_is_overwritten(server, written):
    admin = set_up(server)
    page = admin.get(server.url + "/experience/text").text
    theirs = TEXT.replace("Corner Shop", "Their Shop")
    assert save(admin, server, theirs).status_code == 303
    mine = TEXT.replace("Corner Shop", "My Shop")
    answer = save(admin, server, mine, page=page)
    assert answer.status_code == 409
    assert re.search(r'class="removed".*Their Shop', answer.text)
    assert re.search(r'class="added".*My Shop', answer.text)
    assert written.read_text() == theirs
    assert save(admin, server, mine, page=answer.text).status_code == 303
    assert written.read_text() == mine


def test_two_who_save_at_once_are_told_apart(server, written):
    admin = set_up(server)
    page = admin.get(server.url + "/experience/text").text
    answers = []

    def one(number):
        other = requests.Session()
        other.cookies.update(admin.cookies)
        text = TEXT.replace("Corner Shop", f"Shop {number}")
        answers.append(save(other, server, text, page=page).status_code)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303] + [409] * 5


def test_ends_of_lines_stay_as_the_file_has_them(serve, tmp_path):
    file = tmp_path / "e.yaml"
    file.write_bytes(TEXT.replace("\n", "\r\n").encode())
    server = serve(tmp_path / "data", file)
    admin = set_up(server)
    assert save(
        admin, server, TEXT.replace("Corner", "Other"), file="e.yaml").status_code == 303
    assert file.read_bytes() == TEXT.replace("Corner", "Other").replace("\n", "\r\n").encode()


def test_a_folder_of_files_is_edited_file_by_file(serve, tmp_path):
    folder = tmp_path / "maps"
    folder.mkdir()
    head, journeys = TEXT.split("journeys:")
    (folder / "a.yaml").write_text(head)
    (folder / "b.yaml").write_text("journeys:" + journeys)
    server = serve(tmp_path / "data", folder)
    admin = set_up(server)
    page = admin.get(server.url + "/experience/text").text
    assert "a.yaml" in page and "b.yaml" in page
    segment = "personas:\n  planner: {goal: plan}\n"
    assert save(admin, server, segment, file="c.yaml").status_code == 303
    assert (folder / "c.yaml").read_text() == segment
    assert entry(admin, server, "journeys/first_order", window="14d").status_code == 303
    assert "window: 14d" in (folder / "b.yaml").read_text()
    assert (folder / "a.yaml").read_text() == head
    for name in ["../x.yaml", "x.txt", ".x.yaml", "a/b.yaml", "x\0.yaml"]:
        answer = admin.get(server.url + "/experience/text", params={"file": name}, headers=FORM)
        assert answer.status_code == 422, name


def test_forms_change_only_the_lines_of_their_entry(server, written):
    admin = set_up(server)

    def expect(old, new):
        nonlocal text
        assert text.count(old) == 1
        text = text.replace(old, new)
        assert written.read_text() == text

    text = TEXT
    assert entry(admin, server, "touchpoints/order", feeling="4.5").status_code == 303
    expect("revenue\n", "revenue\n    feeling: 4.5\n")
    assert entry(admin, server, "touchpoints/order", on="Order Paid").status_code == 303
    expect("on: Order Completed     # paid", "on: Order Paid     # paid")
    assert entry(
        admin, server, "touchpoints/order", on="Order Paid\nOrder, Completed").status_code == 303
    expect("on: Order Paid  ", "on: [Order Paid, 'Order, Completed']  ")
    assert entry(admin, server, "touchpoints/order", feeling="").status_code == 303
    expect("    feeling: 4.5\n", "")
    assert entry(
        admin, server, "touchpoints/visit", title="It's: a visit", stage="").status_code == 303
    expect("{stage: awareness, on: ", "{title: 'It''s: a visit', on: ")
    assert entry(
        admin, server, "journeys/first_order", **{"targets.completion": ">= 20%"}
    ).status_code == 303
    expect("    goal: order\n", "    goal: order\n    targets: {completion: '>= 20%'}\n")
    assert entry(
        admin, server, "journeys/first_order", **{"targets.completion": ">= 25%",
                                                  "targets.cost": "<= 6"}).status_code == 303
    expect("{completion: '>= 20%'}", "{completion: '>= 25%', cost: '<= 6'}")
    assert entry(
        admin, server, "journeys/first_order", steps="optional: visit\norder").status_code in (
            303, 422)
    assert entry(admin, server, "teams/support", title="Support desk").status_code == 303
    assert "{support: {title: Support desk}}" in written.read_text()
    assert entry(admin, server, "segments/buyers", rule="age() > 2d").status_code == 303
    assert "  buyers: 'age() > 2d'\n" in written.read_text()


def test_forms_add_and_remove_entries(server, written):
    admin = set_up(server)
    assert entry(
        admin, server, "new/personas", name="planner", title="The planner",
        needs="advice\ncertainty").status_code == 303
    assert written.read_text() == TEXT + (
        "\npersonas:\n  planner:\n    title: The planner\n    needs: [advice, certainty]\n")
    assert entry(admin, server, "personas/planner", remove=True).status_code == 303
    assert written.read_text() == TEXT + "\n"
    assert entry(admin, server, "new/teams", name="growth").status_code == 303
    assert "teams: [shop, {support: {title: Customer support}}, growth]" in written.read_text()
    assert entry(admin, server, "teams/growth", remove=True).status_code == 303
    assert written.read_text() == TEXT + "\n"
    # Any name will do, also that of a page.
    assert entry(admin, server, "new/personas", name="new", goal="g").status_code == 303
    assert entry(admin, server, "personas/new", goal="h").status_code == 303
    assert written.read_text() == TEXT + "\n\npersonas:\n  new: {goal: h}\n"
    # What others need can't go.
    answer = entry(admin, server, "touchpoints/order", remove=True)
    assert answer.status_code == 422 and "would have errors" in answer.text
    answer = entry(admin, server, "new/touchpoints", name="order", on="x")
    assert answer.status_code == 422 and "already" in answer.text
    answer = entry(admin, server, "new/touchpoints", name="a b", on="x")
    assert answer.status_code == 422 and "cannot be a name" in answer.text
    assert admin.get(
        server.url + "/experience/touchpoints/nothing", headers=FORM).status_code == 404


def test_a_viewer_reads_and_changes_nothing(server, written):
    admin = set_up(server)
    vera, _ = join(invite(admin, server, "Vera", "vera@example.com", "viewer"))
    page = vera.get(server.url + "/experience/text", headers=FORM).text
    assert "readonly" in page and 'name="base"' not in page
    answer = vera.post(
        server.url + "/experience/text",
        data={"csrf": token_of(page), "file": "experience.yaml", "text": "", "base": ""},
        headers=FORM)
    assert answer.status_code == 403
    assert vera.get(server.url + "/experience/touchpoints/order").status_code == 403
    assert written.read_text() == TEXT


def test_nothing_written_yet_begins_with_a_proposal_or_an_example(serve, shop_copy, tmp_path):
    file = tmp_path / "new.yaml"
    server = serve(shop_copy / ".waymark", file)
    admin = set_up(server)
    assert "Propose one from" in admin.get(server.url + "/experience").text
    for start, sign in [("proposal", "Proposed experience"), ("example", "Corner Shop")]:
        page = admin.get(server.url + f"/experience/text?start={start}").text
        assert sign in page
        assert not file.exists()
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.S).group(1)
    text = html.unescape(text)
    assert save(admin, server, text, file="new.yaml", page=page).status_code == 303
    assert file.read_text() == text
    page = admin.get(server.url + "/experience/text").text
    answer = admin.post(
        server.url + "/experience/check-events", headers=FORM,
        data={"csrf": token_of(page), "file": "new.yaml", "base": hidden(page, "base"),
              "text": text.replace("Order Completed", "Odrer Completed")})
    assert answer.status_code == 200
    assert "No event is called" in answer.text


def test_messages_come_while_typing(server, page, written):
    set_up(server)
    sign_in(page, server)
    page.goto(server.url + "/experience/text")
    area = page.locator("#text")
    assert page.locator(".numbers span").count() == TEXT.count("\n") + 1
    area.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("surprise: 1\n")
    page.get_by_text("is not a field of an experience").wait_for()
    line = TEXT.count("\n") + 1
    assert page.locator(".numbers .error").inner_text() == str(line)
    page.locator("#messages .error a").first.click()
    assert page.evaluate(
        "getSelection().toString() || document.activeElement.value.slice("
        "document.activeElement.selectionStart, document.activeElement.selectionEnd)"
    ) == "surprise: 1"
    page.keyboard.press("Delete")
    page.get_by_text("is not a field of an experience").wait_for(state="detached")
    # Tab indents; Escape and Tab leave.
    page.keyboard.press("Tab")
    assert area.input_value().endswith("  \n") or area.input_value().endswith("  ")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "text"
    page.get_by_label("What you changed").fill("Nothing much")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved: the experience runs").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_the_experience_are_for_everybody(serve, tmp_path, page, theme):
    file = tmp_path / "shop.yaml"
    shutil.copy(ROOT / "Sources/Companies/Experiences/shop.yaml", file)
    server = serve(tmp_path / "data", file)
    admin = set_up(server)
    assert save(
        admin, server, file.read_text() + "# end\n", file="shop.yaml").status_code == 303
    page.emulate_media(color_scheme=theme)
    sign_in(page, server)
    for path in ["", "/text", "/history", "/history/2", "/touchpoints/checkout",
                 "/journeys/first_order", "/new/segments"]:
        assert_for_everybody(page, server.url + "/experience" + path)
