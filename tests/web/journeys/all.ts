// Every journey: one line a file.
import type { Journey } from "../journey";
import { newcomer } from "./newcomer";

export const journeys: readonly Journey[] = [...newcomer];
