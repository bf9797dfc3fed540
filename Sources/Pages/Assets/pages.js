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
  stream.addEventListener("bye", () => show("off", "the server stopped"));
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
