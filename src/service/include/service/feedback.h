/* What people report of the program: given by everybody who is signed in, answered by who may
 * change the settings. An author sees the own messages with their answers, who answers sees all.
 * Threads: any number of calls at once.
 */
#ifndef SERVICE_FEEDBACK_H
#define SERVICE_FEEDBACK_H

#include "identity/feedback.h"
#include "service/service.h"

typedef struct service_feedback_seen {
    identity_feedback item;
    bool own;
    pb_str author; /* name to sign in with; absent: not known any more */
} service_feedback_seen;

/** One's own messages, or (`all`) everybody's: PB_DENIED for who does not answer them.
 * `wish->author` counts for nothing. In `arena`. */
pb_status service_feedback_list(const service_call *call, db_workspace *workspace, bool all,
                                identity_feedback_wish wish, pb_arena *arena,
                                service_feedback_seen **ret_items, size_t *ret_count,
                                pb_error *err);
/** How many there are in all, by kind and state; likewise. */
pb_status
service_feedback_count(const service_call *call, db_workspace *workspace,
                       uint64_t ret_counts[IDENTITY_FEEDBACK_KINDS][IDENTITY_FEEDBACK_STATES],
                       pb_error *err);
/** One message, by its author or who answers. PB_NOT_FOUND. */
pb_status service_feedback_read(const service_call *call, db_workspace *workspace, int64_t n,
                                pb_arena *arena, service_feedback_seen *ret_item, pb_error *err);
/** Gives a message: kind, page, text. */
pb_status service_feedback_give(const service_call *call, db_workspace *workspace,
                                identity_feedback item, pb_arena *arena,
                                service_feedback_seen *ret_item, pb_error *err);
/** What is to be changed of a message. */
typedef struct service_feedback_change {
    int64_t n, version;
    int state;     /* -1: it stays, or becomes answered with an answer */
    pb_str answer; /* absent: none */
    pb_str text;   /* by its author, alone: what is added; absent: nothing */
} service_feedback_change;
/** Answers, says what became of it, or adds to one's own. PB_DENIED, PB_CONFLICT. */
pb_status service_feedback_put(const service_call *call, db_workspace *workspace,
                               const service_feedback_change *change, pb_arena *arena,
                               service_feedback_seen *ret_item, pb_error *err);

#endif
