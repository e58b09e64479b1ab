/* What the server says when it could not, as our failures. */
#include "postgres.h"

typedef struct meaning {
    const char *state; /* SQLSTATE or its first letters */
    pb_status status;
    const char *says;
} meaning;

/* PostgreSQL 15, appendix A. The longer ones stand first. */
static const meaning meanings[] = {
    {"23505", PB_EXISTS, PB_MSG("The database refused a row.")},
    {"23", PB_INVALID, PB_MSG("The database refused a row.")},
    {"22021", PB_INVALID, PB_MSG("The database takes no text with this character.")},
    {"22P05", PB_INVALID, PB_MSG("The database takes no text with this character.")},
    {"22", PB_INVALID, PB_MSG("The database could not work with a value.")},
    {"25006", PB_DENIED,
     PB_MSG("This server is not written: it follows another, or is set to read only.")},
    {"42501", PB_DENIED, PB_MSG("This may not be written here.")},
    {"55P03", PB_BUSY, PB_MSG("The database is in use by another program.")},
    {"40", PB_BUSY, PB_MSG("The database is in use by another program.")},
    {"53300", PB_BUSY, PB_MSG("The database server has no connection left.")},
    {"53200", PB_MEMORY, PB_MSG("The database server has no memory left.")},
    {"53", PB_IO, PB_MSG("The database server could not read or write.")},
    {"54", PB_LIMIT, PB_MSG("A value is too large for the database.")},
    {"57014", PB_CANCELLED, PB_MSG("The database server stopped the query.")},
    {"57", PB_IO, PB_MSG("The database server is ending.")},
    {"58", PB_IO, PB_MSG("The database server could not read or write.")},
    {"08", PB_IO, PB_MSG("The connection to the database server broke.")},
    {"XX001", PB_CORRUPT, PB_MSG("The database is damaged.")},
    {"XX002", PB_CORRUPT, PB_MSG("The database is damaged.")},
    {"", PB_INTERNAL, PB_MSG("The database could not do what was asked.")},
};

static const meaning *meaning_of(const char *state)
{
    size_t i = 0;
    while (strncmp(state, meanings[i].state, strlen(meanings[i].state)) != 0)
        i++;
    return &meanings[i];
}

static const char *field_of(const PGresult *result, int field)
{
    const char *text = result == NULL ? NULL : PQresultErrorField(result, field);
    return text == NULL ? "" : text;
}

static void add_words(const PGresult *result, const char *state, const char *words, pb_error *err)
{
    const char *table = field_of(result, PG_DIAG_TABLE_NAME);
    const char *rule = field_of(result, PG_DIAG_CONSTRAINT_NAME);
    if (table[0] != '\0')
        pb_error_detail(err,
                        PB_MSG("The database says: {words} (SQLSTATE {state}, table {table} "
                               "{constraint})"),
                        "words", words, "state", state, "table", table, "constraint", rule, NULL);
    else if (state[0] != '\0')
        pb_error_detail(err, PB_MSG("The database says: {words} (SQLSTATE {state})"), "words",
                        words, "state", state, NULL);
    else
        pb_error_detail(err, PB_MSG("The database says: {words}"), "words", words, NULL);
}

