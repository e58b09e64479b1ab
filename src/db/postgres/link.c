/* Connections: made, given the program's role and settings, made again when they broke. */
#include "postgres.h"

#include "sys/clock.h"

#include <sodium.h>
#include <stdatomic.h>

enum { REPLICA_REST_US = 60000000 }; /* after a replica could not be used */

/* How long a writer waits for another process's transaction. */
#define LOCK_TIMEOUT "60s"

static void ignore_notice(void *context, const char *message)
{
    (void)context;
    (void)message;
}

/* The server watches the connection as we do. Left to its own settings it would keep the locks of a
 * session whose network was cut for two hours, and everybody would wait for those. */
static pb_status have_it_watch(PGconn *pg, pb_error *err)
{
    static const char *const names[] = {"keepalives_idle", "keepalives_interval",
                                        "keepalives_count", "tcp_user_timeout"};
    PB_AUTO_BUF sql = PB_BUF_INIT(1000);
    if (PQhost(pg) != NULL && PQhost(pg)[0] == '/')
        return PB_OK;
    PQconninfoOption *parts = PQconninfo(pg);
    if (parts == NULL)
        return pb_fail_memory(err);
    for (const PQconninfoOption *one = parts; one->keyword != NULL; one++)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            bool same = one->val != NULL && strcmp(one->keyword, names[i]) == 0;
            long value = same ? strtol(one->val, NULL, 10) : 0;
            if (value > 0 && value <= INT32_MAX)
                pb_buf_printf(&sql, "SET %s%s = %ld;", i < 3 ? "tcp_" : "", names[i], value);
        }
    PQconninfoFree(parts);
    if (sql.failed)
        return pb_fail_memory(err);
    return sql.len == 0 ? PB_OK : db_pg_say(pg, pb_buf_cstr(&sql), err);
}

pb_status db_pg_link(const pg_where *where, PGconn **ret_pg, pb_error *err)
{
    PGconn *pg = PQconnectdbParams(where->names, where->values, 0);
    if (pg == NULL)
        return pb_fail_memory(err);
    PQsetNoticeProcessor(pg, ignore_notice, NULL);
    pb_status status = PB_OK;
    if (PQstatus(pg) != CONNECTION_OK)
        status = db_pg_no_connection(where, pg, err);
    else if (PQserverVersion(pg) < 150000)
        status = pb_fail(err, PB_UNSUPPORTED,
                         PB_MSG("The server of {workspace} is older than PostgreSQL 15."),
                         "workspace", where->shown, NULL);
    else
        status = have_it_watch(pg, err);
    if (status != PB_OK)
        PQfinish(pg);
    else
        *ret_pg = pg;
    return status;
}

pb_status db_pg_ask(PGconn *pg, const char *sql, const char *parameter, PGresult **ret_result,
                    pb_error *err)
{
    db_conn asking = {.pg = pg};
    PGresult *result = parameter == NULL
                           ? PQexec(pg, sql)
                           : PQexecParams(pg, sql, 1, NULL, &parameter, NULL, NULL, 0);
    ExecStatusType kind = PQresultStatus(result);
    if (kind == PGRES_COMMAND_OK || kind == PGRES_TUPLES_OK) {
        *ret_result = result;
        return PB_OK;
    }
    pb_status status = db_pg_fail(&asking, result, err);
    PQclear(result);
    return status;
}

pb_status db_pg_ask_true(PGconn *pg, const char *sql, const char *parameter, bool *ret_true,
                         pb_error *err)
{
    PGresult *result = NULL;
    PB_TRY(db_pg_ask(pg, sql, parameter, &result, err));
    *ret_true = PQntuples(result) > 0 && PQgetvalue(result, 0, 0)[0] == 't';
    PQclear(result);
    return PB_OK;
}

pb_status db_pg_say(PGconn *pg, const char *sql, pb_error *err)
{
    PGresult *result = NULL;
    PB_TRY(db_pg_ask(pg, sql, NULL, &result, err));
    PQclear(result);
    return PB_OK;
}

pb_status db_pg_no_workspace(const pg_where *where, pb_error *err)
{
    pb_fail(err, PB_NOT_FOUND, PB_MSG("{workspace} is no workspace."), "workspace", where->shown,
            NULL);
    pb_error_detail(err, PB_MSG("The database has no schema {schema} with a workspace in it."),
                    "schema", where->schema, NULL);
    pb_error_hint(err, PB_MSG("Make one with: probity init {workspace}"), "workspace", where->shown,
                  NULL);
    return PB_NOT_FOUND;
}

/* The schema's owner is called NAME_owner, the other roles are named after it: so a copy of the
 * database under another name keeps them. */
