/* The log for who may look at it: its heads, events and proofs.
 *
 * Whoever asks must be allowed the operation `ledger` (identity/policy.h) or hold the workspace's
 * key. What lies beside an event is not told here: the values of a record stand in its history,
 * which is decided field by field. Whoever is let see some entities only is told of no event about
 * a record of another. Looking at events is an event itself (ledger.read).
 */
#ifndef SERVICE_LEDGER_H
#define SERVICE_LEDGER_H

#include "service/service.h"

enum { SERVICE_EVENTS_USUAL = 50, SERVICE_EVENTS_MOST = 500, SERVICE_EVENTS_LOOK = 200000 };

/** Refuses who may not read the log. */
pb_status service_ledger_may(const service_call *call, db_workspace *workspace, pb_error *err);

/** The newest signed head. Texts live in the arena. */
typedef struct service_head {
    ledger_head head;
    pb_str note; /* the head as a signed note (C2SP tlog-checkpoint) */
    pb_str key;  /* that it is signed with (C2SP signed-note vkey) */
} service_head;
pb_status service_ledger_head(const service_call *call, db_workspace *workspace, pb_arena *arena,
                              service_head *ret_head, pb_error *err);

typedef struct service_events_asked {
    ledger_filter filter;
    uint64_t below; /* the `next` of the page before; 0: from the newest on */
    uint64_t limit; /* 1 to SERVICE_EVENTS_MOST; 0: SERVICE_EVENTS_USUAL */
} service_events_asked;
typedef struct service_events {
    ledger_listed *events; /* newest first */
    size_t count;
    uint64_t next; /* 0: there are no more. A page may be short, even empty, and not the last: no
                      more than SERVICE_EVENTS_LOOK events are looked at for one */
} service_events;
/** Events that fit, newest first. PB_INVALID for a kind that is not declared. In `arena`. */
pb_status service_ledger_events(const service_call *call, db_workspace *workspace,
                                const service_events_asked *asked, pb_arena *arena,
                                service_events *ret_events, pb_error *err);

/** See ledger_prove. PB_NOT_FOUND too for an event that may not be seen. */
pb_status service_ledger_proof(const service_call *call, db_workspace *workspace, uint64_t sequence,
                               pb_buf *out_json, pb_error *err);
/** See ledger_consistency. */
pb_status service_ledger_consistency(const service_call *call, db_workspace *workspace,
                                     uint64_t old_size, uint64_t new_size, pb_buf *out_json,
                                     pb_error *err);

#endif
