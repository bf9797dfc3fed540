// What pages do beyond links and forms. Every page works without it.
"use strict";

// The theme is a choice of this browser: kept in a cookie so that the server draws it at once.
document.querySelectorAll(".top-bar .theme input").forEach((input) => {
  input.addEventListener("change", () => {
    document.cookie = "waymark_theme=" + input.value + ";path=/;max-age=31536000;samesite=lax";
  });
});

// A form asks before it does what can't be undone.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// Pickers send their form as soon as something is chosen.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form && form.matches("[data-instant]")) form.requestSubmit();
});

// Makes a part of the page like a fresh one, touching only what differs: what has the focus keeps
// it, what was scrolled stays where it is, and what was opened stays open.
const liken = (old, fresh) => {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const [before, after] = [[...old.childNodes], [...fresh.childNodes]];
  after.forEach((node, place) => {
    if (place < before.length) liken(before[place], node);
    else old.append(node);
  });
  before.slice(after.length).forEach((node) => node.remove());
};

// Why a stream of the server ends; whoever may listen no longer doesn't ask again.
const goodbye = (stream, event) => {
  if (JSON.parse(event.data).reason !== "access") return "the server stopped";
  stream.close();
  return "signed out, or no longer allowed";
};

// A live part: `data-live` names the stream of changes; at each, the part is fetched anew.
document.querySelectorAll("[data-live]").forEach((part) => {
  const sign = document.querySelector(".live");
  const show = (state, words) => {
    if (!sign) return;
    sign.dataset.state = state;
    sign.textContent = words;
  };
  let busy = false;
  let again = false;
  const refresh = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Waymark-Part": part.id } });
      if (answer.ok) {
        const fresh = part.cloneNode(false);
        fresh.innerHTML = await answer.text();
        liken(part, fresh);
      } else if (answer.status === 401) {
        show("off", "signed out");
      }
    } catch {
      show("off", "not connected");
    }
    busy = false;
    if (again) { again = false; refresh(); }
  };
  const stream = new EventSource(part.dataset.live);
  // What the part was made of, in `data-seen`, tells whether anything came before the stream began.
  const look = (event) => {
    show("on", "live");
    if (event.data === part.dataset.seen) return;
    part.dataset.seen = event.data;
    refresh();
  };
  stream.addEventListener("state", look);
  stream.addEventListener("changed", look);
  stream.addEventListener("bye", (event) => show("off", goodbye(stream, event)));
  stream.addEventListener("error", () => show("off", "not connected"));
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
});

// Prints the page, or keeps it as PDF.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.addEventListener("click", () => window.print());
});

// Keeps a drawing as PNG: drawn by this browser, twice as large for screens with fine dots.
document.querySelectorAll("[data-picture]").forEach((button) => {
  button.addEventListener("click", async () => {
    const picture = new Image();
    picture.src = button.dataset.picture;
    await picture.decode();
    const canvas = document.createElement("canvas");
    canvas.width = picture.naturalWidth * 2;
    canvas.height = picture.naturalHeight * 2;
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = button.dataset.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }, "image/png");
  });
});

// Copies what a button names.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.textContent = "Copied";
});

