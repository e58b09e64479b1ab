/* What people report of the program while they use it: trouble, wishes, questions, praise.
 *
 * A message says who gave it, on which screen; who runs the workspace answers it and says what
 * became of it; its author may add to it, which opens it again. Nothing is ever removed, so that
 * messages can be counted. Changes are events of the ledger, without what was written.
 * Refuses: knowing who may answer (service does). Threads: as the session.
 */
#ifndef IDENTITY_FEEDBACK_H
#define IDENTITY_FEEDBACK_H

#include "identity/people.h"

enum {
    IDENTITY_FEEDBACK_DAILY = 30,      /* messages of one author in a day */
    IDENTITY_FEEDBACK_TEXT_MAX = 4000, /* characters of a message, and of an answer */
    IDENTITY_FEEDBACK_PAGE_MAX = 200   /* bytes */
};

typedef enum identity_feedback_kind {
    IDENTITY_TROUBLE,
    IDENTITY_WISH,
    IDENTITY_QUESTION,
    IDENTITY_PRAISE,
    IDENTITY_FEEDBACK_KINDS
} identity_feedback_kind;
/** trouble, wish, question, praise. */
extern const char *const identity_feedback_kinds[];

typedef enum identity_feedback_state {
    IDENTITY_FEEDBACK_OPEN,
    IDENTITY_FEEDBACK_ANSWERED,
    IDENTITY_FEEDBACK_PLANNED,
    IDENTITY_FEEDBACK_DONE,
    IDENTITY_FEEDBACK_DECLINED,
    IDENTITY_FEEDBACK_STATES
} identity_feedback_state;
/** open, answered, planned, done, declined. */
extern const char *const identity_feedback_states[];

typedef struct identity_feedback {
    int64_t n;
    pb_uuid author;
    int64_t at_us;
    identity_feedback_kind kind;
    pb_str page; /* the screen it was given on; absent: none */
    pb_str text;
    identity_feedback_state state;
    pb_str answer, answered_by; /* absent: nobody answered yet */
    int64_t answered_us;        /* INT64_MIN likewise */
    int64_t version;
} identity_feedback;

/** Which messages are wanted. */
typedef struct identity_feedback_wish {
    const pb_uuid *author; /* NULL: of everybody */
    int state, kind;       /* -1: any */
    int64_t below;         /* only those with smaller numbers; INT64_MAX: all */
    size_t most;
} identity_feedback_wish;

/** Messages, newest first. In `arena`. */
pb_status identity_feedback_list(db_session *session, const identity_feedback_wish *wish,
                                 pb_arena *arena, identity_feedback **ret_items, size_t *ret_count,
                                 pb_error *err);
/** One of them. PB_NOT_FOUND. */
pb_status identity_feedback_find(db_session *session, int64_t n, pb_arena *arena,
                                 identity_feedback *ret_item, pb_error *err);
/** How many there are, by kind and state. */
pb_status
identity_feedback_count(db_session *session,
                        uint64_t ret_counts[IDENTITY_FEEDBACK_KINDS][IDENTITY_FEEDBACK_STATES],
                        pb_error *err);
/** Keeps a message: author, kind, page, text. PB_LIMIT: too many today; PB_INVALID: no text, or too
 * long. Inside db_write. */
pb_status identity_feedback_give(db_session *session, const identity_call *call,
                                 const identity_feedback *item, pb_arena *arena,
                                 identity_feedback *ret_item, pb_error *err);
/** Answers message `n`, or says what became of it (absent answer: the one it has stays).
 * PB_CONFLICT: it is not `version` any more. Inside db_write. */
pb_status identity_feedback_answer(db_session *session, const identity_call *call, int64_t n,
                                   int64_t version, identity_feedback_state state, pb_str answer,
                                   pb_arena *arena, identity_feedback *ret_item, pb_error *err);
/** Adds to message `n` of its author, and opens it again. Likewise. Inside db_write. */
pb_status identity_feedback_add(db_session *session, const identity_call *call, int64_t n,
                                int64_t version, pb_str text, pb_arena *arena,
                                identity_feedback *ret_item, pb_error *err);

#endif
