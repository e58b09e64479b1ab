/* Showing records to people. Who saw which personal data is an event like any other: the log has it
 * before the face has leave to show anything.
 */
#ifndef SERVICE_READS_H
#define SERVICE_READS_H

#include "service/service.h"

/** What a face does with a record and the steps of its history. It gathers and shows nothing yet:
 * only after PB_OK from the operation may what it gathered be seen. It shows of a record what has a
 * value (or a reference), and of a step any of its changes. */
typedef struct service_view {
    record_each record;
    record_history_each step; /* newest first, after the record; NULL: history is not shown */
    void *context;
} service_view;

/** Events of reads that are still to be appended: a face that answers many at once has all of them
 * appended in one transaction, and no thread waits in the meantime. Whoever sets
 * `service_call.later` must show nothing of what was read before service_later_write has said
 * PB_OK. Begins as {0} with an arena, in which the events lie; their texts live as long as the
 * call's. */
typedef struct service_later {
    pb_arena *arena;
    struct service_later_event *first, *last;
} service_later;

/** Whether anything is to be appended. */
static inline bool service_later_any(const service_later *later)
{
    return later->first != NULL;
}

/** Appends the events of all; a failure is that of all of them. */
pb_status service_later_write(db_workspace *workspace, const service_later *const *laters,
                              size_t count, pb_error *err);

/** Ids of records that one event names; of more, only their number is kept. */
enum { SERVICE_READ_IDS = 1000 };

/** Tells one record and its history. When any field told is personal (or declared `log_reads`), an
 * event `record.read` names record and fields; if it cannot be appended, that is the failure. In a
 * workspace that was moved away nothing is appended. The record's texts live in `arena`. */
pb_status service_show(const service_call *call, db_workspace *workspace,
                       const model_entity *entity, pb_uuid id, const service_view *view,
                       pb_arena *arena, pb_error *err);
/** Tells the records that match, as record_find; one event for each entity of which personal data
 * was told, none when nothing was found. */
pb_status service_find(const service_call *call, db_workspace *workspace,
                       const model_entity *entity, pb_str query, int64_t limit,
                       const service_view *view, pb_error *err);

#endif
