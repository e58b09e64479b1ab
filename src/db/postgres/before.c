/* The tables as they were before an upgrade, in a schema of their own. */
#include "postgres.h"

pb_status db_pg_keep_tables(db_conn *conn, const char *schema, pb_error *err)
{
    char sql[1200];
    /* The login itself makes the schema: the owner of the tables may make none. It runs inside the
     * transaction that changes them, so that both happen or neither. */
    snprintf(sql, sizeof sql,
             "SET LOCAL ROLE NONE;\n"
             "CREATE SCHEMA \"%s\";\n"
             "REVOKE ALL ON SCHEMA \"%s\" FROM PUBLIC;\n"
             "DO $keep$ DECLARE one name; BEGIN"
             " FOR one IN SELECT relname FROM pg_class WHERE relkind = 'r'"
             " AND relnamespace = current_schema()::regnamespace LOOP"
             " EXECUTE format('CREATE TABLE %%I.%%I AS TABLE %%I.%%I', '%s', one,"
             " current_schema(), one); END LOOP; END $keep$;\n",
             schema, schema, schema);
    pb_status status = db_engine_postgres.run(conn, sql, err);
    if (status == PB_DENIED)
        pb_error_hint(
            err,
            PB_MSG("The tables as they are now are first kept in the schema {schema}: the "
                   "login must be allowed to make it (GRANT CREATE ON DATABASE)."),
            "schema", schema, NULL);
    return status;
}
