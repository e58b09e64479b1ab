/* A rehearsal goes the very way of the import, in a workspace aside: nobody waits for it, and what
 * it says is what the import would do now.
 */
#include "work.h"

#include "db/aside.h"

/* Where all rows of a server would have to be copied for it, a short file is rather rehearsed in
 * the writer's place: about a thousand rows, a tenth of a second. */
enum { SHORT_FILES = 128 << 10 };

static bool is_short(const exchange_plan *plan)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < plan->file_count; i++) {
        const exchange_file *file = &plan->files[i];
        if (file->entity != NULL && file->place->live)
            return false;
        bytes += file->entity != NULL ? file->bytes : 0;
    }
    return bytes <= SHORT_FILES;
}

pb_status import_rehearse(importing *im, db_workspace *workspace, db_work work, pb_error *err)
{
    db_workspace *aside = NULL;
    pb_error why = {0};
    if (!db_aside_is_cheap(workspace) && is_short(im->plan))
        return db_write(workspace, work, im, err);
    pb_status status = db_aside_open(workspace, &aside, &why);
    if (status == PB_UNSUPPORTED) /* nobody else is there, or it refuses to be written itself */
        return db_write(workspace, work, im, err);
    if (status != PB_OK) {
        if (err != NULL)
            *err = why;
        return status;
    }
    status = db_write(aside, work, im, err);
    db_workspace_close(aside);
    return status;
}
