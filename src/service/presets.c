/* What is known of the exports of other products: read at the first need. A server that imports
 * nothing would keep 4 MB for it, and every command would wait for it. */
#include "internal.h"

enum { ARENA_MAX = 64 << 20 };

struct service_preset_store {
    pthread_mutex_t lock; /* while they are read */
    const model_schema *schema;
    const model_source *sources;
    size_t source_count;
    pb_arena *arena;
    exchange_presets *presets; /* NULL until asked for */
};

pb_status service_preset_store_open(service_core *service, const service_sources *sources, bool own,
                                    pb_error *err)
{
    const exchange_presets *presets;
    service_preset_store *store = pb_arena_alloc(service->arena, sizeof *store);
    if (store == NULL)
        return pb_fail_memory(err);
    *store = (service_preset_store){.schema = service->schema,
                                    .sources = sources->presets,
                                    .source_count = sources->preset_count,
                                    .arena = pb_arena_new(ARENA_MAX)};
    if (store->arena == NULL)
        return pb_fail_memory(err);
    if (pthread_mutex_init(&store->lock, NULL) != 0) {
        pb_arena_free(store->arena);
        return pb_fail_memory(err);
    }
    service->presets = store;
    /* A slip in an administrator's file is told at once. */
    return own ? service_presets(service, &presets, err) : PB_OK;
}

void service_preset_store_close(service_preset_store *store)
{
    if (store == NULL)
        return;
    pthread_mutex_destroy(&store->lock);
    pb_arena_free(store->arena);
}

pb_status service_presets(const service_core *service, const exchange_presets **ret_presets,
                          pb_error *err)
{
    service_preset_store *store = service->presets;
    pb_status status = PB_OK;
    pthread_mutex_lock(&store->lock);
    if (store->presets == NULL) {
        pb_arena_reset(store->arena); /* what failed half-way is read again by the next who asks */
        status = exchange_presets_load(store->schema, store->sources, store->source_count,
                                       store->arena, &store->presets, err);
    }
    if (status == PB_OK)
        *ret_presets = store->presets;
    pthread_mutex_unlock(&store->lock);
    return status;
}
