/* Who holds which role: given and taken. */
#include "internal.h"

/* The role is held at that moment: until when. */
static pb_status held_until(db_session *session, pb_uuid user, int64_t role, int64_t at_us,
                            bool *ret_held, int64_t *ret_until, pb_error *err)
{
    static const char sql[] = "SELECT until_us FROM t_access_role WHERE holder = ?2 AND role = ?3"
                              " AND " VALID_AT " ORDER BY n DESC LIMIT 1";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, at_us);
    db_bind_blob(stmt, 2, pb_uuid_str(&user));
    db_bind_i64(stmt, 3, role);
    PB_TRY(db_step(stmt, ret_held, err));
    if (*ret_held)
        *ret_until = people_take_end(stmt, 0);
    db_reset(stmt);
    return PB_OK;
}

static pb_status end_from(db_session *session, const identity_call *call, pb_uuid user,
                          int64_t role, int64_t at_us, pb_error *err)
{
    static const char sql[] =
        "UPDATE t_access_role" END_SET " WHERE holder = ?4 AND role = ?5 AND " NOT_OVER;
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    people_bind_end(stmt, call, at_us);
    db_bind_blob(stmt, 4, pb_uuid_str(&user));
    db_bind_i64(stmt, 5, role);
    return db_run(stmt, err);
}

static pb_status store(db_session *session, const identity_call *call, pb_uuid user, int64_t role,
                       int64_t from_us, int64_t until_us, pb_error *err)
{
    static const char sql[] = "INSERT INTO t_access_role (n, holder, role, from_us, until_us, by,"
                              " why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    db_stmt *stmt;
    int64_t n;
    PB_TRY(db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_access_role", &n, err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_blob(stmt, 2, pb_uuid_str(&user));
    db_bind_i64(stmt, 3, role);
    people_bind_since(stmt, 4, call, from_us, until_us);
    PB_TRY(db_run(stmt, err));
    if (from_us > call->now_us)
        PB_TRY(identity_expect(session, from_us, err));
    return identity_expect(session, until_us, err);
}

static pb_status check_span(const identity_user *user, const identity_call *call, int64_t from_us,
                            int64_t until_us, pb_error *err)
{
    if (from_us >= call->now_us && until_us > from_us)
        return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("“{name}” cannot be given a role for that time."), "name",
            PB_ARG(user->name), NULL);
    if (from_us < call->now_us)
        pb_error_detail(err, PB_MSG("Its beginning is past."), NULL);
    else
        pb_error_detail(err, PB_MSG("Its end does not come after its beginning."), NULL);
    pb_error_hint(err, PB_MSG("Let it begin now or later, and end after that."), NULL);
    return PB_INVALID;
}

pb_status identity_role_give(db_session *session, const identity_call *call, pb_uuid user,
                             int64_t role, int64_t from_us, int64_t until_us, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    int64_t from = from_us == 0 ? call->now_us : from_us, held_us = 0;
    identity_user stands;
    bool held;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(people_user_standing(session, user, call->now_us, arena, &stands, err));
    PB_TRY(check_span(&stands, call, from, until_us, err));
    PB_TRY(held_until(session, user, role, from, &held, &held_us, err));
    if (held && held_us == until_us)
        return pb_fail(err, PB_EXISTS, PB_MSG("“{name}” holds this role already."), "name",
                       PB_ARG(stands.name), NULL);
    PB_TRY(end_from(session, call, user, role, from, err));
    PB_TRY(store(session, call, user, role, from, until_us, err));
    const people_fact facts[] = {{.key = "user", .value = people_fact_id(&user)},
                                 {.key = "name", .value = people_fact_text(stands.name)},
                                 {.key = "role", .value = PB_VALUE_INT(role)},
                                 {.key = "from", .value = PB_VALUE_INT(from)},
                                 {.key = "until", .value = people_fact_end(until_us)}};
    return people_event(session, call, "role.given", facts, sizeof facts / sizeof *facts, err);
}

/* Held now, or to be held later. */
static pb_status find_standing(db_session *session, const identity_call *call,
                               const identity_user *user, int64_t role, pb_error *err)
{
    static const char sql[] =
        "SELECT 1 FROM t_access_role WHERE holder = ?2 AND role = ?3 AND " NOT_OVER " LIMIT 1";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, call->now_us);
    db_bind_blob(stmt, 2, pb_uuid_str(&user->id));
    db_bind_i64(stmt, 3, role);
    PB_TRY(db_step(stmt, &row, err));
    db_reset(stmt);
    return row ? PB_OK
               : pb_fail(err, PB_NOT_FOUND, PB_MSG("“{name}” does not hold this role."), "name",
                         PB_ARG(user->name), NULL);
}

pb_status identity_role_take(db_session *session, const identity_call *call, pb_uuid user,
                             int64_t role, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_user last;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(identity_user_last(session, user, arena, &last, err));
    PB_TRY(find_standing(session, call, &last, role, err));
    PB_TRY(end_from(session, call, user, role, call->now_us, err));
    const people_fact facts[] = {{.key = "user", .value = people_fact_id(&user)},
                                 {.key = "name", .value = people_fact_text(last.name)},
                                 {.key = "role", .value = PB_VALUE_INT(role)}};
    return people_event(session, call, "role.taken", facts, sizeof facts / sizeof *facts, err);
}
