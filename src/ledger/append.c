#include <sodium.h>

#include "base/utf8.h"
#include "event.h"
#include "kinds.h"
#include "tree.h"

static pb_status check_event(db_session *session, const ledger_event *event, pb_error *err)
{
    const ledger_kind *kind = ledger_kind_find(pb_str_c(event->kind));
    if (!db_session_writes(session))
        return pb_fail(err, PB_INTERNAL, PB_MSG("The log is written inside a transaction only"),
                       NULL);
    if (!kind)
        return pb_fail(err, PB_INVALID, PB_MSG("“{kind}” is not a declared kind of event"), "kind",
                       event->kind, NULL);
    if (kind->record && pb_str_empty(event->entity))
        return pb_fail(err, PB_INVALID, PB_MSG("An event “{kind}” must name a record"), "kind",
                       event->kind, NULL);
    if (!kind->payload && !pb_str_empty(event->payload))
        return pb_fail(err, PB_INVALID, PB_MSG("An event “{kind}” has no payload"), "kind",
                       event->kind, NULL);
    return PB_OK;
}

static pb_status not_written(const ledger_event *event, pb_error *err)
{
    return pb_fail(err, PB_INVALID,
                   PB_MSG("Could not write an event “{kind}”: a text is too long or not UTF-8"),
                   "kind", event->kind, NULL);
}

pb_status ledger_writable(const ledger_event *event, pb_error *err)
{
    enum { TEXTS = 4, TEXT_MAX = LEDGER_BODY_MAX / 8 };
    const pb_str texts[TEXTS] = {event->actor.name, event->actor.purpose, event->actor.via,
                                 event->entity};
    for (size_t i = 0; i < TEXTS; i++)
        if (texts[i].len > TEXT_MAX || !pb_utf8_valid(texts[i]))
            return not_written(event, err);
    return PB_OK;
}

static pb_status insert(db_session *session, const char *sql, uint64_t sequence, pb_str body,
                        pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)sequence);
    db_bind_blob(stmt, 2, body);
    return db_run(stmt, err);
}

/* Salt and payload in tree->payload, the commitment to it in `*ret_commitment`. */
static bool seal_payload(ledger_tree *tree, pb_str payload, merkle_hash *ret_commitment)
{
    uint8_t salt[LEDGER_SALT];
    pb_str salt_str = pb_str_n((const char *)salt, sizeof salt);
    tree_salt(tree, salt);
    pb_buf_clear(&tree->payload);
    pb_buf_add(&tree->payload, salt_str);
    pb_buf_add(&tree->payload, payload);
    *ret_commitment = merkle_hmac(salt_str, payload);
    sodium_memzero(salt, sizeof salt);
    return !tree->payload.failed;
}

static pb_status write_event(db_session *session, ledger_tree *tree, const ledger_event *event,
                             pb_error *err)
{
    static const char event_sql[] = "INSERT INTO ledger_event (seq, body) VALUES (?1, ?2)";
    static const char payload_sql[] = "INSERT INTO ledger_payload (seq, body) VALUES (?1, ?2)";
    uint64_t sequence = tree->range.size;
    bool payload = !pb_str_empty(event->payload);
    merkle_hash commitment;
    if (payload && !seal_payload(tree, event->payload, &commitment))
        return pb_fail_buffer(&tree->payload, PB_MSG("What an event says is too long for the log"),
                              err);
    pb_buf_clear(&tree->body);
    bool written = event_write(event, payload ? &commitment : NULL, &tree->body);
    if (!written && tree->body.starved)
        return pb_fail_memory(err);
    if (!written)
        return not_written(event, err);
    pb_str body = pb_buf_str(&tree->body);
    PB_TRY(insert(session, event_sql, sequence, body, err));
    if (payload)
        PB_TRY(insert(session, payload_sql, sequence, pb_buf_str(&tree->payload), err));
    merkle_hash leaf = merkle_leaf(body);
    return tree_add(session, tree, &leaf, event->at_us, err);
}

/* What happened to the place comes before whatever is written next. */
static pb_status open_told(db_session *session, ledger_tree **ret_tree, pb_error *err)
{
    PB_TRY(tree_open(session, ret_tree, err));
    if ((*ret_tree)->told)
        return PB_OK;
    (*ret_tree)->told = true; /* its own events ask no more */
    return ledger_tell_incidents(session, err);
}

