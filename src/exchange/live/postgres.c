/* PostgreSQL as an engine: one read-only transaction, rows by a cursor. */
#include <libpq-fe.h>
#include <strings.h>

#include "internal.h"

enum { FETCH_FIRST = 64, FETCH_MOST = 4096, FETCH_BYTES = 1 << 20, FETCH_LARGE = 8 << 20 };

/* Types by their numbers, as pg_type.dat of PostgreSQL has them. */
enum {
    OID_BOOL = 16,
    OID_JSON = 114,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_TIMESTAMP = 1114,
    OID_TIMESTAMPTZ = 1184,
    OID_JSONB = 3802
};

typedef struct postgres_link {
    PGconn *connection;
    PGresult *rows; /* of the last FETCH */
    int at, fetch;  /* row in it, rows to ask for */
} postgres_link;

static void *postgres_close(postgres_link *link)
{
    if (link == NULL)
        return NULL;
    PQclear(link->rows);
    PQfinish(link->connection);
    free(link);
    return NULL;
}

static void close_link(void *link)
{
    postgres_close(link);
}

/* --- connecting --- */

static const char *where(const live_url *url)
{
    return url->socket != NULL ? url->socket : url->host;
}

static pb_status no_connection(const live_url *url, const char *message, pb_error *err)
{
    static const struct {
        const char *part;
        pb_status status;
        const char *says, *hint;
    } known[] = {
        {"could not translate host name", PB_NOT_FOUND, PB_MSG("There is no host {host}"),
         PB_MSG("Check the spelling, and that this machine can look names up")},
        {"no password supplied", PB_DENIED, PB_MSG("{host} wants a password for the login {user}"),
         PB_MSG("Give it with --password-file, PGPASSWORD or ~/.pgpass")},
        {"password authentication failed", PB_DENIED,
         PB_MSG("{host} did not accept the password of the login {user}"),
         PB_MSG("Check the login's name and its password (--password-file, PGPASSWORD, "
                "~/.pgpass)")},
        {"authentication failed", PB_DENIED, PB_MSG("{host} did not accept the login {user}"),
         PB_MSG("The server decides by pg_hba.conf who may come in, and how")},
        {"no pg_hba.conf entry", PB_DENIED, PB_MSG("{host} did not accept the login {user}"),
         PB_MSG("The server decides by pg_hba.conf who may come in, and how")},
        {"does not support SSL", PB_DENIED,
         PB_MSG("{host} does not encrypt connections, so nothing was asked of it"),
         PB_MSG("Turn TLS on in the server (ssl = on), or audit on the server's own machine")},
        {"role \"", PB_DENIED, PB_MSG("{host} has no login {user}"),
         PB_MSG("Check the login's name")},
        {"database \"", PB_NOT_FOUND, PB_MSG("{host} has no database {database}"),
         PB_MSG("Check the database's name, and that the login may connect to it")},
    };
    char room[512];
    const char *words = pb_one_line(message, room, sizeof room);
    const char *user = url->user == NULL ? "" : url->user;
    size_t found = 0;
    const size_t count = sizeof known / sizeof *known;
    while (found < count && strstr(words, known[found].part) == NULL)
        found++;
    pb_status status = found < count ? known[found].status : PB_IO;
    const char *says =
        found < count ? known[found].says : PB_MSG("The database server {host} does not answer");
    pb_fail(err, status, says, "host", where(url), "user", user, "database", url->database, NULL);
    pb_error_detail(err, PB_MSG("It was said: {words}"), "words", words, NULL);
    pb_error_hint(err,
                  found < count ? known[found].hint
                                : PB_MSG("Check host and port, that the server runs, and that no "
                                         "firewall is between"),
                  NULL);
    return status;
}

static pb_status say(postgres_link *link, const char *sql, pb_error *err)
{
    PGresult *result = PQexec(link->connection, sql);
    bool done =
        PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
    char room[512];
    if (!done) {
        pb_fail(err, PB_IO, PB_MSG("The database server could not do what reading needs"), NULL);
        pb_error_detail(err, PB_MSG("It was said: {words}"), "words",
                        pb_one_line(PQerrorMessage(link->connection), room, sizeof room), NULL);
    }
    PQclear(result);
    return done ? PB_OK : PB_IO;
}

