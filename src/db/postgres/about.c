/* What a server says of itself. */
#include "postgres.h"

#include <stdlib.h>

static const char about_sql[] =
    "SELECT current_setting('port'), current_setting('server_version_num'),"
    " current_user::text, current_database()::text,"
    " CASE WHEN pg_has_role('pg_read_all_settings', 'member') THEN"
    " current_setting('data_directory') END,"
    " CASE WHEN pg_has_role('pg_read_all_settings', 'member') THEN"
    " split_part(current_setting('unix_socket_directories'), ',', 1) END";

static pb_status may_not_see(const pg_where *where, pb_error *err)
{
    pb_fail(err, PB_DENIED,
            PB_MSG("The login of {workspace} may not see where the server keeps its data."),
            "workspace", where->shown, NULL);
    pb_error_hint(err, PB_MSG("Use an administrator's login, or GRANT pg_read_all_settings."),
                  NULL);
    return PB_DENIED;
}

static const char *text_at(PGresult *result, int column, pb_arena *arena)
{
    return PQgetisnull(result, 0, column)
               ? NULL
               : pb_arena_cstr(arena, pb_str_c(PQgetvalue(result, 0, column)));
}

static int64_t number_at(PGresult *result, int column)
{
    int64_t value = 0;
    return pb_str_to_i64(pb_str_c(PQgetvalue(result, 0, column)), &value) ? value : 0;
}

pb_status db_pg_about(const db_target *target, pb_arena *arena, db_server *ret_server,
                      pb_error *err)
{
    const pg_where *where = target->where;
    PGconn *pg = NULL;
    PB_TRY(db_pg_link(where, &pg, err));
    PGresult *result = NULL;
    pb_status status = db_pg_ask(pg, about_sql, NULL, &result, err);
    if (status == PB_OK) {
        *ret_server = (db_server){.port = number_at(result, 0),
                                  .version = number_at(result, 1) / 10000,
                                  .user = text_at(result, 2, arena),
                                  .database = text_at(result, 3, arena),
                                  .data = text_at(result, 4, arena),
                                  .sockets = text_at(result, 5, arena),
                                  .schema = where->schema};
        if (ret_server->data == NULL)
            status = may_not_see(where, err);
        else if (ret_server->user == NULL || ret_server->database == NULL)
            status = pb_fail_memory(err);
        if (ret_server->sockets != NULL && ret_server->sockets[0] == '\0')
            ret_server->sockets = NULL;
    }
    PQclear(result);
    PQfinish(pg);
    return status;
}
