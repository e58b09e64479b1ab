#include "local.h"

#include "move_rows.h"
#include "token.h"

enum { TABLES_MAX = 512 };

/* A copy of some tables; what a statement asks for later may need another. */
struct db_local {
    db_workspace *workspace;
    db_session *snapshot;
    bool holds[TABLES_MAX]; /* by number of the table in the layout */
    db_local *next;
};

/* ---- what a statement names ---- */

static bool is_name(const db_token *token)
{
    return token->kind == DB_TOKEN_WORD || token->kind == DB_TOKEN_QUOTED;
}

static bool is_sealed_column(const db_table *table, pb_str name)
{
    const db_column *column = db_layout_column(table, name);
    return column != NULL && column->secrecy != DB_OPEN;
}

/* A `*` that stands for columns, and not in count(*). A product is taken for one, too: then a copy
 * is made that was not needed. */
static bool is_star(const db_token *token, const db_token *before)
{
    return token->kind == DB_TOKEN_MARK && token->text.ptr[0] == '*' &&
           !(before->kind == DB_TOKEN_MARK && before->text.ptr[0] == '(');
}

/* Whether a sealed column of `view` is named, or all columns are. */
static bool names_column(const db_view *view, pb_str sql)
{
    db_token token, before = {0};
    size_t at = 0;
    while (db_token_next(sql, &at, &token)) {
        if ((is_name(&token) && is_sealed_column(view->reads[0], token.name)) ||
            is_star(&token, &before))
            return true;
        before = token;
    }
    return false;
}

bool db_local_needed(const db_session *session, pb_str sql)
{
    const db_layout *layout = session->workspace->layout;
    db_token token;
    size_t at = 0;
    if (session->engine->sealed == NULL || !layout->sensitive)
        return false;
    while (db_token_next(sql, &at, &token)) {
        const db_view *view = is_name(&token) ? db_layout_view(layout, token.name) : NULL;
        if (view != NULL && db_layout_has_sealed(view->reads[0]) && names_column(view, sql))
            return true;
    }
    return false;
}

/* The tables behind the views it names. */
static void find_tables(const db_layout *layout, pb_str sql, bool wanted[TABLES_MAX])
{
    db_token token;
    size_t at = 0;
    memset(wanted, 0, TABLES_MAX * sizeof *wanted);
    while (db_token_next(sql, &at, &token)) {
        const db_view *view = is_name(&token) ? db_layout_view(layout, token.name) : NULL;
        for (size_t i = 0; view != NULL && i < view->read_count; i++)
            wanted[view->reads[i] - layout->tables] = true;
        const db_table *table = is_name(&token) ? db_layout_table(layout, token.name) : NULL;
        if (table != NULL)
            wanted[table - layout->tables] = true;
    }
}

/* ---- copies ---- */

static db_local *local_free(db_local *local)
{
    if (local != NULL) {
        db_snapshot_close(local->snapshot);
        db_workspace_close(local->workspace);
        free(local);
    }
    return NULL;
}

static pb_status fill(db_session *session, db_local *local, pb_error *err)
{
    static const db_move_options silent;
    const db_layout *layout = session->workspace->layout;
    db_move_state state = {.options = &silent};
    db_moved_table moved;
    for (size_t i = 0; i < layout->table_count; i++)
        if (local->holds[i])
            PB_TRY(
                db_move_copy(session, local->workspace, &layout->tables[i], &state, &moved, err));
    return db_snapshot_open(local->workspace, &local->snapshot, err);
}

static pb_status make(db_session *session, const bool wanted[TABLES_MAX], db_local **ret_local,
                      pb_error *err)
{
    static const db_options scratch = {.scratch = true};
    db_local *local = calloc(1, sizeof *local);
    if (local == NULL)
        return pb_fail_memory(err);
    memcpy(local->holds, wanted, sizeof local->holds);
    pb_status status = db_workspace_create(NULL, session->workspace->schema, &scratch, NULL,
                                           &local->workspace, err);
    if (status == PB_OK)
        status = fill(session, local, err);
    *ret_local = status == PB_OK ? local : local_free(local);
    return status;
}

static bool holds_all(const db_local *local, const bool wanted[TABLES_MAX])
{
    for (size_t i = 0; i < TABLES_MAX; i++)
        if (wanted[i] && !local->holds[i])
            return false;
    return true;
}

pb_status db_local_session(db_session *session, pb_str sql, db_session **ret_local, pb_error *err)
{
    const db_layout *layout = session->workspace->layout;
    bool wanted[TABLES_MAX];
    db_local *local = NULL;
    if (layout->table_count > TABLES_MAX)
        return pb_fail(err, PB_LIMIT, PB_MSG("There are more than {count} tables."), "count",
                       PB_ARG_INT(TABLES_MAX), NULL);
    find_tables(layout, sql, wanted);
    /* What this session itself writes changes from one statement to the next. */
    for (local = session->writes ? NULL : session->locals; local != NULL; local = local->next)
        if (holds_all(local, wanted))
            break;
    if (local == NULL) {
        PB_TRY(make(session, wanted, &local, err));
        local->next = session->locals;
        session->locals = local;
    }
    *ret_local = local->snapshot;
    return PB_OK;
}

void db_local_forget(db_session *session)
{
    while (session->locals != NULL) {
        db_local *local = session->locals;
        session->locals = local->next;
        local_free(local);
    }
}
