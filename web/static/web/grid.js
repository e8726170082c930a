// The heat map is one stop for the Tab key; inside it the arrow keys go from cell to cell.
"use strict";
(() => {
  const table = document.querySelector("table[data-grid]");
  if (!table) return;
  const rows = [...table.rows].slice(1);
  const linkAt = (row, column) => rows[row]?.cells[column]?.querySelector("a");
  const links = [...table.querySelectorAll("a")];
  for (const link of links) link.tabIndex = -1;
  const first = linkAt(1, 1) ?? links[0];
  first.tabIndex = 0;
  let current = first;

  const enter = (link) => {
    current.tabIndex = -1;
    link.tabIndex = 0;
    current = link;
  };

  // From a cell on in a direction to the next that holds a link.
  const next = (row, column, down, right) => {
    for (let r = row + down, c = column + right; rows[r]?.cells[c]; r += down, c += right) {
      const link = linkAt(r, c);
      if (link) return link;
    }
    return null;
  };

  table.addEventListener("focusin", (event) => {
    if (event.target.matches("a")) enter(event.target);
  });
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td, th");
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    const row = rows.indexOf(cell.parentElement);
    const column = cell.cellIndex;
    const ways = {
      ArrowDown: () => next(row, column, 1, 0),
      ArrowUp: () => next(row, column, -1, 0),
      ArrowRight: () => next(row, column, 0, 1),
      ArrowLeft: () => next(row, column, 0, -1),
      Home: () => next(row, -1, 0, 1),
      End: () => next(row, cell.parentElement.cells.length, 0, -1),
    };
    if (!ways[event.key]) return;
    event.preventDefault();
    const link = ways[event.key]();
    if (!link) return;
    link.focus();
    link.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  document.querySelector("[data-grid-hint]")?.removeAttribute("hidden");
})();
