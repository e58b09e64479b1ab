/* Loading a catalogue: telling the files apart, replacing, ordering, hashing. */
#include "catalogue.h"

#include <openssl/sha.h>

static int area_order(const audit_catalogue *catalogue, pb_str area)
{
    for (size_t i = 0; i < catalogue->area_count; i++)
        if (pb_str_eq(catalogue->areas[i].id, area))
            return (int)i;
    return (int)catalogue->area_count;
}

pb_status catalogue_add(audit_loader *loader, const audit_control *control, pb_error *err)
{
    audit_catalogue *catalogue = loader->catalogue;
    return PB_PUSH(loader->arena, catalogue->controls, catalogue->count, loader->control_capacity,
                   *control)
               ? PB_OK
               : pb_fail_memory(err);
}

/* By area as areas.yaml lists them, then by id. */
static int compare_controls(const void *a, const void *b, void *context)
{
    const audit_control *x = a, *y = b;
    int left = area_order(context, x->area), right = area_order(context, y->area);
    return left != right ? left - right : pb_str_cmp(x->id, y->id);
}

static pb_status keep_digest(audit_loader *loader, pb_str text, pb_error *err)
{
    if (loader->digest_count == loader->digest_capacity) {
        size_t capacity = loader->digest_capacity ? loader->digest_capacity * 2 : 32;
        uint8_t *grown = pb_arena_array(loader->arena, capacity, 32);
        if (!grown)
            return pb_fail_memory(err);
        if (loader->digest_count)
            memcpy(grown, loader->digests, loader->digest_count * 32);
        loader->digests = grown;
        loader->digest_capacity = capacity;
    }
    SHA256((const unsigned char *)text.ptr, text.len,
           loader->digests + 32 * loader->digest_count++);
    return PB_OK;
}

/* A control's file: a later one with the same id takes the place of an earlier one. */
static pb_status take_control(audit_loader *loader, const model_source *source,
                              const model_yaml *root, pb_error *err)
{
    loader_control file = {.root = root};
    PB_TRY(model_yaml_text(root, "id", &file.id, err));
    SHA256((const unsigned char *)source->text.ptr, source->text.len, file.digest);
    for (size_t i = 0; i < loader->file_count; i++)
        if (pb_str_eq(loader->files[i].id, file.id)) {
            loader->files[i] = file;
            return PB_OK;
        }
    if (!PB_PUSH(loader->arena, loader->files, loader->file_count, loader->file_capacity, file))
        return pb_fail_memory(err);
    return PB_OK;
}

static pb_status take_source(audit_loader *loader, const model_source *source, pb_error *err)
{
    const model_yaml *root;
    PB_TRY(model_yaml_load(loader->arena, source, &root, err));
    PB_TRY(model_yaml_expect(root, MODEL_YAML_MAP, err));
    if (model_yaml_get(root, "id"))
        return take_control(loader, source, root, err);
    PB_TRY(keep_digest(loader, source->text, err));
    if (model_yaml_get(root, "areas"))
        return extras_areas(loader, root, err);
    if (model_yaml_get(root, "set"))
        return extras_set(loader, root, err);
    if (model_yaml_get(root, "words"))
        return extras_words(loader, root, err);
    if (model_yaml_get(root, "standard")) {
        if (!PB_PUSH(loader->arena, loader->maps, loader->map_count, loader->map_capacity, root))
            return pb_fail_memory(err);
        return PB_OK;
    }
    model_yaml_fail(root, err, PB_MSG("This file is no part of a catalogue of controls."), NULL);
    pb_error_hint(
        err,
        PB_MSG("A control begins with `id:`, a list of areas with `areas:`, a word list "
               "with `words:`, a map to a standard with `standard:`, other limits with `set:`."),
        NULL);
    return PB_INVALID;
}

static int compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

/* Neither the order nor the paths of the files change the version of the rules; their words do.
 * `all` begins with room for one digest, those of the files follow. */
static void hash_digests(const model_schema *schema, uint8_t *all, size_t files, uint8_t ret[32])
{
    memcpy(all, schema->hash, 32);
    qsort(all + 32, files, 32, compare_digests);
    SHA256(all, 32 * (1 + files), ret);
}

static pb_status hash_rules(audit_loader *loader, pb_error *err)
{
    size_t files = loader->file_count + loader->digest_count;
    uint8_t *all = pb_arena_array(loader->arena, 1 + files, 32);
    if (!all)
        return pb_fail_memory(err);
    for (size_t i = 0; i < loader->file_count; i++)
        memcpy(all + 32 * (1 + i), loader->files[i].digest, 32);
    if (loader->digest_count)
        memcpy(all + 32 * (1 + loader->file_count), loader->digests, 32 * loader->digest_count);
    hash_digests(loader->schema, all, files, loader->catalogue->hash);
    return PB_OK;
}

pb_status audit_catalogue_identify(const model_schema *schema, const model_source *sources,
                                   size_t count, pb_arena *arena, audit_rules *ret_rules,
                                   pb_error *err)
{
    audit_rules rules = {0};
    uint8_t *all = pb_arena_array(arena, 1 + count, 32);
    if (!all)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        pb_str text = sources[i].text;
        const model_yaml *root;
        SHA256((const unsigned char *)text.ptr, text.len, all + 32 * (1 + i));
        if (!pb_str_starts(text, PB_STR("areas:")) &&
            pb_str_find(text, PB_STR("\nareas:")) == SIZE_MAX)
            continue;
        PB_TRY(model_yaml_load(arena, &sources[i], &root, err));
        PB_TRY(model_yaml_text(root, "version", &rules.version, err));
    }
    hash_digests(schema, all, count, rules.hash);
    *ret_rules = rules;
    return PB_OK;
}

static pb_status load_all(audit_loader *loader, const model_source *sources, size_t count,
                          pb_error *err)
{
    for (size_t i = 0; i < count; i++)
        PB_TRY(take_source(loader, &sources[i], err));
    PB_TRY(extras_check_sets(loader, err));
    for (size_t i = 0; i < loader->file_count; i++)
        PB_TRY(control_unfold(loader, &loader->files[i], err));
    PB_TRY(extras_rules(loader, err));
    qsort_r(loader->catalogue->controls, loader->catalogue->count,
            sizeof *loader->catalogue->controls, compare_controls, loader->catalogue);
    PB_TRY(extras_maps(loader, err));
    return hash_rules(loader, err);
}

pb_status audit_catalogue_load(const model_schema *schema, const model_source *sources,
                               size_t count, audit_catalogue **ret_catalogue, pb_error *err)
{
    pb_arena *arena = pb_arena_new((size_t)256 << 20);
    if (!arena)
        return pb_fail_memory(err);
    audit_loader loader = {.arena = arena, .schema = schema};
    loader.catalogue = pb_arena_alloc(arena, sizeof *loader.catalogue);
    pb_status status = PB_OK;
    if (!loader.catalogue)
        status = pb_fail_memory(err);
    else
        status = load_all(&loader, sources, count, err);
    if (status != PB_OK) {
        pb_arena_free(arena);
        return status;
    }
    loader.catalogue->arena = arena;
    *ret_catalogue = loader.catalogue;
    return PB_OK;
}

audit_catalogue *audit_catalogue_free(audit_catalogue *catalogue)
{
    if (catalogue)
        pb_arena_free(catalogue->arena);
    return NULL;
}

const audit_control *audit_control_find(const audit_catalogue *catalogue, pb_str id)
{
    for (size_t i = 0; i < catalogue->count; i++)
        if (pb_str_eq(catalogue->controls[i].id, id))
            return &catalogue->controls[i];
    return NULL;
}
