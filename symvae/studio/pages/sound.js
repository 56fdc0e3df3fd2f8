// Samples of the studio in WebAudio.

let context;

// Browsers allow sound only after the first key or touch, so the context is made then.
export function audio() {
  context ??= new AudioContext({ latencyHint: "interactive" });
  if (context.state === "suspended") context.resume();
  return context;
}

export function decode({ sample_rate: rate, pcm }) {
  const bytes = Uint8Array.from(atob(pcm), (letter) => letter.charCodeAt(0));
  const samples = new Int16Array(bytes.buffer);
  const buffer = new AudioBuffer({ length: samples.length, numberOfChannels: 1, sampleRate: rate });
  const channel = buffer.getChannelData(0);
  for (let i = 0; i < samples.length; i += 1) channel[i] = samples[i] / 32767;
  return buffer;
}

// Start a buffer; the result ends it with a short fade.
export function play(buffer, { gain = 1, at = 0, rate = 1 } = {}) {
  const out = audio();
  const source = new AudioBufferSourceNode(out, { buffer, playbackRate: rate });
  const level = new GainNode(out, { gain });
  source.connect(level).connect(out.destination);
  source.start(Math.max(at, out.currentTime));
  return (seconds = 0.02, when = 0) => {
    const start = Math.max(when, out.currentTime);
    level.gain.setTargetAtTime(0, start, seconds / 3);
    source.stop(start + 3 * seconds);
  };
}

// A plain tone, until the first samples of an instrument are there.
function tone(pitch, gain) {
  const out = audio();
  const source = new OscillatorNode(out, { type: "triangle", frequency: 440 * 2 ** ((pitch - 69) / 12) });
  const level = new GainNode(out, { gain: 0.2 * gain });
  source.connect(level).connect(out.destination);
  source.start();
  level.gain.setTargetAtTime(0, out.currentTime + 0.05, 0.6);
  source.stop(out.currentTime + 3);
  return (seconds = 0.1) => {
    level.gain.setTargetAtTime(0, out.currentTime, seconds / 3);
    source.stop(out.currentTime + 3 * seconds);
  };
}

// Notes of one timbre: own recordings, else the nearest one at another speed.
export class Notes {
  constructor(velocity) {
    this.recorded = new Map();
    this.velocity = velocity;
  }

  add(pitch, buffer) {
    this.recorded.set(pitch, buffer);
  }

  start(pitch, velocity) {
    const gain = 2 * (velocity / this.velocity);
    for (let away = 0; away < 88; away += 1) {
      for (const key of [pitch - away, pitch + away]) {
        const buffer = this.recorded.get(key);
        if (buffer) return play(buffer, { gain, rate: 2 ** ((pitch - key) / 12) });
      }
    }
    return tone(pitch, gain);
  }
}
