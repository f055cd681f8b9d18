// What crossed the wire: puts new rows on top, and shows those that fit the filter.
"use strict";

const $ = (selector) => document.querySelector(selector);
const rows = $("#rows");
const known = { deliveries: document.body.dataset.deliveries, calls: document.body.dataset.calls };

function filter() {
  const words = $("#containing").value.toLowerCase().split(/\s+/).filter(Boolean);
  const direction = $("#direction").value;
  const wrong = $("#wrong").checked;
  let shown = 0;
  for (const row of rows.children) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word))
      || Boolean(direction && row.dataset.direction !== direction) || (wrong && !row.classList.contains("wrong"));
    if (!row.hidden) shown += 1;
  }
  $("#shown").textContent = shown === rows.children.length ? `${shown}` : `${shown} of ${rows.children.length}`;
  $("#none").hidden = shown > 0;
}

// A delivery is known when it was answered, so it may have begun before calls that are shown already.
function add(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  for (const row of [...fresh.content.children].reverse()) {
    const after = [...rows.children].find((other) => Number(other.dataset.at) <= Number(row.dataset.at));
    rows.insertBefore(row, after ?? null);
  }
  filter();
}

async function live() {
  for (;;) {
    try {
      const answer = await fetch("/wire/live?" + new URLSearchParams(known));
      const news = await answer.json();
      Object.assign(known, { deliveries: news.deliveries, calls: news.calls });
      if (news.rows.trim()) add(news.rows);
    } catch {
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
}

$(".filters").addEventListener("input", filter);
$(".filters").addEventListener("submit", (event) => event.preventDefault());
filter();
live();
