// The frame around every screen: head, navigation, the screen of the address. Or, where nobody is signed in, signing in.
import { html, nothing, render, type TemplateResult } from "lit-html";
import "@ui5/webcomponents/dist/Button.js";
import "@ui5/webcomponents/dist/MessageStrip.js";
import "@ui5/webcomponents-icons/dist/feedback.js";
import "@ui5/webcomponents-icons/dist/menu2.js";
import "@ui5/webcomponents-icons/dist/search.js";
import "@ui5/webcomponents-icons/dist/sys-help.js";
import { Failure, fetched, isReachable, watchReach, whenPurposeWanted, whenSignedOut } from "../api/http";
import { allTexts, t } from "../i18n/text";
import { problemStrip } from "../ui/problem";
import { loading } from "../ui/states";
import { toast } from "../ui/toast";
import { navigation } from "./navigation";
import { go, match, placeOf, type Opener, type Page, type Route } from "./router";
import { ofRecords, routes } from "./routes";
import { forgetSession, loadSession, whoAmI } from "./session";
import { userMenu } from "./user_menu";

let root: HTMLElement;
let page: Page | undefined;
let failure: unknown;
let pattern = "";
let ended = new AbortController();
let menuOpen = false;
let drawn = false; // a drawing is due
let opened = 0; // which screen was asked for last

export async function startShell(place: HTMLElement): Promise<void> {
  root = place;
  watchReach(redraw);
  whenPurposeWanted(async () => {
    const [{ sayPurpose }] = await Promise.all([import("./purpose"), allTexts()]);
    document.querySelector<HTMLDialogElement>("dialog.palette")?.close(); // nothing beside it can be reached while it is open
    return sayPurpose();
  });
  whenSignedOut(() => {
    forgetSession();
    void open();
  });
  // A button whose work fails says so, whatever else its screen has to say.
  addEventListener("unhandledrejection", (event) => {
    if (!(event.reason instanceof Failure)) return;
    event.preventDefault();
    toast([event.reason.problem.title, event.reason.problem.hint].filter(Boolean).join(" "));
  });
  addEventListener("hashchange", () => void open());
  addEventListener("beforeunload", (event) => {
    if (page?.unsaved?.()) event.preventDefault();
  });
  try {
    await loadSession();
  } catch (error) {
    failure = error;
  }
  await open();
}

/** Draws everything again, once, before the browser paints. */
export function redraw(): void {
  if (drawn) return;
  drawn = true;
  requestAnimationFrame(() => {
    drawn = false;
    draw();
  });
}

/** After signing in or out, or a change of language: everything is fetched anew. */
export async function restart(): Promise<void> {
  await loadSession();
  pattern = "";
  await open();
}

async function load(route: Route): Promise<Opener> {
  const [opener] = await Promise.all([route.load(), route.first ? undefined : allTexts()]);
  return opener;
}

async function open(): Promise<void> {
  const mine = ++opened;
  const { path, query } = placeOf(location.hash);
  menuOpen = false;
  if (!whoAmI() && failure === undefined) {
    page?.leave?.();
    const { openSignIn } = await import("../pages/signin/signin");
    if (mine !== opened) return;
    pattern = "";
    page = openSignIn(redraw, restart);
    return draw();
  }
  if (whoAmI() && path === "/enrol") {
    toast(t("You are signed in. Sign out before you use an enrolment link."));
    return go("/", true);
  }
  const route = [...routes, ...ofRecords].find((one) => match(one.pattern, path));
  const parts = route ? (match(route.pattern, path) ?? {}) : {};
  if (route && route.pattern === pattern && page?.moved?.({ path, parts, query })) return draw();
  if (page?.unsaved?.() && !confirm(t("What you typed is not saved. Leave anyway?"))) return history.back();
  page?.leave?.();
  ended.abort();
  ended = new AbortController();
  page = undefined;
  failure = undefined;
  pattern = route?.pattern ?? "";
  redraw();
  try {
    const opener = route ? await fetched(() => load(route)) : (await import("../pages/missing")).openMissing;
    const fresh = await opener({ path, parts, query, update: redraw, signal: ended.signal });
    if (mine !== opened) return fresh.leave?.();
    page = fresh;
  } catch (error) {
    if (mine !== opened) return;
    if (error instanceof Failure && error.status === 404) page = (await import("../pages/missing")).openGone(error.problem, path);
    else failure = error;
  }
  draw();
  root.querySelector<HTMLElement>(".frame-main")?.focus();
  requestIdleCallback(() => void import("../pages/records/list").catch(() => undefined)); // most go there next; no line: fetched then
}

