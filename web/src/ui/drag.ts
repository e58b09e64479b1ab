// Things that are drawn by a template, dragged by hand from one place to another. What is drawn stays the drawer's: when a thing is
// let go it is put back where it was, and whoever asked draws it where it belongs.
import type Sortable from "sortablejs";

export interface DragWish {
  /** Which things of a place can be dragged. */
  things: string;
  /** `down`: by how many pixels it was moved. */
  dropped(thing: HTMLElement, from: HTMLElement, to: HTMLElement, down: number): void;
  /** Whether being moved inside of one place counts, too. */
  within?: (place: HTMLElement) => boolean;
}

/** Where hand or mouse is, from the top of the window; what scrolled meanwhile counts as moved. */
function heightOf(event: Sortable.SortableEvent): number {
  const { originalEvent: by } = event as { originalEvent?: MouseEvent | TouchEvent };
  const place = event.from.closest<HTMLElement>("[data-hours]")?.scrollTop ?? 0;
  return place + (by && "changedTouches" in by ? (by.changedTouches[0]?.clientY ?? 0) : (by?.clientY ?? 0));
}

/** Places between which things are dragged; a place is given each time that it is drawn. */
export class Dragging {
  private readonly places = new Map<Element, Sortable>();

  private began = 0;

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
        onStart: (event) => {
          event.item.before(home);
          this.began = heightOf(event);
        },
        onEnd: (event) => {
          const { item, from, to } = event;
          home.replaceWith(item);
          if (from !== to || this.wish.within?.(from)) this.wish.dropped(item, from, to, heightOf(event) - this.began);
        },
      }),
    );
  };

  end(): void {
    for (const sortable of this.places.values()) sortable.destroy();
    this.places.clear();
  }
}
