/* What a job can be: commands of this program, with the options a job may give them. */
#ifndef CLI_JOB_KINDS_H
#define CLI_JOB_KINDS_H

#include "command.h"

/** What the value of an option must be, beyond what the command line itself asks. */
typedef enum job_value {
    JOB_FLAG,
    JOB_WORD,  /* any, or one of those declared */
    JOB_PLACE, /* a whole path or a URL: jobs are done from anywhere */
    JOB_SHARE, /* a number from 0.5 to 1 */
    JOB_ENTITY,
    JOB_FORMATS /* of reports */
} job_value;

typedef struct job_option {
    const char *name; /* of the command's option; NULL ends the list */
    job_value value;
    bool needed;
} job_option;

/** A kind of job. Adding one is a row of the table, and a choice of `--add` in
 * declare/commands.yaml. */
typedef struct job_kind {
    const char *name;
    const char *const *words; /* the command, and the options that it always has */
    const job_option *options;
    bool by_option; /* the workspace is named by --workspace, not as its argument */
    bool finds;     /* exit code 1 is what the work found, not that it failed */
} job_kind;

/** Those there are, ended by a NULL name. */
extern const job_kind job_kinds[];
/** NULL when there is none of that name. */
const job_kind *job_kind_find(pb_str name);
/** All their names, separated by commas. */
void job_kind_list(pb_buf *out);

/** The arguments that `--with` gave to a job of this kind, one a line, each checked. */
pb_status job_kind_arguments(cli_context *context, const job_kind *kind, pb_buf *out,
                             pb_error *err);
/** The command line of a job (without the program's name), ended by NULL; texts in the arena. */
pb_status job_kind_line(cli_context *context, const job_kind *kind, pb_str arguments,
                        const char *const **ret_words, pb_error *err);

#endif
