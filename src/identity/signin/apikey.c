/* Keys of programs, and access tokens for them. */
#include "internal.h"

#include "base/time.h"
#include "sys/random.h"

#include <sodium.h>

enum { ID_BYTES = 12, SECRET_BYTES = 32, SCOPES_MAX = 2000, SCOPE_MAX = 100 };

#define TOKEN_US (INT64_C(15) * 60 * PB_US_PER_SECOND)

/* ---- scopes ---- */

bool identity_scope_has(pb_str scopes, pb_str scope)
{
    pb_str rest = scopes, one;
    if (scopes.ptr == NULL)
        return true;
    while (pb_str_split(&rest, ' ', &one))
        if (one.len > 0 && pb_str_eq(one, scope))
            return true;
    return false;
}

/* RFC 6749, 3.3: printable ASCII without quotation mark and backslash. */
static pb_status check_scopes(pb_str scopes, pb_error *err)
{
    pb_str rest = scopes, one;
    bool good = scopes.len <= SCOPES_MAX;
    while (good && pb_str_split(&rest, ' ', &one)) {
        good = one.len <= SCOPE_MAX;
        for (size_t i = 0; good && i < one.len; i++)
            good =
                one.ptr[i] > 0x20 && one.ptr[i] < 0x7F && one.ptr[i] != '"' && one.ptr[i] != '\\';
    }
    if (good)
        return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("{scopes} are no scopes."), "scopes", PB_ARG(scopes), NULL);
    pb_error_hint(err,
                  PB_MSG("Write words of letters, digits and signs with blanks between, without "
                         "quotation marks."),
                  NULL);
    return PB_INVALID;
}

/* Scopes asked for must be among those the key has; none asked for means all of them. */
static pb_status choose_scopes(pb_str has, pb_str asked, pb_str *ret, pb_error *err)
{
    pb_str rest = asked, one;
    if (asked.len == 0) {
        *ret = has;
        return PB_OK;
    }
    PB_TRY(check_scopes(asked, err));
    while (pb_str_split(&rest, ' ', &one)) {
        if (one.len == 0 || identity_scope_has(has, one))
            continue;
        pb_fail(err, PB_INVALID, PB_MSG("The key has not the scope {scope}."), "scope", PB_ARG(one),
                NULL);
        return PB_INVALID;
    }
    *ret = asked;
    return PB_OK;
}

/* ---- keys ---- */

static void hash_secret(db_workspace *workspace, pb_str client, pb_str secret,
                        uint8_t ret[IDENTITY_HASH])
{
    char both[IDENTITY_KEY_TEXT + 1] = "";
    size_t room = sizeof both - 1;
    size_t first = client.len < room / 2 ? client.len : room / 2;
    size_t second = secret.len < room - first ? secret.len : room - first;
    if (first > 0)
        memcpy(both, client.ptr, first);
    both[first] = '_';
    if (second > 0)
        memcpy(both + first + 1, secret.ptr, second);
    identity_hash(workspace, "key", pb_str_n(both, first + 1 + second), ret);
    sodium_memzero(both, sizeof both);
}

