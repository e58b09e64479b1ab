/* What an import does to each row, cell by cell: the first ones to be shown, all of them as CSV. */
#ifndef CLI_IMPORT_DIFF_H
#define CLI_IMPORT_DIFF_H

#include "command.h"

#include "sys/file.h"

typedef struct cli_diff {
    cli_context *context;
    const char *path; /* NULL: no file */
    sys_writer *writer;
    pb_buf line;
    pb_buf shown; /* a table of the first changes */
    size_t shown_count;
    uint64_t changes; /* cells in all */
} cli_diff;

/** Ready; ends by cli_diff_end. */
void cli_diff_begin(cli_diff *diff, cli_context *context, const char *path);
/** Told every row of the import; see service_bringing.each. */
pb_status cli_diff_each(void *diff, const exchange_told *told, pb_error *err);
/** The file is there after this. */
pb_status cli_diff_keep(cli_diff *diff, pb_error *err);
void cli_diff_end(cli_diff *diff);
/** The first changes, and how many each field has. */
void cli_diff_text(const cli_diff *diff, const exchange_plan *plan, pb_buf *out);
/** What was given as --mode, --match and --blank. PB_USAGE. */
pb_status cli_read_bringing(cli_context *context, service_bringing *ret_bring, pb_error *err);
/** What a reject says, in the reader's language. */
void cli_reject_text(const cli_context *context, const exchange_reject *reject, pb_buf *out);

#endif
