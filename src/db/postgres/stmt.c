/* Statements: prepared at the server, run, their rows read.
 *
 * What gives no rows is sent without waiting. What gives rows is first read through a cursor, piece
 * by piece, since nobody knows how many there are and other statements are to run in between; a
 * statement whose answers always came in one piece is run directly.
 */
#include "postgres.h"

#include "../token.h"

enum {
    FETCH_FIRST = 256,
    FETCH_MOST = 8192,
    FETCH_BYTES = 1 << 20,
    FETCH_LARGE = 8 << 20,
    SMALL_ENOUGH = 2, /* answers in one piece before a statement is run directly */
    NATIVE_ARENA = 4 << 20,
};

/* ---- preparing ---- */

db_native *db_pg_finalize(db_native *native)
{
    if (native != NULL) {
        db_conn *conn = native->conn;
        db_pg_reset(native, false);
        db_pg_bulk_free(native->bulk);
        for (int i = 0; native->seals != NULL && i < native->parameter_count; i++)
            pb_buf_free(&native->seals[i].sealed);
        for (int i = 0; native->opened != NULL && i < PQnfields(native->described); i++)
            pb_buf_free(&native->opened[i]);
        if (native->described != NULL && conn->dead_count < PG_DEAD)
            memcpy(conn->dead[conn->dead_count++], native->name, sizeof native->name);
        PQclear(native->described);
        pb_arena_free(native->arena);
        free(native);
    }
    return NULL;
}

/* Everything else is run as it is. */
static bool is_select(pb_str sql)
{
    db_token token;
    size_t at = 0;
    return db_token_next(sql, &at, &token) && (pb_str_eq_nocase(token.name, PB_STR("select")) ||
                                               pb_str_eq_nocase(token.name, PB_STR("with")) ||
                                               pb_str_eq_nocase(token.name, PB_STR("values")));
}

pb_status db_pg_native_new(db_conn *conn, const char *sql, const pg_places *places,
                           db_native **ret_native, pb_error *err)
{
    db_native *native = calloc(1, sizeof *native);
    if (native == NULL)
        return pb_fail_memory(err);
    native->conn = conn;
    native->arena = pb_arena_new(NATIVE_ARENA);
    pb_arena *arena = native->arena;
    size_t count = (size_t)places->count;
    bool good = arena != NULL;
    if (good) {
        native->sql = pb_arena_cstr(arena, pb_str_c(sql));
        native->names = pb_arena_array(arena, count + 1, sizeof *native->names);
        native->types = pb_arena_array(arena, count + 1, sizeof *native->types);
        native->values = pb_arena_array(arena, count + 1, sizeof *native->values);
        native->rooms = pb_arena_array(arena, count + 1, sizeof *native->rooms);
        good = native->sql && native->names && native->types && native->values && native->rooms;
    }
    for (size_t i = 0; good && i < count; i++) {
        if (places->names[i] == NULL)
            continue;
        native->names[i] = pb_arena_cstr(arena, pb_str_c(places->names[i]));
        good = native->names[i] != NULL;
    }
    if (!good) {
        db_pg_finalize(native);
        return pb_fail_memory(err);
    }
    native->parameter_count = places->count;
    native->selects = is_select(pb_str_c(sql));
    native->touches = db_pg_touches(conn->layout, pb_str_c(sql));
    snprintf(native->name, sizeof native->name, "s%u", conn->next_name++);
    *ret_native = native;
    return PB_OK;
}

/* Protected by a savepoint: `*ret_number` is the place of the description among the answers. */
static pb_status send_ready(db_native *native, int *ret_number, pb_error *err)
{
    db_conn *conn = native->conn;
    if (native->foreign)
        PB_TRY(db_pg_foreign_enter(native, err));
    else if (conn->active)
        PB_TRY(db_pg_send_text(conn, "SAVEPOINT ready", 0, NULL, NULL, NULL, NULL, err));
    PB_TRY(db_pg_send_prepare(conn, native->name, native->sql, native->parameter_count,
                              native->types, err));
    *ret_number = conn->queued;
    PB_TRY(db_pg_send_describe(conn, native->name, err));
    if (native->foreign)
        return db_pg_foreign_leave(native, err);
    if (conn->active)
        PB_TRY(db_pg_send_text(conn, "RELEASE ready", 0, NULL, NULL, NULL, NULL, err));
    return PB_OK;
}

