#include "merge_access.h"

#include "base/bytes.h"

/* ---- before ---- */

/* Who is decided about names records by their ids: that a name leads nowhere would tell what there
 * is. */
static pb_status may_one(const service_access *access, const model_entity *entity, pb_str name,
                         pb_arena *arena, record_data *ret_record, pb_error *err)
{
    pb_uuid id;
    if (!pb_uuid_parse(name, &id))
        return pb_fail(err, PB_NOT_FOUND,
                       PB_MSG("There is no record of {entity} with the id {id}."), "entity",
                       PB_ARG(entity->label), "id", PB_ARG(name), NULL);
    PB_TRY(record_read(access->session, entity, id, arena, ret_record, err));
    return service_may(access, IDENTITY_OP_MERGE, ret_record, err);
}

static pb_status may_take(const service_access *access, const service_merge_ask *ask,
                          const char *take, pb_arena *arena, pb_error *err)
{
    pb_str name, rest = pb_str_c(take);
    record_data record;
    pb_str_split(&rest, '=', &name);
    const model_field *field = model_field_find(ask->entity, name);
    if (field == NULL || rest.ptr == NULL)
        return PB_OK; /* refused where it is read */
    PB_TRY(may_one(access, ask->entity, rest, arena, &record, err));
    return service_may_write(access, IDENTITY_OP_MERGE, &record, field, err);
}

pb_status merge_may(const service_access *access, const service_merge_ask *ask, pb_arena *arena,
                    pb_error *err)
{
    record_data record;
    if (access->policy == NULL)
        return PB_OK;
    PB_TRY(service_may_at_all(access, IDENTITY_OP_MERGE, ask->entity, err));
    for (size_t i = 0; i < ask->name_count; i++)
        PB_TRY(may_one(access, ask->entity, pb_str_c(ask->names[i]), arena, &record, err));
    if (ask->into != NULL)
        PB_TRY(may_one(access, ask->entity, pb_str_c(ask->into), arena, &record, err));
    for (size_t i = 0; i < ask->take_count; i++)
        PB_TRY(may_take(access, ask, ask->takes[i], arena, err));
    return PB_OK;
}

pb_status merge_may_part(const service_access *access, const model_entity *entity, const char *name,
                         pb_arena *arena, pb_error *err)
{
    record_data record;
    pb_uuid survivor;
    if (access->policy == NULL)
        return PB_OK;
    PB_TRY(service_may_at_all(access, IDENTITY_OP_MERGE, entity, err));
    PB_TRY(may_one(access, entity, pb_str_c(name), arena, &record, err));
    PB_TRY(record_survivor(access->session, entity, record.id, &survivor, err));
    if (pb_str_eq(pb_uuid_str(&survivor), pb_uuid_str(&record.id)))
        return PB_OK;
    PB_TRY(record_read(access->session, entity, survivor, arena, &record, err));
    return service_may(access, IDENTITY_OP_MERGE, &record, err);
}

/* ---- afterwards ---- */

/* As it may be seen; of one that may not, only its id and version. */
static pb_status see(const service_access *access, const record_data *record, pb_arena *arena,
                     service_record *ret_seen, pb_error *err)
{
    pb_error why = {0};
    pb_status status = service_see(access, IDENTITY_OP_READ, record, arena, ret_seen, &why);
    if (status == PB_OK)
        return service_need_purpose(access, ret_seen, err);
    if (status != PB_NOT_FOUND) {
        if (err != NULL)
            *err = why;
        return status;
    }
    uint8_t *none = pb_arena_array(arena, record->entity->field_count + 1, 1);
    *ret_seen = (service_record){.record = *record, .rights = none};
    ret_seen->record.values =
        pb_arena_array(arena, record->entity->field_count + 1, sizeof(pb_value));
    ret_seen->record.source_id = PB_STR_NONE;
    return none == NULL || ret_seen->record.values == NULL ? pb_fail_memory(err) : PB_OK;
}

/* Whether a record of the merge shows a value in a field that says whose it is. */
static bool names(const service_merged *merged, pb_str who)
{
    static const char *const roles[] = {"owner", "team"};
    for (size_t r = 0; r < sizeof roles / sizeof *roles; r++) {
        const model_field *field = model_field_role(merged->entity, roles[r]);
        for (size_t i = 0; field != NULL && i <= merged->count; i++) {
            const service_record *seen = &merged->seen[i];
            if (service_right(seen, field) < IDENTITY_READ)
                continue;
            pb_value value = seen->record.values[field->index];
            if (pb_str_eq(value.kind == PB_TEXT ? value.as.s : seen->record.refs[field->index],
                          who))
                return true;
        }
    }
    return false;
}

