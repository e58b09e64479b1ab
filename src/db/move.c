/* Moving: everything is copied, read back and compared while nobody can write; then the place that
 * was left is closed, then the copy is opened. A crash in between leaves both closed, never both
 * open; db_move_take_back opens the former again. */
#include "db/move.h"

#include "internal.h"
#include "move_rows.h"
#include "setting.h"

#include "sys/file.h"

enum { URL_MAX_BYTES = 4096 };

typedef struct move_work {
    const char *to_url;
    const db_move_options *options;
    pb_arena *arena;
    db_moved *moved;
    db_workspace *to;
    db_move_state state;
} move_work;

/* ---- marks ---- */

static pb_status fail_unfinished(const db_workspace *workspace, pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("{workspace} is a copy that a move did not finish."),
            "workspace", workspace->target.place, NULL);
    pb_error_hint(err, PB_MSG("Delete it and move the workspace again."), NULL);
    return PB_INVALID;
}

pb_status db_move_look(db_session *session, pb_error *err)
{
    PB_AUTO_BUF moved = PB_BUF_INIT(URL_MAX_BYTES), moving = PB_BUF_INIT(URL_MAX_BYTES);
    db_workspace *workspace = session->workspace;
    bool is_moved = false, is_moving = false;
    PB_TRY(db_setting_read(session, SETTING_MOVING, &moving, &is_moving, err));
    PB_TRY(db_setting_read(session, SETTING_MOVED, &moved, &is_moved, err));
    if (is_moving)
        return fail_unfinished(workspace, err);
    const char *to = is_moved ? pb_arena_cstr(workspace->arena, pb_buf_str(&moved)) : NULL;
    if (is_moved && to == NULL)
        return pb_fail_memory(err);
    pthread_mutex_lock(&workspace->lock);
    workspace->moved_to = to;
    pthread_mutex_unlock(&workspace->lock);
    return PB_OK;
}

const char *db_moved_to(const db_workspace *workspace)
{
    return workspace->moved_to;
}

static pb_status take_back(db_session *session, void *context, pb_error *err)
{
    (void)context;
    return db_setting_write(session, SETTING_MOVED, PB_STR_NONE, err);
}

pb_status db_move_allows(const db_workspace *workspace, db_work work, pb_error *err)
{
    if (workspace->moved_to == NULL || work == take_back)
        return PB_OK;
    pb_fail(err, PB_CONFLICT, PB_MSG("The workspace {workspace} was moved to {to}."), "workspace",
            workspace->target.place, "to", workspace->moved_to, NULL);
    pb_error_detail(err, PB_MSG("It can still be read here, but not be written."), NULL);
    pb_error_hint(err,
                  PB_MSG("Work there. If that copy is lost: probity move --take-back {workspace}"),
                  "workspace", workspace->target.place, NULL);
    return PB_CONFLICT;
}

pb_status db_move_take_back(db_workspace *workspace, pb_error *err)
{
    if (workspace->moved_to == NULL)
        return PB_OK;
    PB_TRY(db_write(workspace, take_back, NULL, err));
    workspace->moved_to = NULL;
    return PB_OK;
}

static pb_status mark_moving(db_session *session, void *context, pb_error *err)
{
    return db_setting_write(session, SETTING_MOVING, pb_str_c(context), err);
}

static pb_status unmark_moving(db_session *session, void *context, pb_error *err)
{
    (void)context;
    return db_setting_write(session, SETTING_MOVING, PB_STR_NONE, err);
}

pb_status db_move_begin(db_workspace *copy, const db_workspace *from, pb_error *err)
{
    return db_write(copy, mark_moving, (void *)(uintptr_t)from->target.place, err);
}

/* ---- what the copy would lack ---- */

typedef struct missing {
    const db_layout *layout;
    const db_table *table;
    pb_buf *names;
} missing;

static void add_missing(missing *seen, pb_str table, pb_str column)
{
    if (seen->names->len > 0)
        pb_buf_addc(seen->names, ", ");
    pb_buf_add(seen->names, table);
    if (column.len > 0)
        pb_buf_byte(seen->names, '.');
    pb_buf_add(seen->names, column);
}

static pb_status see_table(void *context, pb_str name, pb_error *err)
{
    missing *seen = context;
    (void)err;
    if (db_layout_table(seen->layout, name) == NULL)
        add_missing(seen, name, PB_STR_NONE);
    return PB_OK;
}

static pb_status see_column(void *context, pb_str name, pb_error *err)
{
    missing *seen = context;
    (void)err;
    for (size_t i = 0; i < seen->table->count; i++)
        if (pb_str_eq_nocase(seen->table->columns[i].name, name))
            return PB_OK;
    add_missing(seen, seen->table->name, name);
    return PB_OK;
}

/* Tables and columns of fields that the model once had are kept, but a copy is made after the model
 * as it is: they would be lost. */