// The editor of the experience: numbers beside the lines, messages while typing.
document.querySelectorAll("[data-editor]").forEach((editor) => {
  const area = editor.querySelector("textarea");
  const numbers = editor.querySelector(".numbers");
  const messages = document.getElementById("messages");
  const form = area.form;
  const draw = () => {
    const marks = {};
    messages.querySelectorAll("[data-line]").forEach((link) => {
      const kind = link.closest("li").className;
      if (marks[link.dataset.line] !== "error") marks[link.dataset.line] = kind;
    });
    const lines = document.createDocumentFragment();
    const count = area.value.split("\n").length;
    for (let line = 1; line <= count; line++) {
      const number = document.createElement("span");
      number.textContent = line;
      if (marks[line]) number.className = marks[line];
      lines.append(number);
    }
    numbers.replaceChildren(lines);
    numbers.scrollTop = area.scrollTop;
  };
  const goTo = (line, column) => {
    const lines = area.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    area.focus();
    area.setSelectionRange(start + column - 1, start + (lines[line - 1] || "").length);
    area.scrollTop = Math.max(0, (line - 6) * 20);
  };
  area.addEventListener("scroll", () => { numbers.scrollTop = area.scrollTop; });
  messages.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    goTo(Number(link.dataset.line), Number(link.dataset.column));
  });

  // Tab indents; after Escape it leaves the text, as elsewhere.
  let leaves = false;
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leaves = true;
    else if (event.key === "Tab" && !leaves && !event.shiftKey && !area.readOnly) {
      event.preventDefault();
      area.setRangeText("  ", area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input"));
    } else if (event.key !== "Shift") leaves = false;
  });

  let timer;
  let latest = 0;
  const check = async () => {
    const turn = ++latest;
    try {
      const answer = await fetch(form.dataset.check, {
        method: "POST", body: new URLSearchParams(new FormData(form)) });
      const text = await answer.text();
      if (!answer.ok || turn !== latest) return;
      messages.innerHTML = text;
      draw();
    } catch { /* The next change asks again. */ }
  };
  let changed = "draft" in editor.dataset;
  area.addEventListener("input", () => {
    changed = true;
    draw();
    if (!form) return;
    clearTimeout(timer);
    timer = setTimeout(check, 400);
  });
  if (form) {
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }
  draw();
  const line = Number(new URLSearchParams(location.search).get("line"));
  if (line > 0) goTo(line, 1);
});

// Items as they come in: the latest ones, until somebody pauses.
document.querySelectorAll("[data-items]").forEach((body) => {
  const most = 200;
  const sign = document.querySelector(".live");
  const pause = document.getElementById("pause");
  const only = document.getElementById("only");
  let waiting = 0;
  const show = (state, words) => {
    sign.dataset.state = state;
    sign.textContent = words;
  };
  const fits = (row) => row.textContent.toLowerCase().includes(only.value.toLowerCase());
  const add = (item) => {
    const row = document.createElement("tr");
    const cells = [
      item.at.slice(11, 19), item.source, item.event, item.customer,
      item.fate + (item.detail ? ": " + item.detail : "")];
    for (const text of cells) {
      const cell = document.createElement("td");
      cell.className = "text";
      cell.textContent = text;
      row.append(cell);
    }
    if (item.fate === "refused") row.lastChild.classList.add("bad");
    row.hidden = !fits(row);
    body.prepend(row);
    while (body.rows.length > most) body.lastChild.remove();
  };
  only.addEventListener("input", () => {
    for (const row of body.rows) row.hidden = !fits(row);
  });
  pause.addEventListener("click", () => {
    const paused = pause.getAttribute("aria-pressed") !== "true";
    pause.setAttribute("aria-pressed", paused);
    pause.textContent = paused ? "Go on" : "Pause";
    waiting = 0;
    show("on", paused ? "paused" : "live");
  });
  const stream = new EventSource(body.dataset.items);
  stream.addEventListener("open", () => show("on", "live"));
  stream.addEventListener("item", (event) => {
    if (pause.getAttribute("aria-pressed") === "true") {
      waiting += 1;
      show("on", "paused, " + waiting + " not shown");
    } else add(JSON.parse(event.data));
  });
  stream.addEventListener("bye", (event) => {
    const words = goodbye(stream, event);
    stream.close();
    show("off", words);
  });
  stream.addEventListener("error", () => show("off", "not connected"));
});

