/* MariaDB (and MySQL) as an engine: one read-only transaction, rows as they come. */
#include <mysql.h>

#include "internal.h"
#include "sys/environment.h"

/* An ordered query is begun with so many rows, so that who only wants to see how a table looks does
 * not have to take all of it: what a server sends without a cursor must be taken to its end. */
enum { FIRST_ROWS = 4096 };

typedef struct mariadb_link {
    MYSQL *connection;
    MYSQL_RES *rows;
    char *sql; /* to go on with behind the first rows; NULL: all were asked for */
    int64_t taken;
} mariadb_link;

static void close_link(void *context)
{
    mariadb_link *link = context;
    if (link == NULL)
        return;
    if (link->rows != NULL)
        mysql_free_result(link->rows);
    if (link->connection != NULL)
        mysql_close(link->connection);
    free(link->sql);
    free(link);
}

/* --- connecting --- */

static const char *where(const live_url *url)
{
    return url->socket != NULL ? url->socket : url->host;
}

static pb_status no_connection(const live_url *url, unsigned number, const char *words,
                               pb_error *err)
{
    static const struct {
        unsigned number;
        pb_status status;
        const char *says, *hint;
    } known[] = {
        {2005, PB_NOT_FOUND, PB_MSG("There is no host {host}"),
         PB_MSG("Check the spelling, and that this machine can look names up")},
        {1045, PB_DENIED, PB_MSG("{host} did not accept the password of the login {user}"),
         PB_MSG("Check the login's name and its password (--password-file, MYSQL_PWD, "
                "~/.my.cnf)")},
        {1698, PB_DENIED, PB_MSG("{host} did not accept the login {user}"),
         PB_MSG("The server binds this login to a user of its own machine")},
        {1130, PB_DENIED, PB_MSG("{host} did not accept the login {user}"),
         PB_MSG("The server says from which machines a login may come")},
        {1044, PB_DENIED, PB_MSG("The login {user} may not open the database {database}"),
         PB_MSG("Give it the right to read: GRANT SELECT ON the database")},
        {1049, PB_NOT_FOUND, PB_MSG("{host} has no database {database}"),
         PB_MSG("Check the database's name, and that the login may connect to it")},
        {2026, PB_DENIED, PB_MSG("{host} does not encrypt connections, so nothing was asked of it"),
         PB_MSG("Turn TLS on in the server, or audit on the server's own machine")},
    };
    const size_t count = sizeof known / sizeof *known;
    size_t found = 0;
    while (found < count && known[found].number != number)
        found++;
    pb_status status = found < count ? known[found].status : PB_IO;
    pb_fail(err, status,
            found < count ? known[found].says
                          : PB_MSG("The database server {host} does not answer"),
            "host", where(url), "user", url->user == NULL ? "" : url->user, "database",
            url->database, NULL);
    pb_error_detail(err, PB_MSG("It was said: {words}"), "words", words, NULL);
    pb_error_hint(err,
                  found < count ? known[found].hint
                                : PB_MSG("Check host and port, that the server runs, and that no "
                                         "firewall is between"),
                  NULL);
    return status;
}

static pb_status failed(mariadb_link *link, pb_error *err)
{
    unsigned number = mysql_errno(link->connection);
    pb_status status = number == 1142 || number == 1143 || number == 1044 ? PB_DENIED
                       : number == 1969 || number == 1205                 ? PB_BUSY
                                                                          : PB_IO;
    pb_fail(err, status, PB_MSG("The database server did not give the rows"), NULL);
    pb_error_detail(err, PB_MSG("It was said: {words}"), "words", mysql_error(link->connection),
                    NULL);
    return status;
}

