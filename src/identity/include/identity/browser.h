/* Browsers on which somebody signed in: known ones, which the guesses of strangers do not slow.
 *
 * A browser that signs in gets a sealed ticket, good for a year. It makes signing in no shorter: it
 * only has the failures of strangers not count there. What was taken back is a stranger's browser
 * again, whatever ticket it shows. Threads: as the session of the workspace.
 */
#ifndef IDENTITY_BROWSER_H
#define IDENTITY_BROWSER_H

#include "identity/session.h"

enum { IDENTITY_BROWSERS_MOST = 100 /* of one user: the one used longest ago goes */ };

/** A known browser as its user sees it. Texts live in the arena it was read into. */
typedef struct identity_browser {
    int64_t n;
    pb_str address, device; /* where it was used last, and what it says of itself; may be absent */
    bool current;           /* it is the one that asks */
    int64_t from_us, seen_us, until_us;
} identity_browser;

/** Those of a user, the one used last first; `visit->known` says which one asks. */
pb_status identity_browser_list(db_session *session, const identity_visit *visit, pb_uuid user,
                                pb_arena *arena, identity_browser **ret_browsers, size_t *ret_count,
                                pb_error *err);
/** Takes one back. Inside db_write; an event. PB_NOT_FOUND: the user has no such browser. */
pb_status identity_browser_end(db_session *session, const identity_visit *visit, pb_uuid user,
                               int64_t n, pb_error *err);
/** Takes all of a user back. Inside db_write; an event each. */
pb_status identity_browser_end_all(db_session *session, const identity_visit *visit, pb_uuid user,
                                   size_t *ret_count, pb_error *err);

#endif
