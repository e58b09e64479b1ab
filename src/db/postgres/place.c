/* Where a workspace lies in a database: a schema of its own, made by a login that may make roles,
 * owned by a role nobody connects as, with the head of the workspace and the counter of commits.
 *
 *   NAME_owner   owns schema, tables, views; definitions are made as it
 *   NAME_app     what the program works as: owns nothing, may do to each table what it needs
 *   NAME_query   what foreign statements run as: reads published views
 */
#include "postgres.h"

#include <stdatomic.h>

#include <sodium.h>

enum { DEFINITIONS = 1 << 20, MARK = 16 };

/* NAME: schema and database, so that roles, which all databases of a server share, do not meet. */
static void name_roles(const char *schema, const char *database, pg_roles *ret)
{
    enum { STEM = 50 };
    char stem[STEM + 1];
    size_t used = 0;
    const char *const parts[] = {schema, "_", database};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (const char *c = parts[i]; *c != '\0' && used < STEM; c++) {
            char lower = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
            bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
            stem[used++] = plain ? lower : '_';
        }
    stem[used] = '\0';
    snprintf(ret->owner, PG_NAME_MAX, "%s_owner", stem);
    snprintf(ret->app, PG_NAME_MAX, "%s_app", stem);
    snprintf(ret->query, PG_NAME_MAX, "%s_query", stem);
}

static pb_status check_free(PGconn *pg, const pg_where *where, pb_error *err)
{
    bool there = false;
    PB_TRY(db_pg_ask_true(pg, "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)",
                          where->schema, &there, err));
    if (!there)
        return PB_OK;
    pb_fail(err, PB_EXISTS, PB_MSG("The database of {workspace} has a schema {schema} already."),
            "workspace", where->shown, "schema", where->schema, NULL);
    pb_error_hint(err, PB_MSG("Name another one: add ?schema=NAME to the address."), NULL);
    return PB_EXISTS;
}

static pb_status check_rights(PGconn *pg, const pg_where *where, pb_error *err)
{
    bool may = false;
    PB_TRY(db_pg_ask_true(pg,
                          "SELECT (rolsuper OR rolcreaterole) AND"
                          " has_database_privilege(current_database(), 'CREATE')"
                          " FROM pg_roles WHERE rolname = current_user",
                          NULL, &may, err));
    if (may)
        return PB_OK;
    pb_fail(err, PB_DENIED, PB_MSG("The login {user} may not make a workspace in {workspace}."),
            "user", PQuser(pg) == NULL ? "" : PQuser(pg), "workspace", where->shown, NULL);
    pb_error_detail(err,
                    PB_MSG("It takes the rights to make roles (CREATEROLE) and a schema (CREATE on "
                           "the database)."),
                    NULL);
    pb_error_hint(err,
                  PB_MSG("Make the workspace as an administrator, once; then let this login in "
                         "with GRANT."),
                  NULL);
    return PB_DENIED;
}

pb_status db_pg_can_make(const db_target *target, pb_arena *arena, pb_error *err)
{
    PGconn *pg = NULL;
    (void)arena;
    PB_TRY(db_pg_link(target->where, &pg, err));
    pb_status status = check_free(pg, target->where, err);
    if (status == PB_OK)
        status = check_rights(pg, target->where, err);
    PQfinish(pg);
    return status;
}

/* ---- making ---- */

static pb_status make_role(PGconn *pg, const char *role, pb_error *err)
{
    char sql[300];
    bool there = false;
    PB_TRY(db_pg_ask_true(pg, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role,
                          &there, err));
    if (there)
        return PB_OK;
    snprintf(sql, sizeof sql,
             "CREATE ROLE \"%s\" NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION", role);
    return db_pg_say(pg, sql, err);
}

static pb_status make_roles(PGconn *pg, const pg_roles *roles, pb_error *err)
{
    char sql[600];
    PB_TRY(make_role(pg, roles->owner, err));
    PB_TRY(make_role(pg, roles->app, err));
    PB_TRY(make_role(pg, roles->query, err));
    snprintf(sql, sizeof sql,
             "GRANT \"%s\" TO \"%s\"; GRANT \"%s\" TO CURRENT_USER; GRANT \"%s\" TO CURRENT_USER",
             roles->query, roles->app, roles->app, roles->owner);
    return db_pg_say(pg, sql, err);
}

