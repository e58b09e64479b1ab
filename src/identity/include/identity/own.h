/* What people keep for themselves: saved views of lists, and how they like their screens.
 *
 * A view says which fields of which records in which order; it shows what its reader may see, and
 * lends no right. Its owner may share it with the teams it is in: whoever is in one of them, too,
 * sees it and uses it, and changes nothing. Changes are events of the ledger, without what filters
 * say. Refuses: understanding fields and filters (record does). Threads: as the session.
 */
#ifndef IDENTITY_OWN_H
#define IDENTITY_OWN_H

#include "identity/people.h"

enum {
    IDENTITY_VIEWS_MOST = 100,     /* of one owner */
    IDENTITY_VIEW_NAME_MAX = 100,  /* characters */
    IDENTITY_VIEW_TEXT_MAX = 4000, /* bytes of a filter, of all fields together, of a sort */
    IDENTITY_OWN_TEXT_MAX = 65536  /* bytes of what is liked */
};

typedef struct identity_view {
    int64_t n;
    pb_uuid owner;
    pb_str entity, name;
    pb_str fields, filter, sort; /* as a list takes them; empty: no wish */
    bool shared;                 /* with the teams of its owner */
    bool standard;               /* what its owner begins with in that entity */
    int64_t version, changed_us;
} identity_view;

/** The views that somebody sees: one's own, then those of others that are shared, by number. Of one
 * entity, or (absent) of all. In `arena`. */
pb_status identity_view_list(db_session *session, pb_uuid user, int64_t now_us, pb_str entity,
                             pb_arena *arena, identity_view **ret_views, size_t *ret_count,
                             pb_error *err);
/** One of them. PB_NOT_FOUND. */
pb_status identity_view_find(db_session *session, pb_uuid user, int64_t now_us, int64_t n,
                             pb_arena *arena, identity_view *ret_view, pb_error *err);
/** Adds a view (`n` 0) or says one's own anew, all of it; `owner` is whose it is, `version` the one
 * that is changed (0: whatever it is). What becomes the standard takes that from another.
 * PB_EXISTS: the owner has another of that name in the entity; PB_LIMIT: it has too many;
 * PB_CONFLICT: it was changed meanwhile; PB_NOT_FOUND: it is not the owner's; PB_INVALID: a text is
 * too long, or no name. Inside db_write. */
pb_status identity_view_put(db_session *session, const identity_call *call,
                            const identity_view *view, pb_arena *arena, identity_view *ret_view,
                            pb_error *err);
/** Removes one's own; likewise. Inside db_write. */
pb_status identity_view_remove(db_session *session, const identity_call *call, pb_uuid owner,
                               int64_t n, int64_t version, pb_error *err);

/** How somebody likes the screens, as the text that was kept last; absent: nothing was. */
pb_status identity_likes_read(db_session *session, pb_uuid user, pb_arena *arena, pb_str *ret_text,
                              pb_error *err);
/** Keeps it. Nothing is written when it says what it said. Inside db_write. */
pb_status identity_likes_put(db_session *session, const identity_call *call, pb_uuid user,
                             pb_str text, pb_error *err);

#endif
