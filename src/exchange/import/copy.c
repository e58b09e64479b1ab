#include "copy.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "sys/file.h"

enum { FLUSH_AT = 256 << 10, ROWS_MOST = 64 << 20 };

/* Working state of one file. */
typedef struct copying {
    table_reader *reader;
    const exchange_outlet *outlet;
    pb_buf out; /* rows waiting to be written */
    pb_str *cells;
    size_t capacity;
    copy_wanted wanted;
    void *context;
    uint64_t rows, unreadable;
} copying;

static pb_status put_row(copying *c, size_t count, bool guard, pb_error *err)
{
    for (size_t i = 0; i < count; i++)
        pb_csv_put(&c->out, pb_csv_unguard(c->cells[i]), i == 0, guard);
    pb_buf_addc(&c->out, "\r\n");
    return c->out.failed ? pb_fail_memory(err) : PB_OK;
}

static pb_status flush(copying *c, size_t above, pb_error *err)
{
    if (c->out.len <= above)
        return PB_OK;
    PB_TRY(c->outlet->add(c->outlet->context, pb_buf_str(&c->out), err));
    pb_buf_clear(&c->out);
    return PB_OK;
}

static pb_status take_cells(copying *c, const table_row *row, pb_error *err)
{
    if (row->count > c->capacity) {
        pb_str *cells = realloc(c->cells, row->count * sizeof *cells);
        if (cells == NULL)
            return pb_fail_memory(err);
        c->cells = cells;
        c->capacity = row->count;
    }
    for (size_t i = 0; i < row->count; i++)
        c->cells[i] = row->cells[i];
    return PB_OK;
}

static pb_status copy_row(copying *c, const table_row *row, pb_error *err)
{
    if (table_is_blank(row))
        return PB_OK;
    PB_TRY(take_cells(c, row, err));
    if (!c->wanted(c->context, row, c->cells))
        return PB_OK;
    c->rows++;
    PB_TRY(put_row(c, row->count, true, err));
    return flush(c, FLUSH_AT, err);
}

static pb_status copy_rows(copying *c, pb_error *err)
{
    table_row row = {0};
    bool more = true;
    PB_TRY(table_next(c->reader, &row, &more, err));
    PB_TRY(take_cells(c, &row, err));
    PB_TRY(put_row(c, row.count, false, err));
    while (more) {
        pb_error why = {0};
        pb_status status = table_next(c->reader, &row, &more, &why);
        if (status == PB_INVALID) {
            c->unreadable++; /* no row to copy: the list of reasons has its line */
            continue;
        }
        if (status != PB_OK) {
            if (err != NULL)
                *err = why;
            return status;
        }
        if (more)
            PB_TRY(copy_row(c, &row, err));
    }
    return flush(c, 0, err);
}

/* Into the file that was begun. */
static pb_status copy_into(copying *c, pb_error *err)
{
    const exchange_outlet *outlet = c->outlet;
    pb_status status = copy_rows(c, err);
    bool keep = status == PB_OK && c->rows > 0;
    pb_status ended = outlet->end(outlet->context, keep, keep ? err : NULL);
    return status == PB_OK ? ended : status;
}

pb_status copy_table(const exchange_file *file, const exchange_outlet *outlet, const char *name,
                     copy_wanted wanted, void *context, uint64_t *ret_rows,
                     uint64_t *ret_unreadable, pb_error *err)
{
    copying c = {
        .out = PB_BUF_INIT(ROWS_MOST), .outlet = outlet, .wanted = wanted, .context = context};
    pb_status status = table_open(file->place, &c.reader, err);
    if (status == PB_OK)
        status = outlet->begin(outlet->context, name, err);
    if (status == PB_OK)
        status = copy_into(&c, err);
    table_close(c.reader);
    pb_buf_free(&c.out);
    free(c.cells);
    if (status == PB_OK) {
        *ret_rows = c.rows;
        *ret_unreadable = c.unreadable;
    }
    return status;
}

/* ---- files ---- */

static pb_status begin_file(void *context, const char *path, pb_error *err)
{
    return sys_writer_open(path, 0600, context, err);
}

static pb_status add_to_file(void *context, pb_str bytes, pb_error *err)
{
    sys_writer **writer = context;
    return sys_writer_write(*writer, bytes, err);
}

static pb_status end_file(void *context, bool keep, pb_error *err)
{
    sys_writer **writer = context;
    if (keep)
        return sys_writer_finish(*writer, err);
    sys_writer_abort(*writer);
    return PB_OK;
}

pb_status copy_table_to(const exchange_file *file, const char *path, copy_wanted wanted,
                        void *context, uint64_t *ret_rows, uint64_t *ret_unreadable, pb_error *err)
{
    sys_writer *writer = NULL;
    const exchange_outlet outlet = {begin_file, add_to_file, end_file, &writer};
    return copy_table(file, &outlet, path, wanted, context, ret_rows, ret_unreadable, err);
}

/* ---- names ---- */

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

char *copy_name(const exchange_plan *plan, size_t at, pb_arena *arena)
{
    bool twice = false; /* folders may hold files of one name */
    char *flat = flat_name(arena, &plan->files[at]);
    for (size_t k = 0; k < at && flat != NULL && !twice; k++) {
        char *other = flat_name(arena, &plan->files[k]);
        twice = other == NULL || strcmp(other, flat) == 0;
    }
    return flat == NULL || !twice ? flat : pb_arena_printf(arena, "%zu-%s", at, flat);
}

pb_status copy_path(const exchange_plan *plan, size_t at, const char *dir, pb_arena *arena,
                    char **ret_path, pb_error *err)
{
    const exchange_file *file = &plan->files[at];
    char *name = copy_name(plan, at, arena);
    char *path = name == NULL ? NULL : pb_arena_printf(arena, "%s/%s", dir, name);
    if (path == NULL)
        return pb_fail_memory(err);
    if (file->place->held == NULL && same_place(arena, path, file->path.ptr)) {
        pb_fail(err, PB_EXISTS, PB_MSG("{path} is the source itself"), "path", path, NULL);
        pb_error_hint(err, PB_MSG("Name another folder to write to."), NULL);
        return PB_EXISTS;
    }
    *ret_path = path;
    return PB_OK;
}
