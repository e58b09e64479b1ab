#include "internal.h"

#include "backup/standby.h"

static pb_status read_model(service_core *service, const service_extra *extra, pb_error *err)
{
    service_sources sources;
    PB_TRY(service_gather(service, extra, &sources, err));
    PB_TRY(model_schema_load(sources.models, sources.model_count, &service->schema, err));
    service->preset_sources = sources.presets;
    service->preset_source_count = sources.preset_count;
    return service_preset_store_open(service, &sources, extra->preset_dir_count > 0, err);
}

pb_status service_open(const service_asset *assets, size_t asset_count, const service_extra *extra,
                       service_core **ret_service, pb_error *err)
{
    pb_arena *arena = pb_arena_new(256 << 20);
    service_core *made = arena != NULL ? pb_arena_alloc(arena, sizeof *made) : NULL;
    if (made == NULL) {
        pb_arena_free(arena);
        return pb_fail_memory(err);
    }
    *made = (service_core){.assets = assets, .asset_count = asset_count, .arena = arena};
    if (pthread_mutex_init(&made->lock, NULL) != 0) {
        pb_arena_free(arena);
        return pb_fail_memory(err);
    }
    pb_status status = read_model(made, extra, err);
    if (status == PB_OK)
        *ret_service = made;
    else
        service_close(made);
    return status;
}

service_core *service_close(service_core *service)
{
    if (service == NULL)
        return NULL;
    service_forget_former(service);
    audit_catalogue_free(service->catalogue);
    service_preset_store_close(service->presets);
    model_schema_free(service->schema);
    pthread_mutex_destroy(&service->lock);
    pb_arena_free(service->arena);
    return NULL;
}

const model_schema *service_schema(const service_core *service)
{
    return service->schema;
}

static pb_status read_waivers(service_core *service, pb_error *err)
{
    size_t capacity = 0;
    for (size_t f = 0; f < service->waiver_file_count; f++) {
        audit_waiver *waivers;
        size_t count;
        PB_TRY(audit_waivers_load(&service->waiver_files[f], service->catalogue, service->arena,
                                  &waivers, &count, err));
        for (size_t i = 0; i < count; i++)
            if (!PB_PUSH(service->arena, service->waivers, service->waiver_count, capacity,
                         waivers[i]))
                return pb_fail_memory(err);
    }
    return PB_OK;
}

/* With the lock held; what failed half-way is read again by the next who asks. */
static pb_status read_catalogue(service_core *service, pb_error *err)
{
    if (service->catalogue != NULL)
        return PB_OK;
    PB_TRY(audit_catalogue_load(service->schema, service->controls, service->control_count,
                                &service->catalogue, err));
    pb_status status = read_waivers(service, err);
    if (status != PB_OK) {
        service->catalogue = audit_catalogue_free(service->catalogue);
        service->waiver_count = 0;
    }
    return status;
}

pb_status service_controls(service_core *service, const audit_catalogue **ret_catalogue,
                           pb_error *err)
{
    pthread_mutex_lock(&service->lock);
    pb_status status = read_catalogue(service, err);
    if (status == PB_OK)
        *ret_catalogue = service->catalogue;
    pthread_mutex_unlock(&service->lock);
    return status;
}

static pb_status identify(service_core *service, audit_rules *ret_rules, pb_error *err)
{
    if (service->catalogue == NULL && !service->own_controls)
        return audit_catalogue_identify(service->schema, service->controls, service->control_count,
                                        service->arena, ret_rules, err);
    PB_TRY(read_catalogue(service, err));
    ret_rules->version = service->catalogue->version;
    memcpy(ret_rules->hash, service->catalogue->hash, sizeof ret_rules->hash);
    return PB_OK;
}

pb_status service_rules(service_core *service, audit_rules *ret_rules, pb_error *err)
{
    pthread_mutex_lock(&service->lock);
    pb_status status = identify(service, ret_rules, err);
    pthread_mutex_unlock(&service->lock);
    return status;
}

pb_status service_catalog(const service_asset *assets, size_t asset_count, const char *language,
                          pb_catalog **ret_catalog, pb_error *err)
{
    pb_str wanted = pb_str_c(language);
    if (pb_str_is(wanted, "en")) {
        *ret_catalog = NULL;
        return PB_OK;
    }
    for (size_t i = 0; i < asset_count; i++) {
        pb_str path = pb_str_c(assets[i].path);
        if (!pb_str_starts(path, PB_STR("locales/")) || !pb_str_ends(path, PB_STR(".mo")))
            continue;
        if (!pb_str_eq(pb_str_sub(path, 8, path.len - 11), wanted))
            continue;
        pb_catalog *catalog = pb_catalog_open(language, pb_str_n(assets[i].bytes, assets[i].size));
        if (catalog == NULL)
            return pb_fail_memory(err);
        *ret_catalog = catalog;
        return PB_OK;
    }
    pb_fail(err, PB_USAGE, PB_MSG("Language {language} is not supported"), "language", language,
            NULL);
    pb_error_hint(err, PB_MSG("Possible: {list}"), "list", "en, zh-CN, fa", NULL);
    return PB_USAGE;
}

pb_status service_asset_text(const service_core *service, const char *path, pb_str *ret_text,
                             pb_error *err)
{
    for (size_t i = 0; i < service->asset_count; i++) {
        if (strcmp(service->assets[i].path, path) != 0)
            continue;
        *ret_text = pb_str_n(service->assets[i].bytes, service->assets[i].size);
        return PB_OK;
    }
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no {path} in the program"), "path", path,
                   NULL);
}

typedef struct log_work {
    const service_call *call;
    const char *kind;
    pb_str payload;
} log_work;

static pb_status append(db_session *session, void *context, pb_error *err)
{
    const log_work *work = context;
    ledger_event event = {.kind = work->kind,
                          .at_us = work->call->now_us,
                          .actor = work->call->actor,
                          .payload = work->payload};
    uint64_t sequence;
    return ledger_append(session, &event, &sequence, err);
}

pb_status service_log(db_workspace *workspace, const service_call *call, const char *kind,
                      pb_str payload, pb_error *err)
{
    log_work work = {call, kind, payload};
    const ledger_event event = {
        .kind = kind, .at_us = call->now_us, .actor = call->actor, .payload = payload};
    if (db_standby_of(workspace) != NULL)
        return backup_standby_note(workspace, &event, err);
    return db_write_within(workspace, call->limits, append, &work, err);
}
