/* A workspace that remembers backups which never were made, for the cases that prove the controls
 * on backups right. */
#ifndef BACKUP_FIXTURE_H
#define BACKUP_FIXTURE_H

#include "db/workspace.h"
#include "model/yaml.h"

/** Writes what `map` says into an empty scratch workspace: `lose_at_most`, `drill_every` (days),
 * `places`, `made` (place, on, same_disk), `drills` (place, on, fault, good). Mistakes with file,
 * line, column. */
pb_status backup_fixture(db_workspace *workspace, const model_yaml *map, pb_error *err);

/** The values that hold until somebody declares others; inside db_write, of a new workspace. */
pb_status backup_plan_begin(db_session *session, pb_error *err);

#endif
