/* Tables are defined, and asked what they are called and what columns they have. */
#include "postgres.h"

/* Definitions are made by the owner of the tables, whose rights are taken on for as long. */
pb_status db_pg_run(db_conn *conn, const char *sql, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(16 << 20);
    PB_TRY(db_pg_settle(conn, err));
    pb_buf_printf(&text, "SET LOCAL ROLE \"%s\";\n", conn->roles.owner);
    pb_buf_addc(&text, sql);
    if (strstr(sql, "CREATE VIEW") != NULL) /* the last definitions: all tables are there */
        db_pg_grants(conn->layout, &conn->roles, &text);
    pb_buf_printf(&text, "\nSET LOCAL ROLE \"%s\";\n", conn->roles.app);
    if (text.failed)
        return pb_fail_memory(err);
    if (PQexitPipelineMode(conn->pg) != 1)
        return db_pg_fail(conn, NULL, err);
    PGresult *result = PQexec(conn->pg, pb_buf_cstr(&text));
    pb_status status =
        PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK
            ? PB_OK
            : db_pg_fail(conn, result, err);
    PQclear(result);
    if (PQenterPipelineMode(conn->pg) != 1 && status == PB_OK)
        status = db_pg_fail(conn, NULL, err);
    if (status == PB_DENIED)
        pb_error_hint(err,
                      PB_MSG("The tables must be brought to this version of the program by a login "
                             "that belongs to the role {role}: open the workspace as that login "
                             "once."),
                      "role", conn->roles.owner, NULL);
    return status;
}

void db_pg_lay(db_conn *conn, const db_layout *layout)
{
    conn->layout = layout;
}

static pb_status each_name(db_conn *conn, const char *sql, const char *parameter, db_each_name each,
                           void *context, pb_error *err)
{
    PGresult *result = NULL;
    PB_TRY(db_pg_settle(conn, err));
    PB_TRY(
        db_pg_send_text(conn, sql, parameter == NULL ? 0 : 1, NULL, &parameter, NULL, NULL, err));
    PB_TRY(db_pg_wait(conn, 0, &result, err));
    pb_status status = PB_OK;
    for (int i = 0; i < PQntuples(result) && status == PB_OK; i++)
        status = each(context,
                      pb_str_n(PQgetvalue(result, i, 0), (size_t)PQgetlength(result, i, 0)), err);
    PQclear(result);
    return status;
}

pb_status db_pg_columns(db_conn *conn, const char *table, db_each_name each, void *context,
                        pb_error *err)
{
    static const char sql[] =
        "SELECT a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = $1"
        " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
    return each_name(conn, sql, table, each, context, err);
}

/* The tables `workspace` and `writer` are no workspace's content but the engine's own. */
pb_status db_pg_tables(db_conn *conn, db_each_name each, void *context, pb_error *err)
{
    static const char sql[] =
        "SELECT relname FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = current_schema()::regnamespace"
        " AND relname NOT IN ('workspace', 'writer') ORDER BY relname COLLATE \"C\"";
    return each_name(conn, sql, NULL, each, context, err);
}
