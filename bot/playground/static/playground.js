// The playground's page: swaps the parts that changed, and tells the server what a person does. No other request is made.
"use strict";

const where = { as: document.body.dataset.as, in: document.body.dataset.in, thread: document.body.dataset.thread };
let version = Number(document.body.dataset.version);
let listening = new AbortController();
let waitingSince = 0;
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const modal = $("#modal");
const framed = document.body.classList.contains("framed");

// Parts: each child with a data-key is kept as long as its HTML stays the same.

const drawn = new WeakMap();
$$("[data-part] > *").forEach((node) => drawn.set(node, node.outerHTML));

function swap(part, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const kept = new Map($$(":scope > *", part).map((node) => [node.dataset.key, node]));
  let changed = false;
  for (const node of [...fresh.content.children]) {
    const source = node.outerHTML;
    const present = kept.get(node.dataset.key);
    if (present && drawn.get(present) === source) {
      part.append(present);
    } else {
      drawn.set(node, source);
      if (part.dataset.ready) node.classList.add(present ? "changed" : "fresh");
      part.append(node);
      changed = true;
    }
    if (present && drawn.get(present) === source) kept.delete(node.dataset.key);
  }
  kept.forEach((node) => { node.remove(); changed = true; });
  part.dataset.ready = "yes";
  return changed;
}

function show(parts) {
  const typed = modal.open ? { view: $("form", modal)?.dataset.view, values: valuesIn(modal) } : null;
  const before = lastFromBot();
  const caret = document.activeElement?.selectionStart ?? null;
  for (const part of $$("[data-part]")) {
    const name = part.dataset.part;
    const html = parts[name];
    if (html === part.dataset.html) continue;
    if (name === "people" && $("details[open]", part)) continue;
    part.dataset.html = html;
    const atEnd = part.scrollHeight - part.scrollTop - part.clientHeight < 80 || part.scrollTop === Number(part.dataset.at);
    const focus = focusIn(part);
    const first = !part.dataset.ready;
    if (swap(part, html) && (atEnd || first)) toNewest(part);
    if (focus) $(focus, part)?.focus();
  }
  const writing = $("[data-writing]").dataset.writing;
  $("#text-main").placeholder = writing;
  $("label[for=text-main]").textContent = writing;
  showModal(typed);
  const field = document.activeElement;
  if (caret !== null && field?.matches("textarea, input[type=text]")) field.setSelectionRange(caret, caret);
  if (waitingSince && (lastFromBot() !== before || modal.open)) waiting(false);
}

// The newest message from its first line on: the end of the stream, unless that would cut a long answer's beginning off.
function toNewest(part) {
  part.scrollTop = part.scrollHeight;
  const last = part.lastElementChild;
  const cut = last ? part.getBoundingClientRect().top - last.getBoundingClientRect().top : 0;
  if (cut > 0 && part.classList.contains("stream")) part.scrollTop -= cut + 12;
  part.dataset.at = part.scrollTop;
}

function focusIn(part) {
  const node = part.contains(document.activeElement) ? document.activeElement : null;
  return node?.id ? "#" + CSS.escape(node.id) : null;
}

function lastFromBot() {
  return $$("[data-from-bot]").map((node) => node.dataset.key + node.textContent.length).join();
}

function showModal(typed) {
  const form = $("form", modal);
  if (!form) { if (modal.open) modal.close(); return; }
  if (typed && typed.view === form.dataset.view) putBack(form, typed.values);
  if (!modal.open) modal.showModal();
  if (form.dataset.seen) return;
  form.dataset.seen = "yes";
  const wrong = $(".wrong input, .wrong textarea, .wrong select", form);
  (wrong || $(".body input, .body textarea, .body select, button[type=submit]", form))?.focus();
}

async function live() {
  for (;;) {
    listening = new AbortController();
    try {
      const answer = await fetch("/live?" + new URLSearchParams({ ...where, since: version }), { signal: listening.signal });
      const news = await answer.json();
      version = news.version;
      Object.assign(where, news.where);
      document.body.dataset.in = where.in;
      $("#thread").hidden = !where.thread;
      show(news.parts);
    } catch (error) {
      if (error.name !== "AbortError") await new Promise((done) => setTimeout(done, 1000));
    }
  }
}

