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
    const fail = (text) => {
      shown.said.textContent = text;
      shown.row.className = "upload-failed";
      const again = document.createElement("button");
      again.type = "button";
      again.textContent = words.wordsAgain;
      again.addEventListener("click", () => { again.remove(); shown.row.className = ""; send(file, shown, true).then((ok) => ok && refresh()); });
      shown.row.append(again);
      done(false);
    };
    request.onerror = () => fail(words.wordsFailed);
    request.onload = () => {
      if (request.status !== 201) return fail(request.status < 500 && request.getResponseHeader("Content-Type")?.startsWith("text/plain") ? request.responseText : words.wordsFailed);
      shown.bar.value = 1;
      shown.said.textContent = words.wordsSent;
      done(true);
    };
    request.send(data);
  });

  // When everything has arrived the page is asked anew; what is being written elsewhere on it is kept as
  // a draft. The browser keeps the place.
  const refresh = () => { if (!list.querySelector(".upload-failed")) location.assign(location.pathname + "?sent=" + Date.now() + "#evidence"); };

  const send_all = async (files) => {
    const waiting = files.map((file) => [file, line(file)]);
    let all_arrived = waiting.length > 0;
    for (const [n, [file, shown]] of waiting.entries()) all_arrived = (await send(file, shown, n === waiting.length - 1)) && all_arrived;
    if (all_arrived) refresh();
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
