/* What tests of the audit share: the shipped model and controls, and a loader of cases. */
#ifndef AUDIT_SUPPORT_H
#define AUDIT_SUPPORT_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/fixtures.h"
#include "backup/fixture.h"
#include "base/cbor.h"
#include "base/time.h"
#include "db/workspace.h"
#include "engine.h"
#include "exchange/import.h"
#include "identity/review.h"
#include "job/fixture.h"

enum { SUPPORT_FILES = 400, SUPPORT_FILE_BYTES = 1 << 20 };

typedef struct support_files {
    pb_arena *arena;
    model_source items[SUPPORT_FILES];
    size_t count;
} support_files;

static inline const char *support_root(void)
{
    const char *root = getenv("PROBITY_ROOT");
    return root ? root : ".";
}

static inline void support_print(const char *what, const pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 16);
    pb_error_render(err, &err->primary, NULL, &out);
    pb_buf_addc(&out, " | ");
    pb_error_render(err, &err->detail, NULL, &out);
    pb_buf_addc(&out, " | ");
    pb_error_render(err, &err->hint, NULL, &out);
    print_message("%s: %s\n", what, pb_buf_cstr(&out));
}

#define SUPPORT_OK(call, err)                                                                      \
    do {                                                                                           \
        pb_status support_status = (call);                                                         \
        if (support_status != PB_OK) {                                                             \
            support_print(#call, (err));                                                           \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

static inline void support_read(support_files *files, const char *path, const char *name)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = pb_arena_alloc(files->arena, SUPPORT_FILE_BYTES);
    assert_non_null(text);
    size_t len = fread(text, 1, SUPPORT_FILE_BYTES, file);
    fclose(file);
    assert_true(files->count < SUPPORT_FILES);
    files->items[files->count++] =
        (model_source){pb_arena_str(files->arena, pb_str_c(name)), pb_str_n(text, len)};
}

/* All YAML files below a folder of the project, by name; waivers are not among them. */
static inline void support_folder(support_files *files, const char *folder)
{
    const char *path = pb_arena_printf(files->arena, "%s/%s", support_root(), folder);
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);
    assert_true(count >= 0);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        const char *inner = pb_arena_printf(files->arena, "%s/%s", folder, name);
        const char *full = pb_arena_printf(files->arena, "%s/%s", support_root(), inner);
        struct stat is;
        if (name[0] != '.' && stat(full, &is) == 0 && S_ISDIR(is.st_mode))
            support_folder(files, inner);
        else if (pb_str_ends(pb_str_c(name), PB_STR(".yaml")) && strcmp(name, "waivers.yaml") != 0)
            support_read(files, full, inner);
        free(entries[i]);
    }
    free(entries);
}

typedef struct support {
    support_files model, controls;
    model_schema *schema;
    audit_catalogue *catalogue;
    pb_error err;
} support;

static inline support *support_new(void)
{
    support *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->model.arena = pb_arena_new((size_t)512 << 20);
    s->controls.arena = pb_arena_new((size_t)512 << 20);
    support_folder(&s->model, "model");
    support_folder(&s->controls, "controls");
    SUPPORT_OK(model_schema_load(s->model.items, s->model.count, &s->schema, &s->err), &s->err);
    return s;
}

static inline void support_free(support *s)
{
    if (!s)
        return;
    audit_catalogue_free(s->catalogue);
    model_schema_free(s->schema);
    pb_arena_free(s->model.arena);
    pb_arena_free(s->controls.arena);
    free(s);
}

/* A scratch workspace, filled by the importer from files in a folder of its own. */
typedef struct support_world {
    support *base;
    char folder[256];
    db_workspace *workspace;
} support_world;

static inline void support_remove(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL) {
        char path[1024];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    if (dir)
        closedir(dir);
    rmdir(folder);
}

static inline pb_status support_import(support_world *world, const char *const *paths, size_t count,
                                       pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)512 << 20);
    exchange_options options = {.paths = paths, .path_count = count, .policy = RECORD_KEEP};
    options.actor = (ledger_actor){PB_STR("test"), PB_STR_NONE, PB_STR("test")};
    options.now_us = INT64_C(1751241600) * PB_US_PER_SECOND;
    exchange_plan plan = {0};
    PB_TRY(exchange_plan_make(world->base->schema, &options, arena, &plan, err));
    if (getenv("AUDIT_SHOW_PLAN"))
        for (size_t f = 0; f < plan.file_count; f++) {
            const exchange_file *file = &plan.files[f];
            print_message("%.*s -> %.*s\n", PB_STR_FMT(file->name),
                          PB_STR_FMT(file->entity ? file->entity->name : file->why_not));
            for (size_t c = 0; c < file->column_count; c++)
                print_message(
                    "   %.*s -> %.*s (%d)\n", PB_STR_FMT(file->columns[c].header),
                    PB_STR_FMT(file->columns[c].field ? file->columns[c].field->name : PB_STR("-")),
                    (int)file->columns[c].how);
        }
    return exchange_import(world->workspace, &options, arena, &plan, err);
}

