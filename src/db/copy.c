/* Copies taken while the workspace is in use: one transaction, the engine's stored pages, the head.
 */
#include "internal.h"
#include "page.h"

#include "sys/clock.h"
#include "sys/file.h"

struct db_copy {
    db_session *session;
    db_pages *pages;
    db_copy_facts facts;
    pb_buf head;
};

/* ---- positions ---- */

void db_position_text(const db_position *position, pb_buf *out)
{
    char timeline[37];
    pb_uuid_text(position->timeline, timeline);
    pb_buf_printf(out, "%s %llu ", timeline, (unsigned long long)position->sequence);
    pb_hex(out, position->generation, sizeof position->generation);
    pb_buf_printf(out, " %lu", (unsigned long)position->frame);
}

bool db_position_parse(pb_str text, db_position *ret_position)
{
    db_position position = {0};
    pb_str part[4];
    int64_t sequence = -1;
    int64_t frame = -1;
    for (int i = 0; i < 4; i++)
        if (!pb_str_split(&text, ' ', &part[i]))
            return false;
    if (text.ptr != NULL || !pb_uuid_parse(part[0], &position.timeline) ||
        !pb_str_to_i64(part[1], &sequence) || sequence < 0 ||
        !pb_unhex(part[2], position.generation, sizeof position.generation) ||
        !pb_str_to_i64(part[3], &frame) || frame < 0 || frame > UINT32_MAX)
        return false;
    position.sequence = (uint64_t)sequence;
    position.frame = (uint32_t)frame;
    *ret_position = position;
    return true;
}

/* ---- copies ---- */

static void let_go(db_copy *copy)
{
    if (copy->pages == NULL)
        return;
    db_session_rest(copy->session);
    copy->pages = copy->session->engine->pages_release(copy->pages);
    copy->session->engine->rollback(copy->session->conn);
}

static pb_status hold_pages(db_copy *copy, db_workspace *workspace, pb_error *err)
{
    copy->facts.at_us = sys_now_us();
    return copy->session->engine->pages_hold(copy->session->conn, &workspace->target, &copy->pages,
                                             &copy->facts.page_count, &copy->facts.position, err);
}

/* A log that is kept, but has no piece yet (a workspace built anew): its timeline begins here. */
static pb_status place(db_copy *copy, db_workspace *workspace, pb_error *err)
{
    static const pb_uuid none;
    bool kept = false;
    if (memcmp(&copy->facts.position.timeline, &none, sizeof none) != 0 ||
        workspace->engine->log_kept == NULL)
        return PB_OK;
    PB_TRY(workspace->engine->log_kept(copy->session->conn, &kept, err));
    if (!kept)
        return PB_OK;
    let_go(copy);
    PB_TRY(db_log_seal(workspace, err));
    return hold_pages(copy, workspace, err);
}

static pb_status hold(db_copy *copy, db_workspace *workspace, pb_error *err)
{
    char *path = sys_path_join(workspace->arena, workspace->target.place, DB_HEADER_FILE);
    if (path == NULL)
        return pb_fail_memory(err);
    PB_TRY(hold_pages(copy, workspace, err));
    PB_TRY(place(copy, workspace, err));
    PB_TRY(sys_file_read(path, DB_HEADER_MAX, &copy->head, err));
    copy->facts.head = pb_buf_str(&copy->head);
    copy->facts.workspace = workspace->header.id;
    copy->facts.run_count = (copy->facts.page_count + DB_RUN_PAGES - 1) / DB_RUN_PAGES;
    return PB_OK;
}

pb_status db_copy_open(db_workspace *workspace, db_copy **ret_copy, pb_error *err)
{
    if (workspace->engine->pages_hold == NULL)
        return pb_fail(err, PB_UNSUPPORTED,
                       PB_MSG("Only workspaces in folders can be copied page by page."), NULL);
    db_copy *copy = calloc(1, sizeof *copy);
    if (copy == NULL)
        return pb_fail_memory(err);
    copy->head = PB_BUF_INIT(DB_HEADER_MAX);
    pb_status status = db_session_open(workspace, DB_READER, &copy->session, err);
    if (status == PB_OK)
        status = hold(copy, workspace, err);
    if (status != PB_OK)
        db_copy_close(copy);
    else
        *ret_copy = copy;
    return status;
}

const db_copy_facts *db_copy_about(const db_copy *copy)
{
    return &copy->facts;
}

db_session *db_copy_session(db_copy *copy)
{
    return copy->session;
}

pb_status db_copy_read(db_copy *copy, uint64_t run, pb_buf *out, pb_error *err)
{
    if (run >= copy->facts.run_count)
        return pb_fail(err, PB_INVALID, PB_MSG("The copy has no run {run}."), "run",
                       PB_ARG_INT(run), NULL);
    uint64_t first = run * DB_RUN_PAGES;
    uint64_t left = copy->facts.page_count - first;
    int count = left < DB_RUN_PAGES ? (int)left : DB_RUN_PAGES;
    size_t before = out->len;
    char *bytes = pb_buf_room(out, (size_t)count * DB_PAGE_SIZE);
    if (bytes == NULL)
        return pb_fail_buffer(out, PB_MSG("The copy does not fit into its buffer."), err);
    pb_status status =
        copy->session->engine->pages_read(copy->pages, first, count, (uint8_t *)bytes, err);
    if (status != PB_OK)
        out->len = before;
    return status;
}

pb_status db_copy_open_page(const db_copy *copy, uint64_t page, uint8_t bytes[DB_PAGE_SIZE],
                            pb_error *err)
{
    const db_workspace *workspace = copy->session->workspace;
    if (db_page_open(workspace->key, page, bytes))
        return PB_OK;
    pb_fail(err, PB_CORRUPT, PB_MSG("Page {page} of {path} is damaged or was altered."), "page",
            PB_ARG_INT(page + 1), "path", workspace->target.place, NULL);
    pb_error_hint(err,
                  PB_MSG("Restore the workspace from a backup; keep this one for those who "
                         "look into it."),
                  NULL);
    return PB_CORRUPT;
}

db_copy *db_copy_close(db_copy *copy)
{
    if (copy == NULL)
        return NULL;
    let_go(copy);
    db_session_free(copy->session);
    pb_buf_free(&copy->head);
    free(copy);
    return NULL;
}
