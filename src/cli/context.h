/* One call of the program: what was asked, in which language, and where the answer goes. */
#ifndef CLI_CONTEXT_H
#define CLI_CONTEXT_H

#include "table.h"

#include "base/json.h"
#include "base/locale.h"
#include "service/service.h"

enum { CLI_MAX_VALUES = 1024 };

typedef struct cli_value_item {
    const cli_option *option;
    const char *value; /* NULL for a flag */
} cli_value_item;

/** The command line, understood. */
typedef struct cli_call {
    const cli_command *command;
    const char *const *arguments;
    size_t argument_count;
    cli_value_item *values;
    size_t value_count;
} cli_call;

struct cli_context {
    cli_call call;
    pb_arena *arena;
    const service_asset *assets; /* built into the program */
    size_t asset_count;
    service_core *service;
    pb_locale *locale;         /* of the language asked for */
    const pb_catalog *catalog; /* the same, NULL for English */
    const char *version;
    bool json, quiet;
    db_replica replica;  /* of --replica, and what came of it */
    char *secret;        /* the passphrase that was typed; NULL: none */
    bool progress_shown; /* a progress line stands on the terminal */
    int64_t progress_last_us;
};

/** Understands `argv` (without the program's name). `--help` anywhere asks for help: then
 * `*ret_help` is set and missing arguments are no error. */
pb_status cli_parse(const cli_program *program, pb_arena *arena, int argc, char **argv,
                    cli_call *ret_call, bool *ret_help, pb_error *err);
/** Value of an option as given, else its default, else NULL. */
const char *cli_value(const cli_context *context, const char *option);
bool cli_flag(const cli_context *context, const char *option);
/** All values of an option that may be given several times. */
pb_status cli_values(cli_context *context, const char *option, const char *const **ret_values,
                     size_t *ret_count, pb_error *err);
/** An amount of memory as 500MB or 1.5GB, at least 16 MB; 0 where the option is not given. */
pb_status cli_memory(const cli_context *context, const char *option, uint64_t *ret_bytes,
                     pb_error *err);
/** A whole number within [min, max], or the usual error naming option and value. */
pb_status cli_number(const cli_context *context, const char *option, int64_t min, int64_t max,
                     int64_t *ret_number, pb_error *err);
/** Where the workspace's key comes from, by the options of the group `key`; asks for the passphrase
 * (twice when `again`) on the terminal. */
pb_status cli_key_source(cli_context *context, bool again, db_key_source *ret_key, pb_error *err);
/** The server that --replica names; NULL without it. */
db_replica *cli_replica(cli_context *context);
/** Says on standard error when the replica that was named was not what was read. */
void cli_tell_replica(const cli_context *context);
/** Overwrites the passphrase once it is no longer needed. */
void cli_forget_secret(cli_context *context);
/** Opens the workspace named by --workspace; of a standby says on standard error how far it is. */
pb_status cli_open_workspace(cli_context *context, db_workspace **ret_workspace, pb_error *err);

/** Opens a workspace to write to it: an older one is brought up to date first, which is said on
 * standard error. */
pb_status cli_open_to_write(cli_context *context, const char *url, const db_options *options,
                            db_workspace **ret_workspace, pb_error *err);
/** The same with the workspace named by --workspace. */
pb_status cli_open_named_to_write(cli_context *context, db_workspace **ret_workspace,
                                  pb_error *err);
/** Writes to standard error what is no answer of the command. */
void cli_tell(pb_buf *out);
/** Says on standard error what a standby follows and how far it is; of others nothing. */
void cli_tell_standby(const cli_context *context, db_workspace *workspace);

/** Translation of a message id. */
const char *cli_text(const cli_context *context, const char *id);
/** Translates `id`, fills its {places} from `const char *name, const char *value` pairs ended by
 * NULL, and appends it. */
void cli_say(const cli_context *context, pb_buf *out, const char *id, ...)
    __attribute__((sentinel));
/** Appends how a run is undone, where it wrote anything. */
void cli_say_undo(const cli_context *context, int64_t run, uint64_t written, pb_buf *out);
/** The same by the form for `n` things: give PB_MSG_N(one, several). */
void cli_say_n(const cli_context *context, pb_buf *out, const char *one, const char *several,
               uint64_t n, ...) __attribute__((sentinel));
/** Writes to standard output and empties `out`; a reader that went away is no error. */
pb_status cli_print(pb_buf *out, pb_error *err);
/** The three parts of an error on standard error; with --json also as an object on standard output,
 * so that a program finds there whatever happened. */
void cli_print_error(const cli_context *context, const pb_error *err);
/** Shows how far a stage is, on a terminal only; true when the user asked to stop. */
bool cli_progress(void *context, const char *stage, const char *what, uint64_t done,
                  uint64_t total);
/** Takes the progress line away. */
void cli_progress_end(cli_context *context);
/** Finds a command by its words; NULL when there is none. */
const cli_command *cli_find_command(const cli_program *program, const char *const *words,
                                    size_t count);
/** Appends the help of a command, or of the program for NULL. */
void cli_help(const cli_context *context, const cli_command *command, pb_buf *out);
/** Nearest of several names within two typing errors, or NULL. `name_at(list, i)` gives NULL at the
 * end. */
const char *cli_nearest(const char *word, const char *(*name_at)(const void *list, size_t i),
                        const void *list);

#endif
