/* People: users, teams, who is above whom, and who holds which role since when.
 *
 * What is said of somebody is a row with the time it holds for (`from_us` up to, not including,
 * `until_us`). Rows are never overwritten, only ended: what they said of the past stays, so that
 * "who could see this in March" has an answer. Changes take effect at the moment they are made or
 * later, never earlier. Every change is one event of the ledger. Changes are made inside db_write,
 * reads in any session; changes made by several at once are put in order there.
 * Refuses: what a role holds (identity/policy.h), how somebody proves who it is
 * (identity/signin.h). Threads: as the session.
 */
#ifndef IDENTITY_PEOPLE_H
#define IDENTITY_PEOPLE_H

#include "identity/actor.h"
#include "ledger/ledger.h"

/** The end of what has no end. */
#define IDENTITY_OPEN INT64_MAX
/** Instead of a moment: whatever was said at any time. */
#define IDENTITY_EVER INT64_MIN

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

/* ---- users ---- */

enum { IDENTITY_NAME_MAX = 100, IDENTITY_SHOWN_MAX = 200 }; /* characters */

/** What is said of a user for a time. Texts live in the arena it was read into. */
typedef struct identity_user {
    pb_uuid id;
    identity_kind kind;
    pb_str name; /* to sign in with: nobody else ever had it, in whatever case or form of letters */
    pb_str shown;    /* what people are told */
    pb_str language; /* of messages: en, zh-CN, fa */
    pb_uuid staff;   /* the record of `staff` that a person is; zeros: none */
    pb_uuid portal;  /* the record of `contact` that a portal customer is, and must be; zeros */
    int64_t from_us, until_us;
    pb_str by, why;             /* who said so, read only; absent: not known */
    pb_str ended_by, ended_why; /* who ended it, or said something else; absent: nobody */
} identity_user;

/** Adds a user, from `from_us` on (0: from now). `id`, `by` and `why` of `user` are not read. An
 * external auditor must have an end. PB_EXISTS: the name is, or was, another's; PB_INVALID names
 * what cannot be so. `*ret_id` is made of the moment and chance. */
pb_status identity_user_add(db_session *session, const identity_call *call,
                            const identity_user *user, pb_uuid *ret_id, pb_error *err);
/** Says something else of the user `id` from now on: names, language, records linked, end. The kind
 * stays; `from_us` is not read. Nothing new: no event. PB_NOT_FOUND: it is no user any more. */
pb_status identity_user_change(db_session *session, const identity_call *call,
                               const identity_user *user, pb_error *err);
/** Ends a user and everything it holds (roles, teams, scope, credentials, sessions), at once. Those
 * below it come below the one above it. It keeps its own place below others, who so still see what
 * it leaves. PB_NOT_FOUND: it is none any more. */
pb_status identity_user_end(db_session *session, const identity_call *call, pb_uuid user,
                            pb_error *err);
/** One that was ended is a user again, as last said, until `until_us`; it holds nothing,
 * and can sign in only when it is given new credentials.
 * PB_EXISTS: it is a user. */
pb_status identity_user_return(db_session *session, const identity_call *call, pb_uuid user,
                               int64_t until_us, pb_error *err);

/** Users who are the record `from` of staff or contacts are the record `into` from now on, since
 * the one was merged into the other; `back`: only those that a merge of `into` had brought to
 * `from`, which was taken apart. Of other entities nothing is done. One look into an index where
 * nobody is that record. */
pb_status identity_follow(db_session *session, const identity_call *call, pb_str entity,
                          pb_uuid from, pb_uuid into, bool back, pb_error *err);

/** The one who has, or last had, that sign-in name. PB_NOT_FOUND: nobody ever had it. */
pb_status identity_user_named(db_session *session, pb_str name, pb_uuid *ret_id, pb_error *err);
/** As of a moment. PB_NOT_FOUND: it was no user then. */
pb_status identity_user_read(db_session *session, pb_uuid user, int64_t at_us, pb_arena *arena,
                             identity_user *ret_user, pb_error *err);
/** The newest that is said of it, ended or not. PB_NOT_FOUND: there never was such a user. */
pb_status identity_user_last(db_session *session, pb_uuid user, pb_arena *arena,
                             identity_user *ret_user, pb_error *err);
/** Everybody who is a user at a moment, by name; IDENTITY_EVER: all that was ever said of anybody.
 */
pb_status identity_user_list(db_session *session, int64_t at_us, pb_arena *arena,
                             identity_user **ret_users, size_t *ret_count, pb_error *err);

/** Sets what an external auditor is let see, instead of what was said before: names of entities
 * (which must be) and of areas of the audit. Without any it sees nothing. PB_INVALID for others
 * than auditors. `limited` is not read. */
pb_status identity_scope_set(db_session *session, const identity_call *call, pb_uuid user,
                             const identity_scope *scope, pb_error *err);

/* ---- ties: roles, teams, superiors ---- */

