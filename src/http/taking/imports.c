/* Files that are sent in: kept encrypted until they are looked at or brought in. */
#include "taking.h"

#include "../who.h"

#include "base/utf8.h"

static const char *const none[] = {NULL};

/* The last part of a path, that means nothing to any system. */
static bool is_name(pb_str name)
{
    bool good =
        name.len > 0 && name.len <= SERVICE_DEPOT_NAME && name.ptr[0] != '.' && pb_utf8_valid(name);
    for (size_t i = 0; i < name.len && good; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        good = c >= ' ' && c != '/' && c != '\\' && c != 0x7f;
    }
    return good;
}

static void put_upload(pb_json *json, const service_deposit *file)
{
    pb_json_object(json);
    http_op_put_uuid(json, "id", file->id);
    pb_json_member(json, "name", file->name);
    pb_json_member_i64(json, "bytes", (int64_t)file->size);
    http_op_put_moment(json, "sent_at", file->at_us);
    http_op_put_moment(json, "kept_until", file->until_us);
    pb_json_object_end(json);
}

/* Only who may import, or audit, has files here at all. */
static pb_status begin_any(http_request *request, http_response *response, const char *const *names,
                           service_depot **ret_depot, pb_error *err)
{
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_jobs_depot(request, ret_depot, err));
    service_call call = http_op_call(request);
    return service_may_send(&call, request->server->workspace, err);
}

pb_status http_import_begin(http_request *request, http_response *response,
                            const char *const *names, service_depot **ret_depot, pb_error *err)
{
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_jobs_depot(request, ret_depot, err));
    service_call call = http_op_call(request);
    return service_may_import(&call, request->server->workspace, err);
}

/* What a file is sent for decides which right it takes. */
static pb_status may_send_for(http_request *request, pb_error *err)
{
    pb_str purpose = http_request_query(request, "for");
    service_call call = http_op_call(request);
    if (purpose.ptr == NULL || pb_str_is(purpose, "import"))
        return service_may_import(&call, request->server->workspace, err);
    if (pb_str_is(purpose, "audit"))
        return service_may_send_audit(&call, request->server->workspace, err);
    return http_op_fail_value("for", purpose, PB_MSG("It takes import or audit."), err);
}

pb_status http_import_find(http_request *request, service_depot *depot, service_deposit *ret_file,
                           pb_error *err)
{
    pb_str text = http_request_part(request, "import");
    pb_uuid id = {{0}};
    (void)pb_uuid_parse(text, &id); /* of what is no id there is no file */
    return service_deposit_find(depot, request->who->user, id, request->arena, ret_file, err);
}

pb_status http_upload_known(http_request *request, pb_str id, pb_error *err)
{
    service_depot *depot = NULL;
    service_deposit file = {.id = {{0}}};
    (void)pb_uuid_parse(id, &file.id);
    PB_TRY(http_jobs_depot(request, &depot, err));
    return service_deposit_find(depot, request->who->user, file.id, request->arena, &file, err);
}

static pb_status add_piece(void *context, pb_str bytes, pb_error *err)
{
    return service_deposit_add(context, bytes, err);
}

static void drop_file(void *context)
{
    service_deposit_drop(context);
}

/* Whether and what may be sent. */
static pb_status check_send(http_request *request, http_response *response,
                            service_depot **ret_depot, pb_str *ret_name, pb_error *err)
{
    static const char *const names[] = {"name", "for", NULL};
    PB_TRY(begin_any(request, response, names, ret_depot, err));
    PB_TRY(may_send_for(request, err));
    *ret_name = http_request_query(request, "name");
    if (is_name(*ret_name))
        return PB_OK;
    return http_op_fail_value("name", ret_name->ptr == NULL ? PB_STR("") : *ret_name,
                              PB_MSG("It takes the name of the file, without a path."), err);
}

static pb_status begin_file(http_request *request, service_depot *depot, pb_str name, pb_error *err)
{
    const service_deposit what = {.user = request->who->user,
                                  .name = name,
                                  .type = http_request_header(request, "Content-Type"),
                                  .size = request->announced};
    service_depositing *file = NULL;
    PB_TRY(service_deposit_begin(depot, &what, request->now_us, &file, err));
    request->intake = (http_intake){add_piece, drop_file, file};
    return PB_OK;
}

