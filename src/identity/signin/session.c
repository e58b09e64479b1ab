/* Sessions: begun, found by their token, listed, ended. */
#include "internal.h"
#include "session_kept.h"

#include "base/time.h"
#include "sys/random.h"

#include <sodium.h>

enum { TOKEN_BYTES = 32, MARK = 4, FORGET_EVERY = 64 };

#define IDLE_US (INT64_C(30) * 60 * PB_US_PER_SECOND)
#define LASTS_US (INT64_C(12) * 3600 * PB_US_PER_SECOND)
#define SEEN_US (INT64_C(60) * PB_US_PER_SECOND)
/* Rows of sessions that are over are of no more use: the ledger tells of them. */
#define KEEP_US (INT64_C(30) * PB_US_PER_DAY)
#define OPEN " ended_us IS NULL AND until_us > "

static const char session_mark[] = "pbs_";
static const char access_mark[] = "pbt_";
static const char key_mark[] = "pbk_";

static pb_status not_signed_in(pb_error *err)
{
    pb_fail(err, PB_DENIED, PB_MSG("Not signed in, or not any more."), NULL);
    pb_error_hint(err, PB_MSG("Sign in again."), NULL);
    return PB_DENIED;
}

/* ---- tokens ---- */

static void hash_token(db_workspace *workspace, pb_str token, uint8_t ret[IDENTITY_HASH])
{
    identity_hash(workspace, "token", token, ret);
}

static pb_status make_token(db_session *session, const char *mark, char ret_token[IDENTITY_TOKEN],
                            uint8_t ret_hash[IDENTITY_HASH], pb_error *err)
{
    uint8_t random[TOKEN_BYTES];
    PB_TRY(sys_sodium_init(err));
    sys_random(random, sizeof random);
    memcpy(ret_token, mark, MARK);
    sodium_bin2base64(ret_token + MARK, IDENTITY_TOKEN - MARK, random, sizeof random,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(random, sizeof random);
    hash_token(db_session_workspace(session), pb_str_c(ret_token), ret_hash);
    return PB_OK;
}

/* ---- beginning ---- */

static pb_status forget_old(db_session *session, int64_t now_us, pb_error *err)
{
    static const char sql[] = "DELETE FROM t_sign_session WHERE until_us < ?1";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, now_us - KEEP_US);
    return db_run(stmt, err);
}

