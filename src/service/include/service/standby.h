/* Standbys: workspaces that follow another and can take over. */
#ifndef SERVICE_STANDBY_H
#define SERVICE_STANDBY_H

#include "backup/standby.h"
#include "service/service.h"

/** See backup_standby_feed; what is built is verified record by record. */
pb_status service_standby_feed(const service_core *service, const service_call *call,
                               const backup_standby_options *options, backup_fed *ret_fed,
                               pb_error *err);
/** See backup_standby_look. */
pb_status service_standby_look(const service_core *service, const service_call *call,
                               const backup_standby_options *options, backup_standby_seen *ret_seen,
                               pb_error *err);
/** See backup_standby_promote; every record is compared with its history. */
pb_status service_standby_promote(const service_core *service, const service_call *call,
                                  const backup_standby_options *options,
                                  backup_promoted *ret_promoted, pb_error *err);

/** Notes that a server's workspace took over by streaming: the next takeover's number, and the
 * event workspace.promoted, once (ledger_promoted). What the former primary had that did not come
 * along nobody knows here. Places of backups hear of it with the next backup and then refuse the
 * former primary. */
pb_status service_server_promoted(const service_call *call, db_workspace *workspace, bool just_now,
                                  db_epoch *ret_epoch, bool *ret_told, pb_error *err);

/** How far an open workspace is that follows another. */
typedef struct service_standby_state {
    const char *follows; /* the primary, else the place; NULL: it is no standby. Lives as long as
                            the workspace */
    uint64_t events;
    int64_t event_us; /* the latest moment any event bears */
} service_standby_state;
pb_status service_standby_now(db_workspace *workspace, service_standby_state *ret_state,
                              pb_error *err);

#endif
