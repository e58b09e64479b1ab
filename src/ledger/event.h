/* The bytes of an event: a CBOR map (RFC 8949 §4.2.1) with small integers as keys, so that one
 * event has exactly one form and its hash can be computed by anybody.
 *
 *   1 kind (text)   2 at (int, µs)   3 actor (text)   4 purpose (text)   5 via (text)
 *   6 entity (text)  7 record (bytes, 16)  8 version (uint)  9 previous + 1 (uint)
 *   10 commitment to the payload (bytes, 32)   11 about + 1 (uint)
 *
 * What is absent or zero is left out.
 */
#ifndef LEDGER_EVENT_H
#define LEDGER_EVENT_H

#include "ledger/ledger.h"
#include "merkle/hash.h"

enum { LEDGER_BODY_MAX = 1 << 16 };

/** An event's body taken apart; texts are parts of the body. */
typedef struct event_body {
    pb_str kind;
    ledger_event event; /* kind and payload not set */
    bool has_record, has_commitment;
    merkle_hash commitment;
} event_body;

/** Writes the body; `commitment` NULL: no payload. False when a text is no UTF-8 or all is too
 * long. */
bool event_write(const ledger_event *event, const merkle_hash *commitment, pb_buf *out);
/** Writes what every body of an event of that kind has after the one byte of its map's head. */
void event_put_kind(pb_str kind, pb_buf *out);
/** Reads a body; false on anything event_write would not have written. */
bool event_read(pb_str body, event_body *ret);

#endif