static pb_status make_schema(PGconn *pg, const char *schema, const pg_roles *roles, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(DEFINITIONS);
    pb_buf_printf(&sql,
                  "CREATE SCHEMA \"%s\" AUTHORIZATION \"%s\";"
                  "CREATE SCHEMA \"%s_sql\" AUTHORIZATION \"%s\";"
                  "SET LOCAL ROLE \"%s\";"
                  "REVOKE ALL ON SCHEMA \"%s\", \"%s_sql\" FROM PUBLIC;"
                  "GRANT USAGE ON SCHEMA \"%s\", \"%s_sql\" TO \"%s\", \"%s\";"
                  "SET LOCAL search_path = \"%s\", pg_catalog;",
                  schema, roles->owner, schema, roles->owner, roles->owner, schema, schema, schema,
                  schema, roles->app, roles->query, schema);
    pb_buf_printf(&sql,
                  "CREATE TABLE workspace (one boolean PRIMARY KEY DEFAULT true CHECK (one),"
                  " head bytea, key_mark text, commits bigint NOT NULL) WITH (fillfactor = 50);"
                  "INSERT INTO workspace (commits) VALUES (0);"
                  "GRANT SELECT, UPDATE (commits) ON workspace TO \"%s\";"
                  "CREATE TABLE writer (id text PRIMARY KEY, commits bigint NOT NULL)"
                  " WITH (fillfactor = 50);"
                  "GRANT SELECT, INSERT, UPDATE, DELETE ON writer TO \"%s\";"
                  "SET LOCAL search_path = \"%s_sql\", pg_catalog;",
                  roles->app, roles->app, schema);
    db_pg_functions(&sql);
    pb_buf_addc(&sql, "RESET ROLE;");
    return sql.failed ? pb_fail_memory(err) : db_pg_say(pg, pb_buf_cstr(&sql), err);
}

static pb_status make_place(PGconn *pg, const pg_where *where, pb_error *err)
{
    pg_roles roles;
    PB_TRY(check_free(pg, where, err));
    PB_TRY(check_rights(pg, where, err));
    name_roles(where->schema, PQdb(pg) == NULL ? "" : PQdb(pg), &roles);
    PB_TRY(db_pg_say(pg, "BEGIN", err));
    PB_TRY(make_roles(pg, &roles, err));
    PB_TRY(make_schema(pg, where->schema, &roles, err));
    return db_pg_say(pg, "COMMIT", err);
}

pb_status db_pg_make(const db_target *target, pb_arena *arena, bool *ret_made, pb_error *err)
{
    PGconn *pg = NULL;
    (void)arena;
    PB_TRY(db_pg_link(target->where, &pg, err));
    pb_status status = make_place(pg, target->where, err);
    if (status == PB_EXISTS) { /* one whose making came to no end is made anew */
        pb_status cleared = db_pg_clear(target, err);
        status = cleared == PB_OK ? make_place(pg, target->where, err) : cleared;
    }
    *ret_made = status == PB_OK;
    PQfinish(pg);
    return status;
}

void db_pg_unmake(const db_target *target)
{
    const pg_where *where = target->where;
    char sql[400];
    PGconn *pg = NULL;
    pg_roles roles;
    if (db_pg_link(where, &pg, NULL) != PB_OK)
        return;
    if (db_pg_roles(pg, where->schema, &roles, NULL) == PB_OK) {
        snprintf(sql, sizeof sql, "DROP SCHEMA \"%s\", \"%s_sql\" CASCADE", where->schema,
                 where->schema);
        db_pg_say(pg, sql, NULL);
        snprintf(sql, sizeof sql, "DROP ROLE \"%s\", \"%s\", \"%s\"", roles.query, roles.app,
                 roles.owner);
        db_pg_say(pg, sql, NULL);
    }
    PQfinish(pg);
}

