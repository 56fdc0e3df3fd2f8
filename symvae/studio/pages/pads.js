// Sixteen pads: each has a sound of the drum machine, by class, seed and faders.

import { ask } from "/common.js";
import { audio, decode, play } from "/sound.js";

const KEYS = ["1", "2", "3", "4", "q", "w", "e", "r", "a", "s", "d", "f", "z", "x", "c", "v"];
const LEVEL = 0.35;

export class Pads {
  constructor(home, { pads, colors, chosen, struck }) {
    Object.assign(this, { home, pads, colors, struck, onChosen: chosen });
    this.sounds = pads.map((pad) => ({ drum: pad.drum, seed: 0, faders: {}, level: 1 }));
    this.buffers = pads.map(() => null);
    this.attributes = pads.map(() => ({}));
    this.faces = pads.map((pad, number) => this.face(pad, number));
    this.open = null; // ends an open hi-hat
    this.chosen = pads.findIndex((pad) => pad.name === "kick");
  }

  face(pad, number) {
    const face = document.createElement("button");
    face.type = "button";
    face.className = "pad";
    face.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      face.focus({ preventScroll: true });
      this.strike(number);
    });
    face.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.repeat) return;
      event.preventDefault();
      this.strike(number);
    });
    this.home.append(face);
    return face;
  }

  numberOfKey(key) {
    return KEYS.indexOf(key.toLowerCase());
  }

  label(number) {
    const { drum, seed, faders } = this.sounds[number];
    const face = this.faces[number];
    const name = this.pads[number].name.replaceAll("_", " ");
    const moved = Object.keys(faders).length ? " moved" : "";
    const other = drum === this.pads[number].drum ? "" : `${drum.replaceAll("_", " ")} `;
    face.innerHTML = `<b>${name}</b><span><i>${KEYS[number]} – </i>${other}#${seed}${moved}</span>`;
    face.setAttribute("aria-label", `${name}, key ${KEYS[number]}, sound ${drum} ${seed}`);
    face.style.setProperty("--hue", this.colors[drum]);
    face.classList.toggle("chosen", number === this.chosen);
    face.setAttribute("aria-pressed", String(number === this.chosen));
  }

  choose(number) {
    const before = this.chosen;
    this.chosen = number;
    this.label(before);
    this.label(number);
    this.onChosen(number);
  }

  // Give a pad another sound; it keeps the old one until the new one is there.
  async put(number, sound) {
    this.sounds[number] = sound;
    this.label(number);
    const face = this.faces[number];
    face.classList.add("waiting");
    try {
      const { drum, seed, faders } = sound;
      const answer = await ask("drums/sound", { drum, seed, faders });
      if (this.sounds[number] !== sound) return;
      this.buffers[number] = decode(answer);
      this.attributes[number] = answer.attributes;
      if (number === this.chosen) this.onChosen(number);
    } finally {
      if (this.sounds[number] === sound) face.classList.remove("waiting");
    }
  }

  strike(number, velocity = 110) {
    audio();
    this.sound(number, velocity);
    this.flash(number);
    if (this.chosen !== number) this.choose(number);
    this.struck(number, velocity);
  }

  sound(number, velocity, at = 0) {
    const buffer = this.buffers[number];
    const { name } = this.pads[number];
    if (name === "closed_hat") this.open?.(0.02, at);
    if (!buffer) return;
    const gain = LEVEL * (velocity / 127) ** 2 * this.sounds[number].level * 2;
    const end = play(buffer, { gain, at });
    if (name === "open_hat") this.open = end;
  }

  flash(number) {
    const { classList } = this.faces[number];
    classList.add("hit");
    setTimeout(() => classList.remove("hit"), 110);
  }
}
