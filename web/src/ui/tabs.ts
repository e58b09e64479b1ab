// The rooms of an area: links, so that each has its address and the browser's back works.
import { html, nothing, type TemplateResult } from "lit-html";
import { placeOf } from "../app/router";

export interface Room {
  path: string;
  text: string;
}

export function tabs(label: string, rooms: readonly Room[]): TemplateResult {
  const here = placeOf(location.hash).path;
  const longest = rooms.filter((room) => here === room.path || here.startsWith(`${room.path}/`)).sort((a, b) => b.path.length - a.path.length)[0];
  return html`<nav class="tabs" aria-label=${label}>
    ${rooms.map((room) => html`<a href="#${room.path}" aria-current=${room === longest ? "page" : nothing}>${room.text}</a>`)}
  </nav>`;
}
