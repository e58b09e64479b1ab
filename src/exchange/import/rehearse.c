/* A rehearsal goes the very way of the import, in a workspace aside: nobody waits for it, and what
 * it says is what the import would do now.
 */
#include "work.h"

#include "db/aside.h"

/* Where all rows of a server would have to be copied for it, a short file is rather rehearsed in
 * the writer's place: some hundred rows, for which others wait as long as for any other import of
 * so many (measured: ../README.md). */
enum { SHORT_FILES = 32 << 10 };

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
    return db_rehearse(workspace, is_short(im->plan), NULL, work, im, err);
}
