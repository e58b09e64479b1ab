/* What people report of the program, and what they are answered. */
#include "identity/feedback.h"

#include <string.h>

#include "base/cbor.h"
#include "base/utf8.h"
#include "db/row.h"

#define COLUMNS                                                                                    \
    "n, author, at_us, kind, page, body, state, answer, answered_by, answered_us, version"
#define DAY_US (INT64_C(86400) * 1000000)

const char *const identity_feedback_kinds[] = {"trouble", "wish", "question", "praise"};
const char *const identity_feedback_states[] = {"open", "answered", "planned", "done", "declined"};

/* ---- read ---- */

typedef struct taking {
    pb_arena *arena;
    identity_feedback *items;
    size_t count, room;
} taking;

static pb_status take_row(void *context, db_stmt *stmt, pb_error *err)
{
    taking *t = context;
    pb_str author = db_column_blob(stmt, 1);
    int64_t kind = db_column_i64(stmt, 3), state = db_column_i64(stmt, 6);
    identity_feedback item = {.n = db_column_i64(stmt, 0),
                              .at_us = db_column_i64(stmt, 2),
                              .kind = (identity_feedback_kind)kind,
                              .state = (identity_feedback_state)state,
                              .answered_us = db_take_number(stmt, 9, INT64_MIN),
                              .version = db_column_i64(stmt, 10)};
    if (author.len != sizeof item.author.b || kind < 0 || kind >= IDENTITY_FEEDBACK_KINDS ||
        state < 0 || state >= IDENTITY_FEEDBACK_STATES)
        return db_fail_altered("t_screen_feedback", err);
    memcpy(item.author.b, author.ptr, author.len);
    if (!db_take_text(stmt, 4, t->arena, &item.page) ||
        !db_take_text(stmt, 5, t->arena, &item.text) ||
        !db_take_text(stmt, 7, t->arena, &item.answer) ||
        !db_take_text(stmt, 8, t->arena, &item.answered_by) ||
        !PB_PUSH(t->arena, t->items, t->count, t->room, item))
        return pb_fail_memory(err);
    return PB_OK;
}

pb_status identity_feedback_list(db_session *session, const identity_feedback_wish *wish,
                                 pb_arena *arena, identity_feedback **ret_items, size_t *ret_count,
                                 pb_error *err)
{
    static const char everybody_sql[] =
        "SELECT " COLUMNS " FROM t_screen_feedback WHERE n < ?1 AND (?2 < 0 OR state = ?2)"
        " AND (?3 < 0 OR kind = ?3) ORDER BY n DESC LIMIT ?4";
    static const char one_sql[] =
        "SELECT " COLUMNS " FROM t_screen_feedback WHERE n < ?1 AND (?2 < 0 OR state = ?2)"
        " AND (?3 < 0 OR kind = ?3) AND author = ?5 ORDER BY n DESC LIMIT ?4";
    taking t = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, wish->author == NULL ? everybody_sql : one_sql, &stmt, err));
    db_bind_i64(stmt, 1, wish->below);
    db_bind_i64(stmt, 2, wish->state);
    db_bind_i64(stmt, 3, wish->kind);
    db_bind_i64(stmt, 4, (int64_t)wish->most);
    if (wish->author != NULL)
        db_bind_blob(stmt, 5, pb_uuid_str(wish->author));
    PB_TRY(db_each(stmt, take_row, &t, err));
    *ret_items = t.items;
    *ret_count = t.count;
    return PB_OK;
}

pb_status identity_feedback_find(db_session *session, int64_t n, pb_arena *arena,
                                 identity_feedback *ret_item, pb_error *err)
{
    static const char sql[] = "SELECT " COLUMNS " FROM t_screen_feedback WHERE n = ?1";
    taking t = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    PB_TRY(db_each(stmt, take_row, &t, err));
    if (t.count == 0)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no message {number}."), "number",
                       PB_ARG_INT(n), NULL);
    *ret_item = t.items[0];
    return PB_OK;
}