static pb_status end_file(http_request *request, pb_uuid *ret_id, pb_error *err)
{
    service_depositing *file = request->intake.context;
    PB_TRY(service_deposit_add(file, request->body, err));
    request->intake = (http_intake){.drop = NULL};
    return service_deposit_end(file, ret_id, err);
}

pb_status http_import_send(http_request *request, http_response *response, pb_error *err)
{
    service_depot *depot = NULL;
    service_deposit file;
    pb_str name;
    pb_json json;
    PB_TRY(check_send(request, response, &depot, &name, err));
    if (request->intake.drop == NULL)
        return begin_file(request, depot, name, err);
    if (request->body.len == 0)
        return pb_fail(err, PB_INVALID, PB_MSG("The file is empty."), NULL);
    PB_TRY(end_file(request, &file.id, err));
    PB_TRY(service_deposit_find(depot, request->who->user, file.id, request->arena, &file, err));
    char id[37];
    pb_uuid_text(file.id, id);
    const char *place = pb_arena_printf(request->arena, "/api/v1/imports/%s", id);
    if (place == NULL)
        return pb_fail_memory(err);
    http_response_header(response, "Location", pb_str_c(place));
    response->status = 201;
    pb_json_init(&json, &response->body, 0);
    put_upload(&json, &file);
    return PB_OK;
}

