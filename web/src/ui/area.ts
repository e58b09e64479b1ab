// A screen of an area with rooms: title, its rooms as tabs, and what it loads.
import { html, nothing, type TemplateResult } from "lit-html";
import type { Context, Page } from "../app/router";
import { problemStrip } from "./problem";
import { loading } from "./states";
import { tabs, type Room } from "./tabs";

export interface Area {
  name: () => string;
  rooms: () => readonly Room[];
}

export interface Shown<T> {
  title: () => string;
  load: () => Promise<T>;
  view: (data: T, again: () => void) => TemplateResult;
  actions?: (again: () => void) => TemplateResult;
}

/** A screen that shows what it loads; `again` loads it anew, and leaves what is there until then. */
export function room<T>(area: Area, context: Context, shown: Shown<T>): Page {
  let data: T | undefined, failure: unknown;
  const again = (): void => {
    failure = undefined;
    shown
      .load()
      .then((got) => (data = got))
      .catch((error: unknown) => {
        if (!context.signal.aborted) failure = error;
      })
      .finally(context.update);
  };
  again();
  return {
    title: shown.title,
    view: () => html`<div class="page">
      <div class="page-head">
        <h1>${shown.title()}</h1>
        ${shown.actions ? html`<div class="actions">${shown.actions(again)}</div>` : nothing}
      </div>
      ${tabs(area.name(), area.rooms())} ${problemStrip(failure, again)} ${data !== undefined ? shown.view(data, again) : failure === undefined ? loading() : nothing}
    </div>`,
  };
}
