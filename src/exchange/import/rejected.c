/* The rows that were rejected, as files of their own: to be mended and imported again. */
#include "copy.h"
#include "sys/file.h"

/* Where the copying of one file's rejected rows is. */
typedef struct rejected_rows {
    const exchange_file *file;
    size_t next; /* the reject looked for */
} rejected_rows;

/* Rejects are in the order of rows, several of one row next to each other. */
static bool is_rejected(void *context, const table_row *row, pb_str *cells)
{
    rejected_rows *rejected = context;
    const exchange_file *file = rejected->file;
    (void)cells;
    while (rejected->next < file->reject_count && file->rejects[rejected->next].row < row->row)
        rejected->next++;
    return rejected->next < file->reject_count && file->rejects[rejected->next].row == row->row;
}

static bool has_rejected(const exchange_file *file)
{
    return file->entity != NULL && file->reject_count > 0;
}

pb_status exchange_write_rejected(const exchange_plan *plan, const char *dir, pb_arena *arena,
                                  exchange_rejected_file done, void *context, pb_error *err)
{
    PB_TRY(sys_dir_make(dir, 0700, true, err));
    for (size_t i = 0; i < plan->file_count; i++) {
        const exchange_file *file = &plan->files[i];
        rejected_rows rejected = {.file = file};
        uint64_t rows = 0, unreadable = 0;
        char *path;
        if (!has_rejected(file))
            continue;
        PB_TRY(copy_path(plan, i, dir, arena, &path, err));
        PB_TRY(copy_table_to(file, path, is_rejected, &rejected, &rows, &unreadable, err));
        if (rows > 0)
            done(context, path, rows);
    }
    return PB_OK;
}

pb_status exchange_give_rejected(const exchange_plan *plan, const exchange_outlet *outlet,
                                 pb_arena *arena, pb_error *err)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        const exchange_file *file = &plan->files[i];
        rejected_rows rejected = {.file = file};
        uint64_t rows = 0, unreadable = 0;
        if (!has_rejected(file))
            continue;
        const char *name = copy_name(plan, i, arena);
        if (name == NULL)
            return pb_fail_memory(err);
        PB_TRY(copy_table(file, outlet, name, is_rejected, &rejected, &rows, &unreadable, err));
    }
    return PB_OK;
}
