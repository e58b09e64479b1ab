/* duplicates: records that describe the same thing, by the fields the model compares (`match:`). */
#include "../measure.h"

typedef struct twin_columns {
    match_column *columns;
    const model_field **fields;
    size_t count;
} twin_columns;

static match_kind kind_of(model_match match)
{
    switch (match) {
    case MODEL_MATCH_NAME:
        return MATCH_NAME;
    case MODEL_MATCH_ORG:
        return MATCH_ORG;
    case MODEL_MATCH_PHONE:
        return MATCH_PHONE;
    case MODEL_MATCH_EMAIL:
        return MATCH_EMAIL;
    case MODEL_MATCH_DATE:
        return MATCH_DATE;
    case MODEL_MATCH_TEXT:
        return MATCH_TEXT;
    default:
        return MATCH_EXACT;
    }
}

static pb_status choose(entity_state *state, pb_arena *arena, twin_columns *to, pb_error *err)
{
    const model_entity *entity = state->entity;
    to->columns = pb_arena_array(arena, entity->field_count + 1, sizeof *to->columns);
    to->fields = pb_arena_array(arena, entity->field_count + 1, sizeof *to->fields);
    if (!to->columns || !to->fields)
        return pb_fail_memory(err);
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        if (field->match == MODEL_MATCH_NONE || !state->filled[i])
            continue;
        pb_str *values = pb_arena_array(arena, state->count + 1, sizeof *values);
        if (!values)
            return pb_fail_memory(err);
        to->columns[to->count] = (match_column){field->name, kind_of(field->match), values};
        to->fields[to->count++] = field;
    }
    return PB_OK;
}

static bool folds(const model_field *field)
{
    return model_type_kind(field->type) == PB_TEXT && field->match != MODEL_MATCH_EMAIL &&
           field->match != MODEL_MATCH_PHONE;
}

static pb_status take_value(audit_work *work, pb_arena *arena, db_stmt *stmt, int column,
                            const model_field *field, pb_buf *room, pb_str *ret, pb_error *err)
{
    *ret = PB_STR_NONE;
    if (db_column_is_null(stmt, column))
        return PB_OK;
    pb_value value = db_column_value(stmt, column);
    pb_buf_clear(room);
    if (value.kind == PB_TEXT && folds(field))
        model_fold(work->reader, value.as.s, room);
    else if (value.kind == PB_TEXT)
        pb_buf_add(room, value.as.s);
    else if (field->type != MODEL_LINK)
        model_write(field, value, PB_STR_NONE, room);
    if (room->failed)
        return pb_fail_memory(err);
    if (!room->len)
        return PB_OK;
    *ret = pb_arena_str(arena, pb_buf_str(room));
    return ret->ptr ? PB_OK : pb_fail_memory(err);
}

static pb_status load_columns(audit_work *work, entity_state *state, pb_arena *arena,
                              const twin_columns *columns, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    PB_AUTO_BUF room = PB_BUF_INIT(8 << 20);
    pb_buf_addc(&sql, "select n");
    for (size_t c = 0; c < columns->count; c++) {
        pb_buf_addc(&sql, ", ");
        put_field(&sql, columns->fields[c], true);
    }
    pb_buf_printf(&sql, " from %.*s order by n", PB_STR_FMT(state->entity->name));
    db_stmt *stmt;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    for (size_t at = 0;; at++) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row || at >= state->count)
            break;
        for (size_t c = 0; c < columns->count; c++) {
            pb_str *values = (pb_str *)(uintptr_t)columns->columns[c].values;
            PB_TRY(take_value(work, arena, stmt, (int)c + 1, columns->fields[c], &room, &values[at],
                              err));
        }
        model_reader_reset(work->reader);
    }
    db_reset(stmt);
    return PB_OK;
}

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

/* The smallest of a cluster is its root: the record that came first. */
static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = root_of(parent, a);
    b = root_of(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

/* Blocks of the model whose columns are all among those compared. */
static pb_status blocks_of(const entity_state *state, pb_arena *arena, const twin_columns *columns,
                           const char *const **ret, pb_error *err)
{
    const model_strs *declared = &state->entity->duplicate_blocks;
    const char **blocks = pb_arena_array(arena, declared->count + 1, sizeof *blocks);
    if (!blocks)
        return pb_fail_memory(err);
    size_t count = 0;
    for (size_t i = 0; i < declared->count; i++) {
        pb_str rest = declared->items[i], part;
        bool all = true;
        while (pb_str_split(&rest, '+', &part)) {
            bool found = false;
            for (size_t c = 0; c < columns->count; c++)
                found = found || pb_str_eq(columns->columns[c].name, pb_str_trim(part));
            all = all && found;
        }
        if (all && !(blocks[count++] = pb_arena_cstr(arena, declared->items[i])))
            return pb_fail_memory(err);
    }
    *ret = blocks;
    return PB_OK;
}

static pb_status entity_twins(audit_work *work, entity_state *state, pb_error *err)
{
    if (state->matched)
        return PB_OK;
    PB_TRY(entity_list(work, state, err));
    PB_AUTO_ARENA arena = pb_arena_new((size_t)4 << 30);
    twin_columns columns = {0};
    match_options options = {0};
    match_result result = {0};
    if (!arena)
        return pb_fail_memory(err);
    PB_TRY(choose(state, arena, &columns, err));
    state->match_fields = columns.count;
    if (columns.count && state->count > 1) {
        PB_TRY(load_columns(work, state, arena, &columns, err));
        PB_TRY(blocks_of(state, arena, &columns, &options.blocks, err));
        PB_TRY(match_run(columns.columns, columns.count, state->count, &options, NULL, NULL, arena,
                         &result, err));
    }
    state->exact = pb_arena_array(work->scratch, state->count + 1, sizeof *state->exact);
    state->near = pb_arena_array(work->scratch, state->count + 1, sizeof *state->near);
    if (!state->exact || !state->near)
        return pb_fail_memory(err);
    for (uint32_t i = 0; i < state->count; i++)
        state->exact[i] = state->near[i] = i;
    for (size_t i = 0; i < result.pair_count; i++)
        join(result.pairs[i].exact ? state->exact : state->near, result.pairs[i].left,
             result.pairs[i].right);
    state->matched = true;
    return PB_OK;
}

pb_status measure_duplicates(audit_check *check, pb_error *err)
{
    entity_state *state = check->state;
    bool exact = pb_str_is(check->control->measure_args.items[0], "exact");
    PB_TRY(entity_twins(check->work, state, err));
    if (!state->match_fields)
        return check_not_applicable(
            check, PB_MSG("The source has none of the fields by which {value} are compared."),
            check->control->entity->plural, err);
    uint32_t *parent = exact ? state->exact : state->near;
    for (uint32_t i = 0; i < state->count; i++) {
        uint32_t first = root_of(parent, i);
        /* A record that is an exact repetition is said once, there. */
        if (first == i || (!exact && root_of(state->exact, i) != i))
            continue;
        audit_failure failure = {.n = state->n[i], .other = state->record[first]};
        failure.problem =
            pb_str_c(exact ? PB_MSG("The same as record {other} in every field compared.")
                           : PB_MSG("Very probably the same as record {other}."));
        PB_TRY(check_fail(check, &failure, err));
    }
    return PB_OK;
}
