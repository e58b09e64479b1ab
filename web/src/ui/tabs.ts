// The rooms of an area: links, so that each has its address and the browser's back works.
import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import { placeOf } from "../app/router";

export interface Room {
  path: string;
  text: string;
}

const broughtTo = new WeakMap<Element, string>();

/** On a narrow screen they scroll: the room that is shown is brought to the middle, once, so that the reader's own scrolling stays. */
const bringTo = (path: string) => (nav?: Element): void => {
  if (!nav || broughtTo.get(nav) === path) return;
  broughtTo.set(nav, path);
  requestAnimationFrame(() => {
    const here = nav.querySelector("[aria-current]")?.getBoundingClientRect(), all = nav.getBoundingClientRect();
    if (here) nav.scrollLeft += here.left + here.width / 2 - all.left - all.width / 2;
  });
};

export function tabs(label: string, rooms: readonly Room[]): TemplateResult {
  const here = placeOf(location.hash).path;
  const longest = rooms.filter((room) => here === room.path || here.startsWith(`${room.path}/`)).sort((a, b) => b.path.length - a.path.length)[0];
  return html`<nav class="tabs" aria-label=${label} ${ref(bringTo(longest?.path ?? ""))}>
    ${rooms.map((room) => html`<a href="#${room.path}" aria-current=${room === longest ? "page" : nothing}>${room.text}</a>`)}
  </nav>`;
}