typedef struct counting {
    uint64_t (*counts)[IDENTITY_FEEDBACK_STATES];
} counting;

static pb_status take_count(void *context, db_stmt *stmt, pb_error *err)
{
    counting *c = context;
    int64_t kind = db_column_i64(stmt, 0), state = db_column_i64(stmt, 1);
    if (kind < 0 || kind >= IDENTITY_FEEDBACK_KINDS || state < 0 ||
        state >= IDENTITY_FEEDBACK_STATES)
        return db_fail_altered("t_screen_feedback", err);
    c->counts[kind][state] = (uint64_t)db_column_i64(stmt, 2);
    return PB_OK;
}

pb_status
identity_feedback_count(db_session *session,
                        uint64_t ret_counts[IDENTITY_FEEDBACK_KINDS][IDENTITY_FEEDBACK_STATES],
                        pb_error *err)
{
    static const char sql[] =
        "SELECT kind, state, COUNT(*) FROM t_screen_feedback GROUP BY kind, state";
    counting c = {ret_counts};
    db_stmt *stmt;
    memset(ret_counts, 0, sizeof(uint64_t[IDENTITY_FEEDBACK_KINDS][IDENTITY_FEEDBACK_STATES]));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    return db_each(stmt, take_count, &c, err);
}

/* ---- written ---- */

static pb_status check_text(const char *field, pb_str text, pb_error *err)
{
    if (pb_str_trim(text).len > 0 && pb_utf8_count(text) <= IDENTITY_FEEDBACK_TEXT_MAX)
        return PB_OK;
    return pb_fail(err, PB_INVALID, PB_MSG("“{field}” has 1 to {most} characters."), "field", field,
                   "most", PB_ARG_INT(IDENTITY_FEEDBACK_TEXT_MAX), NULL);
}

static pb_status log_feedback(db_session *session, const identity_call *call, const char *kind,
                              const identity_feedback *item, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(1024);
    uint64_t sequence;
    pb_cbor_map(&payload, 4); /* by length of the key, then bytes (RFC 8949 4.2.3) */
    pb_cbor_text(&payload, PB_STR("kind"));
    pb_cbor_text(&payload, pb_str_c(identity_feedback_kinds[item->kind]));
    pb_cbor_text(&payload, PB_STR("state"));
    pb_cbor_text(&payload, pb_str_c(identity_feedback_states[item->state]));
    pb_cbor_text(&payload, PB_STR("author"));
    pb_cbor_bytes(&payload, pb_uuid_str(&item->author));
    pb_cbor_text(&payload, PB_STR("message"));
    pb_cbor_int(&payload, item->n);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {
        .kind = kind, .at_us = call->now_us, .actor = call->actor, .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

static pb_status check_number(db_session *session, const identity_call *call, pb_uuid author,
                              pb_error *err)
{
    static const char sql[] =
        "SELECT COUNT(*) FROM t_screen_feedback WHERE author = ?1 AND at_us > ?2";
    int64_t count = 0;
    bool row;
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&author));
    db_bind_i64(stmt, 2, call->now_us - DAY_US);
    PB_TRY(db_step(stmt, &row, err));
    if (row)
        count = db_column_i64(stmt, 0);
    db_reset(stmt);
    if (count < IDENTITY_FEEDBACK_DAILY)
        return PB_OK;
    pb_fail(err, PB_LIMIT, PB_MSG("Nobody gives more than {most} messages in a day."), "most",
            PB_ARG_INT(IDENTITY_FEEDBACK_DAILY), NULL);
    pb_error_hint(err, PB_MSG("Add to one that you gave today."), NULL);
    return PB_LIMIT;
}

