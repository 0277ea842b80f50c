// The map of a draft: what is chosen on it, a line that is drawn on it, and what a step changes of it.

export interface DrawnPart {
  part: number;
  label: string;
  css: string;
  locked: boolean;
  d?: string;
  x?: string;
  y?: string;
}

export interface Drawn {
  parts: DrawnPart[];
  fresh: string;
  gone: string;
}

type Point = [number, number];

const SVG = "http://www.w3.org/2000/svg";
const DRAGGED_PX = 8; // below it a press is a click

export class DraftMap {
  private readonly cells = new Map<number, SVGElement>();
  private readonly whole: string;
  private marked = new Set<number>();
  private grid = 0;
  private zoomed = false;
  private points: Point[] = [];
  private pressed: Point | undefined;
  private told: (points: Point[]) => void = () => undefined;

  constructor(private readonly drawing: SVGSVGElement) {
    this.whole = drawing.getAttribute("viewBox") ?? "";
    for (const cell of drawing.querySelectorAll<SVGElement>("[data-cell]")) this.cells.set(Number(cell.dataset["cell"]), cell);
  }

  choose(part: number): void {
    this.grid = part;
    const outline = this.part(part)?.getAttribute("d") ?? "";
    this.find(".chosen").setAttribute("d", outline);
    if (this.zoomed) this.fit();
  }

  mark(cells: ReadonlySet<number>): void {
    for (const cell of this.marked) if (!cells.has(cell)) this.cells.get(cell)?.classList.remove("on");
    for (const cell of cells) this.cells.get(cell)?.classList.add("on");
    this.marked = new Set(cells);
  }

  personsIn(cells: ReadonlySet<number>): number {
    let sum = 0;
    for (const cell of cells) sum += Number(this.cells.get(cell)?.dataset["persons"] ?? 0);
    return sum;
  }

  show(which: string): void {
    this.drawing.classList.remove("show-current", "show-draft", "show-both");
    this.drawing.classList.add(`show-${which}`);
  }

  /** Put a step in place: outlines that changed, fills, labels, borders, and the grid of the cells that moved. */
  change(drawn: Drawn, cells: Record<string, number>): void {
    const fills = this.find(".parts");
    const labels = this.find(".labels");
    const known = new Set(drawn.parts.map((one) => String(one.part)));
    for (const group of [fills, labels]) for (const one of [...group.querySelectorAll<SVGElement>("[data-part]")]) if (!known.has(one.dataset["part"] ?? "")) one.remove();
    for (const one of drawn.parts) {
      let shape = this.part(one.part);
      if (!shape) {
        shape = document.createElementNS(SVG, "path");
        shape.dataset["part"] = String(one.part);
        fills.append(shape);
      }
      shape.setAttribute("class", `grid ${one.css}`);
      if (one.d !== undefined) shape.setAttribute("d", one.d);
      this.label(labels, one);
    }
    this.find(".fresh").setAttribute("d", drawn.fresh);
    this.find(".gone").setAttribute("d", drawn.gone);
    for (const [cell, part] of Object.entries(cells)) {
      const shape = this.cells.get(Number(cell));
      if (shape) shape.dataset["part"] = String(part);
    }
  }

  toggleZoom(): boolean {
    this.zoomed = !this.zoomed;
    this.fit();
    return this.zoomed;
  }

  onLine(told: (points: Point[]) => void): void {
    this.told = told;
  }

  press(event: PointerEvent): void {
    event.preventDefault();
    this.drawing.setPointerCapture(event.pointerId);
    this.pressed = this.at(event);
  }

  move(event: PointerEvent): void {
    const to = this.at(event);
    if (this.pressed && !this.points.length && this.far(this.pressed, to)) this.trace([this.pressed, to]);
    else if (this.points.length) this.trace([...this.points, to]);
  }

  release(event: PointerEvent): void {
    const to = this.at(event);
    const from = this.pressed;
    this.pressed = undefined;
    if (from && !this.points.length && this.far(from, to)) this.done([from, to]);
    else {
      const last = this.points.at(-1);
      if (last && !this.far(last, to)) this.finish();
      else {
        this.points.push(to);
        this.trace(this.points);
      }
    }
  }

  /** Hand over the line as far as it is drawn; false where it has less than two points. */
  finish(): boolean {
    if (this.points.length < 2) return false;
    this.done(this.points);
    return true;
  }

  clearLine(): void {
    this.points = [];
    this.pressed = undefined;
    this.find(".drawn-line").setAttribute("d", "");
  }

  private done(points: Point[]): void {
    this.points = [];
    this.trace(points);
    this.told(points);
  }

  private trace(points: Point[]): void {
    const path = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
    this.find(".drawn-line").setAttribute("d", points.length > 1 ? `M${path}` : points.length ? `M${path}h.1` : "");
  }

  private far(one: Point, other: Point): boolean {
    const scale = this.drawing.getScreenCTM()?.a ?? 1;
    return Math.hypot(one[0] - other[0], one[1] - other[1]) * scale > DRAGGED_PX;
  }

  private at(event: PointerEvent): Point {
    const matrix = this.drawing.getScreenCTM();
    if (!matrix) return [0, 0];
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    return [point.x, point.y];
  }

  private label(labels: SVGElement, one: DrawnPart): void {
    let group = labels.querySelector<SVGElement>(`[data-part="${one.part}"]`);
    if (!group) {
      const model = labels.querySelector<SVGElement>("[data-part]");
      if (!model) return;
      group = model.cloneNode(true) as SVGElement;
      group.dataset["part"] = String(one.part);
      labels.append(group);
    }
    group.setAttribute("class", one.locked ? "locked" : "");
    group.querySelector("text")!.textContent = one.label;
    if (one.x !== undefined) group.setAttribute("transform", `translate(${one.x} ${one.y ?? 0})${this.shrink()}`);
  }

  /** Show the chosen grid with what lies around it, or all of the map; labels keep their size on the screen. */
  private fit(): void {
    this.drawing.classList.toggle("near", this.zoomed);
    const shape = this.part(this.grid);
    if (this.zoomed && shape) {
      const box = (shape as SVGGraphicsElement).getBBox();
      const [, , width = 1000, height = 1000] = this.whole.split(" ").map(Number);
      const part = Math.min(1, Math.max(box.width / width, box.height / height) * 1.8);
      const [wide, high] = [width * part, height * part];
      const left = Math.min(Math.max(0, box.x + box.width / 2 - wide / 2), width - wide);
      const top = Math.min(Math.max(0, box.y + box.height / 2 - high / 2), height - high);
      this.drawing.setAttribute("viewBox", `${left} ${top} ${wide} ${high}`);
    } else this.drawing.setAttribute("viewBox", this.whole);
    for (const group of this.drawing.querySelectorAll<SVGElement>(".labels > g, .now-labels > g")) {
      const place = (group.getAttribute("transform") ?? "").split(" scale")[0] ?? "";
      group.setAttribute("transform", place + this.shrink());
    }
  }

  private shrink(): string {
    const now = (this.drawing.getAttribute("viewBox") ?? "").split(" ").map(Number)[2] ?? 1;
    const all = this.whole.split(" ").map(Number)[2] ?? 1;
    return now < all ? ` scale(${(now / all).toFixed(3)})` : "";
  }

  private part(part: number): SVGElement | null {
    return this.drawing.querySelector<SVGElement>(`.parts [data-part="${part}"]`);
  }

  private find(name: string): SVGElement {
    return this.drawing.querySelector<SVGElement>(name)!;
  }
}
