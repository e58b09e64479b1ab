/* What feeding a standby and taking over share. */
#ifndef BACKUP_STANDBY_INTERNAL_H
#define BACKUP_STANDBY_INTERNAL_H

#include "backup/standby.h"

#include "fence.h"
#include "internal.h"
#include "source.h"

typedef struct standby_work {
    const model_schema *schema;
    const backup_call *call;
    const backup_standby_options *options;
    pb_arena *arena;
    sys_lock *lock; /* one feeds at a time */
    const char *place;
    backup_target *target;
    backup_source source;
    bool opened; /* the source is */
    db_standby state;
    backup_fed *fed;
    bool made; /* the folder was not there before */
    bool anew; /* build even when the log would do */
} standby_work;

/** Takes the lock of the folder, which is made when it is missing, and reads how it stands. */
pb_status standby_begin(standby_work *w, pb_error *err);
void standby_end(standby_work *w);
/** Opens the place anew: what it holds now. */
pb_status standby_open_place(standby_work *w, pb_error *err);
/** Builds or brings forward from the open place. */
pb_status standby_bring(standby_work *w, pb_error *err);
/** Verifies the whole of an open workspace. */
pb_status standby_verify(standby_work *w, db_workspace *workspace, ledger_report *ret_report,
                         pb_error *err);

/** Takes in everything that was noted; inside db_write. */
pb_status standby_take_notes(db_workspace *standby, db_session *session, uint64_t *ret_count,
                             pb_error *err);

#endif
