// Evidence by drag, by camera and several at once, each with how far it has come. Without this the form
// sends the chosen files as any form does.
"use strict";
for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[name=file]"), list = form.querySelector(".uploads");
  const drop = form.querySelector(".drop"), camera = form.querySelector(".camera input"), words = form.dataset;

  const line = (file) => {
    const row = document.createElement("li"), name = document.createElement("span"), bar = document.createElement("progress"), said = document.createElement("span");
    name.textContent = file.name;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    row.append(name, bar, said);
    list.append(row);
    list.hidden = false;
    return { row, bar, said };
  };

  // The last of what is sent together has the page say that it arrived.
  const send = (file, shown, is_last) => new Promise((done) => {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.set("description", form.elements.description.value);
    data.set("file", file, file.name);
    if (is_last) data.set("is_last", "yes");
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "upload");
    shown.said.textContent = words.wordsSending;
    request.upload.onprogress = (event) => { if (event.lengthComputable) shown.bar.value = event.loaded / event.total; };
    const press = (text, act) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
      button.addEventListener("click", () => { button.remove(); shown.row.className = ""; act(); });
      shown.row.append(button);
    };
    // What was refused will be refused again; what got lost on the way may be sent again.
    const fail = (text, is_refused) => {
      shown.said.textContent = text;
      shown.row.className = "upload-failed";
      if (is_refused) press(words.wordsDrop, () => { shown.row.remove(); refresh(); });
      else press(words.wordsAgain, () => send(file, shown, true).then((ok) => ok && refresh()));
      done(false);
    };
    request.onerror = () => fail(words.wordsFailed);
    request.onload = () => {
      const is_refused = request.status < 500 && request.getResponseHeader("Content-Type")?.startsWith("text/plain");
      if (request.status !== 201) return fail(is_refused ? request.responseText : words.wordsFailed, is_refused);
      shown.bar.value = 1;
      shown.said.textContent = words.wordsSent;
      done(true);
    };
    request.send(data);
  });

  // When everything has arrived the page is asked anew; what is being written elsewhere on it is kept as
  // a draft. The browser keeps the place.
  const refresh = () => { if (!list.querySelector(".upload-failed")) location.assign(words.page + "?sent=" + Date.now() + "#evidence"); };
  // Where some did not arrive, they stay; the page says of the others that they are there.
  const renew = async () => {
    const page = new DOMParser().parseFromString(await (await fetch(words.page)).text(), "text/html");
    for (const part of ["#evidence-list", "#checklist"]) {
      const fresh = page.querySelector(part);
      if (fresh) document.querySelector(part)?.replaceWith(fresh);
    }
  };

  const send_all = async (files) => {
    const waiting = files.map((file) => [file, line(file)]);
    let all_arrived = waiting.length > 0;
    for (const [n, [file, shown]] of waiting.entries()) all_arrived = (await send(file, shown, n === waiting.length - 1)) && all_arrived;
    if (all_arrived) refresh();
    else if (list.children.length > list.querySelectorAll(".upload-failed").length) renew();
  };

  form.addEventListener("submit", (event) => {
    const files = [...input.files];
    if (!files.length) return;
    event.preventDefault();
    input.value = "";
    send_all(files);
  }, true);
  camera.closest(".camera").hidden = false;
  camera.addEventListener("change", () => { const files = [...camera.files]; camera.value = ""; send_all(files); });
  form.querySelector(".drop-hint").hidden = false;
  for (const kind of ["dragover", "dragleave", "drop"])
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.toggle("drop-over", kind === "dragover"); });
  drop.addEventListener("drop", (event) => send_all([...event.dataTransfer.files]));
}