pb_status db_pg_roles(PGconn *pg, const char *schema, pg_roles *ret_roles, pb_error *err)
{
    static const char sql[] = "SELECT pg_get_userbyid(nspowner) FROM pg_namespace"
                              " WHERE nspname = $1";
    static const char behind[] = "_owner";
    PGresult *result = NULL;
    PB_TRY(db_pg_ask(pg, sql, schema, &result, err));
    pb_str owner = PQntuples(result) == 1 ? pb_str_c(PQgetvalue(result, 0, 0)) : PB_STR("");
    bool good = pb_str_ends(owner, PB_STR("_owner")) && owner.len < PG_NAME_MAX;
    if (good) {
        int stem = (int)(owner.len - strlen(behind));
        snprintf(ret_roles->owner, PG_NAME_MAX, "%.*s", PB_STR_FMT(owner));
        snprintf(ret_roles->app, PG_NAME_MAX, "%.*s_app", stem, owner.ptr);
        snprintf(ret_roles->query, PG_NAME_MAX, "%.*s_query", stem, owner.ptr);
    }
    PQclear(result);
    return good ? PB_OK : PB_NOT_FOUND;
}

static pb_status no_role(PGconn *pg, const pg_where *where, const pg_roles *roles, pb_error *err)
{
    const char *user = PQuser(pg) == NULL ? "" : PQuser(pg);
    pb_fail(err, PB_DENIED, PB_MSG("The login {user} may not work in the workspace {workspace}."),
            "user", user, "workspace", where->shown, NULL);
    pb_error_hint(err, PB_MSG("An administrator lets it in with: GRANT \"{role}\" TO \"{user}\""),
                  "role", roles->app, "user", user, NULL);
    return PB_DENIED;
}

pb_status db_pg_settle_in(PGconn *pg, const pg_where *where, const pg_roles *roles, pb_error *err)
{
    char sql[1024];
    pb_error error = {0};
    snprintf(sql, sizeof sql, "SET ROLE \"%s\"", roles->app);
    pb_status status = db_pg_say(pg, sql, &error);
    if (status == PB_DENIED || status == PB_INVALID || status == PB_INTERNAL)
        return no_role(pg, where, roles, err);
    snprintf(sql, sizeof sql,
             "SET search_path = \"%s\", pg_catalog, pg_temp; SET client_min_messages = warning;"
             " SET standard_conforming_strings = on; SET TimeZone = 'UTC';"
             " SET bytea_output = 'hex'; SET statement_timeout = 0;"
             " SET lock_timeout = '" LOCK_TIMEOUT "'; SET idle_in_transaction_session_timeout = 0;"
             " SET cursor_tuple_fraction = 1.0; SET jit = off; SET row_security = on;"
             " SET probity.actor = 'probity'",
             where->schema);
    if (status == PB_OK)
        status = db_pg_say(pg, sql, &error);
    /* A commit that was answered is on the disk, whatever the server's usual setting is. */
    if (status == PB_OK)
        status = db_pg_say(pg,
                           "SELECT set_config('synchronous_commit', 'on', false)"
                           " WHERE current_setting('synchronous_commit') IN ('off', 'local')",
                           &error);
    if (status != PB_OK && err != NULL)
        *err = error;
    return status;
}

/* ---- a replica ---- */

void db_pg_replica_rests(const pg_where *replica, const pb_error *why)
{
    db_replica *told = replica->told;
    bool free_yet = false;
    atomic_store(&told->rests_until_us, sys_monotonic_us() + REPLICA_REST_US);
    if (atomic_compare_exchange_strong(&told->noted, &free_yet, true))
        told->why = *why;
}

static bool is_asked(const pg_where *replica)
{
    return replica != NULL && sys_monotonic_us() >= atomic_load(&replica->told->rests_until_us);
}

static pb_status other_workspace(const pg_where *replica, pb_error *err)
{
    pb_fail(err, PB_WRONG_KEY, PB_MSG("The server {replica} has another workspace there."),
            "replica", replica->shown, NULL);
    pb_error_hint(err,
                  PB_MSG("Name a server that follows the workspace's own by streaming "
                         "replication, or leave --replica out."),
                  NULL);
    return PB_WRONG_KEY;
}

/* A copy that follows nobody any more would give old answers for ever. */
static pb_status check_replica(db_conn *conn, pb_error *err)
{
    pb_status status = db_pg_check_key(conn->pg, conn->target->key, err);
    if (status == PB_WRONG_KEY)
        return other_workspace(conn->where, err);
    PB_TRY(status);
    bool follows = false;
    PB_TRY(db_pg_ask_true(conn->pg, "SELECT pg_is_in_recovery()", NULL, &follows, err));
    if (follows)
        return PB_OK;
    return pb_fail(err, PB_CONFLICT, PB_MSG("The server {replica} follows nobody."), "replica",
                   conn->where->shown, NULL);
}

