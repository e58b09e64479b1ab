/* Users, teams and who holds which role, by the names that people call them.
 *
 * Whoever asks must be allowed the operation `users` (identity/policy.h) or hold the workspace's
 * key. A change is one transaction: all of it, or nothing. By what somebody comes to hold or see
 * more asks for a fresh proof of who it is (service_call.proved), and nobody does it to oneself;
 * what takes something away asks for neither. A refusal is an event. Users and teams are named by
 * their id or their name.
 */
#ifndef SERVICE_PEOPLE_H
#define SERVICE_PEOPLE_H

#include "identity/credential.h"
#include "service/service.h"

/** Who asks, and why. */
typedef struct service_people_call {
    const service_call *call;
    const identity_actor *actor;
    pb_str why;                          /* absent: nothing was said */
    const struct service_poster *poster; /* codes go out by mail, too; NULL: they are only told */
} service_people_call;

/** A user as it is to be. Absent texts: when it is changed, as it was; when it is added, by default
 * (shown as the sign-in name, English). */
typedef struct service_user_wish {
    identity_kind kind; /* of a new one */
    pb_str name, shown, language;
    pb_str staff, contact; /* record: id, the source's own id, or name; empty: none any more */
    int64_t from_us;       /* of a new one; 0: now */
    bool has_until;
    int64_t until_us;
    bool has_scope;
    identity_scope scope;
    /* Of a new one: what it holds from its beginning on. */
    const pb_str *roles, *teams;
    size_t role_count, team_count;
    pb_str superior; /* sign-in name; absent: none */
} service_user_wish;

/** For how long a code is good by which somebody gives herself a password, whoever made it and by
 * whatever way: what is handed out on a Friday is good on Monday. */
#define SERVICE_ENROL_US (INT64_C(3) * 86400 * 1000000)
/** `ret_code`: by which it gives itself a password, to be told to it alone; kept nowhere. Empty for
 * a program, which connects with a key. */
pb_status service_user_add(const service_people_call *call, db_workspace *workspace,
                           const service_user_wish *wish, pb_uuid *ret_id,
                           char ret_code[IDENTITY_CODE], pb_error *err);
/** Another code, for one who lost it or the password. PB_INVALID for a program. */
pb_status service_user_enrol(const service_people_call *call, db_workspace *workspace, pb_str name,
                             char ret_code[IDENTITY_CODE], pb_error *err);
/** Changes what is said of the user `name`. */
pb_status service_user_change(const service_people_call *call, db_workspace *workspace, pb_str name,
                              const service_user_wish *wish, pb_error *err);

/** What else can be done to users and teams. */
typedef enum service_people_deed {
    SERVICE_USER_END,
    SERVICE_USER_RETURN, /* until `until_us` */
    SERVICE_ROLE_GIVE,   /* `other`: the role; from `from_us` (0: now) until `until_us` */
    SERVICE_ROLE_TAKE,
    SERVICE_TEAM_JOIN, /* `other`: the team */
    SERVICE_TEAM_LEAVE,
    SERVICE_SUPERIOR_SET, /* `other`: sign-in name of who is above; absent: nobody */
    SERVICE_TEAM_ADD,     /* `name`: of the team */
    SERVICE_TEAM_RENAME,  /* `other`: its name from now on */
    SERVICE_TEAM_END
} service_people_deed;
typedef struct service_people_change {
    service_people_deed deed;
    pb_str name; /* the user, or the team */
    pb_str other;
    int64_t from_us, until_us;
} service_people_change;
/** See the functions of identity/people.h of like name. */
pb_status service_people_do(const service_people_call *call, db_workspace *workspace,
                            const service_people_change *change, pb_error *err);

/** Somebody, and what it holds at a moment. Names are in order. */
typedef struct service_person {
    identity_user user;
    const pb_str *roles, *teams;
    size_t role_count, team_count;
    pb_str superior; /* sign-in name; absent: nobody */
    identity_scope scope;
} service_person;
/** Everybody who is a user at `at_us`, by sign-in name. In `arena`. */
pb_status service_people_list(const service_people_call *call, db_workspace *workspace,
                              int64_t at_us, pb_arena *arena, service_person **ret_people,
                              size_t *ret_count, pb_error *err);

/** How somebody is called. */
typedef struct service_called {
    pb_str name, shown;
} service_called;
/** Who of `called` has words in the name or sign-in name that begin as `words` do, every one of
 * them: folded as the search of records folds (model/value.h), and where nobody is written so, who
 * sounds so in another script. Places in `called`, rising, in `arena`. Cost: a few microseconds for
 * each that is called. */
pb_status service_people_find(pb_str words, const service_called *called, size_t count,
                              pb_arena *arena, size_t **ret_places, size_t *ret_count,
                              pb_error *err);

/** A tie, with the name of what it is to. */
typedef struct service_tie {
    identity_tie_kind kind;
    pb_str name; /* of the role, the team, or who is above */
    identity_tie tie;
} service_tie;
/** One user: as it is at `at_us` (as it was last, where it is none then), and all that was ever
 * said of it, oldest first. */
typedef struct service_person_story {
    service_person person;
    bool standing; /* it is a user at that moment */
    const identity_user *said;
    const service_tie *ties;
    size_t said_count, tie_count;
} service_person_story;
pb_status service_person_show(const service_people_call *call, db_workspace *workspace, pb_str name,
                              int64_t at_us, pb_arena *arena, service_person_story *ret_story,
                              pb_error *err);

/** A team, and the sign-in names of who is in it. */
typedef struct service_team {
    identity_team team;
    const pb_str *members;
    size_t member_count;
} service_team;
pb_status service_team_list(const service_people_call *call, db_workspace *workspace, int64_t at_us,
                            pb_arena *arena, service_team **ret_teams, size_t *ret_count,
                            pb_error *err);

#endif
