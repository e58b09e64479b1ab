/* Access reviews: who holds which role is put before others, who confirm or revoke it until a day.
 *
 * A review is a list of what was held when it began; it ends when all of it is decided. What is
 * decided of an item stays. What nobody holds any more needs no decision. A review that is not
 * finished in time is a finding of the audit. Changes are made inside db_write; each is an event.
 * Refuses: knowing what was used when (the caller says so), deciding who may decide.
 * Threads: as the session.
 */
#ifndef IDENTITY_REVIEW_H
#define IDENTITY_REVIEW_H

#include "identity/people.h"
#include "model/yaml.h"

typedef enum identity_verdict {
    IDENTITY_UNDECIDED,
    IDENTITY_CONFIRMED,
    IDENTITY_REVOKED, /* and taken */
    IDENTITY_GONE,    /* ended in another way before anybody decided */
    IDENTITY_VERDICTS
} identity_verdict;
/** open, confirmed, revoked, gone. */
const char *identity_verdict_word(identity_verdict verdict);

typedef struct identity_review {
    int64_t n;
    int64_t from_us, due_us, closed_us; /* IDENTITY_OPEN: it is not finished */
    pb_str by, why;
    uint64_t counts[IDENTITY_VERDICTS]; /* items by what was decided */
} identity_review;

/** That somebody holds a role. Texts live in the arena it was read into. */
typedef struct identity_review_item {
    int64_t n, review;
    pb_uuid user;
    int64_t role;
    pb_str name, role_name;    /* what both were called when it began */
    int64_t since_us;          /* held since; read only */
    int64_t used_us, seen_us;  /* when something was done that the role allows, and anything at all;
                                  INT64_MIN: never, as far back as was looked */
    pb_str apart;              /* names of roles held, too, that this one does not go with */
    identity_verdict verdict;  /* what follows is read only */
    int64_t decided_us;        /* INT64_MIN: not yet */
    pb_str decided_by, reason; /* absent: nobody, none */
} identity_review_item;

/** Begins a review of what `items` say, due at a moment to come. PB_INVALID: there is nothing to
 * review, or no time for it. */
pb_status identity_review_start(db_session *session, const identity_call *call, int64_t due_us,
                                const identity_review_item *items, size_t count, int64_t *ret_n,
                                pb_error *err);
/** All reviews, newest first. */
pb_status identity_review_list(db_session *session, pb_arena *arena, identity_review **ret_reviews,
                               size_t *ret_count, pb_error *err);
/** One review; PB_NOT_FOUND. */
pb_status identity_review_find(db_session *session, int64_t n, pb_arena *arena,
                               identity_review *ret_review, pb_error *err);
/** Its items, by name of user and role. */
pb_status identity_review_items(db_session *session, int64_t review, pb_arena *arena,
                                identity_review_item **ret_items, size_t *ret_count, pb_error *err);
/** Decides an item: IDENTITY_REVOKED takes the role at once, where it is still held. What is held
 * no more is IDENTITY_GONE. The review ends with its last decision. PB_NOT_FOUND: there is no such
 * item; PB_CONFLICT: it was decided already. */
pb_status identity_review_decide(db_session *session, const identity_call *call, int64_t review,
                                 int64_t item, identity_verdict verdict,
                                 identity_review_item *ret_item, pb_arena *arena, pb_error *err);

/** Whether `user` stands below `above` now, whatever the depth. */
pb_status identity_is_below(db_session *session, pb_uuid user, pb_uuid above, bool *ret_below,
                            pb_error *err);

/** Writes reviews into a scratch workspace, for the cases that prove controls right: of each `from`
 * and `due`, `closed` (days), `open` (number of items nobody decided). Mistakes with file, line,
 * column. */
pb_status identity_review_fixture(db_workspace *workspace, const model_yaml *list, pb_error *err);

#endif
