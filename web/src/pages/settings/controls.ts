// The controls beside the other settings: how much of what they look at may fail here.
import type { Context, Page } from "../../app/router";
import { controlsPage } from "../audit/controls";
import { room } from "./rooms";

export const openLimits = (context: Context): Page => controlsPage(context, room);