pb_status identity_session_begin(db_session *session, const identity_visit *visit,
                                 const identity_session_wish *wish, char ret_token[IDENTITY_TOKEN],
                                 int64_t *ret_n, pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_sign_session (n, hash, owner, second, by_key, scopes, read_only, address,"
        " device, from_us, seen_us, proved_us, idle_us, until_us)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?10, ?11, ?12)";
    uint8_t hash[IDENTITY_HASH];
    db_stmt *stmt;
    int64_t n;
    PB_TRY(db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_sign_session", &n, err));
    if (n % FORGET_EVERY == 0)
        PB_TRY(forget_old(session, visit->now_us, err));
    PB_TRY(make_token(session, wish->key > 0 ? access_mark : session_mark, ret_token, hash, err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_blob(stmt, 2, pb_str_n((const char *)hash, sizeof hash));
    db_bind_blob(stmt, 3, pb_uuid_str(&wish->user));
    db_bind_i64(stmt, 4, wish->second_factor);
    db_bind_i64(stmt, 5, wish->key);
    db_bind_value(stmt, 6, wish->scopes.ptr == NULL ? PB_VALUE_NULL : PB_VALUE_TEXT(wish->scopes));
    db_bind_i64(stmt, 7, wish->read_only);
    db_bind_value(stmt, 8, identity_where(visit->address));
    db_bind_value(stmt, 9, identity_where(visit->device));
    db_bind_i64(stmt, 10, visit->now_us);
    db_bind_i64(stmt, 11, wish->idle_us > 0 ? wish->idle_us : IDLE_US);
    db_bind_i64(stmt, 12, visit->now_us + (wish->lasts_us > 0 ? wish->lasts_us : LASTS_US));
    PB_TRY(db_run(stmt, err));
    *ret_n = n;
    return PB_OK;
}

/* ---- finding ---- */

/* That a session is in use is noted once a minute at most. */
static bool is_due(const identity_caller *caller, int64_t now_us)
{
    return now_us - caller->seen_us >= SEEN_US;
}

static pb_status take_caller(db_stmt *stmt, int64_t now_us, pb_arena *arena, identity_caller *ret,
                             pb_error *err)
{
    identity_caller found = {.session = db_column_i64(stmt, 0),
                             .second_factor = db_column_i64(stmt, 2) != 0,
                             .key = db_column_i64(stmt, 3),
                             .read_only = db_column_i64(stmt, 5) != 0,
                             .from_us = db_column_i64(stmt, 6),
                             .seen_us = db_column_i64(stmt, 7),
                             .proved_us = db_column_i64(stmt, 8),
                             .until_us = db_column_i64(stmt, 10)};
    pb_str owner = db_column_blob(stmt, 1);
    if (owner.len != sizeof found.user)
        return db_fail_altered("t_sign_session", err);
    memcpy(&found.user, owner.ptr, sizeof found.user);
    if (!db_column_is_null(stmt, 4)) {
        found.scopes = pb_arena_str(arena, db_column_text(stmt, 4));
        if (found.scopes.ptr == NULL)
            return pb_fail_memory(err);
    }
    found.due = is_due(&found, now_us);
    *ret = found;
    return PB_OK;
}

static pb_status find_session(db_session *session, pb_str token, int64_t now_us, pb_arena *arena,
                              identity_caller *ret_caller, pb_error *err)
{
    static const char sql[] =
        "SELECT n, owner, second, by_key, scopes, read_only, from_us, seen_us, proved_us,"
        " idle_us, until_us FROM t_sign_session WHERE hash = ?1 AND" OPEN
        "?2 AND seen_us + idle_us > ?2";
    session_found found;
    db_stmt *stmt;
    bool row;
    hash_token(db_session_workspace(session), token, found.hash);
    if (session_kept_find(session, found.hash, now_us, ret_caller)) {
        ret_caller->due = is_due(ret_caller, now_us);
        return PB_OK;
    }
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_str_n((const char *)found.hash, sizeof found.hash));
    db_bind_i64(stmt, 2, now_us);
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return PB_NOT_FOUND;
    pb_status status = take_caller(stmt, now_us, arena, &found.caller, err);
    found.idle_us = db_column_i64(stmt, 9);
    db_reset(stmt);
    PB_TRY(status);
    session_kept_add(session, &found);
    *ret_caller = found.caller;
    return PB_OK;
}

/* What belongs to a key is good as long as the key is, and for no more than it. */
static pb_status bind_to_key(db_session *session, int64_t now_us, pb_arena *arena,
                             identity_caller *caller, pb_error *err)
{
    identity_caller key = {0};
    if (caller->key == 0)
        return PB_OK;
    PB_TRY(identity_key_caller(session, caller->key, now_us, arena, &key, err));
    caller->read_only = caller->read_only || key.read_only;
    caller->rate = key.rate;
    caller->due = false;
    return PB_OK;
}

static pb_status find_key(db_session *session, pb_str token, int64_t now_us, pb_arena *arena,
                          identity_caller *ret_caller, pb_error *err)
{
    pb_str rest = pb_str_sub(token, MARK, token.len - MARK), id;
    pb_str_split(&rest, '_', &id);
    return identity_key_find(session, id, rest, now_us, arena, ret_caller, err);
}

pb_status identity_caller_find(db_session *session, pb_str token, int64_t now_us, pb_arena *arena,
                               identity_caller *ret_caller, pb_error *err)
{
    identity_caller found = {0};
    pb_status status = PB_NOT_FOUND;
    if (pb_str_starts(token, pb_str_c(key_mark)) && token.len < IDENTITY_KEY_TEXT) {
        status = find_key(session, token, now_us, arena, &found, err);
    } else if (token.len == IDENTITY_TOKEN - 5 && (pb_str_starts(token, pb_str_c(session_mark)) ||
                                                   pb_str_starts(token, pb_str_c(access_mark)))) {
        status = find_session(session, token, now_us, arena, &found, err);
        if (status == PB_OK)
            status = bind_to_key(session, now_us, arena, &found, err);
    }
    if (status == PB_NOT_FOUND)
        return not_signed_in(err);
    PB_TRY(status);
    *ret_caller = found;
    return PB_OK;
}

pb_status identity_session_seen(db_session *session, int64_t n, int64_t now_us, pb_error *err)
{
    static const char sql[] = "UPDATE t_sign_session SET seen_us = ?2"
                              " WHERE n = ?1 AND ended_us IS NULL AND seen_us < ?2";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, now_us);
    return db_run(stmt, err);
}

/* ---- ending, and proving anew ---- */

typedef struct open_session {
    int64_t n, key;
    pb_uuid user;
    bool second_factor;
} open_session;

static pb_status find_open(db_session *session, int64_t n, int64_t now_us, open_session *ret,
                           pb_error *err)
{
    static const char sql[] =
        "SELECT owner, second, by_key FROM t_sign_session WHERE n = ?1 AND" OPEN "?2";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, now_us);
    PB_TRY(db_step(stmt, &row, err));
    pb_str owner = row ? db_column_blob(stmt, 0) : PB_STR_NONE;
    if (owner.len == sizeof ret->user) {
        *ret = (open_session){
            .n = n, .key = db_column_i64(stmt, 2), .second_factor = db_column_i64(stmt, 1) != 0};
        memcpy(&ret->user, owner.ptr, sizeof ret->user);
    }
    db_reset(stmt);
    if (owner.len == sizeof ret->user)
        return PB_OK;
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no open session {number}."), "number",
                   PB_ARG_INT(n), NULL);
}

