#include "event.h"

#include "base/cbor.h"
#include "kinds.h"

enum {
    KEY_KIND = 1,
    KEY_AT,
    KEY_ACTOR,
    KEY_PURPOSE,
    KEY_VIA,
    KEY_ENTITY,
    KEY_RECORD,
    KEY_VERSION,
    KEY_PREVIOUS,
    KEY_COMMITMENT,
    KEY_ABOUT
};

const ledger_kind *ledger_kind_find(pb_str name)
{
    size_t low = 0, high = ledger_kind_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = pb_str_cmp(name, pb_str_c(ledger_kinds[middle].name));
        if (order == 0)
            return &ledger_kinds[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *ledger_kind_says(pb_str kind)
{
    const ledger_kind *found = ledger_kind_find(kind);
    return found == NULL ? NULL : found->says;
}

const char *ledger_kind_name(size_t place)
{
    return place < ledger_kind_count ? ledger_kinds[place].name : NULL;
}

static void put_text(pb_buf *out, unsigned key, pb_str text)
{
    if (pb_str_empty(text))
        return;
    pb_cbor_uint(out, key);
    pb_cbor_text(out, text);
}

static void put_uint(pb_buf *out, unsigned key, uint64_t value)
{
    if (value == 0)
        return;
    pb_cbor_uint(out, key);
    pb_cbor_uint(out, value);
}

void event_put_kind(pb_str kind, pb_buf *out)
{
    put_text(out, KEY_KIND, kind);
}

bool event_write(const ledger_event *event, const merkle_hash *commitment, pb_buf *out)
{
    bool record = !pb_str_empty(event->entity);
    const ledger_actor *actor = &event->actor;
    if (event->version < 0)
        return false;
    size_t pairs = 2U + !pb_str_empty(actor->name) + !pb_str_empty(actor->purpose) +
                   !pb_str_empty(actor->via) + (record ? 2U : 0U) + (event->version != 0) +
                   (event->previous != 0) + (commitment != NULL) + (event->about != 0);
    pb_cbor_map(out, pairs);
    event_put_kind(pb_str_c(event->kind), out);
    pb_cbor_uint(out, KEY_AT);
    pb_cbor_int(out, event->at_us);
    put_text(out, KEY_ACTOR, actor->name);
    put_text(out, KEY_PURPOSE, actor->purpose);
    put_text(out, KEY_VIA, actor->via);
    if (record) {
        put_text(out, KEY_ENTITY, event->entity);
        pb_cbor_uint(out, KEY_RECORD);
        pb_cbor_bytes(out, pb_uuid_str(&event->record));
    }
    put_uint(out, KEY_VERSION, (uint64_t)event->version);
    put_uint(out, KEY_PREVIOUS, event->previous);
    if (commitment) {
        pb_cbor_uint(out, KEY_COMMITMENT);
        pb_cbor_bytes(out, merkle_hash_str(commitment));
    }
    put_uint(out, KEY_ABOUT, event->about);
    return !out->failed;
}

static uint64_t get_positive(pb_cbor *in)
{
    uint64_t value = pb_cbor_get_uint(in);
    in->bad |= value == 0;
    return value;
}

static pb_str get_text(pb_cbor *in)
{
    pb_str text = pb_cbor_get_text(in);
    in->bad |= text.len == 0;
    return text;
}

static void read_pair(pb_cbor *in, uint64_t key, event_body *body)
{
    ledger_event *event = &body->event;
    pb_str bytes;
    switch (key) {
    case KEY_KIND:
        body->kind = get_text(in);
        break;
    case KEY_AT:
        event->at_us = pb_cbor_get_int(in);
        break;
    case KEY_ACTOR:
        event->actor.name = get_text(in);
        break;
    case KEY_PURPOSE:
        event->actor.purpose = get_text(in);
        break;
    case KEY_VIA:
        event->actor.via = get_text(in);
        break;
    case KEY_ENTITY:
        event->entity = get_text(in);
        break;
    case KEY_RECORD:
        bytes = pb_cbor_get_bytes(in);
        in->bad |= bytes.len != sizeof event->record.b;
        if (!in->bad)
            memcpy(event->record.b, bytes.ptr, sizeof event->record.b);
        body->has_record = true;
        break;
    case KEY_VERSION:
        event->version = (int64_t)get_positive(in);
        in->bad |= event->version < 0;
        break;
    case KEY_PREVIOUS:
        event->previous = get_positive(in);
        break;
    case KEY_COMMITMENT:
        body->has_commitment = merkle_hash_from(pb_cbor_get_bytes(in), &body->commitment);
        in->bad |= !body->has_commitment;
        break;
    case KEY_ABOUT:
        event->about = get_positive(in);
        break;
    default: /* written by a newer version: what it means is not known here */
        in->bad = true;
        break;
    }
}

bool event_read(pb_str bytes, event_body *ret)
{
    pb_cbor in = {.in = bytes};
    memset(ret, 0, sizeof *ret);
    uint64_t last = 0, seen = 0;
    size_t pairs = pb_cbor_get_map(&in);
    for (size_t i = 0; i < pairs && !in.bad; i++) {
        uint64_t key = pb_cbor_get_uint(&in);
        in.bad |= key <= last || key > KEY_ABOUT;
        if (in.bad)
            break;
        last = key;
        seen |= UINT64_C(1) << key;
        read_pair(&in, key, ret);
    }
    bool whole = (seen & (1U << KEY_KIND)) && (seen & (1U << KEY_AT)) &&
                 ret->has_record == !pb_str_empty(ret->event.entity);
    /* Kinds are C strings elsewhere; one with a NUL would be shown as another. */
    return whole && pb_str_index(ret->kind, '\0') == ret->kind.len && pb_cbor_done(&in);
}
