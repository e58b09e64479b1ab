/* The YAML files a service works with: those built in, then those of an administrator's folders. */
#include "internal.h"

#include "sys/file.h"

enum { MAX_FILE = 8 << 20, MAX_SOURCES = 10000, MAX_DEPTH = 4 };

typedef struct source_list {
    pb_arena *arena;
    model_source *items;
    size_t count, capacity;
} source_list;

static bool is_yaml(pb_str name)
{
    return pb_str_ends(name, PB_STR(".yaml")) || pb_str_ends(name, PB_STR(".yml"));
}

static pb_status add(source_list *list, pb_str name, pb_str text, pb_error *err)
{
    model_source source = {name, text};
    if (list->count >= MAX_SOURCES)
        return pb_fail(err, PB_LIMIT, PB_MSG("There are more than {limit} YAML files"), "limit",
                       PB_ARG_INT(MAX_SOURCES), NULL);
    return PB_PUSH(list->arena, list->items, list->count, list->capacity, source)
               ? PB_OK
               : pb_fail_memory(err);
}

static pb_status add_assets(source_list *list, const service_core *service, pb_str folder,
                            pb_error *err)
{
    for (size_t i = 0; i < service->asset_count; i++) {
        const service_asset *asset = &service->assets[i];
        pb_str path = pb_str_c(asset->path);
        if (pb_str_starts(path, folder) && is_yaml(path))
            PB_TRY(add(list, path, pb_str_n(asset->bytes, asset->size), err));
    }
    return PB_OK;
}

static pb_status add_file(source_list *list, const char *path, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(MAX_FILE);
    PB_TRY(sys_file_read(path, MAX_FILE, &text, err));
    pb_str copy = pb_arena_str(list->arena, pb_buf_str(&text));
    if (copy.ptr == NULL && text.len > 0)
        return pb_fail_memory(err);
    return add(list, pb_str_c(path), copy, err);
}

static pb_status add_folder(source_list *list, const char *folder, int depth, pb_error *err)
{
    pb_str *names;
    size_t count;
    PB_TRY(sys_dir_list(folder, list->arena, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        char *path = pb_arena_printf(list->arena, "%s/%.*s", folder, PB_STR_FMT(names[i]));
        if (path == NULL)
            return pb_fail_memory(err);
        if (sys_path_kind(path) == SYS_FOLDER && depth < MAX_DEPTH && names[i].ptr[0] != '.')
            PB_TRY(add_folder(list, path, depth + 1, err));
        else if (is_yaml(names[i]) && sys_path_kind(path) == SYS_FILE)
            PB_TRY(add_file(list, path, err));
    }
    return PB_OK;
}

/* A folder given by hand that holds no YAML is a slip worth telling. */
static pb_status add_folders(source_list *list, const char *const *folders, size_t count,
                             pb_error *err)
{
    for (size_t i = 0; i < count; i++) {
        size_t before = list->count;
        PB_TRY(add_folder(list, folders[i], 0, err));
        if (list->count > before)
            continue;
        pb_fail(err, PB_NOT_FOUND, PB_MSG("There are no YAML files in {path}"), "path", folders[i],
                NULL);
        pb_error_hint(err, PB_MSG("Declarations are files that end in .yaml."), NULL);
        return PB_NOT_FOUND;
    }
    return PB_OK;
}

static bool is_waivers(const model_source *source)
{
    return pb_str_ends(source->name, PB_STR("waivers.yaml"));
}

pb_status service_gather(service_core *service, const service_extra *extra,
                         service_sources *ret_sources, pb_error *err)
{
    source_list models = {.arena = service->arena}, all = models, controls = models,
                waivers = models, presets = models, databases = models;
    PB_TRY(add_assets(&databases, service, PB_STR("databases/"), err));
    PB_TRY(add_assets(&models, service, PB_STR("model/"), err));
    PB_TRY(add_folders(&models, extra->model_dirs, extra->model_dir_count, err));
    PB_TRY(add_assets(&all, service, PB_STR("controls/"), err));
    PB_TRY(add_folders(&all, extra->control_dirs, extra->control_dir_count, err));
    for (size_t i = 0; i < all.count; i++)
        PB_TRY(add(is_waivers(&all.items[i]) ? &waivers : &controls, all.items[i].name,
                   all.items[i].text, err));
    service->databases = databases.items;
    service->database_count = databases.count;
    service->controls = controls.items;
    service->control_count = controls.count;
    service->own_controls = extra->control_dir_count > 0;
    service->waiver_files = waivers.items;
    service->waiver_file_count = waivers.count;
    PB_TRY(add_assets(&presets, service, PB_STR("presets/"), err));
    PB_TRY(add_folders(&presets, extra->preset_dirs, extra->preset_dir_count, err));
    *ret_sources = (service_sources){models.items, presets.items, models.count, presets.count};
    return PB_OK;
}
