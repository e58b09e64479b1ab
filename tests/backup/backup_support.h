/* A workspace in a folder of its own, or on the server of the tests, and a place beside it, for
 * tests of backups. */
#ifndef TEST_BACKUP_SUPPORT_H
#define TEST_BACKUP_SUPPORT_H

#include "../ledger/ledger_support.h"

#include "backup/restore.h"
#include "sys/clock.h"
#include "sys/file.h"

typedef struct backup_world {
    pb_arena *arena;
    char *folder, *workspace, *place, *into, *key;
    db_workspace *open;
    int64_t clock;
} backup_world;

static inline backup_call world_call(void)
{
    return (backup_call){.actor = {PB_STR("test"), PB_STR("to see"), PB_STR("unit")},
                         .now_us = sys_now_us()};
}

static inline db_key_source world_key(const backup_world *w)
{
    return (db_key_source){.key_file = w->key};
}

static inline void world_begin(backup_world *w)
{
    pb_error err = {0};
    *w = (backup_world){.arena = pb_arena_new(1 << 24)};
    must(sys_temp_dir(w->arena, &w->folder, &err), &err);
    w->workspace = on_postgres() ? pb_arena_cstr(w->arena, pb_str_c(engine_address()))
                                 : sys_path_join(w->arena, w->folder, "workspace");
    w->place = sys_path_join(w->arena, w->folder, "place");
    w->into = sys_path_join(w->arena, w->folder, "again");
    w->key = sys_path_join(w->arena, w->folder, "key");
    tiny_schema_make(&test_schema);
    db_options options = {.key = world_key(w)};
    must(db_workspace_create(w->workspace, &test_schema.schema, &options, NULL, &w->open, &err),
         &err);
}

static inline void world_end(backup_world *w)
{
    db_workspace_close(w->open);
    sys_dir_remove_tree(w->folder, NULL);
    pb_arena_free(w->arena);
}

static inline backup_sent world_backup_to(backup_world *w, const char *place)
{
    pb_error err = {0};
    backup_sent sent;
    backup_call call = world_call();
    must(backup_make(w->open, &call, &place, 1, false, &sent, &err), &err);
    return sent;
}

static inline backup_sent world_backup(backup_world *w)
{
    return world_backup_to(w, w->place);
}

static inline backup_restore_options world_options(const backup_world *w)
{
    return (backup_restore_options){.from = w->place,
                                    .into = w->into,
                                    .until_us = INT64_MAX,
                                    .key = world_key(w),
                                    .unknown_erasures = true};
}

/** One more contact in the open workspace. */
static inline void add_contact(backup_world *w, int n)
{
    pb_error err = {0};
    must(db_write(w->open, create_work, &n, &err), &err);
}

static inline pb_status world_restore(const backup_world *w, const backup_restore_options *options,
                                      backup_restored *restored, pb_error *err)
{
    (void)w;
    backup_call call = world_call();
    return backup_restore(&test_schema.schema, &call, options, restored, err);
}

/** Number of rows of a table in the workspace at `path`. */
static inline int64_t world_count(const backup_world *w, const char *path, const char *table)
{
    pb_error err = {0};
    db_workspace *workspace = NULL;
    db_options options = {.key = world_key(w)};
    must(db_workspace_open(path, &test_schema.schema, &options, &workspace, &err), &err);
    int64_t count = count_of(workspace, table);
    db_workspace_close(workspace);
    return count;
}

#endif
