// Faders of the pad that is chosen: what is asked of its sound, and what was reached.

const FADERS = [
  { name: "brightness", label: "Brightness", low: 0, high: 1, log: false, measured: "centroid_hz", words: (v) => `${Math.round(v)} Hz` },
  { name: "decay_sec", label: "Decay", low: 0.03, high: 0.95, log: true, measured: "decay_sec", words: (v) => `${v.toFixed(2)} s` },
  { name: "attack_ms", label: "Attack", low: 0.5, high: 60, log: true, measured: "attack_ms", words: (v) => `${v.toFixed(0)} ms` },
  { name: "pitch_hz", label: "Pitch", low: 40, high: 1200, log: true, measured: "pitch_hz", words: (v) => `${Math.round(v)} Hz` },
  { name: "noisiness", label: "Noisiness", low: 0, high: 0.6, log: false, measured: "noisiness", words: (v) => v.toFixed(2) },
];

function toValue(fader, share) {
  const value = fader.log
    ? fader.low * (fader.high / fader.low) ** share
    : fader.low + share * (fader.high - fader.low);
  return Number(value.toPrecision(4));
}

function toShare(fader, value) {
  const share = fader.log
    ? Math.log(value / fader.low) / Math.log(fader.high / fader.low)
    : (value - fader.low) / (fader.high - fader.low);
  return Math.min(Math.max(share, 0), 1);
}

export class Faders {
  // `moved(faders)` asks for other values, `level(gain)` sets the level.
  constructor(home, title, { moved, level }) {
    this.title = title;
    this.rows = FADERS.map((fader) => this.row(home, fader, () => moved(this.asked())));
    const volume = { name: "level", label: "Level" };
    this.level = this.row(home, volume, () => level(Number(this.level.input.value)));
    this.level.input.addEventListener("input", () => level(Number(this.level.input.value)));
  }

  row(home, fader, changed) {
    const line = document.createElement("div");
    line.className = "fader";
    line.innerHTML = `<label for="fader-${fader.name}">${fader.label}</label>
      <input id="fader-${fader.name}" type="range" min="0" max="1" step="0.01"><output for="fader-${fader.name}"></output>`;
    home.append(line);
    const row = { fader, line, input: line.querySelector("input"), words: line.querySelector("output"), touched: false };
    row.input.addEventListener("change", () => {
      row.touched = true;
      changed();
    });
    return row;
  }

  asked() {
    const touched = this.rows.filter((row) => row.touched);
    return Object.fromEntries(touched.map(({ fader, input }) => [fader.name, toValue(fader, Number(input.value))]));
  }

  // Show a pad: asked values where there are any, else those that were measured.
  show(name, sound, attributes) {
    this.title.textContent = `Faders of ${name.replaceAll("_", " ")}`;
    for (const row of this.rows) {
      const { fader } = row;
      const asked = sound.faders[fader.name];
      const found = attributes[fader.measured];
      row.touched = asked !== undefined;
      row.line.classList.toggle("asked", row.touched);
      if (row.touched) row.input.value = toShare(fader, asked);
      else if (fader.name === "brightness") row.input.value = 0.5;
      else row.input.value = found === undefined ? 0.5 : toShare(fader, found);
      const reached = found === undefined ? "none" : fader.words(found);
      const sameUnit = fader.name === fader.measured;
      const wish = sameUnit ? fader.words(asked ?? 0) : (asked ?? 0).toFixed(2);
      row.words.textContent = row.touched ? `${wish} → ${reached}` : reached;
    }
    this.level.input.value = sound.level;
    this.level.words.textContent = `${Math.round(100 * sound.level)} %`;
  }
}
