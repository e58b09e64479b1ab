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
#include "db/standby.h"

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
    pb_str entity; /* absent: not about one record */
    pb_uuid record;
    int64_t version;   /* of the record after the event; 0: none */
    uint64_t previous; /* sequence of the record's event before this one + 1; 0: none: the record's
                          history is this chain */
    pb_str
        payload; /* canonical bytes (CBOR, RFC 8949 §4.2) of what happened; absent or empty: none */
    uint64_t about; /* payload.erased: 1 + the sequence of the event whose payload went; 0: none */
} ledger_event;

/** Appends one event. Inside db_write only. `*ret_sequence` counts from 0. PB_INVALID: a kind that
 * is not declared, or texts that are no UTF-8. Whatever the failure, the caller must return it, so
 * that its transaction is undone. Amortised O(1): two hashes, two inserts, nothing allocated. */
pb_status ledger_append(db_session *session, const ledger_event *event, uint64_t *ret_sequence,
                        pb_error *err);
/** Whether the texts of an event may be written at all: PB_INVALID as from ledger_append. For who
 * keeps events to append them later. */
pb_status ledger_writable(const ledger_event *event, pb_error *err);
/** Sequence that the next event will get. What happened to the place of the workspace and was not
 * told of so far (db/incident.h) is told of first, here as in ledger_append. Inside db_write only.
 */
pb_status ledger_next(db_session *session, uint64_t *ret_sequence, pb_error *err);
/** Tells now, in a transaction of its own, of a log that an interruption left cut off or altered;
 * nothing is written when there is none. */
pb_status ledger_settle(db_workspace *workspace, pb_error *err);
/** The server of the workspace took over from another: the event (workspace.promoted) and the next
 * number of a takeover, once. `just_now`: the caller had it promoted, whatever the server says of
 * itself; else only when it goes on in another era than the last that was noted. `*ret_told` false:
 * it was told of before, or nothing happened; `*ret_epoch` is then the last takeover. Inside
 * db_write. */
pb_status ledger_promoted(db_session *session, ledger_actor actor, int64_t at_us, bool just_now,
                          db_epoch *ret_epoch, bool *ret_told, pb_error *err);
/** Reads an event back; texts live in `arena`. `*ret_erased`: its payload is gone. PB_NOT_FOUND
 * when there is no such event, PB_CORRUPT when its payload is not the one committed to. */
pb_status ledger_read(db_session *session, uint64_t sequence, pb_arena *arena,
                      ledger_event *ret_event, bool *ret_erased, pb_error *err);
/** Erases the payload of an event, its salt with it, and overwrites their bytes in the files (see
 * db_overwrite_deleted); an event `payload.erased` says who and why.
 * PB_NOT_FOUND when it has none (any more). Inside db_write only. */
pb_status ledger_erase_payload(db_session *session, uint64_t sequence, ledger_actor actor,
                               int64_t at_us, pb_error *err);

/** First bytes of an event's leaf hash: tells events of different histories apart that have the
 * same sequence. */
enum { LEDGER_PRINT_SIZE = 8 };
/** Called with every event whose payload was erased, in order. */
typedef pb_status (*ledger_erased_each)(void *context, uint64_t sequence,
                                        const uint8_t print[LEDGER_PRINT_SIZE], pb_error *err);
pb_status ledger_erased(db_session *session, ledger_erased_each each, void *context, pb_error *err);
/** The print of one event; `*ret_there` false when there is no such event. `*ret_payload`: it has a
 * payload that can be erased. */
pb_status ledger_print(db_session *session, uint64_t sequence, uint8_t ret_print[LEDGER_PRINT_SIZE],
                       bool *ret_there, bool *ret_payload, pb_error *err);

/** Called with each event in order; texts live until it returns. `erased`: its payload is gone. */
typedef pb_status (*ledger_event_each)(void *context, const ledger_event *event, bool erased,
                                       pb_error *err);
/** Calls `each` for every event of one declared kind. Passes once over the events, and takes apart
 * only those of the kind. */
pb_status ledger_each_of(db_session *session, const char *kind, ledger_event_each each,
                         void *context, pb_error *err);
/** The same for the events from sequence `from` to before `until`, each with its sequence. */
typedef pb_status (*ledger_numbered_each)(void *context, uint64_t sequence,
                                          const ledger_event *event, bool erased, pb_error *err);
pb_status ledger_each_between(db_session *session, const char *kind, uint64_t from, uint64_t until,
                              ledger_numbered_each each, void *context, pb_error *err);

/** Which events: what is absent, NULL or zero leaves it open. */
typedef struct ledger_filter {
    pb_str kind, actor, via;
    pb_str entity; /* about records of it */
    const pb_uuid *record;
    int64_t from_us, until_us; /* at that moment or later, before that moment */
} ledger_filter;
/** An event of a list: everything but its payload. Texts live until the call it is given to
 * returns. */
typedef struct ledger_listed {
    uint64_t sequence;
    ledger_event event; /* without payload */
    bool payload;       /* it came with one */
    bool erased;        /* which is gone */
} ledger_listed;
typedef pb_status (*ledger_listed_each)(void *context, const ledger_listed *listed, bool *ret_taken,
                                        pb_error *err);
/** Calls `each` for the events below `below` (UINT64_MAX: all) that fit, newest first, until it
 * took `limit` or `look` events were looked at. `*ret_next`: below which to go on; 0 when there are
 * no more. PB_CORRUPT names an event that was altered. Costs one row an event looked at. */
pb_status ledger_list(db_session *session, const ledger_filter *filter, uint64_t below,
                      uint64_t limit, uint64_t look, ledger_listed_each each, void *context,
                      uint64_t *ret_next, pb_error *err);

