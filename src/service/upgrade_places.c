/* The state before an upgrade on its way to the places of backups. */
#include "internal.h"

#include "backup/former.h"

/* The failure of one place, as that of the upgrade: why stands behind it. */
static pb_status not_sent(const service_backup *backup, const char *url, pb_arena *arena,
                          pb_error *err)
{
    pb_error told = backup->sent.error;
    const char *shown = db_workspace_shown(url, arena);
    pb_msg why = told.primary;
    pb_error_detail(&told,
                    PB_MSG("The state before the upgrade could not be sent to {place}. Nothing of "
                           "the workspace was changed."),
                    "place", backup->sent.place, NULL);
    told.primary = told.detail;
    told.detail = why;
    pb_error_hint(&told,
                  PB_MSG("See that the place can be reached and try again. To keep the former "
                         "state beside the workspace only, say: probity upgrade {workspace} "
                         "--without-places"),
                  "workspace", shown != NULL ? shown : "", NULL);
    if (err != NULL)
        *err = told;
    return told.status;
}

static pb_status ask(db_workspace *workspace, service_backup *backup, pb_arena *arena)
{
    backup_item *items;
    size_t count;
    return backup_list(workspace, backup->sent.place, arena, &items, &count, &backup->sent.error);
}

pb_status service_former_places(db_workspace *workspace, const char *url, pb_arena *arena,
                                service_backup **ret_backups, size_t *ret_count, pb_error *err)
{
    const char **places = NULL;
    size_t count = 0;
    PB_TRY(backup_former_places(workspace, arena, &places, &count, err));
    service_backup *backups = pb_arena_array(arena, count + 1, sizeof *backups);
    if (backups == NULL)
        return pb_fail_memory(err);
    *ret_backups = backups;
    *ret_count = count;
    for (size_t i = 0; i < count; i++)
        backups[i].sent = (backup_sent){.place = places[i], .status = PB_CANCELLED};
    for (size_t i = 0; i < count; i++) {
        backups[i].sent.status = ask(workspace, &backups[i], arena);
        if (backups[i].sent.status != PB_OK)
            return not_sent(&backups[i], url, arena, err);
    }
    return PB_OK;
}

pb_status service_former_send(const service_call *call, db_workspace *workspace, const char *url,
                              pb_arena *arena, service_backup *backups, size_t count, pb_error *err)
{
    const backup_call inner = service_backup_call(call);
    const char **places = pb_arena_array(arena, count + 1, sizeof *places);
    backup_sent *sent = pb_arena_array(arena, count + 1, sizeof *sent);
    pb_error why = {0};
    if (places == NULL || sent == NULL)
        return pb_fail_memory(err);
    if (count == 0)
        return PB_OK;
    for (size_t i = 0; i < count; i++)
        places[i] = backups[i].sent.place;
    pb_status status = backup_former_send(workspace, &inner, places, count, sent, &why);
    for (size_t i = 0; i < count; i++)
        backups[i].sent = sent[i];
    for (size_t i = 0; status != PB_OK && status != PB_CANCELLED && i < count; i++)
        if (sent[i].error.status != PB_OK)
            return not_sent(&backups[i], url, arena, err);
    if (status != PB_OK && err != NULL)
        *err = why; /* before the first place was asked */
    return status;
}

pb_status service_former_log(db_session *session, const service_call *call, service_backup *backups,
                             size_t count, pb_error *err)
{
    const backup_call inner = service_backup_call(call);
    for (size_t i = 0; i < count; i++)
        PB_TRY(backup_former_log(session, &inner, &backups[i].sent, err));
    return PB_OK;
}
