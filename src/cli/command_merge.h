/* What merging a few records and merging many share. */
#ifndef CLI_COMMAND_MERGE_H
#define CLI_COMMAND_MERGE_H

#include "context.h"
#include "service/merge.h"

/** How a merge is taken apart again, or that nothing was done. */
void cli_merge_way_back(const cli_context *context, bool dry_run, const char *way, pb_buf *out);
/** merge with a list (command_merge_many.c). */
pb_status cli_merge_many(cli_context *context, const char *entity, pb_buf *out, pb_error *err);

#endif
