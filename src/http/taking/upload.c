/* A file that was sent in, as those see it who read tables: opened where it lies, in the depot,
 * piece by piece, and in any order. Nothing of it lies anywhere as it is. */
#include "taking.h"

static pb_status open_it(void *context, void **ret_file, pb_error *err)
{
    service_depot_reader *reader = NULL;
    PB_TRY(service_depot_reader_open(context, &reader, err));
    *ret_file = reader;
    return PB_OK;
}

static pb_status read_it(void *file, void *to, size_t size, size_t *ret_count, pb_error *err)
{
    return service_depot_reader_read(file, to, size, ret_count, err);
}

static pb_status seek_it(void *file, uint64_t position, pb_error *err)
{
    (void)err;
    service_depot_reader_seek(file, position);
    return PB_OK;
}

static void close_it(void *file)
{
    service_depot_reader_close(file);
}

pb_status http_upload_open(service_depot *depot, pb_uuid user, pb_uuid id, pb_arena *arena,
                           http_upload *ret_upload, pb_error *err)
{
    service_deposit what;
    service_depot_file *file = NULL;
    PB_TRY(service_deposit_find(depot, user, id, arena, &what, err));
    const char *name = pb_arena_cstr(arena, what.name);
    if (name == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_depot_file_open(depot, user, id, &file, err));
    const exchange_held held = {
        service_depot_file_size(file), open_it, read_it, seek_it, close_it, file};
    *ret_upload = (http_upload){.name = name, .held = held, .file = file};
    return PB_OK;
}

void http_upload_source(const http_upload *upload, pb_str map, service_source *source)
{
    source->paths = &upload->name;
    source->path_count = 1;
    source->held = &upload->held;
    source->map = map;
}

void http_upload_close(http_upload *upload)
{
    service_depot_file_close(upload->file);
    *upload = (http_upload){.name = NULL};
}