function go(changes, remember = true) {
  Object.assign(where, changes);
  version = -1;
  $("#thread").hidden = !where.thread;
  foot = $("[data-composer=main]");
  for (const name of ["main", "thread"]) {
    if (name === "main" && !("in" in changes)) continue;
    const part = $(`[data-part=${name}]`);
    part.replaceChildren();
    delete part.dataset.ready;
    delete part.dataset.html;
  }
  document.body.dataset.in = where.in;
  document.body.classList.remove("side-open");
  $("#menu").setAttribute("aria-expanded", "false");
  if (remember && !framed) history.pushState({ ...where }, "", "?" + new URLSearchParams(where));
  tell("");
  waiting(false);
  listening.abort();
}

addEventListener("popstate", (event) => event.state && go(event.state, false));
history.replaceState({ ...where }, "");

// For the page that shows several people: "" is the direct messages.
function goTo(place, thread) {
  const here = place === where.in || (!place && isDirect());
  if (here && thread === where.thread) return;
  go(here ? { thread } : { in: place, thread });
  if (place === "home") act("home", { tab: "home" });
}

// What a person does

async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...where, ...body }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function act(name, body = {}) {
  tell("");
  try {
    const answer = await post("/do/" + name, body);
    tell(answer.notice || "");
    if (answer.notice) waiting(false);
    return answer;
  } catch {
    tell("The playground itself cannot be reached. Is it still running?");
    waiting(false);
    return {};
  }
}

// Notices and waiting stand above the composer that a person is using.
let foot = $("[data-composer=main]");

function tell(sentence) {
  for (const notice of $$(".notice")) notice.hidden = true;
  const notice = $(".notice", foot);
  notice.textContent = sentence;
  notice.hidden = !sentence;
}

function waiting(on) {
  waitingSince = on ? Date.now() : 0;
  for (const sign of $$(".waiting")) sign.hidden = true;
  $(".waiting", foot).hidden = !on;
  if (on) setTimeout(() => { if (Date.now() - waitingSince > 7900) waiting(false); }, 8000);
}

async function send(composer, text) {
  const box = $("textarea", composer);
  const files = await attachedTo(composer);
  foot = composer;
  const thread = composer.dataset.composer === "thread" ? where.thread : "";
  const mentions = where.in && (isDirect() || text.includes("@" + document.body.dataset.bot) || text.startsWith("/") || thread);
  if (mentions || (files.length && isDirect())) waiting(true);
  detach(composer);
  box.value = "";
  grow(box);
  const stream = $(thread ? "[data-part=thread]" : "[data-part=main]");
  stream.dataset.at = stream.scrollTop;
  await act("say", { text, thread, files });
}

// A file is sent along in base64, as the page speaks JSON only.
function attachedTo(composer) {
  return Promise.all([...$("[data-attach]", composer).files].map((file) => new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done({ name: file.name, content: reader.result.split(",")[1] ?? "" });
    reader.readAsDataURL(file);
  })));
}

function detach(composer) {
  $("[data-attach]", composer).value = "";
  $(".attached", composer).hidden = true;
}

function isDirect() {
  return $("[data-part=places] [aria-current]")?.closest("section")?.dataset.key === "direct";
}

function grow(box) {
  box.style.height = "auto";
  box.style.height = Math.min(box.scrollHeight, 220) + "px";
}

function placeOf(node) {
  const at = node.closest("[data-ts], [data-view]");
  const block = node.closest("[data-block]");
  const body = { block_id: block?.dataset.block, action_id: node.closest("[data-action]")?.dataset.action };
  if (at.dataset.view) return { ...body, view: at.dataset.view, values: valuesIn(at) };
  return { ...body, channel: at.dataset.channel, ts: at.dataset.ts };
}

// Fields

function valueOf(field) {
  const kind = field.dataset.field;
  if (kind === "many") return [...field.selectedOptions].map((option) => option.value);
  if (kind === "checks") return $$("input:checked", field).map((box) => box.value);
  if (kind === "radio") return $("input:checked", field)?.value ?? null;
  if (kind === "moment") return field.value ? Math.floor(new Date(field.value) / 1000) : null;
  if (kind === "combo") {
    const values = $$(".picked [data-value]", field).map((chip) => chip.dataset.value);
    return "many" in field.dataset ? values : values[0] ?? null;
  }
  return field.value || null;
}

function valuesIn(root) {
  const values = {};
  for (const field of $$("[data-field]", root)) {
    const block = field.closest("[data-block]").dataset.block;
    (values[block] ??= {})[field.dataset.action] = valueOf(field);
  }
  return values;
}