/** Gives a role for a time (`from_us` 0: from now) instead of whatever was said of that time on.
 * PB_EXISTS: held already, for that time. */
pb_status identity_role_give(db_session *session, const identity_call *call, pb_uuid user,
                             int64_t role, int64_t from_us, int64_t until_us, pb_error *err);
/** Takes it, from now on, for all time to come. PB_NOT_FOUND: not held. */
pb_status identity_role_take(db_session *session, const identity_call *call, pb_uuid user,
                             int64_t role, pb_error *err);

typedef struct identity_team {
    pb_uuid id;
    pb_str name; /* of the teams there are at a moment, no two have the same one */
    int64_t from_us, until_us;
} identity_team;
/** PB_EXISTS: there is one of that name, whatever the case and form of its letters. */
pb_status identity_team_add(db_session *session, const identity_call *call, pb_str name,
                            pb_uuid *ret_id, pb_error *err);
/** As identity_team_add. PB_NOT_FOUND: it was ended, or never was. */
pb_status identity_team_rename(db_session *session, const identity_call *call, pb_uuid team,
                               pb_str name, pb_error *err);
/** Ends it, and all memberships. */
pb_status identity_team_end(db_session *session, const identity_call *call, pb_uuid team,
                            pb_error *err);
/** The team of that name at a moment; PB_NOT_FOUND. */
pb_status identity_team_named(db_session *session, pb_str name, int64_t at_us, pb_arena *arena,
                              identity_team *ret_team, pb_error *err);
/** The teams there are at a moment, by name; IDENTITY_EVER: all that was ever said of any. */
pb_status identity_team_list(db_session *session, int64_t at_us, pb_arena *arena,
                             identity_team **ret_teams, size_t *ret_count, pb_error *err);
/** PB_EXISTS: it is a member; PB_NOT_FOUND: it is none, or there is no such team. */
pb_status identity_team_join(db_session *session, const identity_call *call, pb_uuid team,
                             pb_uuid user, pb_error *err);
pb_status identity_team_leave(db_session *session, const identity_call *call, pb_uuid team,
                              pb_uuid user, pb_error *err);

/** Puts a user below another from now on, instead of whom it was below; zeros: below nobody.
 * PB_INVALID: the other is the user, or below it, whatever the depth. */
pb_status identity_superior_set(db_session *session, const identity_call *call, pb_uuid user,
                                pb_uuid superior, pb_error *err);

typedef enum identity_tie_kind {
    IDENTITY_TIE_ROLE,
    IDENTITY_TIE_TEAM,
    IDENTITY_TIE_SUPERIOR
} identity_tie_kind;
/** That a user holds a role, is in a team, or below somebody, for a time. */
typedef struct identity_tie {
    pb_uuid user;
    pb_uuid other; /* the team, or who is above */
    int64_t role;
    int64_t from_us, until_us;
    pb_str by, why;             /* who said so */
    pb_str ended_by, ended_why; /* who ended it; absent: nobody, or its end was said beforehand */
} identity_tie;
/** Which ties; zeros: of any. */
typedef struct identity_tie_filter {
    pb_uuid user, other;
    int64_t at_us; /* IDENTITY_EVER: all there ever were */
    bool one_role; /* of IDENTITY_TIE_ROLE only */
    int64_t role;
} identity_tie_filter;
/** Oldest first. */
pb_status identity_ties(db_session *session, identity_tie_kind kind,
                        const identity_tie_filter *filter, pb_arena *arena, identity_tie **ret_ties,
                        size_t *ret_count, pb_error *err);

/* ---- who acts ---- */

/** Who acts, as of `at_us`: PB_DENIED when that user is none at that moment. One statement. Memory:
 * `arena`. */
pb_status identity_actor_read(db_session *session, pb_uuid user, int64_t at_us, pb_arena *arena,
                              identity_actor *ret_actor, pb_error *err);
/** Who holds the workspace's key, as of `at_us`. `name` must outlive it. */
identity_actor identity_holder(pb_str name, int64_t at_us);

/** A number that is another one after every committed change of what anybody is, holds or may, by
 * whatever process; for what is kept in memory. One read of one row. */
pb_status identity_turn(db_session *session, int64_t *ret_turn, pb_error *err);

/** An actor that is kept in the workspace's memory until anybody's rights change or a moment comes
 * for which something was said. `actor` is the caller's own to add what the session proved. */
typedef struct identity_held {
    identity_actor actor;
    struct identity_kept *kept; /* what its arrays belong to */
} identity_held;
/** As identity_actor_read; costs a read of one row where the actor is kept. Any thread. To be let
 * go before the workspace is closed. */
pb_status identity_actor_hold(db_session *session, pb_uuid user, int64_t at_us,
                              identity_held *ret_held, pb_error *err);
/** Does nothing with zeros, which `*held` is afterwards. */
void identity_actor_let_go(identity_held *held);

#endif
