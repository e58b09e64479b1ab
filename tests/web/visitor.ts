// Somebody before a browser: goes to screens, and notes what is wrong on the way (errors, foreign hosts, accessibility).
import { mkdirSync, readFileSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { sizes, type Language, type Size } from "./journey";

export interface Told {
  address: string;
  people: Record<string, string>;
  pictures: string;
  failures: string;
  axe: string;
}

interface Violation {
  id: string;
  help: string;
  nodes: { target: unknown[]; html: string; failureSummary?: string }[];
}

export class Visitor {
  readonly faults: string[] = [];
  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly told: Told,
    readonly language: Language,
    readonly size: Size,
  ) {}

  static async come(browser: Browser, told: Told, who: string | undefined, language: Language, size: Size): Promise<Visitor> {
    const context = await browser.newContext({ viewport: sizes[size], locale: language, hasTouch: size === "phone", isMobile: size === "phone", bypassCSP: false });
    const cookie = who ? told.people[who] : undefined;
    if (cookie) {
      const [name = "", value = ""] = cookie.split(/=(.*)/s);
      await context.addCookies([{ name, value, url: told.address, httpOnly: true, sameSite: "Strict" }]);
    }
    await context.addInitScript((chosen) => localStorage.setItem("language", localStorage.getItem("language") ?? chosen), language);
    const page = await context.newPage();
    const visitor = new Visitor(page, context, told, language, size);
    visitor.listen();
    return visitor;
  }

  private listen(): void {
    this.page.on("console", (message) => {
      if (message.type() === "error" && !/status of (4\d\d)/.test(message.text())) this.faults.push(`console: ${message.text()}`);
    });
    this.page.on("pageerror", (error) => this.faults.push(`error: ${error.stack ?? error.message}`));
    this.page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(this.told.address) && !/^(data|blob):/.test(url)) this.faults.push(`another host was asked: ${url}`);
    });
    this.page.on("response", (response) => {
      if (response.status() >= 500) this.faults.push(`${response.status()} ${response.url()}`);
    });
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

  /** Wants nothing that axe-core reports, in light and dark, and no sideways scrolling of the page. */
  async accessible(): Promise<void> {
    await this.settled();
    for (const scheme of ["light", "dark"] as const) {
      await this.page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await this.page.waitForFunction((wanted) => document.documentElement.dataset.theme === wanted, scheme);
      await this.page.waitForTimeout(150); // styles of the other theme are put in by the components, one by one
      const found = await this.axe(scheme);
      for (const one of found)
        this.faults.push(`axe (${scheme}, ${this.page.url().split("#")[1]}): ${one.id}: ${one.help}\n${one.nodes.slice(0, 4).map((node) => `  ${JSON.stringify(node.target)} ${node.html.slice(0, 200)}\n  ${node.failureSummary ?? ""}`).join("\n")}`);
    }
    await this.page.emulateMedia({ colorScheme: "light" });
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 1) this.faults.push(`${this.page.url().split("#")[1]} is ${wide} pixels wider than the window`);
  }

  /** What axe-core reports; of the second theme only the rules that colours decide: all else is the same page. */
  private async axe(scheme: "light" | "dark"): Promise<Violation[]> {
    // By the debugger's own world: the page's Content-Security-Policy stays as it is.
    if (!(await this.page.evaluate(() => "axe" in globalThis))) await this.page.evaluate(readFileSync(this.told.axe, "utf8"));
    return await this.page.evaluate(async (rules) => {
      const axe = (globalThis as unknown as { axe: { run(where: unknown, how: unknown): Promise<{ violations: Violation[] }> } }).axe;
      return (await axe.run(document, { resultTypes: ["violations"], ...(rules ? { runOnly: rules } : {}) })).violations;
    }, scheme === "dark" ? ["color-contrast", "link-in-text-block"] : null);
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
