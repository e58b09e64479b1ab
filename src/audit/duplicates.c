#include "audit/duplicates.h"

#include "base/bytes.h"
#include "run.h"

enum { PART_ROWS = 1024 };

/* What was written where a date should stand, by rows: a slip of the pen leaves most of it right.
 */
typedef struct written_dates {
    db_stmt *stmt; /* NULL: the field is no date */
    bool more;
    int64_t n;
} written_dates;

static pb_status next_written(written_dates *of, pb_error *err)
{
    PB_TRY(db_step(of->stmt, &of->more, err));
    of->n = of->more ? db_column_i64(of->stmt, 0) : INT64_MAX;
    return PB_OK;
}

static pb_status open_written(written_dates *of, db_session *snapshot, const model_field *field,
                              pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1024);
    *of = (written_dates){.n = INT64_MAX};
    if (field->type != MODEL_DATE)
        return PB_OK;
    pb_buf_printf(&sql,
                  "select n, value from value_note where entity = '%.*s' and field = '%.*s' and "
                  "kind = 'bad' order by n",
                  PB_STR_FMT(field->entity->name), PB_STR_FMT(field->name));
    PB_TRY(db_prepare_text(snapshot, pb_buf_str(&sql), &of->stmt, err));
    return next_written(of, err);
}

/* The value of a row, or what was written instead. */
static pb_status take_written(written_dates *of, int64_t n, pb_value *value, pb_error *err)
{
    while (of->n < n)
        PB_TRY(next_written(of, err));
    if (of->n == n && value->kind == PB_NULL)
        *value = db_column_value(of->stmt, 1);
    return PB_OK;
}

/* All rows of a statement, whose columns are the fields compared and the number of the row. */
static pb_status read_rows(likeness_rows *rows, likeness_part *part, db_stmt *stmt,
                           written_dates *written, pb_error *err)
{
    const likeness_fields *fields = likeness_rows_fields(rows);
    pb_value values[LIKENESS_FIELDS];
    pb_status status = PB_OK;
    bool more = true;
    for (size_t held = 0; status == PB_OK; held++) {
        if (held == PART_ROWS) {
            status = likeness_rows_take(rows, part, err);
            held = 0;
        }
        if (status == PB_OK)
            status = db_step(stmt, &more, err);
        if (!more || status != PB_OK)
            break;
        int64_t n = db_column_i64(stmt, (int)fields->count);
        for (size_t c = 0; c < fields->count && status == PB_OK; c++) {
            values[c] = db_column_value(stmt, (int)c);
            if (written[c].stmt != NULL)
                status = take_written(&written[c], n, &values[c], err);
        }
        if (status == PB_OK)
            status = likeness_part_add(part, values, err);
    }
    db_reset(stmt);
    for (size_t c = 0; c < fields->count; c++)
        if (written[c].stmt != NULL)
            db_reset(written[c].stmt);
    return status == PB_OK ? likeness_rows_take(rows, part, err) : status;
}

static pb_status fill_rows(likeness_rows *rows, db_session *snapshot, const model_entity *entity,
                           pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    db_stmt *stmt;
    likeness_part *part;
    written_dates written[LIKENESS_FIELDS] = {0};
    const likeness_fields *fields = likeness_rows_fields(rows);
    pb_buf_addc(&sql, "select ");
    for (size_t c = 0; c < fields->count; c++) {
        pb_buf_addc(&sql, c > 0 ? ", " : "");
        work_put_field(&sql, fields->field[c], true);
    }
    pb_buf_printf(&sql, ", n from %.*s order by n", PB_STR_FMT(entity->name));
    PB_TRY(db_prepare_text(snapshot, pb_buf_str(&sql), &stmt, err));
    for (size_t c = 0; c < fields->count; c++)
        PB_TRY(open_written(&written[c], snapshot, fields->field[c], err));
    PB_TRY(likeness_part_new(rows, PART_ROWS, &part, err));
    pb_status status = read_rows(rows, part, stmt, written, err);
    likeness_part_free(part);
    return status;
}

static void end_rows(void *context)
{
    likeness_rows_free(context);
}

