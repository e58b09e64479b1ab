/* The list of an entity's records: who owns each, where it came from, what it is worth. */
#include "run.h"

static pb_status index_of(pb_arena *arena, pb_map *map, pb_str name, pb_str **names, size_t *count,
                          size_t *capacity, uint32_t *ret, pb_error *err)
{
    bool is_new = false;
    uint64_t *place = pb_map_put(map, name, &is_new);
    if (!place)
        return pb_fail_memory(err);
    if (is_new) {
        *place = *count;
        pb_str copy = pb_arena_str(arena, name);
        pb_str *items = *names;
        if (!copy.ptr || !PB_PUSH(arena, items, *count, *capacity, copy))
            return pb_fail_memory(err);
        *names = items;
    }
    *ret = (uint32_t)*place;
    return PB_OK;
}

/* Users by id: two spellings of one name are one owner. */
static pb_status load_users(audit_work *work, const model_entity *users, pb_error *err)
{
    work->users_known = true;
    if (!users->key.count)
        return PB_OK;
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_printf(&sql, "select id, %.*s from %.*s order by n", PB_STR_FMT(users->key.items[0]),
                  PB_STR_FMT(users->name));
    db_stmt *stmt;
    bool row;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        if (db_column_is_null(stmt, 1))
            continue;
        uint32_t owner;
        PB_TRY(index_of(work->arena, work->owner_index, db_column_text(stmt, 1), &work->owners,
                        &work->owner_count, &work->owner_capacity, &owner, err));
        uint64_t *place = pb_map_put(work->user_labels, db_column_blob(stmt, 0), NULL);
        if (!place)
            return pb_fail_memory(err);
        *place = owner;
    }
}

pb_status list_owner(audit_work *work, pb_str id, pb_str reference, uint32_t *ret, pb_error *err)
{
    *ret = NO_OWNER;
    uint64_t *known = id.len ? pb_map_get(work->user_labels, id) : NULL;
    if (known) {
        *ret = (uint32_t)*known;
        return PB_OK;
    }
    if (!reference.len)
        return PB_OK;
    return index_of(work->arena, work->owner_index, reference, &work->owners, &work->owner_count,
                    &work->owner_capacity, ret, err);
}

/* Runs by number → file that brought this entity. */
static pb_status load_runs(audit_work *work, const model_entity *entity, pb_map *runs,
                           pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(
        db_prepare(work->session,
                   "select run, min(source) from source_file where entity = :entity group by run",
                   &stmt, err));
    db_bind_text(stmt, 1, entity->name);
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        int64_t run = db_column_i64(stmt, 0);
        uint32_t source;
        PB_TRY(index_of(work->arena, work->source_index, db_column_text(stmt, 1), &work->sources,
                        &work->source_count, &work->source_capacity, &source, err));
        uint64_t *place = pb_map_put(runs, pb_str_n((const char *)&run, sizeof run), NULL);
        if (!place)
            return pb_fail_memory(err);
        *place = source;
    }
}

static pb_status make_room(audit_work *work, entity_state *state, bool amounts, pb_error *err)
{
    size_t rows = (size_t)state->rows + 1;
    state->n = pb_arena_array(work->scratch, rows, sizeof *state->n);
    state->record = pb_arena_array(work->scratch, rows, sizeof *state->record);
    state->owner = pb_arena_array(work->scratch, rows, sizeof *state->owner);
    state->source = pb_arena_array(work->scratch, rows, sizeof *state->source);
    state->position =
        pb_arena_array(work->scratch, (size_t)state->max_n + 1, sizeof *state->position);
    state->worst = pb_arena_array(work->scratch, (size_t)state->max_n + 1, 1);
    state->pending = pb_arena_array(work->scratch, (size_t)state->max_n + 1, 1);
    if (amounts)
        state->amount = pb_arena_array(work->scratch, rows, sizeof *state->amount);
    if (amounts) {
        state->money = pb_arena_array(work->scratch, rows, 1);
        state->currencies =
            pb_arena_array(work->arena, AUDIT_CURRENCIES, sizeof *state->currencies);
    }
    return !state->n || !state->record || !state->owner || !state->source || !state->position ||
                   !state->worst || !state->pending ||
                   (amounts && (!state->amount || !state->money || !state->currencies))
               ? pb_fail_memory(err)
               : PB_OK;
}

