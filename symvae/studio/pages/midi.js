// Web MIDI: a port in, a port out, and one sentence where there is none.

const WITHOUT = "This browser has no Web MIDI (Chrome, Edge, Firefox and Opera have it). Keyboard and touch play.";
const REFUSED = "MIDI is not allowed for this page. Allow it beside the address, and reload. Keyboard and touch play.";

export class Midi {
  // `heard(pitch, velocity)` is called for each key of the port; velocity 0 is its end.
  constructor({ input, output, note, heard }) {
    Object.assign(this, { input, output, note, heard, access: null });
    input.addEventListener("change", () => this.listen());
  }

  async open() {
    if (!navigator.requestMIDIAccess) return this.without(WITHOUT);
    try {
      this.access = await navigator.requestMIDIAccess();
    } catch {
      return this.without(REFUSED);
    }
    this.access.addEventListener("statechange", () => this.list());
    return this.list();
  }

  without(sentence) {
    this.note.textContent = sentence;
    for (const select of [this.input, this.output]) select.replaceChildren(new Option("none", ""));
  }

  list() {
    this.fill(this.input, this.access.inputs, "all");
    this.fill(this.output, this.access.outputs, "");
    const found = this.access.inputs.size + this.access.outputs.size;
    this.note.textContent = found ? "" : "No MIDI device is connected. It appears here once it is.";
    this.listen();
  }

  fill(select, ports, first) {
    const chosen = select.value || first;
    const options = first ? [new Option("all keyboards", first), new Option("none", "none")] : [new Option("none", "")];
    for (const port of ports.values()) options.push(new Option(port.name ?? port.id, port.id));
    select.replaceChildren(...options);
    select.value = chosen;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
    select.disabled = ports.size === 0;
  }

  listen() {
    if (!this.access) return;
    for (const port of this.access.inputs.values()) {
      const wanted = this.input.value === "all" || this.input.value === port.id;
      port.onmidimessage = wanted ? (event) => this.read(event.data) : null;
    }
  }

  read([status, pitch, velocity]) {
    const kind = status & 0xf0;
    if (kind === 0x90) this.heard(pitch, velocity);
    if (kind === 0x80) this.heard(pitch, 0);
  }

  // Send a note to the port that is chosen; `at` is a time of performance.now().
  send(pitch, velocity, { channel = 0, at = 0 } = {}) {
    const port = this.access?.outputs.get(this.output.value);
    port?.send([(velocity ? 0x90 : 0x80) | channel, pitch, velocity], at);
  }
}
