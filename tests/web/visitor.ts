// Somebody before a browser: goes to screens, and notes what is wrong on the way (errors, foreign hosts, accessibility).
import { mkdirSync, readFileSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { sizes, type Language, type Size } from "./journey";

export interface Told {
  address: string;
  /** The program that serves, and its workspace: for what is said at the server's machine. */
  program: string;
  workspace: string;
  people: Record<string, string>;
  /** By which each of them proves who it is. */
  proofs: Record<string, { password: string; secret: string | null }>;
  pictures: string;
  failures: string;
  axe: string;
  /** The folder of the catalogues, and the texts of UI5 itself by language. */
  locales: string;
  ui5: Record<string, string>;
  /** Everything that can be combined, not only a share of it. */
  whole: boolean;
}

interface Violation {
  id: string;
  help: string;
  nodes: { target: unknown[]; html: string; failureSummary?: string }[];
}

export class Visitor {
  readonly faults: string[] = [];
  private readonly meant: RegExp[] = [];
  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    readonly told: Told,
    readonly language: Language,
    readonly size: Size,
    private readonly turn: number,
  ) {}

  static async come(browser: Browser, told: Told, who: string | undefined, language: Language, size: Size, turn = 0, worker = false): Promise<Visitor> {
    const dark = (turn + (turn >> 1)) % 2 === 1; // so that each size has both in some language
    const context = await browser.newContext({ colorScheme: dark ? "dark" : "light", reducedMotion: "reduce", viewport: sizes[size], locale: language, hasTouch: size === "phone", isMobile: size === "phone", bypassCSP: false, serviceWorkers: worker ? "allow" : "block" });
    const cookie = who ? told.people[who] : undefined;
    if (cookie) {
      const [name = "", value = ""] = cookie.split(/=(.*)/s);
      await context.addCookies([{ name, value, url: told.address, httpOnly: true, sameSite: "Strict" }]);
    }
    await context.addInitScript((chosen) => localStorage.setItem("language", localStorage.getItem("language") ?? chosen), language);
    const page = await context.newPage();
    const visitor = new Visitor(page, context, told, language, size, turn);
    visitor.listen();
    if (!cookie) visitor.means(/^401 GET \/me$/); // whether somebody is signed in is asked
    return visitor;
  }

  private listen(): void {
    this.page.on("console", (message) => {
      if (message.type() === "error" && !/server responded with a status of/.test(message.text())) // those are told with what was asked, below
        this.faults.push(`console: ${message.text()}`);
    });
    this.page.on("pageerror", (error) => this.faults.push(`error: ${error.stack ?? error.message}`));
    this.page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(this.told.address) && !/^(data|blob):/.test(url)) this.faults.push(`another host was asked: ${url}`);
    });
    this.page.on("response", (response) => {
      if (response.status() < 400) return;
      const said = `${response.status()} ${response.request().method()} ${new URL(response.url()).pathname.replace(/^\/api\/v1/, "")}`;
      if (!this.meant.some((one) => one.test(said))) this.faults.push(`the page asked what is refused: ${said}`);
    });
  }

  /** What is refused from here on because the way leads there: "422 POST /contacts/check". Any other refusal is a fault. */
  means(...refusals: readonly RegExp[]): void {
    this.meant.push(...refusals);
  }

  /** Goes to a screen and waits until nothing is loading. */
  async to(address: string): Promise<void> {
    if (this.page.url() === "about:blank") await this.page.goto(`${this.told.address}/#${address}`);
    else await this.page.evaluate((hash) => (location.hash = hash), address);
    await this.settled();
  }

  async settled(): Promise<void> {
    await this.page.locator("main").first().waitFor();
    await this.page.waitForFunction(() => !document.querySelector(".skeleton, ui5-busy-indicator[active]"));
  }

  /** Wants nothing that axe-core reports, and no sideways scrolling of the page: in light and dark the first time that the way is gone, in one of them, by turns, in other languages and sizes. */
  async accessible(): Promise<void> {
    await this.settled();
    const now = (await this.page.evaluate(() => document.documentElement.dataset.theme)) === "dark" ? "dark" : "light";
    await this.accessibleIn(now, false);
    if (this.turn === 0) await this.accessibleIn(now === "dark" ? "light" : "dark", true); // all else is the same page
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 1) this.faults.push(`${this.page.url().split("#")[1]} is ${wide} pixels wider than the window`);
  }

  async inTheme(scheme: "light" | "dark"): Promise<void> {
    if ((await this.page.evaluate(() => document.documentElement.dataset.theme)) === scheme) return;
    await this.page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await this.page.waitForFunction((wanted) => document.documentElement.dataset.theme === wanted, scheme);
    await this.page.waitForTimeout(150); // styles of the other theme are put in by the components, one by one
  }

  /** Wants nothing that axe-core reports in one theme; `colours`: by the rules that colours decide alone. */
  async accessibleIn(scheme: "light" | "dark", colours: boolean): Promise<void> {
    await this.inTheme(scheme);
    await this.still();
    for (const one of await this.axe(colours))
      this.faults.push(`axe (${scheme}, ${this.page.url().split("#")[1]}): ${one.id}: ${one.help}\n${one.nodes.slice(0, 4).map((node) => `  ${JSON.stringify(node.target)} ${node.html.slice(0, 200)}\n  ${node.failureSummary ?? ""}`).join("\n")}`);
  }

  /** Waits until nothing fades in any more, inside of components, too: what is half seen has no colour of its own. */
  private async still(): Promise<void> {
    await this.page.evaluate(async () => {
      const frame = (): Promise<unknown> => new Promise((go) => requestAnimationFrame(go));
      const moves = (root: Document | ShadowRoot): boolean =>
        root.getAnimations().some((one) => one.playState === "running" && one.effect?.getComputedTiming().iterations !== Infinity) || [...root.querySelectorAll("*")].some((one) => one.shadowRoot && moves(one.shadowRoot));
      await frame();
      await frame();
      for (let left = 240; left > 0 && (document.querySelector(".ui5-popup-opening") || moves(document)); left--) await frame();
    });
  }

  private async axe(colours: boolean): Promise<Violation[]> {
    // By the debugger's own world: the page's Content-Security-Policy stays as it is.
    if (!(await this.page.evaluate(() => "axe" in globalThis))) await this.page.evaluate(readFileSync(this.told.axe, "utf8"));
    return await this.page.evaluate(async (rules) => {
      const axe = (globalThis as unknown as { axe: { run(where: unknown, how: unknown): Promise<{ violations: Violation[] }> } }).axe;
      return (await axe.run(document, { resultTypes: ["violations"], ...(rules ? { runOnly: rules } : {}) })).violations;
    }, colours ? ["color-contrast", "link-in-text-block"] : null);
  }

  /** A picture for the manual. */
  async picture(name: string): Promise<void> {
    await this.settled();
    mkdirSync(this.told.pictures, { recursive: true });
    await this.page.waitForTimeout(200);
    await this.page.screenshot({ path: `${this.told.pictures}/${name}-${this.language}${this.size === "phone" ? "-phone" : ""}.png` });
  }

  async keepPicture(name: string): Promise<void> {
    mkdirSync(this.told.failures, { recursive: true });
    await this.page.screenshot({ path: `${this.told.failures}/${name.replace(/\W+/g, "-")}-${this.language}-${this.size}.png` }).catch(() => undefined);
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}
