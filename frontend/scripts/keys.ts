// Keys that save a mouse. Every one does what a visible link, button or box does too, and none works while someone is writing.

function writing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

const OFF = "linli-keys-off";

function off(): boolean {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

/** A button that turns single keys off and on again: somebody who dictates would press them by speaking. */
export function offerSwitch(): void {
  const note = document.querySelector<HTMLElement>("[data-keys-note]");
  const button = document.querySelector<HTMLElement>("[data-keys-toggle]");
  if (!note || !button) return;
  note.hidden = false;
  const say = (): void => {
    button.textContent = (off() ? button.dataset["on"] : button.dataset["off"]) ?? "";
  };
  button.addEventListener("click", () => {
    localStorage.setItem(OFF, off() ? "0" : "1");
    say();
  });
  say();
}

/** `/` goes to the page's search box; J and K go down and up a list whose rows carry `data-row`; a key printed on a
 * button or link (`data-key`) presses it. */
export function listen(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
    if (off()) return;
    const printed = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (printed) {
      event.preventDefault();
      printed.click();
    } else if (event.key === "/") {
      const box = document.querySelector<HTMLInputElement>("[data-search]");
      if (box) {
        event.preventDefault();
        box.focus();
        box.select();
      }
    } else if (event.key === "j" || event.key === "k") {
      step(event.key === "j" ? 1 : -1);
    }
  });
}

function step(by: number): void {
  const links = [...document.querySelectorAll<HTMLElement>("[data-row] a[href]:first-of-type")].filter(
    (link, index, all) => all.findIndex((other) => other.closest("[data-row]") === link.closest("[data-row]")) === index,
  );
  if (!links.length) return;
  const row = document.activeElement?.closest("[data-row]");
  const now = links.findIndex((link) => row && link.closest("[data-row]") === row);
  links[Math.min(Math.max(now + by, 0), links.length - 1)]?.focus();
}

/** The error summary takes the focus once, so that it is read out first. */
export function focusErrors(): void {
  document.querySelector<HTMLElement>("[data-error-summary]")?.focus();
}
