/* Copying rows of a table into a CSV file of its own, for people to work on. */
#ifndef EXCHANGE_COPY_H
#define EXCHANGE_COPY_H

#include "../table.h"
#include "exchange/import.h"

/** Says whether a row is wanted; may replace cells (texts must live until the next row). */
typedef bool (*copy_wanted)(void *context, const table_row *row, pb_str *cells);

/** Copies header and wanted rows of `file` to a file called `name`: UTF-8 with commas, all or
 * nothing. Rows that cannot be taken apart are counted in `*ret_unreadable`. Without any wanted row
 * nothing is kept. */
pb_status copy_table(const exchange_file *file, const exchange_outlet *outlet, const char *name,
                     copy_wanted wanted, void *context, uint64_t *ret_rows,
                     uint64_t *ret_unreadable, pb_error *err);
/** The same to a file of the file system. */
pb_status copy_table_to(const exchange_file *file, const char *path, copy_wanted wanted,
                        void *context, uint64_t *ret_rows, uint64_t *ret_unreadable, pb_error *err);
/** What the copy of a plan's file is called: its name without folders, with the ending .csv, no two
 * alike. NULL without memory. */
char *copy_name(const exchange_plan *plan, size_t file, pb_arena *arena);
/** Where that copy goes in `dir`; PB_EXISTS when that is the source itself. */
pb_status copy_path(const exchange_plan *plan, size_t file, const char *dir, pb_arena *arena,
                    char **ret_path, pb_error *err);

#endif