typedef struct list_reader {
    entity_state *state;
    db_stmt *stmt;
    pb_map *runs;
    bool owned, amounts;
    int64_t last_run;
    uint32_t last_source;
} list_reader;

static void take_amount(audit_work *work, list_reader *list, size_t at)
{
    entity_state *state = list->state;
    int column = list->owned ? 5 : 3;
    if (db_column_is_null(list->stmt, column))
        return;
    state->amount[at] = db_column_i64(list->stmt, column);
    pb_str currency = db_column_text(list->stmt, column + 1);
    size_t place = 0, known = state->currency_count;
    if (!currency.len)
        currency = PB_STR("");
    if (known > AUDIT_CURRENCIES)
        return;
    while (place < known && !pb_str_eq(state->currencies[place], currency))
        place++;
    if (place == known) {
        state->currency_count++;
        if (known == AUDIT_CURRENCIES)
            return;
        state->currencies[place] = currency.len ? pb_arena_str(work->arena, currency) : currency;
    }
    state->money[at] = (uint8_t)place;
}

static pb_status take_row(audit_work *work, list_reader *list, pb_error *err)
{
    entity_state *state = list->state;
    size_t at = state->count;
    if (at >= state->rows)
        return pb_fail(err, PB_INTERNAL, PB_MSG("The snapshot changed while it was read."), NULL);
    int64_t n = db_column_i64(list->stmt, 0), run = db_column_i64(list->stmt, 1);
    state->n[at] = n;
    state->position[n] = (uint32_t)at + 1;
    state->record[at] = pb_arena_str(work->arena, db_column_text(list->stmt, 2));
    if (at == 0 || run != list->last_run) {
        uint64_t *source = pb_map_get(list->runs, pb_str_n((const char *)&run, sizeof run));
        list->last_source = source ? (uint32_t)*source : 0;
        list->last_run = run;
    }
    state->source[at] = list->last_source;
    if (list->owned)
        PB_TRY(list_owner(work, db_column_blob(list->stmt, 3), db_column_text(list->stmt, 4),
                          &state->owner[at], err));
    if (list->amounts)
        take_amount(work, list, at);
    state->count++;
    return PB_OK;
}

pb_status list_load(audit_work *work, entity_state *state, pb_error *err)
{
    if (state->listed)
        return PB_OK;
    const model_entity *entity = state->entity;
    const model_field *owner = model_field_role(entity, "owner");
    const model_field *amount = model_field_role(entity, "amount");
    if (owner && owner->type != MODEL_LINK)
        owner = NULL;
    if (amount && amount->type != MODEL_MONEY)
        amount = NULL;
    if (owner && !work->users_known)
        PB_TRY(load_users(work, owner->target, err));
    list_reader list = {.state = state, .owned = owner, .amounts = amount};
    PB_TRY(make_room(work, state, list.amounts, err));
    list.runs = pb_map_new(work->scratch);
    if (!list.runs)
        return pb_fail_memory(err);
    PB_TRY(load_runs(work, entity, list.runs, err));
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&sql, "select n, run, record");
    if (owner)
        pb_buf_printf(&sql, ", %.*s_id, %.*s_ref", PB_STR_FMT(owner->name),
                      PB_STR_FMT(owner->name));
    if (amount)
        pb_buf_printf(&sql, ", %.*s, %.*s_currency", PB_STR_FMT(amount->name),
                      PB_STR_FMT(amount->name));
    pb_buf_printf(&sql, " from %.*s order by n", PB_STR_FMT(entity->name));
    PB_TRY(work_query(work, pb_buf_str(&sql), &list.stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(list.stmt, &row, err));
        if (!row)
            break;
        PB_TRY(take_row(work, &list, err));
    }
    if (state->currency_count == 1)
        state->amount_currency = state->currencies[0];
    state->listed = true;
    return PB_OK;
}

size_t list_position(const entity_state *state, int64_t n)
{
    if (n < 1 || n > state->max_n || !state->position[n])
        return SIZE_MAX;
    return state->position[n] - 1;
}

void list_currencies(const entity_state *state, pb_str *ret_currency, audit_sums *ret_sums)
{
    bool several = state->currency_count > 1 && state->currency_count <= AUDIT_CURRENCIES;
    *ret_currency = state->amount_currency;
    ret_sums->currency = state->currencies;
    ret_sums->count = several ? state->currency_count : 0;
}
