/* One workspace, opened once and served to many: every operation of service may then be called by
 * many threads at once, each with a call of its own (service_call.limits says how long it may
 * take), and is bounded in what it takes of the others.
 *
 * Readers are kept ready, each with its statements, and give every call a fresh snapshot of the
 * newest commit; whoever finds all at work waits for one. Whatever is written in the same moment
 * shares one commit: the more threads wait for theirs, the less each costs.
 */
#ifndef SERVICE_SERVING_H
#define SERVICE_SERVING_H

#include "service/service.h"

typedef struct service_serving {
    db_key_source key;
    const char *password_file; /* for a database: its first line; NULL: none */
    db_replica *replica;       /* of a workspace on a server: where it may be read; NULL: none */
    size_t readers;            /* at work at once; 0: by the processors of this machine */
    size_t read_memory;        /* bytes that all readers keep of what they read; 0: 128 MiB */
    size_t queue;              /* works waiting to be written, above which PB_BUSY; 0: 4096 */
} service_serving;

/** Opens a workspace to be served; one that is older than the program or the model is refused
 * (PB_UNSUPPORTED). Reads the catalogue of controls, so that no call waits for it. Owner: the
 * caller, db_workspace_close, when no call is under way any more. */
pb_status service_serve(service_core *service, const char *path, const service_serving *serving,
                        db_workspace **ret_workspace, pb_error *err);
/** As service_serve does with a workspace that is open already; before the first call. */
void service_share(db_workspace *workspace, const service_serving *serving);

/** Whether a record is read and logged there within microseconds: by this process, without asking a
 * server, and by the model that holds now. NULL: there is none. */
bool service_brief(const db_workspace *workspace);

/** From here on everything that this thread asks of any operation is held to `limits`, besides
 * those of the call; NULL: to none. Returns those before. */
const db_limits *service_hold(const db_limits *limits);

/** For whoever watches over a server: as many of each as db_figures tells, in the text form of
 * Prometheus (version 0.0.4), appended to `out`. Costs one lock. */
void service_figures(db_workspace *workspace, pb_buf *out);
/** To be called about once a second. */
void service_serving_tick(db_workspace *workspace);
/** Nobody asked anything for a while: what readers keep in memory is given back. */
void service_serving_rest(db_workspace *workspace);

#endif
