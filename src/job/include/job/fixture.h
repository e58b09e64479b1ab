/* A workspace that keeps jobs which nobody asked for, for the cases that prove the controls on jobs
 * right. */
#ifndef JOB_FIXTURE_H
#define JOB_FIXTURE_H

#include "db/workspace.h"
#include "model/yaml.h"

/** Writes the jobs of `list` into a scratch workspace: of each `kind`, `state`, `due` (a day),
 * `every` (days), `failures`, `until` (a day: of one that is being done, the end of its lease).
 * Mistakes with file, line, column. */
pb_status job_fixture(db_workspace *workspace, const model_yaml *list, pb_error *err);

#endif
