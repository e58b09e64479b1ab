/* Where the links of an entity lead: resolved once for all that asks, by a table of the target's
 * ids in memory. Looking each id up in the database costs a page of it, and there are millions. */
#include "run.h"

enum { ID_BYTES = 16 };

static uint64_t hash_id(const uint8_t *id)
{
    uint64_t a, b;
    memcpy(&a, id, 8);
    memcpy(&b, id + 8, 8);
    a = (a ^ (b * UINT64_C(0x9E3779B97F4A7C15))) * UINT64_C(0xD6E8FEB86659FD93);
    return a ^ (a >> 32);
}

/* Slot of an id, free or its own. The table is at most half full. */
static size_t slot_of(const entity_state *state, const uint8_t *id)
{
    size_t slot = (size_t)hash_id(id) & (state->id_slot_count - 1);
    while (state->id_slots[slot] &&
           memcmp(state->ids + ID_BYTES * (size_t)(state->id_slots[slot] - 1), id, ID_BYTES) != 0)
        slot = (slot + 1) & (state->id_slot_count - 1);
    return slot;
}

static pb_status load_ids(audit_work *work, entity_state *state, pb_error *err)
{
    if (state->ids)
        return PB_OK;
    PB_TRY(list_load(work, state, err));
    size_t slots = 16;
    while (slots < state->count * 2 + 2)
        slots *= 2;
    state->id_slot_count = slots;
    state->ids = pb_arena_array(work->scratch, state->count + 1, ID_BYTES);
    state->id_slots = pb_arena_array(work->scratch, slots, sizeof *state->id_slots);
    if (!state->ids || !state->id_slots)
        return pb_fail_memory(err);
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_printf(&sql, "select n, id from %.*s order by n", PB_STR_FMT(state->entity->name));
    db_stmt *stmt;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        size_t at = list_position(state, db_column_i64(stmt, 0));
        pb_str id = db_column_blob(stmt, 1);
        if (at == SIZE_MAX || id.len != ID_BYTES)
            continue;
        memcpy(state->ids + ID_BYTES * at, id.ptr, ID_BYTES);
        state->id_slots[slot_of(state, state->ids + ID_BYTES * at)] = (uint32_t)at + 1;
    }
}

static uint32_t leads_to(const entity_state *target, pb_str id, bool referred)
{
    if (id.len == ID_BYTES && target->ids) {
        uint32_t found = target->id_slots[slot_of(target, (const uint8_t *)id.ptr)];
        if (found)
            return found;
    }
    return id.len || referred ? LINK_NOWHERE : LINK_NONE;
}

/* The links with a value, whose columns are read in one pass. */
static pb_status make_links(audit_work *work, entity_state *state, pb_buf *sql, pb_error *err)
{
    const model_entity *entity = state->entity;
    state->links = pb_arena_array(work->scratch, entity->field_count + 1, sizeof *state->links);
    if (!state->links)
        return pb_fail_memory(err);
    pb_buf_addc(sql, "select n");
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *link = &entity->fields[i];
        if (link->type != MODEL_LINK || !state->filled[i])
            continue;
        entity_state *target = &work->entities[link->target->index];
        if (target->rows)
            PB_TRY(load_ids(work, target, err));
        state->links[i] = pb_arena_array(work->scratch, state->count + 1, sizeof *state->links[i]);
        if (!state->links[i])
            return pb_fail_memory(err);
        pb_buf_printf(sql, ", %.*s_id, %.*s_ref is not null", PB_STR_FMT(link->name),
                      PB_STR_FMT(link->name));
    }
    pb_buf_printf(sql, " from %.*s order by n", PB_STR_FMT(entity->name));
    return sql->failed ? pb_fail_memory(err) : PB_OK;
}

static void take_links(audit_work *work, entity_state *state, db_stmt *stmt, size_t at)
{
    int column = 1;
    for (size_t i = 0; i < state->entity->field_count; i++) {
        if (!state->links[i])
            continue;
        const entity_state *target = &work->entities[state->entity->fields[i].target->index];
        state->links[i][at] =
            leads_to(target, db_column_blob(stmt, column), db_column_i64(stmt, column + 1) != 0);
        column += 2;
    }
}

pb_status targets_load(audit_work *work, entity_state *state, pb_error *err)
{
    if (state->linked)
        return PB_OK;
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    PB_TRY(list_load(work, state, err));
    PB_TRY(make_links(work, state, &sql, err));
    db_stmt *stmt;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        size_t at = list_position(state, db_column_i64(stmt, 0));
        if (at != SIZE_MAX)
            take_links(work, state, stmt, at);
    }
    state->linked = true;
    return PB_OK;
}

const uint32_t *targets_of(const entity_state *state, const model_field *link)
{
    return link && link->type == MODEL_LINK ? state->links[link->index] : NULL;
}
