"""Saved questions and boards in the browser."""

import re
from urllib.parse import quote, unquote

import pytest
import requests
from collecting import send, write_key
from conftest import (
    PASSWORD, assert_accessible, assert_for_everybody, set_up, sign_in, token_of)

FUNNEL = "question: funnel\nsteps: [cart, checkout, order]\nwindow: 7d\n"
RETENTION = "question: retention\nstart: cart\ninterval: month\n"
HOSTILE = ['"><script>alert(1)</script>', "\u202eevil <b>x</b>", "🛒👩🏽‍💻 עגלה", "x" * 100]


@pytest.fixture
def server(serve, shop_copy):
    return serve(shop_copy / ".waymark", shop_copy / "experience.yaml")


def post(session, server, path, **fields):
    """Sends a form as one of the server's pages does."""
    token = token_of(session.get(server.url + "/boards").text)
    return session.post(
        server.url + path, data={**fields, "csrf": token}, allow_redirects=False)


def number(answer):
    """The number in the address that an answer leads to."""
    assert answer.status_code == 303, answer.text
    return int(re.match(r"/\w+/(\d+)", answer.headers["location"]).group(1))


def save(session, server, name, text=FUNNEL):
    return number(post(session, server, "/questions", name=name, q=text))


def board_of(session, server, name, *contents):
    """Makes a board."""
    board = number(post(session, server, "/boards", name=name))
    for content in contents:
        assert post(session, server, f"/boards/{board}/tiles", content=content).status_code == 303
    return board


def member(session, server, role):
    """A second member of a role, signed in."""
    answer = post(session, server, "/settings/members", email=f"{role}@example.com",
                  name=role, role=role)
    link, token = re.search(r"(http://\S+?/invite)\?token=([\w-]+)", answer.text).groups()
    other = requests.Session()
    joined = other.post(
        link, data={"token": token, "password": PASSWORD}, allow_redirects=False)
    assert joined.status_code == 303, joined.text
    return other


def titles(page):
    # A click waits for the page's beginning only.
    page.wait_for_load_state()
    return [each.inner_text() for each in page.locator(".board h2").all()]


def test_a_question_becomes_a_tile_that_moves_with_its_customers(server, page):
    set_up(server)
    sign_in(page, server)
    page.goto(server.url + "/explore?q=" + quote(FUNNEL))
    page.get_by_label("Save this question as").fill("How far do they come?")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/questions/*")
    assert page.get_by_role("heading", level=1).inner_text() == "How far do they come?"
    assert page.locator("td a").count() == 3
    page.get_by_role("link", name="Boards", exact=True).click()
    page.get_by_label("A new board").fill("Monday")
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/boards/*")
    for wish in ["How far do they come?", "From first visit to first parcel"]:
        page.get_by_label("Put on the board").select_option(label=wish)
        page.get_by_role("button", name="Add").click()
        page.get_by_role("heading", name=wish).wait_for()
    page.get_by_role("link", name="Done").click()
    page.locator("#tile-1 img").wait_for()
    page.locator("#tile-2 .health").wait_for()
    assert_accessible(page)
    said = unquote(page.locator("#tile-1 img").get_attribute("src"))
    assert ">716<" in said and ">396<" in said
    page.locator(".live[data-state=on]").wait_for()
    key = write_key(server)
    # A new customer comes, goes the whole way, and the tile shows it.
    for name in ["Product Added", "Checkout Started", "Order Completed"]:
        event = {"event": name, "user_id": "newcomer", "time": "2026-05-31T10:00:00Z"}
        assert send(server, "/v1/events", event, key).json()["taken"] == 1
    page.wait_for_function(
        """() => {
          const said = decodeURIComponent(document.querySelector("#tile-1 img").src);
          return said.includes(">717<") && said.includes(">397<");
        }""", timeout=120_000)


def test_tiles_move_leave_and_come_back(server, page):
    session = set_up(server)
    one, two = save(session, server, "One"), save(session, server, "Two", RETENTION)
    board = board_of(
        session, server, "Monday", f"question:{one}", f"question:{two}", "journey:first_order")
    sign_in(page, server)
    page.goto(f"{server.url}/boards/{board}?edit=1")
    journey = titles(page)[2]
    page.get_by_role("button", name="Move later: One").click()
    page.wait_for_url("**#tile-2")
    assert titles(page) == ["Two", "One", journey]
    # By keyboard alone: the tile that moved is where the focus goes on from.
    page.get_by_role("button", name=f"Move earlier: {journey}").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash === '#tile-2' && document.querySelectorAll('h2')[1]"
                           f"?.innerText === {journey!r}")
    assert titles(page) == ["Two", journey, "One"]
    page.get_by_role("button", name="Remove: Two").click()
    page.get_by_role("button", name="Undo").wait_for()
    assert titles(page) == [journey, "One"]
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url("**#tile-1")
    assert titles(page) == ["Two", journey, "One"]
    assert page.get_by_role("button", name="Move earlier: Two").is_disabled()
    page.get_by_role("button", name="Delete this board").click()
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url(f"**/boards/{board}")
    assert titles(page) == ["Two", journey, "One"]