static bool shows(const service_merged *merged, const model_field *field)
{
    for (size_t i = 0; i <= merged->count; i++)
        if (service_right(&merged->seen[i], field) < IDENTITY_READ)
            return false;
    return true;
}

static void see_fields(service_merged *merged)
{
    record_merge_counts *counts = &merged->counts;
    counts->changed = counts->differing = counts->conflicts = 0;
    for (size_t i = 0; i < merged->entity->field_count; i++) {
        record_merge_field *field = &merged->fields[i];
        if (!shows(merged, &merged->entity->fields[i])) {
            field->field = NULL;
            continue;
        }
        counts->changed += field->changed;
        counts->differing += field->differs;
        counts->conflicts += field->conflict;
    }
}

static void see_gains(service_merged *merged)
{
    size_t kept = 0;
    for (size_t i = 0; i < merged->gain_count; i++) {
        service_gain gain = merged->gains[i];
        size_t fields = 0;
        if (!names(merged, gain.who))
            continue;
        for (size_t k = 0; k < gain.field_count; k++)
            if (shows(merged, gain.fields[k]))
                gain.fields[fields++] = gain.fields[k];
        gain.field_count = fields;
        gain.links = 0; /* some of them may not show */
        merged->gains[kept++] = gain;
    }
    merged->gain_count = kept;
}

/* Whether a record, and a field of it, show: `*ret_shows`. */
static pb_status look(const service_access *access, const model_entity *entity, pb_uuid id,
                      const model_field *field, bool *ret_shows, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    record_data record;
    service_record seen;
    pb_error why = {0};
    if (arena == NULL)
        return pb_fail_memory(err);
    pb_status status = record_read(access->session, entity, id, arena, &record, &why);
    if (status == PB_OK)
        status = service_see(access, IDENTITY_OP_READ, &record, arena, &seen, &why);
    *ret_shows = status == PB_OK && (field == NULL || service_right(&seen, field) >= IDENTITY_READ);
    if (status == PB_OK || status == PB_NOT_FOUND)
        return PB_OK;
    if (err != NULL)
        *err = why;
    return status;
}

static pb_status see_links(const service_access *access, service_merged *merged, pb_error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < merged->link_count; i++) {
        const record_merge_link link = merged->links[i];
        bool there = false;
        PB_TRY(look(access, link.field->entity, link.id, link.field, &there, err));
        if (there)
            merged->links[kept++] = link;
    }
    merged->link_count = kept;
    merged->counts.links = kept;
    return PB_OK;
}

pb_status merge_see(const service_access *access, service_merged *merged, pb_arena *arena,
                    pb_error *err)
{
    service_record *seen = pb_arena_array(arena, merged->count + 1, sizeof *seen);
    if (seen == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i <= merged->count; i++)
        PB_TRY(see(access, i < merged->count ? &merged->records[i] : &merged->after, arena,
                   &seen[i], err));
    merged->seen = seen;
    if (access->policy == NULL)
        return PB_OK;
    see_fields(merged);
    see_gains(merged);
    return see_links(access, merged, err);
}

pb_status merge_see_parted(const service_access *access, service_unmerged *unmerged,
                           pb_arena *arena, pb_error *err)
{
    record_data record;
    pb_uuid survivor;
    service_record *seen = pb_arena_alloc(arena, sizeof *seen);
    size_t kept = 0;
    if (seen == NULL)
        return pb_fail_memory(err);
    PB_TRY(record_survivor(access->session, unmerged->entity, unmerged->id, &survivor, err));
    PB_TRY(record_read(access->session, unmerged->entity, survivor, arena, &record, err));
    PB_TRY(see(access, &record, arena, seen, err));
    unmerged->seen = seen;
    if (access->policy == NULL)
        return PB_OK;
    for (size_t i = 0; i < unmerged->kept_count; i++) {
        const record_undo_kept one = unmerged->kept[i];
        bool there = false;
        PB_TRY(look(access, one.entity, one.id, one.field, &there, err));
        if (there)
            unmerged->kept[kept++] = one;
    }
    unmerged->kept_count = kept;
    unmerged->counts.kept = kept;
    unmerged->counts.links = 0; /* some of those that hold them may not show */
    return PB_OK;
}
