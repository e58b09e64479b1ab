/* Simulated faults: a target seen through a pane of glass that shows damage. What lies at the place
 * is never touched; writing through the pane goes nowhere but to `real` when that is a copy. */
#ifndef BACKUP_FAULT_PANE_H
#define BACKUP_FAULT_PANE_H

#include "backup/drill.h"
#include "backup/target_kind.h"

/** A target that shows `real` with a fault. `real` stays the caller's and must outlive it. */
pb_status fault_pane(backup_target *real, backup_fault fault, backup_target **ret_pane,
                     pb_error *err);
/** Damages what a row of the ledger holds in a workspace restored for a drill on a server, whose
 * files are not ours to damage. */
pb_status fault_damage_rows(db_workspace *copy, backup_fault fault, pb_error *err);
/** Damages the files of a workspace restored for a drill. */
pb_status fault_damage_files(const char *workspace, backup_fault fault, pb_error *err);

#endif
