/* People: users, teams, who is above whom, and who holds which role since when.
 *
 * What is said of somebody is a row with the time it holds for (`from_us` up to, not including,
 * `until_us`); a row is never overwritten: what it said of the past stays, so that "who could see
 * this in March" has an answer. Changes take effect at the moment they are made or later, never
 * earlier. Every change is one event of the ledger. Changes are made inside db_write, reads in any
 * session; changes made by several at once are put in order there.
 * Refuses: what a role holds (identity/policy.h), how somebody proves who it is
 * (identity/signin.h). Threads: as the session, but for identity_actor_hold, which any may call.
 */
#ifndef IDENTITY_PEOPLE_H
#define IDENTITY_PEOPLE_H

#include "identity/actor.h"
#include "ledger/ledger.h"

/** The end of what has no end. */
#define IDENTITY_OPEN INT64_MAX

typedef enum identity_kind {
    IDENTITY_PERSON,  /* of the house */
    IDENTITY_PROGRAM, /* no person: connects with a key */
    IDENTITY_PORTAL,  /* a customer: is one contact */
    IDENTITY_AUDITOR, /* external: for a time that has an end, only reads, within a scope */
    IDENTITY_KINDS
} identity_kind;

/** As it is stored and written for programs: person, program, portal, auditor. */
const char *identity_kind_word(identity_kind kind);
bool identity_kind_parse(pb_str word, identity_kind *ret_kind);

/** Who changes something, when, and why. */
typedef struct identity_call {
    ledger_actor actor;
    int64_t now_us;
    pb_str why; /* absent: nothing was said */
} identity_call;

/** What is said of a user for a time. Texts live in the arena it was read into. */
typedef struct identity_user {
    pb_uuid id;
    identity_kind kind;
    pb_str name; /* to sign in with: unique whatever the case and form of its letters, for ever */
    pb_str shown;
    pb_str language; /* of messages: en, zh, … */
    pb_uuid staff;   /* zeros: none */
    pb_uuid portal;  /* zeros: none */
    int64_t from_us, until_us;
} identity_user;

/** Adds a user; `user->id` is not read. `from_us` must not be past. */
pb_status identity_user_add(db_session *session, const identity_call *call,
                            const identity_user *user, pb_uuid *ret_id, pb_error *err);
/** Says something else of a user from now on: shown name, language, records linked, end. The
 * sign-in name stays, and so does the kind. */
pb_status identity_user_change(db_session *session, const identity_call *call,
                               const identity_user *user, pb_error *err);
/** Ends a user and everything that user holds (roles, memberships, place in the tree), at once.
 * Those below have nobody above them then. */
pb_status identity_user_end(db_session *session, const identity_call *call, pb_uuid user,
                            pb_error *err);
/** As of `at_us`. PB_NOT_FOUND: there is none of that name, or not at that moment. */
pb_status identity_user_find(db_session *session, pb_str name, int64_t at_us, pb_arena *arena,
                             identity_user *ret_user, pb_error *err);
pb_status identity_user_read(db_session *session, pb_uuid user, int64_t at_us, pb_arena *arena,
                             identity_user *ret_user, pb_error *err);
/** Everybody who is a user at `at_us`, by name. */
pb_status identity_user_list(db_session *session, int64_t at_us, pb_arena *arena,
                             identity_user **ret_users, size_t *ret_count, pb_error *err);

/** Who acts, as of `at_us`: PB_DENIED when that user is none at that moment. Memory: `arena`. */
pb_status identity_actor_read(db_session *session, pb_uuid user, int64_t at_us, pb_arena *arena,
                              identity_actor *ret_actor, pb_error *err);
/** Who holds the workspace's key, as of `at_us`. */
identity_actor identity_holder(pb_str name, int64_t at_us);

/** An actor that many hold at once; kept in the workspace until anybody's rights change, by
 * whatever process. `actor` is the caller's own to add what the session proved. */
typedef struct identity_held {
    identity_actor actor;
    void *shared; /* what its arrays belong to */
} identity_held;
/** As identity_actor_read; costs one read of one row while nobody's rights change. Must be let go
 * before the workspace is closed. */
pb_status identity_actor_hold(db_session *session, pb_uuid user, int64_t at_us,
                              identity_held *ret_held, pb_error *err);
/** May be called twice; `*held` is zeros afterwards. */
void identity_actor_let_go(identity_held *held);

#endif
