/* Servers that follow another by streaming replication: looked at, promoted. The workspace on them
 * need not be opened. PB_UNSUPPORTED for a folder. Threads: any.
 */
#ifndef DB_FOLLOW_H
#define DB_FOLLOW_H

#include "db/workspace.h"

typedef struct db_follower {
    bool follows;      /* it is in recovery: it cannot be written */
    bool streams;      /* its receiver is connected */
    char sender[256];  /* the server it receives from; empty: not known */
    char replayed[32]; /* position in the log; empty: it does not follow */
    bool asked;        /* the primary was, too */
    int64_t bytes;     /* behind the primary's log (asked), else behind what was received */
    int64_t us;        /* since the last commit that was replayed; 0: all that was received is */
    bool may_promote;  /* the login may */
} db_follower;

/** Asks the server at `url`, and the primary at `primary` (NULL: it is not asked). `options`: where
 * the password is. */
pb_status db_follower_look(const char *url, const char *primary, const db_options *options,
                           db_follower *ret_follower, pb_error *err);
/** Ends following: pg_promote, waited for a minute at most. PB_DENIED when the login may not,
 * PB_CONFLICT when the server follows nobody. */
pb_status db_follower_promote(const char *url, const db_options *options, pb_error *err);

#endif
