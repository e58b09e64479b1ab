// Which rows are selected: some by their ids, or all that fit the filter but some.
export class Selection {
  /** All that fit the filter, but those in `ids`. */
  all = false;
  private ids = new Set<string>();
  /** How many fit the filter. */
  of = 0;

  get count(): number {
    return this.all ? Math.max(0, this.of - this.ids.size) : this.ids.size;
  }
  has(id: string): boolean {
    return this.all !== this.ids.has(id);
  }
  add(id: string): void {
    if (this.all) this.ids.delete(id);
    else this.ids.add(id);
  }
  toggle(id: string): void {
    if (!this.ids.delete(id)) this.ids.add(id);
  }
  toggleAll(): void {
    this.all = !this.all || this.ids.size > 0;
    this.ids.clear();
  }
  clear(): void {
    this.all = false;
    this.ids.clear();
  }
  /** The selected ones by id; where all are selected, those that are not. */
  get named(): ReadonlySet<string> {
    return this.ids;
  }
}
