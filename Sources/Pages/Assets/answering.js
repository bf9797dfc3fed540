// What a survey's page does beyond its form. It works without this.
"use strict";

document.querySelectorAll("form[data-answering]").forEach((form) => {
  const given = (name) => [...form.elements]
    .filter((field) => field.name === name && !field.matches(":disabled"))
    .filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked)
    .map((field) => field.value.trim())
    .filter((value) => value !== "");

  const holds = ({ field, from, to, options }) => given(field).some((value) =>
    (options ? options.includes(value) : Number(value) >= from && Number(value) <= to));

  // Further questions come and go with the answers that they follow from, in their order.
  const reveal = () => form.querySelectorAll("[data-when]").forEach((part) => {
    const asked = JSON.parse(part.dataset.when).every(holds);
    part.hidden = !asked;
    part.disabled = !asked;
  });
  form.addEventListener("change", reveal);
  form.addEventListener("input", reveal);
  reveal();

  // What is filled in is kept a moment after each change, and when the page is left.
  let changed = false;
  let sent = false;
  let wait;
  const keep = () => {
    clearTimeout(wait);
    if (!changed || sent) return;
    changed = false;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("do", "keep");
    // What can't be kept now is kept with the next change, or lost as on any page.
    fetch(form.action, { method: "POST", body: fields, keepalive: true }).catch(() => {
      changed = true;
    });
  };
  if (form.hasAttribute("data-keeps")) {
    form.addEventListener("input", () => {
      changed = true;
      clearTimeout(wait);
      wait = setTimeout(keep, 700);
    });
    addEventListener("pagehide", keep);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") keep();
    });
  }

  // A second tap sends nothing.
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
    clearTimeout(wait);
  });
  addEventListener("pageshow", () => { sent = false; });
});

// In a page of another site: that page learns how high this one is, whether there is something to
// answer, and that somebody wants it closed.
if (parent !== window) {
  const main = document.querySelector("main");
  const tell = (survey) => parent.postMessage(
    { survey, height: Math.ceil(main.getBoundingClientRect().bottom + scrollY) }, "*");
  const state = () => tell(document.querySelector("form[data-answering]") ? "open" : "done");
  new ResizeObserver(state).observe(main);
  addEventListener("keydown", (event) => { if (event.key === "Escape") tell("close"); });
}
