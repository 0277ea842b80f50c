// The editor of divisions. Every act is a form that works without this script; with it, a step changes only what it touched.

import { DraftMap, type Drawn } from "./draft-map";

interface Answer {
  step: number;
  undo: boolean;
  redo: boolean;
  grid: number;
  said: string;
  saved: string;
  lede: string;
  rows: string;
  chosen: string;
  compared: string;
  map: Drawn;
  cells: Record<string, number>;
}

interface Setup {
  step: string;
  grid: string;
  words: Record<"choose" | "move" | "line" | "merge" | "chosen" | "lost", string>;
}

type Mode = "choose" | "move" | "line" | "merge";

const WAIT_MS = 120; // a held arrow key asks for the last grid only

function byId<T extends HTMLElement>(id: string): T | null {
  return document.getElementById(id) as T | null;
}

function start(): void {
  const root = byId("division");
  const text = byId("division-script")?.textContent;
  const drawing = document.querySelector<SVGSVGElement>("#draft-map");
  if (!root || !text || !drawing) return;
  const setup = JSON.parse(text) as Setup;
  const map = new DraftMap(drawing);
  const form = byId<HTMLFormElement>("draft-step");
  const rows = byId("draft-rows")!;
  const panel = byId("draft-chosen")!;
  const cells = new Set<number>();
  let mode: Mode = "choose";
  let grid = Number(document.querySelector<HTMLElement>("#draft-rows tr.now")?.dataset["part"] ?? 0);
  let waiting: number | undefined;
  let queue: Promise<void> = Promise.resolve();

  const show = (): void => {
    map.choose(grid);
    map.mark(cells);
    for (const row of rows.querySelectorAll<HTMLElement>("tr[data-part]")) {
      const here = Number(row.dataset["part"]) === grid;
      row.classList.toggle("now", here);
      const link = row.querySelector("a");
      if (here) link?.setAttribute("aria-current", "true");
      else link?.removeAttribute("aria-current");
    }
    for (const box of panel.querySelectorAll<HTMLInputElement>("input[name=cells][type=checkbox]")) box.checked = cells.has(Number(box.value));
    const field = form?.elements.namedItem("grid");
    if (field instanceof HTMLInputElement) field.value = String(grid);
    hint();
  };

  const hint = (): void => {
    const line = byId("draft-hint");
    if (!line) return;
    const asks = setup.words[mode];
    const told = setup.words.chosen.replace("%(n)s", String(cells.size)).replace("%(persons)s", map.personsIn(cells).toLocaleString("en"));
    line.textContent = cells.size ? `${told} ${mode === "move" ? asks : ""}` : asks;
  };

  const say = (words: string): void => {
    const place = byId("draft-said");
    if (!place) return;
    place.hidden = !words;
    place.textContent = words;
  };

  const setMode = (next: Mode): void => {
    mode = next;
    map.clearLine();
    drawing.classList.toggle("aims", mode === "move");
    drawing.classList.toggle("lines", mode === "line");
    for (const button of document.querySelectorAll<HTMLElement>("[data-mode]")) button.setAttribute("aria-pressed", String(button.dataset["mode"] === mode));
    hint();
  };

  const put = (place: HTMLElement, html: string): void => {
    const held = document.activeElement instanceof HTMLElement && place.contains(document.activeElement) ? document.activeElement : null;
    const top = place.scrollTop;
    const open = new Set([...place.querySelectorAll<HTMLDetailsElement>("details[open][id]")].map((one) => one.id));
    place.innerHTML = html;
    place.scrollTop = top;
    for (const id of open) byId<HTMLDetailsElement>(id)?.setAttribute("open", "");
    if (!held) return;
    // What was pressed may be gone with its grid: then the heading above it takes the focus.
    const again = (held.id && byId(held.id)) || place.querySelector<HTMLElement>("#chosen-head") || rows.querySelector<HTMLElement>("[aria-current]");
    again?.focus({ preventScroll: true });
  };

  const load = async (): Promise<void> => {
    const wanted = grid;
    const answer = await fetch(setup.grid.replace(/0\/$/, `${wanted}/`), { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || wanted !== grid) return;
    put(panel, await answer.text());
    show();
  };

  const choose = (part: number, { soon = false, keep = false } = {}): void => {
    if (!part || (part === grid && !keep)) return;
    if (part !== grid) cells.clear();
    grid = part;
    show();
    history.replaceState(null, "", `?grid=${part}`);
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => void load().catch(() => say(setup.words.lost)), soon ? WAIT_MS : 0);
  };

  const take = (answer: Answer): void => {
    grid = answer.grid;
    cells.clear();
    map.change(answer.map, answer.cells);
    put(rows, answer.rows);
    put(panel, answer.chosen);
    byId("draft-compared")!.innerHTML = answer.compared;
    byId("draft-lede")!.innerHTML = answer.lede;
    byId("saved")!.textContent = answer.saved;
    for (const [id, on] of [["tool-undo", answer.undo], ["tool-redo", answer.redo]] as const) {
      const button = byId<HTMLButtonElement>(id);
      if (button) button.disabled = !on;
    }
    const field = form?.elements.namedItem("step");
    if (field instanceof HTMLInputElement) field.value = String(answer.step);
    if (!answer.said) for (const note of document.querySelectorAll<HTMLElement>("[data-stale]")) note.hidden = false;
    say(answer.said);
    setMode(answer.said ? mode : mode === "move" ? "move" : "choose");
    show();
    root.dataset["step"] = String(answer.step);
  };

  const send = (fields: FormData | Record<string, string | number | number[]>): void => {
    if (!form) return;
    queue = queue.then(async () => {
      const data = fields instanceof FormData ? fields : new FormData(form);
      if (!(fields instanceof FormData)) {
        data.delete("cells");
        for (const [name, value] of Object.entries(fields)) {
          data.delete(name);
          for (const one of Array.isArray(value) ? value : [value]) data.append(name, String(one));
        }
      }
      const step = form.elements.namedItem("step");
      if (step instanceof HTMLInputElement) data.set("step", step.value);
      // In one field: a form of thousands of fields is refused.
      const all = [...new Set(data.getAll("cells"))];
      data.delete("cells");
      if (all.length) data.set("cells", all.join(","));
      root.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(setup.step, { method: "POST", body: data, headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        take((await answer.json()) as Answer);
      } catch {
        say(setup.words.lost);
      } finally {
        root.removeAttribute("aria-busy");
      }
    });
  };

  const onCell = (cell: number, part: number): void => {
    if (mode === "merge") {
      if (part && part !== grid) send({ act: "merge", grid, with: part });
    } else if (mode === "move") {
      if (part === grid) {
        if (!cells.delete(cell)) cells.add(cell);
        show();
      } else if (cells.size && part) send({ act: "move", grid, cells: [...cells], to: part });
      else {
        choose(part);
        cells.add(cell);
        show();
      }
    } else choose(part);
  };

  map.onLine((points) => {
    send({ act: "line", grid, line: points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ") });
  });
  drawing.addEventListener("click", (event) => {
    if (mode === "line") return;
    const target = event.target as Element;
    const cell = target.closest<SVGElement>("[data-cell]");
    if (cell) onCell(Number(cell.dataset["cell"]), Number(cell.dataset["part"]));
  });
  drawing.addEventListener("pointerdown", (event) => {
    if (mode === "line") map.press(event);
  });
  drawing.addEventListener("pointermove", (event) => {
    if (mode === "line") map.move(event);
  });
  drawing.addEventListener("pointerup", (event) => {
    if (mode === "line") map.release(event);
  });

  document.addEventListener("submit", (event) => {
    const sent = event.target as HTMLFormElement;
    if (!sent.matches("[data-step]")) return;
    event.preventDefault();
    const data = new FormData(sent);
    const button = (event as SubmitEvent).submitter;
    const act = button instanceof HTMLButtonElement ? button.value : "";
    if (act) data.set("act", act);
    // Split with some buildings chosen makes those the new grid.
    if (button?.hasAttribute("data-split") && cells.size) data.set("act", "split");
    if (!sent.matches(".offer")) for (const cell of cells) data.append("cells", String(cell));
    send(data);
  });
  panel.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (box.name !== "cells") return;
    if (box.checked) cells.add(Number(box.value));
    else cells.delete(Number(box.value));
    map.mark(cells);
    hint();
  });
  rows.addEventListener("click", (event) => {
    const row = (event.target as Element).closest<HTMLElement>("tr[data-part]");
    if (!row || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(Number(row.dataset["part"]));
  });
  rows.addEventListener("keydown", (event) => {
    const links = [...rows.querySelectorAll<HTMLElement>("a[data-choose]")];
    const here = links.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: links.length - 1 }[event.key];
    if (here < 0 || to === undefined) return;
    event.preventDefault();
    const next = links[Math.min(Math.max(to, 0), links.length - 1)];
    next?.focus();
    choose(Number(next?.dataset["choose"]), { soon: true });
  });
  document.addEventListener("keydown", (event) => {
    const inText = event.target instanceof HTMLElement && event.target.matches("input:not([type=checkbox]):not([type=range]), textarea, select");
    if (event.key === "Escape" && (cells.size || mode !== "choose")) {
      cells.clear();
      setMode("choose");
      show();
    } else if (event.key === "Enter" && mode === "line" && map.finish()) event.preventDefault();
    else if ((event.ctrlKey || event.metaKey) && !inText && /^[zy]$/i.test(event.key)) {
      event.preventDefault();
      byId(event.key.toLowerCase() === "y" || event.shiftKey ? "tool-redo" : "tool-undo")?.click();
    }
  });

  for (const part of document.querySelectorAll<HTMLElement>(".modes, [data-zoom]")) part.hidden = false;
  for (const button of document.querySelectorAll<HTMLElement>("[data-mode]")) button.addEventListener("click", () => setMode(button.dataset["mode"] as Mode));
  const zoom = document.querySelector<HTMLElement>("[data-zoom]");
  zoom?.addEventListener("click", () => zoom.setAttribute("aria-pressed", String(map.toggleZoom())));
  for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-show]"))
    link.addEventListener("click", (event) => {
      event.preventDefault();
      map.show(link.dataset["show"] ?? "draft");
      for (const other of document.querySelectorAll("[data-show]")) other.removeAttribute("aria-current");
      link.setAttribute("aria-current", "true");
    });
  for (const slide of document.querySelectorAll<HTMLInputElement>("input[type=range][data-for]")) {
    const number = byId<HTMLInputElement>(slide.dataset["for"] ?? "");
    if (!number) continue;
    slide.hidden = false;
    slide.addEventListener("input", () => (number.value = slide.value));
    number.addEventListener("input", () => (slide.value = number.value));
  }
  show();
}

start();
