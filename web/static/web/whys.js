// "Why?" is asked again as soon as the last answer begins, up to as often as the form allows. Without
// this the page asks five times at once, and once more whenever they are used up.
"use strict";
for (const list of document.querySelectorAll("[data-grows-to]")) {
  const FIRST = 2, rows = [...list.querySelectorAll(".field")], most = Number(list.dataset.growsTo);
  const input = (row) => row.querySelector("input");
  const add = () => {
    const row = rows.at(-1).cloneNode(true), number = rows.length + 1;
    for (const [part, name] of [[row.querySelector("label"), "for"], [input(row), "id"], [input(row), "name"]])
      part.setAttribute(name, part.getAttribute(name).replace(/\d+$/, number));
    row.querySelector("label").textContent = row.querySelector("label").textContent.replace(/\d+/, number);
    input(row).value = "";
    rows.push(row);
    list.append(row);
  };
  const grow = () => {
    const answered = rows.findLastIndex((row) => input(row).value.trim()) + 1;
    if (answered === rows.length && rows.length < most) add();
    rows.forEach((row, n) => { row.hidden = n >= Math.max(FIRST, answered + 1); });
  };
  list.addEventListener("input", grow);
  list.addEventListener("change", grow);
  grow();
}
