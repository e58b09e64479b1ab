/* Sessions and statements: found again by address or content, kept ready from one transaction to
 * the next. */
#include "internal.h"
#include "local.h"

#include "db/standby.h"

enum { TAKING_MAX = 64 << 10 };

/* ---- statements ---- */

static db_stmt *stmt_free(db_stmt *stmt)
{
    if (stmt != NULL) {
        db_watch_forget(db_limits_of(stmt->session->limits), stmt);
        stmt->engine->finalize(stmt->native);
        free(stmt->sql);
        free(stmt);
    }
    return NULL;
}

static void forget_statements(db_session *session)
{
    for (size_t i = 0; i < DB_STATEMENTS_MAX; i++) {
        while (session->buckets[i] != NULL) {
            db_stmt *stmt = session->buckets[i];
            session->buckets[i] = stmt->next;
            stmt_free(stmt);
        }
    }
    session->statement_count = 0;
    session->used = NULL;
    memset(session->front, 0, sizeof session->front);
}

void db_session_rest(db_session *session)
{
    memset(session->front, 0, sizeof session->front); /* the texts may go away now */
    db_local_forget(session);
    if (session->statement_count > DB_STATEMENTS_MAX) {
        forget_statements(session);
        return;
    }
    while (session->used != NULL) {
        db_stmt *stmt = session->used;
        session->used = stmt->next_used;
        stmt->used = false;
        session->engine->reset(stmt->native, true);
    }
}

/* Only what was used is reset at rest: few of many. */
static void note_used(db_session *session, db_stmt *stmt)
{
    if (stmt->used)
        return;
    stmt->used = true;
    stmt->next_used = session->used;
    session->used = stmt;
}

static pb_status stmt_new(db_session *session, pb_str sql, db_stmt **ret_stmt, pb_error *err)
{
    db_stmt *stmt = calloc(1, sizeof *stmt);
    char *copy = malloc(sql.len + 1);
    if (stmt == NULL || copy == NULL) {
        free(stmt);
        free(copy);
        return pb_fail_memory(err);
    }
    if (sql.len > 0)
        memcpy(copy, sql.ptr, sql.len);
    copy[sql.len] = '\0';
    *stmt =
        (db_stmt){.session = session, .engine = session->engine, .sql = copy, .sql_len = sql.len};
    *ret_stmt = stmt;
    return PB_OK;
}

static db_stmt **bucket_of(db_session *session, pb_str sql)
{
    return &session->buckets[pb_str_hash(sql) % DB_STATEMENTS_MAX];
}

/* A statement that is there already. */
static bool find_kept(db_session *session, pb_str sql, db_stmt **ret_stmt)
{
    for (db_stmt *stmt = *bucket_of(session, sql); stmt != NULL; stmt = stmt->next) {
        if (!pb_str_eq(pb_str_n(stmt->sql, stmt->sql_len), sql))
            continue;
        session->engine->reset(stmt->native, true);
        stmt->rows = 0;
        note_used(session, stmt);
        *ret_stmt = stmt;
        return true;
    }
    return false;
}

pb_status db_prepare_text(db_session *session, pb_str sql, db_stmt **ret_stmt, pb_error *err)
{
    if (find_kept(session, sql, ret_stmt)) /* then it needs no copy of sealed tables */
        return PB_OK;
    if (db_local_needed(session, sql)) {
        PB_TRY(db_local_session(session, sql, &session, err));
        if (find_kept(session, sql, ret_stmt))
            return PB_OK;
    }
    db_stmt **bucket = bucket_of(session, sql);
    db_stmt *stmt = NULL;
    PB_TRY(stmt_new(session, sql, &stmt, err));
    pb_status status = session->engine->prepare(session->conn, sql, &stmt->native, err);
    if (status != PB_OK) {
        free(stmt->sql);
        free(stmt);
        return status;
    }
    stmt->kept = true;
    stmt->next = *bucket;
    *bucket = stmt;
    session->statement_count++;
    note_used(session, stmt);
    *ret_stmt = stmt;
    return PB_OK;
}

