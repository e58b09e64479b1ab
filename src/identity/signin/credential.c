/* Credentials as rows. */
#include "internal.h"

#define COLUMNS                                                                                    \
    "n, owner, kind, handle, secret, state, label, scopes, rate, read_only, by, from_us, "         \
    "expires_us,"                                                                                  \
    " until_us, used_us"
#define GOOD " until_us IS NULL AND (expires_us IS NULL OR expires_us > "

static const char table_name[] = "t_sign_credential";
static const char *const words[IDENTITY_CREDENTIAL_KINDS] = {"password", "totp",      "passkey",
                                                             "recovery", "enrolment", "key"};

const char *identity_credential_word(identity_credential_kind kind)
{
    return words[kind];
}

/* ---- what is secret is bound to whose and what it is ---- */

static pb_status put_about(const identity_held_credential *held, pb_buf *out, pb_error *err)
{
    pb_buf_addc(out, words[held->shown.kind]);
    pb_buf_byte(out, 0);
    pb_buf_add(out, pb_uuid_str(&held->shown.user));
    pb_buf_add(out, held->handle);
    return out->failed ? pb_fail_memory(err) : PB_OK;
}

static pb_status seal(db_session *session, const identity_held_credential *held, pb_str secret,
                      pb_buf *out, pb_error *err)
{
    PB_AUTO_BUF about = PB_BUF_INIT(4096);
    PB_TRY(put_about(held, &about, err));
    return identity_seal(db_session_workspace(session), pb_buf_str(&about), secret, out, err);
}

static pb_status unseal(db_session *session, pb_str sealed, pb_arena *arena,
                        identity_held_credential *held, pb_error *err)
{
    PB_AUTO_BUF about = PB_BUF_INIT(4096);
    PB_AUTO_BUF plain = PB_BUF_INIT(64 << 10);
    PB_TRY(put_about(held, &about, err));
    if (!identity_unseal(db_session_workspace(session), pb_buf_str(&about), sealed, &plain))
        return db_fail_altered(table_name, err);
    held->secret = pb_arena_str(arena, pb_buf_str(&plain));
    identity_wipe(&plain);
    return held->secret.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

/* ---- reading ---- */

static int64_t number_or(db_stmt *stmt, int column, int64_t absent)
{
    return db_column_is_null(stmt, column) ? absent : db_column_i64(stmt, column);
}

static bool take(pb_str from, pb_arena *arena, pb_str *to)
{
    *to = from.ptr == NULL ? PB_STR_NONE : pb_arena_str(arena, from);
    return from.ptr == NULL || to->ptr != NULL;
}

static bool kind_parse(pb_str word, identity_credential_kind *ret)
{
    for (int i = 0; i < IDENTITY_CREDENTIAL_KINDS; i++) {
        if (!pb_str_is(word, words[i]))
            continue;
        *ret = (identity_credential_kind)i;
        return true;
    }
    return false;
}

static pb_str text_or_none(db_stmt *stmt, int column)
{
    return db_column_is_null(stmt, column) ? PB_STR_NONE : db_column_text(stmt, column);
}

/* The row at hand; its secret is opened when `open`. */
static pb_status row_read(db_session *session, db_stmt *stmt, bool open, pb_arena *arena,
                          identity_held_credential *ret, pb_error *err)
{
    identity_held_credential held = {.state = db_column_i64(stmt, 5)};
    identity_credential *shown = &held.shown;
    pb_str owner = db_column_blob(stmt, 1);
    pb_str handle = db_column_is_null(stmt, 3) ? PB_STR_NONE : db_column_blob(stmt, 3);
    if (owner.len != sizeof shown->user || !kind_parse(db_column_text(stmt, 2), &shown->kind))
        return db_fail_altered(table_name, err);
    memcpy(&shown->user, owner.ptr, sizeof shown->user);
    shown->n = db_column_i64(stmt, 0);
    shown->rate = number_or(stmt, 8, 0);
    shown->read_only = number_or(stmt, 9, 0) != 0;
    shown->from_us = db_column_i64(stmt, 11);
    shown->expires_us = number_or(stmt, 12, IDENTITY_OPEN);
    shown->until_us = number_or(stmt, 13, IDENTITY_OPEN);
    shown->used_us = number_or(stmt, 14, INT64_MIN);
    if (!take(handle, arena, &held.handle) || !take(text_or_none(stmt, 6), arena, &shown->label) ||
        !take(text_or_none(stmt, 7), arena, &shown->scopes) ||
        !take(text_or_none(stmt, 10), arena, &shown->by))
        return pb_fail_memory(err);
    if (shown->kind == IDENTITY_KEY)
        shown->handle = held.handle;
    if (open && !db_column_is_null(stmt, 4))
        PB_TRY(unseal(session, db_column_blob(stmt, 4), arena, &held, err));
    *ret = held;
    return PB_OK;
}

typedef struct reading {
    db_session *session;
    bool open;
    pb_arena *arena;
    identity_held_credentials *held;
} reading;

static pb_status add_row(void *context, db_stmt *stmt, pb_error *err)
{
    reading *r = context;
    identity_held_credential one;
    PB_TRY(row_read(r->session, stmt, r->open, r->arena, &one, err));
    return PB_PUSH(r->arena, r->held->items, r->held->count, r->held->capacity, one)
               ? PB_OK
               : pb_fail_memory(err);
}

static pb_status read_all(db_session *session, db_stmt *stmt, bool open, pb_arena *arena,
                          identity_held_credentials *held, pb_error *err)
{
    reading r = {session, open, arena, held};
    return db_each(stmt, add_row, &r, err);
}

pb_status identity_credential_read(db_session *session, pb_uuid user, identity_credential_kind kind,
                                   int64_t now_us, pb_arena *arena,
                                   identity_held_credentials *ret_held, pb_error *err)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM t_sign_credential WHERE owner = ?1 AND kind = ?2 AND" GOOD
        "?3) ORDER BY n";
    identity_held_credentials held = {0};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&user));
    db_bind_text(stmt, 2, pb_str_c(words[kind]));
    db_bind_i64(stmt, 3, now_us);
    PB_TRY(read_all(session, stmt, true, arena, &held, err));
    *ret_held = held;
    return PB_OK;
}

