/* The one log: an RFC 6962 Merkle tree over canonical event bytes, appended in the caller's
 * transaction; its head is signed (Ed25519) once per commit.
 *
 * A leaf holds only a commitment (HMAC-SHA-256 under a per-event salt) to its payload; payloads lie
 * apart and can be erased, which leaves the chain valid. If an event cannot be appended, the
 * transaction fails and nothing is written.
 * Refuses: deciding who may do what; changing or removing an event.
 */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include "base/bytes.h"
#include "db/workspace.h"

/** Who does something and why; goes into every event. Texts belong to the caller. */
typedef struct ledger_actor {
    pb_str name;    /* user, program or role */
    pb_str purpose; /* absent: none said */
    pb_str via;     /* command line, API, import, … */
} ledger_actor;

typedef struct ledger_event {
    const char *kind; /* declared in declare/events.yaml: record.created, record.changed,
                         import.finished, audit.run, payload.erased, workspace.created, … */
    int64_t at_us;
    ledger_actor actor;
    pb_str entity;    /* absent: not about one record */
    pb_uuid record;
    int64_t version;  /* of the record after the event; 0: none */
    uint64_t previous; /* sequence of the record's event before this one + 1; 0: none: the record's
                          history is this chain */
    pb_str payload;   /* canonical bytes (CBOR, RFC 8949 §4.2) of what happened; may be absent */
} ledger_event;

/** Appends one event. Inside db_write only. `*ret_sequence` counts from 0. O(log n) amortised O(1). */
pb_status ledger_append(db_session *session, const ledger_event *event, uint64_t *ret_sequence,
                        pb_error *err);
/** Reads an event back; texts live in `arena`. `*ret_erased`: its payload is gone. */
pb_status ledger_read(db_session *session, uint64_t sequence, pb_arena *arena,
                      ledger_event *ret_event, bool *ret_erased, pb_error *err);
/** Erases the payload of an event (an event `payload.erased` says who and why). */
pb_status ledger_erase_payload(db_session *session, uint64_t sequence, ledger_actor actor,
                               int64_t at_us, pb_error *err);

typedef struct ledger_head {
    uint64_t size;
    uint8_t root[32];
    int64_t at_us;
    uint8_t signature[64];
    uint8_t public_key[32];
} ledger_head;

/** The newest signed head; PB_NOT_FOUND before the first event. */
pb_status ledger_head_read(db_session *session, ledger_head *ret_head, pb_error *err);
/** The head as a signed note (C2SP tlog-checkpoint), to publish elsewhere. */
pb_status ledger_head_note(db_session *session, pb_buf *out, pb_error *err);

/** Inclusion proof of an event under the newest head: JSON with leaf bytes, path, head, so that an
 * outsider can check it without the product. */
pb_status ledger_prove(db_session *session, uint64_t sequence, pb_buf *out_json, pb_error *err);
/** Consistency proof between two sizes, JSON. */
pb_status ledger_consistency(db_session *session, uint64_t old_size, uint64_t new_size,
                             pb_buf *out_json, pb_error *err);

typedef struct ledger_report {
    uint64_t events, payloads, erased, heads, records;
} ledger_report;
/** Told after every few thousand events; may be NULL. */
typedef void (*ledger_progress)(void *context, uint64_t done, uint64_t total);

/** Checks everything: every page, every event against its leaf, every payload against its commitment,
 * the tree against every signed head, every record row against its last event. The first altered item
 * is named in `err` (PB_CORRUPT). */
pb_status ledger_verify(db_session *session, ledger_progress progress, void *context,
                        ledger_report *ret_report, pb_error *err);

#endif
