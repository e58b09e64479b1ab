/* Building a workspace from runs of pages. Until all is in place the folder holds a file that says
 * what it is, and no head: nobody can take it for a workspace.
 */
#include "restore.h"

#include "../key.h"

#include "sys/file.h"
#include "sys/random.h"

#include <pthread.h>
#include <sodium.h>

static pb_status check_head(pb_str head, pb_error *err)
{
    db_header header;
    PB_TRY(db_header_parse(head, &header, err));
    if (strcmp(header.engine, db_engine_sqlite.name) == 0)
        return PB_OK;
    return pb_fail(err, PB_UNSUPPORTED,
                   PB_MSG("Only workspaces in folders can be built from pages."), NULL);
}

static pb_status take_folder(db_restore *restore, pb_error *err)
{
    sys_kind kind = sys_path_kind(restore->folder);
    size_t count = 1;
    pb_str *names = NULL;
    if (kind == SYS_NONE) {
        PB_TRY(sys_dir_make_durable(restore->folder, 0700, err));
        restore->own_folder = true;
        return PB_OK;
    }
    if (kind == SYS_FOLDER)
        PB_TRY(sys_dir_list(restore->folder, restore->arena, &names, &count, err));
    if (count == 0)
        return PB_OK;
    pb_fail(err, PB_EXISTS, PB_MSG("{workspace} exists already and is not an empty folder."),
            "workspace", restore->folder, NULL);
    pb_error_hint(err, PB_MSG("Name a new folder for the workspace."), NULL);
    return PB_EXISTS;
}

static pb_status open_file(db_restore *restore, pb_error *err)
{
    char path[DB_SQLITE_PATH_MAX];
    bool found = false;
    PB_TRY(db_sqlite_path(restore->folder, DB_SQLITE_FILE, path, err));
    PB_TRY(db_raw_open(path, true, &restore->file, &found, err));
    restore->open = true;
    return PB_OK;
}

static pb_status take_key(db_restore *restore, const db_key_source *source, pb_str head,
                          pb_error *err)
{
    db_header header;
    if (source == NULL)
        return PB_OK;
    PB_TRY(sys_sodium_init(err));
    PB_TRY(db_header_parse(head, &header, err));
    restore->key = sodium_malloc(32);
    if (restore->key == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_key_fetch(source, restore->folder, restore->arena, &header, restore->key, err));
    bool authentic = false;
    PB_TRY(db_header_check(&header, restore->key, head, &authentic, err));
    if (authentic)
        return PB_OK;
    return pb_fail(err, PB_WRONG_KEY, PB_MSG("The key does not open this workspace."), NULL);
}

static pb_status begin(db_restore *restore, const char *folder, pb_str head,
                       const db_key_source *key, pb_error *err)
{
    restore->arena = pb_arena_new(1 << 26);
    if (restore->arena == NULL)
        return pb_fail_memory(err);
    restore->folder = pb_arena_cstr(restore->arena, pb_str_c(folder));
    restore->marker = sys_path_join(restore->arena, folder, DB_RESTORING_FILE);
    restore->head.ptr = pb_arena_cstr(restore->arena, head);
    restore->head.len = head.len;
    restore->seen = calloc(1, (size_t)(restore->run_count / 8 + 1));
    if (restore->folder == NULL || restore->marker == NULL || restore->head.ptr == NULL ||
        restore->seen == NULL)
        return pb_fail_memory(err);
    PB_TRY(take_key(restore, key, head, err));
    PB_TRY(take_folder(restore, err));
    PB_TRY(sys_file_write_atomic(restore->marker, head, 0600, err));
    return open_file(restore, err);
}