// Asking: the form and the text are two views of one question. What changes one of them is brought to
// the other by the server, which also does what the form's buttons say.
(() => {
  const form = document.getElementById("question-form");
  const area = document.querySelector("#question-text textarea");
  if (!form || !area) return;
  const part = async (name, fields) => {
    const answer = await fetch("/explore?" + new URLSearchParams(fields),
      { headers: { "X-Waymark-Part": name } });
    return answer.ok ? answer.text() : null;
  };
  // Only the latest change is shown, however late its answer comes.
  let latest = 0;
  const write = async () => {
    const turn = ++latest;
    const text = await part("question-text", new FormData(form)).catch(() => null);
    if (text !== null && turn === latest) area.value = text;
  };
  const read = async (fields) => {
    const turn = ++latest;
    const markup = await part("question-form", fields).catch(() => null);
    if (markup === null || turn !== latest) return false;
    form.innerHTML = markup;
    form.querySelector("[autofocus]")?.focus();
    return true;
  };
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(write, 250);
  });
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => read(new FormData(area.form)), 400);
  });
  form.addEventListener("submit", async (event) => {
    if (!event.submitter || event.submitter.value === "ask") return;
    event.preventDefault();
    clearTimeout(timer);
    if (await read(new FormData(form, event.submitter))) write();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "kind") form.requestSubmit(form.querySelector("[value=kind]"));
  });
})();

// While an answer is counted its form says so, and offers to leave it: the server then stops counting.
document.querySelectorAll("[data-ask]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || document.getElementById("waiting")) return;
    if (event.submitter && !["", "ask"].includes(event.submitter.value)) return;
    const started = Date.now();
    const sign = document.createElement("p");
    sign.id = "waiting";
    sign.className = "waiting";
    const words = document.createElement("span");
    words.setAttribute("role", "status");
    words.textContent = "Counting…";
    const time = document.createElement("span");
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "quiet small";
    cancel.textContent = "Cancel";
    sign.append(document.createElement("progress"), words, time, cancel);
    form.append(sign);
    const clock = setInterval(() => {
      time.textContent = Math.round((Date.now() - started) / 1000) + " s";
    }, 1000);
    const end = () => {
      clearInterval(clock);
      sign.remove();
    };
    cancel.addEventListener("click", () => { window.stop(); end(); });
    addEventListener("pagehide", end, { once: true });
  });
});

// A board: each tile is fetched by itself, a few at a time, and again when something changed.
document.querySelectorAll("[data-board]").forEach((board) => {
  const atOnce = 3;
  const sign = document.querySelector(".live");
  const show = (state, words) => {
    sign.dataset.state = state;
    sign.textContent = words;
  };
  const load = async (tile) => {
    tile.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(tile.dataset.tile, { headers: { "X-Waymark-Part": "tile" } });
      if (answer.ok) {
        const fresh = tile.cloneNode(false);
        fresh.innerHTML = await answer.text();
        liken(tile, fresh);
        tile.dataset.shown = "";
      } else if (!("shown" in tile.dataset)) {
        tile.querySelector("p").textContent =
          answer.status === 401 ? "You are signed out." : "It can't be shown just now.";
      }
    } catch { show("off", "not connected"); }
    tile.removeAttribute("aria-busy");
  };
  const loadAll = async (tiles) => {
    const waiting = [...tiles];
    await Promise.all(Array.from({ length: atOnce }, async () => {
      while (waiting.length) await load(waiting.shift());
    }));
  };
  let busy = false;
  let again = false;
  // Counting anew takes at most a sixth of the time, however long it takes.
  const refresh = async (tiles) => {
    if (busy) { again = true; return; }
    busy = true;
    const started = Date.now();
    await loadAll(tiles);
    setTimeout(() => {
      busy = false;
      if (again) { again = false; refresh(board.querySelectorAll("[data-tile]")); }
    }, Math.max(1000, 5 * (Date.now() - started)));
  };
  const stream = new EventSource(board.dataset.board);
  const look = (event) => {
    show("on", "live");
    if (event.data === board.dataset.seen) return;
    board.dataset.seen = event.data;
    refresh(board.querySelectorAll("[data-tile]"));
  };
  stream.addEventListener("state", look);
  stream.addEventListener("changed", look);
  stream.addEventListener("bye", () => show("off", "the server stopped"));
  stream.addEventListener("error", () => show("off", "not connected"));
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  refresh(board.querySelectorAll("[data-tile]:not([data-shown])"));
});