def test_questions_are_renamed_changed_and_deleted(server, page):
    session = set_up(server)
    one = save(session, server, "One")
    save(session, server, "Other")
    sign_in(page, server)
    page.goto(f"{server.url}/questions/{one}")
    taken = post(session, server, f"/questions/{one}", name="Other")
    assert taken.status_code == 422 and "already" in taken.text
    page.get_by_label("Name").fill("Uno")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("heading", name="Uno").wait_for()
    page.get_by_role("link", name="Open in Explore").click()
    page.get_by_label("Window", exact=True).fill("14d")
    page.locator("#question-form .actions").get_by_role("button", name="Ask").click()
    page.wait_for_url("**14d*")
    page.get_by_role("button", name="Save as “Uno”").click()
    page.wait_for_url("**/questions/*")
    page.get_by_text("The question as YAML").click()
    assert "window: 14d" in page.locator("pre").last.inner_text()
    page.get_by_role("button", name="Delete this question").click()
    page.wait_for_url("**/questions?deleted=*")
    assert page.get_by_role("link", name="Uno").count() == 0
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url(f"**/questions/{one}")
    board = board_of(session, server, "Monday", f"question:{one}")
    shown = post(session, server, f"/questions/{one}/delete")
    assert shown.status_code == 422 and "boards “Monday”" in shown.text
    assert session.get(f"{server.url}/boards/{board}").status_code == 200


def test_a_board_has_one_range_for_all_tiles(server, page):
    session = set_up(server)
    one = save(session, server, "One")
    board = board_of(session, server, "Monday", f"question:{one}", "journey:first_order")
    sign_in(page, server)
    page.goto(f"{server.url}/boards/{board}?edit=1")
    page.locator("#tile-1 img").wait_for()
    whole = page.locator("#tile-1 img").get_attribute("src")
    page.locator("select[name=range]").select_option("30")
    page.wait_for_url("**range=30*")
    page.locator("#tile-1 img").wait_for()
    assert page.locator("#tile-1 img").get_attribute("src") != whole
    page.get_by_role("button", name="Open the board with this range").click()
    page.wait_for_url(f"**/boards/{board}?edit=1")
    page.goto(f"{server.url}/boards/{board}")
    assert page.locator("select[name=range]").input_value() == "30"
    page.locator("#tile-1 h2 a").click()
    page.wait_for_url("**/questions/*range=30")
    assert page.get_by_role("link", name="In its own").is_visible()
    # The same figures as on the tile, and each tile's own range on demand.
    tile = session.get(f"{server.url}/boards/{board}/tiles/1?range=each").text
    assert whole in tile.replace("&amp;", "&")
    for wrong in ["0", "x", "own&from=2026-13-01"]:
        answer = session.get(f"{server.url}/boards/{board}/tiles/1?range={wrong}")
        assert answer.status_code == 200 and "notice problem" in answer.text, wrong


