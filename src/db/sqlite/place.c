/* The folder of a workspace: making it, and the head that lies in it. */
#include "sqlite.h"

#include "../header.h"

#include "sys/file.h"

/* What exists where a workspace shall be made must be an empty folder. */
static pb_status check_empty(const db_target *target, sys_kind kind, pb_arena *arena, pb_error *err)
{
    size_t count = 1;
    pb_str *names = NULL;
    if (kind == SYS_FOLDER)
        PB_TRY(sys_dir_list(target->place, arena, &names, &count, err));
    if (count == 0)
        return PB_OK;
    pb_fail(err, PB_EXISTS, PB_MSG("{workspace} exists already and is not an empty folder."),
            "workspace", target->place, NULL);
    pb_error_hint(err, PB_MSG("Name a new folder for the workspace."), NULL);
    return PB_EXISTS;
}

pb_status db_sqlite_can_make(const db_target *target, pb_arena *arena, pb_error *err)
{
    sys_kind kind = sys_path_kind(target->place);
    return kind == SYS_NONE ? PB_OK : check_empty(target, kind, arena, err);
}

pb_status db_sqlite_make(const db_target *target, pb_arena *arena, bool *ret_made, pb_error *err)
{
    sys_kind kind = sys_path_kind(target->place);
    if (kind != SYS_NONE)
        return check_empty(target, kind, arena, err);
    PB_TRY(sys_dir_make_durable(target->place, 0700, err));
    *ret_made = true;
    return PB_OK;
}

void db_sqlite_unmake(const db_target *target)
{
    sys_dir_remove_tree(target->place, NULL);
}

pb_status db_sqlite_read_head(const db_target *target, pb_arena *arena, pb_buf *text, pb_error *err)
{
    char *path = sys_path_join(arena, target->place, DB_HEADER_FILE);
    if (path == NULL)
        return pb_fail_memory(err);
    return sys_file_read(path, 4096, text, err);
}

pb_status db_sqlite_write_head(const db_target *target, pb_arena *arena, pb_str text, pb_error *err)
{
    char *path = sys_path_join(arena, target->place, DB_HEADER_FILE);
    if (path == NULL)
        return pb_fail_memory(err);
    return sys_file_write_atomic(path, text, 0600, err);
}
