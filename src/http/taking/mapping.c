/* How a file that was sent is to be read: looked at, said, and kept beside the file.
 *
 *   PUT mapping ──▶ looked at with it ──wrong──▶ 422, with its place; what was kept stays
 *                        │good
 *                        ▼
 *   kept in the depot, as JSON ──▶ GET columns, and every check and run that does not say otherwise
 */
#include "taking.h"

enum { MAPPING_MAX = 16 << 10, OF_MAPPINGS = INT32_MAX /* no job's number */ };

static const char *const none[] = {NULL};

/* ---- kept ---- */

static const char *name_of(pb_uuid import, pb_arena *arena)
{
    char id[37];
    pb_uuid_text(import, id);
    return pb_arena_printf(arena, "mapping-%s", id);
}

/* The file it is kept in, if any. */
static pb_status find_kept(http_request *request, service_depot *depot, pb_uuid import,
                           service_deposit *ret_file, bool *ret_there, pb_error *err)
{
    service_deposit *all = NULL;
    size_t count = 0;
    const char *name = name_of(import, request->arena);
    *ret_there = false;
    if (name == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_deposit_list(depot, request->who->user, OF_MAPPINGS, request->arena, &all,
                                &count, err));
    for (size_t i = 0; i < count && !*ret_there; i++)
        if (pb_str_is(all[i].name, name)) {
            *ret_file = all[i];
            *ret_there = true;
        }
    return PB_OK;
}

pb_status http_mapping_drop(http_request *request, service_depot *depot, pb_uuid import,
                            pb_error *err)
{
    service_deposit file;
    bool there = true;
    while (there) {
        PB_TRY(find_kept(request, depot, import, &file, &there, err));
        if (there)
            PB_TRY(service_deposit_remove(depot, request->who->user, file.id, err));
    }
    return PB_OK;
}

static void put_mapping(pb_json *json, const http_mapping *mapping)
{
    pb_json_object(json);
    pb_json_member(json, "map", mapping->map);
    pb_json_member(json, "as", mapping->as);
    pb_json_member(json, "encoding", mapping->encoding);
    pb_json_object_end(json);
}

static pb_status keep(http_request *request, service_depot *depot, pb_uuid import,
                      const http_mapping *mapping, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(MAPPING_MAX * 2);
    pb_json json;
    pb_uuid id;
    service_depositing *file = NULL;
    const char *name = name_of(import, request->arena);
    if (name == NULL)
        return pb_fail_memory(err);
    const service_deposit what = {.user = request->who->user,
                                  .job = OF_MAPPINGS,
                                  .name = pb_str_c(name),
                                  .type = PB_STR("application/json")};
    pb_json_init(&json, &text, 0);
    put_mapping(&json, mapping);
    if (text.failed)
        return pb_fail_memory(err);
    PB_TRY(http_mapping_drop(request, depot, import, err));
    PB_TRY(service_deposit_begin(depot, &what, request->now_us, &file, err));
    pb_status status = service_deposit_add(file, pb_buf_str(&text), err);
    if (status == PB_OK)
        return service_deposit_end(file, &id, err);
    service_deposit_drop(file);
    return status;
}

static pb_status read_texts(const json_value *object, http_mapping *mapping, pb_error *err)
{
    PB_TRY(http_op_body_text(object, "map", &mapping->map, err));
    PB_TRY(http_op_body_text(object, "as", &mapping->as, err));
    return http_op_body_text(object, "encoding", &mapping->encoding, err);
}

pb_status http_mapping_kept(http_request *request, service_depot *depot, pb_uuid import,
                            http_mapping *ret_mapping, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(MAPPING_MAX * 2);
    const json_value *kept = NULL;
    service_deposit file;
    bool there = false;
    *ret_mapping = (http_mapping){.map = PB_STR_NONE};
    PB_TRY(find_kept(request, depot, import, &file, &there, err));
    if (!there)
        return PB_OK;
    PB_TRY(service_withdraw_all(depot, request->who->user, file.id, &text, err));
    pb_str whole = pb_arena_str(request->arena, pb_buf_str(&text));
    if (whole.ptr == NULL)
        return pb_fail_memory(err);
    PB_TRY(http_json_read(whole, request->arena, &kept, err));
    return read_texts(kept, ret_mapping, err);
}

/* ---- looked at ---- */

static pb_status plan_of(http_request *request, const http_upload *upload,
                         const http_mapping *mapping, exchange_plan *ret_plan, pb_error *err)
{
    service_call call = http_op_call(request);
    service_source source = {.path_count = 0};
    http_upload_source(upload, mapping->map, &source);
    if (mapping->as.ptr != NULL)
        source.as = pb_arena_cstr(request->arena, mapping->as);
    if (mapping->encoding.ptr != NULL)
        source.encoding = pb_arena_cstr(request->arena, mapping->encoding);
    return service_import_look(request->server->service, &call, &source, request->arena, ret_plan,
                               err);
}

static pb_status look(http_request *request, service_depot *depot, pb_uuid import,
                      const http_mapping *mapping, http_response *response, pb_error *err)
{
    exchange_plan plan;
    http_upload upload;
    pb_json json;
    PB_TRY(http_upload_open(depot, request->who->user, import, request->arena, &upload, err));
    pb_status status = plan_of(request, &upload, mapping, &plan, err);
    if (status == PB_OK) {
        pb_json_init(&json, &response->body, 0);
        http_put_columns(&json, request->catalog, &plan);
    }
    http_upload_close(&upload);
    return status;
}

/* ---- asked ---- */

pb_status http_import_columns(http_request *request, http_response *response, pb_error *err)
{
    service_depot *depot = NULL;
    service_deposit file;
    http_mapping mapping;
    PB_TRY(http_import_begin(request, response, none, &depot, err));
    PB_TRY(http_import_find(request, depot, &file, err));
    PB_TRY(http_mapping_kept(request, depot, file.id, &mapping, err));
    return look(request, depot, file.id, &mapping, response, err);
}

pb_status http_import_mapping(http_request *request, http_response *response, pb_error *err)
{
    service_depot *depot = NULL;
    service_deposit file;
    http_mapping mapping;
    pb_json json;
    PB_TRY(http_import_begin(request, response, none, &depot, err));
    PB_TRY(http_import_find(request, depot, &file, err));
    PB_TRY(http_mapping_kept(request, depot, file.id, &mapping, err));
    pb_json_init(&json, &response->body, 0);
    put_mapping(&json, &mapping);
    return PB_OK;
}

/* What cannot be read with it is not kept. */
pb_status http_import_mapping_put(http_request *request, http_response *response, pb_error *err)
{
    static const char *const members[] = {"map", "as", "encoding", NULL};
    service_depot *depot = NULL;
    service_deposit file;
    http_mapping mapping = {.map = PB_STR_NONE};
    const json_value *body = NULL;
    PB_TRY(http_import_begin(request, response, none, &depot, err));
    PB_TRY(http_import_find(request, depot, &file, err));
    PB_TRY(http_op_body(request, members, &body, err));
    PB_TRY(read_texts(body, &mapping, err));
    PB_TRY(look(request, depot, file.id, &mapping, response, err));
    return keep(request, depot, file.id, &mapping, err);
}
