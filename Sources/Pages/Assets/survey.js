// A survey in a page of yours: a small window at its edge, once for each visitor.
//
//   <script defer src="https://waymark.example/survey.js"
//     data-survey="delivery" data-token="…"></script>
//
// data-after="20"       seconds after which it is shown; usually 5
// data-title="…"        what the window is called for those who hear it; usually Survey
// data-close="…"        what its button is called; usually Close
//
// Nothing is shown before the survey has said that it can be answered: where it may not stand in
// this page, is over, or can't be reached, visitors see nothing at all.
(() => {
  "use strict";
  const { dataset: options, src } = document.currentScript;
  const key = "waymark:survey:" + options.survey;
  const page = new URL("/survey/" + encodeURIComponent(options.survey), src);
  page.search = new URLSearchParams({
    t: options.token, via: "page", lang: document.documentElement.lang || navigator.language,
  });

  // Where it can't be kept that it was shown, it is not shown.
  const wasShown = () => { try { return localStorage.getItem(key) !== null; } catch { return true; } };
  const remember = () => { try { localStorage.setItem(key, "1"); return true; } catch { return false; } };

  const style = (element, rules) => {
    for (const name in rules) element.style.setProperty(name, rules[name]);
  };

  const open = () => {
    if (wasShown()) return;
    const box = document.createElement("div");
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", options.title || "Survey");
    style(box, {
      all: "initial", "color-scheme": "light dark", position: "fixed", "z-index": "2147483000",
      right: "max(0px, min(16px, 100vw - 376px))", bottom: "max(0px, min(16px, 100vw - 376px))",
      width: "min(100vw, 360px)", "box-sizing": "border-box", display: "block",
      visibility: "hidden",
      background: "Canvas", color: "CanvasText", border: "1px solid GrayText",
      "border-radius": "8px", overflow: "hidden",
    });

    const close = document.createElement("button");
    close.type = "button";
    close.setAttribute("aria-label", options.close || "Close");
    close.textContent = "\u00d7";
    style(close, {
      all: "revert", visibility: "inherit", position: "absolute", top: "4px", right: "4px", width: "44px",
      height: "44px", font: "24px/1 sans-serif", cursor: "pointer",
      background: "Canvas", color: "CanvasText", border: "0", "border-radius": "6px",
    });

    const frame = document.createElement("iframe");
    frame.title = options.title || "Survey";
    frame.src = page.href;
    style(frame, {
      all: "initial", visibility: "inherit", "color-scheme": "light dark", display: "block",
      width: "100%",
      height: "320px", "max-height": "80vh", border: "0",
    });

    let isShown = false;
    const end = () => {
      removeEventListener("message", hear);
      removeEventListener("keydown", press);
      clearTimeout(patience);
      box.remove();
    };
    const press = ({ key: pressed }) => {
      if (pressed === "Escape" && box.contains(document.activeElement)) end();
    };
    // The survey tells how high it is, whether it can be answered, and that Escape was pressed.
    const hear = ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== page.origin) return;
      const { survey, height } = Object(data);
      if (height > 0) style(frame, { height: height + "px" });
      if (survey === "close") end();
      if (isShown) return;
      isShown = survey === "open" && remember();
      if (isShown) style(box, { visibility: "visible" });
      else end();
    };
    const patience = setTimeout(() => { if (!isShown) end(); }, 15000);
    addEventListener("message", hear);
    addEventListener("keydown", press);
    close.addEventListener("click", end);
    // The button comes first for the keyboard.
    box.append(close, frame);
    document.body.append(box);
  };

  const after = Number(options.after ?? 5);
  if (options.survey && options.token && !wasShown()) {
    setTimeout(open, (after >= 0 ? after : 5) * 1000);
  }
})();
