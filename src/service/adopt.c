/* A service that takes on the model of the workspace it works with. */
#include "internal.h"

typedef struct service_former {
    struct service_former *next;
    model_schema *schema;
    audit_catalogue *catalogue;
    service_preset_store *presets;
} service_former;

void service_forget_former(service_core *service)
{
    for (service_former *one = service->former; one != NULL; one = one->next) {
        audit_catalogue_free(one->catalogue);
        service_preset_store_close(one->presets);
        model_schema_free(one->schema);
    }
    service->former = NULL;
}

static pb_status replace(service_core *service, const model_schema *schema, pb_error *err)
{
    service_former *former = pb_arena_alloc(service->arena, sizeof *former);
    const service_sources sources = {.presets = service->preset_sources,
                                     .preset_count = service->preset_source_count};
    if (former == NULL)
        return pb_fail_memory(err);
    *former =
        (service_former){service->former, service->schema, service->catalogue, service->presets};
    service->schema = model_schema_hold(schema);
    pb_status status = service_preset_store_open(service, &sources, false, err);
    if (status != PB_OK) {
        model_schema_free(service->schema);
        service->schema = former->schema;
        return status;
    }
    service->former = former;
    service->catalogue = NULL;
    service->waivers = NULL;
    service->waiver_count = 0;
    return PB_OK;
}

static pb_status adopt(const service_core *service, const db_workspace *workspace, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(workspace);
    service_core *core = (service_core *)(uintptr_t)service; /* nobody else uses it yet */
    pthread_mutex_lock(&core->lock);
    pb_status status = PB_OK;
    if (memcmp(schema->hash, core->schema->hash, sizeof schema->hash) != 0)
        status = replace(core, schema, err);
    pthread_mutex_unlock(&core->lock);
    return status;
}

pb_status service_open_workspace(const service_core *service, const char *url,
                                 const db_options *options, db_workspace **ret_workspace,
                                 pb_error *err)
{
    db_workspace *workspace = NULL;
    PB_TRY(db_workspace_open(url, service->schema, options, &workspace, err));
    pb_status status = adopt(service, workspace, err);
    if (status == PB_OK)
        *ret_workspace = workspace;
    else
        db_workspace_close(workspace);
    return status;
}

pb_status service_again(const service_core *root, service_core **ret_service, pb_error *err)
{
    const service_sources sources = {.presets = root->preset_sources,
                                     .preset_count = root->preset_source_count};
    pb_arena *arena = pb_arena_new(256 << 20);
    service_core *made = arena != NULL ? pb_arena_alloc(arena, sizeof *made) : NULL;
    if (made == NULL) {
        pb_arena_free(arena);
        return pb_fail_memory(err);
    }
    *made = *root;
    made->arena = arena;
    made->former = NULL;
    made->presets = NULL;
    made->catalogue = NULL;
    made->waivers = NULL;
    made->waiver_count = 0;
    if (pthread_mutex_init(&made->lock, NULL) != 0) {
        pb_arena_free(arena);
        return pb_fail_memory(err);
    }
    made->schema = model_schema_hold(root->schema);
    pb_status status = service_preset_store_open(made, &sources, false, err);
    if (status == PB_OK)
        *ret_service = made;
    else
        service_close(made);
    return status;
}
