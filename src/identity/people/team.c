/* Teams, and who is in them. */
#include "internal.h"

#include "sys/random.h"

enum { KEY_MAX = 1 << 14 };

/* ---- teams ---- */

static pb_status take_team(db_stmt *stmt, pb_arena *arena, identity_team *ret_team, pb_error *err)
{
    identity_team found = {.id = people_take_id(stmt, 0),
                           .from_us = db_column_i64(stmt, 2),
                           .until_us = people_take_end(stmt, 3)};
    if (!db_take_text(stmt, 1, arena, &found.name))
        return pb_fail_memory(err);
    *ret_team = found;
    return PB_OK;
}

static pb_status find_key(db_session *session, pb_str key, int64_t at_us, pb_arena *arena,
                          identity_team *ret_team, bool *ret_found, pb_error *err)
{
    static const char sql[] =
        "SELECT id, name, from_us, until_us FROM t_access_team WHERE key = ?2 AND " VALID_AT
        " ORDER BY n DESC LIMIT 1";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, at_us);
    db_bind_text(stmt, 2, key);
    PB_TRY(db_step(stmt, ret_found, err));
    if (!*ret_found)
        return PB_OK;
    pb_status status = take_team(stmt, arena, ret_team, err);
    db_reset(stmt);
    return status;
}

/* Of the teams there are; those to come there are none. */
static pb_status find_id(db_session *session, pb_uuid id, int64_t now_us, pb_arena *arena,
                         identity_team *ret_team, pb_error *err)
{
    static const char sql[] = "SELECT id, name, from_us, until_us FROM t_access_team WHERE id = ?2"
                              " AND " NOT_OVER " ORDER BY n DESC LIMIT 1";
    char text[37];
    db_stmt *stmt;
    bool found;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, now_us);
    db_bind_blob(stmt, 2, pb_uuid_str(&id));
    PB_TRY(db_step(stmt, &found, err));
    if (!found) {
        pb_uuid_text(id, text);
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no team {id}."), "id", text, NULL);
    }
    pb_status status = take_team(stmt, arena, ret_team, err);
    db_reset(stmt);
    return status;
}

static pb_status store_team(db_session *session, const identity_call *call, pb_uuid id, pb_str name,
                            pb_error *err)
{
    static const char sql[] = "INSERT INTO t_access_team (n, id, name, key, from_us, until_us, by,"
                              " why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    PB_AUTO_BUF key = PB_BUF_INIT(KEY_MAX);
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_team other;
    db_stmt *stmt;
    bool taken;
    int64_t n;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(people_team_key(name, &key, err));
    PB_TRY(find_key(session, pb_buf_str(&key), call->now_us, arena, &other, &taken, err));
    if (taken && !people_same(other.id, id))
        return pb_fail(err, PB_EXISTS, PB_MSG("There is a team “{name}” already."), "name",
                       PB_ARG(other.name), NULL);
    PB_TRY(db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_access_team", &n, err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_blob(stmt, 2, pb_uuid_str(&id));
    db_bind_text(stmt, 3, name);
    db_bind_text(stmt, 4, pb_buf_str(&key));
    people_bind_since(stmt, 5, call, call->now_us, IDENTITY_OPEN);
    return db_run(stmt, err);
}

static pb_status end_rows(db_session *session, const identity_call *call, const char *sql,
                          pb_uuid id, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    people_bind_end(stmt, call, call->now_us);
    db_bind_blob(stmt, 4, pb_uuid_str(&id));
    return db_run(stmt, err);
}

static const char end_team_sql[] = "UPDATE t_access_team" END_SET " WHERE id = ?4 AND " NOT_OVER;

static pb_status tell(db_session *session, const identity_call *call, const char *kind,
                      pb_uuid team, pb_str name, pb_error *err)
{
    const people_fact facts[] = {{.key = "team", .value = people_fact_id(&team)},
                                 {.key = "name", .value = people_fact_text(name)}};
    return people_event(session, call, kind, facts, sizeof facts / sizeof *facts, err);
}

pb_status identity_team_add(db_session *session, const identity_call *call, pb_str name,
                            pb_uuid *ret_id, pb_error *err)
{
    uint8_t random[8];
    PB_TRY(sys_sodium_init(err));
    sys_random(random, sizeof random);
    pb_uuid id = pb_uuid_v7(call->now_us, random);
    PB_TRY(store_team(session, call, id, name, err));
    PB_TRY(tell(session, call, "team.added", id, name, err));
    *ret_id = id;
    return PB_OK;
}

pb_status identity_team_rename(db_session *session, const identity_call *call, pb_uuid team,
                               pb_str name, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_team found;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(find_id(session, team, call->now_us, arena, &found, err));
    if (pb_str_eq(found.name, name))
        return PB_OK;
    PB_TRY(end_rows(session, call, end_team_sql, team, err));
    PB_TRY(store_team(session, call, team, name, err));
    return tell(session, call, "team.changed", team, name, err);
}

pb_status identity_team_end(db_session *session, const identity_call *call, pb_uuid team,
                            pb_error *err)
{
    static const char members_sql[] =
        "UPDATE t_access_member" END_SET " WHERE team = ?4 AND " NOT_OVER;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_team found;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(find_id(session, team, call->now_us, arena, &found, err));
    PB_TRY(end_rows(session, call, end_team_sql, team, err));
    PB_TRY(end_rows(session, call, members_sql, team, err));
    return tell(session, call, "team.ended", team, found.name, err);
}

pb_status identity_team_named(db_session *session, pb_str name, int64_t at_us, pb_arena *arena,
                              identity_team *ret_team, pb_error *err)
{
    PB_AUTO_BUF key = PB_BUF_INIT(KEY_MAX);
    bool found = false;
    if (people_team_key(name, &key, NULL) == PB_OK)
        PB_TRY(find_key(session, pb_buf_str(&key), at_us, arena, ret_team, &found, err));
    return found ? PB_OK
                 : pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no team “{name}”"), "name",
                           PB_ARG(name), NULL);
}

