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

enum { NAME_MAX_BYTES = 120 };

/* `number` NULL: the name alone is what is held. */
static pb_status lock_folder(const db_workspace *workspace, const char *name,
                             const uint64_t *number, sys_lock **ret_lock, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    char *file = arena == NULL ? NULL : pb_arena_printf(arena, "%s.lock", name);
    char *path = file == NULL ? NULL : sys_path_join(arena, workspace->target.place, file);
    if (path == NULL)
        return pb_fail_memory(err);
    return number == NULL ? sys_lock_take(path, ret_lock, err)
                          : sys_lock_take_at(path, *number, ret_lock, err);
}

static pb_status lock_server(const db_workspace *workspace, const char *name,
                             const uint64_t *number, void **ret_native, pb_error *err)
{
    char text[NAME_MAX_BYTES];
    if (number == NULL)
        return workspace->engine->hold(&workspace->target, name, ret_native, err);
    snprintf(text, sizeof text, "%s %llu", name, (unsigned long long)*number);
    return workspace->engine->hold(&workspace->target, text, ret_native, err);
}

static pb_status take(const db_workspace *workspace, const char *name, const uint64_t *number,
                      db_hold **ret_hold, pb_error *err)
{
    db_hold *hold = calloc(1, sizeof *hold);
    if (hold == NULL)
        return pb_fail_memory(err);
    hold->engine = workspace->engine;
    pb_status status = hold->engine->hold != NULL
                           ? lock_server(workspace, name, number, &hold->native, err)
                           : lock_folder(workspace, name, number, &hold->lock, err);
    if (status != PB_OK)
        free(hold);
    else
        *ret_hold = hold;
    return status;
}

pb_status db_hold_take(const db_workspace *workspace, const char *name, db_hold **ret_hold,
                       pb_error *err)
{
    return take(workspace, name, NULL, ret_hold, err);
}

pb_status db_hold_take_one(const db_workspace *workspace, const char *name, uint64_t number,
                           db_hold **ret_hold, pb_error *err)
{
    return take(workspace, name, &number, ret_hold, err);
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
