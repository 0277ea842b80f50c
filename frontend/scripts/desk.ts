import htmx from "htmx.org";
import { focusErrors, listen, offerSwitch } from "./keys";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}

window.htmx = htmx;
listen();
offerSwitch();
focusErrors();
document.addEventListener("htmx:afterSettle", focusErrors);