pb_status identity_feedback_give(db_session *session, const identity_call *call,
                                 const identity_feedback *item, pb_arena *arena,
                                 identity_feedback *ret_item, pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_screen_feedback (n, author, at_us, kind, page, body, state, version)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)";
    identity_feedback made = *item;
    db_stmt *stmt;
    PB_TRY(check_text("text", item->text, err));
    if (item->page.len > IDENTITY_FEEDBACK_PAGE_MAX)
        return pb_fail(err, PB_INVALID, PB_MSG("“{field}” has {most} bytes at most."), "field",
                       "page", "most", PB_ARG_INT(IDENTITY_FEEDBACK_PAGE_MAX), NULL);
    PB_TRY(check_number(session, call, item->author, err));
    PB_TRY(db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_screen_feedback", &made.n,
                          err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, made.n);
    db_bind_blob(stmt, 2, pb_uuid_str(&made.author));
    db_bind_i64(stmt, 3, call->now_us);
    db_bind_i64(stmt, 4, made.kind);
    db_bind_some_text(stmt, 5, made.page);
    db_bind_text(stmt, 6, made.text);
    db_bind_i64(stmt, 7, IDENTITY_FEEDBACK_OPEN);
    PB_TRY(db_run(stmt, err));
    PB_TRY(identity_feedback_find(session, made.n, arena, ret_item, err));
    return log_feedback(session, call, "feedback.given", ret_item, err);
}

/* Says message `item` anew, as its next version. */
static pb_status update(db_session *session, const identity_feedback *item, int64_t version,
                        pb_error *err)
{
    static const char sql[] =
        "UPDATE t_screen_feedback SET body = ?2, state = ?3, answer = ?4, answered_by = ?5,"
        " answered_us = ?6, version = version + 1 WHERE n = ?1";
    db_stmt *stmt;
    if (version != item->version) {
        pb_fail(err, PB_CONFLICT, PB_MSG("The message was changed meanwhile."), NULL);
        pb_error_hint(err, PB_MSG("Read it again, and change it as it is now."), NULL);
        return PB_CONFLICT;
    }
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, item->n);
    db_bind_text(stmt, 2, item->text);
    db_bind_i64(stmt, 3, item->state);
    db_bind_some_text(stmt, 4, item->answer);
    db_bind_some_text(stmt, 5, item->answered_by);
    db_bind_unless(stmt, 6, item->answered_us, INT64_MIN);
    return db_run(stmt, err);
}

pb_status identity_feedback_answer(db_session *session, const identity_call *call, int64_t n,
                                   int64_t version, identity_feedback_state state, pb_str answer,
                                   pb_arena *arena, identity_feedback *ret_item, pb_error *err)
{
    identity_feedback item;
    PB_TRY(identity_feedback_find(session, n, arena, &item, err));
    item.state = state;
    if (answer.ptr != NULL) {
        PB_TRY(check_text("answer", answer, err));
        item.answer = answer;
        item.answered_by = call->actor.name;
        item.answered_us = call->now_us;
    }
    PB_TRY(update(session, &item, version, err));
    PB_TRY(identity_feedback_find(session, n, arena, ret_item, err));
    return log_feedback(session, call, "feedback.answered", ret_item, err);
}

pb_status identity_feedback_add(db_session *session, const identity_call *call, int64_t n,
                                int64_t version, pb_str text, pb_arena *arena,
                                identity_feedback *ret_item, pb_error *err)
{
    identity_feedback item;
    PB_TRY(identity_feedback_find(session, n, arena, &item, err));
    PB_TRY(check_text("text", text, err));
    char *whole = pb_arena_printf(arena, "%.*s\n\n%.*s", PB_STR_FMT(item.text), PB_STR_FMT(text));
    if (whole == NULL)
        return pb_fail_memory(err);
    item.text = pb_str_c(whole);
    item.state = IDENTITY_FEEDBACK_OPEN;
    PB_TRY(check_text("text", item.text, err));
    PB_TRY(update(session, &item, version, err));
    PB_TRY(identity_feedback_find(session, n, arena, ret_item, err));
    return log_feedback(session, call, "feedback.given", ret_item, err);
}
