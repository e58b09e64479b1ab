/* Remarks about values: what entry found, for people and for the audit's controls. */
#include "internal.h"

pb_status notes_add(record_writer *writer, const char *field, const char *kind, pb_str value,
                    const char *problem, pb_error *err)
{
    note remark = {field, kind, value, problem};
    return PB_PUSH(writer->row, writer->notes, writer->note_count, writer->note_capacity, remark)
               ? PB_OK
               : pb_fail_memory(err);
}

pb_status notes_write_one(record_writer *writer, plan *p, int64_t n, int64_t part,
                          const note *remark, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(writer->session,
                      "INSERT INTO t_value_note (entity, field, kind, n, part, value, problem)"
                      " VALUES (?1, ?3, ?4, ?2, ?7, ?5, ?6)",
                      &stmt, err));
    db_bind_text(stmt, 1, p->entity->name);
    db_bind_i64(stmt, 2, n);
    db_bind_text(stmt, 3, pb_str_c(remark->field));
    db_bind_text(stmt, 4, pb_str_c(remark->kind));
    db_bind_text(stmt, 5, remark->value);
    if (remark->problem != NULL)
        db_bind_text(stmt, 6, pb_str_c(remark->problem));
    else
        db_bind_null(stmt, 6);
    db_bind_i64(stmt, 7, part);
    return db_run(stmt, err);
}

pb_status notes_write(record_writer *writer, plan *p, int64_t n, pb_error *err)
{
    for (size_t i = 0; i < writer->note_count; i++) {
        PB_TRY(notes_write_one(writer, p, n, (int64_t)i, &writer->notes[i], err));
        writer->noted += strcmp(writer->notes[i].kind, "bad") == 0;
    }
    return PB_OK;
}

pb_status notes_remove(record_writer *writer, plan *p, int64_t n, const char *field,
                       const char *kind, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(writer->session,
                      "DELETE FROM t_value_note WHERE entity = ?1 AND n = ?2 AND field = ?3"
                      " AND kind IN ('bad', 'restyled', 'more', 'unresolved')"
                      " AND kind = COALESCE(?4, kind)",
                      &stmt, err));
    db_bind_text(stmt, 1, p->entity->name);
    db_bind_i64(stmt, 2, n);
    db_bind_text(stmt, 3, pb_str_c(field));
    if (kind != NULL)
        db_bind_text(stmt, 4, pb_str_c(kind));
    else
        db_bind_null(stmt, 4);
    return db_run(stmt, err);
}
