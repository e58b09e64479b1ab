/* Rows that hold for a time, and events about them. */
#include "internal.h"

#include "base/cbor.h"

#include <string.h>

enum { EVENT_MAX = 16 << 20, FACTS_MAX = 16 };

static const pb_uuid no_one;

bool people_same(pb_uuid one, pb_uuid other)
{
    return memcmp(one.b, other.b, sizeof one.b) == 0;
}

bool people_no_one(pb_uuid id)
{
    return people_same(id, no_one);
}

void people_bind_since(db_stmt *stmt, int first, const identity_call *call, int64_t from_us,
                       int64_t until_us)
{
    db_bind_i64(stmt, first, from_us);
    db_bind_unless(stmt, first + 1, until_us, IDENTITY_OPEN);
    db_bind_text(stmt, first + 2, call->actor.name);
    db_bind_text(stmt, first + 3, call->why);
}

void people_bind_end(db_stmt *stmt, const identity_call *call, int64_t at_us)
{
    db_bind_i64(stmt, 1, at_us);
    db_bind_text(stmt, 2, call->actor.name);
    db_bind_text(stmt, 3, call->why);
}

void people_bind_id(db_stmt *stmt, int parameter, const pb_uuid *id)
{
    if (people_no_one(*id))
        db_bind_null(stmt, parameter);
    else
        db_bind_blob(stmt, parameter, pb_uuid_str(id));
}

pb_uuid people_take_id(db_stmt *stmt, int column)
{
    pb_uuid id = no_one;
    pb_str bytes = db_column_is_null(stmt, column) ? PB_STR_NONE : db_column_blob(stmt, column);
    if (bytes.len == sizeof id.b)
        memcpy(id.b, bytes.ptr, sizeof id.b);
    return id;
}

int64_t people_take_end(db_stmt *stmt, int column)
{
    return db_take_number(stmt, column, IDENTITY_OPEN);
}

/* ---- events ---- */

pb_value people_fact_id(const pb_uuid *id)
{
    return people_no_one(*id) ? PB_VALUE_NULL : PB_VALUE_BLOB(pb_uuid_str(id));
}

pb_value people_fact_text(pb_str text)
{
    return text.ptr == NULL ? PB_VALUE_NULL : PB_VALUE_TEXT(text);
}

pb_value people_fact_end(int64_t us)
{
    return us == IDENTITY_OPEN ? PB_VALUE_NULL : PB_VALUE_INT(us);
}

/* Keys of a map stand in the order of their encoded bytes: the shorter first. */
static bool comes_before(const char *one, const char *other)
{
    size_t length = strlen(one), of_other = strlen(other);
    return length != of_other ? length < of_other : strcmp(one, other) < 0;
}

static size_t put_in_order(const people_fact **facts, size_t count, const people_fact *fact)
{
    size_t at = count;
    for (; at > 0 && comes_before(fact->key, facts[at - 1]->key); at--)
        facts[at] = facts[at - 1];
    facts[at] = fact;
    return count + 1;
}

static void put_fact(const people_fact *fact, pb_buf *out)
{
    bool list = fact->ids != NULL || fact->numbers != NULL || fact->texts != NULL;
    pb_cbor_text(out, pb_str_c(fact->key));
    if (!list) {
        pb_cbor_value(out, fact->value);
        return;
    }
    pb_cbor_array(out, fact->count);
    for (size_t i = 0; i < fact->count; i++) {
        if (fact->ids != NULL)
            pb_cbor_bytes(out, pb_uuid_str(&fact->ids[i]));
        else if (fact->numbers != NULL)
            pb_cbor_int(out, fact->numbers[i]);
        else
            pb_cbor_text(out, fact->texts[i]);
    }
}

pb_status people_event(db_session *session, const identity_call *call, const char *kind,
                       const people_fact *facts, size_t count, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(EVENT_MAX);
    const people_fact why = {.key = "why", .value = people_fact_text(call->why)};
    const people_fact *ordered[FACTS_MAX + 1];
    uint64_t sequence;
    if (count > FACTS_MAX)
        return pb_fail(err, PB_INTERNAL, PB_MSG("There is too much to say of it in one event."),
                       NULL);
    size_t all = put_in_order(ordered, 0, &why);
    for (size_t i = 0; i < count; i++)
        all = put_in_order(ordered, all, &facts[i]);
    pb_cbor_map(&payload, all);
    for (size_t i = 0; i < all; i++)
        put_fact(ordered[i], &payload);
    if (payload.failed)
        return pb_fail_buffer(&payload, PB_MSG("There is too much to say of it in one event."),
                              err);
    const ledger_event event = {
        .kind = kind, .at_us = call->now_us, .actor = call->actor, .payload = pb_buf_str(&payload)};
    PB_TRY(ledger_append(session, &event, &sequence, err));
    return identity_changed(session, call->now_us, err);
}