pb_status identity_credential_by(db_session *session, identity_credential_kind kind, pb_str handle,
                                 int64_t now_us, pb_arena *arena,
                                 identity_held_credential *ret_held, pb_error *err)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM t_sign_credential WHERE handle = ?1 AND kind = ?2 AND" GOOD
        "?3) ORDER BY n";
    identity_held_credentials held = {0};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, handle);
    db_bind_text(stmt, 2, pb_str_c(words[kind]));
    db_bind_i64(stmt, 3, now_us);
    PB_TRY(read_all(session, stmt, true, arena, &held, err));
    if (held.count == 0)
        return PB_NOT_FOUND;
    *ret_held = held.items[0];
    return PB_OK;
}

pb_status identity_credential_list(db_session *session, pb_uuid user, int64_t now_us,
                                   pb_arena *arena, identity_credential **ret_credentials,
                                   size_t *ret_count, pb_error *err)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM t_sign_credential WHERE owner = ?1 AND" GOOD "?2) ORDER BY n";
    identity_held_credentials held = {0};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&user));
    db_bind_i64(stmt, 2, now_us);
    PB_TRY(read_all(session, stmt, false, arena, &held, err));
    identity_credential *shown = pb_arena_array(arena, held.count + 1, sizeof *shown);
    if (shown == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < held.count; i++)
        shown[i] = held.items[i].shown;
    *ret_credentials = shown;
    *ret_count = held.count;
    return PB_OK;
}

