/* Known browsers: kept when somebody signs in on one, asked before anybody is slowed, taken back.
 */
#include "internal.h"

#include "identity/browser.h"

/* ---- known or not ---- */

static pb_str ticket_id(const uint8_t id[IDENTITY_CHALLENGE])
{
    return pb_str_n((const char *)id, IDENTITY_CHALLENGE);
}

/* The ticket that the visit shows, when it is one of that user's. */
static bool own_ticket(db_workspace *workspace, const identity_visit *visit, pb_uuid user,
                       identity_ticket *ret)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    return arena != NULL && visit->known.len > 0 &&
           identity_ticket_open(workspace, visit->known, TICKET_DEVICE, visit->now_us, arena, ret,
                                NULL) == PB_OK &&
           memcmp(&ret->user, &user, sizeof user) == 0;
}

pb_status identity_browser_known(db_session *session, const identity_visit *visit, pb_uuid user,
                                 uint8_t ret_id[IDENTITY_CHALLENGE], bool *ret_known, pb_error *err)
{
    static const char sql[] =
        "SELECT 1 FROM t_sign_browser WHERE id = ?1 AND owner = ?2 AND until_us > ?3";
    identity_ticket ticket;
    db_stmt *stmt;
    *ret_known = false;
    if (!own_ticket(db_session_workspace(session), visit, user, &ticket))
        return PB_OK;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, ticket_id(ticket.id));
    db_bind_blob(stmt, 2, pb_uuid_str(&user));
    db_bind_i64(stmt, 3, visit->now_us);
    PB_TRY(db_step(stmt, ret_known, err));
    db_reset(stmt);
    memcpy(ret_id, ticket.id, sizeof ticket.id);
    return PB_OK;
}

/* ---- kept ---- */

static pb_status forget(db_session *session, const char *sql, pb_uuid user, int64_t number,
                        pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&user));
    db_bind_i64(stmt, 2, number);
    return db_run(stmt, err);
}

/* Who signs in by a program that keeps no ticket would fill the table. */
static pb_status make_room(db_session *session, pb_uuid user, int64_t now_us, pb_error *err)
{
    static const char old_sql[] = "DELETE FROM t_sign_browser WHERE owner = ?1 AND until_us <= ?2";
    static const char most_sql[] =
        "DELETE FROM t_sign_browser WHERE n IN (SELECT n FROM t_sign_browser WHERE owner = ?1"
        " ORDER BY seen_us DESC, n DESC LIMIT 1000 OFFSET ?2)";
    PB_TRY(forget(session, old_sql, user, now_us, err));
    return forget(session, most_sql, user, IDENTITY_BROWSERS_MOST - 1, err);
}

pb_status identity_browser_keep(db_session *session, const identity_visit *visit,
                                const identity_ticket *ticket, pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_sign_browser (n, id, owner, address, device, from_us, seen_us, until_us)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)";
    db_stmt *stmt;
    int64_t n;
    PB_TRY(make_room(session, ticket->user, visit->now_us, err));
    PB_TRY(db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_sign_browser", &n, err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_blob(stmt, 2, ticket_id(ticket->id));
    db_bind_blob(stmt, 3, pb_uuid_str(&ticket->user));
    db_bind_value(stmt, 4, identity_where(visit->address));
    db_bind_value(stmt, 5, identity_where(visit->device));
    db_bind_i64(stmt, 6, visit->now_us);
    db_bind_i64(stmt, 7, ticket->until_us);
    return db_run(stmt, err);
}

pb_status identity_browser_seen(db_session *session, const identity_visit *visit,
                                const uint8_t id[IDENTITY_CHALLENGE], pb_error *err)
{
    static const char sql[] =
        "UPDATE t_sign_browser SET seen_us = ?2, address = ?3, device = ?4 WHERE id = ?1";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, ticket_id(id));
    db_bind_i64(stmt, 2, visit->now_us);
    db_bind_value(stmt, 3, identity_where(visit->address));
    db_bind_value(stmt, 4, identity_where(visit->device));
    return db_run(stmt, err);
}

