// Help in the product: topics that can be searched, and the keys.
import { html, nothing, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Input.js";
import "@ui5/webcomponents/dist/Label.js";
import "@ui5/webcomponents/dist/Link.js";
import type Input from "@ui5/webcomponents/dist/Input.js";
import "../../styles/help.css";
import { href, type Context, type Page } from "../../app/router";
import { t } from "../../i18n/text";
import { empty, nextStep } from "../../ui/states";
import { table } from "../../ui/table";
import { keys, topics, type Topic } from "./topics";

const folded = (text: string): string => text.toLocaleLowerCase().normalize("NFKC");

function fits(topic: Topic, words: string): boolean {
  const text = folded([topic.title, ...topic.says].join(" "));
  return folded(words).split(/\s+/).every((word) => text.includes(word));
}

function topicView(topic: Topic, wanted: boolean): TemplateResult {
  return html`<article class="card stack help-topic" id="help-${topic.id}" ?data-wanted=${wanted} tabindex="-1">
    <h2>${topic.title}</h2>
    ${topic.says.map((one) => html`<p>${one}</p>`)}
    ${topic.ways.length ? html`<p class="help-ways">${topic.ways.map((way) => html`<ui5-link href=${href(way.path)}>${way.text}</ui5-link>`)}</p>` : nothing}
  </article>`;
}

export function openHelp(context: Context): Page {
  const wanted = context.parts.topic;
  let words = "";
  requestAnimationFrame(() => {
    const place = wanted ? document.getElementById(`help-${wanted}`) : null;
    place?.scrollIntoView({ block: "start" });
    place?.focus();
  });
  return {
    title: () => t("Help"),
    view: () => {
      const found = topics().filter((topic) => words === "" || fits(topic, words));
      return html`<div class="page help">
        <div class="page-head">
          <h1>${t("Help")}</h1>
          <div class="field help-search">
            <ui5-label for="help-search" class="visually-hidden">${t("Search the help")}</ui5-label>
            <ui5-input id="help-search" type="Search" show-clear-icon .value=${words} placeholder=${t("Search the help")} @input=${(event: Event) => {
              words = (event.target as Input).value.trim();
              context.update();
            }}></ui5-input>
          </div>
        </div>
        <div class="help-body">
          <nav class="help-contents" aria-label=${t("Topics")}>
            <ul>
              ${topics().map((topic) => html`<li><a href=${href(`/help/${topic.id}`)} aria-current=${topic.id === wanted ? "true" : nothing}>${topic.title}</a></li>`)}
              <li><a href=${href("/feedback")}>${t("Feedback")}</a></li>
              <li><a href=${href("/help/keys")} aria-current=${wanted === "keys" ? "true" : nothing}>${t("Keyboard")}</a></li>
            </ul>
          </nav>
          <div class="stack">
            ${found.length ? found.map((topic) => topicView(topic, topic.id === wanted)) : empty(t("Nothing found"), t("Other words may say it: try a shorter one."), nextStep(t("Show all"), () => ((words = ""), context.update())))}
            <article class="stack" id="help-keys" tabindex="-1">
              <h2>${t("Keyboard")}</h2>
              ${table(t("Keyboard"), [
                { title: t("Keys"), main: true, cell: (one) => html`<kbd>${one.keys}</kbd>` },
                { title: t("What they do"), cell: (one) => one.says },
              ], keys())}
            </article>
          </div>
        </div>
      </div>`;
    },
  };
}