/* The cluster, and the timeline it writes: a new one begins with each promotion. No login must be
 * able to ask; then takeovers that nobody told of are not noticed. A line that broke meanwhile is a
 * failure: its answers would be taken for those of what is asked next. */
static pb_status read_era(db_conn *conn, pb_error *err)
{
    static const char may_sql[] =
        "SELECT has_function_privilege('pg_control_system()', 'execute')"
        " AND has_function_privilege('pg_walfile_name(pg_lsn)', 'execute')"
        " AND NOT pg_is_in_recovery()";
    static const char era_sql[] =
        "SELECT system_identifier || ' ' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"
        " FROM pg_control_system()";
    conn->era[0] = '\0';
    bool may = false;
    PGresult *result = NULL;
    PB_TRY(db_pg_ask_true(conn->pg, may_sql, NULL, &may, err));
    if (!may)
        return PB_OK;
    PB_TRY(db_pg_ask(conn->pg, era_sql, NULL, &result, err));
    if (PQntuples(result) == 1)
        snprintf(conn->era, sizeof conn->era, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return PB_OK;
}

const char *db_pg_era(const db_conn *conn)
{
    return conn->era;
}

static pb_status set_up(db_conn *conn, pb_error *err)
{
    PB_TRY(db_pg_link(conn->where, &conn->pg, err));
    pb_status status = db_pg_roles(conn->pg, conn->where->schema, &conn->roles, err);
    if (status == PB_NOT_FOUND)
        return db_pg_no_workspace(conn->where, err);
    PB_TRY(status);
    PB_TRY(db_pg_settle_in(conn->pg, conn->where, &conn->roles, err));
    if (conn->role == DB_WRITER && !conn->target->create && !conn->target->filling)
        PB_TRY(db_pg_check_key(conn->pg, conn->target->key, err));
    if (conn->role == DB_WRITER && (conn->target->create || conn->target->filling))
        PB_TRY(db_pg_hold_making(conn->pg, conn->where, err));
    if (conn->where != conn->target->where)
        PB_TRY(check_replica(conn, err));
    if (conn->role == DB_WRITER)
        PB_TRY(read_era(conn, err));
    if (PQenterPipelineMode(conn->pg) != 1)
        return db_pg_fail(conn, NULL, err);
    return PB_OK;
}

/* A replica that cannot be reached does not keep anybody from reading; one that is the wrong one
 * does. */
static pb_status set_up_reader(db_conn *conn, pb_error *err)
{
    const pg_where *primary = conn->where;
    pb_error why = {0};
    if (conn->role != DB_READER || !is_asked(primary->replica))
        return set_up(conn, err);
    conn->where = primary->replica;
    pb_status status = set_up(conn, &why);
    if (status == PB_OK)
        return PB_OK;
    PQfinish(conn->pg);
    conn->pg = NULL;
    conn->where = primary;
    if (status == PB_WRONG_KEY) {
        if (err != NULL)
            *err = why;
        return status;
    }
    db_pg_replica_rests(primary->replica, &why);
    return set_up(conn, err);
}

pb_status db_pg_connect(const db_target *target, db_conn_role role, db_conn **ret_conn,
                        pb_error *err)
{
    db_conn *conn = calloc(1, sizeof *conn);
    if (conn == NULL)
        return pb_fail_memory(err);
    conn->where = target->where;
    conn->target = target;
    conn->layout = target->layout;
    conn->role = role;
    conn->commits = -1;
    pb_status status = set_up_reader(conn, err);
    if (status != PB_OK)
        db_pg_disconnect(conn);
    else
        *ret_conn = conn;
    return status;
}

db_conn *db_pg_disconnect(db_conn *conn)
{
    if (conn != NULL) {
        PQfinish(conn->pg);
        sodium_memzero(conn->seal_key, sizeof conn->seal_key);
        free(conn);
    }
    return NULL;
}

static void let_go(db_conn *conn)
{
    PQfinish(conn->pg);
    conn->pg = NULL;
    conn->where = conn->target->where;
    conn->generation++;
    conn->failures++;
    conn->queued = 0;
    conn->unread = false;
    conn->dead_count = 0;
}

pb_status db_pg_reconnect(db_conn *conn, pb_error *err)
{
    let_go(conn);
    conn->lost = true;
    PB_TRY(set_up_reader(conn, err));
    conn->lost = false;
    return PB_OK;
}

pb_status db_pg_reconnect_primary(db_conn *conn, pb_error *err)
{
    let_go(conn);
    conn->lost = true;
    PB_TRY(set_up(conn, err));
    conn->lost = false;
    return PB_OK;
}