function putBack(form, values) {
  for (const field of $$("[data-field]", form)) {
    const value = values[field.closest("[data-block]").dataset.block]?.[field.dataset.action];
    if (value == null) continue;
    const kind = field.dataset.field;
    if (kind === "many") [...field.options].forEach((option) => { option.selected = value.includes(option.value); });
    else if (kind === "checks" || kind === "radio") $$("input", field).forEach((box) => { box.checked = [value].flat().includes(box.value); });
    else if (kind === "one") field.value = value;
  }
}

async function confirmed(node) {
  if (!node.dataset.confirm) return true;
  const asked = JSON.parse(node.dataset.confirm);
  const box = $("#confirm");
  $("h2", box).textContent = asked.title.text;
  $(".body", box).textContent = asked.text.text;
  $("[value=no]", box).textContent = asked.deny.text;
  const yes = $("[value=yes]", box);
  yes.textContent = asked.confirm.text;
  yes.className = "button " + (asked.style || "primary");
  box.returnValue = "";
  box.showModal();
  await new Promise((done) => box.addEventListener("close", done, { once: true }));
  return box.returnValue === "yes";
}

// Comboboxes: an external select asks the bot for options as one types

let typing = 0;

function suggest(combo) {
  clearTimeout(typing);
  typing = setTimeout(async () => {
    const input = $("input", combo);
    const list = $("[role=listbox]", combo);
    if (input.value.length < Number(combo.dataset.least)) { open(combo, false); return; }
    const answer = await post("/suggest", { ...placeOf(combo), value: input.value });
    list.replaceChildren(...answer.options.map((option, number) => {
      const item = document.createElement("li");
      item.role = "option";
      item.id = `${list.id}-${number}`;
      item.dataset.value = option.value;
      item.dataset.label = option.text.text;
      item.append(option.text.text);
      if (option.description) item.append(Object.assign(document.createElement("small"), { textContent: option.description.text }));
      return item;
    }));
    if (!answer.options.length) list.append(Object.assign(document.createElement("li"), { className: "none", textContent: "No result" }));
    open(combo, true);
  }, 180);
}

function open(combo, on) {
  $("[role=listbox]", combo).hidden = !on;
  $("input", combo).setAttribute("aria-expanded", String(on));
}

function pick(combo, item) {
  const chip = Object.assign(document.createElement("button"), { type: "button", className: "chip" });
  chip.dataset.value = item.dataset.value;
  chip.textContent = item.dataset.label + " ×";
  chip.setAttribute("aria-label", "Remove " + item.dataset.label);
  const picked = $(".picked", combo);
  if ("many" in combo.dataset) picked.append(chip); else picked.replaceChildren(chip);
  $("input", combo).value = "";
  open(combo, false);
  if ("tells" in combo.dataset) act("choose", { ...placeOf(combo), choice: valueOf(combo) });
}

