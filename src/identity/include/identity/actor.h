/* Who acts: the one thing every decision is made from.
 *
 * An actor is read as of a moment (identity/people.h), so that a decision can be made again for any
 * day that is past. It is a value: nothing here decides what it may do (identity/policy.h does).
 * Threads: immutable once read.
 */
#ifndef IDENTITY_ACTOR_H
#define IDENTITY_ACTOR_H

#include "base/bytes.h"

/** What an external auditor is let see: names, in order of their bytes, without doubles. */
typedef struct identity_scope {
    bool limited; /* false: no limit, and no names */
    const pb_str *entities;
    size_t entity_count;
    const pb_str *areas; /* of the audit: completeness, duplicates, … */
    size_t area_count;
} identity_scope;

/** Who acts, as of a moment. Arrays live in the arena it was read into, or as long as it is held.
 */
typedef struct identity_actor {
    bool holder;         /* holds the workspace's key (the command line): everything is allowed,
                            nothing is hidden */
    pb_uuid user;        /* zeros: none */
    pb_str name;         /* as it goes into the ledger */
    pb_uuid staff;       /* the record of entity `staff` that is this person; zeros: none */
    pb_uuid portal;      /* the contact that a portal customer is; zeros: none */
    const pb_uuid *team; /* staff records of everybody in the user's teams, the user's own included;
                            in order of their bytes, without doubles */
    size_t team_count;
    const pb_uuid *below; /* staff records of everybody below the user in the organisation tree, at
                             any depth; ordered likewise; the user's own is not among them */
    size_t below_count;
    const int64_t *roles; /* numbers of the roles held at that moment, ascending */
    size_t role_count;
    int64_t at_us;        /* the moment */
    bool read_only;       /* an external auditor, a read-only key: nothing may be changed whatever
                             the roles say */
    bool second_factor;   /* the session proved one */
    identity_scope scope; /* what the roles allow is cut down to it */
} identity_actor;

#endif
