/* Saved views of lists. */
#include "identity/own.h"

#include <string.h>

#include "base/cbor.h"
#include "base/utf8.h"
#include "db/row.h"

#define COLUMNS                                                                                    \
    "v.n, v.owner, v.entity, v.name, v.fields, v.filter, v.sort, v.shared, v.standard, v.version," \
    " v.changed_us"
#define NOW(t) t ".from_us <= ?2 AND (" t ".until_us IS NULL OR " t ".until_us > ?2)"
/* ?1: who looks, ?2: now. */
#define SEEN                                                                                       \
    "(v.owner = ?1 OR (v.shared = 1 AND EXISTS (SELECT 1 FROM t_access_member a, t_access_member " \
    "b WHERE a.member = ?1 AND b.member = v.owner AND b.team = a.team AND " NOW("a") " AND " NOW(  \
        "b") ")))"

static pb_status take_view(db_stmt *stmt, pb_arena *arena, identity_view *ret_view, pb_error *err)
{
    identity_view view = {.n = db_column_i64(stmt, 0),
                          .shared = db_column_i64(stmt, 7) != 0,
                          .standard = db_column_i64(stmt, 8) != 0,
                          .version = db_column_i64(stmt, 9),
                          .changed_us = db_column_i64(stmt, 10)};
    pb_str *texts[] = {&view.entity, &view.name, &view.fields, &view.filter, &view.sort};
    pb_str owner = db_column_blob(stmt, 1);
    if (owner.len != sizeof view.owner.b)
        return db_fail_altered("t_screen_view", err);
    memcpy(view.owner.b, owner.ptr, owner.len);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!db_take_text(stmt, (int)i + 2, arena, texts[i]))
            return pb_fail_memory(err);
    *ret_view = view;
    return PB_OK;
}

typedef struct taking {
    pb_arena *arena;
    identity_view *items;
    size_t count, room;
} taking;

static pb_status take_row(void *context, db_stmt *stmt, pb_error *err)
{
    taking *t = context;
    identity_view view;
    PB_TRY(take_view(stmt, t->arena, &view, err));
    return PB_PUSH(t->arena, t->items, t->count, t->room, view) ? PB_OK : pb_fail_memory(err);
}

pb_status identity_view_list(db_session *session, pb_uuid user, int64_t now_us, pb_str entity,
                             pb_arena *arena, identity_view **ret_views, size_t *ret_count,
                             pb_error *err)
{
    static const char all_sql[] = "SELECT " COLUMNS " FROM t_screen_view v WHERE " SEEN
                                  " ORDER BY CASE WHEN v.owner = ?1 THEN 0 ELSE 1 END, v.n";
    static const char one_sql[] =
        "SELECT " COLUMNS " FROM t_screen_view v WHERE v.entity = ?3 AND " SEEN
        " ORDER BY CASE WHEN v.owner = ?1 THEN 0 ELSE 1 END, v.n";
    taking t = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, entity.ptr == NULL ? all_sql : one_sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&user));
    db_bind_i64(stmt, 2, now_us);
    if (entity.ptr != NULL)
        db_bind_text(stmt, 3, entity);
    PB_TRY(db_each(stmt, take_row, &t, err));
    *ret_views = t.items;
    *ret_count = t.count;
    return PB_OK;
}

static pb_status fail_absent(int64_t n, pb_error *err)
{
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no view {number}."), "number", PB_ARG_INT(n),
                   NULL);
}

pb_status identity_view_find(db_session *session, pb_uuid user, int64_t now_us, int64_t n,
                             pb_arena *arena, identity_view *ret_view, pb_error *err)
{
    static const char sql[] = "SELECT " COLUMNS " FROM t_screen_view v WHERE v.n = ?3 AND " SEEN;
    taking t = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&user));
    db_bind_i64(stmt, 2, now_us);
    db_bind_i64(stmt, 3, n);
    PB_TRY(db_each(stmt, take_row, &t, err));
    if (t.count == 0)
        return fail_absent(n, err);
    *ret_view = t.items[0];
    return PB_OK;
}

