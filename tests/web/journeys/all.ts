// Every journey: one line a file.
import type { Journey } from "../journey";
import { access } from "./access";
import { settings } from "./settings";
import { feedback } from "./feedback";
import { home } from "./home";
import { audit } from "./audit";
import { pictures } from "./pictures";
import { board } from "./board";
import { calendar } from "./calendar";
import { help } from "./help";
import { lists } from "./lists";
import { conditions } from "./conditions";
import { bulk } from "./bulk";
import { story } from "./story";
import { purpose } from "./purpose";
import { search } from "./search";
import { newcomer } from "./newcomer";
import { duplicates } from "./duplicates";
import { forms } from "./forms";
import { imports } from "./import";
import { record } from "./record";
import { offline } from "./offline";
import { duties } from "./duties";
import { sweep } from "./sweep";
import { weight } from "./weight";
import { waysIn } from "./ways_in";

export const journeys: readonly Journey[] = [...access, ...settings, ...help, ...board, ...calendar, ...pictures, ...audit, ...home, ...feedback, ...lists, ...conditions, ...bulk, ...story, ...purpose, ...search, ...newcomer, ...record, ...forms, ...duplicates, ...imports, ...weight, ...offline, ...duties, ...waysIn, ...sweep];