pb_status identity_has_second(db_session *session, pb_uuid user, int64_t now_us, bool *ret_has,
                              pb_error *err)
{
    static const char sql[] =
        "SELECT 1 FROM t_sign_credential WHERE owner = ?1 AND kind IN ('totp', 'passkey') AND" GOOD
        "?2) LIMIT 1";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&user));
    db_bind_i64(stmt, 2, now_us);
    PB_TRY(db_step(stmt, &row, err));
    db_reset(stmt);
    *ret_has = row;
    return PB_OK;
}

/* ---- writing ---- */

static pb_status note(db_session *session, const identity_visit *visit, const char *event,
                      const identity_credential *credential, pb_error *err)
{
    const identity_pair pairs[] = {
        {"kind", PB_VALUE_TEXT(pb_str_c(words[credential->kind]))},
        {"label", credential->label.ptr == NULL ? PB_VALUE_NULL : PB_VALUE_TEXT(credential->label)},
        {"number", PB_VALUE_INT(credential->n)}};
    return identity_note(session, visit, event, credential->user, pairs, 3, err);
}

static pb_status insert(db_session *session, const identity_held_credential *held, pb_str sealed,
                        pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_sign_credential (n, owner, kind, handle, secret, state, label, scopes,"
        " rate, read_only, by, from_us, expires_us)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    const identity_credential *shown = &held->shown;
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, shown->n);
    db_bind_blob(stmt, 2, pb_uuid_str(&shown->user));
    db_bind_text(stmt, 3, pb_str_c(words[shown->kind]));
    db_bind_value(stmt, 4, held->handle.ptr == NULL ? PB_VALUE_NULL : PB_VALUE_BLOB(held->handle));
    db_bind_value(stmt, 5, sealed.len == 0 ? PB_VALUE_NULL : PB_VALUE_BLOB(sealed));
    db_bind_i64(stmt, 6, held->state);
    db_bind_value(stmt, 7, shown->label.ptr == NULL ? PB_VALUE_NULL : PB_VALUE_TEXT(shown->label));
    db_bind_value(stmt, 8,
                  shown->scopes.ptr == NULL ? PB_VALUE_NULL : PB_VALUE_TEXT(shown->scopes));
    db_bind_i64(stmt, 9, shown->rate);
    db_bind_i64(stmt, 10, shown->read_only);
    db_bind_text(stmt, 11, shown->by);
    db_bind_i64(stmt, 12, shown->from_us);
    db_bind_unless(stmt, 13, shown->expires_us, IDENTITY_OPEN);
    return db_run(stmt, err);
}

pb_status identity_credential_add(db_session *session, const identity_visit *visit,
                                  identity_held_credential *credential, bool silent, pb_error *err)
{
    PB_AUTO_BUF sealed = PB_BUF_INIT(64 << 10);
    identity_credential *shown = &credential->shown;
    PB_TRY(db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_sign_credential",
                          &shown->n, err));
    shown->by = visit->actor.name.ptr == NULL ? PB_STR("") : visit->actor.name;
    shown->from_us = visit->now_us;
    if (credential->secret.ptr != NULL)
        PB_TRY(seal(session, credential, credential->secret, &sealed, err));
    PB_TRY(insert(session, credential, pb_buf_str(&sealed), err));
    return silent ? PB_OK : note(session, visit, "credential.added", shown, err);
}

pb_status identity_credential_reseal(db_session *session, const identity_held_credential *held,
                                     pb_str secret, pb_error *err)
{
    static const char sql[] =
        "UPDATE t_sign_credential SET secret = ?2 WHERE n = ?1 AND until_us IS NULL";
    PB_AUTO_BUF sealed = PB_BUF_INIT(64 << 10);
    db_stmt *stmt;
    PB_TRY(seal(session, held, secret, &sealed, err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, held->shown.n);
    db_bind_blob(stmt, 2, pb_buf_str(&sealed));
    return db_run(stmt, err);
}

pb_status identity_credential_used(db_session *session, int64_t n, int64_t state, int64_t now_us,
                                   pb_error *err)
{
    static const char sql[] = "UPDATE t_sign_credential SET state = ?2, used_us = ?3 WHERE n = ?1";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, state);
    db_bind_i64(stmt, 3, now_us);
    return db_run(stmt, err);
}

