/* The outbox: messages put in, taken, ended. */
#include "mail/outbox.h"

#include "base/cbor.h"
#include "db/row.h"
#include "mail/send.h"

#include <string.h>

#define COLUMNS                                                                                    \
    "n, kind, owner, address, subject, body, state, at_us, due_us, tries, ended_us, said"
#define MINUTE_US (INT64_C(60) * PB_US_PER_SECOND)
#define WAIT_MOST_US (360 * MINUTE_US)

const char *const mail_state_words[] = {"waiting", "sent", "failed", "dropped"};
const char *const mail_kind_words[] = {"enrolment", "reminder"};

static int word_of(pb_str word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (pb_str_is(word, words[i]))
            return i;
    return -1;
}

static pb_status take_row(db_stmt *stmt, pb_arena *arena, mail_message *ret, pb_error *err)
{
    mail_message m = {.n = db_column_i64(stmt, 0),
                      .at_us = db_column_i64(stmt, 7),
                      .due_us = db_column_i64(stmt, 8),
                      .tries = db_column_i64(stmt, 9),
                      .ended_us = db_take_number(stmt, 10, INT64_MIN)};
    pb_str owner = db_column_blob(stmt, 2);
    int kind = word_of(db_column_text(stmt, 1), mail_kind_words, MAIL_KINDS);
    int state = word_of(db_column_text(stmt, 6), mail_state_words, MAIL_STATES);
    if (kind < 0 || state < 0 || owner.len != sizeof m.owner.b)
        return db_fail_altered("t_mail_message", err);
    m.kind = (mail_kind)kind;
    m.state = (mail_state)state;
    memcpy(m.owner.b, owner.ptr, owner.len);
    if (!db_take_text(stmt, 3, arena, &m.address) || !db_take_text(stmt, 4, arena, &m.subject) ||
        !db_take_text(stmt, 5, arena, &m.body) || !db_take_text(stmt, 11, arena, &m.said))
        return pb_fail_memory(err);
    *ret = m;
    return PB_OK;
}

static pb_status log_message(db_session *session, const mail_call *call, const char *kind,
                             const mail_message *m, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(1024);
    uint64_t sequence;
    pb_cbor_map(&payload, 4); /* by length of the key, then bytes (RFC 8949 4.2.3) */
    pb_cbor_text(&payload, PB_STR("kind"));
    pb_cbor_text(&payload, pb_str_c(mail_kind_words[m->kind]));
    pb_cbor_text(&payload, PB_STR("user"));
    pb_cbor_bytes(&payload, pb_uuid_str(&m->owner));
    pb_cbor_text(&payload, PB_STR("tries"));
    pb_cbor_int(&payload, m->tries);
    pb_cbor_text(&payload, PB_STR("message"));
    pb_cbor_int(&payload, m->n);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {
        .kind = kind, .at_us = call->now_us, .actor = call->actor, .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

/* What could not be written down as a message is not kept either. */
static pb_status check(const mail_call *call, const mail_message *message, pb_error *err)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(4 * MAIL_BODY_MAX);
    return mail_compose(message, PB_STR("check@example.org"), PB_STR("check"), call->now_us, &bytes,
                        err);
}

pb_status mail_add(db_session *session, const mail_call *call, const mail_message *message,
                   int64_t *ret_n, pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_mail_message (n, kind, owner, address, subject, body, state, at_us, due_us,"
        " tries) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, 0)";
    mail_message made = *message;
    db_stmt *stmt;
    PB_TRY(check(call, message, err));
    PB_TRY(db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_mail_message", &made.n,
                          err));
    made.tries = 0;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, made.n);
    db_bind_text(stmt, 2, pb_str_c(mail_kind_words[made.kind]));
    db_bind_blob(stmt, 3, pb_uuid_str(&made.owner));
    db_bind_text(stmt, 4, made.address);
    db_bind_text(stmt, 5, made.subject);
    db_bind_text(stmt, 6, made.body);
    db_bind_text(stmt, 7, pb_str_c(mail_state_words[MAIL_WAITING]));
    db_bind_i64(stmt, 8, call->now_us);
    PB_TRY(db_run(stmt, err));
    PB_TRY(log_message(session, call, "mail.queued", &made, err));
    *ret_n = made.n;
    return PB_OK;
}

