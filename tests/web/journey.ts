// What a journey is: who makes it, where, and what is done and looked at.
import type { Visitor } from "./visitor";

export const languages = ["en", "zh-CN", "fa"] as const;
export const sizes = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;
export type Language = (typeof languages)[number];
export type Size = keyof typeof sizes;

export interface Journey {
  name: string;
  /** Of people.py; undefined: somebody who has not signed in. */
  who: string | undefined;
  languages?: readonly Language[]; // all
  sizes?: readonly Size[]; // all
  /** Only these, of its languages and sizes. */
  runs?: readonly (readonly [Language, Size])[];
  /** What keeps the screens without a connection works; else it is kept out, so that every journey asks the server itself. */
  worker?: boolean;
  /** Goes the way in the light theme only: what it looks at is not how things look. */
  light?: boolean;
  /** Makes pictures for the manual; not a test. */
  pictures?: boolean;
  goes(visitor: Visitor): Promise<void>;
}