pb_status db_pg_fail(db_conn *conn, const PGresult *result, pb_error *err)
{
    char room[PG_WORDS];
    pb_error error;
    const char *state = field_of(result, PG_DIAG_SQLSTATE);
    const char *primary = field_of(result, PG_DIAG_MESSAGE_PRIMARY);
    /* What the client's library says by itself, not the server, leaves answers on their way that
     * nobody will read: nothing more can be asked on that connection. */
    bool lost =
        conn->lost || PQstatus(conn->pg) != CONNECTION_OK || (result != NULL && state[0] == '\0');
    if (lost && state[0] == '\0')
        state = "08006";
    const meaning *means = meaning_of(state);
    const char *words =
        pb_one_line(primary[0] != '\0' ? primary : PQerrorMessage(conn->pg), room, sizeof room);
    pb_status status = pb_fail(&error, means->status, means->says, NULL);
    add_words(result, state, words, &error);
    if (status == PB_INTERNAL && strcmp(field_of(result, PG_DIAG_MESSAGE_HINT), "") != 0)
        pb_error_hint(&error, PB_MSG("It adds: {words}"), "words",
                      field_of(result, PG_DIAG_MESSAGE_HINT), NULL);
    if (lost)
        pb_error_hint(&error,
                      PB_MSG("See that the server runs and can be reached, then try again."), NULL);
    conn->lost = lost;
    conn->failures++;
    if (conn->active && !conn->failed) {
        conn->failed = true;
        conn->why = status;
        conn->error = error;
        /* A server that stops ends the connection a moment after it said so. */
        conn->again = lost || strncmp(state, "40", 2) == 0 || strncmp(state, "57P0", 4) == 0;
    }
    if (err != NULL)
        *err = error;
    return status;
}

pb_status db_pg_failed(const db_conn *conn, pb_error *err)
{
    if (err != NULL)
        *err = conn->error;
    return conn->why;
}

/* ---- connections that could not be made ---- */

static const struct {
    const char *part;
    pb_status status;
    const char *says, *hint;
} refusals[] = {
    {"could not translate host name", PB_NOT_FOUND,
     PB_MSG("There is no host for the workspace {workspace}."),
     PB_MSG("Check the spelling, and that this machine can look names up.")},
    {"no password supplied", PB_DENIED,
     PB_MSG("The server of {workspace} wants a password for the login."),
     PB_MSG("Give it with --password-file, PGPASSFILE or ~/.pgpass.")},
    {"password authentication failed", PB_DENIED,
     PB_MSG("The server of {workspace} did not accept the password."),
     PB_MSG("Check the login's name and its password (--password-file, PGPASSFILE, ~/.pgpass).")},
    {"does not support SSL", PB_DENIED,
     PB_MSG("The server of {workspace} does not encrypt connections, so nothing was asked of it."),
     PB_MSG("Turn TLS on in the server (ssl = on), or use its unix socket.")},
    {"certificate", PB_DENIED, PB_MSG("The server of {workspace} did not prove who it is."),
     PB_MSG("Name the file of the certificate that signed its own: sslrootcert=FILE in the "
            "address.")},
    {"authentication failed", PB_DENIED,
     PB_MSG("The server of {workspace} did not accept the login."),
     PB_MSG("The server decides by pg_hba.conf who may come in, and how.")},
    {"no pg_hba.conf entry", PB_DENIED,
     PB_MSG("The server of {workspace} did not accept the login."),
     PB_MSG("The server decides by pg_hba.conf who may come in, and how.")},
    {"role \"", PB_DENIED, PB_MSG("The server of {workspace} has no such login."),
     PB_MSG("Check the login's name.")},
    {"database \"", PB_NOT_FOUND, PB_MSG("The server of {workspace} has no such database."),
     PB_MSG("Make it with: createdb NAME, or check its name.")},
    {"too many", PB_BUSY, PB_MSG("The server of {workspace} has no connection left."),
     PB_MSG("Try again later, or let the server take more (max_connections).")},
    {"", PB_IO, PB_MSG("The database server of {workspace} does not answer."),
     PB_MSG("Check host and port, that the server runs, and that no firewall is between.")},
};

pb_status db_pg_no_connection(const pg_where *where, PGconn *pg, pb_error *err)
{
    char room[PG_WORDS];
    const char *words = pb_one_line(PQerrorMessage(pg), room, sizeof room);
    size_t i = 0;
    while (strstr(words, refusals[i].part) == NULL)
        i++;
    pb_fail(err, refusals[i].status, refusals[i].says, "workspace", where->shown, NULL);
    pb_error_detail(err, PB_MSG("It was said: {words}"), "words", words, NULL);
    pb_error_hint(err, refusals[i].hint, NULL);
    return refusals[i].status;
}