pb_status mail_take(db_session *session, int64_t now_us, pb_arena *arena, mail_message *ret_message,
                    bool *ret_found, pb_error *err)
{
    static const char next_sql[] = "SELECT " COLUMNS " FROM t_mail_message WHERE state = 'waiting'"
                                   " AND due_us <= ?1 ORDER BY due_us, n LIMIT 1";
    static const char take_sql[] = "UPDATE t_mail_message SET due_us = ?2, tries = ?3 WHERE n = ?1";
    mail_message m = {0};
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare_taking(session, pb_str_c(next_sql), &stmt, err));
    db_bind_i64(stmt, 1, now_us);
    PB_TRY(db_step(stmt, &row, err));
    *ret_found = row;
    if (!row)
        return PB_OK;
    pb_status status = take_row(stmt, arena, &m, err);
    db_reset(stmt);
    PB_TRY(status);
    m.due_us = now_us + MAIL_HELD_US;
    m.tries++;
    PB_TRY(db_prepare(session, take_sql, &stmt, err));
    db_bind_i64(stmt, 1, m.n);
    db_bind_i64(stmt, 2, m.due_us);
    db_bind_i64(stmt, 3, m.tries);
    *ret_message = m;
    return db_run(stmt, err);
}

/* One minute, four, sixteen … six hours. */
static int64_t wait_after(int64_t tries)
{
    int64_t wait = MINUTE_US;
    for (int64_t i = 1; i < tries && wait < WAIT_MOST_US; i++)
        wait *= 4;
    return wait < WAIT_MOST_US ? wait : WAIT_MOST_US;
}

/* Each taking is another try; when it is due may have been changed meanwhile (mail_retry). */
static pb_status check_held(db_session *session, const mail_message *m, pb_error *err)
{
    static const char sql[] = "SELECT 1 FROM t_mail_message WHERE n = ?1 AND state = 'waiting'"
                              " AND tries = ?2";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, m->n);
    db_bind_i64(stmt, 2, m->tries);
    PB_TRY(db_step(stmt, &row, err));
    if (row)
        db_reset(stmt);
    return row ? PB_OK
               : pb_fail(err, PB_CONFLICT, PB_MSG("Message {number} is in other hands."), "number",
                         PB_ARG_INT(m->n), NULL);
}

static pb_status store_end(db_session *session, const mail_message *m, pb_error *err)
{
    static const char sql[] = "UPDATE t_mail_message SET state = ?2, due_us = ?3, ended_us = ?4,"
                              " said = ?5, body = ?6 WHERE n = ?1";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, m->n);
    db_bind_text(stmt, 2, pb_str_c(mail_state_words[m->state]));
    db_bind_i64(stmt, 3, m->due_us);
    db_bind_unless(stmt, 4, m->ended_us, INT64_MIN);
    db_bind_some_text(stmt, 5, m->said);
    db_bind_text(stmt, 6, m->body);
    return db_run(stmt, err);
}

pb_status mail_end(db_session *session, const mail_call *call, const mail_message *message,
                   mail_outcome outcome, pb_str said, pb_error *err)
{
    mail_message m = *message;
    PB_TRY(check_held(session, message, err));
    bool over = outcome != MAIL_LATER || m.tries >= MAIL_TRIES;
    m.said = outcome == MAIL_GONE ? PB_STR_NONE : said;
    m.due_us = call->now_us + wait_after(m.tries);
    if (!over)
        return store_end(session, &m, err);
    m.state = outcome == MAIL_GONE ? MAIL_SENT : MAIL_FAILED;
    m.ended_us = call->now_us;
    m.body = PB_STR("");
    PB_TRY(db_overwrite_deleted(session, err));
    PB_TRY(store_end(session, &m, err));
    return log_message(session, call, outcome == MAIL_GONE ? "mail.sent" : "mail.failed", &m, err);
}

/* ---- what people say of it ---- */

