// What is being written is kept in this browser until it has arrived: a session that ends or a network
// that drops loses nothing. Forms that ask for it carry data-draft, the name it is kept under; it begins
// with the key of the person, so that nobody meets the words of another. Signing out forgets everything.
"use strict";
(() => {
  const PREFIX = "draft:", DAYS = 7, words = document.body.dataset;
  const store = (() => { try { localStorage.setItem("draft?", "1"); localStorage.removeItem("draft?"); return localStorage; } catch { return null; } })();
  if (!store) return;

  const kept = () => Object.keys(store).filter((key) => key.startsWith(PREFIX));
  const read = (key) => { try { return JSON.parse(store.getItem(key)); } catch { return null; } };
  const fields = (form) => [...form.elements].filter((field) => field.name && !["hidden", "file", "submit", "password"].includes(field.type) && field.tagName !== "BUTTON");
  const value = (field) => (["checkbox", "radio"].includes(field.type) ? field.checked : field.value);
  const id = (field) => field.name + (["checkbox", "radio"].includes(field.type) ? "=" + field.value : "");
  const content = (form) => Object.fromEntries(fields(form).map((field) => [id(field), value(field)]));

  for (const key of kept()) {
    const draft = read(key);
    const has_arrived = draft?.sent && document.querySelector(".message-success");
    if (!draft || has_arrived || Date.now() - draft.at > DAYS * 864e5) store.removeItem(key);
  }

  const restore = (form, key, draft) => {
    let changed = false;
    // Looked up one by one: a field that is filled in may call up the next.
    for (const [name, was] of Object.entries(draft.content)) {
      const field = fields(form).find((one) => id(one) === name);
      if (!field || was === value(field)) continue;
      changed = true;
      if (typeof was === "boolean") field.checked = was; else field.value = was;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (!changed) return store.removeItem(key);
    form.closest("details")?.setAttribute("open", "");
    const said = document.createElement("p");
    said.className = "notice draft-notice";
    said.setAttribute("role", "status");
    said.textContent = words.draftRestored.replace("{at}", new Date(draft.at).toLocaleString(document.documentElement.lang)) + " ";
    const forget = document.createElement("button");
    forget.type = "button";
    forget.className = "plain";
    forget.textContent = words.draftForget;
    forget.addEventListener("click", () => { store.removeItem(key); form.reset(); said.remove(); });
    said.append(forget);
    form.prepend(said);
  };

  for (const form of document.querySelectorAll("form[data-draft]")) {
    const key = PREFIX + form.dataset.draft;
    const draft = read(key);
    // A page that answers with what was typed already has it.
    if (draft && !form.querySelector(".field-wrong, .errorlist")) restore(form, key, draft);
    let waiting;
    const keep = (sent) => store.setItem(key, JSON.stringify({ at: Date.now(), content: content(form), sent }));
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(keep, 400); });
    form.addEventListener("submit", () => { clearTimeout(waiting); keep(true); });
  }

  for (const form of document.querySelectorAll("form[action$='/logout/']"))
    form.addEventListener("submit", () => kept().forEach((key) => store.removeItem(key)));
})();
