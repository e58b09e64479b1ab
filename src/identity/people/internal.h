/* What the files of this room share. */
#ifndef IDENTITY_PEOPLE_INTERNAL_H
#define IDENTITY_PEOPLE_INTERNAL_H

#include "../turn.h"
#include "db/row.h"
#include "identity/people.h"

/* Parts of statements over rows that hold for a time. ?1: a moment. */
#define VALID_AT "from_us <= ?1 AND (until_us IS NULL OR until_us > ?1)"
/* ... and what was ended before it began is over. */
#define NOT_OVER "(until_us IS NULL OR (until_us > ?1 AND until_us > from_us))"
/* ... or was at any time. */
#define EVER_SO "(until_us IS NULL OR until_us > from_us)"
/* ... ?2 and ?3: who ends them, and why. What has not begun by then never does. */
#define END_SET                                                                                    \
    " SET until_us = CASE WHEN from_us > ?1 THEN from_us ELSE ?1 END, ended_by = ?2,"              \
    " ended_why = ?3"
#define SINCE_COLUMNS "from_us, until_us, by, why, ended_by, ended_why"

bool people_no_one(pb_uuid id);
bool people_same(pb_uuid one, pb_uuid other);

/** Binds `from_us`, `until_us`, `by` and `why` of a new row to four parameters from `first` on. */
void people_bind_since(db_stmt *stmt, int first, const identity_call *call, int64_t from_us,
                       int64_t until_us);
/** Binds ?1 to ?3 of a statement with END_SET. */
void people_bind_end(db_stmt *stmt, const identity_call *call, int64_t at_us);
/** Binds an id; zeros: NULL. */
void people_bind_id(db_stmt *stmt, int parameter, const pb_uuid *id);
/** Zeros where the column is NULL, or holds no id. */
pb_uuid people_take_id(db_stmt *stmt, int column);
int64_t people_take_end(db_stmt *stmt, int column);

/** What an event says: one value, or a list of one kind. */
typedef struct people_fact {
    const char *key;
    pb_value value;
    const pb_uuid *ids;
    const int64_t *numbers;
    const pb_str *texts;
    size_t count; /* of the list */
} people_fact;
pb_value people_fact_id(const pb_uuid *id);
pb_value people_fact_text(pb_str text);
pb_value people_fact_end(int64_t us);
/** Appends an event with these facts, in whatever order, and why; counts the turn up. */
pb_status people_event(db_session *session, const identity_call *call, const char *kind,
                       const people_fact *facts, size_t count, pb_error *err);

/** Checks a sign-in name and gives the form in which no two are the same: NFKC, case folded. */
pb_status people_name_key(pb_str name, pb_buf *out, pb_error *err);
/** The same for names of teams, which may have blanks. */
pb_status people_team_key(pb_str name, pb_buf *out, pb_error *err);
/** Checks what is shown of somebody. */
pb_status people_shown_check(pb_str shown, pb_error *err);

/** It is no user any more, nor will be. */
bool people_is_over(const identity_user *last, int64_t now_us);
/** The user is one now, or will be: what is said of it last. PB_NOT_FOUND names it. */
pb_status people_user_standing(db_session *session, pb_uuid user, int64_t now_us, pb_arena *arena,
                               identity_user *ret_user, pb_error *err);
/** The same, of one who can be in a team or in the tree: no portal customer, no auditor. */
pb_status people_user_of_house(db_session *session, pb_uuid user, int64_t now_us, pb_arena *arena,
                               identity_user *ret_user, pb_error *err);

/** What ends with a user: roles, teams, scope; and whom its subordinates come below. */
pb_status people_end_ties(db_session *session, const identity_call *call, pb_uuid user,
                          pb_error *err);
pb_status people_hand_over(db_session *session, const identity_call *call, pb_uuid user,
                           pb_uuid *ret_heir, pb_error *err);

#endif
