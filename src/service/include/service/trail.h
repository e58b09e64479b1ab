/* What is known about a record besides its values: who looked at it, where each value comes from,
 * what happened around it.
 *
 * As in service/records.h each function decides for `call->who`, and what may not be seen is not
 * told; what is given lives in the arena handed in. Threads: any number of calls at once.
 */
#ifndef SERVICE_TRAIL_H
#define SERVICE_TRAIL_H

#include "record/looked.h"
#include "service/records.h"

/** One reading of a record. */
typedef struct service_look {
    uint64_t sequence; /* of the event */
    int64_t at_us;
    pb_str actor, via, purpose;       /* absent: not said */
    const model_field *const *fields; /* that were shown, of those the asker may read */
    size_t field_count;
    bool named; /* see record_looked; else this record may have been among `records` others */
    uint64_t records;
} service_look;

enum { SERVICE_LOOKS_USUAL = 50, SERVICE_LOOKS_MOST = 200 };

/** Who looked at a record, newest first: at most `limit`, before sequence `before` (UINT64_MAX: the
 * newest). `*ret_next`: `before` of the next page; UINT64_MAX: this was the last. That it was asked
 * is an event. PB_CONFLICT on a workspace that cannot be written: readings cannot be found there.
 */
pb_status service_looks(const service_call *call, db_workspace *workspace,
                        const model_entity *entity, pb_uuid id, uint64_t before, size_t limit,
                        pb_arena *arena, service_look **ret_looks, size_t *ret_count,
                        uint64_t *ret_next, pb_error *err);

/** A record, and where its values come from. */
typedef struct service_origins {
    service_record record;
    const record_provenance *list; /* by field index; of fields that do not show: nothing */
    bool history;                  /* who set a value, when and by which event may be told, too */
} service_origins;
pb_status service_read_origins(const service_call *call, db_workspace *workspace,
                               const model_entity *entity, pb_uuid id, pb_arena *arena,
                               service_origins *ret_origins, pb_error *err);

#endif
