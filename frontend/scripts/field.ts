import { focusErrors } from "./keys";

focusErrors();

// The strip says what the page itself cannot know: that the network is gone. Its words come from the page, in the reader's language.
function tellNetwork(): void {
  const strip = document.querySelector<HTMLElement>("[data-offline]");
  if (strip) strip.hidden = navigator.onLine;
}

addEventListener("online", tellNetwork);
addEventListener("offline", tellNetwork);
tellNetwork();