function draw(): void {
  document.title = page ? `${page.title()} · Probity` : "Probity";
  render(whoAmI() ? frame() : bare(), root);
}

function bare(): TemplateResult {
  if (failure !== undefined) return html`<main class="page">${problemStrip(failure, () => location.reload())}</main>`;
  return page ? page.view() : loading();
}

function frame(): TemplateResult {
  return html`<a class="skip-link" href="#main" @click=${toMain}>${t("To the contents")}</a>
    <div class="frame">
      <header class="frame-head">
        <ui5-button class="frame-menu" design="Transparent" icon="menu2" accessible-name=${t("Menu")} aria-expanded=${menuOpen} @click=${toggleMenu}></ui5-button>
        <a class="frame-brand" href="#/" aria-label="Probity"><img src="/icon.svg" alt="" /><span>Probity</span></a>
        <div class="frame-search">
          <button type="button" @click=${openSearch} aria-label=${t("Search records and commands")}>
            <ui5-icon name="search"></ui5-icon><span>${t("Search records and commands")}</span><kbd>Ctrl K</kbd>
          </button>
        </div>
        <ui5-button class="frame-feedback" design="Transparent" icon="feedback" accessible-name=${t("Tell us")} tooltip=${t("Tell us")} @click=${() => void openFeedback()}></ui5-button>
        <ui5-button design="Transparent" icon="sys-help" accessible-name=${t("Help about this screen")} tooltip=${t("Help about this screen")} @click=${() => void openHelp()}></ui5-button>
        ${userMenu()}
      </header>
      <nav class="frame-side" ?data-open=${menuOpen} aria-label=${t("Main navigation")}>${navigation()}</nav>
      <main class="frame-main" id="main" tabindex="-1">
        ${isReachable()
          ? nothing
          : html`<ui5-message-strip class="offline-strip" design="Critical" hide-close-button role="status"
              >${t("No connection to the server. What you type is kept; it is tried again.")}</ui5-message-strip
            >`}
        ${failure !== undefined ? html`<div class="page">${problemStrip(failure, () => void open())}</div>` : page ? page.view() : html`<div class="page">${loading()}</div>`}
      </main>
    </div>`;
}

function toMain(event: Event): void {
  event.preventDefault();
  root.querySelector<HTMLElement>("main")?.focus();
}

function toggleMenu(): void {
  menuOpen = !menuOpen;
  draw();
}

async function openSearch(): Promise<void> {
  const [{ showSearch }] = await Promise.all([import("./search"), allTexts()]);
  showSearch();
}

/** Whether somebody types: keys without Ctrl are letters then. */
function typing(event: KeyboardEvent): boolean {
  return event.composedPath().some((one) => one instanceof HTMLElement && (one.isContentEditable || /^(input|textarea|select)$/i.test(one.tagName)));
}

async function openFeedback(): Promise<void> {
  const [{ giveFeedback }] = await Promise.all([import("../pages/feedback/give"), allTexts()]);
  await giveFeedback();
}

async function openHelp(): Promise<void> {
  const { topicOf } = await import("../pages/help/topics");
  go(`/help/${topicOf(placeOf(location.hash).path)}`);
}

addEventListener("keydown", (event) => {
  if (event.key === "?" && !typing(event) && whoAmI()) void openHelp();
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && whoAmI()) {
    event.preventDefault();
    void openSearch();
  }
});
