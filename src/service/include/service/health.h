/* Whether a served workspace can do its work. */
#ifndef SERVICE_HEALTH_H
#define SERVICE_HEALTH_H

#include "db/workspace.h"

typedef struct service_health_state {
    uint64_t events;     /* in the ledger */
    bool disk_known;     /* it lies in a folder of this machine */
    uint64_t free_bytes; /* that may still be written there */
} service_health_state;

/** Reads the workspace, takes the writer's turn, and sees whether the ledger could go on; writes
 * nothing. PB_LIMIT when the disk has less than 64 MiB left. May wait for the writer. */
pb_status service_health(db_workspace *workspace, service_health_state *ret_state, pb_error *err);

#endif