/* ---- ending ---- */

pb_status identity_credential_close(db_session *session, int64_t n, int64_t now_us, pb_error *err)
{
    static const char sql[] = "UPDATE t_sign_credential SET until_us = ?2, secret = NULL"
                              " WHERE n = ?1 AND until_us IS NULL";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, now_us);
    PB_TRY(db_run(stmt, err));
    return identity_session_end_of_key(session, n, now_us, err);
}

/* All of a user's that are good or only expired, of one kind or of every. */
static pb_status close_all(db_session *session, const identity_visit *visit, pb_uuid user,
                           const identity_credential_kind *kind, bool silent, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_credential *all;
    size_t count;
    bool codes = false;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(identity_credential_list(session, user, INT64_MIN, arena, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (kind != NULL && all[i].kind != *kind)
            continue;
        PB_TRY(identity_credential_close(session, all[i].n, visit->now_us, err));
        bool one_of_set =
            all[i].kind == IDENTITY_RECOVERY && codes; /* a set is one thing to people */
        codes = codes || all[i].kind == IDENTITY_RECOVERY;
        if (!silent && !one_of_set)
            PB_TRY(note(session, visit, "credential.ended", &all[i], err));
    }
    return PB_OK;
}

pb_status identity_credential_end_kind(db_session *session, const identity_visit *visit,
                                       pb_uuid user, identity_credential_kind kind, const char *why,
                                       pb_error *err)
{
    identity_visit told = *visit;
    if (why != NULL)
        told.why = pb_str_c(why);
    return close_all(session, &told, user, &kind, why == NULL, err);
}

pb_status identity_credential_end(db_session *session, const identity_visit *visit, pb_uuid user,
                                  int64_t n, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_credential *all;
    size_t count;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(identity_credential_list(session, user, INT64_MIN, arena, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (all[i].n != n)
            continue;
        if (all[i].kind == IDENTITY_RECOVERY)
            return close_all(session, visit, user, &all[i].kind, false, err);
        PB_TRY(identity_credential_close(session, n, visit->now_us, err));
        return note(session, visit, "credential.ended", &all[i], err);
    }
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no credential {number} of that user."),
                   "number", PB_ARG_INT(n), NULL);
}

pb_status identity_credentials_end(db_session *session, const identity_visit *visit, pb_uuid user,
                                   pb_error *err)
{
    size_t ended;
    PB_TRY(close_all(session, visit, user, NULL, false, err));
    PB_TRY(identity_browser_forget(session, user, err));
    return identity_session_end_all(session, visit, user, 0, &ended, err);
}

pb_status identity_factors_end(db_session *session, const identity_visit *visit, pb_uuid user,
                               pb_error *err)
{
    static const identity_credential_kind kinds[] = {IDENTITY_TOTP, IDENTITY_PASSKEY,
                                                     IDENTITY_RECOVERY};
    size_t ended;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        PB_TRY(close_all(session, visit, user, &kinds[i], false, err));
    return identity_session_end_all(session, visit, user, 0, &ended, err);
}

pb_status identity_password_set(db_session *session, const identity_visit *visit, pb_uuid user,
                                const char hash[IDENTITY_PASSWORD_HASH], pb_error *err)
{
    identity_held_credential held = {
        .shown = {.user = user, .kind = IDENTITY_PASSWORD, .expires_us = IDENTITY_OPEN},
        .secret = pb_str_c(hash)};
    PB_TRY(identity_credential_end_kind(session, visit, user, IDENTITY_PASSWORD, NULL, err));
    PB_TRY(identity_credential_end_kind(session, visit, user, IDENTITY_ENROLMENT, NULL, err));
    return identity_credential_add(session, visit, &held, false, err);
}