def test_a_broken_tile_keeps_no_other_from_showing(server, shop_copy, page):
    session = set_up(server)
    one = save(session, server, "One")
    for_buyers = save(session, server, "Buyers", FUNNEL + "for: new_shoppers\n")
    board = board_of(session, server, "Monday", f"question:{one}", f"question:{for_buyers}",
                     "journey:first_order", "journey:repeat_order")
    experience = shop_copy / "experience.yaml"
    text = experience.read_text()
    # The names that the question and one journey rest on go away.
    experience.write_text(
        text.replace("new_shoppers", "newcomers").replace("repeat_order", "next_order"))
    sign_in(page, server)
    page.goto(f"{server.url}/boards/{board}")
    page.locator("#tile-1 img").wait_for()
    page.locator("#tile-3 .health").wait_for()
    assert "new_shoppers" in page.locator("#tile-2 .problem").inner_text()
    assert "repeat_order" in page.locator("#tile-4 .problem").inner_text()


def test_boards_work_without_script(server, browser):
    session = set_up(server)
    one = save(session, server, "One")
    board = board_of(session, server, "Monday", f"question:{one}", "journey:first_order")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, server)
    page.goto(f"{server.url}/boards/{board}")
    assert page.get_by_role("link", name="Show it").count() == 2
    page.get_by_role("link", name="Show all of it on this page").click()
    page.locator("#tile-1 img").wait_for()
    page.locator("#tile-2 .health").wait_for()
    page.get_by_role("link", name="Change").click()
    page.get_by_role("button", name="Move later: One").click()
    assert titles(page)[1] == "One"
    context.close()


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text_whatever_they_hold(server, page, name):
    session = set_up(server)
    one = save(session, server, name)
    board = board_of(session, server, name, f"question:{one}")
    post(session, server, f"/boards/{board}/tiles", content=f"question:{one}", title=name * 2)
    sign_in(page, server)
    for path in ["/boards", f"/boards/{board}?edit=1", "/questions", f"/questions/{one}",
                 f"/explore?q={quote(FUNNEL)}&saved={one}"]:
        page.set_viewport_size({"width": 360, "height": 800})
        page.goto(server.url + path)
        assert page.locator("main script, main b:has-text('x')").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        if path != "/explore":
            assert name.split("<")[0].strip("\u202e ")[:8] in page.locator("main").inner_text()
    page.goto(f"{server.url}/boards/{board}?edit=1")
    page.get_by_role("button", name="Delete this board").click()
    page.get_by_role("button", name="Undo").wait_for()


def test_names_too_long_twice_or_empty_are_refused(server):
    session = set_up(server)
    assert "Monday" in session.get(
        f"{server.url}/boards/{board_of(session, server, 'Monday')}").text
    for name in ["x" * 200, "", " ", "Monday", "a\nb"]:
        answer = post(session, server, "/boards", name=name)
        assert answer.status_code == 422 and "notice problem" in answer.text, name
        assert post(session, server, "/boards/1", name=name).status_code == (
            303 if name == "Monday" else 422)
    for fields in [{"name": "x", "q": "steps: ["}, {"name": "", "q": FUNNEL},
                   {"name": "x", "q": FUNNEL + "---\n" + RETENTION}, {"name": "x"}]:
        assert post(session, server, "/questions", **fields).status_code == 422, fields
    for content in ["", "question:99", "question:x", "journey:none", "x:1"]:
        answer = post(session, server, "/boards/1/tiles", content=content)
        assert answer.status_code in (404, 422), content
    for path in ["/boards/9", "/boards/x", "/boards/1/tiles/0", "/boards/1/tiles/9", "/questions/9"]:
        assert session.get(server.url + path).status_code in (404, 422), path
    assert post(session, server, "/undo/1").status_code == 404


def test_who_saw_an_older_board_changes_nothing(server):
    session = set_up(server)
    board = board_of(session, server, "Monday", "journey:first_order", "journey:repeat_order")
    page = session.get(f"{server.url}/boards/{board}?edit=1").text
    seen = re.search(r'name="seen" value="(\d+)"', page).group(1)
    move = {"do": "later", "seen": seen}
    assert post(session, server, f"/boards/{board}/tiles/1", **move).status_code == 303
    again = post(session, server, f"/boards/{board}/tiles/1", **move)
    assert again.status_code == 422 and "meanwhile" in again.text


