/* What the tests of service share: the declarations as the program carries them, files of a moment,
 * workspaces and their last events. */
#ifndef SERVICE_SUPPORT_H
#define SERVICE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "engine.h"
#include "service/service.h"
#include "sys/file.h"

enum { MAX_ASSETS = 400 };

typedef struct office {
    pb_arena *arena;
    char *folder;
    service_asset assets[MAX_ASSETS];
    size_t asset_count;
    service_core *service;
    service_call call;
    db_key_source key;
} office;

static inline void must(pb_status status, const pb_error *err)
{
    if (status == PB_OK)
        return;
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    pb_error_render(err, &err->primary, NULL, &out);
    pb_buf_addc(&out, "\n  ");
    pb_error_render(err, &err->detail, NULL, &out);
    fail_msg("%s", pb_buf_cstr(&out));
}

static inline void add_assets(office *o, const char *root, const char *below)
{
    pb_error err;
    pb_str *names = NULL;
    size_t count = 0;
    must(sys_dir_list(pb_arena_printf(o->arena, "%s/%s", root, below), o->arena, &names, &count,
                      &err),
         &err);
    for (size_t i = 0; i < count; i++) {
        char *path = pb_arena_printf(o->arena, "%s/%.*s", below, PB_STR_FMT(names[i]));
        char *full = pb_arena_printf(o->arena, "%s/%s", root, path);
        PB_AUTO_BUF text = PB_BUF_INIT(8 << 20);
        if (sys_path_kind(full) == SYS_FOLDER) {
            add_assets(o, root, path);
            continue;
        }
        must(sys_file_read(full, 8 << 20, &text, &err), &err);
        assert_true(o->asset_count < MAX_ASSETS);
        o->assets[o->asset_count++] =
            (service_asset){path, pb_arena_str(o->arena, pb_buf_str(&text)).ptr, text.len};
    }
}

static inline int office_open(void **state)
{
    office *o = calloc(1, sizeof *o);
    pb_error err;
    const char *root = getenv("PROBITY_ROOT");
    service_extra extra = {0};
    assert_non_null(o);
    assert_non_null(root);
    o->arena = pb_arena_new(0);
    must(sys_temp_dir(o->arena, &o->folder, &err), &err);
    add_assets(o, root, "model");
    add_assets(o, root, "controls");
    add_assets(o, root, "presets");
    add_assets(o, root, "roles");
    must(service_open(o->assets, o->asset_count, &extra, &o->service, &err), &err);
    o->call = (service_call){.actor = {PB_STR("tester"), PB_STR("test"), PB_STR("tests")},
                             .now_us = INT64_C(1750000000000000)};
    o->key.key_file = pb_arena_printf(o->arena, "%s/key", o->folder);
    *state = o;
    return 0;
}

static inline int office_close(void **state)
{
    office *o = *state;
    pb_error err;
    service_close(o->service);
    must(sys_dir_remove_tree(o->folder, &err), &err);
    pb_arena_free(o->arena);
    free(o);
    return 0;
}

static inline char *place(office *o, const char *name)
{
    return pb_arena_printf(o->arena, "%s/%s", o->folder, name);
}

static inline char *put(office *o, const char *name, const char *text)
{
    pb_error err;
    char *path = place(o, name);
    must(sys_file_write(path, pb_str_c(text), 0600, &err), &err);
    return path;
}

/* A new workspace on the engine asked for, closed. */
static inline const char *make_workspace(office *o)
{
    pb_error err;
    PB_AUTO_BUF key_path = PB_BUF_INIT(65536);
    const char *path = on_postgres() ? engine_address() : place(o, "w");
    must(service_init(o->service, &o->call, path, &o->key, &key_path, &err), &err);
    assert_string_equal(pb_buf_cstr(&key_path), o->key.key_file);
    return path;
}

static inline db_workspace *open_workspace(office *o, const char *path)
{
    pb_error err;
    db_workspace *workspace = NULL;
    db_options options = {.key = o->key};
    must(db_workspace_open(path, service_schema(o->service), &options, &workspace, &err), &err);
    return workspace;
}

/* Number of events, and the last of them. */
static inline uint64_t last_event(office *o, db_workspace *workspace, ledger_event *ret_event)
{
    pb_error err;
    ledger_head head;
    bool erased = false;
    db_session *session = NULL;
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(ledger_head_read(session, &head, &err), &err);
    must(ledger_read(session, head.size - 1, o->arena, ret_event, &erased, &err), &err);
    db_snapshot_close(session);
    return head.size;
}

static inline uint64_t count_records(office *o, db_workspace *workspace, const char *entity)
{
    pb_error err;
    uint64_t rows = 0;
    db_session *session = NULL;
    const model_entity *which = model_entity_find(service_schema(o->service), pb_str_c(entity));
    char *path = place(o, "count.csv");
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(exchange_export_csv(session, which, path, &rows, &err), &err);
    db_snapshot_close(session);
    return rows;
}

#endif
