/* Loading the fixtures of controls down the one road, each into a scratch workspace of its own. */
#include "internal.h"

#include "backup/fixture.h"
#include "identity/review.h"
#include "job/fixture.h"

#include "sys/file.h"

/* The fixture in hand. */
typedef struct fixture_loader {
    const service_core *service;
    const service_call *call;
    pb_arena *arena;
    char *folder; /* holds the CSV files of the fixture */
    service_opened opened;
} fixture_loader;

static pb_status write_files(fixture_loader *loader, const audit_fixture *fixture,
                             const char ***ret_paths, size_t *ret_count, pb_error *err)
{
    const model_schema *schema = loader->service->schema;
    const char **paths = pb_arena_array(loader->arena, schema->entity_count, sizeof *paths);
    size_t count = 0;
    if (paths == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < schema->entity_count; i++) {
        const model_entity *entity = &schema->entities[i];
        PB_AUTO_BUF csv = PB_BUF_INIT(16 << 20);
        size_t rows = 0;
        PB_TRY(audit_fixture_csv(fixture, entity, &csv, &rows, err));
        if (rows == 0)
            continue;
        char *path =
            pb_arena_printf(loader->arena, "%s/%.*s.csv", loader->folder, PB_STR_FMT(entity->name));
        if (path == NULL)
            return pb_fail_memory(err);
        PB_TRY(sys_file_write(path, pb_buf_str(&csv), 0600, err));
        paths[count++] = path;
    }
    *ret_paths = paths;
    *ret_count = count;
    return PB_OK;
}

static pb_status load(void *context, const audit_fixture *fixture, db_session **ret_snapshot,
                      pb_error *err)
{
    fixture_loader *loader = context;
    const char **paths = NULL;
    service_source source = {0};
    loader->opened = (service_opened){0};
    PB_TRY(sys_temp_dir(loader->arena, &loader->folder, err));
    pb_status status = write_files(loader, fixture, &paths, &source.path_count, err);
    source.paths = paths;
    if (status == PB_OK && source.path_count > 0) {
        status = service_open_source(loader->service, loader->call, &source, loader->arena,
                                     &loader->opened, err);
    } else if (status == PB_OK) {
        db_options scratch = {.scratch = true};
        status = db_workspace_create(NULL, loader->service->schema, &scratch, NULL,
                                     &loader->opened.workspace, err);
    }
    sys_dir_remove_tree(loader->folder, NULL);
    if (status == PB_OK && fixture->backups != NULL)
        status = backup_fixture(loader->opened.workspace, fixture->backups, err);
    if (status == PB_OK && fixture->jobs != NULL)
        status = job_fixture(loader->opened.workspace, fixture->jobs, err);
    if (status == PB_OK && fixture->reviews != NULL)
        status = identity_review_fixture(loader->opened.workspace, fixture->reviews, err);
    if (status == PB_OK && fixture->reads != NULL)
        status = service_reads_fixture(loader->opened.workspace, loader->call, fixture->reads, err);
    if (status == PB_OK)
        status = db_snapshot_open(loader->opened.workspace, ret_snapshot, err);
    if (status != PB_OK)
        service_close_source(&loader->opened);
    return status;
}

static void unload(void *context, db_session *snapshot)
{
    fixture_loader *loader = context;
    db_snapshot_close(snapshot);
    service_close_source(&loader->opened);
}

pb_status service_controls_test(service_core *service, const service_call *call, pb_str only,
                                pb_arena *arena, audit_fixture_result **ret_results,
                                size_t *ret_count, pb_error *err)
{
    service_call quiet = *call;
    quiet.progress = NULL;
    fixture_loader state = {.service = service, .call = &quiet, .arena = arena};
    audit_fixture_loader loader = {load, unload, &state};
    const audit_catalogue *catalogue;
    PB_TRY(service_controls(service, &catalogue, err));
    return audit_fixtures_run(service->schema, catalogue, only, &loader, arena, ret_results,
                              ret_count, err);
}
