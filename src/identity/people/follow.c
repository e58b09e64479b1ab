/* Users go where the record goes that they are: into the one it was merged into, and back. */
#include "internal.h"

static const pb_str merged = {"merge", sizeof "merge" - 1};

/* The column that says which record of that entity a user is; NULL: none does. */
static const char *column_of(pb_str entity)
{
    return pb_str_is(entity, "staff") ? "staff" : pb_str_is(entity, "contact") ? "portal" : NULL;
}

typedef struct gathering {
    pb_arena *arena;
    pb_uuid *users;
    size_t count, capacity;
} gathering;

static pb_status gather(void *context, db_stmt *stmt, pb_error *err)
{
    gathering *g = context;
    pb_uuid user = people_take_id(stmt, 0);
    return PB_PUSH(g->arena, g->users, g->count, g->capacity, user) ? PB_OK : pb_fail_memory(err);
}

/* Ids of the users that are, or will be, said to be that record. */
static pb_status find_users(db_session *session, const char *column, pb_uuid record, int64_t now_us,
                            pb_arena *arena, pb_uuid **ret_users, size_t *ret_count, pb_error *err)
{
    const char *sql = column[0] == 's' ? "SELECT DISTINCT id FROM t_access_user WHERE staff = ?2"
                                         " AND " NOT_OVER
                                       : "SELECT DISTINCT id FROM t_access_user WHERE portal = ?2"
                                         " AND " NOT_OVER;
    gathering g = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, now_us);
    db_bind_blob(stmt, 2, pb_uuid_str(&record));
    PB_TRY(db_each(stmt, gather, &g, err));
    *ret_users = g.users;
    *ret_count = g.count;
    return PB_OK;
}

/* Whether a merge of `record` is what last made that user another record. */
static pb_status came_from(db_session *session, const char *column, pb_uuid user, pb_uuid now,
                           pb_uuid record, bool *ret_came, pb_error *err)
{
    const char *sql = column[0] == 's' ? "SELECT staff, ended_why FROM t_access_user WHERE id = ?1"
                                         " AND staff <> ?2 ORDER BY n DESC LIMIT 1"
                                       : "SELECT portal, ended_why FROM t_access_user WHERE id = ?1"
                                         " AND portal <> ?2 ORDER BY n DESC LIMIT 1";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&user));
    db_bind_blob(stmt, 2, pb_uuid_str(&now));
    PB_TRY(db_step(stmt, &row, err));
    *ret_came = row && people_same(people_take_id(stmt, 0), record) &&
                !db_column_is_null(stmt, 1) && pb_str_eq(db_column_text(stmt, 1), merged);
    db_reset(stmt);
    return PB_OK;
}

static pb_status move(db_session *session, const identity_call *call, const char *column,
                      pb_uuid user, pb_uuid record, pb_arena *arena, pb_error *err)
{
    identity_user said;
    PB_TRY(identity_user_last(session, user, arena, &said, err));
    *(column[0] == 's' ? &said.staff : &said.portal) = record;
    return identity_user_change(session, call, &said, err);
}

pb_status identity_follow(db_session *session, const identity_call *call, pb_str entity,
                          pb_uuid from, pb_uuid into, bool back, pb_error *err)
{
    const identity_call by = {call->actor, call->now_us, merged};
    const char *column = column_of(entity);
    pb_uuid *users;
    size_t count;
    if (column == NULL)
        return PB_OK;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(find_users(session, column, from, call->now_us, arena, &users, &count, err));
    for (size_t i = 0; i < count; i++) {
        bool moves = !back;
        if (back)
            PB_TRY(came_from(session, column, users[i], from, into, &moves, err));
        if (moves)
            PB_TRY(move(session, &by, column, users[i], into, arena, err));
    }
    return PB_OK;
}
