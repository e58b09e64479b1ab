/* Whether a served workspace can do its work. */
#include "service/health.h"

#include "ledger/ledger.h"
#include "sys/file.h"

enum { FREE_MIN = 64 << 20 };

static pb_status read_next(db_session *session, void *context, pb_error *err)
{
    return ledger_next(session, context, err);
}

static pb_status read_once(db_workspace *workspace, ledger_head *ret_head, pb_error *err)
{
    db_session *snapshot = NULL;
    PB_TRY(db_snapshot_open(workspace, &snapshot, err));
    pb_status status = ledger_head_read(snapshot, ret_head, err);
    db_snapshot_close(snapshot);
    return status;
}

pb_status service_health(db_workspace *workspace, service_health_state *ret_state, pb_error *err)
{
    service_health_state state = {0};
    ledger_head head;
    uint64_t next = 0, device;
    PB_TRY(read_once(workspace, &head, err));
    PB_TRY(db_write(workspace, read_next, &next, err));
    state.events = head.size;
    const char *place = db_workspace_url(workspace);
    if (sys_path_kind(place) == SYS_FOLDER) {
        PB_TRY(sys_path_device(place, &device, &state.free_bytes, err));
        state.disk_known = true;
        if (state.free_bytes < FREE_MIN) {
            pb_fail(err, PB_LIMIT, PB_MSG("The disk is full, or nearly so."), NULL);
            pb_error_hint(err, PB_MSG("Make room on the disk that the workspace lies on."), NULL);
            return PB_LIMIT;
        }
    }
    *ret_state = state;
    return PB_OK;
}