/* Nothing can be written from here on, and what is read is of one moment. */
static pb_status begin(postgres_link *link, pb_error *err)
{
    static const char *const steps[] = {
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET default_transaction_read_only = on",
        "SET statement_timeout = '10min'",
        "SET lock_timeout = '10s'",
        "SET idle_in_transaction_session_timeout = 0",
        "SET TimeZone = 'UTC'",
        "SET DateStyle = 'ISO, YMD'",
        "SET IntervalStyle = 'iso_8601'",
        "SET search_path = pg_catalog",
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        "SELECT 1", /* takes the snapshot */
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        PB_TRY(say(link, steps[i], err));
    return PB_OK;
}

static void ignore_notice(void *context, const char *message)
{
    (void)context;
    (void)message;
}

static pb_status postgres_connect(const live_url *url, void **ret_link, pb_error *err)
{
    const char *const names[] = {"host",
                                 "port",
                                 "dbname",
                                 "user",
                                 "password",
                                 "sslmode",
                                 "sslrootcert",
                                 "sslcert",
                                 "sslkey",
                                 "application_name",
                                 "client_encoding",
                                 "connect_timeout",
                                 NULL};
    const char *const values[] = {where(url),    url->port,    url->database,    url->user,
                                  url->password, url->sslmode, url->sslrootcert, url->sslcert,
                                  url->sslkey,   "probity",    "UTF8",           "15",
                                  NULL};
    postgres_link *link = calloc(1, sizeof *link);
    if (link == NULL)
        return pb_fail_memory(err);
    link->connection = PQconnectdbParams(names, values, 0);
    if (link->connection == NULL) {
        postgres_close(link);
        return pb_fail_memory(err);
    }
    PQsetNoticeProcessor(link->connection, ignore_notice, NULL);
    pb_status status = PB_OK;
    if (PQstatus(link->connection) != CONNECTION_OK)
        status = no_connection(url, PQerrorMessage(link->connection), err);
    else if (!url->local && !PQsslInUse(link->connection))
        status = no_connection(url, "server does not support SSL", err);
    else
        status = begin(link, err);
    if (status == PB_OK)
        *ret_link = link;
    else
        postgres_close(link);
    return status;
}

/* --- rows --- */

/* A failed statement would end the transaction, and with it the snapshot: each query has a place to
 * go back to. */
static pb_status query_failed(postgres_link *link, const PGresult *result, pb_error *err)
{
    const char *state = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message =
        result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    char room[512];
    const char *words = pb_one_line(message != NULL ? message : PQerrorMessage(link->connection),
                                    room, sizeof room);
    pb_status status = PB_IO;
    if (state != NULL && strcmp(state, "42501") == 0)
        status = PB_DENIED;
    else if (state != NULL && (strcmp(state, "57014") == 0 || strcmp(state, "55P03") == 0))
        status = PB_BUSY;
    pb_fail(err, status, PB_MSG("The database server did not give the rows"), NULL);
    pb_error_detail(err, PB_MSG("It was said: {words}"), "words", words, NULL);
    say(link, "ROLLBACK TO SAVEPOINT probity", NULL);
    return status;
}

static pb_status fetch(postgres_link *link, pb_error *err)
{
    char sql[64];
    snprintf(sql, sizeof sql, "FETCH %d FROM probity", link->fetch);
    PQclear(link->rows);
    link->rows = PQexec(link->connection, sql);
    link->at = 0;
    if (PQresultStatus(link->rows) != PGRES_TUPLES_OK) {
        pb_status status = query_failed(link, link->rows, err);
        PQclear(link->rows);
        link->rows = NULL;
        return status;
    }
    size_t bytes = PQresultMemorySize(link->rows);
    if (bytes < FETCH_BYTES && link->fetch < FETCH_MOST)
        link->fetch *= 2;
    else if (bytes > FETCH_LARGE && link->fetch > 1)
        link->fetch /= 2;
    return PB_OK;
}

static pb_status postgres_start(void *context, const char *sql, bool ordered, pb_error *err)
{
    (void)ordered;
    postgres_link *link = context;
    PB_AUTO_BUF text = PB_BUF_INIT(4 << 20);
    pb_buf_addc(&text, "DECLARE probity NO SCROLL CURSOR FOR ");
    pb_buf_addc(&text, sql);
    if (text.failed)
        return pb_fail_memory(err);
    PB_TRY(say(link, "SAVEPOINT probity", err));
    PGresult *result = PQexec(link->connection, pb_buf_cstr(&text));
    pb_status status =
        PQresultStatus(result) == PGRES_COMMAND_OK ? PB_OK : query_failed(link, result, err);
    PQclear(result);
    link->fetch = FETCH_FIRST;
    return status == PB_OK ? fetch(link, err) : status;
}

static size_t postgres_columns(void *context)
{
    const postgres_link *link = context;
    return (size_t)PQnfields(link->rows);
}

static live_kind kind_of(Oid type)
{
    switch (type) {
    case OID_BOOL:
        return LIVE_BOOLEAN;
    case OID_JSON:
    case OID_JSONB:
        return LIVE_JSON;
    case OID_FLOAT4:
    case OID_FLOAT8:
        return LIVE_FLOAT;
    case OID_TIMESTAMP:
        return LIVE_LOCAL;
    case OID_TIMESTAMPTZ:
        return LIVE_INSTANT;
    default:
        return LIVE_TEXT;
    }
}

/* Arrays of the server's own types (bool[] to jsonb[]) stand here; those of types that a database
 * made are selected as text by live_select_column. */
static bool is_array(Oid type)
{
    static const Oid arrays[] = {199,  1000, 1001, 1002, 1005, 1007, 1009, 1014, 1015, 1016, 1021,
                                 1022, 1028, 1041, 1115, 1182, 1183, 1185, 1231, 2951, 3807};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        if (arrays[i] == type)
            return true;
    return false;
}

static void postgres_column(void *context, size_t at, pb_str *ret_name, live_kind *ret_kind)
{
    const postgres_link *link = context;
    Oid type = PQftype(link->rows, (int)at);
    *ret_name = pb_str_c(PQfname(link->rows, (int)at));
    *ret_kind = is_array(type) ? LIVE_ARRAY : kind_of(type);
}

static pb_status postgres_next(void *context, pb_str *cells, bool *ret_more, pb_error *err)
{
    postgres_link *link = context;
    if (link->rows != NULL && link->at >= PQntuples(link->rows) && link->at > 0)
        PB_TRY(fetch(link, err));
    *ret_more = link->rows != NULL && link->at < PQntuples(link->rows);
    if (!*ret_more)
        return PB_OK;
    for (int c = 0; c < PQnfields(link->rows); c++)
        cells[c] = PQgetisnull(link->rows, link->at, c)
                       ? PB_STR_NONE
                       : pb_str_n(PQgetvalue(link->rows, link->at, c),
                                  (size_t)PQgetlength(link->rows, link->at, c));
    link->at++;
    return PB_OK;
}

static void postgres_end(void *context)
{
    postgres_link *link = context;
    PQclear(link->rows);
    link->rows = NULL;
    say(link, "ROLLBACK TO SAVEPOINT probity", NULL);
    say(link, "RELEASE SAVEPOINT probity", NULL);
}

const live_engine live_postgres = {
    .name = "PostgreSQL",
    .quote = '"',
    .tables_sql = "SELECT n.nspname, c.relname, greatest(c.reltuples, 0)::bigint,"
                  " (has_schema_privilege(n.oid, 'USAGE') AND"
                  " has_any_column_privilege(c.oid, 'SELECT'))::int,"
                  " (has_schema_privilege(n.oid, 'USAGE') AND"
                  " has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))::int,"
                  " (c.relkind IN ('v', 'm'))::int"
                  " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                  " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition"
                  " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
                  " ORDER BY n.nspname, c.relname",
    .columns_sql =
        "SELECT n.nspname, c.relname, a.attname,"
        " CASE WHEN t.typcategory = 'A' THEN 'array' ELSE coalesce(b.typname, t.typname) END,"
        " coalesce(a.attnum = ANY (i.indkey), false)::int,"
        " has_column_privilege(c.oid, a.attnum, 'SELECT')::int"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype"
        " AND t.typtype = 'd'"
        " LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition"
        " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
        " ORDER BY n.nspname, c.relname, a.attnum",
    .keys_sql = "SELECT n.nspname, c.relname, a.attname, fn.nspname, fc.relname, fa.attname"
                " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
                " JOIN pg_namespace n ON n.oid = c.relnamespace"
                " JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]"
                " JOIN pg_class fc ON fc.oid = k.confrelid"
                " JOIN pg_namespace fn ON fn.oid = fc.relnamespace"
                " JOIN pg_attribute fa ON fa.attrelid = k.confrelid AND fa.attnum = k.confkey[1]"
                " WHERE k.contype = 'f' AND array_length(k.conkey, 1) = 1 ORDER BY k.oid",
    .zone_sql = "SELECT s.reset_val, extract(epoch FROM (now() AT TIME ZONE s.reset_val)"
                " - (now() AT TIME ZONE 'UTC'))::bigint / 60"
                " FROM pg_settings s WHERE s.name = 'TimeZone'",
    .connect = postgres_connect,
    .close = close_link,
    .start = postgres_start,
    .columns = postgres_columns,
    .column = postgres_column,
    .next = postgres_next,
    .end = postgres_end,
};