/* pbk_ID_SECRET: the id in hex, which has no underscore; the secret in base64 for addresses. */
static void make_text(char ret_key[IDENTITY_KEY_TEXT])
{
    uint8_t random[ID_BYTES + SECRET_BYTES];
    size_t at = 4;
    sys_random(random, sizeof random);
    memcpy(ret_key, "pbk_", at);
    sodium_bin2hex(ret_key + at, 2 * ID_BYTES + 1, random, ID_BYTES);
    at += 2 * ID_BYTES;
    ret_key[at++] = '_';
    sodium_bin2base64(ret_key + at, IDENTITY_KEY_TEXT - at, random + ID_BYTES, SECRET_BYTES,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(random, sizeof random);
}

pb_status identity_key_make(db_session *session, const identity_visit *visit,
                            const identity_key_wish *wish, char ret_key[IDENTITY_KEY_TEXT],
                            int64_t *ret_n, pb_error *err)
{
    uint8_t hash[IDENTITY_HASH];
    PB_TRY(sys_sodium_init(err));
    PB_TRY(check_scopes(wish->scopes, err));
    if (wish->rate < 0 || wish->rate > 10000000 || wish->expires_us <= visit->now_us)
        return pb_fail(
            err, PB_INVALID,
            PB_MSG("A key's rate is 0 to 10,000,000 a minute, and it ends in the future."), NULL);
    make_text(ret_key);
    pb_str client = pb_str_n(ret_key + 4, 2 * ID_BYTES),
           secret = pb_str_c(ret_key + 4 + 2 * ID_BYTES + 1);
    hash_secret(db_session_workspace(session), client, secret, hash);
    identity_held_credential held = {.shown = {.user = wish->user,
                                               .kind = IDENTITY_KEY,
                                               .label = wish->label,
                                               .scopes = wish->scopes,
                                               .rate = wish->rate,
                                               .read_only = wish->read_only,
                                               .expires_us = wish->expires_us},
                                     .handle = client,
                                     .secret = pb_str_n((const char *)hash, sizeof hash)};
    PB_TRY(identity_credential_add(session, visit, &held, false, err));
    *ret_n = held.shown.n;
    return PB_OK;
}

static identity_caller caller_of(const identity_credential *shown)
{
    return (identity_caller){.key = shown->n,
                             .user = shown->user,
                             .read_only = shown->read_only,
                             .scopes = shown->scopes,
                             .rate = shown->rate,
                             .from_us = shown->from_us,
                             .seen_us = shown->used_us,
                             .proved_us = shown->from_us,
                             .until_us = shown->expires_us};
}

pb_status identity_key_find(db_session *session, pb_str client, pb_str secret, int64_t now_us,
                            pb_arena *arena, identity_caller *ret_caller, pb_error *err)
{
    identity_held_credential held = {0};
    uint8_t hash[IDENTITY_HASH];
    pb_status status =
        identity_credential_by(session, IDENTITY_KEY, client, now_us, arena, &held, err);
    if (status != PB_OK && status != PB_NOT_FOUND)
        return status;
    hash_secret(db_session_workspace(session), client, secret, hash);
    if (status == PB_NOT_FOUND || held.secret.len != sizeof hash ||
        sodium_memcmp(held.secret.ptr, hash, sizeof hash) != 0)
        return PB_NOT_FOUND;
    *ret_caller = caller_of(&held.shown);
    return PB_OK;
}

pb_status identity_key_caller(db_session *session, int64_t n, int64_t now_us, pb_arena *arena,
                              identity_caller *ret_caller, pb_error *err)
{
    static const char sql[] =
        "SELECT handle FROM t_sign_credential WHERE n = ?1 AND until_us IS NULL";
    identity_held_credential held;
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    PB_TRY(db_step(stmt, &row, err));
    pb_str handle = row ? pb_arena_str(arena, db_column_blob(stmt, 0)) : PB_STR_NONE;
    db_reset(stmt);
    if (handle.len == 0)
        return PB_NOT_FOUND;
    pb_status status =
        identity_credential_by(session, IDENTITY_KEY, handle, now_us, arena, &held, err);
    if (status == PB_OK)
        *ret_caller = caller_of(&held.shown);
    return status;
}

pb_status identity_key_token(db_session *session, const identity_visit *visit, pb_str scopes,
                             int64_t lasts_us, char ret_token[IDENTITY_TOKEN],
                             identity_caller *caller, pb_arena *arena, pb_error *err)
{
    pb_str chosen;
    PB_TRY(choose_scopes(caller->scopes, scopes, &chosen, err));
    int64_t lasts = lasts_us > 0 ? lasts_us : TOKEN_US;
    const identity_session_wish wish = {.user = caller->user,
                                        .key = caller->key,
                                        .scopes = chosen,
                                        .read_only = caller->read_only,
                                        .idle_us = lasts,
                                        .lasts_us = lasts};
    PB_TRY(identity_session_begin(session, visit, &wish, ret_token, &caller->session, err));
    PB_TRY(identity_credential_used(session, caller->key, 0, visit->now_us, err));
    const identity_pair pairs[] = {
        {"key", PB_VALUE_INT(caller->key)},
        {"session", PB_VALUE_INT(caller->session)},
        {"scopes", chosen.ptr == NULL ? PB_VALUE_NULL : PB_VALUE_TEXT(chosen)}};
    PB_TRY(identity_note(session, visit, "key.used", caller->user, pairs, 3, err));
    caller->scopes = chosen.ptr == NULL ? PB_STR_NONE : pb_arena_str(arena, chosen);
    caller->from_us = visit->now_us;
    caller->until_us = visit->now_us + lasts;
    return chosen.ptr != NULL && caller->scopes.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}
