/* What only one process may do with a workspace at a time: a lock in its folder, or the server's.
 */
#include "db/rows.h"

#include "internal.h"

#include "sys/file.h"

struct db_hold {
    const db_engine *engine;
    sys_lock *lock; /* of a folder */
    void *native;   /* of a server */
};

static pb_status lock_folder(const db_workspace *workspace, const char *name, sys_lock **ret_lock,
                             pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    char *file = arena == NULL ? NULL : pb_arena_printf(arena, "%s.lock", name);
    char *path = file == NULL ? NULL : sys_path_join(arena, workspace->target.place, file);
    return path == NULL ? pb_fail_memory(err) : sys_lock_take(path, ret_lock, err);
}

pb_status db_hold_take(const db_workspace *workspace, const char *name, db_hold **ret_hold,
                       pb_error *err)
{
    db_hold *hold = calloc(1, sizeof *hold);
    if (hold == NULL)
        return pb_fail_memory(err);
    hold->engine = workspace->engine;
    pb_status status = hold->engine->hold != NULL
                           ? hold->engine->hold(&workspace->target, name, &hold->native, err)
                           : lock_folder(workspace, name, &hold->lock, err);
    if (status != PB_OK)
        free(hold);
    else
        *ret_hold = hold;
    return status;
}

db_hold *db_hold_release(db_hold *hold)
{
    if (hold == NULL)
        return NULL;
    if (hold->engine->let_go != NULL)
        hold->engine->let_go(hold->native);
    sys_lock_release(hold->lock);
    free(hold);
    return NULL;
}
