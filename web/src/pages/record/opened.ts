// A record as it is opened, with the names of what it links to.
import { get } from "../../api/http";
import type { Entity, RecordJson } from "../../api/types";
import type { Context } from "../../app/router";
import { entityNamed } from "../../app/session";
import { isLink } from "../../ui/value";

/** The records that links lead to, for their names; what may not be seen stays as it is. */
export async function withLinks(entity: Entity, record: RecordJson): Promise<RecordJson> {
  const linked: Record<string, RecordJson | null> = { ...record.linked };
  await Promise.all(
    entity.fields.map(async (field) => {
      const value = record.fields[field.name], target = entityNamed(field.to ?? "");
      if (!target || !isLink(value) || !value.id || linked[field.name]) return;
      linked[field.name] = await get<RecordJson>(`/${target.path}/${value.id}`).catch(() => null);
    }),
  );
  return { ...record, linked };
}

/** The record with the names of what it links to. */
export async function openedOf(context: Context, entity: Entity, id: string): Promise<RecordJson> {
  return withLinks(entity, await get<RecordJson>(`/${entity.path}/${id}`, { provenance: true }, context.signal));
}
