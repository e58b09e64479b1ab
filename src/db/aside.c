/* Workspaces aside, see db/aside.h. */
#include "db/aside.h"

#include "internal.h"
#include "move_rows.h"

struct db_aside {
    db_session *holder; /* its transaction is the state */
    db_pages *pages;
};

bool db_aside_is_cheap(const db_workspace *workspace)
{
    return workspace->engine->pages_hold != NULL && !workspace->target.scratch;
}

db_aside *db_aside_end(db_aside *aside)
{
    if (aside == NULL)
        return NULL;
    if (aside->pages != NULL) {
        const db_engine *engine = aside->holder->engine;
        aside->pages = engine->pages_release(aside->pages);
        engine->rollback(aside->holder->conn);
    }
    db_session_free(aside->holder);
    free(aside);
    return NULL;
}

/* ---- of a folder: pages are held ---- */

static pb_status hold(db_workspace *of, db_aside *aside, pb_error *err)
{
    uint64_t count = 0;
    db_position position;
    PB_TRY(db_session_open(of, DB_READER, &aside->holder, err));
    return of->engine->pages_hold(aside->holder->conn, &of->target, &aside->pages, &count,
                                  &position, err);
}

static pb_status open_held(db_workspace *of, db_workspace **ret_aside, pb_error *err)
{
    db_aside *aside = calloc(1, sizeof *aside);
    if (aside == NULL)
        return pb_fail_memory(err);
    pb_status status = hold(of, aside, err);
    if (status == PB_OK)
        return db_workspace_held(of, aside, aside->pages, ret_aside, err);
    db_aside_end(aside);
    return status;
}

/* ---- of a server: rows are copied ---- */

/* Whoever does not want it any more need not wait for the last row. */
static bool is_over(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return db_limits_over(db_limits_of(NULL));
}

static pb_status copy_tables(db_session *from, db_workspace *to, pb_error *err)
{
    static const db_move_options options = {.progress = is_over};
    db_move_state state = {.options = &options};
    const db_layout *layout = from->workspace->layout;
    for (size_t i = 0; i < layout->table_count; i++) {
        db_moved_table copied;
        pb_status status = db_move_copy(from, to, &layout->tables[i], &state, &copied, err);
        const db_limits *limits = db_limits_of(NULL);
        if (status == PB_CANCELLED && limits != NULL)
            return db_limits_fail(limits, err);
        PB_TRY(status);
    }
    return PB_OK;
}

static pb_status copy_rows(db_workspace *of, db_workspace *to, pb_error *err)
{
    db_session *from = NULL;
    PB_TRY(db_snapshot_open(of, &from, err));
    pb_status status = copy_tables(from, to, err);
    db_snapshot_close(from);
    return status;
}

static pb_status open_copied(db_workspace *of, db_workspace **ret_aside, pb_error *err)
{
    const db_options options = {.scratch = true, .again = of};
    db_workspace *aside = NULL;
    PB_TRY(db_workspace_create(NULL, of->schema, &options, NULL, &aside, err));
    aside->model_version = of->model_version;
    pb_status status = copy_rows(of, aside, err);
    if (status == PB_OK)
        *ret_aside = aside;
    else
        db_workspace_close(aside);
    return status;
}

pb_status db_aside_open(db_workspace *workspace, db_workspace **ret_aside, pb_error *err)
{
    if (workspace->target.scratch || workspace->standby != NULL)
        return pb_fail(err, PB_UNSUPPORTED, PB_MSG("Of this workspace there is none aside."), NULL);
    PB_TRY(db_move_allows(workspace, NULL, err));
    return db_aside_is_cheap(workspace) ? open_held(workspace, ret_aside, err)
                                        : open_copied(workspace, ret_aside, err);
}

pb_status db_rehearse(db_workspace *workspace, bool brief, const db_limits *limits, db_work work,
                      void *context, pb_error *err)
{
    db_workspace *aside = NULL;
    pb_error why = {0};
    if (brief && !db_aside_is_cheap(workspace))
        return db_write_within(workspace, limits, work, context, err);
    const db_limits *before = db_limits_hold(db_limits_of(limits));
    pb_status status = db_aside_open(workspace, &aside, &why);
    db_limits_hold(before);
    if (status == PB_UNSUPPORTED) /* nobody else is there, or it refuses to be written itself */
        return db_write_within(workspace, limits, work, context, err);
    if (status != PB_OK) {
        if (err != NULL)
            *err = why;
        return status;
    }
    status = db_write_within(aside, limits, work, context, err);
    db_workspace_close(aside);
    return status;
}