pb_status http_import_list(http_request *request, http_response *response, pb_error *err)
{
    service_depot *depot = NULL;
    service_deposit *files;
    size_t count;
    pb_json json;
    PB_TRY(begin_any(request, response, none, &depot, err));
    PB_TRY(service_deposit_list(depot, request->who->user, 0, request->arena, &files, &count, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "imports");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++)
        put_upload(&json, &files[i]);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

pb_status http_import_read(http_request *request, http_response *response, pb_error *err)
{
    service_depot *depot = NULL;
    service_deposit file;
    pb_json json;
    PB_TRY(begin_any(request, response, none, &depot, err));
    PB_TRY(http_import_find(request, depot, &file, err));
    pb_json_init(&json, &response->body, 0);
    put_upload(&json, &file);
    return PB_OK;
}

pb_status http_import_drop(http_request *request, http_response *response, pb_error *err)
{
    service_depot *depot = NULL;
    service_deposit file;
    PB_TRY(begin_any(request, response, none, &depot, err));
    PB_TRY(http_import_find(request, depot, &file, err));
    PB_TRY(http_mapping_drop(request, depot, file.id, err));
    PB_TRY(service_deposit_remove(depot, request->who->user, file.id, err));
    response->status = 204;
    return PB_OK;
}

/* ---- looking at it, and bringing it in ---- */

static void put_truth(pb_buf *options, const char *name, bool truth)
{
    service_job_put(options, name, truth ? PB_STR("") : PB_STR_NONE);
}

/* One of the words that a member takes; the first where it is not there. */
static pb_status read_word(const json_value *body, const char *key, const char *const *words,
                           const char *wanted, pb_str *ret, pb_error *err)
{
    *ret = pb_str_c(words[0]);
    PB_TRY(http_op_body_text(body, key, ret, err));
    for (size_t i = 0; words[i] != NULL; i++)
        if (pb_str_is(*ret, words[i]))
            return PB_OK;
    return http_op_fail_value(key, *ret, wanted, err);
}

static pb_status read_match(http_request *request, const json_value *body, pb_buf *ret,
                            pb_error *err)
{
    const pb_str *names = NULL;
    size_t count = 0;
    PB_TRY(http_op_body_texts(body, "match", request->arena, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (names[i].len == 0 || pb_str_index(names[i], ' ') < names[i].len)
            return http_op_fail_value("match", names[i], PB_MSG("It takes names of fields."), err);
        if (ret->len > 0)
            pb_buf_byte(ret, ' ');
        pb_buf_add(ret, names[i]);
    }
    return ret->failed ? pb_fail(err, PB_LIMIT, PB_MSG("What is asked for is too long."), NULL)
                       : PB_OK;
}

/* What rows may do, and what says which record they are about. */
static pb_status read_bringing(http_request *request, const json_value *body, pb_buf *options,
                               pb_error *err)
{
    static const char *const modes[] = {"create", "update", "upsert", NULL};
    static const char *const blanks[] = {"keep", "clear", NULL};
    PB_AUTO_BUF match = PB_BUF_INIT(4096);
    pb_str mode, blank;
    PB_TRY(
        read_word(body, "mode", modes, PB_MSG("It takes create, update or upsert."), &mode, err));
    PB_TRY(read_word(body, "blank", blanks, PB_MSG("It takes keep or clear."), &blank, err));
    PB_TRY(read_match(request, body, &match, err));
    service_job_put(options, "mode", mode);
    service_job_put(options, "match", match.len > 0 ? pb_buf_str(&match) : PB_STR_NONE);
    put_truth(options, "clear", pb_str_is(blank, "clear"));
    return PB_OK;
}

/* What the body does not say of how the file is read is as it was kept beside it. */
static pb_status read_reading(http_request *request, service_depot *depot, pb_uuid import,
                              const json_value *body, pb_buf *options, pb_error *err)
{
    static const char *const members[] = {"map", "as", "encoding"};
    http_mapping mapping;
    PB_TRY(http_mapping_kept(request, depot, import, &mapping, err));
    pb_str *const texts[] = {&mapping.map, &mapping.as, &mapping.encoding};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (http_json_member(body, members[i]) != NULL)
            *texts[i] = PB_STR_NONE;
        PB_TRY(http_op_body_text(body, members[i], texts[i], err));
        service_job_put(options, members[i], *texts[i]);
    }
    return PB_OK;
}

static pb_status read_wish(http_request *request, service_depot *depot, pb_uuid import,
                           pb_buf *options, pb_error *err)
{
    static const char *const members[] = {"map",        "as",   "encoding", "with_deleted", "again",
                                          "duplicates", "mode", "match",    "blank",        NULL};
    record_duplicates duplicates;
    bool with_deleted = false, again = false;
    const json_value *body = NULL;
    PB_TRY(http_op_body(request, members, &body, err));
    PB_TRY(http_op_body_truth(body, "with_deleted", &with_deleted, err));
    PB_TRY(http_op_body_truth(body, "again", &again, err));
    PB_TRY(http_op_body_duplicates(body, &duplicates, err));
    PB_TRY(read_bringing(request, body, options, err));
    PB_TRY(read_reading(request, depot, import, body, options, err));
    if (http_json_member(body, "duplicates") != NULL)
        service_job_put(options, "duplicates", pb_str_c(PB_ARG_INT(duplicates)));
    put_truth(options, "with-deleted", with_deleted);
    put_truth(options, "again", again);
    return options->failed ? pb_fail(err, PB_LIMIT, PB_MSG("What is asked for is too long."), NULL)
                           : PB_OK;
}

static pb_status ask(http_request *request, http_response *response, bool dry_run, pb_error *err)
{
    PB_AUTO_BUF options = PB_BUF_INIT(12 << 10);
    service_depot *depot = NULL;
    service_deposit file;
    char id[37];
    PB_TRY(http_import_begin(request, response, none, &depot, err));
    PB_TRY(http_import_find(request, depot, &file, err));
    pb_uuid_text(file.id, id);
    service_job_put(&options, "upload", pb_str_c(id));
    put_truth(&options, "dry-run", dry_run);
    PB_TRY(read_wish(request, depot, file.id, &options, err));
    return http_job_accept(request, response, dry_run ? "import-check" : "import",
                           pb_buf_str(&options), err);
}

pb_status http_import_check(http_request *request, http_response *response, pb_error *err)
{
    return ask(request, response, true, err);
}

pb_status http_import_run(http_request *request, http_response *response, pb_error *err)
{
    return ask(request, response, false, err);
}