typedef struct ledger_head {
    uint64_t size;
    uint8_t root[32];
    int64_t at_us;         /* the latest moment any of its events bears */
    uint8_t signature[64]; /* over the text of the checkpoint, see ledger_head_note */
    uint8_t public_key[32];
} ledger_head;

/** What an event of that kind means, as English message id; NULL for a kind that is not declared.
 */
const char *ledger_kind_says(pb_str kind);
/** The name of a kind of event, by its place in the order of names, from 0; NULL beyond the last.
 */
const char *ledger_kind_name(size_t place);

/** The newest signed head; PB_NOT_FOUND before the first event. */
pb_status ledger_head_read(db_session *session, ledger_head *ret_head, pb_error *err);
/** The root of the log's first `size` events, of which there must be so many (PB_NOT_FOUND). O(log
 * size) tiles. */
pb_status ledger_root_at(db_session *session, uint64_t size, uint8_t ret_root[32], pb_error *err);
/** The newest head as a signed note (C2SP tlog-checkpoint), to publish elsewhere. Its text says
 * origin, size, root, and `at MICROSECONDS`. PB_NOT_FOUND before the first event. */
pb_status ledger_head_note(db_session *session, pb_buf *out, pb_error *err);
/** The public key heads are signed with, as text (C2SP signed-note vkey): `name+id+base64`; the
 * name is the log's origin. PB_NOT_FOUND before the first event. */
pb_status ledger_key_text(db_session *session, pb_buf *out, pb_error *err);

/** What the seed of the log's key is derived for: db_workspace_subkey, db_keyring_subkey. */
#define LEDGER_SEED_PURPOSE "ledgersg"
/** Signs `text` as a C2SP note with the key that heads are signed with, so that what leaves the
 * workspace (manifests, lists) is vouched for by the same key. `seed`: 32 bytes for
 * LEDGER_SEED_PURPOSE. */
pb_status ledger_note_sign(const uint8_t seed[32], pb_str text, pb_buf *out, pb_error *err);
/** Reads such a note and checks its signature; `*ret_text` is a part of `note`. PB_CORRUPT when it
 * is malformed, altered, or signed by another key. */
pb_status ledger_note_open(const uint8_t seed[32], pb_str note, pb_str *ret_text, pb_error *err);

/** Inclusion proof of an event under the newest head: JSON with leaf bytes, path, head, so that an
 * outsider can check it without the product (tools/ledger-verify). Payloads are not in it. */
pb_status ledger_prove(db_session *session, uint64_t sequence, pb_buf *out_json, pb_error *err);
/** Consistency proof between two sizes, JSON, with the signed heads of those sizes where there are
 * any. 0 as `new_size` means the newest head. */
pb_status ledger_consistency(db_session *session, uint64_t old_size, uint64_t new_size,
                             pb_buf *out_json, pb_error *err);

typedef struct ledger_report {
    uint64_t events, payloads, erased, heads, records;
    bool settled; /* a log that an interruption left aside was told of, all is in order since, and
                     it was removed */
} ledger_report;
/** Told after every few thousand events; may be NULL. */
typedef void (*ledger_progress)(void *context, uint64_t done, uint64_t total);

/** Checks everything: every page, every event against its leaf, every payload against its
 * commitment, the tree against every signed head, every record row against its last event. The
 * first altered item is named in `err` (PB_CORRUPT), the same whatever the number of threads. A
 * snapshot is begun anew. In a session that writes, where nothing may have been appended yet, what
 * its transaction has made of the tables is verified, by one thread and without their pages.
 * O(events), by as many threads as there are cores. */
pb_status ledger_verify(db_session *session, ledger_progress progress, void *context,
                        ledger_report *ret_report, pb_error *err);

/** Rows of an entity under verification; lives as long as the call that is given it. */
typedef struct ledger_rows ledger_rows;
/** What goes into a SELECT over rows `r` of an entity, so that each comes with its newest event:
 * two columns, and what they come from. */
#define LEDGER_ROW_COLUMNS "le.body, lp.body"
#define LEDGER_ROW_JOINS                                                                           \
    " LEFT JOIN ledger_event AS le ON le.seq = r.event"                                            \
    " LEFT JOIN ledger_payload AS lp ON lp.seq = r.event"
/** A row as it was read: columns of the row, and those two. */
typedef struct ledger_row {
    int64_t n, version, event;
    pb_str id, body, payload;
} ledger_row;
/** The row belongs to its newest event, which no other row has: PB_CORRUPT when not. The event's
 * texts are parts of the row's; its payload was compared with its commitment before, and is not
 * once more. `*ret_erased`: it is gone. Must be called with every row. */
pb_status ledger_row_take(ledger_rows *rows, const ledger_row *row, ledger_event *ret_event,
                          bool *ret_erased, pb_error *err);
/** Reads the stored records `from` to `to` of an entity (by n, both included), calls
 * ledger_row_take with each, and compares it with its replayed history. Called for all rows of
 * every entity when all events were found good. Who knows how payloads are written (record) does
 * it; returns PB_CORRUPT naming the record when they differ. Several threads call it at once. */
typedef pb_status (*ledger_row_check)(void *context, db_session *session,
                                      const model_entity *entity, int64_t from, int64_t to,
                                      ledger_rows *rows, pb_error *err);
/** How a verification is made; zeros as ledger_verify makes it. */
typedef struct ledger_check {
    ledger_progress progress; /* may be NULL */
    void *context;            /* of it */
    ledger_row_check rows;    /* may be NULL */
    void *rows_context;
    unsigned threads; /* at most so many; 0: as many as there are cores, up to eight */
} ledger_check;
pb_status ledger_verify_with(db_session *session, const ledger_check *check,
                             ledger_report *ret_report, pb_error *err);

#endif