pb_status db_prepare(db_session *session, const char *sql, db_stmt **ret_stmt, pb_error *err)
{
    size_t slot = ((uintptr_t)sql >> 3) % DB_FRONT_SLOTS;
    if (session->front[slot].sql == sql) {
        session->engine->reset(session->front[slot].stmt->native, true);
        session->front[slot].stmt->rows = 0;
        *ret_stmt = session->front[slot].stmt;
        return PB_OK;
    }
    PB_TRY(db_prepare_text(session, pb_str_c(sql), ret_stmt, err));
    session->front[slot].sql = sql;
    session->front[slot].stmt = *ret_stmt;
    return PB_OK;
}

pb_status db_prepare_taking(db_session *session, pb_str sql, db_stmt **ret_stmt, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(TAKING_MAX);
    pb_buf_printf(&text, "%.*s%s", PB_STR_FMT(sql), session->engine->taking);
    return text.failed ? pb_fail_memory(err)
                       : db_prepare_text(session, pb_buf_str(&text), ret_stmt, err);
}

pb_status db_prepare_foreign(db_session *session, pb_str sql, int64_t max_steps, db_stmt **ret_stmt,
                             pb_error *err)
{
    db_stmt *stmt = NULL;
    if (db_local_needed(session, sql))
        PB_TRY(db_local_session(session, sql, &session, err));
    PB_TRY(stmt_new(session, sql, &stmt, err));
    pb_status status = session->engine->prepare_foreign(
        session->conn, pb_str_n(stmt->sql, stmt->sql_len), max_steps, &stmt->native, err);
    if (status != PB_OK) {
        free(stmt->sql);
        free(stmt);
        return status;
    }
    *ret_stmt = stmt;
    return PB_OK;
}

db_stmt *db_stmt_close(db_stmt *stmt)
{
    if (stmt != NULL && !stmt->kept)
        return stmt_free(stmt);
    if (stmt != NULL)
        db_reset(stmt);
    return NULL;
}

void db_bind_value(db_stmt *stmt, int parameter, pb_value value)
{
    bool absent = (value.kind == PB_TEXT || value.kind == PB_BLOB) && value.as.s.ptr == NULL;
    stmt->engine->bind(stmt->native, parameter, absent ? PB_VALUE_NULL : value);
}

void db_bind_null(db_stmt *stmt, int parameter)
{
    stmt->engine->bind(stmt->native, parameter, PB_VALUE_NULL);
}

void db_bind_i64(db_stmt *stmt, int parameter, int64_t value)
{
    stmt->engine->bind(stmt->native, parameter, PB_VALUE_INT(value));
}

void db_bind_text(db_stmt *stmt, int parameter, pb_str value)
{
    db_bind_value(stmt, parameter, PB_VALUE_TEXT(value));
}

void db_bind_blob(db_stmt *stmt, int parameter, pb_str value)
{
    db_bind_value(stmt, parameter, PB_VALUE_BLOB(value));
}

void db_bind_named(db_stmt *stmt, const char *name, pb_value value)
{
    int parameter = stmt->engine->parameter(stmt->native, name);
    if (parameter > 0)
        db_bind_value(stmt, parameter, value);
}

pb_status db_step(db_stmt *stmt, bool *ret_row, pb_error *err)
{
    const db_limits *limits = db_limits_of(stmt->session->limits);
    return limits != NULL && limits->watch != NULL
               ? db_watch_step(limits->watch, stmt, ret_row, err)
               : stmt->engine->step(stmt->native, ret_row, err);
}

void db_reset(db_stmt *stmt)
{
    stmt->rows = 0;
    stmt->engine->reset(stmt->native, false);
}

