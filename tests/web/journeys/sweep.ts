// Every page that the router knows, and a dialog of each where there is one: nothing that axe-core reports, nothing cut off,
// untranslated or refused. Languages, themes and sizes take turns from page to page; with --whole each page has them all.
// shows: UX-1 SEC-1
import { ofRecords, routes } from "../../../web/src/app/routes";
import { asked, audited, made } from "../asked";
import { languages, sizes, type Journey } from "../journey";
import { cutOff, leadNowhere } from "../layout";
import { saidOn, Texts } from "../texts";
import type { Visitor } from "../visitor";

interface Stop {
  address: string;
  /** What opens a dialog there; its keys, where it is a key. */
  opens?: string;
  keys?: string;
}

type Records = { records: { id: string }[] };

async function firstOf(v: Visitor, path: string): Promise<string> {
  return ((await asked(v, "GET", `/${path}?limit=1`)).data as unknown as Records).records[0]?.id ?? "";
}

async function added(v: Visitor, path: string, body: unknown): Promise<void> {
  const answer = await asked(v, "POST", path, body);
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.data)}`);
}

/** What an audit, a plan and a review leave, where nobody made one yet. */
async function prepared(v: Visitor): Promise<void> {
  const numbers = async (path: string, of: string): Promise<number> => ((await asked(v, "GET", path)).data as unknown as Record<string, unknown[]>)[of]?.length ?? 0;
  await audited(v);
  const plan = { name: "Letters of the house", goals: "Letters arrive", criteria: "", repeat: "quarterly", due: "2100-01-01", entities: [], areas: [], team: [], controls: [] };
  if ((await numbers("/audit-plans", "plans")) === 0) await added(v, "/audit-plans", plan);
  if ((await numbers("/access-reviews", "reviews")) === 0) await added(v, "/access-reviews", { due: "2100-01-01T00:00:00Z" });
  if ((await numbers("/feedback", "messages")) === 0) await added(v, "/feedback", { kind: "question", text: "Where is the calendar?", page: "/" });
}

/** The addresses of a route: one that has places is to be told here how to be filled. */
async function stopsOf(v: Visitor, pattern: string): Promise<Stop[]> {
  const contact = await firstOf(v, "contacts");
  const filled: Record<string, () => Promise<Stop[]> | Stop[]> = {
    "/": () => [{ address: "/", keys: "Control+k", opens: "dialog.palette" }],
    "/{path}": () => [
      { address: "/contacts", opens: "main ui5-button[icon=add-filter]" },
      { address: "/opportunities?filter=stage = 'Won'&sort=-amount", opens: "main ui5-button[icon=table-column]" },
      { address: "/accounts?q=zzzz" },
      { address: "/cases?as=board" },
      ...["month", "week", "agenda"].map((view) => ({ address: `/activities?as=calendar&view=${view}` })),
      { address: "/nowhere" },
    ],
    "/{path}/new": () => [{ address: "/contacts/new" }, { address: "/opportunities/new" }],
    "/{path}/{id}/edit": () => [{ address: `/contacts/${contact}/edit` }],
    "/{path}/{id}": async () => [{ address: `/contacts/${contact}`, opens: ".record-delete" }, { address: `/accounts/${await firstOf(v, "accounts")}` }, { address: `/opportunities/${await firstOf(v, "opportunities")}` }],
    "/duplicates/{path}/{left}/{right}": async () => {
      const twin = { full_name: "Petra Doppel", email: "petra.doppel@example.at", city: "Graz", country: "AT" };
      return [{ address: `/duplicates/contacts/${(await made(v, "contacts", twin)).id}/${(await made(v, "contacts", twin)).id}` }];
    },
    "/access/users": () => [{ address: "/access/users", opens: ".page-head ui5-button" }],
    "/access/users/{id}": async () => {
      const { users } = (await asked(v, "GET", "/users")).data as unknown as { users: { id: string; name: string }[] };
      return [{ address: `/access/users/${users.find((one) => one.name === "mina")?.id ?? ""}`, opens: ".page-head h2 ~ .actions ui5-button" }];
    },
    "/access/roles/{role}": () => [{ address: "/access/roles/sales" }],
    "/access/roles/{role}/change": () => [{ address: "/access/roles/sales/change", opens: ".role-row" }],
    "/access/reviews": () => [{ address: "/access/reviews", opens: ".page-head ui5-button" }],
    "/access/reviews/{review}": () => [{ address: "/access/reviews/1" }],
    "/access/ledger/{sequence}": () => [{ address: "/access/ledger/5" }],
    "/audit/findings/{finding}": () => [{ address: "/audit/findings/1", opens: ".page-head ui5-button" }],
    "/audit/plans": () => [{ address: "/audit/plans", opens: ".page-head ui5-button" }],
    "/audit/plans/{plan}": () => [{ address: "/audit/plans/1" }],
    "/audit/{audit}": () => [{ address: "/audit/1" }],
    "/settings/entities": () => [{ address: "/settings/entities", opens: ".page-head ui5-button" }],
    "/settings/entities/{name}": () => [{ address: "/settings/entities/contact", opens: ".page-head ui5-button" }],
    "/settings/connections": () => [{ address: "/settings/connections", opens: ".page-head ui5-button" }],
    "/help/{topic}": () => [{ address: "/help/duplicates" }],
    "/search": () => [{ address: "/search?q=snow" }],
    "/feedback": () => [{ address: "/feedback", opens: ".page-head ui5-button" }],
  };
  const stops = filled[pattern];
  if (!stops && pattern.includes("{")) throw new Error(`The sweep is not told how to get to ${pattern}.`);
  return stops ? await stops() : [{ address: pattern }];
}

class Sweep {
  private readonly texts: Texts;
  private paths: ReadonlySet<string> = new Set();
  private answers: string[] = [];

  constructor(private readonly v: Visitor) {
    this.texts = new Texts(v.told, v.language);
    v.page.on("response", (response) => {
      if (response.status() >= 400 && !response.url().endsWith("/check")) this.answers.push(`${response.status()} ${response.url()}`);
    });
  }

  async stops(): Promise<Stop[]> {
    await this.v.to("/help");
    const { entities } = (await asked(this.v, "GET", "/model")).data as unknown as { entities: { path: string }[] };
    this.paths = new Set(entities.map((one) => one.path));
    await prepared(this.v);
    const stops: Stop[] = [];
    for (const { pattern } of [...routes, ...ofRecords]) stops.push(...(await stopsOf(this.v, pattern)));
    return stops;
  }

  async visit(stop: Stop, themes: readonly ("light" | "dark")[]): Promise<void> {
    this.answers = [];
    await this.v.to(stop.address);
    await this.v.page.waitForLoadState("networkidle");
    await this.v.settled();
    await this.look(stop.address, themes);
    this.note(stop.address, await leadNowhere(this.v, this.paths), "a link leads nowhere: ");
    if ((await this.v.page.locator("main .problem").count()) > 0) this.v.faults.push(`${stop.address}: ${await this.v.page.locator("main .problem").first().innerText()}`);
    this.note(stop.address, this.answers, "");
    if (stop.opens) await this.openAt(stop, stop.opens, themes);
  }

  private async openAt(stop: Stop, opens: string, themes: readonly ("light" | "dark")[]): Promise<void> {
    const dialog = this.v.page.locator(stop.keys ? opens : "ui5-dialog[open]");
    if (stop.keys) await this.v.page.keyboard.press(stop.keys);
    else await this.v.page.locator(opens).first().click();
    await dialog.waitFor();
    await this.look(`${stop.address}, its dialog`, themes);
    if (stop.keys) await this.v.page.keyboard.press("Escape");
    else await dialog.locator(".dialog-cancel").click();
    await dialog.waitFor({ state: "detached" });
  }

  private async look(where: string, themes: readonly ("light" | "dark")[]): Promise<void> {
    const { v } = this;
    for (const [at, theme] of themes.entries()) await v.accessibleIn(theme, at > 0);
    this.note(where, this.texts.wrong(await saidOn(v)), "");
    this.note(where, await cutOff(v), "");
    const page = await v.page.evaluate(() => ({ lang: document.documentElement.lang, dir: getComputedStyle(document.body).direction, title: document.title }));
    if (page.lang !== v.language) v.faults.push(`${where}: its language is told as ${page.lang}`);
    if (page.dir !== (v.language === "fa" ? "rtl" : "ltr")) v.faults.push(`${where}: it reads ${page.dir}`);
    if (!/^.+ · Probity$/.test(page.title)) v.faults.push(`${where}: its title is ${page.title}`);
  }

  private note(where: string, faults: readonly string[], what: string): void {
    for (const fault of faults) this.v.faults.push(`${where} (${this.v.language}, ${this.v.size}): ${what}${fault}`);
  }
}

export const sweep: readonly Journey[] = [
  {
    name: "sweep: every page",
    who: "ada",
    runs: languages.flatMap((language) => [[language, "desk"], [language, "phone"]] as const),
    async goes(v) {
      const stroll = new Sweep(v), turns = languages.length * Object.keys(sizes).length;
      const turn = languages.indexOf(v.language) * 2 + (v.size === "phone" ? 1 : 0);
      let seen = 0;
      for (const [at, stop] of (await stroll.stops()).entries()) {
        if (!v.told.whole && at % turns !== turn) continue;
        seen++;
        await stroll.visit(stop, v.told.whole ? ["light", "dark"] : at % (2 * turns) < turns ? ["light"] : ["dark"]);
      }
      if (seen === 0) v.faults.push("no page was seen");
    },
  },
];
