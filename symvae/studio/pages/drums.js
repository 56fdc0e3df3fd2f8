// The drum room: map, pads, faders and sequencer, with the drum models behind them.

import { ask, attempt, element, isTyping, save, say } from "/common.js";
import { Faders } from "/faders.js";
import { SoundMap } from "/map.js";
import { Midi } from "/midi.js";
import { Pads } from "/pads.js";
import { Sequencer } from "/sequencer.js";
import { audio, decode, play } from "/sound.js";

const HUES = [
  "#ec7a6e", "#f0a35e", "#b39b6b", "#f2d76b", "#a8d672", "#46b98a",
  "#59bbe6", "#6484f2", "#a872ea", "#e08be6", "#f7a8bf", "#b9bfc9",
];
const DRUM_CHANNEL = 9;

let facts, colors, pads, faders, map, sequencer, midi;
let morphs = null;
const kept = {};

const number = (id) => Number(element(id).value);
const seedOf = (id) => Math.max(Math.floor(number(id)) || 0, 0);
const tempo = () => Math.min(Math.max(number("tempo") || 110, facts.tempos[0]), facts.tempos[1]);
const words = (name) => name.replaceAll("_", " ");

function kitSounds() {
  return pads.sounds.map(({ drum, seed, faders: asked, level }) => ({ drum, seed, faders: asked, level }));
}

async function newKit() {
  const kit = await ask("drums/kit", { seed: seedOf("kit-seed") });
  say("Drawing sixteen sounds …");
  for (const [place, { drum, seed }] of kit.pads.entries()) {
    await pads.put(place, { drum, seed, faders: {}, level: 1 });
  }
  sequencer?.paint();
  say(`Kit ${seedOf("kit-seed")}`);
}

async function showMap() {
  const drum = element("map-drum").value;
  const { points } = await ask("drums/map", { drum: drum || undefined, seed: seedOf("map-seed") });
  map.show(points);
  element("assign").disabled = true;
}

function hear(point) {
  audio();
  element("assign").disabled = false;
  const name = `${words(point.drum)} ${point.seed}`;
  element("assign").textContent = `Put ${name} on ${words(pads.pads[pads.chosen].name)}`;
  if (element("assign-click").checked) return take(point, true);
  return attempt(async () => {
    const { drum, seed } = point;
    play(decode(await ask("drums/sound", { drum, seed })), { gain: 0.5 });
    say(name);
  });
}

function take(point, sounding = false) {
  const { drum, seed } = point;
  const place = pads.chosen;
  return attempt(async () => {
    await pads.put(place, { drum, seed, faders: {}, level: 1 });
    if (sounding) pads.strike(place);
    sequencer.paint();
    say(`${words(drum)} ${seed} is on ${words(pads.pads[place].name)}`);
  });
}

function chosen(place) {
  faders?.show(pads.pads[place].name, pads.sounds[place], pads.attributes[place]);
  const point = map?.chosen;
  if (point) element("assign").textContent = `Put ${words(point.drum)} ${point.seed} on ${words(pads.pads[place].name)}`;
}

function move(asked) {
  const place = pads.chosen;
  return attempt(async () => {
    say("Searching for the sound …");
    await pads.put(place, { ...pads.sounds[place], faders: asked });
    pads.strike(place);
    say(`${words(pads.pads[place].name)}: asked → reached, at the faders`);
  });
}

function setLevel(level) {
  pads.sounds[pads.chosen].level = level;
  faders.level.words.textContent = `${Math.round(100 * level)} %`;
}

// A loop of the studio takes the place of the one that is shown.
function change(verb, fields, done) {
  return async () => {
    say("The model is at work …");
    const { hits } = await ask(`drums/${verb}`, { tempo: tempo(), ...fields() });
    sequencer.set(hits);
    say(done());
  };
}

function onClick(id, action) {
  element(id).addEventListener("click", () => attempt(action, element(id)));
}

function keep(slot) {
  kept[slot] = sequencer.list();
  morphs = null;
  element(`set-${slot}`).setAttribute("aria-pressed", "true");
  element("morph").disabled = !(kept.a && kept.b);
  element("morph").value = slot === "a" ? 0 : element("morph").max;
  say(`Kept as ${slot.toUpperCase()}${kept.a && kept.b ? "; the slider walks from A to B" : ""}`);
}

async function morph() {
  const place = number("morph");
  if (!morphs) {
    say("The model is at work …");
    morphs = (await ask("drums/morph", { first: kept.a, last: kept.b, tempo: tempo() })).loops;
  }
  sequencer.set(morphs[place]);
  say(`Step ${place} of ${morphs.length - 1} from A to B`);
}