/* ---- changing ---- */

static pb_status own_views(db_session *session, pb_uuid owner, pb_arena *arena, taking *t,
                           pb_error *err)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM t_screen_view v WHERE v.owner = ?1 ORDER BY v.n";
    db_stmt *stmt;
    t->arena = arena;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&owner));
    return db_each(stmt, take_row, t, err);
}

static pb_status fail_text(const char *field, pb_error *err)
{
    return pb_fail(err, PB_INVALID, PB_MSG("“{field}” has {most} bytes at most."), "field", field,
                   "most", PB_ARG_INT(IDENTITY_VIEW_TEXT_MAX), NULL);
}

static pb_status check_texts(const identity_view *view, pb_error *err)
{
    size_t letters = pb_utf8_count(view->name);
    if (pb_str_trim(view->name).len == 0 || letters > IDENTITY_VIEW_NAME_MAX)
        return pb_fail(err, PB_INVALID, PB_MSG("A view has a name of 1 to {most} characters."),
                       "field", "name", "most", PB_ARG_INT(IDENTITY_VIEW_NAME_MAX), NULL);
    if (view->fields.len > IDENTITY_VIEW_TEXT_MAX)
        return fail_text("columns", err);
    if (view->filter.len > IDENTITY_VIEW_TEXT_MAX)
        return fail_text("filter", err);
    return view->sort.len > IDENTITY_VIEW_TEXT_MAX ? fail_text("sort", err) : PB_OK;
}

static pb_status check_version(const identity_view *now, int64_t version, pb_error *err)
{
    if (version == 0 || version == now->version)
        return PB_OK;
    pb_fail(err, PB_CONFLICT, PB_MSG("The view was changed meanwhile."), NULL);
    pb_error_hint(err, PB_MSG("Read it again, and change it as it is now."), NULL);
    return PB_CONFLICT;
}

/* One's own views beside the one that is written. */
static pb_status check_others(const taking *own, const identity_view *view, pb_error *err)
{
    if (view->n == 0 && own->count >= IDENTITY_VIEWS_MOST) {
        pb_fail(err, PB_LIMIT, PB_MSG("Nobody keeps more than {most} views."), "most",
                PB_ARG_INT(IDENTITY_VIEWS_MOST), NULL);
        pb_error_hint(err, PB_MSG("Remove one that is not used any more."), NULL);
        return PB_LIMIT;
    }
    for (size_t i = 0; i < own->count; i++)
        if (own->items[i].n != view->n && pb_str_eq(own->items[i].entity, view->entity) &&
            pb_str_eq(own->items[i].name, view->name))
            return pb_fail(err, PB_EXISTS, PB_MSG("There is a view “{name}” already."), "field",
                           "name", "name", PB_ARG(view->name), NULL);
    return PB_OK;
}

