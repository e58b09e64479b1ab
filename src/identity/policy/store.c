/* Roles in the workspace: one row for each version, with the time it holds for.
 *
 *   n  role  name   body                     gone  from_us  until_us
 *   1  1     sales  {"role": "sales", …}     0     May      July
 *   2  1     sales  {"role": "sales", …}     0     July     NULL      said anew
 *   3  2     shop   {"role": "shop", …}      0     July     August
 *   4  2     shop   {"role": "shop", …}      1     August   NULL      ended: holds nothing
 *
 * A row changes once, when the next version ends it. The newest n says which state the roles are
 * in.
 */
#include "store.h"

#include "../turn.h"

#include <stdlib.h>
#include <string.h>

#include "base/cbor.h"
#include "db/row.h"
#include "db/share.h"
#include "model/yaml.h"

enum { EVENT_MOST = 4 << 20 };

#define ROW_COLUMNS "role, name, body, gone, from_us, until_us, n"

/* A version as it is stored. */
typedef struct version {
    int64_t n, role, from_us;
    bool gone;
    pb_str body; /* in an arena */
} version;

/* ---- reading ---- */

static pb_status read_row(db_stmt *stmt, pb_arena *arena, identity_role_row *ret_row, pb_error *err)
{
    identity_role_row row = {.number = db_column_i64(stmt, 0),
                             .from_us = db_column_i64(stmt, 4),
                             .until_us = db_column_is_null(stmt, 5) ? IDENTITY_OPEN
                                                                    : db_column_i64(stmt, 5)};
    const model_source source = {pb_arena_str(arena, db_column_text(stmt, 1)),
                                 pb_arena_str(arena, db_column_text(stmt, 2))};
    if (source.name.ptr == NULL || source.text.ptr == NULL)
        return pb_fail_memory(err);
    pb_status status = identity_role_parse(&source, NULL, arena, &row.role, err);
    if (status == PB_INVALID)
        return db_fail_altered("t_access_duty", err);
    PB_TRY(status);
    *ret_row = row;
    return PB_OK;
}

pb_status store_list(db_session *session, int64_t at_us, pb_arena *arena,
                     identity_role_row **ret_roles, size_t *ret_count, pb_error *err)
{
    static const char now_sql[] =
        "SELECT " ROW_COLUMNS " FROM t_access_duty WHERE until_us IS NULL AND gone = 0"
        " ORDER BY name";
    static const char then_sql[] =
        "SELECT " ROW_COLUMNS " FROM t_access_duty WHERE from_us <= ?1 AND gone = 0"
        " AND (until_us IS NULL OR until_us > ?1) ORDER BY name";
    identity_role_row *roles = NULL;
    size_t count = 0, capacity = 0;
    db_stmt *stmt;
    PB_TRY(db_prepare(session, at_us == IDENTITY_OPEN ? now_sql : then_sql, &stmt, err));
    if (at_us != IDENTITY_OPEN)
        db_bind_i64(stmt, 1, at_us);
    for (;;) {
        identity_role_row one;
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        pb_status status = read_row(stmt, arena, &one, err);
        if (status == PB_OK && !PB_PUSH(arena, roles, count, capacity, one))
            status = pb_fail_memory(err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
    }
    *ret_roles = roles;
    *ret_count = count;
    return PB_OK;
}

pb_status identity_role_list(db_session *session, int64_t at_us, pb_arena *arena,
                             identity_role_row **ret_roles, size_t *ret_count, pb_error *err)
{
    return store_list(session, at_us, arena, ret_roles, ret_count, err);
}

/* What a session read of it, good as long as its view is. */
typedef struct kept_stamp {
    uint64_t view;
    int64_t stamp;
} kept_stamp;

static pb_status read_stamp(db_session *session, int64_t *ret_stamp, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session,
                      "SELECT COALESCE(MAX(n), 0) * 2 + (SELECT COUNT(*) FROM setting"
                      " WHERE name = 'reads.purpose') FROM t_access_duty",
                      &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    *ret_stamp = row ? db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return PB_OK;
}

pb_status store_stamp(db_session *session, int64_t *ret_stamp, pb_error *err)
{
    uint64_t view = db_session_view(session);
    void **slot = view == 0 ? NULL : db_session_slot(session, "stamp of policies", free);
    if (slot == NULL)
        return read_stamp(session, ret_stamp, err);
    if (*slot == NULL)
        *slot = calloc(1, sizeof(kept_stamp));
    kept_stamp *kept = *slot;
    if (kept == NULL)
        return pb_fail_memory(err);
    if (kept->view != view) {
        PB_TRY(read_stamp(session, &kept->stamp, err));
        kept->view = view;
    }
    *ret_stamp = kept->stamp;
    return PB_OK;
}

static pb_status fail_unknown(const identity_role_row *roles, size_t count, pb_str name,
                              pb_arena *arena, pb_error *err)
{
    const char **names = pb_arena_array(arena, count + 1, sizeof *names);
    for (size_t i = 0; names != NULL && i < count; i++) {
        names[i] = pb_arena_cstr(arena, roles[i].role.name);
        if (names[i] == NULL)
            return pb_fail_memory(err);
    }
    if (names == NULL)
        return pb_fail_memory(err);
    pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no role “{name}”."), "name", PB_ARG(name), NULL);
    if (count > 0)
        model_yaml_hint_names(err, name, names);
    return PB_NOT_FOUND;
}

static const identity_role_row *find(const identity_role_row *roles, size_t count, pb_str name)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq(roles[i].role.name, name))
            return &roles[i];
    return NULL;
}

