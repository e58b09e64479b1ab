/* Who is above whom, without circles, and whom a leaver's people come below. */
#include "identity/review.h"
#include "internal.h"

/* Whether `who` is `top`, or anywhere below it. Rows that hold for ever: there are none that
 * begin later, whatever the clock says. */
static pb_status is_within(db_session *session, pb_uuid top, pb_uuid who, bool *ret_within,
                           pb_error *err)
{
    static const char sql[] =
        "WITH RECURSIVE up (who) AS (SELECT above FROM t_access_superior WHERE below = ?1 AND"
        " until_us IS NULL UNION SELECT s.above FROM t_access_superior AS s JOIN up ON s.below ="
        " up.who WHERE s.until_us IS NULL) SELECT 1 FROM up WHERE who = ?2 LIMIT 1";
    db_stmt *stmt;
    *ret_within = people_same(top, who);
    if (*ret_within)
        return PB_OK;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&who));
    db_bind_blob(stmt, 2, pb_uuid_str(&top));
    PB_TRY(db_step(stmt, ret_within, err));
    db_reset(stmt);
    return PB_OK;
}

pb_status identity_is_below(db_session *session, pb_uuid user, pb_uuid above, bool *ret_below,
                            pb_error *err)
{
    *ret_below = false;
    return people_same(user, above) ? PB_OK : is_within(session, above, user, ret_below, err);
}

static pb_status read_above(db_session *session, pb_uuid user, pb_uuid *ret_above, pb_error *err)
{
    static const char sql[] = "SELECT above FROM t_access_superior WHERE below = ?1 AND until_us IS"
                              " NULL ORDER BY n DESC LIMIT 1";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&user));
    PB_TRY(db_step(stmt, &row, err));
    *ret_above = row ? people_take_id(stmt, 0) : (pb_uuid){{0}};
    db_reset(stmt);
    return PB_OK;
}

static pb_status end_place(db_session *session, const identity_call *call, pb_uuid user,
                           pb_error *err)
{
    static const char sql[] = "UPDATE t_access_superior" END_SET " WHERE below = ?4 AND " NOT_OVER;
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    people_bind_end(stmt, call, call->now_us);
    db_bind_blob(stmt, 4, pb_uuid_str(&user));
    return db_run(stmt, err);
}

static pb_status store(db_session *session, const identity_call *call, pb_uuid user, pb_uuid above,
                       pb_error *err)
{
    static const char sql[] = "INSERT INTO t_access_superior (n, below, above, from_us, until_us,"
                              " by, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    db_stmt *stmt;
    int64_t n;
    PB_TRY(end_place(session, call, user, err));
    if (people_no_one(above))
        return PB_OK;
    PB_TRY(
        db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_access_superior", &n, err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_blob(stmt, 2, pb_uuid_str(&user));
    db_bind_blob(stmt, 3, pb_uuid_str(&above));
    people_bind_since(stmt, 4, call, call->now_us, IDENTITY_OPEN);
    return db_run(stmt, err);
}

static pb_status fail_circle(const identity_user *user, const identity_user *above, pb_error *err)
{
    if (people_same(user->id, above->id)) {
        pb_fail(err, PB_INVALID, PB_MSG("“{name}” cannot be above itself."), "name",
                PB_ARG(user->name), NULL);
        pb_error_hint(err, PB_MSG("Name somebody else."), NULL);
        return PB_INVALID;
    }
    pb_fail(err, PB_INVALID, PB_MSG("“{superior}” cannot be above “{name}”."), "superior",
            PB_ARG(above->name), "name", PB_ARG(user->name), NULL);
    pb_error_detail(err, PB_MSG("“{name}” is above “{superior}”, at once or through others."),
                    "superior", PB_ARG(above->name), "name", PB_ARG(user->name), NULL);
    pb_error_hint(err, PB_MSG("Put “{superior}” below somebody else first."), "superior",
                  PB_ARG(above->name), NULL);
    return PB_INVALID;
}

pb_status identity_superior_set(db_session *session, const identity_call *call, pb_uuid user,
                                pb_uuid superior, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_user stands, above = {.name = PB_STR_NONE};
    pb_uuid before;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(people_user_of_house(session, user, call->now_us, arena, &stands, err));
    if (!people_no_one(superior)) {
        bool circle;
        PB_TRY(people_user_of_house(session, superior, call->now_us, arena, &above, err));
        PB_TRY(is_within(session, user, superior, &circle, err));
        if (circle)
            return fail_circle(&stands, &above, err);
    }
    PB_TRY(read_above(session, user, &before, err));
    if (people_same(before, superior))
        return PB_OK;
    PB_TRY(store(session, call, user, superior, err));
    const people_fact facts[] = {{.key = "user", .value = people_fact_id(&user)},
                                 {.key = "name", .value = people_fact_text(stands.name)},
                                 {.key = "superior", .value = people_fact_id(&superior)}};
    return people_event(session, call, "superior.set", facts, sizeof facts / sizeof *facts, err);
}

/* The next above who is still there: who was above may have run out of time. */
static pb_status find_heir(db_session *session, const identity_call *call, pb_uuid user,
                           pb_arena *arena, pb_uuid *ret_heir, pb_error *err)
{
    pb_uuid heir = user;
    for (;;) {
        identity_user last;
        PB_TRY(read_above(session, heir, &heir, err));
        if (people_no_one(heir))
            break;
        PB_TRY(identity_user_last(session, heir, arena, &last, err));
        if (!people_is_over(&last, call->now_us))
            break;
    }
    *ret_heir = heir;
    return PB_OK;
}

pb_status people_hand_over(db_session *session, const identity_call *call, pb_uuid user,
                           pb_uuid *ret_heir, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const identity_tie_filter filter = {.other = user, .at_us = IDENTITY_EVER};
    identity_tie *ties;
    size_t count;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(find_heir(session, call, user, arena, ret_heir, err));
    PB_TRY(identity_ties(session, IDENTITY_TIE_SUPERIOR, &filter, arena, &ties, &count, err));
    for (size_t i = 0; i < count; i++)
        if (ties[i].until_us == IDENTITY_OPEN)
            PB_TRY(store(session, call, ties[i].user, *ret_heir, err));
    return PB_OK;
}