static pb_status begin(mariadb_link *link, pb_error *err)
{
    static const char *const steps[] = {
        "SET NAMES utf8mb4",
        "SET SESSION time_zone = '+00:00'",
        "SET SESSION sql_mode = ''",
        "SET SESSION net_write_timeout = 600",
        "SET SESSION lock_wait_timeout = 10",
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "SET SESSION TRANSACTION READ ONLY",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (mysql_query(link->connection, steps[i]) != 0)
            return failed(link, err);
    return PB_OK;
}

static void set_up(MYSQL *connection, const live_url *url)
{
    const unsigned seconds = 15, off = 0;
    const my_bool yes = 1;
    mysql_options(connection, MYSQL_READ_DEFAULT_GROUP, "client");
    mysql_options(connection, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    mysql_options(connection, MYSQL_OPT_LOCAL_INFILE, &off);
    mysql_optionsv(connection, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "probity");
    if (url->sslrootcert != NULL)
        mysql_options(connection, MYSQL_OPT_SSL_CA, url->sslrootcert);
    if (url->sslcert != NULL)
        mysql_options(connection, MYSQL_OPT_SSL_CERT, url->sslcert);
    if (url->sslkey != NULL)
        mysql_options(connection, MYSQL_OPT_SSL_KEY, url->sslkey);
    bool must = strcmp(url->sslmode, "require") == 0 || strncmp(url->sslmode, "verify", 6) == 0;
    if (must)
        mysql_options(connection, MYSQL_OPT_SSL_ENFORCE, &yes);
    if (strncmp(url->sslmode, "verify", 6) == 0)
        mysql_options(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
}

static pb_status check_cipher(mariadb_link *link, const live_url *url, pb_error *err)
{
    bool must = strcmp(url->sslmode, "require") == 0 || strncmp(url->sslmode, "verify", 6) == 0;
    if (must && mysql_get_ssl_cipher(link->connection) == NULL)
        return no_connection(url, 2026, "", err);
    return PB_OK;
}

static pb_status mariadb_begin(const live_url *url, void **ret_link, pb_error *err)
{
    mariadb_link *link = calloc(1, sizeof *link);
    if (link == NULL)
        return pb_fail_memory(err);
    link->connection = mysql_init(NULL);
    if (link->connection == NULL) {
        close_link(link);
        return pb_fail_memory(err);
    }
    set_up(link->connection, url);
    int64_t port = 0;
    if (url->port != NULL)
        pb_str_to_i64(pb_str_c(url->port), &port);
    const char *password = url->password != NULL ? url->password : sys_getenv("MYSQL_PWD");
    const char *host = url->socket != NULL ? "localhost" : url->host;
    pb_status status = PB_OK;
    if (mysql_real_connect(link->connection, host, url->user, password, url->database,
                           (unsigned)port, url->socket, 0) == NULL)
        status =
            no_connection(url, mysql_errno(link->connection), mysql_error(link->connection), err);
    if (status == PB_OK)
        status = check_cipher(link, url, err);
    if (status == PB_OK)
        status = begin(link, err);
    if (status == PB_OK)
        *ret_link = link;
    else
        close_link(link);
    return status;
}

/* --- rows --- */

static pb_status ask(mariadb_link *link, const char *sql, pb_error *err)
{
    if (mysql_query(link->connection, sql) != 0)
        return failed(link, err);
    link->rows = mysql_use_result(link->connection);
    return link->rows == NULL ? failed(link, err) : PB_OK;
}

static pb_status mariadb_start(void *context, const char *sql, bool ordered, pb_error *err)
{
    mariadb_link *link = context;
    link->taken = 0;
    if (!ordered)
        return ask(link, sql, err);
    PB_AUTO_BUF text = PB_BUF_INIT(4 << 20);
    pb_buf_printf(&text, "%s LIMIT %d", sql, FIRST_ROWS);
    link->sql = strdup(sql);
    if (text.failed || link->sql == NULL)
        return pb_fail_memory(err);
    return ask(link, pb_buf_cstr(&text), err);
}

/* The rows behind the first ones. */
static pb_status go_on(mariadb_link *link, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(4 << 20);
    pb_buf_printf(&text, "%s LIMIT 18446744073709551615 OFFSET %d", link->sql, FIRST_ROWS);
    free(link->sql);
    link->sql = NULL;
    mysql_free_result(link->rows);
    link->rows = NULL;
    return text.failed ? pb_fail_memory(err) : ask(link, pb_buf_cstr(&text), err);
}

static size_t mariadb_columns(void *context)
{
    const mariadb_link *link = context;
    return mysql_num_fields(link->rows);
}

static void mariadb_column(void *context, size_t at, pb_str *ret_name, live_kind *ret_kind)
{
    const mariadb_link *link = context;
    const MYSQL_FIELD *field = mysql_fetch_field_direct(link->rows, (unsigned)at);
    *ret_name = pb_str_n(field->name, field->name_length);
    switch (field->type) {
    case MYSQL_TYPE_TIMESTAMP: /* of the connection's zone, which is UTC */
        *ret_kind = LIVE_INSTANT;
        break;
    case MYSQL_TYPE_DATETIME:
        *ret_kind = LIVE_LOCAL;
        break;
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
        *ret_kind = LIVE_FLOAT;
        break;
    case MYSQL_TYPE_BIT:
        *ret_kind = LIVE_BITS;
        break;
    default:
        *ret_kind = LIVE_TEXT;
    }
}

static pb_status mariadb_next(void *context, pb_str *cells, bool *ret_more, pb_error *err)
{
    mariadb_link *link = context;
    *ret_more = false;
    MYSQL_ROW row = mysql_fetch_row(link->rows);
    if (row == NULL && mysql_errno(link->connection) != 0)
        return failed(link, err);
    if (row == NULL && link->sql != NULL && link->taken == FIRST_ROWS) {
        PB_TRY(go_on(link, err));
        row = mysql_fetch_row(link->rows);
        if (row == NULL && mysql_errno(link->connection) != 0)
            return failed(link, err);
    }
    if (row == NULL)
        return PB_OK;
    const unsigned long *lengths = mysql_fetch_lengths(link->rows);
    for (unsigned c = 0; c < mysql_num_fields(link->rows); c++)
        cells[c] = row[c] == NULL ? PB_STR_NONE : pb_str_n(row[c], lengths[c]);
    link->taken++;
    *ret_more = true;
    return PB_OK;
}

static void mariadb_end(void *context)
{
    mariadb_link *link = context;
    if (link->rows != NULL)
        mysql_free_result(link->rows); /* takes what is still on its way */
    link->rows = NULL;
    free(link->sql);
    link->sql = NULL;
}

/* Rights are told by schema, by table and for all at once; who may see those of others sees them in
 * the same lists. */
#define OURS                                                                                       \
    " AND p.grantee = CONCAT(QUOTE(SUBSTRING(CURRENT_USER(), 1, CHAR_LENGTH(CURRENT_USER()) - 1"   \
    " - CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)))), '@',"                             \
    " QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)))"
#define MAY_WRITE                                                                                  \
    "(SELECT count(*) FROM information_schema.user_privileges p"                                   \
    " WHERE p.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'DROP', 'ALTER', 'SUPER')" OURS     \
    ") + (SELECT count(*) FROM information_schema.schema_privileges p"                             \
    " WHERE DATABASE() LIKE p.table_schema"                                                        \
    " AND p.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'DROP', 'ALTER')" OURS                \
    ") + (SELECT count(*) FROM information_schema.table_privileges p"                              \
    " WHERE p.table_schema = DATABASE()"                                                           \
    " AND p.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'DROP', 'ALTER')" OURS ")"

const live_engine live_mariadb = {
    .name = "MariaDB",
    .quote = '`',
    .tables_sql = "SELECT t.table_schema, t.table_name, coalesce(t.table_rows, 0), 1,"
                  " (" MAY_WRITE ") > 0, t.table_type LIKE '%VIEW'"
                  " FROM information_schema.tables t WHERE t.table_schema = DATABASE()"
                  " ORDER BY t.table_name",
    .columns_sql = "SELECT table_schema, table_name, column_name, data_type,"
                   " CASE column_key WHEN 'PRI' THEN 1 WHEN 'UNI' THEN 2 ELSE 0 END,"
                   " privileges LIKE '%select%' FROM information_schema.columns"
                   " WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position",
    .keys_sql = "SELECT table_schema, table_name, MAX(column_name), MAX(referenced_table_schema),"
                " MAX(referenced_table_name), MAX(referenced_column_name)"
                " FROM information_schema.key_column_usage WHERE table_schema = DATABASE()"
                " AND referenced_table_name IS NOT NULL"
                " GROUP BY table_schema, table_name, constraint_name HAVING COUNT(*) = 1"
                " ORDER BY table_name, constraint_name",
    .zone_sql = "SELECT CASE WHEN @@global.time_zone = 'SYSTEM' THEN @@system_time_zone"
                " ELSE @@global.time_zone END, TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(),"
                " CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', @@global.time_zone))",
    .connect = mariadb_begin,
    .close = close_link,
    .start = mariadb_start,
    .columns = mariadb_columns,
    .column = mariadb_column,
    .next = mariadb_next,
    .end = mariadb_end,
};
