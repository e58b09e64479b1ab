/* Records as CSV that a spreadsheet opens without harm and that imports again as it was. */
#include "base/csv.h"
#include "exchange/import.h"
#include "sys/file.h"

enum { FLUSH_AT = 256 << 10, ROW_MOST = 64 << 20 };

/* Working state of one export. */
typedef struct exporting {
    const model_entity *entity;
    sys_writer *file;
    pb_buf out;  /* rows waiting to be written */
    pb_buf cell; /* the value at work */
    uint64_t rows;
} exporting;

static pb_status flush(exporting *ex, pb_error *err)
{
    if (ex->out.failed || ex->cell.failed)
        return pb_fail_memory(err);
    PB_TRY(sys_writer_write(ex->file, pb_buf_str(&ex->out), err));
    pb_buf_clear(&ex->out);
    return PB_OK;
}

static void put_header(exporting *ex)
{
    pb_csv_put(&ex->out, PB_STR("id"), true, false);
    for (size_t f = 0; f < ex->entity->field_count; f++)
        pb_csv_put(&ex->out, ex->entity->fields[f].name, false, false);
    pb_buf_addc(&ex->out, "\r\n");
}

/* A link is written as its source wrote it, else as the record's id. */
static void put_link(exporting *ex, pb_value value, pb_str ref)
{
    char text[37];
    pb_str cell = ref;
    if (cell.len == 0 && value.kind == PB_BLOB && value.as.s.len == sizeof(pb_uuid)) {
        pb_uuid id;
        memcpy(id.b, value.as.s.ptr, sizeof id.b);
        pb_uuid_text(id, text);
        cell = pb_str_c(text);
    }
    pb_csv_put(&ex->out, cell, false, true);
}

static pb_status put_record(void *context, const record_data *record, pb_error *err)
{
    exporting *ex = context;
    char text[37];
    pb_uuid_text(record->id, text);
    pb_csv_put(&ex->out, record->source_id.len > 0 ? record->source_id : pb_str_c(text), true,
               true);
    for (size_t f = 0; f < ex->entity->field_count; f++) {
        const model_field *field = &ex->entity->fields[f];
        if (field->type == MODEL_LINK) {
            put_link(ex, record->values[f], record->refs[f]);
            continue;
        }
        pb_buf_clear(&ex->cell);
        if (record->values[f].kind != PB_NULL)
            model_write(field, record->values[f], record->currencies[f], &ex->cell);
        pb_csv_put(&ex->out, pb_buf_str(&ex->cell), false, true);
    }
    pb_buf_addc(&ex->out, "\r\n");
    ex->rows++;
    return ex->out.len >= FLUSH_AT || ex->out.failed || ex->cell.failed ? flush(ex, err) : PB_OK;
}

pb_status exchange_export_csv(db_session *session, const model_entity *entity, const char *path,
                              uint64_t *ret_rows, pb_error *err)
{
    exporting ex = {.entity = entity, .out = PB_BUF_INIT(ROW_MOST), .cell = PB_BUF_INIT(ROW_MOST)};
    PB_TRY(sys_writer_open(path, 0600, &ex.file, err));
    put_header(&ex);
    pb_status status = record_scan(session, entity, put_record, &ex, err);
    if (status == PB_OK)
        status = flush(&ex, err);
    if (status == PB_OK)
        status = sys_writer_finish(ex.file, err);
    else
        sys_writer_abort(ex.file);
    pb_buf_free(&ex.out);
    pb_buf_free(&ex.cell);
    if (status == PB_OK && ret_rows != NULL)
        *ret_rows = ex.rows;
    return status;
}
