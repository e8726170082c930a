// A form sent once is not sent again while the answer is on its way: a double click does one thing.
// Whoever stopped waiting may press again after a while.
"use strict";
const let_go = (form) => { delete form.dataset.sent; form.removeAttribute("aria-busy"); };
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
  setTimeout(() => let_go(form), 10_000);
});
// Coming back by the browser's own button finds the page as it was left: its forms may be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach(let_go);
});
