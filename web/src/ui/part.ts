// One part of a screen that loads by itself: it shows that it is loading, or its own problem, and the others go on.
import { html, nothing, type TemplateResult } from "lit-html";
import { Failure } from "../api/http";
import { problemStrip } from "./problem";
import { loading } from "./states";

type Drawn = TemplateResult | typeof nothing;

export class Part<T> {
  data: T | undefined;
  failure: unknown;
  private turn = 0;

  constructor(
    private readonly load: () => Promise<T>,
    private readonly update: () => void,
    now = true,
  ) {
    if (now) void this.again();
  }

  /** Loads it, again where it was; what is shown stays until the new one is here. */
  async again(): Promise<void> {
    const mine = ++this.turn;
    try {
      const data = await this.load();
      if (mine !== this.turn) return;
      this.data = data;
      this.failure = undefined;
    } catch (error) {
      if (mine !== this.turn || (error instanceof DOMException && error.name === "AbortError")) return;
      this.failure = error;
    }
    this.update();
  }

  /** What the asker may not see, or what is not there, is no problem of this part: it is left out. */
  get denied(): boolean {
    return this.failure instanceof Failure && (this.failure.status === 403 || this.failure.status === 404);
  }

  view(draw: (data: T) => Drawn, lines = 4): Drawn {
    if (this.failure !== undefined) return html`${problemStrip(this.failure, () => void this.again())}${this.data === undefined ? nothing : draw(this.data)}`;
    return this.data === undefined ? loading(lines) : draw(this.data);
  }
}
