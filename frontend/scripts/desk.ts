import htmx from "htmx.org";
import { focusErrors, listen } from "./keys";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}

window.htmx = htmx;
listen();
focusErrors();
document.addEventListener("htmx:afterSettle", focusErrors);
