// A falling roll: a note starts at the keys at the top and falls, as long as it is held.

const LOWEST = 21;
const KEYS = 88;
const BLACK = new Set([1, 3, 6, 8, 10]);
const SPEED = 110; // pixels a second
const STRIP = 16;

export class Roll {
  constructor(canvas, colors) {
    this.canvas = canvas;
    this.colors = colors;
    this.notes = [];
    this.draw = this.draw.bind(this);
    this.running = false;
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  start(pitch, button) {
    const note = { pitch, button, start: performance.now(), end: null };
    this.notes.push(note);
    this.run();
    return note;
  }

  end(note) {
    note.end = performance.now();
  }

  clear() {
    this.notes = [];
    this.draw();
  }

  resize() {
    const ratio = window.devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    this.draw();
  }

  run() {
    if (this.running) return;
    this.running = true;
    requestAnimationFrame(this.draw);
  }

  draw() {
    const pen = this.canvas.getContext("2d");
    const step = this.width / KEYS;
    pen.clearRect(0, 0, this.width, this.height);
    for (let key = 0; key < KEYS; key += 1) {
      const tone = (key + LOWEST) % 12;
      if (BLACK.has(tone)) continue;
      pen.fillStyle = tone === 0 ? "#232a35" : "#181d25";
      pen.fillRect(key * step, STRIP, 1, this.height);
    }
    const now = performance.now();
    const longest = (this.height / SPEED) * 1000;
    this.notes = this.notes.filter((note) => note.end === null || now - note.end < longest);
    for (const note of this.notes) this.bar(pen, note, now, step);
    this.keys(pen, step);
    this.running = this.notes.length > 0;
    if (this.running) requestAnimationFrame(this.draw);
  }

  bar(pen, note, now, step) {
    const top = STRIP + (note.end === null ? 0 : ((now - note.end) / 1000) * SPEED);
    const bottom = STRIP + ((now - note.start) / 1000) * SPEED;
    const wide = Math.max(step * 1.5, 7);
    const left = (note.pitch - LOWEST + 0.5) * step - wide / 2;
    pen.fillStyle = this.colors[note.button - 1];
    pen.globalAlpha = note.end === null ? 1 : 0.85;
    pen.beginPath();
    pen.roundRect(left, top, wide, Math.max(bottom - top, 5), 4);
    pen.fill();
    pen.globalAlpha = 1;
  }

  keys(pen, step) {
    const held = new Map(this.notes.filter((note) => note.end === null).map((note) => [note.pitch, note.button]));
    for (let key = 0; key < KEYS; key += 1) {
      const button = held.get(key + LOWEST);
      pen.fillStyle = BLACK.has((key + LOWEST) % 12) ? "#2b313c" : "#c9c6bf";
      if (button) pen.fillStyle = this.colors[button - 1];
      pen.fillRect(key * step + 0.5, 0, Math.max(step - 1, 1), STRIP - 3);
    }
  }
}
