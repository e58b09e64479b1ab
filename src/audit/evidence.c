/* What a reader sees of the first failing records: the columns the control names as evidence. */
#include "base/utf8.h"
#include "run.h"

static pb_status open_evidence(audit_work *work, const audit_control *control, db_stmt **ret,
                               pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&sql, "select n");
    for (size_t i = 0; i < control->evidence.count; i++) {
        const model_field *field = model_field_find(control->entity, control->evidence.items[i]);
        pb_buf_addc(&sql, ", ");
        if (field)
            work_put_field(&sql, field, true);
        else
            pb_buf_addc(&sql, "null");
    }
    pb_buf_printf(&sql, " from %.*s where n = :n", PB_STR_FMT(control->entity->name));
    return work_query(work, pb_buf_str(&sql), ret, err);
}

static pb_status take_evidence(audit_work *work, const audit_control *control, db_stmt *stmt,
                               audit_failure *failure, pb_error *err)
{
    size_t count = control->evidence.count;
    pb_str *cells = pb_arena_array(work->arena, count + 1, sizeof *cells);
    if (!cells)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        pb_str name = control->evidence.items[i], text = PB_STR_NONE;
        if (pb_str_is(name, "record") || pb_str_is(name, "source")) {
            cells[i] = pb_str_is(name, "record") ? failure->record : failure->source;
            continue;
        }
        const model_field *field = model_field_find(control->entity, name);
        PB_TRY(work_text(work, stmt, (int)i + 1, field, &text, err));
        cells[i] = pb_arena_str(work->arena, pb_utf8_cut(text, AUDIT_EVIDENCE_BYTES));
        if (text.ptr && !cells[i].ptr)
            return pb_fail_memory(err);
    }
    failure->evidence = cells;
    return PB_OK;
}

pb_status evidence_all(audit_work *work, audit_finding *finding, pb_error *err)
{
    const audit_control *control = finding->control;
    if (!control->entity || !control->evidence.count || !finding->failure_count ||
        finding->failures[0].n < 1)
        return PB_OK;
    db_stmt *stmt;
    PB_TRY(open_evidence(work, control, &stmt, err));
    for (size_t i = 0; i < finding->failure_count && i < AUDIT_EVIDENCE; i++) {
        bool row;
        db_bind_named(stmt, "n", PB_VALUE_INT(finding->failures[i].n));
        PB_TRY(db_step(stmt, &row, err));
        if (row)
            PB_TRY(take_evidence(work, control, stmt, &finding->failures[i], err));
        db_reset(stmt);
    }
    return PB_OK;
}