pb_status ledger_append(db_session *session, const ledger_event *event, uint64_t *ret_sequence,
                        pb_error *err)
{
    ledger_tree *tree;
    PB_TRY(check_event(session, event, err));
    PB_TRY(open_told(session, &tree, err));
    uint64_t sequence = tree->range.size;
    pb_status status = write_event(session, tree, event, err);
    if (status != PB_OK) {
        tree->broken = true;
        return status;
    }
    *ret_sequence = sequence;
    return PB_OK;
}

pb_status ledger_next(db_session *session, uint64_t *ret_sequence, pb_error *err)
{
    ledger_tree *tree;
    PB_TRY(open_told(session, &tree, err));
    *ret_sequence = tree->range.size;
    return PB_OK;
}

static pb_status no_event(uint64_t sequence, pb_error *err)
{
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("The log has no event {event}"), "event",
                   PB_ARG_INT(sequence), NULL);
}

static pb_status altered(const char *says, uint64_t sequence, pb_error *err)
{
    return pb_fail(err, PB_CORRUPT, says, "event", PB_ARG_INT(sequence), NULL);
}

/* A copy of a row's body in `arena`; absent when there is no row. */
static pb_status fetch(db_session *session, const char *sql, uint64_t sequence, pb_arena *arena,
                       pb_str *ret_body, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    *ret_body = PB_STR_NONE;
    if (sequence > INT64_MAX)
        return PB_OK;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)sequence);
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return PB_OK;
    pb_str body = db_column_blob(stmt, 0);
    pb_str copy = pb_arena_str(arena, body.ptr ? body : PB_STR(""));
    db_reset(stmt);
    if (!copy.ptr)
        return pb_fail_memory(err);
    *ret_body = copy;
    return PB_OK;
}

pb_status ledger_read(db_session *session, uint64_t sequence, pb_arena *arena,
                      ledger_event *ret_event, bool *ret_erased, pb_error *err)
{
    static const char event_sql[] = "SELECT body FROM ledger_event WHERE seq = ?1";
    static const char payload_sql[] =
        "SELECT body FROM ledger_payload WHERE seq = ?1 AND LENGTH(body) > 0";
    pb_str bytes, stored;
    event_body body;
    PB_TRY(fetch(session, event_sql, sequence, arena, &bytes, err));
    if (!bytes.ptr)
        return no_event(sequence, err);
    if (!event_read(bytes, &body))
        return altered(PB_MSG("Event {event} of the log was altered"), sequence, err);
    ledger_event event = body.event;
    event.kind = pb_arena_cstr(arena, body.kind);
    if (!event.kind)
        return pb_fail_memory(err);
    bool erased = false;
    if (body.has_commitment) {
        PB_TRY(fetch(session, payload_sql, sequence, arena, &stored, err));
        erased = !stored.ptr;
        if (!erased) {
            event.payload = pb_str_sub(stored, LEDGER_SALT, stored.len);
            merkle_hash sum = merkle_hmac(pb_str_sub(stored, 0, LEDGER_SALT), event.payload);
            if (stored.len <= LEDGER_SALT || !merkle_hash_eq(&sum, &body.commitment))
                return altered(PB_MSG("The payload of event {event} was altered"), sequence, err);
        }
    }
    *ret_event = event;
    *ret_erased = erased;
    return PB_OK;
}

/* A body begins with a map head of one byte, then its kind (see event_write): nothing else needs to
 * be read to tell the kind. */
pb_status ledger_each_between(db_session *session, const char *kind, uint64_t from, uint64_t until,
                              ledger_numbered_each each, void *context, pb_error *err)
{
    static const char sql[] =
        "SELECT seq FROM ledger_event WHERE SUBSTR(body, 2, CAST(?1 AS INTEGER)) = ?2"
        " AND seq >= ?3 AND seq < ?4 ORDER BY seq";
    PB_AUTO_BUF begins = PB_BUF_INIT(256);
    PB_AUTO_ARENA arena = pb_arena_new(0);
    db_stmt *stmt;
    event_put_kind(pb_str_c(kind), &begins);
    if (!arena || begins.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)begins.len);
    db_bind_blob(stmt, 2, pb_buf_str(&begins));
    db_bind_i64(stmt, 3, from > INT64_MAX ? INT64_MAX : (int64_t)from);
    db_bind_i64(stmt, 4, until > INT64_MAX ? INT64_MAX : (int64_t)until);
    for (;;) {
        bool row, erased;
        ledger_event event;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        uint64_t sequence = (uint64_t)db_column_i64(stmt, 0);
        pb_arena_reset(arena);
        pb_status status = ledger_read(session, sequence, arena, &event, &erased, err);
        if (status == PB_OK)
            status = each(context, sequence, &event, erased, err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
    }
}