/* The transaction goes on as if nothing had been asked. */
static pb_status db_pg_forgive(db_conn *conn, const char *savepoint)
{
    char sql[80];
    if (!conn->active || conn->lost)
        return PB_IO;
    conn->failed = false;
    snprintf(sql, sizeof sql, "ROLLBACK TO %s", savepoint);
    PB_TRY(db_pg_send_text(conn, sql, 0, NULL, NULL, NULL, NULL, NULL));
    snprintf(sql, sizeof sql, "RELEASE %s", savepoint);
    PB_TRY(db_pg_send_text(conn, sql, 0, NULL, NULL, NULL, NULL, NULL));
    return db_pg_wait(conn, -1, NULL, NULL);
}

static pb_status take_description(db_native *native, PGresult *described, pb_error *err)
{
    for (int i = 0; i < native->parameter_count && i < PQnparams(described); i++)
        native->types[i] = PQparamtype(described, i);
    PQclear(native->described);
    native->described = described;
    int columns = PQnfields(described);
    native->rows = columns > 0;
    if (native->texts == NULL)
        native->texts = pb_arena_array(native->arena, (size_t)columns + 1, sizeof *native->texts);
    if (native->opened == NULL)
        native->opened = pb_arena_array(native->arena, (size_t)columns + 1, sizeof *native->opened);
    if (native->texts == NULL || native->opened == NULL)
        return pb_fail_memory(err);
    for (int i = 0; i < columns; i++)
        if (native->opened[i].max == 0)
            native->opened[i] = PB_BUF_INIT(512 << 20);
    for (int i = 0; i < columns; i++)
        if (!db_pg_knows(PQftype(described, i)))
            return pb_fail(err, PB_UNSUPPORTED,
                           PB_MSG("The column {column} of the query is of a type that the "
                                  "program does not know."),
                           "column", PQfname(described, i), NULL);
    return PB_OK;
}

/* A foreign statement that fails harms nobody else. */
static pb_status foreign_failed(db_native *native, pb_status status, pb_error *err)
{
    db_conn *conn = native->conn;
    db_pg_foreign_spent(native);
    if (!conn->failed || conn->lost)
        return status;
    db_pg_forgive(conn, "foreign_one");
    if (status == PB_CANCELLED && !conn->stopped && native->max_steps > 0)
        return db_pg_foreign_limit(native, err);
    if (status == PB_DENIED && err != NULL)
        pb_error_hint(err,
                      PB_MSG("A query may read the published views and use pure functions, nothing "
                             "else."),
                      NULL);
    if (status == PB_INTERNAL && err != NULL) {
        err->status = PB_INVALID;
        err->primary.id = PB_MSG("The query could not be understood.");
        return PB_INVALID;
    }
    return status;
}

pb_status db_pg_native_ready(db_native *native, pb_error *err)
{
    db_conn *conn = native->conn;
    PGresult *described = NULL;
    if (conn->failed)
        return db_pg_failed(conn, err);
    PB_TRY(db_pg_settle(conn, err)); /* so that a failure here is this statement's own */
    int number = 0;
    pb_status status = send_ready(native, &number, err);
    if (status == PB_OK)
        status = db_pg_wait(conn, number, &described, err);
    if (status != PB_OK && native->foreign)
        return foreign_failed(native, status, err);
    if (status != PB_OK) {
        pb_error_hint(err, PB_MSG("The statement was: {sql}"), "sql", native->sql, NULL);
        db_pg_forgive(conn, "ready");
        return status;
    }
    native->generation = conn->generation;
    return take_description(native, described, err);
}

