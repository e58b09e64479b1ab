// A short word at the edge: it worked; with a way back where there is one.
import { html, nothing, render } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import { t } from "../i18n/text";

const lasting = 6000, lastingWithWayBack = 12000;
let place: HTMLElement | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

function draw(text: string, undo?: () => void): void {
  if (!place) {
    place = document.createElement("div");
    place.className = "toast-place";
    place.setAttribute("role", "status");
    place.setAttribute("aria-live", "polite");
    document.body.append(place);
  }
  render(
    text
      ? html`<div class="toast">
          <span>${text}</span>${undo ? html`<ui5-button design="Transparent" @click=${() => (hide(), undo())}>${t("Undo")}</ui5-button>` : nothing}
        </div>`
      : nothing,
    place,
  );
}

function hide(): void {
  clearTimeout(timer);
  draw("");
}

/** Says what was done. `undo`: takes it back, as long as it is shown (and it stays a little longer then). */
export function toast(text: string, undo?: () => void): void {
  clearTimeout(timer);
  draw(text, undo);
  timer = setTimeout(hide, undo ? lastingWithWayBack : lasting);
}
