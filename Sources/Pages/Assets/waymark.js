// Waymark in a page of yours: page views, clicks on mark elements, and what the page tells.
//
//   <script defer src="https://waymark.example/waymark.js" data-key="wk_…"></script>
//
// data-consent="required"       nothing is stored or sent before waymark.consent("granted")
// data-privacy-signal="respect" the same where the browser sends Do Not Track or GPC
// data-pages="off"              page views only by waymark.page()
// data-waymark="Event name"     on an element: a click on it is an event
// data-waymark-plan="pro"       on the same element: a property of that event
//
// Served without these comments and without the blanks that JavaScript doesn't need, under 3 KB.
// Statements end with a semicolon and comments have lines of their own, so that this is easy.
(() => {
  const { dataset: options, src } = document.currentScript;
  const prefix = "waymark:", to = new URL("/v1/batch", src);
  let store = {}, held = [], timer, wait = 1e3, from = document.referrer, last;
  // Where nothing can be kept, it is kept for as long as the page is open.
  try { store = localStorage; } catch {}

  const get = name => store[prefix + name],
    put = (name, value) => {
      try { store[prefix + name] = value; } catch { store = { ...store, [prefix + name]: value }; }
    },
    random = () => crypto.getRandomValues(new Uint32Array(4)).join("-"),
    allowed = () => get("consent") ? get("consent") == "granted"
      : !(options.consent == "required" || options.privacySignal == "respect"
        && (navigator.globalPrivacyControl || navigator.doNotTrack == 1)),

    // Each event has a key of its own, so that tabs don't overwrite each other's; a later one sorts
    // behind. What two tabs send twice the server knows by its messageId.
    keys = kind => Object.keys(store).filter(key => key.startsWith(prefix + kind)).sort(),
    forget = list => list.forEach(key => delete store[key]),
    next = () => allowed() ? keys("e").slice(0, 25) : [],
    pack = batch => JSON.stringify({
      writeKey: options.key, sentAt: new Date, batch: batch.map(key => JSON.parse(store[key]))
    }),
    later = delay => { timer ||= setTimeout(send, delay); },

    // A text is sent without asking the server first; what was not answered stays for later.
    send = async () => {
      const batch = next();
      try {
        if (batch[0]) {
          const { status } = await fetch(to, {
            method: "POST", body: pack(batch), credentials: "omit"
          });
          if (status > 499 || status == 408 || status == 429) throw 0;
          forget(batch);
        }
        timer = 0;
        wait = 1e3;
        next()[0] && later(0);
      } catch {
        timer = 0;
        later(wait);
        wait = Math.min(wait * 2, 6e4);
      }
    },

    queue = event => {
      if (allowed()) {
        get("id") || put("id", random());
        event.userId && put("user", event.userId);
        keys("e")[999] || put("e" + Date.now() + event.messageId, JSON.stringify({
          consent: get("consent"), ...event, anonymousId: get("id"), userId: get("user")
        }));
        later(300);
      // The first hundred wait for consent, in memory.
      } else get("consent") || held[99] || held.push(event);
    },
    add = (type, more) => queue({ type, messageId: random(), timestamp: new Date, ...more }),

    page = more => {
      // The query and the part may hold what is nobody's business, but for the campaign.
      const { origin, pathname: path, search } = location, url = origin + path, campaign = {};
      new URLSearchParams(search).forEach((value, name) => {
        if (name.startsWith("utm_")) campaign[name.slice(4).replace("campaign", "name")] = value;
      });
      add("page", {
        properties: { url, path, title: document.title, referrer: from, ...more },
        context: { campaign }
      });
      from = url;
    },
    moved = () => {
      const { pathname, hash } = location, place = pathname + (hash[1] == "/" ? hash : "");
      place != last && options.pages != "off" && page();
      last = place;
    },

    asked = window.waymark || [],
    api = window.waymark = {
      page,
      track: (event, properties) => add("track", { event, properties }),
      identify: (userId, traits) => add("identify", { userId: "" + userId, traits }),
      // Somebody else uses this browser now.
      reset: () => forget([prefix + "id", prefix + "user"]),
      consent: choice => {
        if (choice != "granted") {
          // The server is told, so that it takes nothing of the visitor from elsewhere either.
          forget(keys("e"));
          add("identify", { consent: choice });
          send();
          held = [];
          forget(keys(""));
        }
        put("consent", choice);
        held.splice(0).forEach(queue);
      }
    };

  for (const name of ["pushState", "replaceState"]) {
    const own = history[name];
    history[name] = (...given) => {
      own.apply(history, given);
      moved();
    };
  }
  addEventListener("popstate", moved);
  addEventListener("online", send);
  addEventListener("pagehide", () => {
    const batch = next();
    batch[0] && navigator.sendBeacon(to, pack(batch));
  });
  addEventListener("click", ({ target }) => {
    const mark = target.closest?.("[data-waymark]"), more = {};
    if (mark) {
      for (const { name, value } of mark.attributes)
        if (name.startsWith("data-waymark-")) more[name.slice(13).replace(/-/g, "_")] = value;
      api.track(mark.dataset.waymark, more);
    }
  }, true);

  moved();
  // What the page asked for before this was loaded: waymark = [["track", "Event name"]].
  asked.forEach(([name, ...given]) => api[name](...given));
  send();
})();