def test_viewers_look_and_analysts_save(server):
    session = set_up(server)
    one = save(session, server, "One")
    board = board_of(session, server, "Monday", f"question:{one}")
    viewer, analyst = member(session, server, "viewer"), member(session, server, "analyst")
    page = viewer.get(f"{server.url}/boards/{board}?edit=1").text
    assert "Monday" in page and "Rename" not in page and 'href="/explore"' not in page
    assert "<img" in viewer.get(f"{server.url}/boards/{board}/tiles/1").text
    answer = viewer.get(f"{server.url}/questions/{one}").text
    assert "<table>" in answer and "/explore" not in answer and "Rename" not in answer
    for path, fields in [("/boards", {"name": "x"}), (f"/boards/{board}", {"name": "x"}),
                         (f"/boards/{board}/delete", {}), (f"/questions/{one}/delete", {}),
                         ("/questions", {"name": "x", "q": FUNNEL})]:
        assert post(viewer, server, path, **fields).status_code == 403, path
    assert post(analyst, server, f"/boards/{board}", name="Tuesday").status_code == 303
    # What somebody deleted, only they take back.
    deleted = post(analyst, server, f"/boards/{board}/delete")
    undo = re.search(r"deleted=(\d+)", deleted.headers["location"]).group(1)
    assert post(session, server, f"/undo/{undo}").status_code == 404
    assert post(analyst, server, f"/undo/{undo}").status_code == 303
    assert "Tuesday" in session.get(f"{server.url}/boards/{board}").text


def test_pages_of_boards_are_for_everybody(server, page):
    session = set_up(server)
    one = save(session, server, "One")
    rows = save(session, server, "Rework", "question: rework\n")
    board = board_of(session, server, "Monday", f"question:{one}", f"question:{rows}",
                     "journey:first_order")
    empty = board_of(session, server, "Empty")
    sign_in(page, server)
    for theme in ["light", "dark"]:
        page.evaluate(f"document.cookie = 'waymark_theme={theme};path=/'")
        for path in ["/boards", f"/boards/{empty}", f"/boards/{board}", f"/boards/{board}?edit=1",
                     "/questions", f"/questions/{one}", f"/boards/{board}?inline=1"]:
            assert_for_everybody(page, server.url + path)


def test_letters_of_pictures_can_be_read_on_a_phone(server, page):
    session = set_up(server)
    texts = [
        FUNNEL, RETENTION, "question: trends\nevents: cart\ninterval: week\n",
        "question: flow\nstart: cart\ndepth: 3\n",
        "question: scores\nsurvey: delivery\nby: element\n",
        "question: drivers\nsurvey: delivery\n",
    ]
    kept = [save(session, server, f"Number {place}", text) for place, text in enumerate(texts)]
    board = board_of(session, server, "Monday", *[f"question:{each}" for each in kept])
    sign_in(page, server)
    page.set_viewport_size({"width": 360, "height": 800})
    paths = [f"/boards/{board}", "/surveys/delivery"] + [f"/questions/{each}" for each in kept]
    for path, least in zip(paths, [len(texts), 4] + [1] * len(texts)):
        page.goto(server.url + path)
        page.wait_for_function("""() => [...document.querySelectorAll("[data-tile]")].every(
            (each) => each.hasAttribute("data-shown"))""", timeout=120_000)
        pictures = page.locator(".picture img").all()
        assert len(pictures) >= least, path
        for picture in pictures:
            said, scale = picture.evaluate("""async (each) => {
              await each.decode();
              const width = each.getBoundingClientRect().width;
              return [decodeURIComponent(each.currentSrc), width / each.naturalWidth];
            }""")
            sizes = [float(size) for size in re.findall(r"font-size:([\d.]+)px", said)]
            assert min(sizes) * scale >= 10, (path, said)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_a_slow_tile_holds_no_other(server, page):
    session = set_up(server)
    one, two = save(session, server, "One"), save(session, server, "Two", RETENTION)
    board = board_of(session, server, "Monday", f"question:{one}", f"question:{two}")
    sign_in(page, server)
    held = []
    page.route("**/tiles/1*", lambda route: held.append(route))
    page.goto(f"{server.url}/boards/{board}")
    page.locator("#tile-2 img, #tile-2 table").first.wait_for()
    assert page.locator("#tile-1 [aria-busy=true]").count() == 1
    held[0].continue_()
    page.locator("#tile-1 img").wait_for()
