/* What the operations on backups share. */
#ifndef BACKUP_INTERNAL_H
#define BACKUP_INTERNAL_H

#include "backup/drill.h"
#include "backup/plan.h"
#include "backup/restore.h"
#include "piece.h"

#include "db/standby.h"
#include "sys/file.h"

/** A piece_subkey of an open workspace. */
void backup_subkey(const void *workspace, const char purpose[8], uint8_t ret_key[32]);
pb_status backup_workspace_id(const db_workspace *workspace, pb_uuid *ret_id, pb_error *err);
/** What a workspace is called elsewhere: HOST:PATH, or the server's address. */
pb_status backup_own_name(const db_workspace *workspace, char ret[DB_STANDBY_TEXT], pb_error *err);

/** An event to be appended in a transaction of its own, with a row that views show (may be NULL).
 */
typedef struct backup_log {
    const backup_call *call;
    const char *kind;
    const pb_buf *payload;
    db_work row;
    void *context;
} backup_log;
pb_status backup_log_event(db_workspace *workspace, const backup_log *log, pb_error *err);

/** The whole check of a restored workspace: `session` is a snapshot of it. */
pb_status backup_verify(db_session *session, const backup_call *call, const backup_check *check,
                        ledger_report *ret_report, pb_error *err);

/** The places that are declared alone. */
pb_status backup_plan_places(db_session *session, pb_arena *arena, const char ***ret_places,
                             size_t *ret_count, pb_error *err);

/** The rows that views show, each inside db_write. */
pb_status backup_plan_rows(db_session *session, const backup_plan *plan, pb_error *err);
pb_status backup_sent_row(db_session *session, const backup_sent *sent, pb_error *err);
pb_status backup_drill_row(db_session *session, const backup_drilled *drilled, int64_t at_us,
                           const char *noticed, pb_error *err);
/** Files what came of a drill: event and row. */
pb_status backup_drill_file(db_workspace *living, const backup_call *call,
                            const backup_drilled *out, const backup_plan *plan, pb_error *err);
/** Sends to an open target, without lock and without event: for drills. */
pb_status backup_send_once(db_workspace *workspace, const backup_call *call, backup_target *target,
                           backup_sent *sent, pb_error *err);

#endif
