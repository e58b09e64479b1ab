/* What the parts of ledger_verify share. */
#ifndef LEDGER_VERIFY_H
#define LEDGER_VERIFY_H

#include "event.h"
#include "store.h"

/** A list of sequences that grows. */
typedef struct verify_list {
    uint64_t *items;
    size_t count, capacity;
} verify_list;

typedef struct verifier {
    db_session *session;
    ledger_progress progress;
    void *context;
    pb_arena *arena;
    merkle_verifier key; /* as the workspace's own key gives it */
    ledger_report report;
    uint64_t total; /* events there are */
    uint64_t count; /* events seen, which is the next sequence */

    merkle_range range;
    merkle_hash nodes[MERKLE_TILE_LEVELS][MERKLE_TILE_WIDTH]; /* recomputed tiles */
    unsigned filled;     /* levels whose tile the last event filled, as bits */
    tile_reader *stored; /* stored tiles */
    bool tile_bad; /* a stored tile differs: altered it is, or an event, which a head decides */
    unsigned bad_level;
    uint64_t bad_index;

    db_stmt *heads; /* the next head not yet reached */
    bool head_there;
    stored_head head;
    uint64_t good_size; /* of the last head that held */
    int64_t good_at;

    db_stmt *payloads; /* the next payload */
    bool payload_there;
    uint64_t payload_of;
    verify_list missing; /* events whose payload is not there, in order */
    verify_list erased;  /* events that a payload.erased names */

    uint8_t *record_events; /* bits: steps of a record's history, until its row was seen */
    uint8_t *superseded;    /* bits: steps that have a later one */
} verifier;

static inline bool verify_bit(const uint8_t *bits, uint64_t at)
{
    return (bits[at / 8] >> (at % 8)) & 1;
}

static inline void verify_bit_set(uint8_t *bits, uint64_t at)
{
    bits[at / 8] |= (uint8_t)(1U << (at % 8));
}

/** Every event, payload, tile and head, one after the other. */
pb_status verify_events(verifier *v, pb_error *err);
/** An error about one event: `says` has a place {event}. */
pb_status verify_fail_event(const char *says, uint64_t sequence, pb_error *err);
/** True when the event's bytes are those its stored tile was made of. */
pb_status verify_intact(verifier *v, uint64_t sequence, const merkle_hash *leaf, bool *ret_intact,
                        pb_error *err);

/* verify_events.c */
/** One event: readable, its payload as committed to, following its record's event before. */
pb_status verify_event(verifier *v, pb_str bytes, const merkle_hash *leaf, pb_error *err);
pb_status verify_payload_next(verifier *v, pb_error *err);
/** After the last event: no payload left over, each missing one erased on record. */
pb_status verify_payloads_end(verifier *v, pb_error *err);

#endif