function toggle() {
  audio();
  if (sequencer.isRunning) sequencer.stop();
  else sequencer.start();
  element("run").textContent = sequencer.isRunning ? "Stop" : "Play";
  element("run").setAttribute("aria-pressed", String(sequencer.isRunning));
}

function send(place, velocity, at = 0) {
  const key = pads.pads[place].key;
  const time = at ? performance.now() + (at - audio().currentTime) * 1000 : 0;
  midi?.send(key, velocity, { channel: DRUM_CHANNEL, at: time });
  midi?.send(key, 0, { channel: DRUM_CHANNEL, at: (time || performance.now()) + 80 });
}

function showBars(bars) {
  const tabs = Array.from({ length: bars }, (_, bar) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.textContent = `Bar ${bar + 1}`;
    tab.addEventListener("click", () => sequencer.show(bar));
    return tab;
  });
  element("bars").replaceChildren(...tabs);
  return (bar) => tabs.forEach((tab, place) => tab.setAttribute("aria-pressed", String(place === bar)));
}

function connect() {
  element("run").addEventListener("click", toggle);
  element("follow").addEventListener("change", (event) => { sequencer.follow = event.target.checked; });
  onClick("kit", newKit);
  onClick("assign", () => take(map.chosen));
  onClick("plain", () => move({}));
  onClick("copy", () => sequencer.copyBar());
  onClick("clear", () => sequencer.set([]));
  onClick("sample", change("sample", () => ({ seed: seedOf("seed") }), () => `Pattern ${seedOf("seed")}`));
  onClick("vary", change("vary", () => ({ hits: sequencer.list(), amount: number("amount"), seed: Math.floor(1e6 * Math.random()) }), () => "Varied"));
  onClick("humanize", change("humanize", () => ({ hits: sequencer.list(), style: element("style").value, amount: number("touch"), seed: seedOf("seed") }), () => "Played by a drummer"));
  onClick("set-a", () => keep("a"));
  onClick("set-b", () => keep("b"));
  element("morph").addEventListener("change", () => attempt(morph));
  const loop = () => ({ hits: sequencer.list(), tempo: tempo(), times: Math.floor(number("times")) || 1 });
  onClick("save-midi", () => save("drums/midi", loop(), "loop.mid"));
  onClick("save-wav", () => save("drums/wav", { ...loop(), pads: kitSounds() }, "loop.wav"));
  onClick("save-kit", () => save("drums/zip", { pads: kitSounds() }, "kit.zip"));
  for (const id of ["map-drum", "map-seed"]) element(id).addEventListener("change", () => attempt(showMap));
  document.addEventListener("keydown", (event) => {
    if (event.repeat || isTyping(event)) return;
    if (event.key === " " && !event.target.matches("button:not(.pad), input, select")) {
      event.preventDefault();
      toggle();
    }
    const place = pads.numberOfKey(event.key);
    if (place >= 0) pads.strike(place);
  });
}

attempt(async () => {
  facts = await ask("drums/about");
  colors = Object.fromEntries(facts.classes.map((name, place) => [name, HUES[place % HUES.length]]));
  for (const name of facts.classes) {
    element("map-drum").append(new Option(words(name), name));
    const entry = document.createElement("span");
    entry.style.setProperty("--hue", colors[name]);
    entry.textContent = words(name);
    element("legend").append(entry);
  }
  pads = new Pads(element("pads"), { pads: facts.pads, colors, chosen, struck: send });
  faders = new Faders(element("faders"), element("pad-name"), { moved: move, level: setLevel });
  map = new SoundMap(element("map"), colors, { heard: hear, taken: take });
  midi = new Midi({
    input: element("midi-in"),
    output: element("midi-out"),
    note: element("midi-note"),
    heard: (key, velocity) => velocity && pads.strike(facts.pad_of_key[key], velocity),
  });
  facts.pads.forEach((_, place) => pads.label(place));
  await Promise.all([newKit(), showMap()]);
  say("Loading the drum models …");
  const { styles, bars, steps_per_bar: perBar, morph_steps: steps } = await ask("drums/styles");
  element("style").append(...styles.map((name) => new Option(name, name)));
  element("morph").max = steps - 1;
  const shown = showBars(bars);
  sequencer = new Sequencer(element("grid"), {
    pads: facts.pads,
    colorOf: (place) => colors[pads.sounds[place].drum],
    bars,
    perBar,
    tempo,
    shown,
    played(place, velocity, at) {
      pads.sound(place, velocity, at);
      send(place, velocity, at);
    },
  });
  sequencer.show(0);
  connect();
  await change("sample", () => ({ seed: seedOf("seed") }), () => `Kit ${seedOf("kit-seed")}, pattern ${seedOf("seed")}`)();
  midi.open();
});
