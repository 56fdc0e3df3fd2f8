// Steps of a loop of some bars: one bar is shown, all are played.

import { audio } from "/sound.js";

const AHEAD_SEC = 0.12;
const EVERY_MS = 25;
const VELOCITIES = [0, 100, 127, 55]; // a click on a step goes on to the next of them

export class Sequencer {
  // `played(pad, velocity, at)` is called for each hit, ahead of its time on the audio clock.
  constructor(home, { pads, colorOf, bars, perBar, tempo, played, shown }) {
    Object.assign(this, { home, pads, colorOf, bars, perBar, tempo, played, shown, bar: 0, hits: new Map(), timer: null });
    this.cells = pads.map((pad, number) => this.lane(pad, number));
  }

  get steps() {
    return this.bars * this.perBar;
  }

  lane(pad, number) {
    const lane = document.createElement("div");
    lane.className = "lane";
    lane.setAttribute("role", "row");
    const name = pad.name.replaceAll("_", " ");
    lane.innerHTML = `<span role="rowheader">${name}</span>`;
    const cells = [];
    for (let place = 0; place < this.perBar; place += 1) {
      const cell = document.createElement("button");
      cell.type = "button";
      cell.className = `step${place % 4 === 0 ? " beat" : ""}`;
      cell.tabIndex = number === 0 && place === 0 ? 0 : -1;
      cell.addEventListener("click", () => this.turn(number, place));
      cell.addEventListener("keydown", (event) => this.walk(event, number, place));
      lane.append(cell);
      cells.push(cell);
    }
    this.home.append(lane);
    return cells;
  }

  walk(event, number, place) {
    const ways = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    const cell = this.cells[number + way[0]]?.[place + way[1]];
    if (!cell) return;
    event.target.tabIndex = -1;
    cell.tabIndex = 0;
    cell.focus();
  }

  turn(pad, place) {
    const step = this.bar * this.perBar + place;
    const name = `${pad}:${step}`;
    const now = this.hits.get(name)?.velocity ?? 0;
    const level = now === 0 ? 0 : now > 113 ? 2 : now > 75 ? 1 : 3;
    const velocity = VELOCITIES[(level + 1) % VELOCITIES.length];
    if (velocity) this.hits.set(name, { pad, step, velocity, offset: 0 });
    else this.hits.delete(name);
    this.paint();
  }

  set(hits) {
    this.hits = new Map(hits.map((hit) => [`${hit.pad}:${hit.step}`, hit]));
    this.paint();
  }

  list() {
    return [...this.hits.values()];
  }

  copyBar() {
    const from = this.bar * this.perBar;
    const to = ((this.bar + 1) % this.bars) * this.perBar;
    const kept = this.list().filter((hit) => hit.step < to || hit.step >= to + this.perBar);
    const copied = kept.filter((hit) => hit.step >= from && hit.step < from + this.perBar);
    this.set([...kept, ...copied.map((hit) => ({ ...hit, step: hit.step - from + to }))]);
  }

  show(bar) {
    this.bar = bar;
    this.paint();
    this.shown(bar);
  }

  paint() {
    this.cells.forEach((cells, pad) => cells.forEach((cell, place) => {
      const hit = this.hits.get(`${pad}:${this.bar * this.perBar + place}`);
      cell.setAttribute("aria-pressed", String(Boolean(hit)));
      cell.style.setProperty("--hue", this.colorOf(pad));
      cell.style.setProperty("--loud", hit ? `${25 + 0.59 * hit.velocity}%` : "0%");
      const name = this.pads[pad].name.replaceAll("_", " ");
      cell.setAttribute("aria-label", `${name}, step ${place + 1}${hit ? `, velocity ${hit.velocity}` : ""}`);
    }));
  }

  get isRunning() {
    return this.timer !== null;
  }

  start() {
    this.next = 0;
    this.time = audio().currentTime + 0.08;
    this.timer = setInterval(() => this.schedule(), EVERY_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.mark(-1);
  }

  schedule() {
    const clock = audio().currentTime;
    const length = 60 / this.tempo() / 4;
    if (clock - this.time > 1) this.time = clock; // the page slept
    while (this.time < clock + AHEAD_SEC) {
      const step = this.next;
      for (const hit of this.hits.values()) {
        if (hit.step === step) this.played(hit.pad, hit.velocity, Math.max(this.time + hit.offset * length, clock));
      }
      setTimeout(() => this.isRunning && this.mark(step), Math.max(0, (this.time - clock) * 1000));
      this.next = (step + 1) % this.steps;
      this.time += length;
    }
  }

  mark(step) {
    const bar = Math.floor(step / this.perBar);
    if (step >= 0 && this.follow && bar !== this.bar) this.show(bar);
    const place = bar === this.bar ? step % this.perBar : -1;
    for (const cells of this.cells) {
      cells.forEach((cell, number) => cell.classList.toggle("now", number === place));
    }
  }
}
