// Every journey: one line a file.
import type { Journey } from "../journey";
import { access } from "./access";
import { newcomer } from "./newcomer";

export const journeys: readonly Journey[] = [...access, ...newcomer];