/* ---- the head ---- */

static pb_status open_place(const pg_where *where, PGconn **ret_pg, pg_roles *ret_roles,
                            pb_error *err)
{
    PGconn *pg = NULL;
    PB_TRY(db_pg_link(where, &pg, err));
    pb_status status = db_pg_roles(pg, where->schema, ret_roles, err);
    if (status == PB_NOT_FOUND)
        status = db_pg_no_workspace(where, err);
    if (status == PB_OK)
        status = db_pg_settle_in(pg, where, ret_roles, err);
    if (status != PB_OK)
        PQfinish(pg);
    else
        *ret_pg = pg;
    return status;
}

/* What was committed by now is not to be missed where a replica is read. */
static void note_commits(const pg_where *where, pb_buf *text, const PGresult *result)
{
    int64_t commits;
    pb_buf_addc(text, PQgetvalue(result, 0, 0));
    if (pb_str_to_i64(pb_str_c(PQgetvalue(result, 0, 1)), &commits))
        atomic_store(where->commits, commits);
}

pb_status db_pg_read_head(const db_target *target, pb_arena *arena, pb_buf *text, pb_error *err)
{
    PGconn *pg = NULL;
    pg_roles roles;
    PGresult *result = NULL;
    (void)arena;
    PB_TRY(open_place(target->where, &pg, &roles, err));
    pb_status status = db_pg_ask(pg, "SELECT convert_from(head, 'UTF8'), commits FROM workspace",
                                 NULL, &result, err);
    if (status == PB_OK && (PQntuples(result) != 1 || PQgetisnull(result, 0, 0)))
        status = db_pg_no_workspace(target->where, err); /* its making was never finished */
    if (status == PB_OK)
        note_commits(target->where, text, result);
    PQclear(result);
    PQfinish(pg);
    return status == PB_OK && text->failed ? pb_fail_memory(err) : status;
}

/* A mark by which the right key is known, whatever was altered in the head. */
static void key_mark(const uint8_t key[32], char ret_text[2 * MARK + 1])
{
    uint8_t mark[MARK];
    crypto_kdf_derive_from_key(mark, sizeof mark, 1, "pgkeymrk", key);
    sodium_bin2hex(ret_text, 2 * MARK + 1, mark, sizeof mark);
}

pb_status db_pg_check_key(PGconn *pg, const uint8_t key[32], pb_error *err)
{
    char mark[2 * MARK + 1];
    bool other = false;
    key_mark(key, mark);
    PB_TRY(db_pg_ask_true(pg, "SELECT key_mark <> $1 FROM workspace", mark, &other, err));
    if (!other)
        return PB_OK;
    return pb_fail(err, PB_WRONG_KEY, PB_MSG("The key does not open this workspace."), NULL);
}

static pb_status store_head(PGconn *pg, const pg_roles *roles, const char *head, const char *mark,
                            pb_error *err)
{
    char role[100];
    db_conn asking = {.pg = pg};
    const char *const values[] = {head, mark};
    snprintf(role, sizeof role, "SET ROLE \"%s\"", roles->owner);
    PB_TRY(db_pg_say(pg, role, err));
    PGresult *result =
        PQexecParams(pg, "UPDATE workspace SET head = convert_to($1, 'UTF8'), key_mark = $2", 2,
                     NULL, values, NULL, NULL, 0);
    pb_status status = PB_OK;
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        status = db_pg_fail(&asking, result, err);
    PQclear(result);
    return status;
}

pb_status db_pg_write_head(const db_target *target, pb_arena *arena, pb_str text, pb_error *err)
{
    PGconn *pg = NULL;
    pg_roles roles;
    char mark[2 * MARK + 1];
    char *head = pb_arena_cstr(arena, text);
    if (head == NULL)
        return pb_fail_memory(err);
    key_mark(target->key, mark);
    PB_TRY(open_place(target->where, &pg, &roles, err));
    pb_status status = store_head(pg, &roles, head, mark, err);
    PQfinish(pg);
    return status;
}
