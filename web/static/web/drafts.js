// What is being written is kept in this browser until it has arrived: a session that ends or a network
// that drops loses nothing. Forms that ask for it carry data-draft, the name it is kept under; it begins
// with the key of the person, so that nobody meets the words of another. The page that says a form has
// arrived names its draft, which then goes; signing out forgets all.
"use strict";
(() => {
  const PREFIX = "draft:", DAYS = 7, words = document.body.dataset;
  const store = (() => { try { localStorage.setItem("draft?", "1"); localStorage.removeItem("draft?"); return localStorage; } catch { return null; } })();
  if (!store) return;

  const kept = () => Object.keys(store).filter((key) => key.startsWith(PREFIX));
  const read = (key) => { try { return JSON.parse(store.getItem(key)); } catch { return null; } };
  const ticks = (field) => ["checkbox", "radio"].includes(field.type);
  const id = (field) => field.name + (ticks(field) ? "=" + field.value : "");
  const value = (field) => (ticks(field) ? field.checked : field.value);
  // What the field says on record, as the page drew it.
  const drawn = (field) => (ticks(field) ? field.defaultChecked : field.options ? ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value : field.defaultValue);
  const fields = (form) => [...form.elements].filter((field) => field.name && field.tagName !== "BUTTON" && !["hidden", "file", "submit", "password"].includes(field.type));
  const content = (form) => Object.fromEntries(fields(form).filter((field) => value(field) !== drawn(field)).map((field) => [id(field), [value(field), drawn(field)]]));
  const made = (tag, text, more = {}) => Object.assign(document.createElement(tag), { textContent: text }, more);

  for (const said of document.querySelectorAll("[data-arrived]")) store.removeItem(PREFIX + said.dataset.arrived);
  for (const key of kept()) if (Date.now() - (read(key)?.at ?? 0) > DAYS * 864e5) store.removeItem(key);

  // Puts back what was written where the record has not moved on; elsewhere it is shown beside the field.
  const restore = (form, key, draft) => {
    const overtaken = [];
    let is_back = false;
    // Looked up one by one: a field that is filled in may call up the next.
    for (const [name, [was, before]] of Object.entries(draft.content)) {
      const field = fields(form).find((one) => id(one) === name);
      if (!field || value(field) === was) continue;
      if (drawn(field) !== before) { if (typeof was === "string") overtaken.push([field, was]); continue; }
      is_back = true;
      if (ticks(field)) field.checked = was; else field.value = was;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (!is_back && !overtaken.length) return store.removeItem(key);
    form.closest("details")?.setAttribute("open", "");
    const box = made("div", "", { className: "notice draft-notice", role: "status" });
    const at = new Date(draft.at).toLocaleString(document.documentElement.lang);
    box.append(made("p", (is_back ? words.draftRestored : words.draftOvertaken).replace("{at}", at)));
    for (const [n, [field, was]] of overtaken.entries()) {
      const label = made("label", `${field.labels?.[0]?.textContent.trim() ?? field.name}: ${words.draftOther}`, { htmlFor: `draft-${key}-${n}` });
      box.append(label, made("textarea", was, { id: `draft-${key}-${n}`, readOnly: true, rows: 3 }));
    }
    const forget = made("button", words.draftForget, { type: "button", className: "plain" });
    forget.addEventListener("click", () => { store.removeItem(key); form.reset(); box.remove(); });
    box.append(forget);
    form.prepend(box);
  };

  for (const form of document.querySelectorAll("form[data-draft]")) {
    const key = PREFIX + form.dataset.draft, draft = read(key);
    // A page that refuses what was sent already has what was typed.
    const is_answered = form.querySelector(".field-wrong, .errorlist") || document.querySelector(".message-error");
    if (draft && !is_answered) restore(form, key, draft);
    const before = (is_answered && draft?.content) || {};
    let waiting;
    const keep = () => store.setItem(key, JSON.stringify({ at: Date.now(), content: { ...before, ...content(form) } }));
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(keep, 400); });
    form.addEventListener("submit", () => { clearTimeout(waiting); keep(); });
    form.append(made("input", "", { type: "hidden", name: "draft", value: form.dataset.draft }));
  }

  for (const form of document.querySelectorAll("form[action$='/logout/']"))
    form.addEventListener("submit", () => kept().forEach((key) => store.removeItem(key)));
})();