static pb_status find_waiting(db_session *session, int64_t n, pb_arena *arena, mail_message *ret,
                              pb_error *err)
{
    static const char sql[] = "SELECT " COLUMNS " FROM t_mail_message WHERE n = ?1";
    mail_message m = {0};
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare_taking(session, pb_str_c(sql), &stmt, err));
    db_bind_i64(stmt, 1, n);
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no message {number}."), "number",
                       PB_ARG_INT(n), NULL);
    pb_status status = take_row(stmt, arena, &m, err);
    db_reset(stmt);
    PB_TRY(status);
    if (m.state != MAIL_WAITING) {
        pb_fail(err, PB_CONFLICT, PB_MSG("Message {number} does not wait any more."), "number",
                PB_ARG_INT(n), NULL);
        pb_error_detail(err, PB_MSG("What is over keeps no contents that could be sent."), NULL);
        pb_error_hint(err, PB_MSG("Make another code for a user whose message did not come."),
                      NULL);
        return PB_CONFLICT;
    }
    *ret = m;
    return PB_OK;
}

pb_status mail_retry(db_session *session, const mail_call *call, int64_t n, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    mail_message m = {0};
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(find_waiting(session, n, arena, &m, err));
    m.due_us = call->now_us;
    PB_TRY(store_end(session, &m, err));
    return log_message(session, call, "mail.retried", &m, err);
}

pb_status mail_drop(db_session *session, const mail_call *call, int64_t n, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    mail_message m = {0};
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(find_waiting(session, n, arena, &m, err));
    m.state = MAIL_DROPPED;
    m.ended_us = call->now_us;
    m.body = PB_STR("");
    PB_TRY(db_overwrite_deleted(session, err));
    PB_TRY(store_end(session, &m, err));
    return log_message(session, call, "mail.dropped", &m, err);
}

pb_status mail_clear(db_session *session, int64_t now_us, pb_error *err)
{
    db_stmt *stmt;
    /* The newest stays, so that no number is given twice. */
    PB_TRY(db_prepare(session,
                      "DELETE FROM t_mail_message WHERE ended_us < ?1"
                      " AND n < (SELECT MAX(n) FROM t_mail_message)",
                      &stmt, err));
    db_bind_i64(stmt, 1, now_us - MAIL_KEPT_US);
    return db_run(stmt, err);
}

/* ---- looked at ---- */

static pb_status count_row(void *context, db_stmt *stmt, pb_error *err)
{
    mail_counts *counts = context;
    int state = word_of(db_column_text(stmt, 0), mail_state_words, MAIL_STATES);
    if (state < 0)
        return db_fail_altered("t_mail_message", err);
    counts->number[state] = db_column_i64(stmt, 1);
    if (state == MAIL_WAITING) {
        counts->tried = db_column_i64(stmt, 2);
        counts->oldest_us = db_column_i64(stmt, 3);
        counts->next_us = db_column_i64(stmt, 4);
    }
    return PB_OK;
}

pb_status mail_count(db_session *session, mail_counts *ret_counts, pb_error *err)
{
    static const char sql[] = "SELECT state, COUNT(*), COUNT(said), MIN(at_us), MIN(due_us)"
                              " FROM t_mail_message GROUP BY state";
    mail_counts counts = {.oldest_us = INT64_MIN, .next_us = INT64_MAX};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    PB_TRY(db_each(stmt, count_row, &counts, err));
    *ret_counts = counts;
    return PB_OK;
}

typedef struct listing {
    pb_arena *arena;
    mail_message *items;
    size_t count, room;
} listing;

static pb_status list_row(void *context, db_stmt *stmt, pb_error *err)
{
    listing *l = context;
    mail_message m = {0};
    PB_TRY(take_row(stmt, l->arena, &m, err));
    m.body = PB_STR_NONE;
    return PB_PUSH(l->arena, l->items, l->count, l->room, m) ? PB_OK : pb_fail_memory(err);
}

pb_status mail_list(db_session *session, int64_t limit, pb_arena *arena,
                    mail_message **ret_messages, size_t *ret_count, pb_error *err)
{
    static const char sql[] = "SELECT " COLUMNS " FROM t_mail_message ORDER BY n DESC LIMIT ?1";
    listing l = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, limit);
    PB_TRY(db_each(stmt, list_row, &l, err));
    *ret_messages = l.items;
    *ret_count = l.count;
    return PB_OK;
}