static pb_status log_view(db_session *session, const identity_call *call, const char *kind,
                          const identity_view *view, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(4096);
    uint64_t sequence;
    pb_cbor_map(&payload, 5); /* by length of the key, then bytes (RFC 8949 4.2.3) */
    pb_cbor_text(&payload, PB_STR("name"));
    pb_cbor_text(&payload, view->name);
    pb_cbor_text(&payload, PB_STR("view"));
    pb_cbor_int(&payload, view->n);
    pb_cbor_text(&payload, PB_STR("owner"));
    pb_cbor_bytes(&payload, pb_uuid_str(&view->owner));
    pb_cbor_text(&payload, PB_STR("entity"));
    pb_cbor_text(&payload, view->entity);
    pb_cbor_text(&payload, PB_STR("shared"));
    pb_cbor_bool(&payload, view->shared);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {
        .kind = kind, .at_us = call->now_us, .actor = call->actor, .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

static void bind_view(db_stmt *stmt, const identity_view *view)
{
    db_bind_i64(stmt, 1, view->n);
    db_bind_text(stmt, 2, view->name);
    db_bind_text(stmt, 3, view->fields);
    db_bind_text(stmt, 4, view->filter);
    db_bind_text(stmt, 5, view->sort);
    db_bind_i64(stmt, 6, view->shared);
    db_bind_i64(stmt, 7, view->standard);
    db_bind_i64(stmt, 8, view->version);
    db_bind_i64(stmt, 9, view->changed_us);
}

static pb_status insert(db_session *session, identity_view *view, pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_screen_view (n, name, fields, filter, sort, shared, standard, version,"
        " changed_us, owner, entity) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    db_stmt *stmt;
    PB_TRY(db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_screen_view", &view->n,
                          err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    bind_view(stmt, view);
    db_bind_blob(stmt, 10, pb_uuid_str(&view->owner));
    db_bind_text(stmt, 11, view->entity);
    return db_run(stmt, err);
}

static pb_status update(db_session *session, const identity_view *view, pb_error *err)
{
    static const char sql[] =
        "UPDATE t_screen_view SET name = ?2, fields = ?3, filter = ?4, sort = ?5, shared = ?6,"
        " standard = ?7, version = ?8, changed_us = ?9 WHERE n = ?1";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    bind_view(stmt, view);
    return db_run(stmt, err);
}

/* There is one standard in an entity. */
static pb_status end_standard(db_session *session, const identity_view *view, pb_error *err)
{
    static const char sql[] =
        "UPDATE t_screen_view SET standard = 0, version = version + 1 WHERE owner = ?1"
        " AND entity = ?2 AND standard = 1 AND n <> ?3";
    db_stmt *stmt;
    if (!view->standard)
        return PB_OK;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&view->owner));
    db_bind_text(stmt, 2, view->entity);
    db_bind_i64(stmt, 3, view->n);
    return db_run(stmt, err);
}

static const identity_view *own_of(const taking *own, int64_t n)
{
    for (size_t i = 0; i < own->count; i++)
        if (own->items[i].n == n)
            return &own->items[i];
    return NULL;
}

pb_status identity_view_put(db_session *session, const identity_call *call,
                            const identity_view *view, pb_arena *arena, identity_view *ret_view,
                            pb_error *err)
{
    taking own = {.count = 0};
    identity_view made = *view;
    PB_TRY(check_texts(view, err));
    PB_TRY(own_views(session, view->owner, arena, &own, err));
    const identity_view *now = own_of(&own, view->n);
    if (view->n != 0 && now == NULL)
        return fail_absent(view->n, err);
    if (now != NULL) {
        PB_TRY(check_version(now, view->version, err));
        made.entity = now->entity; /* a view stays in its entity */
    }
    PB_TRY(check_others(&own, &made, err));
    made.version = now == NULL ? 1 : now->version + 1;
    made.changed_us = call->now_us;
    PB_TRY(now == NULL ? insert(session, &made, err) : update(session, &made, err));
    PB_TRY(end_standard(session, &made, err));
    PB_TRY(log_view(session, call, "view.saved", &made, err));
    *ret_view = made;
    return PB_OK;
}

pb_status identity_view_remove(db_session *session, const identity_call *call, pb_uuid owner,
                               int64_t n, int64_t version, pb_error *err)
{
    static const char sql[] = "DELETE FROM t_screen_view WHERE n = ?1";
    PB_AUTO_ARENA arena = pb_arena_new(0);
    taking own = {.count = 0};
    db_stmt *stmt;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(own_views(session, owner, arena, &own, err));
    const identity_view *now = own_of(&own, n);
    if (now == NULL)
        return fail_absent(n, err);
    PB_TRY(check_version(now, version, err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    PB_TRY(db_run(stmt, err));
    return log_view(session, call, "view.removed", now, err);
}
