// The map of sounds: points to click, or to reach with the arrow keys.

const NEAR = 28; // pixels
const MARGIN = 22;
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class SoundMap {
  // `heard(point)` plays a point, `taken(point)` puts it on a pad.
  constructor(canvas, colors, { heard, taken }) {
    Object.assign(this, { canvas, colors, heard, taken, points: [], chosen: null });
    canvas.addEventListener("pointerdown", (event) => this.click(event));
    canvas.addEventListener("pointermove", (event) => this.hover(event));
    canvas.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  show(points) {
    const range = (name) => {
      const values = points.map((point) => point[name]);
      const low = Math.min(...values);
      return { low, size: Math.max(...values) - low || 1 };
    };
    const [across, up] = [range("x"), range("y")];
    this.points = points.map((point) => ({
      ...point,
      left: (point.x - across.low) / across.size,
      top: 1 - (point.y - up.low) / up.size,
    }));
    this.chosen = null;
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

  place({ left, top }) {
    return [MARGIN + left * (this.width - 2 * MARGIN), MARGIN + top * (this.height - 2 * MARGIN)];
  }

  draw() {
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, this.width, this.height);
    for (const point of this.points) this.dot(pen, point, 5.5, 0.85);
    if (!this.chosen) return;
    this.dot(pen, this.chosen, 9, 1);
    const [x, y] = this.place(this.chosen);
    pen.strokeStyle = "#eceae5";
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(x, y, 12, 0, 2 * Math.PI);
    pen.stroke();
  }

  dot(pen, point, radius, alpha) {
    const [x, y] = this.place(point);
    pen.globalAlpha = alpha;
    pen.fillStyle = this.colors[point.drum];
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fill();
    pen.globalAlpha = 1;
  }

  nearest(event) {
    const box = this.canvas.getBoundingClientRect();
    let best = null;
    let least = NEAR;
    for (const point of this.points) {
      const [x, y] = this.place(point);
      const distance = Math.hypot(x - (event.clientX - box.left), y - (event.clientY - box.top));
      if (distance < least) [best, least] = [point, distance];
    }
    return best;
  }

  hover(event) {
    const point = this.nearest(event);
    this.canvas.title = point ? `${point.drum.replaceAll("_", " ")} ${point.seed}` : "";
  }

  click(event) {
    const point = this.nearest(event);
    if (point) this.choose(point);
  }

  choose(point) {
    this.chosen = point;
    this.draw();
    this.heard(point);
  }

  key(event) {
    if (event.key === "Enter" && this.chosen) this.taken(this.chosen);
    const way = WAYS[event.key];
    if (!way || !this.points.length) return;
    event.preventDefault();
    const from = this.chosen ?? this.points[0];
    const [x, y] = this.place(from);
    let best = null;
    let least = Infinity;
    for (const point of this.points) {
      const [right, down] = this.place(point);
      const along = (right - x) * way[0] + (down - y) * way[1];
      const beside = Math.abs((right - x) * way[1]) + Math.abs((down - y) * way[0]);
      const cost = along + 2 * beside;
      if (along > 1 && cost < least) [best, least] = [point, cost];
    }
    this.choose(best ?? from);
  }
}