pb_status db_move_complete(db_session *from, pb_arena *arena, const char *hint, pb_error *err)
{
    PB_AUTO_BUF names = PB_BUF_INIT(1 << 16);
    const db_layout *layout = from->workspace->layout;
    missing seen = {.layout = layout, .names = &names};
    PB_TRY(from->engine->tables(from->conn, see_table, &seen, err));
    for (size_t i = 0; i < layout->table_count; i++) {
        const char *name = pb_arena_cstr(arena, layout->tables[i].name);
        if (name == NULL)
            return pb_fail_memory(err);
        seen.table = &layout->tables[i];
        PB_TRY(from->engine->columns(from->conn, name, see_column, &seen, err));
    }
    if (names.len == 0 && !names.failed)
        return PB_OK;
    pb_fail(err, PB_CONFLICT,
            PB_MSG("The workspace holds what the present model does not declare: {names}"), "names",
            PB_ARG(pb_buf_str(&names)), NULL);
    pb_error_hint(err, hint, NULL);
    return PB_CONFLICT;
}

/* ---- copy, compare, close ---- */

static pb_status count_all(db_session *from, move_work *work, pb_error *err)
{
    const db_layout *layout = from->workspace->layout;
    for (size_t i = 0; i < layout->table_count; i++) {
        uint64_t rows = 0;
        PB_TRY(db_move_count(from, &layout->tables[i], &rows, err));
        work->state.total += 2 * rows; /* copied, and read back */
    }
    return PB_OK;
}

static pb_status copy_all(db_session *from, move_work *work, pb_error *err)
{
    const db_layout *layout = from->workspace->layout;
    for (size_t i = 0; i < layout->table_count; i++) {
        db_moved_table *table = &work->moved->tables[i];
        PB_TRY(db_move_copy(from, work->to, &layout->tables[i], &work->state, table, err));
        work->moved->rows += table->rows;
    }
    return PB_OK;
}

static pb_status compare_all(db_session *copy, move_work *work, pb_error *err)
{
    const db_layout *layout = copy->workspace->layout;
    for (size_t i = 0; i < layout->table_count; i++) {
        const db_moved_table *want = &work->moved->tables[i];
        db_moved_table found;
        PB_TRY(db_move_reread(copy, &layout->tables[i], &work->state, &found, err));
        if (found.rows == want->rows && memcmp(found.hash, want->hash, sizeof found.hash) == 0)
            continue;
        return pb_fail(err, PB_CORRUPT,
                       PB_MSG("The copy differs from the workspace in the table {table}: {found} "
                              "rows there, {rows} here."),
                       "table", PB_ARG(want->name), "found", PB_ARG_INT(found.rows), "rows",
                       PB_ARG_INT(want->rows), NULL);
    }
    return work->options->prove == NULL ? PB_OK
                                        : work->options->prove(copy, work->options->context, err);
}

static pb_status prove_copy(move_work *work, pb_error *err)
{
    db_session *copy = NULL;
    PB_TRY(db_snapshot_open(work->to, &copy, err));
    pb_status status = compare_all(copy, work, err);
    db_snapshot_close(copy);
    return status;
}

static void forget_copy(move_work *work)
{
    if (work->to != NULL)
        db_workspace_abandon(work->to);
    work->to = db_workspace_close(work->to);
}

/* Runs as a write to the place that is left, so that nobody else writes. It may run again. */
static pb_status move_out(db_session *from, void *context, pb_error *err)
{
    move_work *work = context;
    const db_options options = {.twin = from->workspace,
                                .password_file = work->options->password_file};
    const db_layout *layout = from->workspace->layout;
    forget_copy(work);
    *work->moved = (db_moved){.table_count = layout->table_count};
    work->state = (db_move_state){.options = work->options};
    work->moved->tables =
        pb_arena_array(work->arena, layout->table_count, sizeof *work->moved->tables);
    if (work->moved->tables == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_move_complete(
        from, work->arena,
        PB_MSG("A move would lose it. Name the declarations it was made with: --model DIR"), err));
    PB_TRY(count_all(from, work, err));
    PB_TRY(
        db_workspace_create(work->to_url, from->workspace->schema, &options, NULL, &work->to, err));
    PB_TRY(copy_all(from, work, err));
    PB_TRY(prove_copy(work, err));
    return db_setting_write(from, SETTING_MOVED, pb_str_c(db_workspace_url(work->to)), err);
}

pb_status db_move(db_workspace *from, const char *to_url, const db_move_options *options,
                  pb_arena *arena, db_moved *ret_moved, pb_error *err)
{
    move_work work = {.to_url = to_url, .options = options, .arena = arena, .moved = ret_moved};
    pb_status status = db_write(from, move_out, &work, err);
    bool closed = status == PB_OK;
    if (closed)
        status = db_write(work.to, unmark_moving, NULL, err);
    if (closed && status != PB_OK) /* the copy is of no use: this place goes on */
        db_write(from, take_back, NULL, NULL);
    if (status != PB_OK)
        forget_copy(&work);
    else
        from->moved_to = pb_arena_cstr(from->arena, pb_str_c(db_workspace_url(work.to)));
    db_workspace_close(work.to);
    return status;
}
