// The genie's room: keys, touch and MIDI press buttons; the studio answers with notes.

import { ask, attempt, element, isTyping, save, say } from "/common.js";
import { Midi } from "/midi.js";
import { Roll } from "/roll.js";
import { audio, decode, Notes } from "/sound.js";

const COLORS = ["#e58f8f", "#e5ab7e", "#dcc67c", "#a9cf8e", "#7fcbb3", "#7fb9e0", "#9fa5ea", "#cd9ade"];
const LETTERS = ["a", "s", "d", "f", "j", "k", "l", ";"];
const TONICS = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
const WHITE = { 0: 0, 2: 1, 4: 2, 5: 3, 7: 4, 9: 5, 11: 6 };
const VELOCITY = 90;

const roll = new Roll(element("roll"), COLORS);
const faces = COLORS.map((color, place) => face(place + 1, color));
const held = new Map(); // button → its sound and its bars on the roll
let facts, notes, session, filled;
let played = 0;
let began = performance.now();
let queue = Promise.resolve(); // presses and releases reach the studio in their order

function face(button, color) {
  const made = document.createElement("button");
  made.type = "button";
  made.style.setProperty("--hue", color);
  made.setAttribute("aria-label", `Button ${button}`);
  made.innerHTML = `<b>${button}</b><span>${LETTERS[button - 1]}</span>`;
  made.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    made.setPointerCapture(event.pointerId);
    press(button);
  });
  for (const end of ["pointerup", "pointercancel"]) made.addEventListener(end, () => release(button));
  made.addEventListener("keydown", (event) => {
    if ((event.key === " " || event.key === "Enter") && !event.repeat) press(button);
  });
  made.addEventListener("keyup", (event) => {
    if (event.key === " " || event.key === "Enter") release(button);
  });
  element("buttons").append(made);
  return made;
}

function inTurn(path, fields) {
  const answer = queue.then(() => ask(path, fields));
  queue = answer.catch(() => {});
  return answer;
}

function now() {
  return (performance.now() - began) / 1000;
}

async function press(button, velocity = null) {
  audio();
  if (!session || held.has(button)) return;
  const key = { down: true, sounds: [] };
  held.set(button, key);
  faces[button - 1].classList.add("down");
  await attempt(async () => {
    try {
      const { pitches } = await inTurn("genie/press", { session, button, time: now(), velocity: velocity ?? undefined });
      for (const pitch of pitches) sound(key, button, pitch, velocity ?? VELOCITY);
    } catch (error) {
      if (error.status === 410) session = undefined;
      throw error;
    }
  });
}

function sound(key, button, pitch, velocity) {
  const stop = notes.start(pitch, velocity);
  midi.send(pitch, velocity);
  const bar = roll.start(pitch, button);
  key.sounds.push(() => {
    stop(0.12);
    midi.send(pitch, 0);
    roll.end(bar);
  });
  if (!key.down) key.sounds.forEach((end) => end());
  played += 1;
  element("save").disabled = false;
  say(`${played} ${played === 1 ? "note" : "notes"}`);
}

function release(button) {
  const key = held.get(button);
  if (!key) return;
  held.delete(button);
  key.down = false;
  faces[button - 1].classList.remove("down");
  key.sounds.forEach((end) => end());
  if (session) inTurn("genie/release", { session, button, time: now() }).catch(() => {});
}

async function start() {
  for (const button of [...held.keys()]) release(button);
  await queue;
  const begun = await ask("genie/start", {
    session,
    key: element("key").value || undefined,
    temperature: Number(element("temperature").value),
    seed: Math.floor(Number(element("seed").value)) || 0,
    free: element("free").checked,
  });
  session = begun.session;
  played = 0;
  began = performance.now();
  roll.clear();
  element("save").disabled = true;
  element("start").classList.remove("main");
  const ended = begun.ended ? " The session of the oldest page has ended." : "";
  say(`Ready.${ended}`);
}

// A setting holds at once while nothing has been played; later it waits, so that no recording is lost.
function changed() {
  element("heat").textContent = Number(element("temperature").value).toFixed(2);
  if (played) element("start").classList.add("main");
  else if (facts) attempt(start);
}

async function fill() {
  const mine = (filled = {});
  const bank = new Notes(facts.velocity);
  notes = bank;
  const timbre = element("timbre").value;
  for (const pitch of facts.pitches) {
    const buffer = decode(await ask("genie/note", { timbre, pitch }));
    if (filled !== mine) return;
    bank.add(pitch, buffer);
  }
}

function buttonOfKey(pitch) {
  if (element("midi-keys").value === "row") {
    midi.first ??= pitch;
    return ((pitch - midi.first) % 8 + 8) % 8 + 1;
  }
  const place = WHITE[pitch % 12];
  if (place === undefined) return null;
  midi.first ??= 7 * Math.floor(pitch / 12);
  return ((7 * Math.floor(pitch / 12) + place - midi.first) % 8 + 8) % 8 + 1;
}

const midi = new Midi({
  input: element("midi-in"),
  output: element("midi-out"),
  note: element("midi-note"),
  heard(pitch, velocity) {
    const button = buttonOfKey(pitch);
    if (button === null) return;
    if (velocity) press(button, velocity);
    else release(button);
  },
});

function buttonOfEvent(event) {
  const digit = /^(?:Digit|Numpad)([1-8])$/.exec(event.code);
  return digit ? Number(digit[1]) : LETTERS.indexOf(event.key.toLowerCase()) + 1;
}

document.addEventListener("keydown", (event) => {
  const button = buttonOfEvent(event);
  if (!button || event.repeat || isTyping(event)) return;
  event.preventDefault();
  press(button);
});
document.addEventListener("keyup", (event) => release(buttonOfEvent(event)));
window.addEventListener("blur", () => [...held.keys()].forEach(release));

element("midi-keys").addEventListener("change", () => { midi.first = undefined; });
for (const id of ["key", "temperature", "seed", "free"]) element(id).addEventListener("change", changed);
element("temperature").addEventListener("input", () => {
  element("heat").textContent = Number(element("temperature").value).toFixed(2);
});
element("timbre").addEventListener("change", () => attempt(fill));
element("start").addEventListener("click", (event) => attempt(start, event.currentTarget));
element("save").addEventListener("click", (event) =>
  attempt(() => save("genie/midi", { session }, "genie.mid"), event.currentTarget));

for (const mode of ["", " minor"]) {
  for (const tonic of TONICS) element("key").append(new Option(tonic + (mode || " major"), tonic + mode));
}

attempt(async () => {
  facts = await ask("genie/about");
  element("temperature").value = facts.temperature;
  element("heat").textContent = facts.temperature.toFixed(2);
  element("timbre").replaceChildren(...facts.timbres.map((name) => new Option(name, name)));
  notes = new Notes(facts.velocity);
  await start();
  midi.open();
  await fill();
});