typedef struct team_list {
    pb_arena *arena;
    identity_team *items;
    size_t count, capacity;
} team_list;

static pb_status add_team(void *context, db_stmt *stmt, pb_error *err)
{
    team_list *list = context;
    identity_team found;
    PB_TRY(take_team(stmt, list->arena, &found, err));
    return PB_PUSH(list->arena, list->items, list->count, list->capacity, found)
               ? PB_OK
               : pb_fail_memory(err);
}

pb_status identity_team_list(db_session *session, int64_t at_us, pb_arena *arena,
                             identity_team **ret_teams, size_t *ret_count, pb_error *err)
{
    static const char now_sql[] =
        "SELECT id, name, from_us, until_us FROM t_access_team WHERE " VALID_AT " ORDER BY key, n";
    static const char ever_sql[] =
        "SELECT id, name, from_us, until_us FROM t_access_team WHERE " EVER_SO " ORDER BY id, n";
    team_list list = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, at_us == IDENTITY_EVER ? ever_sql : now_sql, &stmt, err));
    if (at_us != IDENTITY_EVER)
        db_bind_i64(stmt, 1, at_us);
    PB_TRY(db_each(stmt, add_team, &list, err));
    *ret_teams = list.items;
    *ret_count = list.count;
    return PB_OK;
}

/* ---- members ---- */

static pb_status is_member(db_session *session, pb_uuid team, pb_uuid user, int64_t now_us,
                           bool *ret_is, pb_error *err)
{
    static const char sql[] =
        "SELECT 1 FROM t_access_member WHERE team = ?2 AND member = ?3 AND " NOT_OVER " LIMIT 1";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, now_us);
    db_bind_blob(stmt, 2, pb_uuid_str(&team));
    db_bind_blob(stmt, 3, pb_uuid_str(&user));
    PB_TRY(db_step(stmt, ret_is, err));
    db_reset(stmt);
    return PB_OK;
}

static pb_status tell_member(db_session *session, const identity_call *call, const char *kind,
                             pb_uuid team, const identity_user *user, pb_error *err)
{
    const people_fact facts[] = {{.key = "team", .value = people_fact_id(&team)},
                                 {.key = "user", .value = people_fact_id(&user->id)},
                                 {.key = "name", .value = people_fact_text(user->name)}};
    return people_event(session, call, kind, facts, sizeof facts / sizeof *facts, err);
}

pb_status identity_team_join(db_session *session, const identity_call *call, pb_uuid team,
                             pb_uuid user, pb_error *err)
{
    static const char sql[] = "INSERT INTO t_access_member (n, team, member, from_us, until_us, by,"
                              " why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_team found;
    identity_user stands;
    db_stmt *stmt;
    bool member;
    int64_t n;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(find_id(session, team, call->now_us, arena, &found, err));
    PB_TRY(people_user_of_house(session, user, call->now_us, arena, &stands, err));
    PB_TRY(is_member(session, team, user, call->now_us, &member, err));
    if (member)
        return pb_fail(err, PB_EXISTS, PB_MSG("“{name}” is in the team “{team}” already."), "name",
                       PB_ARG(stands.name), "team", PB_ARG(found.name), NULL);
    PB_TRY(db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_access_member", &n, err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_blob(stmt, 2, pb_uuid_str(&team));
    db_bind_blob(stmt, 3, pb_uuid_str(&user));
    people_bind_since(stmt, 4, call, call->now_us, IDENTITY_OPEN);
    PB_TRY(db_run(stmt, err));
    return tell_member(session, call, "team.joined", team, &stands, err);
}

pb_status identity_team_leave(db_session *session, const identity_call *call, pb_uuid team,
                              pb_uuid user, pb_error *err)
{
    static const char sql[] =
        "UPDATE t_access_member" END_SET " WHERE team = ?4 AND member = ?5 AND " NOT_OVER;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_team found;
    identity_user last;
    db_stmt *stmt;
    bool member;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(find_id(session, team, call->now_us, arena, &found, err));
    PB_TRY(identity_user_last(session, user, arena, &last, err));
    PB_TRY(is_member(session, team, user, call->now_us, &member, err));
    if (!member)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("“{name}” is not in the team “{team}”."), "name",
                       PB_ARG(last.name), "team", PB_ARG(found.name), NULL);
    PB_TRY(db_prepare(session, sql, &stmt, err));
    people_bind_end(stmt, call, call->now_us);
    db_bind_blob(stmt, 4, pb_uuid_str(&team));
    db_bind_blob(stmt, 5, pb_uuid_str(&user));
    PB_TRY(db_run(stmt, err));
    return tell_member(session, call, "team.left", team, &last, err);
}