pb_status audit_duplicates_search(db_session *snapshot, const model_entity *entity,
                                  const match_options *options, match_progress progress,
                                  void *context, pb_arena *arena, audit_duplicates *ret_duplicates,
                                  pb_error *err)
{
    likeness_rows *rows;
    PB_TRY(likeness_rows_new(entity, options->store, &rows, err));
    if (!pb_arena_defer(arena, end_rows, rows)) {
        likeness_rows_free(rows);
        return pb_fail_memory(err);
    }
    if (likeness_rows_fields(rows)->count > 0)
        PB_TRY(fill_rows(rows, snapshot, entity, err));
    PB_TRY(likeness_rows_find(rows, options, progress, context, arena, ret_duplicates, err));
    return ret_duplicates->result.rows > 0
               ? duplicates_heed(snapshot, entity, arena, &ret_duplicates->result, err)
               : PB_OK;
}

static pb_status count_rows(db_session *snapshot, const model_entity *entity, size_t *ret_rows,
                            pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(256);
    db_stmt *stmt;
    bool row;
    pb_buf_printf(&sql, "select count(*) from %.*s", PB_STR_FMT(entity->name));
    PB_TRY(db_prepare_text(snapshot, pb_buf_str(&sql), &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    *ret_rows = row ? (size_t)db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return PB_OK;
}

pb_status audit_duplicates_names(db_session *snapshot, const model_entity *entity, pb_arena *arena,
                                 pb_str **ret_names, size_t *ret_count, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(256);
    db_stmt *stmt;
    size_t rows, count = 0;
    PB_TRY(count_rows(snapshot, entity, &rows, err));
    pb_str *names = pb_arena_array(arena, rows + 1, sizeof *names);
    if (names == NULL)
        return pb_fail_memory(err);
    pb_buf_printf(&sql, "select record, id from %.*s order by n", PB_STR_FMT(entity->name));
    PB_TRY(db_prepare_text(snapshot, pb_buf_str(&sql), &stmt, err));
    for (bool more; count < rows; count++) {
        char text[37] = "";
        PB_TRY(db_step(stmt, &more, err));
        if (!more)
            break;
        pb_str name = db_column_text(stmt, 0), id = db_column_blob(stmt, 1);
        if (pb_str_empty(name) && id.len == 16) {
            pb_uuid uuid;
            memcpy(uuid.b, id.ptr, sizeof uuid.b);
            pb_uuid_text(uuid, text);
            name = pb_str_c(text);
        }
        names[count] = pb_arena_str(arena, name);
        if (names[count].ptr == NULL)
            return pb_fail_memory(err);
    }
    db_reset(stmt);
    *ret_names = names;
    *ret_count = count;
    return PB_OK;
}

pb_status audit_duplicates_ids(db_session *snapshot, const model_entity *entity, size_t rows,
                               pb_arena *arena, pb_uuid **ret_ids, int64_t **ret_numbers,
                               pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(256);
    db_stmt *stmt;
    bool more = true;
    pb_uuid *ids = pb_arena_array(arena, rows + 1, sizeof *ids);
    int64_t *numbers =
        ret_numbers != NULL ? pb_arena_array(arena, rows + 1, sizeof *numbers) : NULL;
    if (ids == NULL || (ret_numbers != NULL && numbers == NULL))
        return pb_fail_memory(err);
    pb_buf_printf(&sql, "select id, n from %.*s order by n", PB_STR_FMT(entity->name));
    PB_TRY(db_prepare_text(snapshot, pb_buf_str(&sql), &stmt, err));
    for (size_t i = 0; i < rows; i++) {
        PB_TRY(db_step(stmt, &more, err));
        pb_str id = more ? db_column_blob(stmt, 0) : PB_STR_NONE;
        if (id.len != sizeof ids[i].b) {
            db_reset(stmt);
            return pb_fail(err, PB_CORRUPT, PB_MSG("A record of {entity} has no id."), "entity",
                           PB_ARG(entity->name), NULL);
        }
        memcpy(ids[i].b, id.ptr, sizeof ids[i].b);
        if (numbers != NULL)
            numbers[i] = db_column_i64(stmt, 1);
    }
    db_reset(stmt);
    *ret_ids = ids;
    if (ret_numbers != NULL)
        *ret_numbers = numbers;
    return PB_OK;
}