function walk(combo, event) {
  const items = $$("[role=option]", combo);
  const at = items.findIndex((item) => item.ariaSelected === "true");
  if (event.key === "Escape" && !$("[role=listbox]", combo).hidden) { event.preventDefault(); open(combo, false); return; }
  if (event.key === "Enter") { event.preventDefault(); if (items[at]) pick(combo, items[at]); return; }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  const next = (at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
  items.forEach((item, number) => { item.ariaSelected = String(number === next); });
  $("input", combo).setAttribute("aria-activedescendant", items[next]?.id ?? "");
  items[next]?.scrollIntoView({ block: "nearest" });
}

// Listeners, one for each kind of event

const clicks = [
  ["[data-ask]", (node) => {
    const mention = isDirect() || node.dataset.ask.startsWith("/") ? "" : `@${document.body.dataset.bot} `;
    send(node.closest("form"), mention + node.dataset.ask);
  }],
  ["[data-insert]", (node) => {
    const box = $("textarea", node.closest("form"));
    box.setRangeText(node.dataset.insert, box.selectionStart, box.selectionEnd, "end");
    box.focus();
  }],
  ["[data-detach]", (node) => detach(node.closest("form"))],
  ["[data-press]", async (node) => {
    if (!await confirmed(node)) return;
    node.classList.add("busy");
    foot = $(`[data-composer=${node.closest("#thread") ? "thread" : "main"}]`);
    if (!node.closest("[data-view]")) waiting(true);
    await act("press", placeOf(node));
    node.classList.remove("busy");
  }],
  ["[data-choice]", async (node) => {
    const menu = node.closest("details");
    menu.open = false;
    if (await confirmed(menu)) await act("choose", { ...placeOf(menu), choice: node.dataset.choice });
  }],
  ["[data-shortcut]", (node) => {
    node.closest("details").open = false;
    const at = node.closest("[data-ts]");
    act("shortcut", { callback_id: node.dataset.shortcut, ...(at ? { channel: at.dataset.channel, ts: at.dataset.ts } : {}) });
  }],
  ["[data-do]", (node) => tellLetters().then(() => act(node.dataset.do))],
  ["[data-go-thread]", (node) => {
    go({ thread: node.dataset.goThread });
    if (where.thread) $("#text-thread").focus();
  }],
  ["button[data-as]", (node) => {
    const menu = node.closest("details");
    if (menu) menu.open = false;
    go({ as: node.dataset.as, in: node.dataset.in ?? staysIn(), thread: "" });
  }],
  ["[data-place]", async (node) => {
    const tab = node.dataset.place === "home" ? "home" : node.closest("section")?.dataset.key === "direct" ? "messages" : "";
    go({ in: node.dataset.place, thread: "" });
    if (tab) await act("home", { tab });
  }],
  [".picked .chip", (node) => node.remove()],
  [".combo [role=option]", (node) => pick(node.closest(".combo"), node)],
  ["#confirm button", (node) => $("#confirm").close(node.value)],
  ["#menu", (node) => node.setAttribute("aria-expanded", String(document.body.classList.toggle("side-open")))],
];

addEventListener("click", (event) => {
  for (const menu of $$("details.pop[open]")) if (!menu.contains(event.target)) menu.open = false;
  for (const [selector, done] of clicks) {
    const node = event.target.closest(selector);
    if (!node) continue;
    if (node.tagName === "A" && node.dataset.place) {
      if (event.metaKey || event.ctrlKey) return;
      event.preventDefault();
    }
    done(node);
    return;
  }
});

addEventListener("change", (event) => {
  if (event.target.matches("[data-attach]")) {
    const note = $(".attached", event.target.form);
    $("span", note).textContent = event.target.files[0]?.name ?? "";
    note.hidden = !event.target.files.length;
    $("textarea", event.target.form).focus();
    return;
  }
  const field = event.target.closest("[data-field]");
  if (field && "tells" in field.dataset && !field.matches("input[type=text], textarea, .combo") && valueOf(field) !== null) {
    act("choose", { ...placeOf(field), choice: valueOf(field) });
  }
});

function staysIn() {
  return isDirect() && where.in !== "home" ? "" : where.in;
}

addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.matches("[data-composer]")) {
    const text = $("textarea", form).value.trim();
    if (text || $("[data-attach]", form).files.length) send(form, text);
  } else if (form.matches("[data-submit]")) {
    const button = $("button[type=submit]", form);
    if (button.disabled) return;
    button.disabled = true;
    await act("submit", { view: form.dataset.view, values: valuesIn(form) });
    button.disabled = false;
  }
});

addEventListener("keydown", (event) => {
  const combo = event.target.closest?.(".combo");
  if (combo && event.target.tagName === "INPUT") walk(combo, event);
  else if (event.target.matches?.(".composer textarea") && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    event.target.form.requestSubmit();
  } else if (event.target.matches?.("input[data-tells]") && event.key === "Enter") {
    event.preventDefault();
    act("choose", { ...placeOf(event.target), choice: event.target.value });
  } else if (event.key === "Escape" && !modal.open) {
    const menu = $("details.pop[open]");
    if (menu) {
      menu.open = false;
      $("summary", menu).focus();
    } else if (where.thread) go({ thread: "" });
  }
});

addEventListener("input", (event) => {
  if (event.target.matches(".composer textarea")) grow(event.target);
  if (event.target.matches(".combo input")) suggest(event.target.closest(".combo"));
  if (event.target.matches("[data-letters]")) {
    clearTimeout(lettersIn?.timer);
    lettersIn = { field: event.target, timer: setTimeout(tellLetters, 300) };
  }
});

// What is typed is told a moment later, in one go; before a form is closed, at once.
let lettersIn = null;

async function tellLetters() {
  if (!lettersIn) return;
  const { field, timer } = lettersIn;
  clearTimeout(timer);
  lettersIn = null;
  if (field.isConnected) await act("choose", { ...placeOf(field), choice: valueOf(field) });
}

modal.addEventListener("cancel", (event) => { event.preventDefault(); tellLetters().then(() => act("close")); });

for (const stream of $$(".stream")) { stream.dataset.ready = "yes"; toNewest(stream); }
showModal(null);
if (where.in === "home" || isDirect()) act("home", { tab: where.in === "home" ? "home" : "messages" });
if (matchMedia("(min-width: 760px)").matches && !modal.open && !framed) $("#text-main").focus();
live();
