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

/** Something that happened around a record: another that links to it, or a change of its own. */
typedef struct service_event {
    int64_t at_us;
    const model_field *link; /* by which `record` leads here; NULL: a change */
    service_record record;
    uint64_t sequence; /* of a change: its event, kind, who, and the fields that show */
    pb_str kind, actor;
    int64_t version;
    const model_field **fields;
    size_t field_count;
} service_event;

typedef struct service_timeline {
    service_event *items; /* newest first */
    size_t count;
    bool more;    /* there are others behind them */
    bool history; /* changes are among them, as far as there are any */
} service_timeline;

enum { SERVICE_TIMELINE_USUAL = 50, SERVICE_TIMELINE_MOST = 200, SERVICE_TIMELINE_DEPTH = 1000 };

/** What happened around a record: records that link to it, each decided by itself and at the moment
 * it was begun (role `opened_on`, where that shows) or made, and its own changes, where its history
 * may be seen. At most `limit` behind the first `from`. PB_LIMIT: `from` is above
 * SERVICE_TIMELINE_DEPTH. O(from + limit) for each link that leads here, and the record's history.
 */
pb_status service_timeline_read(const service_call *call, db_workspace *workspace,
                                const model_entity *entity, pb_uuid id, size_t from, size_t limit,
                                pb_arena *arena, service_timeline *ret_timeline, pb_error *err);

#endif
