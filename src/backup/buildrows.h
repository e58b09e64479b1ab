/* Putting a workspace together from a backup of rows. */
#ifndef BACKUP_BUILDROWS_H
#define BACKUP_BUILDROWS_H

#include "source.h"

#include "db/rows.h"

/** Fills a new workspace at `place` from the source; what is read is counted in `restored`. It is
 * nobody's workspace until db_refill_finish, and closing it before removes it. */
pb_status source_build_rows(backup_source *source, const backup_call *call,
                            const db_refill_place *place, const model_schema *schema,
                            backup_restored *restored, db_workspace **ret_workspace, pb_error *err);

#endif