/* The files of a workspace that nobody has open. */
static inline pb_status support_copy(const char *from, const char *to, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_str *names;
    size_t count;
    PB_TRY(sys_dir_make(to, 0700, false, err));
    PB_TRY(sys_dir_list(from, arena, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        PB_AUTO_BUF bytes = PB_BUF_INIT(1 << 26);
        char *name = pb_arena_cstr(arena, names[i]);
        PB_TRY(sys_file_read(sys_path_join(arena, from, name), 1 << 26, &bytes, err));
        PB_TRY(sys_file_write(sys_path_join(arena, to, name), pb_buf_str(&bytes), 0600, err));
    }
    return PB_OK;
}

/* Each begins as one does that was made empty, once: on a server that one is emptied again, in a
 * folder it is copied. */
static inline pb_status support_open_empty(support_world *world, pb_error *err)
{
    static char key[264], first[264];
    db_options options = {.key.key_file = key};
    if (key[0] == '\0') {
        (void)snprintf(key, sizeof key, "%s-key", world->folder);
        (void)snprintf(first, sizeof first, "%s-empty", world->folder);
        PB_TRY(db_workspace_create(on_postgres() ? engine_address() : first, world->base->schema,
                                   &options, NULL, &world->workspace, err));
        world->workspace = db_workspace_close(world->workspace);
        if (on_postgres())
            engine_note();
    }
    if (!on_postgres())
        PB_TRY(support_copy(first, world->folder, err));
    return db_workspace_open(on_postgres() ? engine_renewed() : world->folder, world->base->schema,
                             &options, &world->workspace, err);
}

static inline void support_name(support_world *world)
{
    static unsigned number; /* folders of one process must differ */
    const char *above = getenv("TMPDIR");
    (void)snprintf(world->folder, sizeof world->folder, "%.200s/audit-test-%ld-%u",
                   above ? above : "/tmp", (long)getpid(), ++number);
}

static inline pb_status support_open(support_world *world, pb_error *err)
{
    db_options options = {.scratch = true};
    support_name(world);
    if (on_postgres())
        return support_open_empty(world, err);
    return db_workspace_create(world->folder, world->base->schema, &options, NULL,
                               &world->workspace, err);
}

static inline void support_close(support_world *world)
{
    world->workspace = db_workspace_close(world->workspace);
    support_remove(world->folder); /* of a copy: what is scratch went by itself */
}

/* What a case says its log holds of reads: the same events as those of service/reads.c. */
static inline pb_status support_reads(db_session *session, void *context, pb_error *err)
{
    const model_yaml *list = context;
    PB_TRY(backup_plan_begin(session, err));
    for (size_t i = 0; i < list->count; i++) {
        PB_AUTO_BUF payload = PB_BUF_INIT(1 << 16);
        const model_yaml *fields = model_yaml_get(list->items[i], "fields");
        int64_t days = 0;
        uint64_t sequence;
        if (!pb_date_parse(model_yaml_get(list->items[i], "on")->text, &days))
            return pb_fail(err, PB_INVALID, "A read without a day", NULL);
        pb_cbor_map(&payload, 2);
        pb_cbor_text(&payload, PB_STR("entity"));
        pb_cbor_text(&payload, model_yaml_get(list->items[i], "entity")->text);
        pb_cbor_text(&payload, PB_STR("fields"));
        pb_cbor_array(&payload, fields->count);
        for (size_t f = 0; f < fields->count; f++)
            pb_cbor_text(&payload, fields->items[f]->text);
        const ledger_event event = {
            .kind = "record.read", .at_us = days * PB_US_PER_DAY, .payload = pb_buf_str(&payload)};
        PB_TRY(ledger_append(session, &event, &sequence, err));
    }
    return PB_OK;
}

static inline pb_status support_load(void *context, const audit_fixture *fixture,
                                     db_session **ret_snapshot, pb_error *err)
{
    support_world *world = context;
    char folder[264], paths[32][400];
    const char *list[32];
    size_t count = 0;
    support_name(world);
    PB_TRY(support_open_empty(world, err));
    (void)snprintf(folder, sizeof folder, "%s-csv", world->folder);
    mkdir(folder, 0700);
    for (size_t i = 0; i < world->base->schema->entity_count && count < 32; i++) {
        const model_entity *entity = &world->base->schema->entities[i];
        PB_AUTO_BUF csv = PB_BUF_INIT(1 << 20);
        size_t rows = 0;
        PB_TRY(audit_fixture_csv(fixture, entity, &csv, &rows, err));
        if (!rows)
            continue;
        (void)snprintf(paths[count], sizeof paths[count], "%s/%.*s.csv", folder,
                       PB_STR_FMT(entity->name));
        FILE *file = fopen(paths[count], "wb");
        fwrite(csv.ptr, 1, csv.len, file);
        fclose(file);
        list[count] = paths[count];
        count++;
    }
    bool own = fixture->backups != NULL || fixture->jobs != NULL || fixture->reviews != NULL;
    pb_status status = count > 0 || !own ? support_import(world, list, count, err) : PB_OK;
    support_remove(folder);
    if (status == PB_OK && fixture->backups != NULL)
        status = backup_fixture(world->workspace, fixture->backups, err);
    if (status == PB_OK && fixture->jobs != NULL)
        status = job_fixture(world->workspace, fixture->jobs, err);
    if (status == PB_OK && fixture->reviews != NULL)
        status = identity_review_fixture(world->workspace, fixture->reviews, err);
    if (status == PB_OK && fixture->reads != NULL)
        status = db_write(world->workspace, support_reads, (void *)(uintptr_t)fixture->reads, err);
    if (status == PB_OK)
        status = db_snapshot_open(world->workspace, ret_snapshot, err);
    if (status != PB_OK)
        support_close(world);
    return status;
}

static inline void support_unload(void *context, db_session *snapshot)
{
    db_snapshot_close(snapshot);
    support_close(context);
}

#endif
