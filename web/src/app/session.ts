// Who is signed in, and the model as that one may see it: loaded once, kept until it changes.
import { Failure, forgetPurpose, get, post } from "../api/http";
import type { Entity, Me, Model } from "../api/types";

let me: Me | undefined;
let model: Model | undefined;

export async function loadSession(): Promise<Me | undefined> {
  try {
    me = await get<Me>("/me");
  } catch (error) {
    if (error instanceof Failure && (error.status === 401 || error.status === 403)) me = undefined;
    else throw error;
  }
  if (me) await loadModel();
  return me;
}

export async function loadModel(): Promise<Model> {
  model = await get<Model>("/model");
  return model;
}

export const whoAmI = (): Me | undefined => me;
export const entities = (): readonly Entity[] => model?.entities ?? [];
export const entityOf = (path: string): Entity | undefined => entities().find((one) => one.path === path);
export const entityNamed = (name: string): Entity | undefined => entities().find((one) => one.name === name);

/** Whether something may be done besides records: to know what to show; the server decides. */
export const mayDo = (operation: string): boolean => model?.may.includes(operation) ?? false;
/** Whether something may be begun that leaves a trace: external auditors look, and have nothing done. */
export const mayBegin = (operation: string): boolean => mayDo(operation) && me?.read_only !== true;
/** Whether something may be done to some record of an entity. */
export const mayDoTo = (entity: Entity | undefined, operation: string): boolean => entity?.may.includes(operation) ?? false;

export async function signOut(): Promise<void> {
  await post("/sign-out");
  forgetSession();
}

export function forgetSession(): void {
  forgetPurpose();
  me = undefined;
  model = undefined;
}