/* ---- listed ---- */

typedef struct browser_list {
    pb_arena *arena;
    const identity_ticket *current; /* NULL: none of them asks */
    identity_browser *items;
    size_t count, capacity;
} browser_list;

static pb_status keep_text(db_stmt *stmt, int column, pb_arena *arena, pb_str *ret, pb_error *err)
{
    if (db_column_is_null(stmt, column))
        return PB_OK;
    *ret = pb_arena_str(arena, db_column_text(stmt, column));
    return ret->ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status add_browser(void *context, db_stmt *stmt, pb_error *err)
{
    browser_list *list = context;
    identity_browser one = {.n = db_column_i64(stmt, 0),
                            .from_us = db_column_i64(stmt, 4),
                            .seen_us = db_column_i64(stmt, 5),
                            .until_us = db_column_i64(stmt, 6)};
    one.current =
        list->current != NULL && pb_str_eq(db_column_blob(stmt, 1), ticket_id(list->current->id));
    PB_TRY(keep_text(stmt, 2, list->arena, &one.address, err));
    PB_TRY(keep_text(stmt, 3, list->arena, &one.device, err));
    return PB_PUSH(list->arena, list->items, list->count, list->capacity, one)
               ? PB_OK
               : pb_fail_memory(err);
}

pb_status identity_browser_list(db_session *session, const identity_visit *visit, pb_uuid user,
                                pb_arena *arena, identity_browser **ret_browsers, size_t *ret_count,
                                pb_error *err)
{
    static const char sql[] =
        "SELECT n, id, address, device, from_us, seen_us, until_us FROM t_sign_browser"
        " WHERE owner = ?1 AND until_us > ?2 ORDER BY seen_us DESC, n DESC";
    identity_ticket ticket;
    bool own = own_ticket(db_session_workspace(session), visit, user, &ticket);
    browser_list list = {.arena = arena, .current = own ? &ticket : NULL};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&user));
    db_bind_i64(stmt, 2, visit->now_us);
    PB_TRY(db_each(stmt, add_browser, &list, err));
    *ret_browsers = list.items;
    *ret_count = list.count;
    return PB_OK;
}

/* ---- taken back ---- */

static pb_status end_one(db_session *session, const identity_visit *visit, pb_uuid user, int64_t n,
                         pb_error *err)
{
    static const char sql[] = "DELETE FROM t_sign_browser WHERE owner = ?1 AND n = ?2";
    const identity_pair pairs[] = {{"browser", PB_VALUE_INT(n)}};
    PB_TRY(forget(session, sql, user, n, err));
    return identity_note(session, visit, "browser.ended", user, pairs, 1, err);
}

/* 0: every one. */
static pb_status end_some(db_session *session, const identity_visit *visit, pb_uuid user, int64_t n,
                          size_t *ret_count, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_browser *all;
    size_t count, ended = 0;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(identity_browser_list(session, visit, user, arena, &all, &count, err));
    for (size_t i = 0; i < count; i++)
        if (n == 0 || all[i].n == n) {
            PB_TRY(end_one(session, visit, user, all[i].n, err));
            ended++;
        }
    *ret_count = ended;
    return PB_OK;
}

pb_status identity_browser_end(db_session *session, const identity_visit *visit, pb_uuid user,
                               int64_t n, pb_error *err)
{
    size_t ended = 0;
    if (n > 0)
        PB_TRY(end_some(session, visit, user, n, &ended, err));
    return ended > 0 ? PB_OK
                     : pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no known browser {number}."),
                               "number", PB_ARG_INT(n), NULL);
}

pb_status identity_browser_end_all(db_session *session, const identity_visit *visit, pb_uuid user,
                                   size_t *ret_count, pb_error *err)
{
    return end_some(session, visit, user, 0, ret_count, err);
}

pb_status identity_browser_forget(db_session *session, pb_uuid user, pb_error *err)
{
    static const char sql[] = "DELETE FROM t_sign_browser WHERE owner = ?1 AND n > ?2";
    return forget(session, sql, user, 0, err);
}
