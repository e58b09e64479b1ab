/* Reading ties, and ending those of a user. */
#include "internal.h"

enum { SQL_MAX = 1 << 12 };

/* The columns that say who, whom (or what), and the table. */
static const struct {
    const char *user, *other, *table;
} sources[] = {
    [IDENTITY_TIE_ROLE] = {"holder", "role", "t_access_role"},
    [IDENTITY_TIE_TEAM] = {"member", "team", "t_access_member"},
    [IDENTITY_TIE_SUPERIOR] = {"below", "above", "t_access_superior"},
};

static pb_status take_tie(db_stmt *stmt, identity_tie_kind kind, pb_arena *arena,
                          identity_tie *ret_tie, pb_error *err)
{
    identity_tie found = {.user = people_take_id(stmt, 0),
                          .from_us = db_column_i64(stmt, 2),
                          .until_us = people_take_end(stmt, 3)};
    if (kind == IDENTITY_TIE_ROLE)
        found.role = db_column_i64(stmt, 1);
    else
        found.other = people_take_id(stmt, 1);
    if (!db_take_text(stmt, 4, arena, &found.by) || !db_take_text(stmt, 5, arena, &found.why) ||
        !db_take_text(stmt, 6, arena, &found.ended_by) ||
        !db_take_text(stmt, 7, arena, &found.ended_why))
        return pb_fail_memory(err);
    *ret_tie = found;
    return PB_OK;
}

static pb_status ask(db_session *session, identity_tie_kind kind, const identity_tie_filter *filter,
                     db_stmt **ret_stmt, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    const bool ever = filter->at_us == IDENTITY_EVER;
    const int user = people_no_one(filter->user) ? 0 : ever ? 1 : 2;
    const int other = people_no_one(filter->other) ? 0 : (ever ? 1 : 2) + (user != 0);
    const int role = filter->one_role ? (ever ? 1 : 2) + (user != 0) + (other != 0) : 0;
    db_stmt *stmt = NULL;
    pb_buf_printf(&sql, "SELECT %s, %s, " SINCE_COLUMNS " FROM %s WHERE %s", sources[kind].user,
                  sources[kind].other, sources[kind].table, ever ? EVER_SO : VALID_AT);
    if (user != 0)
        pb_buf_printf(&sql, " AND %s = ?%d", sources[kind].user, user);
    if (other != 0)
        pb_buf_printf(&sql, " AND %s = ?%d", sources[kind].other, other);
    if (role != 0)
        pb_buf_printf(&sql, " AND role = ?%d", role);
    pb_buf_addc(&sql, " ORDER BY from_us, n");
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    if (!ever)
        db_bind_i64(stmt, 1, filter->at_us);
    if (user != 0)
        db_bind_blob(stmt, user, pb_uuid_str(&filter->user));
    if (other != 0)
        db_bind_blob(stmt, other, pb_uuid_str(&filter->other));
    if (role != 0)
        db_bind_i64(stmt, role, filter->role);
    *ret_stmt = stmt;
    return PB_OK;
}

typedef struct tie_list {
    identity_tie_kind kind;
    pb_arena *arena;
    identity_tie *items;
    size_t count, capacity;
} tie_list;

static pb_status add_tie(void *context, db_stmt *stmt, pb_error *err)
{
    tie_list *list = context;
    identity_tie found;
    PB_TRY(take_tie(stmt, list->kind, list->arena, &found, err));
    return PB_PUSH(list->arena, list->items, list->count, list->capacity, found)
               ? PB_OK
               : pb_fail_memory(err);
}

pb_status identity_ties(db_session *session, identity_tie_kind kind,
                        const identity_tie_filter *filter, pb_arena *arena, identity_tie **ret_ties,
                        size_t *ret_count, pb_error *err)
{
    tie_list list = {.kind = kind, .arena = arena};
    db_stmt *stmt = NULL;
    PB_TRY(ask(session, kind, filter, &stmt, err));
    PB_TRY(db_each(stmt, add_tie, &list, err));
    *ret_ties = list.items;
    *ret_count = list.count;
    return PB_OK;
}

pb_status people_end_ties(db_session *session, const identity_call *call, pb_uuid user,
                          pb_error *err)
{
    static const char *const all[] = {
        "UPDATE t_access_role" END_SET " WHERE holder = ?4 AND " NOT_OVER,
        "UPDATE t_access_member" END_SET " WHERE member = ?4 AND " NOT_OVER,
        "UPDATE t_access_scope" END_SET " WHERE holder = ?4 AND " NOT_OVER,
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        db_stmt *stmt;
        PB_TRY(db_prepare(session, all[i], &stmt, err));
        people_bind_end(stmt, call, call->now_us);
        db_bind_blob(stmt, 4, pb_uuid_str(&user));
        PB_TRY(db_run(stmt, err));
    }
    return PB_OK;
}
