/* What the model declares about personal data, and what the source keeps besides: fields without a
 * purpose or a basis, columns with personal data that no field holds, records kept too long. */
#include "../measure.h"

#include "base/time.h"
#include "scan.h"

static bool looks_personal(const model_field *field)
{
    return field->type == MODEL_PERSON_NAME || field->type == MODEL_EMAIL ||
           field->type == MODEL_PHONE || pb_str_is(field->role, "birth_date") ||
           pb_str_is(field->role, "given_name") || pb_str_is(field->role, "family_name");
}

/* One value in five is no slip: the field is used for it. */
enum { OFTEN = 5 };

static const char *undeclared(const text_scan *scan, const model_field *field, uint64_t filled)
{
    if (field->personal.declared) {
        if (!field->personal.purposes.count)
            return PB_MSG("No purpose is declared for this field.");
        return field->personal.basis.count ? NULL
                                           : PB_MSG("No legal basis is declared for this field.");
    }
    if (looks_personal(field))
        return PB_MSG("This field is not declared as personal data, and so without a purpose.");
    if (filled && scan_text_count(scan, SIGN_UNDECLARED, field) * OFTEN >= filled)
        return PB_MSG("This field is not declared as personal data, but people are named in it by "
                      "their e-mail addresses.");
    return NULL;
}

pb_status measure_purpose(audit_check *check, pb_error *err)
{
    const model_entity *entity = check->control->entity;
    const text_scan *scan = NULL;
    check->finding->population = entity->field_count;
    PB_TRY(scan_texts(check->work, check->state, &scan, err));
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        const char *problem = undeclared(scan, field, check->state->filled[i]);
        if (!problem)
            continue;
        audit_failure failure = {.field = field->name, .problem = pb_str_c(problem)};
        PB_TRY(check_fail(check, &failure, err));
    }
    return PB_OK;
}

/* Headers that no field takes, by a list of words: args personal_columns or special_columns. */
pb_status measure_undeclared_columns(audit_check *check, pb_error *err)
{
    pb_map *words = NULL;
    db_stmt *stmt;
    bool special = pb_str_is(check->control->measure_args.items[0], "special");
    const char *list = special ? "special_columns" : "personal_columns";
    PB_AUTO_BUF key = PB_BUF_INIT(8192);
    PB_TRY(lexicon_set(check->work, list, LEXICON_FOLDED, &words, err));
    PB_TRY(work_query(check->work,
                      PB_STR("select header, min(field), sum(filled), sum(rows) from source_column "
                             "where entity = :entity group by header order by header"),
                      &stmt, err));
    db_bind_named(stmt, "entity", PB_VALUE_TEXT(check->control->entity->name));
    check->finding->population = 0;
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        check->finding->population++;
        if ((!special && db_column_text(stmt, 1).len) || !db_column_i64(stmt, 2))
            continue;
        pb_buf_clear(&key);
        model_header_key(db_column_text(stmt, 0), &key);
        if (!pb_map_get(words, pb_buf_str(&key)))
            continue;
        PB_AUTO_BUF count = PB_BUF_INIT(32);
        pb_buf_i64(&count, db_column_i64(stmt, 2));
        audit_failure failure = {.field = db_column_text(stmt, 0), .value = pb_buf_str(&count)};
        failure.problem = pb_str_c(
            special
                ? PB_MSG("This column holds what the law protects most; {value} rows are filled.")
                : PB_MSG("This column holds personal data, and no field declares why; {value} "
                         "rows are filled."));
        PB_TRY(check_fail(check, &failure, err));
    }
    if (check->finding->population)
        return PB_OK;
    return check_not_applicable(
        check, PB_MSG("{value} were not imported from a file, so there are no columns to look at."),
        check->control->entity->plural, err);
}

/* The field that `retention: after` speaks of, by its name or role. */
static const model_field *kept_since(const entity_state *state, pb_str after)
{
    static const struct {
        const char *after, *role;
    } roles[] = {{"last_activity", "last_activity_on"},
                 {"created", "created_on"},
                 {"closed", "closed_on"},
                 {"modified", "modified_on"},
                 {"ended", "ended_on"},
                 {"converted", "converted_on"}};
    const model_field *field = model_field_find(state->entity, after);
    for (size_t i = 0; !field && i < sizeof roles / sizeof *roles; i++)
        if (pb_str_is(after, roles[i].after))
            field = model_field_role(state->entity, roles[i].role);
    if (!field || (field->type != MODEL_DATE && field->type != MODEL_INSTANT) ||
        !state->filled[field->index])
        return NULL;
    return field;
}

pb_status measure_retention(audit_check *check, pb_error *err)
{
    const model_entity *entity = check->control->entity;
    if (!entity->retention_days)
        return check_not_applicable(check,
                                    PB_MSG("The model does not say how long {value} are kept."),
                                    entity->plural, err);
    const model_field *field = kept_since(check->state, entity->retention_after);
    if (!field)
        return check_not_applicable(
            check,
            PB_MSG("The source does not hold the day from which the time of keeping {value} runs."),
            entity->plural, err);
    check->finding->population = check->state->filled[field->index];
    check->finding->relative = check->work->reference != check->work->today;
    const char *unit = field->type == MODEL_INSTANT ? " / 86400000000" : "";
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_printf(&sql, "select n, %.*s%s from %.*s where %.*s%s < :reference - %lld order by n",
                  PB_STR_FMT(field->name), unit, PB_STR_FMT(entity->name), PB_STR_FMT(field->name),
                  unit, (long long)entity->retention_days);
    db_stmt *stmt;
    PB_TRY(work_query(check->work, pb_buf_str(&sql), &stmt, err));
    PB_AUTO_BUF day = PB_BUF_INIT(32);
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        pb_buf_clear(&day);
        pb_date_format(&day, db_column_i64(stmt, 1));
        audit_failure failure = {.n = db_column_i64(stmt, 0), .field = field->name};
        failure.value = pb_buf_str(&day);
        failure.problem = pb_str_c(PB_MSG("The time of keeping ran from {value} and is over."));
        PB_TRY(check_fail(check, &failure, err));
    }
}