pb_status db_pg_prepare(db_conn *conn, pb_str sql, db_native **ret_native, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 20);
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    pg_places places = {.arena = arena};
    db_native *native = NULL;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_pg_text(sql, &places, &text, err));
    PB_TRY(db_pg_native_new(conn, pb_buf_cstr(&text), &places, &native, err));
    pb_status status = db_pg_native_ready(native, err);
    if (status == PB_OK && !native->rows)
        status = db_pg_find_seals(native, err);
    if (status == PB_OK && !native->rows)
        status = db_pg_bulk_new(native, &native->bulk, err);
    if (status != PB_OK)
        db_pg_finalize(native);
    else
        *ret_native = native;
    return status;
}

int db_pg_parameter(db_native *native, const char *name)
{
    for (int i = 0; i < native->parameter_count; i++)
        if (native->names[i] != NULL && strcmp(native->names[i], name) == 0)
            return i + 1;
    return 0;
}

/* ---- running ---- */

typedef struct encoded {
    const char *values[PG_PARAMETERS];
    int lengths[PG_PARAMETERS];
    int formats[PG_PARAMETERS];
} encoded;

static pb_status encode_all(db_native *native, encoded *ret, pb_error *err)
{
    for (int i = 0; i < native->parameter_count; i++)
        PB_TRY(db_pg_encode(native, i, &ret->values[i], &ret->lengths[i], &ret->formats[i], err));
    return PB_OK;
}

static pb_status send_direct(db_native *native, const encoded *with, pb_error *err)
{
    return db_pg_send_prepared(native->conn, native->name, native->parameter_count, with->values,
                               with->lengths, with->formats, err);
}

static pb_status send_fetch(db_native *native, pb_error *err)
{
    char sql[64];
    snprintf(sql, sizeof sql, "FETCH %d FROM c%s", native->fetch, native->name);
    return db_pg_send_text(native->conn, sql, 0, NULL, NULL, NULL, NULL, err);
}

static pb_status send_cursor(db_native *native, const encoded *with, pb_error *err)
{
    char *sql = malloc(strlen(native->sql) + 80);
    if (sql == NULL)
        return pb_fail_memory(err);
    snprintf(sql, strlen(native->sql) + 80, "DECLARE c%s NO SCROLL CURSOR FOR %s", native->name,
             native->sql);
    native->fetch = FETCH_FIRST;
    pb_status status = db_pg_send_text(native->conn, sql, native->parameter_count, native->types,
                                       with->values, with->lengths, with->formats, err);
    free(sql);
    return status == PB_OK ? send_fetch(native, err) : status;
}

/* Waits for the rows of the statement that was sent last. */
static pb_status take_rows(db_native *native, pb_error *err)
{
    PGresult *result = NULL;
    int number = native->conn->queued - 1;
    if (native->foreign)
        PB_TRY(db_pg_foreign_leave(native, err));
    pb_status status = db_pg_wait(native->conn, number, &result, err);
    if (native->foreign && status != PB_OK)
        return foreign_failed(native, status, err);
    PB_TRY(status);
    if (native->foreign)
        db_pg_foreign_spent(native);
    PQclear(native->result);
    native->result = result;
    native->row = 0;
    return PB_OK;
}

static pb_status start_rows(db_native *native, pb_error *err)
{
    db_conn *conn = native->conn;
    encoded *with = malloc(sizeof *with);
    if (with == NULL)
        return pb_fail_memory(err);
    bool cursor =
        native->foreign || (native->selects && native->small < SMALL_ENOUGH && conn->active);
    pb_status status = encode_all(native, with, err);
    if (status == PB_OK)
        status = db_pg_bulk_send(conn, native->touches, err);
    if (status == PB_OK)
        status = db_pg_make_room(conn, err);
    if (status == PB_OK && native->foreign)
        status = db_pg_foreign_enter(native, err);
    if (status == PB_OK)
        status = cursor ? send_cursor(native, with, err) : send_direct(native, with, err);
    free(with);
    PB_TRY(status);
    PB_TRY(take_rows(native, err));
    native->cursor = cursor;
    native->epoch = conn->epoch;
    if (cursor && PQntuples(native->result) < native->fetch)
        native->small++;
    if (!cursor && PQntuples(native->result) > FETCH_MOST)
        native->small = INT32_MIN; /* never again in one piece */
    return PB_OK;
}

