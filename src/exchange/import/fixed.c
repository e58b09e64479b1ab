/* A source with its proposed values put in, as files of their own. */
#include <stdlib.h>

#include "base/csv.h"
#include "copy.h"
#include "sys/file.h"

/* The edits of one file, by row, and where the copying is. */
typedef struct fixing {
    const exchange_file *file;
    exchange_edit **edits;
    size_t count, next;
} fixing;

static pb_str whole_cell(pb_str cell)
{
    return pb_str_trim(pb_csv_unguard(cell));
}

/* The column of that field whose cell is the value meant; SIZE_MAX: none reads so. */
static size_t column_of(const exchange_file *file, const exchange_edit *edit, const pb_str *cells,
                        size_t count)
{
    for (size_t c = 0; c < file->column_count && c < count; c++)
        if ((file->columns[c].field == edit->field || file->columns[c].while_open == edit->field) &&
            pb_str_eq(whole_cell(cells[c]), edit->before))
            return c;
    return SIZE_MAX;
}

static bool put_edits(void *context, const table_row *row, pb_str *cells)
{
    fixing *f = context;
    while (f->next < f->count && f->edits[f->next]->row < row->row)
        f->next++;
    for (; f->next < f->count && f->edits[f->next]->row == row->row; f->next++) {
        exchange_edit *edit = f->edits[f->next];
        size_t column = column_of(f->file, edit, cells, row->count);
        edit->done = column != SIZE_MAX;
        if (edit->done)
            cells[column] = edit->after;
    }
    return true;
}

static int by_row(const void *a, const void *b)
{
    const exchange_edit *x = *(exchange_edit *const *)a, *y = *(exchange_edit *const *)b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return x < y ? -1 : x > y; /* as given */
}

pb_status exchange_write_fixed(const exchange_plan *plan, exchange_edit *edits, size_t count,
                               const char *dir, pb_arena *arena, exchange_rejected_file done,
                               void *context, pb_error *err)
{
    exchange_edit **list = pb_arena_array(arena, count + 1, sizeof *list);
    if (list == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_dir_make(dir, 0700, true, err));
    for (size_t i = 0; i < plan->file_count; i++) {
        fixing f = {.file = &plan->files[i], .edits = list};
        uint64_t rows = 0, unreadable = 0;
        char *path;
        for (size_t k = 0; k < count; k++)
            if (edits[k].file == i)
                list[f.count++] = &edits[k];
        if (f.count == 0)
            continue;
        qsort(list, f.count, sizeof(*list), by_row);
        PB_TRY(copy_path(plan, i, dir, arena, &path, err));
        PB_TRY(copy_table_to(f.file, path, put_edits, &f, &rows, &unreadable, err));
        if (rows > 0)
            done(context, path, rows);
    }
    return PB_OK;
}