typedef struct unnumbered {
    ledger_event_each each;
    void *context;
} unnumbered;

static pb_status pass_on(void *context, uint64_t sequence, const ledger_event *event, bool erased,
                         pb_error *err)
{
    const unnumbered *to = context;
    (void)sequence;
    return to->each(to->context, event, erased, err);
}

pb_status ledger_each_of(db_session *session, const char *kind, ledger_event_each each,
                         void *context, pb_error *err)
{
    unnumbered to = {each, context};
    return ledger_each_between(session, kind, 0, UINT64_MAX, pass_on, &to, err);
}

pb_status ledger_erase_payload(db_session *session, uint64_t sequence, ledger_actor actor,
                               int64_t at_us, pb_error *err)
{
    static const char there_sql[] =
        "SELECT 1 FROM ledger_payload WHERE seq = ?1 AND LENGTH(body) > 0";
    /* Emptied, not removed: a table that shrinks moves its other rows, and leaves copies of them
     * behind that a later erasure would not reach. */
    static const char erase_sql[] = "UPDATE ledger_payload SET body = ?2 WHERE seq = ?1";
    db_stmt *stmt;
    bool row = false;
    uint64_t own;
    if (sequence <= INT64_MAX) {
        PB_TRY(db_prepare(session, there_sql, &stmt, err));
        db_bind_i64(stmt, 1, (int64_t)sequence);
        PB_TRY(db_step(stmt, &row, err));
        db_reset(stmt);
    }
    if (!row)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("Event {event} has no payload to erase"), "event",
                       PB_ARG_INT(sequence), NULL);
    ledger_event event = {
        .kind = "payload.erased", .at_us = at_us, .actor = actor, .about = sequence + 1};
    PB_TRY(ledger_append(session, &event, &own, err));
    PB_TRY(db_overwrite_deleted(session, err));
    PB_TRY(db_prepare(session, erase_sql, &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)sequence);
    db_bind_blob(stmt, 2, PB_STR(""));
    return db_run(stmt, err);
}

static void print_of(pb_str body, uint8_t ret_print[LEDGER_PRINT_SIZE])
{
    merkle_hash leaf = merkle_leaf(body);
    memcpy(ret_print, leaf.b, LEDGER_PRINT_SIZE);
}

pb_status ledger_erased(db_session *session, ledger_erased_each each, void *context, pb_error *err)
{
    static const char sql[] = "SELECT e.seq, e.body FROM ledger_payload AS p"
                              " JOIN ledger_event AS e ON e.seq = p.seq"
                              " WHERE LENGTH(p.body) = 0 ORDER BY e.seq";
    db_stmt *stmt;
    bool row;
    uint8_t print[LEDGER_PRINT_SIZE];
    PB_TRY(db_prepare(session, sql, &stmt, err));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        print_of(db_column_blob(stmt, 1), print);
        pb_status status = each(context, (uint64_t)db_column_i64(stmt, 0), print, err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
    }
}

pb_status ledger_print(db_session *session, uint64_t sequence, uint8_t ret_print[LEDGER_PRINT_SIZE],
                       bool *ret_there, bool *ret_payload, pb_error *err)
{
    static const char sql[] =
        "SELECT e.body, (SELECT LENGTH(p.body) FROM ledger_payload AS p WHERE p.seq = e.seq)"
        " FROM ledger_event AS e WHERE e.seq = ?1";
    db_stmt *stmt;
    *ret_there = false;
    if (sequence > INT64_MAX)
        return PB_OK;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)sequence);
    PB_TRY(db_step(stmt, ret_there, err));
    if (*ret_there) {
        print_of(db_column_blob(stmt, 0), ret_print);
        *ret_payload = db_column_i64(stmt, 1) > 0;
    }
    db_reset(stmt);
    return PB_OK;
}
