// Things that are drawn by a template, dragged by hand from one place to another. What is drawn stays the drawer's: when a thing is
// let go it is put back where it was, and whoever asked draws it where it belongs.
import type Sortable from "sortablejs";

export interface DragWish {
  /** Which things of a place can be dragged. */
  things: string;
  dropped(thing: HTMLElement, from: HTMLElement, to: HTMLElement): void;
}

/** Places between which things are dragged; a place is given each time that it is drawn. */
export class Dragging {
  private readonly places = new Map<Element, Sortable>();

  constructor(private readonly wish: DragWish) {}

  readonly mount = async (place: Element | undefined): Promise<void> => {
    if (!place || this.places.has(place)) return;
    const { default: Sort } = await import("sortablejs");
    for (const [old, sortable] of this.places)
      if (!old.isConnected) {
        sortable.destroy();
        this.places.delete(old);
      }
    if (this.places.has(place) || !place.isConnected) return;
    place.addEventListener("dragstart", (event) => event.preventDefault()); // of a link inside, as an address
    const home = document.createComment(""); // where the thing stood, among the drawer's own marks
    this.places.set(
      place,
      Sort.create(place as HTMLElement, {
        group: "drag", draggable: this.wish.things, sort: false, animation: 120, delay: 150, delayOnTouchOnly: true,
        forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4,
        onStart: ({ item }) => item.before(home),
        onEnd: ({ item, from, to }) => {
          home.replaceWith(item);
          if (from !== to) this.wish.dropped(item, from, to);
        },
      }),
    );
  };

  end(): void {
    for (const sortable of this.places.values()) sortable.destroy();
    this.places.clear();
  }
}
