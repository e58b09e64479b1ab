/* The rows that were rejected, as files of the form they came in: to be mended and imported again.
 */
#include "../table.h"
#include "base/csv.h"
#include "exchange/import.h"
#include "sys/file.h"

enum { FLUSH_AT = 256 << 10, ROWS_MOST = 64 << 20 };

/* Working state of one file. */
typedef struct copying {
    const exchange_file *file;
    table_reader *reader;
    sys_writer *writer;
    pb_buf out;  /* rows waiting to be written */
    size_t next; /* the reject looked for */
    uint64_t rows;
} copying;

static void put_row(copying *c, const table_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        pb_csv_put(&c->out, pb_csv_unguard(row->cells[i]), i == 0, row->row > 0);
    pb_buf_addc(&c->out, "\r\n");
}

static pb_status flush(copying *c, size_t above, pb_error *err)
{
    if (c->out.failed)
        return pb_fail_memory(err);
    if (c->out.len <= above)
        return PB_OK;
    PB_TRY(sys_writer_write(c->writer, pb_buf_str(&c->out), err));
    pb_buf_clear(&c->out);
    return PB_OK;
}

/* Rejects are in the order of rows, several of one row next to each other. */
static bool is_rejected(copying *c, int64_t row)
{
    const exchange_file *file = c->file;
    while (c->next < file->reject_count && file->rejects[c->next].row < row)
        c->next++;
    return c->next < file->reject_count && file->rejects[c->next].row == row;
}

static bool is_blank(const table_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->cells[i].len > 0)
            return false;
    return true;
}

static pb_status copy_rows(copying *c, pb_error *err)
{
    table_row row = {0};
    bool more = true;
    PB_TRY(table_next(c->reader, &row, &more, err));
    put_row(c, &row);
    while (more) {
        pb_error why = {0};
        pb_status status = table_next(c->reader, &row, &more, &why);
        if (status == PB_INVALID)
            continue; /* no row to copy: the list of reasons has its line */
        if (status != PB_OK) {
            if (err != NULL)
                *err = why;
            return status;
        }
        if (!more || !is_rejected(c, row.row) || is_blank(&row))
            continue;
        put_row(c, &row);
        c->rows++;
        PB_TRY(flush(c, FLUSH_AT, err));
    }
    return flush(c, 0, err);
}

static pb_status copy_file(const exchange_file *file, const char *path, uint64_t *ret_rows,
                           pb_error *err)
{
    copying c = {.file = file, .out = PB_BUF_INIT(ROWS_MOST)};
    pb_status status = table_open(file->place, &c.reader, err);
    if (status == PB_OK)
        status = sys_writer_open(path, 0600, &c.writer, err);
    if (status == PB_OK)
        status = copy_rows(&c, err);
    if (status == PB_OK && c.rows > 0)
        status = sys_writer_finish(c.writer, err);
    else
        sys_writer_abort(c.writer);
    table_close(c.reader);
    pb_buf_free(&c.out);
    if (status == PB_OK)
        *ret_rows = c.rows;
    return status;
}

static bool same_place(pb_arena *arena, const char *a, const char *b)
{
    const char *x = sys_path_kind(a) == SYS_FILE ? sys_path_real(arena, a) : NULL;
    const char *y = x != NULL ? sys_path_real(arena, b) : NULL;
    return y != NULL && pb_str_eq(pb_str_c(x), pb_str_c(y));
}

/* The name of the file for a table's rows: no folders in it, whatever a member of an archive calls
 * itself, and the ending of what it is. NULL without memory. */
static char *flat_name(pb_arena *arena, const exchange_file *file)
{
    bool csv = pb_str_is(file->form, "CSV");
    char *flat = pb_arena_printf(arena, "%.*s%s", PB_STR_FMT(file->name), csv ? "" : ".csv");
    for (char *c = flat; c != NULL && *c != 0; c++)
        if (*c == '/' || *c == '\\' || (unsigned char)*c < 32)
            *c = '-';
    return flat;
}

/* Where a table's rows go; folders may hold files of one name. */
static pb_status path_for(const exchange_plan *plan, size_t at, const char *dir, pb_arena *arena,
                          char **ret_path, pb_error *err)
{
    bool twice = false;
    char *flat = flat_name(arena, &plan->files[at]);
    for (size_t k = 0; k < at && flat != NULL && !twice; k++) {
        char *other = flat_name(arena, &plan->files[k]);
        twice = other == NULL || strcmp(other, flat) == 0;
    }
    char *path = flat == NULL ? NULL
                 : twice      ? pb_arena_printf(arena, "%s/%zu-%s", dir, at, flat)
                              : pb_arena_printf(arena, "%s/%s", dir, flat);
    if (path == NULL)
        return pb_fail_memory(err);
    *ret_path = path;
    return PB_OK;
}

pb_status exchange_write_rejected(const exchange_plan *plan, const char *dir, pb_arena *arena,
                                  exchange_rejected_file done, void *context, pb_error *err)
{
    PB_TRY(sys_dir_make(dir, 0700, true, err));
    for (size_t i = 0; i < plan->file_count; i++) {
        const exchange_file *file = &plan->files[i];
        uint64_t rows = 0;
        if (file->entity == NULL || file->reject_count == 0)
            continue;
        char *path = NULL;
        PB_TRY(path_for(plan, i, dir, arena, &path, err));
        if (same_place(arena, path, file->path.ptr)) {
            pb_fail(err, PB_EXISTS, PB_MSG("{path} is the source itself"), "path", path, NULL);
            pb_error_hint(err, PB_MSG("Name another folder for the rejected rows."), NULL);
            return PB_EXISTS;
        }
        PB_TRY(copy_file(file, path, &rows, err));
        if (rows > 0)
            done(context, path, rows);
    }
    return PB_OK;
}
