/* The declared command line (declare/commands.yaml) as C tables; commands.c is generated. Lists end
 * with a NULL name. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/error.h"

typedef struct cli_context cli_context;
/** What a command does; returns the exit code or fills `err` and returns its status' code. */
typedef pb_status (*cli_run)(cli_context *context, int *ret_exit, pb_error *err);

typedef struct cli_option {
    const char *name;
    char letter;       /* 0: no short form */
    const char *value; /* name of the value; NULL: a flag */
    const char *says;
    const char *fallback; /* default; NULL: none */
    const char *const *choices;
    bool many, files, required;
} cli_option;

typedef struct cli_argument {
    const char *name;
    const char *says;
    const char *const *choices;
    bool many, optional, files;
} cli_argument;

typedef struct cli_example {
    const char *line;
    const char *says;
} cli_example;

typedef struct cli_exit {
    int code;
    const char *says;
} cli_exit;

typedef struct cli_command {
    const char *name;
    const char *path; /* with the names of the commands above: "ledger verify" */
    const char *says;
    const char *text; /* may be NULL */
    const cli_argument *arguments;
    const cli_option *options;
    const cli_example *examples;
    const cli_exit *exits; /* where the code says more than done or not; ends with NULL `says` */
    const struct cli_command *commands; /* NULL: runs itself */
    cli_run run;
} cli_command;

typedef struct cli_program {
    const char *name;
    const char *says;
    const cli_option *globals;
    const cli_command *commands;
} cli_program;

extern const cli_program cli_table;

pb_status cli_run_audit(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_compare(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_duplicates(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_review(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_init(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_move(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_import(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_serve(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_show(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_find(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_fix(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_merge(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_unmerge(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_runs(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_convert(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_unconvert(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_keep(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_undo(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_export(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_backup(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_backups(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_drill(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_standby(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_upgrade(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_roles(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_who_can(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_jobs(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_work(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_users_list(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_users_show(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_users_add(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_users_change(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_users_end(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_users_return(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_users_enrol(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_users_give(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_users_take(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_users_join(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_users_leave(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_users_place(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_teams_list(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_teams_add(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_teams_rename(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_teams_end(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_restore(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_ledger_verify(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_ledger_head(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_ledger_prove(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_ledger_consistency(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_controls_list(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_controls_show(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_controls_set(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_controls_reset(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_controls_test(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_presets_list(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_presets_show(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_schema(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_completion(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_help(cli_context *context, int *ret_exit, pb_error *err);
pb_status cli_run_version(cli_context *context, int *ret_exit, pb_error *err);

#endif