pb_status db_run(db_stmt *stmt, pb_error *err)
{
    bool row = true;
    while (row)
        PB_TRY(db_step(stmt, &row, err));
    return PB_OK;
}

pb_status db_each(db_stmt *stmt, db_row_each each, void *context, pb_error *err)
{
    bool row;
    PB_TRY(db_step(stmt, &row, err));
    while (row) {
        pb_status status = each(context, stmt, err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
        PB_TRY(db_step(stmt, &row, err));
    }
    return PB_OK;
}

int db_column_count(db_stmt *stmt)
{
    return stmt->engine->column_count(stmt->native);
}

const char *db_column_name(db_stmt *stmt, int column)
{
    return stmt->engine->column_name(stmt->native, column);
}

bool db_column_is_null(db_stmt *stmt, int column)
{
    return stmt->engine->column_is_null(stmt->native, column);
}

int64_t db_column_i64(db_stmt *stmt, int column)
{
    return stmt->engine->column_i64(stmt->native, column);
}

pb_str db_column_text(db_stmt *stmt, int column)
{
    return stmt->engine->column_text(stmt->native, column);
}

pb_str db_column_blob(db_stmt *stmt, int column)
{
    return stmt->engine->column_blob(stmt->native, column);
}

pb_value db_column_value(db_stmt *stmt, int column)
{
    return stmt->engine->column_value(stmt->native, column);
}

void db_column_values(db_stmt *stmt, int first, size_t count, pb_value *ret_values)
{
    stmt->engine->column_values(stmt->native, first, count, ret_values);
}

/* ---- sessions ---- */

pb_status db_session_open(db_workspace *workspace, db_conn_role role, db_session **ret_session,
                          pb_error *err)
{
    if (workspace->standby != NULL && role != DB_READER)
        return db_standby_refuse(workspace, err);
    db_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return pb_fail_memory(err);
    session->workspace = workspace;
    session->engine = workspace->engine;
    session->writes = role == DB_WRITER;
    pb_status status = session->engine->connect(&workspace->target, role, &session->conn, err);
    if (status != PB_OK)
        free(session);
    else
        *ret_session = session;
    return status;
}

db_session *db_session_free(db_session *session)
{
    if (session != NULL) {
        db_local_forget(session);
        for (size_t i = 0; i < session->slot_count; i++)
            if (session->slots[i].value != NULL)
                session->slots[i].done(session->slots[i].value);
        forget_statements(session);
        db_search_buffer_free(session->search);
        session->engine->disconnect(session->conn);
        free(session);
    }
    return NULL;
}

void **db_session_slot(db_session *session, const char *name, void (*done)(void *))
{
    for (size_t i = 0; i < session->slot_count; i++)
        if (strcmp(session->slots[i].name, name) == 0)
            return &session->slots[i].value;
    if (session->slot_count == DB_SESSION_SLOTS)
        return NULL;
    db_slot *slot = &session->slots[session->slot_count++];
    *slot = (db_slot){.name = name, .done = done};
    return &slot->value;
}

db_workspace *db_session_workspace(db_session *session)
{
    return session->workspace;
}

bool db_session_writes(const db_session *session)
{
    return session->writes;
}

bool db_writes_pages(const db_session *session)
{
    return session->engine->pages_hold != NULL;
}

pb_status db_last_n(db_session *session, const model_entity *entity, int64_t *ret_n, pb_error *err)
{
    char sql[200];
    int len = snprintf(sql, sizeof sql, "SELECT MAX(n) FROM \"t_%.*s\"", PB_STR_FMT(entity->name));
    if (len < 0 || len >= (int)sizeof sql)
        return pb_fail(err, PB_INVALID, PB_MSG("The entity name {entity} is too long."), "entity",
                       PB_ARG(entity->name), NULL);
    db_stmt *stmt = NULL;
    bool row = false;
    PB_TRY(db_prepare_text(session, pb_str_n(sql, (size_t)len), &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    *ret_n = row ? db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return PB_OK;
}
