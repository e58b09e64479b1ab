/* What a workspace tells places of itself. */
#include "fence.h"
#include "internal.h"

#include "db/rows.h"
#include "sys/environment.h"
#include "sys/file.h"

pb_status backup_own_name(const db_workspace *workspace, char ret[DB_STANDBY_TEXT], pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    const char *url = db_workspace_url(workspace);
    char *path = arena == NULL || db_place_is_server(url) ? NULL : sys_path_real(arena, url);
    pb_str host = arena == NULL ? PB_STR_NONE : sys_host_name(arena);
    if (host.ptr == NULL)
        return pb_fail_memory(err);
    if (path == NULL) /* a server's address names its host */
        snprintf(ret, DB_STANDBY_TEXT, "%s", url);
    else
        snprintf(ret, DB_STANDBY_TEXT, "%.*s:%s", PB_STR_FMT(host), path);
    for (char *at = ret; *at != '\0'; at++)
        if (*at == '\n' || *at == '\r')
            *at = ' ';
    return PB_OK;
}

static pb_status read_own(fence_own *own, db_session *session, pb_arena *arena, pb_error *err)
{
    PB_AUTO_BUF note = PB_BUF_INIT(65536);
    PB_TRY(db_epoch_read(session, &own->epoch.epoch, err));
    pb_status status = ledger_head_read(session, &own->head, err);
    if (status == PB_NOT_FOUND) /* not one event yet */
        return PB_OK;
    PB_TRY(status);
    PB_TRY(ledger_head_note(session, &note, err));
    own->note = pb_arena_str(arena, pb_buf_str(&note));
    return own->note.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

pb_status fence_own_read(fence_own *own, db_workspace *workspace, int64_t now_us, pb_arena *arena,
                         pb_error *err)
{
    db_session *session = NULL;
    own->epoch.at_us = now_us;
    PB_TRY(backup_own_name(workspace, own->epoch.by, err));
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = read_own(own, session, arena, err);
    db_snapshot_close(session);
    return status;
}