static pb_status end_one(db_session *session, const identity_visit *visit, pb_uuid user, int64_t n,
                         pb_error *err)
{
    static const char sql[] = "UPDATE t_sign_session SET ended_us = ?2 WHERE n = ?1";
    const identity_pair pairs[] = {{"session", PB_VALUE_INT(n)}};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, visit->now_us);
    PB_TRY(db_run(stmt, err));
    return identity_note(session, visit, "session.ended", user, pairs, 1, err);
}

pb_status identity_session_end(db_session *session, const identity_visit *visit, pb_uuid user,
                               int64_t n, pb_error *err)
{
    open_session found;
    PB_TRY(find_open(session, n, visit->now_us, &found, err));
    if (memcmp(&found.user, &user, sizeof user) != 0) /* another's is as if it were not there */
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no open session {number}."), "number",
                       PB_ARG_INT(n), NULL);
    return end_one(session, visit, user, n, err);
}

pb_status identity_session_end_all(db_session *session, const identity_visit *visit, pb_uuid user,
                                   int64_t except, size_t *ret_count, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_session *all;
    size_t count, ended = 0;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(identity_session_list(session, user, visit->now_us, arena, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (all[i].n == except)
            continue;
        PB_TRY(end_one(session, visit, user, all[i].n, err));
        ended++;
    }
    *ret_count = ended;
    return PB_OK;
}

pb_status identity_session_end_of_key(db_session *session, int64_t key, int64_t now_us,
                                      pb_error *err)
{
    static const char sql[] =
        "UPDATE t_sign_session SET ended_us = ?2 WHERE by_key = ?1 AND ended_us IS NULL";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, key);
    db_bind_i64(stmt, 2, now_us);
    return db_run(stmt, err);
}

pb_status identity_session_proved(db_session *session, const identity_visit *visit, int64_t n,
                                  bool second_factor, char ret_token[IDENTITY_TOKEN], pb_error *err)
{
    static const char sql[] =
        "UPDATE t_sign_session SET hash = ?2, second = ?3, proved_us = ?4, seen_us = ?4"
        " WHERE n = ?1";
    uint8_t hash[IDENTITY_HASH];
    open_session found = {.key = 0};
    db_stmt *stmt;
    PB_TRY(find_open(session, n, visit->now_us, &found, err));
    if (found.key != 0)
        return pb_fail(err, PB_INVALID, PB_MSG("A program's access cannot be proved by a person."),
                       NULL);
    PB_TRY(make_token(session, session_mark, ret_token, hash, err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_blob(stmt, 2, pb_str_n((const char *)hash, sizeof hash));
    db_bind_i64(stmt, 3, second_factor || found.second_factor);
    db_bind_i64(stmt, 4, visit->now_us);
    PB_TRY(db_run(stmt, err));
    const identity_pair pairs[] = {{"session", PB_VALUE_INT(n)},
                                   {"second_factor", PB_VALUE_INT(second_factor)}};
    return identity_note(session, visit, "session.proved", found.user, pairs, 2, err);
}

/* ---- listing ---- */

static pb_status list_row(db_stmt *stmt, pb_arena *arena, identity_session *to, pb_error *err)
{
    *to = (identity_session){.n = db_column_i64(stmt, 0),
                             .second_factor = db_column_i64(stmt, 3) != 0,
                             .key = db_column_i64(stmt, 4),
                             .from_us = db_column_i64(stmt, 5),
                             .seen_us = db_column_i64(stmt, 6),
                             .until_us = db_column_i64(stmt, 7)};
    for (int i = 0; i < 2; i++) {
        pb_str *text = i == 0 ? &to->address : &to->device;
        if (db_column_is_null(stmt, i + 1))
            continue;
        *text = pb_arena_str(arena, db_column_text(stmt, i + 1));
        if (text->ptr == NULL)
            return pb_fail_memory(err);
    }
    return PB_OK;
}

typedef struct session_list {
    pb_arena *arena;
    identity_session *items;
    size_t count, capacity;
} session_list;

static pb_status add_session(void *context, db_stmt *stmt, pb_error *err)
{
    session_list *list = context;
    identity_session one;
    PB_TRY(list_row(stmt, list->arena, &one, err));
    return PB_PUSH(list->arena, list->items, list->count, list->capacity, one)
               ? PB_OK
               : pb_fail_memory(err);
}

pb_status identity_session_list(db_session *session, pb_uuid user, int64_t now_us, pb_arena *arena,
                                identity_session **ret_sessions, size_t *ret_count, pb_error *err)
{
    static const char sql[] =
        "SELECT n, address, device, second, by_key, from_us, seen_us, until_us"
        " FROM t_sign_session WHERE owner = ?1 AND" OPEN
        "?2 AND seen_us + idle_us > ?2 ORDER BY seen_us DESC, n DESC";
    session_list list = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&user));
    db_bind_i64(stmt, 2, now_us);
    PB_TRY(db_each(stmt, add_session, &list, err));
    *ret_sessions = list.items;
    *ret_count = list.count;
    return PB_OK;
}
