/* swapped_names: given and family name in each other's place, told by the other records of the
 * source: a word that is nearly always a family name, and one that is nearly always a given one. */
#include "../measure.h"

enum { OFTEN = 5, TIMES = 12, LOW = 32 };

/* How often a word is a given name (upper half) and a family name (lower half). */
static uint64_t given_of(uint64_t counts)
{
    return counts >> LOW;
}

static uint64_t family_of(uint64_t counts)
{
    return counts & UINT32_MAX;
}

static pb_status open_names(audit_check *check, const model_field *given, const model_field *family,
                            db_stmt **ret, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_printf(
        &sql,
        "select n, %.*s, %.*s from %.*s where %.*s is not null and %.*s is not null order by n",
        PB_STR_FMT(given->name), PB_STR_FMT(family->name), PB_STR_FMT(check->control->entity->name),
        PB_STR_FMT(given->name), PB_STR_FMT(family->name));
    return work_query(check->work, pb_buf_str(&sql), ret, err);
}

static bool is_swapped(const pb_map *words, pb_str given, pb_str family)
{
    const uint64_t *first = pb_map_get(words, given), *last = pb_map_get(words, family);
    if (!first || !last || pb_str_eq(given, family))
        return false;
    /* The record itself is no witness. */
    return family_of(*first) >= OFTEN && family_of(*first) >= (given_of(*first) - 1) * TIMES &&
           given_of(*last) >= OFTEN && given_of(*last) >= (family_of(*last) - 1) * TIMES;
}

static pb_status count_words(audit_check *check, db_stmt *stmt, pb_map *words, pb_error *err)
{
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        uint64_t *given = pb_map_put(words, db_column_text(stmt, 1), NULL);
        if (given)
            *given += UINT64_C(1) << LOW;
        uint64_t *family = pb_map_put(words, db_column_text(stmt, 2), NULL);
        if (!given || !family)
            return pb_fail_memory(err);
        ++*family;
        check->finding->population++;
    }
}

pb_status measure_swapped_names(audit_check *check, pb_error *err)
{
    const model_field *given = model_field_role(check->control->entity, "given_name");
    const model_field *family = model_field_role(check->control->entity, "family_name");
    check->finding->population = 0;
    if (!given || !family)
        return check_not_applicable(check,
                                    PB_MSG("{value} have no field for given and family name each."),
                                    check->control->entity->plural, err);
    PB_AUTO_ARENA arena = pb_arena_new((size_t)1 << 30);
    pb_map *words = arena ? pb_map_new(arena) : NULL;
    if (!words)
        return pb_fail_memory(err);
    db_stmt *stmt;
    PB_TRY(open_names(check, given, family, &stmt, err));
    PB_TRY(count_words(check, stmt, words, err));
    PB_TRY(open_names(check, given, family, &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        audit_failure failure = {.n = db_column_i64(stmt, 0), .field = given->name};
        failure.value = db_column_text(stmt, 1);
        failure.other = db_column_text(stmt, 2);
        if (!is_swapped(words, failure.value, failure.other))
            continue;
        failure.suggestion = failure.other;
        failure.problem =
            pb_str_c(PB_MSG("“{value}” is a family name elsewhere, and “{other}” a given one."));
        PB_TRY(check_fail(check, &failure, err));
    }
}
