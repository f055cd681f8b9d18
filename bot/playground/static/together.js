// People side by side, and the story that is played before them.
"use strict";

const $ = (selector) => document.querySelector(selector);
const PAUSE = 2600; // milliseconds
const LOOK = 700;
const INVITATION = "Three people, one bot. Play the story, or write as any of them.";
let playing = false;
let busy = false;

function frameOf(person) {
  return $(`iframe[data-person="${CSS.escape(person)}"]`);
}

function show(state) {
  const over = !state.next;
  if (state.failure) tell(`The story stopped. ${state.failure}`, true);
  else if (over && !playing) tell("That is the story. Carry on as any of them.");
  $("#progress").textContent = over ? `All ${state.total} steps done` : `${state.done} of ${state.total} steps done`;
  $("#next").disabled = over || busy;
  $("#play").disabled = over;
  $("#play").textContent = playing ? "Pause" : state.done && !over ? "Go on" : "Play the story";
}

function tell(sentence, wrong = false) {
  $("#tell").textContent = sentence;
  $("#tell").classList.toggle("problem", wrong);
}

// Brings the person whose turn it is to the place where they act, and to the thread where they are answered.
function stage(turn) {
  for (const frame of document.querySelectorAll(".columns iframe")) {
    frame.classList.toggle("acts", frame.dataset.person === turn.who);
  }
  const frame = frameOf(turn.who);
  if (!frame) return;
  frame.scrollIntoView({ inline: "center", block: "nearest" });
  frame.contentWindow.goTo?.(turn.in, turn.thread ?? "");
}

function rest(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

async function ask(address, method = "GET") {
  const answer = await fetch(address, { method });
  return answer.json();
}

async function step() {
  busy = true;
  let state = await ask("/story");
  if (state.next) {
    tell(state.next.tell);
    stage(state.next);
    show({ ...state, failure: "" });
    await rest(LOOK);
    state = await ask("/story/next", "POST");
    if (!state.failure) stage(state.last);
  }
  busy = false;
  if (state.failure || !state.next) playing = false;
  show(state);
}

async function play() {
  playing = !playing;
  show(await ask("/story"));
  while (playing) {
    await step();
    if (playing) await rest(PAUSE);
  }
}

$("#play")?.addEventListener("click", play);
$("#next")?.addEventListener("click", () => { playing = false; step(); });
$("#again")?.addEventListener("click", async () => {
  playing = false;
  tell(INVITATION);
  show(await ask("/story/again", "POST"));
});
$("#wire")?.addEventListener("click", () => {
  const below = $("#below");
  if (!below.src) below.src = "/wire?frame=1";
  below.hidden = !below.hidden;
  $("#wire").setAttribute("aria-expanded", String(!below.hidden));
  $("#wire").textContent = below.hidden ? "Show the wire" : "Hide the wire";
});
addEventListener("load", async () => {
  if (!$("#tell")) return;
  tell(INVITATION);
  show(await ask("/story"));
});