/* Pieces that a process put aside which died. */
static pb_status drop_leftovers(db_restore *restore, pb_error *err)
{
    pb_str *names;
    size_t count;
    PB_TRY(sys_dir_list(restore->folder, restore->arena, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        const char *name = pb_arena_cstr(restore->arena, names[i]);
        char *path = name == NULL ? NULL : sys_path_join(restore->arena, restore->folder, name);
        if (path == NULL)
            return pb_fail_memory(err);
        if (pb_str_starts(names[i], PB_STR("waiting-")))
            PB_TRY(sys_file_remove(path, err));
    }
    return PB_OK;
}

/* Going on with what was finished before: all runs are there. */
static pb_status begin_again(db_restore *restore, const char *folder, pb_str head,
                             const db_key_source *key, pb_error *err)
{
    restore->arena = pb_arena_new(1 << 26);
    if (restore->arena == NULL)
        return pb_fail_memory(err);
    restore->folder = pb_arena_cstr(restore->arena, pb_str_c(folder));
    if (restore->folder == NULL)
        return pb_fail_memory(err);
    PB_TRY(take_key(restore, key, head, err));
    PB_TRY(drop_leftovers(restore, err));
    return open_file(restore, err);
}

static db_restore *restore_free(db_restore *restore)
{
    if (restore == NULL)
        return NULL;
    if (restore->open)
        db_raw_close(&restore->file);
    free(restore->seen);
    sodium_free(restore->key);
    pb_arena_free(restore->arena);
    free(restore);
    return NULL;
}

pb_status db_restore_open(const char *folder, pb_str head, uint64_t page_count,
                          const db_position *position, const db_key_source *key,
                          db_restore **ret_restore, pb_error *err)
{
    PB_TRY(check_head(head, err));
    if (page_count == 0 || page_count > UINT32_MAX)
        return pb_fail(err, PB_INVALID, PB_MSG("A workspace cannot have {count} pages."), "count",
                       PB_ARG_INT(page_count), NULL);
    db_restore *restore = calloc(1, sizeof *restore);
    if (restore == NULL)
        return pb_fail_memory(err);
    restore->position = *position;
    restore->rest = (db_rest){.position = *position, .page_count = page_count};
    restore->until_us = INT64_MAX;
    restore->waiting_end = &restore->waiting;
    restore->page_count = page_count;
    restore->run_count = (page_count + DB_RUN_PAGES - 1) / DB_RUN_PAGES;
    pb_status status = begin(restore, folder, head, key, err);
    if (status != PB_OK) {
        if (restore->own_folder)
            sys_dir_remove_tree(restore->folder, NULL);
        else if (restore->open)
            sys_file_remove(restore->marker, NULL);
        restore_free(restore);
        return status;
    }
    *ret_restore = restore;
    return PB_OK;
}

pb_status db_restore_resume(const char *folder, pb_str head, const db_rest *rest,
                            const db_key_source *key, db_restore **ret_restore, pb_error *err)
{
    PB_TRY(check_head(head, err));
    db_restore *restore = calloc(1, sizeof *restore);
    if (restore == NULL)
        return pb_fail_memory(err);
    restore->resumed = true;
    restore->rest = *rest;
    restore->position = rest->position;
    restore->page_count = rest->page_count;
    restore->until_us = INT64_MAX;
    restore->waiting_end = &restore->waiting;
    pb_status status = begin_again(restore, folder, head, key, err);
    if (status == PB_OK)
        *ret_restore = restore;
    else
        restore_free(restore);
    return status;
}

db_rest db_restore_rest(const db_restore *restore)
{
    return restore->rest;
}

pb_status db_restore_run(db_restore *restore, uint64_t run, pb_str bytes, pb_error *err)
{
    if (run >= restore->run_count)
        return pb_fail(err, PB_INVALID, PB_MSG("The copy has no run {run}."), "run",
                       PB_ARG_INT(run), NULL);
    if (restore->logged)
        return pb_fail(err, PB_INVALID, PB_MSG("Runs of pages come before pieces of the log."),
                       NULL);
    uint64_t left = restore->page_count - run * DB_RUN_PAGES;
    uint64_t want = (left < DB_RUN_PAGES ? left : DB_RUN_PAGES) * DB_PAGE_SIZE;
    if (bytes.len != want)
        return pb_fail(
            err, PB_INVALID, PB_MSG("Run {run} of the copy has {have} bytes; {want} belong there."),
            "run", PB_ARG_INT(run), "have", PB_ARG_INT(bytes.len), "want", PB_ARG_INT(want), NULL);
    PB_TRY(db_raw_write(&restore->file, (int64_t)(run * DB_RUN_SIZE), bytes.ptr, (int64_t)bytes.len,
                        err));
    uint8_t bit = (uint8_t)(1u << run % 8);
    if ((restore->seen[run / 8] & bit) == 0) {
        restore->seen[run / 8] |= bit;
        restore->stored++;
    }
    return PB_OK;
}

pb_status db_restore_complete(const db_restore *restore, pb_error *err)
{
    if (restore->stored != restore->run_count)
        return pb_fail(err, PB_INVALID,
                       PB_MSG("{missing} of {count} runs of the copy are missing."), "missing",
                       PB_ARG_INT(restore->run_count - restore->stored), "count",
                       PB_ARG_INT(restore->run_count), NULL);
    return PB_OK;
}

/* ---- the end ---- */

struct db_syncing {
    db_raw file;
    pthread_t thread;
    bool runs;
    pb_status status;
    pb_error error;
};

static void *sync_beside(void *context)
{
    db_syncing *syncing = context;
    syncing->status = db_raw_sync(&syncing->file, &syncing->error);
    return NULL;
}

/* Takes the file over. */
static pb_status begin_syncing(db_restore *restore, db_syncing **ret_syncing, pb_error *err)
{
    db_syncing *syncing = calloc(1, sizeof *syncing);
    if (syncing == NULL)
        return pb_fail_memory(err);
    syncing->file = restore->file;
    restore->open = false;
    syncing->runs = pthread_create(&syncing->thread, NULL, sync_beside, syncing) == 0;
    if (!syncing->runs)
        sync_beside(syncing);
    *ret_syncing = syncing;
    return PB_OK;
}

pb_status db_syncing_end(db_syncing *syncing, pb_error *err)
{
    if (syncing == NULL)
        return PB_OK;
    if (syncing->runs)
        pthread_join(syncing->thread, NULL);
    pb_status status = syncing->status;
    if (status != PB_OK && err != NULL)
        *err = syncing->error;
    db_raw_close(&syncing->file);
    free(syncing);
    return status;
}

static pb_status finish(db_restore *restore, db_syncing **ret_syncing, pb_error *err)
{
    PB_TRY(db_restore_complete(restore, err));
    db_restore_drop_waiting(restore);
    PB_TRY(db_raw_cut(&restore->file, (int64_t)restore->page_count * DB_SQLITE_PAGE, err));
    if (ret_syncing != NULL) {
        PB_TRY(begin_syncing(restore, ret_syncing, err));
    } else {
        PB_TRY(db_raw_sync(&restore->file, err));
        db_raw_close(&restore->file);
        restore->open = false;
    }
    PB_TRY(sys_dir_sync(restore->folder, err));
    if (restore->resumed)
        return PB_OK;
    char *path = sys_path_join(restore->arena, restore->folder, DB_HEADER_FILE);
    if (path == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_file_write_atomic(path, restore->head, 0600, err));
    return sys_file_remove(restore->marker, err);
}

pb_status db_restore_finish(db_restore *restore, pb_error *err)
{
    pb_status status = finish(restore, NULL, err);
    restore_free(restore);
    return status;
}

pb_status db_restore_finish_beside(db_restore *restore, db_syncing **ret_syncing, pb_error *err)
{
    db_syncing *syncing = NULL;
    pb_status status = finish(restore, &syncing, err);
    restore_free(restore);
    if (status == PB_OK)
        *ret_syncing = syncing;
    else
        db_syncing_end(syncing, NULL);
    return status;
}

db_restore *db_restore_abort(db_restore *restore)
{
    if (restore == NULL)
        return NULL;
    char path[DB_SQLITE_PATH_MAX];
    db_restore_drop_waiting(restore);
    if (restore->own_folder)
        sys_dir_remove_tree(restore->folder, NULL);
    else if (!restore->resumed &&
             db_sqlite_path(restore->folder, DB_SQLITE_FILE, path, NULL) == PB_OK) {
        sys_file_remove(path, NULL);
        sys_file_remove(restore->marker, NULL);
    }
    return restore_free(restore);
}
