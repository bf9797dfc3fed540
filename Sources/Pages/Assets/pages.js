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
      if (answer.ok) part.innerHTML = await answer.text();
    } catch {
      show("off", "not connected");
    }
    busy = false;
    if (again) { again = false; refresh(); }
  };
  const stream = new EventSource(part.dataset.live);
  stream.addEventListener("open", () => show("on", "live"));
  stream.addEventListener("changed", refresh);
  stream.addEventListener("bye", () => show("off", "the server stopped"));
  stream.addEventListener("error", () => show("off", "not connected"));
});

// Copies what a button names.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.textContent = "Copied";
});
