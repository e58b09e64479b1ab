/* What the commands share. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "context.h"

/** Who calls and when; progress goes to the terminal. `purpose` is written into the ledger. */
service_call cli_service_call(cli_context *context, const char *purpose);
/** The SOURCE arguments, --map and the key options. */
pb_status cli_source(cli_context *context, service_source *ret_source, pb_error *err);
/** The entity called `name`, or the usual error that proposes the nearest. */
pb_status cli_entity(const cli_context *context, const char *name, const model_entity **ret_entity,
                     pb_error *err);
/** `count` as the reader writes numbers; lives in the context's arena ("" without memory). */
const char *cli_count(const cli_context *context, uint64_t count);
/** How many rows of a file were taken, as audit and import say it. */
void cli_say_file(const cli_context *context, pb_buf *out, pb_str name, const char *entity_label,
                  uint64_t imported, uint64_t rows, uint64_t rejected);
/** A stored value as people read it; links by their reference text. */
void cli_put_value(const model_field *field, pb_value value, pb_str currency, pb_str ref,
                   pb_buf *out);
/** Opens the workspace that the first argument names. */
pb_status cli_open_argument(cli_context *context, db_workspace **ret_workspace, pb_error *err);
/** Seconds with one decimal, and a moment as RFC 3339; both live in the context's arena. */
const char *cli_seconds(const cli_context *context, int64_t us);
const char *cli_moment(const cli_context *context, int64_t us);
/** All parts of an error in one line. */
void cli_put_error(const cli_context *context, const pb_error *error, pb_buf *out);
/** Writes the units of systemd into the folder `timer`, the configuration of pgbackrest into the
 * folder `pgbackrest`; NULL: not wanted. */
pb_status cli_write_units(cli_context *context, const char *timer, const char *pgbackrest,
                          pb_error *err);
/** That no index was walked, and how to have that done: what was not checked has not passed. */
void cli_say_no_indexes(const cli_context *context, pb_buf *out);
/** The moment of --time; INT64_MAX without it. */
pb_status cli_until(const cli_context *context, int64_t *ret_us, pb_error *err);
/** The moment of --at, which must not be to come; INT64_MAX without it. */
pb_status cli_past(const cli_context *context, int64_t now_us, int64_t *ret_us, pb_error *err);
/** Whether `list` names formats of reports, as --format takes them. */
pb_status cli_check_formats(const char *list, pb_error *err);
/** What became of a backup at one place: a line, or lines; an object. */
void cli_put_backup(const cli_context *context, const service_backup *backup, pb_buf *out);
void cli_put_backup_json(const cli_context *context, const service_backup *backup, pb_json *json);
/** Ends a command that printed JSON or text. */
pb_status cli_finish(pb_buf *out, pb_error *err);

#endif
