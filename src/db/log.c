/* The kept log, as others see it: each call on a connection of its own, beside writer and readers.
 */
#include "internal.h"

#include "sys/file.h"

static pb_status check_possible(const db_workspace *workspace, pb_error *err)
{
    if (workspace->engine->log_keep == NULL)
        return pb_fail(err, PB_UNSUPPORTED,
                       PB_MSG("Only the log of workspaces in folders can be kept in pieces."),
                       NULL);
    if (workspace->target.scratch)
        return pb_fail(err, PB_UNSUPPORTED,
                       PB_MSG("A workspace that is thrown away afterwards keeps no log."), NULL);
    return PB_OK;
}

/* ---- on and off ---- */

/* Programs that know nothing of kept logs must not open it: they would begin the log anew. */
static pb_status raise_format(db_workspace *workspace, pb_error *err)
{
    if (workspace->header.format >= DB_HEAD_KEPT)
        return PB_OK;
    int64_t before = workspace->header.format;
    workspace->header.format = DB_HEAD_KEPT;
    pb_status status = db_workspace_store_header(workspace, err);
    if (status != PB_OK)
        workspace->header.format = before;
    return status;
}

static pb_status keep_work(db_session *session, void *context, pb_error *err)
{
    const bool *keep = context;
    if (*keep)
        PB_TRY(raise_format(session->workspace, err));
    return session->engine->log_keep(session->conn, *keep, err);
}

pb_status db_log_is_kept(db_workspace *workspace, bool *ret_kept, pb_error *err)
{
    db_session *session = NULL;
    if (check_possible(workspace, NULL) != PB_OK) {
        *ret_kept = false;
        return PB_OK;
    }
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = workspace->engine->log_kept(session->conn, ret_kept, err);
    db_snapshot_close(session);
    return status;
}

pb_status db_log_keep(db_workspace *workspace, bool keep, pb_error *err)
{
    bool kept = false;
    PB_TRY(check_possible(workspace, err));
    PB_TRY(db_log_is_kept(workspace, &kept, err));
    if (kept && !keep)
        PB_TRY(db_log_seal(workspace, err));
    PB_TRY(db_write(workspace, keep_work, &keep, err));
    return keep ? db_log_seal(workspace, err) : PB_OK;
}

/* ---- pieces ---- */

pb_status db_log_seal(db_workspace *workspace, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(check_possible(workspace, err));
    PB_TRY(db_session_open(workspace, DB_KEEPER, &session, err));
    pb_status status = workspace->engine->log_seal(session->conn, err);
    db_session_free(session);
    return status;
}

pb_status db_log_tail(db_workspace *workspace, pb_buf *out, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(check_possible(workspace, err));
    PB_TRY(db_session_open(workspace, DB_KEEPER, &session, err));
    pb_status status = workspace->engine->log_tail(session->conn, out, err);
    db_session_free(session);
    return status;
}

static char *path_of(const db_workspace *workspace, pb_arena *arena, pb_str name)
{
    return pb_arena_printf(arena, "%s/%s/%.*s", workspace->target.place, DB_LOG_FOLDER,
                           PB_STR_FMT(name));
}

pb_status db_log_list(db_workspace *workspace, pb_arena *arena, db_log_piece **ret_pieces,
                      size_t *ret_count, pb_error *err)
{
    PB_TRY(check_possible(workspace, err));
    PB_TRY(workspace->engine->log_list(&workspace->target, arena, ret_pieces, ret_count, err));
    for (size_t i = 0; i < *ret_count; i++) {
        db_log_piece *piece = &(*ret_pieces)[i];
        sys_reader *reader = NULL;
        char *path = path_of(workspace, arena, piece->name);
        if (path == NULL)
            return pb_fail_memory(err);
        PB_TRY(sys_reader_open(path, &reader, err));
        piece->size = sys_reader_size(reader);
        sys_reader_close(reader);
    }
    return PB_OK;
}

pb_status db_log_read(db_workspace *workspace, const db_log_piece *piece, pb_buf *out,
                      pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    PB_TRY(check_possible(workspace, err));
    char *path = arena == NULL ? NULL : path_of(workspace, arena, piece->name);
    return path == NULL ? pb_fail_memory(err) : sys_file_read(path, DB_LOG_PIECE_MAX, out, err);
}

pb_status db_log_drop(db_workspace *workspace, uint64_t sequence, pb_error *err)
{
    db_log_piece *pieces = NULL;
    size_t count = 0;
    PB_AUTO_ARENA arena = pb_arena_new(256 << 20);
    PB_TRY(check_possible(workspace, err));
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(workspace->engine->log_list(&workspace->target, arena, &pieces, &count, err));
    for (size_t i = 0; i + 1 < count && pieces[i].sequence <= sequence; i++) {
        char *path = path_of(workspace, arena, pieces[i].name);
        pb_status status = path == NULL ? pb_fail_memory(err) : sys_file_remove(path, err);
        if (status != PB_OK && status != PB_NOT_FOUND) /* another may be dropping it too */
            return status;
    }
    return PB_OK;
}
