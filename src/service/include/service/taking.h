/* Many records at once, as somebody asks for them over the network: taken out, brought in, and
 * put back as they were.
 *
 * Each begins with a decision in a snapshot of its own (`_may_`), which is made again for every
 * record and field when it is done. Refusals are events. Threads: any.
 */
#ifndef SERVICE_TAKING_H
#define SERVICE_TAKING_H

#include "service/records.h"

/** Whether `call` may export of this entity at all, and proved who it is: PB_DENIED. */
pb_status service_may_export(const service_call *call, db_workspace *workspace,
                             const model_entity *entity, pb_error *err);
/** Notes that `rows` records of an entity were exported, and by which condition they were chosen
 * (absent: all that may be seen). What was seen of them is noted page by page. */
pb_status service_exported_note(const service_call *call, db_workspace *workspace,
                                const model_entity *entity, pb_str format, pb_str filter,
                                uint64_t rows, pb_error *err);

/** Whether `call` may import into any entity: PB_DENIED. */
pb_status service_may_import(const service_call *call, db_workspace *workspace, pb_error *err);
/** Whether `call` may send a file that is to be audited, which takes no right to import:
 * PB_DENIED. */
pb_status service_may_send_audit(const service_call *call, db_workspace *workspace, pb_error *err);
/** Whether `call` may send files at all, for either: PB_DENIED. */
pb_status service_may_send(const service_call *call, db_workspace *workspace, pb_error *err);
/** Imports as `call` may: only into entities for which it may, only fields that it may write, only
 * records that are within its reach then; else nothing is kept. See service_import. */
pb_status service_import_within(const service_core *service, const service_call *call,
                                db_workspace *workspace, const service_source *source, bool dry_run,
                                bool all_rejects, pb_arena *arena, exchange_plan *ret_plan,
                                pb_error *err);

/** What each file and column of an import is taken for, by its first rows: see exchange_plan_make.
 * Who may import may look at what it sent. */
pb_status service_import_look(const service_core *service, const service_call *call,
                              const service_source *source, pb_arena *arena,
                              exchange_plan *ret_plan, pb_error *err);

/** A record of which values were shown, and which. */
typedef struct service_shown {
    const model_entity *entity;
    pb_uuid id;
    const model_field **fields;
    size_t field_count;
} service_shown;
/** Whether what an import says of values may be shown now: PB_USAGE where the workspace wants to
 * know what personal data is looked at for, and it was not said. */
pb_status service_import_may_show(const service_call *call, db_workspace *workspace, pb_error *err);
/** Notes that what a rehearsal said of values that are there is shown now, before it is. */
pb_status service_import_shown(const service_call *call, db_workspace *workspace,
                               const service_shown *shown, size_t count, pb_arena *arena,
                               pb_error *err);

/** The newest `most` runs: one's own, or all for who may look after jobs. */
pb_status service_runs_seen(const service_call *call, db_workspace *workspace, size_t most,
                            pb_arena *arena, record_run_info **ret_runs, size_t *ret_count,
                            pb_error *err);
/** Whether `call` may take that run back; it must have proved who it is. PB_NOT_FOUND for a run
 * that it does not see. */
pb_status service_may_undo(const service_call *call, db_workspace *workspace, int64_t number,
                           pb_error *err);

#endif
