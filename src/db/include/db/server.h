/* The server a workspace lies on, for what is done to whole servers: physical backups of them, and
 * looking at a copy of one. */
#ifndef DB_SERVER_H
#define DB_SERVER_H

#include "db/workspace.h"

typedef struct db_server {
    const char *data;    /* its data directory */
    const char *sockets; /* folder of its unix socket; NULL: none */
    const char *user;    /* this workspace's login there */
    const char *database, *schema;
    int64_t port;
    int64_t version; /* of PostgreSQL: 15 */
} db_server;

/** Asks the server; texts live in `arena`. PB_UNSUPPORTED for a folder; PB_DENIED when the login
 * may not see where the data lies. */
pb_status db_server_about(const db_workspace *workspace, pb_arena *arena, db_server *ret_server,
                          pb_error *err);
/** The address of the same workspace on another server, a copy that listens in `sockets` only. */
char *db_server_copy_url(const db_server *server, const char *sockets, pb_arena *arena);

#endif
