/* Reading what is said of users. */
#include "internal.h"

#include "base/time.h"

#define USER_COLUMNS "id, kind, name, shown, language, staff, portal, " SINCE_COLUMNS

static pb_status take_row(db_stmt *stmt, pb_arena *arena, identity_user *ret_user, pb_error *err)
{
    identity_user found = {.id = people_take_id(stmt, 0),
                           .staff = people_take_id(stmt, 5),
                           .portal = people_take_id(stmt, 6),
                           .from_us = db_column_i64(stmt, 7),
                           .until_us = people_take_end(stmt, 8)};
    if (!identity_kind_parse(db_column_text(stmt, 1), &found.kind))
        return db_fail_altered("t_access_user", err);
    if (!db_take_text(stmt, 2, arena, &found.name) || !db_take_text(stmt, 3, arena, &found.shown) ||
        !db_take_text(stmt, 4, arena, &found.language) ||
        !db_take_text(stmt, 9, arena, &found.by) || !db_take_text(stmt, 10, arena, &found.why) ||
        !db_take_text(stmt, 11, arena, &found.ended_by) ||
        !db_take_text(stmt, 12, arena, &found.ended_why))
        return pb_fail_memory(err);
    *ret_user = found;
    return PB_OK;
}

static pb_status take_one(db_stmt *stmt, pb_arena *arena, identity_user *ret_user, bool *ret_found,
                          pb_error *err)
{
    PB_TRY(db_step(stmt, ret_found, err));
    if (!*ret_found)
        return PB_OK;
    pb_status status = take_row(stmt, arena, ret_user, err);
    db_reset(stmt);
    return status;
}

static pb_status fail_none(pb_uuid user, pb_error *err)
{
    char text[37];
    pb_uuid_text(user, text);
    pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no user {id}."), "id", text, NULL);
    return PB_NOT_FOUND;
}

static pb_status fail_over(const identity_user *last, pb_error *err)
{
    PB_AUTO_BUF when = PB_BUF_INIT(64);
    pb_instant_format(&when, last->until_us);
    pb_fail(err, PB_NOT_FOUND, PB_MSG("“{name}” is no user any more."), "name", PB_ARG(last->name),
            NULL);
    pb_error_detail(err, PB_MSG("It was one until {time}."), "time", pb_buf_cstr(&when), NULL);
    return PB_NOT_FOUND;
}

pb_status identity_user_last(db_session *session, pb_uuid user, pb_arena *arena,
                             identity_user *ret_user, pb_error *err)
{
    static const char sql[] = "SELECT " USER_COLUMNS " FROM t_access_user WHERE id = ?1"
                              " ORDER BY n DESC LIMIT 1";
    db_stmt *stmt;
    bool found;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&user));
    PB_TRY(take_one(stmt, arena, ret_user, &found, err));
    return found ? PB_OK : fail_none(user, err);
}

bool people_is_over(const identity_user *last, int64_t now_us)
{
    return last->until_us <= now_us || last->until_us <= last->from_us;
}

pb_status people_user_standing(db_session *session, pb_uuid user, int64_t now_us, pb_arena *arena,
                               identity_user *ret_user, pb_error *err)
{
    identity_user last = {.until_us = 0};
    PB_TRY(identity_user_last(session, user, arena, &last, err));
    if (people_is_over(&last, now_us))
        return fail_over(&last, err);
    *ret_user = last;
    return PB_OK;
}

pb_status people_user_of_house(db_session *session, pb_uuid user, int64_t now_us, pb_arena *arena,
                               identity_user *ret_user, pb_error *err)
{
    PB_TRY(people_user_standing(session, user, now_us, arena, ret_user, err));
    if (ret_user->kind == IDENTITY_PERSON || ret_user->kind == IDENTITY_PROGRAM)
        return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("“{name}” is not of the house."), "name",
            PB_ARG(ret_user->name), NULL);
    pb_error_detail(err,
                    PB_MSG("Portal customers and external auditors are in no team and below or "
                           "above nobody."),
                    NULL);
    return PB_INVALID;
}

pb_status identity_user_read(db_session *session, pb_uuid user, int64_t at_us, pb_arena *arena,
                             identity_user *ret_user, pb_error *err)
{
    static const char sql[] =
        "SELECT " USER_COLUMNS " FROM t_access_user WHERE id = ?2 AND " VALID_AT
        " ORDER BY n DESC LIMIT 1";
    db_stmt *stmt;
    bool found;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, at_us);
    db_bind_blob(stmt, 2, pb_uuid_str(&user));
    PB_TRY(take_one(stmt, arena, ret_user, &found, err));
    return found ? PB_OK : fail_none(user, err);
}

pb_status identity_user_named(db_session *session, pb_str name, pb_uuid *ret_id, pb_error *err)
{
    static const char sql[] = "SELECT id FROM t_access_user WHERE key = ?1 ORDER BY n DESC LIMIT 1";
    PB_AUTO_BUF key = PB_BUF_INIT(1 << 14);
    db_stmt *stmt;
    bool row = false;
    if (people_name_key(name, &key, NULL) == PB_OK) {
        PB_TRY(db_prepare(session, sql, &stmt, err));
        db_bind_text(stmt, 1, pb_buf_str(&key));
        PB_TRY(db_step(stmt, &row, err));
        if (row)
            *ret_id = people_take_id(stmt, 0);
        db_reset(stmt);
    }
    if (row)
        return PB_OK;
    pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no user “{name}”"), "name", PB_ARG(name), NULL);
    return PB_NOT_FOUND;
}

typedef struct user_list {
    pb_arena *arena;
    identity_user *items;
    size_t count, capacity;
} user_list;

static pb_status add_user(void *context, db_stmt *stmt, pb_error *err)
{
    user_list *list = context;
    identity_user found;
    PB_TRY(take_row(stmt, list->arena, &found, err));
    return PB_PUSH(list->arena, list->items, list->count, list->capacity, found)
               ? PB_OK
               : pb_fail_memory(err);
}

pb_status identity_user_list(db_session *session, int64_t at_us, pb_arena *arena,
                             identity_user **ret_users, size_t *ret_count, pb_error *err)
{
    static const char now_sql[] =
        "SELECT " USER_COLUMNS " FROM t_access_user WHERE " VALID_AT " ORDER BY key, n";
    static const char ever_sql[] =
        "SELECT " USER_COLUMNS " FROM t_access_user WHERE " EVER_SO " ORDER BY id, n";
    user_list list = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, at_us == IDENTITY_EVER ? ever_sql : now_sql, &stmt, err));
    if (at_us != IDENTITY_EVER)
        db_bind_i64(stmt, 1, at_us);
    PB_TRY(db_each(stmt, add_user, &list, err));
    *ret_users = list.items;
    *ret_count = list.count;
    return PB_OK;
}
