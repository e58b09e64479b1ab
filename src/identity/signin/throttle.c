/* Slowing who guesses, and nobody else.
 *
 * Failures are counted by account and by address. The account's count is kept apart for strangers
 * and for each device on which its user signed in before (a sealed ticket says so): strangers can
 * make the account slow for strangers only, and whoever comes from a known device is not slowed by
 * his neighbours at the same address either. Counts of accounts that exist are bounded by their
 * number; those of names and addresses that anybody can make up are bounded by a limit, beyond
 * which the oldest go.
 */
#include "internal.h"

#include "base/time.h"

#include <arpa/inet.h>

enum {
    FREE_ACCOUNT = 5,    /* failures in a row that cost nothing */
    FREE_ADDRESS = 20,   /* people share addresses */
    CLOSED_AT = 100,     /* NIST SP 800-63B-4, 3.2.2: no more than that in a row */
    ROWS_MOST = 10000,   /* of a kind that anybody can make up */
    ROWS_OUT = 1000,     /* that go at a time */
    ROOM_MADE_BELOW = 4, /* of 256 first bytes of a hash: counting each time would cost too much */
    DOUBLINGS_MOST = 20
};

#define WAIT_MOST (INT64_C(15) * 60 * PB_US_PER_SECOND)
#define CLOSED_FOR PB_US_PER_DAY
#define FORGET_ACCOUNT PB_US_PER_DAY
#define FORGET_ADDRESS (INT64_C(3600) * PB_US_PER_SECOND)

typedef struct slow_row {
    int64_t failures, told, last_us, until_us;
} slow_row;

/* ---- who and where ---- */

/* IPv4 whole, IPv6 by its first half, which is what one customer of a provider has. */
static pb_str network(pb_str address, uint8_t room[16])
{
    char text[64] = "";
    struct in6_addr six;
    struct in_addr four;
    if (address.len == 0 || address.len >= sizeof text)
        return address.len == 0 ? PB_STR("here") : pb_str_sub(address, 0, sizeof text);
    memcpy(text, address.ptr, address.len);
    if (inet_pton(AF_INET, text, &four) == 1) {
        memcpy(room, &four, sizeof four);
        return pb_str_n((const char *)room, sizeof four);
    }
    if (inet_pton(AF_INET6, text, &six) != 1)
        return address;
    memcpy(room, &six, sizeof six);
    bool mapped = IN6_IS_ADDR_V4MAPPED(&six);
    return mapped ? pb_str_n((const char *)room + 12, 4) : pb_str_n((const char *)room, 8);
}

pb_status identity_slow_make(db_session *session, const identity_visit *visit,
                             const identity_user *user, pb_str name, const char *what,
                             identity_slow *ret_slow, pb_error *err)
{
    PB_AUTO_BUF who = PB_BUF_INIT(1 << 20);
    identity_slow slow = {.real = user != NULL};
    db_workspace *workspace = db_session_workspace(session);
    uint8_t room[16];
    if (user != NULL)
        PB_TRY(identity_browser_known(session, visit, user->id, slow.browser, &slow.known, err));
    pb_buf_addc(&who, what);
    pb_buf_byte(&who, 0);
    if (strcmp(what, IDENTITY_NO_GUESS) == 0)
        pb_buf_add(&who, network(visit->address, room));
    else if (user != NULL)
        pb_buf_add(&who, pb_uuid_str(&user->id));
    else if (identity_text_normal(name, true, &who, NULL) != PB_OK)
        pb_buf_add(&who, pb_str_sub(name, 0, 1000));
    if (slow.known)
        pb_buf_add(&who, pb_str_n((const char *)slow.browser, sizeof slow.browser));
    if (who.failed)
        return pb_fail_memory(err);
    identity_hash(workspace, "slow who", pb_buf_str(&who), slow.who);
    identity_hash(workspace, "slow where", network(visit->address, room), slow.where);
    *ret_slow = slow;
    return PB_OK;
}

/* ---- rows ---- */

static pb_status read_row(db_session *session, const uint8_t id[IDENTITY_HASH], int64_t forget_us,
                          int64_t now_us, slow_row *ret, bool *ret_there, pb_error *err)
{
    static const char sql[] =
        "SELECT failures, told, last_us, until_us FROM t_sign_slow WHERE id = ?1";
    db_stmt *stmt;
    bool row;
    *ret = (slow_row){0};
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_str_n((const char *)id, IDENTITY_HASH));
    PB_TRY(db_step(stmt, &row, err));
    *ret_there = row;
    if (row && db_column_i64(stmt, 2) > now_us - forget_us)
        *ret = (slow_row){db_column_i64(stmt, 0), db_column_i64(stmt, 1), db_column_i64(stmt, 2),
                          db_column_i64(stmt, 3)};
    db_reset(stmt);
    return PB_OK;
}

static int64_t wait_after(int64_t failures, bool account)
{
    int64_t beyond = failures - (account ? FREE_ACCOUNT : FREE_ADDRESS);
    if (account && failures >= CLOSED_AT)
        return CLOSED_FOR;
    if (beyond < 0)
        return 0;
    int64_t wait = PB_US_PER_SECOND << (beyond < DOUBLINGS_MOST ? beyond : DOUBLINGS_MOST);
    return wait < WAIT_MOST ? wait : WAIT_MOST;
}