pb_status identity_role_find(db_session *session, pb_str name, int64_t at_us, int64_t *ret_number,
                             pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_role_row *roles;
    size_t count;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(store_list(session, at_us, arena, &roles, &count, err));
    const identity_role_row *found = find(roles, count, name);
    if (found == NULL)
        return fail_unknown(roles, count, name, arena, err);
    *ret_number = found->number;
    return PB_OK;
}

/* The newest version under a name; `n` 0: there never was one. */
static pb_status read_newest(db_session *session, pb_str name, pb_arena *arena,
                             version *ret_version, pb_error *err)
{
    static const char sql[] =
        "SELECT " ROW_COLUMNS " FROM t_access_duty WHERE name = ?1 AND until_us IS NULL";
    db_stmt *stmt;
    bool row;
    *ret_version = (version){0};
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_text(stmt, 1, name);
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return PB_OK;
    *ret_version = (version){.role = db_column_i64(stmt, 0),
                             .gone = db_column_i64(stmt, 3) != 0,
                             .from_us = db_column_i64(stmt, 4),
                             .n = db_column_i64(stmt, 6),
                             .body = pb_arena_str(arena, db_column_text(stmt, 2))};
    db_reset(stmt);
    return ret_version->body.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

/* ---- writing ---- */

static pb_status next_numbers(db_session *session, int64_t *ret_n, int64_t *ret_role, pb_error *err)
{
    static const char sql[] =
        "SELECT COALESCE(MAX(n), 0) + 1, COALESCE(MAX(role), 0) + 1 FROM t_access_duty";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    *ret_n = row ? db_column_i64(stmt, 0) : 1;
    *ret_role = row ? db_column_i64(stmt, 1) : 1;
    db_reset(stmt);
    return PB_OK;
}

static void put_text(pb_buf *out, const char *key, pb_str value)
{
    pb_cbor_text(out, pb_str_c(key));
    pb_cbor_value(out, value.ptr == NULL ? PB_VALUE_NULL : PB_VALUE_TEXT(value));
}

/* The keys of the map are in the order of their bytes. */
static pb_status tell(db_session *session, const identity_call *call, const char *kind, pb_str name,
                      int64_t role, pb_str before, pb_str after, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(EVENT_MOST);
    uint64_t sequence;
    pb_cbor_map(&payload, 5);
    put_text(&payload, "why", call->why);
    put_text(&payload, "name", name);
    pb_cbor_text(&payload, PB_STR("role"));
    pb_cbor_int(&payload, role);
    put_text(&payload, "after", after);
    put_text(&payload, "before", before);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {
        .kind = kind, .at_us = call->now_us, .actor = call->actor, .payload = pb_buf_str(&payload)};
    PB_TRY(identity_changed(session, call->now_us, err));
    return ledger_append(session, &event, &sequence, err);
}

/* A clock that went back does not make a version end before it began. */
static int64_t moment_after(const identity_call *call, const version *before)
{
    return before->n > 0 && before->from_us > call->now_us ? before->from_us : call->now_us;
}

static pb_status add_version(db_session *session, const identity_call *call, const version *before,
                             const version *made, pb_str name, pb_error *err)
{
    static const char end_sql[] = "UPDATE t_access_duty SET until_us = ?2, ended_by = ?3,"
                                  " ended_why = ?4 WHERE n = ?1";
    static const char add_sql[] = "INSERT INTO t_access_duty (n, role, name, body, gone, from_us,"
                                  " by, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    int64_t from_us = moment_after(call, before);
    db_stmt *stmt;
    if (before->n > 0) {
        PB_TRY(db_prepare(session, end_sql, &stmt, err));
        db_bind_i64(stmt, 1, before->n);
        db_bind_i64(stmt, 2, from_us);
        db_bind_text(stmt, 3, call->actor.name);
        db_bind_text(stmt, 4, call->why);
        PB_TRY(db_run(stmt, err));
    }
    PB_TRY(db_prepare(session, add_sql, &stmt, err));
    db_bind_i64(stmt, 1, made->n);
    db_bind_i64(stmt, 2, made->role);
    db_bind_text(stmt, 3, name);
    db_bind_text(stmt, 4, made->body);
    db_bind_i64(stmt, 5, made->gone);
    db_bind_i64(stmt, 6, from_us);
    db_bind_text(stmt, 7, call->actor.name);
    db_bind_text(stmt, 8, call->why);
    return db_run(stmt, err);
}

static pb_status fail_parent(const char *says, pb_str name, pb_str parent, pb_error *err)
{
    pb_fail(err, PB_INVALID, says, "name", PB_ARG(name), "parent", PB_ARG(parent), NULL);
    pb_error_hint(err, PB_MSG("Name another role as parent, or none."), NULL);
    return PB_INVALID;
}

/* The parent is there, and does not inherit from the role itself. */
static pb_status check_parent(db_session *session, const identity_role *role, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_role_row *roles;
    size_t count, length = 1;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(store_list(session, IDENTITY_OPEN, arena, &roles, &count, err));
    if (find(roles, count, role->name) == NULL && count >= POLICY_ROLES_MOST)
        return pb_fail(err, PB_LIMIT, PB_MSG("There are more than {limit} roles."), "limit",
                       PB_ARG_INT(POLICY_ROLES_MOST), NULL);
    for (pb_str parent = role->parent; !pb_str_empty(parent);) {
        const identity_role_row *above = find(roles, count, parent);
        if (pb_str_eq(parent, role->name))
            return fail_parent(PB_MSG("The role “{name}” would inherit from itself, through "
                                      "“{parent}”."),
                               role->name, role->parent, err);
        if (above == NULL)
            return fail_unknown(roles, count, parent, arena, err);
        if (++length > POLICY_CHAIN_MOST)
            return fail_parent(PB_MSG("Above the role “{name}” there are too many others."),
                               role->name, parent, err);
        parent = above->role.parent;
    }
    return PB_OK;
}

pb_status identity_role_put(db_session *session, const identity_call *call,
                            const identity_role *role, int64_t *ret_number, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF body = PB_BUF_INIT(POLICY_ROLE_BYTES);
    version before, made = {0};
    int64_t fresh;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(check_parent(session, role, err));
    identity_role_write(role, 0, &body);
    if (body.failed)
        return pb_fail_buffer(&body, PB_MSG("The role is too long."), err);
    made.body = pb_buf_str(&body);
    PB_TRY(read_newest(session, role->name, arena, &before, err));
    bool there = before.n > 0 && !before.gone;
    PB_TRY(next_numbers(session, &made.n, &fresh, err));
    made.role = there ? before.role : fresh;
    if (!there || !pb_str_eq(before.body, made.body)) {
        PB_TRY(add_version(session, call, &before, &made, role->name, err));
        PB_TRY(tell(session, call, "role.defined", role->name, made.role,
                    there ? before.body : PB_STR_NONE, made.body, err));
    }
    if (ret_number != NULL)
        *ret_number = made.role;
    return PB_OK;
}

pb_status identity_role_end(db_session *session, const identity_call *call, pb_str name,
                            pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_role_row *roles;
    size_t count;
    version before, made = {.gone = true};
    int64_t fresh;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(store_list(session, IDENTITY_OPEN, arena, &roles, &count, err));
    if (find(roles, count, name) == NULL)
        return fail_unknown(roles, count, name, arena, err);
    for (size_t i = 0; i < count; i++) {
        if (!pb_str_eq(roles[i].role.parent, name))
            continue;
        pb_fail(err, PB_CONFLICT, PB_MSG("The role “{child}” inherits from “{name}”."), "child",
                PB_ARG(roles[i].role.name), "name", PB_ARG(name), NULL);
        pb_error_hint(err, PB_MSG("End it first, or give it another parent."), NULL);
        return PB_CONFLICT;
    }
    PB_TRY(read_newest(session, name, arena, &before, err));
    PB_TRY(next_numbers(session, &made.n, &fresh, err));
    made.role = before.role;
    made.body = before.body;
    PB_TRY(add_version(session, call, &before, &made, name, err));
    return tell(session, call, "role.ended", name, made.role, before.body, PB_STR_NONE, err);
}

/* ---- those that come with the program ---- */

pb_status identity_role_known(db_session *session, pb_str name, bool *ret_known, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    version newest;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(read_newest(session, name, arena, &newest, err));
    *ret_known = newest.n > 0;
    return PB_OK;
}

/* Whether the parent of a role is one of those and not yet done. */
static bool waits(const identity_role *roles, size_t count, const bool *done,
                  const identity_role *role)
{
    for (size_t i = 0; i < count; i++)
        if (!done[i] && pb_str_eq(roles[i].name, role->parent))
            return true;
    return false;
}

pb_status identity_role_ship(db_session *session, const identity_call *call,
                             const identity_role *roles, size_t count, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    bool *done = arena == NULL ? NULL : pb_arena_array(arena, count + 1, sizeof *done);
    if (done == NULL)
        return pb_fail_memory(err);
    for (size_t left = count, before = count + 1; left > 0 && left < before;) {
        before = left;
        for (size_t i = 0; i < count; i++) {
            bool there = false;
            if (done[i] || waits(roles, count, done, &roles[i]))
                continue;
            PB_TRY(identity_role_known(session, roles[i].name, &there, err));
            if (!there)
                PB_TRY(identity_role_put(session, call, &roles[i], NULL, err));
            done[i] = true;
            left--;
        }
    }
    return PB_OK;
}
