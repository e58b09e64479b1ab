// Where what has a time stands in a day of 24 hours: from when until when, and beside what else.
import type { Entity, Field } from "../../api/types";
import type { Entry } from "./calendar_source";

export const dayMinutes = 24 * 60;
const usual = 30; // minutes of what has no end
const most = 4; // columns beside each other; narrower ones could not be read
const least = 30; // minutes that are drawn, so that a line of text fits

/** An entry in its day: minutes from midnight, and its place among those at the same time. */
export interface Placed {
  entry: Entry;
  from: number;
  until: number;
  /** The column it stands in, of so many. */
  at: number;
  of: number;
}

/** Those that find no column any more: so many, told instead in the last one. */
export interface Crowd {
  from: number;
  until: number;
  count: number;
  of: number;
}

/** Fields that say how long something takes that begins by `field`: its end, or its minutes. */
export function lengthFields(entity: Entity, field: Field): { end: Field | undefined; minutes: Field | undefined } {
  const named = (name: string): Field | undefined => entity.fields.find((one) => one.name === name && !one.retired && one.may !== "masked");
  if (!/start|begin|from/.test(field.name)) return { end: undefined, minutes: undefined };
  const end = named(field.name.replace("start", "end").replace("begin", "end").replace("from", "until"));
  return { end: end?.type === "instant" && end !== field ? end : undefined, minutes: named("duration_minutes") };
}

const minuteOf = (at: Date): number => at.getHours() * 60 + at.getMinutes();

function span(entity: Entity, { record, field }: Entry): { from: number; until: number } {
  const begins = new Date(String(record.fields[field.name])), { end, minutes } = lengthFields(entity, field);
  const ends = end && record.fields[end.name] ? new Date(String(record.fields[end.name])).getTime() : Number.NaN;
  const said = minutes ? Number(record.fields[minutes.name] ?? 0) : 0;
  const takes = ends > begins.getTime() ? (ends - begins.getTime()) / 60_000 : said > 0 ? said : usual;
  const from = minuteOf(begins);
  return { from: Math.min(from, dayMinutes - least), until: Math.min(dayMinutes, from + Math.max(takes, least)) };
}

/** What overlaps, by itself or by others, shares its columns: those that are too many for them stand in a crowd. */
function share(cluster: Placed[], columns: number): { shown: Placed[]; crowds: Crowd[] } {
  const of = Math.min(columns, most), shown = cluster.filter((one) => columns <= most || one.at < most - 1), left = cluster.filter((one) => !shown.includes(one));
  for (const one of shown) one.of = of;
  const crowds = left.length ? [{ from: Math.min(...left.map((one) => one.from)), until: Math.max(...left.map((one) => one.until)), count: left.length, of }] : [];
  return { shown, crowds };
}

/** Those of a day that have a time, side by side where they overlap, in columns of the same width. */
export function placed(entity: Entity, entries: readonly Entry[]): { shown: Placed[]; crowds: Crowd[] } {
  const all = entries
    .filter((one) => one.field.type === "instant")
    .map((entry) => ({ entry, ...span(entity, entry), at: 0, of: 1 }))
    .sort((a, b) => a.from - b.from || b.until - a.until || a.entry.record.id.localeCompare(b.entry.record.id));
  const shown: Placed[] = [], crowds: Crowd[] = [];
  for (let first = 0; first < all.length; ) {
    const ends: number[] = []; // by column
    let last = first;
    for (; last < all.length; last++) {
      const one = all[last];
      if (!one || (last > first && one.from >= Math.max(...ends))) break;
      const free = ends.findIndex((end) => end <= one.from);
      one.at = free < 0 ? ends.length : free;
      ends[one.at] = one.until;
    }
    const shared = share(all.slice(first, last), ends.length);
    shown.push(...shared.shown);
    crowds.push(...shared.crowds);
    first = last;
  }
  return { shown, crowds };
}