static pb_status more_rows(db_native *native, pb_error *err)
{
    size_t bytes = PQresultMemorySize(native->result);
    native->small = 0;
    if (bytes < FETCH_BYTES && native->fetch < FETCH_MOST)
        native->fetch *= 2;
    else if (bytes > FETCH_LARGE && native->fetch > 1)
        native->fetch /= 2;
    PB_TRY(db_pg_bulk_send(native->conn, native->touches, err));
    PB_TRY(db_pg_make_room(native->conn, err));
    if (native->foreign)
        PB_TRY(db_pg_foreign_enter(native, err));
    PB_TRY(send_fetch(native, err));
    return take_rows(native, err);
}

static pb_status step_rows(db_native *native, bool *ret_row, pb_error *err)
{
    if (!native->stepping) {
        PB_TRY(start_rows(native, err));
        native->stepping = true;
    } else {
        native->row++;
        bool end = native->row >= PQntuples(native->result);
        if (end && native->cursor && PQntuples(native->result) == native->fetch)
            PB_TRY(more_rows(native, err));
    }
    *ret_row = native->row < PQntuples(native->result);
    if (!*ret_row)
        db_pg_reset(native, false);
    return PB_OK;
}

static pb_status run_alone(db_native *native, pb_error *err)
{
    encoded *with = malloc(sizeof *with);
    if (with == NULL)
        return pb_fail_memory(err);
    pb_status status = encode_all(native, with, err);
    if (status == PB_OK)
        status = db_pg_bulk_send(native->conn, native->touches, err);
    if (status == PB_OK)
        status = send_direct(native, with, err);
    free(with);
    if (status == PB_OK && !native->conn->active)
        status = db_pg_wait(native->conn, -1, NULL, err);
    return status;
}

pb_status db_pg_step(db_native *native, bool *ret_row, pb_error *err)
{
    db_conn *conn = native->conn;
    pb_status status = conn->failed ? db_pg_failed(conn, err) : PB_OK;
    if (status == PB_OK && native->generation != conn->generation)
        status = db_pg_native_ready(native, err);
    if (status == PB_OK && !native->rows && conn->role == DB_READER)
        status = pb_fail(err, PB_DENIED, PB_MSG("This may not be written here."), NULL);
    if (status != PB_OK) {
        db_pg_reset(native, false);
        return status;
    }
    if (native->rows) {
        status = step_rows(native, ret_row, err);
    } else {
        status = native->bulk != NULL && conn->active ? db_pg_bulk_add(native, err)
                                                      : run_alone(native, err);
        *ret_row = false;
    }
    if (status != PB_OK)
        db_pg_reset(native, false);
    return status;
}

void db_pg_reset(db_native *native, bool bindings)
{
    db_conn *conn = native->conn;
    if (native->cursor && conn->active && !conn->failed && native->epoch == conn->epoch) {
        char sql[40];
        snprintf(sql, sizeof sql, "CLOSE c%s", native->name);
        db_pg_send_text(conn, sql, 0, NULL, NULL, NULL, NULL, NULL);
    }
    native->cursor = false;
    native->stepping = false;
    native->budget_us = db_pg_foreign_budget(native);
    PQclear(native->result);
    native->result = NULL;
    if (bindings)
        for (int i = 0; i < native->parameter_count; i++)
            native->values[i] = PB_VALUE_NULL;
}