/* Now and then when a name or an address is counted for the first time. */
static pb_status make_room(db_session *session, const char *kind, int64_t now_us, pb_error *err)
{
    static const char old_sql[] = "DELETE FROM t_sign_slow WHERE kind = ?1 AND last_us < ?2";
    static const char count_sql[] = "SELECT COUNT(*) FROM t_sign_slow WHERE kind = ?1";
    static const char nth_sql[] =
        "SELECT last_us FROM t_sign_slow WHERE kind = ?1 ORDER BY last_us LIMIT 1 OFFSET ?2";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, count_sql, &stmt, err));
    db_bind_text(stmt, 1, pb_str_c(kind));
    PB_TRY(db_step(stmt, &row, err));
    int64_t count = row ? db_column_i64(stmt, 0) : 0, before = now_us - FORGET_ACCOUNT;
    db_reset(stmt);
    if (count >= ROWS_MOST && strcmp(kind, "account") != 0) {
        PB_TRY(db_prepare(session, nth_sql, &stmt, err));
        db_bind_text(stmt, 1, pb_str_c(kind));
        db_bind_i64(stmt, 2, ROWS_OUT - 1);
        PB_TRY(db_step(stmt, &row, err));
        before = row ? db_column_i64(stmt, 0) + 1 : before;
        db_reset(stmt);
    }
    PB_TRY(db_prepare(session, old_sql, &stmt, err));
    db_bind_text(stmt, 1, pb_str_c(kind));
    db_bind_i64(stmt, 2, before);
    return db_run(stmt, err);
}

static pb_status write_row(db_session *session, const uint8_t id[IDENTITY_HASH], const char *kind,
                           bool there, const slow_row *row, pb_error *err)
{
    static const char add_sql[] =
        "INSERT INTO t_sign_slow (id, kind, failures, told, last_us, until_us)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    static const char set_sql[] =
        "UPDATE t_sign_slow SET kind = ?2, failures = ?3, told = ?4, last_us = ?5,"
        " until_us = ?6 WHERE id = ?1";
    db_stmt *stmt;
    if (!there && id[0] < ROOM_MADE_BELOW)
        PB_TRY(make_room(session, kind, row->last_us, err));
    PB_TRY(db_prepare(session, there ? set_sql : add_sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_str_n((const char *)id, IDENTITY_HASH));
    db_bind_text(stmt, 2, pb_str_c(kind));
    db_bind_i64(stmt, 3, row->failures);
    db_bind_i64(stmt, 4, row->told);
    db_bind_i64(stmt, 5, row->last_us);
    db_bind_i64(stmt, 6, row->until_us);
    return db_run(stmt, err);
}

/* ---- what sign-in asks ---- */

pb_status identity_slow_look(db_session *session, const identity_slow *slow, int64_t now_us,
                             int64_t *ret_wait_us, bool *ret_told, pb_error *err)
{
    slow_row who, where = {0};
    bool there;
    PB_TRY(read_row(session, slow->who, FORGET_ACCOUNT, now_us, &who, &there, err));
    if (!slow->known)
        PB_TRY(read_row(session, slow->where, FORGET_ADDRESS, now_us, &where, &there, err));
    const slow_row *longer = who.until_us >= where.until_us ? &who : &where;
    *ret_wait_us = longer->until_us > now_us ? longer->until_us - now_us : 0;
    *ret_told = longer->told != 0;
    return PB_OK;
}

static pb_status count_failure(db_session *session, const uint8_t id[IDENTITY_HASH],
                               const char *kind, bool account, int64_t now_us,
                               int64_t *ret_failures, pb_error *err)
{
    slow_row row;
    bool there;
    PB_TRY(read_row(session, id, account ? FORGET_ACCOUNT : FORGET_ADDRESS, now_us, &row, &there,
                    err));
    row.failures++;
    row.told = 0;
    row.last_us = now_us;
    row.until_us = now_us + wait_after(row.failures, account);
    *ret_failures = row.failures;
    return write_row(session, id, kind, there, &row, err);
}

pb_status identity_slow_failed(db_session *session, const identity_slow *slow, int64_t now_us,
                               int64_t *ret_failures, pb_error *err)
{
    int64_t at_address;
    if (!slow->known)
        PB_TRY(count_failure(session, slow->where, "address", false, now_us, &at_address, err));
    return count_failure(session, slow->who, slow->real ? "account" : "unknown", true, now_us,
                         ret_failures, err);
}

pb_status identity_slow_told(db_session *session, const identity_slow *slow, pb_error *err)
{
    static const char sql[] = "UPDATE t_sign_slow SET told = 1 WHERE id IN (?1, ?2)";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_str_n((const char *)slow->who, IDENTITY_HASH));
    db_bind_blob(stmt, 2, pb_str_n((const char *)slow->where, IDENTITY_HASH));
    return db_run(stmt, err);
}

pb_status identity_slow_passed(db_session *session, const identity_slow *slow, pb_error *err)
{
    static const char sql[] = "DELETE FROM t_sign_slow WHERE id = ?1";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_str_n((const char *)slow->who, IDENTITY_HASH));
    return db_run(stmt, err);
}
