/* name_parts: given or family name is missing although the full name tells both. */
#include "../measure.h"
#include "model/name.h"

/* What the source says of one part must be what the full name says of it: beside a family name “de
 * Boer” the full name “de Boer” tells no other. */
static pb_status agrees(audit_check *check, db_stmt *stmt, int column, pb_str part, bool *ret_same,
                        pb_error *err)
{
    pb_str told, meant;
    *ret_same = true;
    if (db_column_is_null(stmt, column))
        return PB_OK;
    PB_TRY(work_fold(check->work, db_column_text(stmt, column), &told, err));
    PB_TRY(work_fold(check->work, part, &meant, err));
    *ret_same = pb_str_eq(told, meant);
    return PB_OK;
}

/* Tells the part that is missing; `second`: the other part, where it is missing too. */
static pb_status missing(audit_check *check, int64_t n, const model_field *field, pb_str full,
                         pb_str part, const model_field *second, pb_str other, pb_error *err)
{
    const audit_failure failure = {
        .n = n,
        .field = field->name,
        .other = full,
        .suggestion = part,
        .second = second ? second->name : PB_STR_NONE,
        .second_suggestion = second ? other : PB_STR_NONE,
        .problem = pb_str_c(PB_MSG("It is empty, and the full name “{other}” tells it."))};
    return check_fail(check, &failure, err);
}

pb_status measure_name_parts(audit_check *check, pb_error *err)
{
    const model_entity *entity = check->control->entity;
    const model_field *full = model_field_role(entity, "full_name");
    const model_field *given = model_field_role(entity, "given_name");
    const model_field *family = model_field_role(entity, "family_name");
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    db_stmt *stmt;
    check->finding->population = 0;
    if (!full || !given || !family)
        return check_not_applicable(check,
                                    PB_MSG("{value} have no field for given and family name each."),
                                    entity->plural, err);
    pb_buf_printf(&sql, "select n, %.*s, %.*s, %.*s from %.*s where %.*s is not null order by n",
                  PB_STR_FMT(full->name), PB_STR_FMT(given->name), PB_STR_FMT(family->name),
                  PB_STR_FMT(entity->name), PB_STR_FMT(full->name));
    PB_TRY(work_query(check->work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        pb_str first, last;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        pb_str name = db_column_text(stmt, 1);
        bool no_given = db_column_is_null(stmt, 2), no_family = db_column_is_null(stmt, 3);
        bool same_given, same_family;
        if (!model_name_split(name, &first, &last))
            continue;
        check->finding->population++;
        if (!no_given && !no_family)
            continue;
        PB_TRY(agrees(check, stmt, 2, first, &same_given, err));
        PB_TRY(agrees(check, stmt, 3, last, &same_family, err));
        int64_t n = db_column_i64(stmt, 0);
        if (no_given && same_family)
            PB_TRY(missing(check, n, given, name, first, no_family ? family : NULL, last, err));
        else if (no_family && same_given)
            PB_TRY(missing(check, n, family, name, last, NULL, PB_STR_NONE, err));
    }
}
