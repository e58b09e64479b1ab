/* forbidden_text: card numbers, passwords and identity numbers in free text. All kinds are looked
 * for in one pass over an entity; what is found is kept masked. */
#include "../measure.h"
#include "patterns.h"

typedef struct hit {
    int64_t n;
    const model_field *field;
    pb_str masked;
} hit;

typedef struct pattern_scan {
    const model_field **fields;
    size_t field_count;
    struct {
        hit *items;
        size_t count, capacity;
    } kinds[PATTERN_KINDS];
    uint64_t records; /* with any text */
} pattern_scan;

static bool is_free_text(const model_field *field)
{
    return field->type == MODEL_NOTE || field->type == MODEL_TEXT || field->type == MODEL_ADDRESS;
}

static pb_status scan_row(audit_work *work, pattern_scan *scan, db_stmt *stmt, pb_buf *masked,
                          pb_error *err)
{
    bool any = false, found[PATTERN_KINDS] = {false};
    for (size_t f = 0; f < scan->field_count; f++) {
        pb_str text = db_column_text(stmt, (int)f + 1);
        any = any || text.len;
        if (text.len < 8 || !pattern_possible(text))
            continue;
        for (int k = 0; k < PATTERN_KINDS; k++) {
            pb_buf_clear(masked);
            if (found[k] || !pattern_find((pattern_kind)k, text, masked))
                continue;
            found[k] = true;
            hit one = {db_column_i64(stmt, 0), scan->fields[f],
                       pb_arena_str(work->scratch, pb_buf_str(masked))};
            if (!one.masked.ptr || !PB_PUSH(work->scratch, scan->kinds[k].items,
                                            scan->kinds[k].count, scan->kinds[k].capacity, one))
                return pb_fail_memory(err);
        }
    }
    scan->records += any;
    return PB_OK;
}

static pb_status scan_entity(audit_work *work, entity_state *state, pb_error *err)
{
    const model_entity *entity = state->entity;
    pattern_scan *scan = pb_arena_alloc(work->scratch, sizeof *scan);
    if (!scan || !(scan->fields = pb_arena_array(work->scratch, entity->field_count + 1,
                                                 sizeof *scan->fields)))
        return pb_fail_memory(err);
    for (size_t i = 0; i < entity->field_count; i++)
        if (is_free_text(&entity->fields[i]) && state->filled[i])
            scan->fields[scan->field_count++] = &entity->fields[i];
    state->patterns = scan;
    if (!scan->field_count)
        return PB_OK;
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    PB_AUTO_BUF masked = PB_BUF_INIT(4096);
    pb_buf_addc(&sql, "select n");
    for (size_t i = 0; i < scan->field_count; i++)
        pb_buf_printf(&sql, ", %.*s", PB_STR_FMT(scan->fields[i]->name));
    pb_buf_printf(&sql, " from %.*s order by n", PB_STR_FMT(entity->name));
    db_stmt *stmt;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        PB_TRY(scan_row(work, scan, stmt, &masked, err));
    }
}

pb_status measure_forbidden_text(audit_check *check, pb_error *err)
{
    static const char *const problems[PATTERN_KINDS] = {
        PB_MSG("Holds what is by its form and check digit a payment card number ({value})."),
        PB_MSG("Holds a password ({value})."),
        PB_MSG("Holds what is by its form a national identity number ({value})."),
    };
    pb_str kind = check->control->measure_args.items[0];
    int k = pb_str_is(kind, "card")       ? PATTERN_CARD
            : pb_str_is(kind, "password") ? PATTERN_PASSWORD
                                          : PATTERN_NATIONAL_ID;
    if (!check->state->patterns)
        PB_TRY(scan_entity(check->work, check->state, err));
    pattern_scan *scan = check->state->patterns;
    if (!scan->field_count)
        return check_not_applicable(check, PB_MSG("{value} have no free text in the source."),
                                    check->control->entity->plural, err);
    check->finding->population = scan->records;
    for (size_t i = 0; i < scan->kinds[k].count; i++) {
        const hit *one = &scan->kinds[k].items[i];
        audit_failure failure = {.n = one->n, .field = one->field->name, .value = one->masked};
        failure.problem = pb_str_c(problems[k]);
        PB_TRY(check_fail(check, &failure, err));
    }
    return PB_OK;
}
