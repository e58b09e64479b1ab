/* What answers are made of: headers, tags of versions, problems. */
#include "route.h"
#include "server.h"

void http_response_header(http_response *response, const char *name, pb_str value)
{
    if (response->header_count < HTTP_RESPONSE_HEADERS)
        response->headers[response->header_count++] = (http_pair){pb_str_c(name), value};
    else
        response->body.failed = true; /* an answer that lacks a header is no answer */
}

/* Whether a tag stands in the list of If-Match or If-None-Match; a weak one counts where `weak`. */
static bool tag_listed(pb_str list, pb_str tag, bool weak)
{
    pb_str one;
    if (pb_str_is(pb_str_trim(list), "*"))
        return true;
    while (pb_str_split(&list, ',', &one)) {
        one = pb_str_trim(one);
        if (pb_str_starts(one, PB_STR("W/"))) {
            if (!weak)
                continue;
            one = pb_str_sub(one, 2, one.len);
        }
        if (one.len == tag.len + 2 && one.ptr[0] == '"' && one.ptr[one.len - 1] == '"' &&
            pb_str_eq(pb_str_sub(one, 1, tag.len), tag))
            return true;
    }
    return false;
}

bool http_response_fresh(const http_request *request, http_response *response, pb_str tag)
{
    pb_str known = http_request_header(request, "If-None-Match");
    const char *quoted = pb_arena_printf(response->arena, "\"%.*s\"", PB_STR_FMT(tag));
    if (quoted == NULL) {
        response->body.failed = true;
        return false;
    }
    http_response_header(response, "ETag", pb_str_c(quoted));
    if (known.ptr == NULL || !tag_listed(known, tag, true))
        return false;
    response->status = 304;
    pb_buf_clear(&response->body);
    return true;
}

pb_status http_request_match(const http_request *request, http_response *response, pb_str tag,
                             bool required, pb_error *err)
{
    pb_str wanted = http_request_header(request, "If-Match");
    if (wanted.ptr == NULL && !required)
        return PB_OK;
    if (wanted.ptr == NULL) {
        response->status = 428;
        pb_fail(err, PB_USAGE, PB_MSG("The request does not say which version it changes."), NULL);
        pb_error_hint(err, PB_MSG("Read what is to be changed, and send its ETag as If-Match."),
                      NULL);
        return PB_USAGE;
    }
    if (tag_listed(wanted, tag, false))
        return PB_OK;
    response->status = 412;
    pb_fail(err, PB_CONFLICT, PB_MSG("It was changed since: this is no longer version {value}."),
            "value", PB_ARG(wanted), NULL);
    pb_error_hint(err, PB_MSG("Read it anew, look at what changed, and send the new ETag."), NULL);
    return PB_CONFLICT;
}

/* `urn:probity:problem:not-found`: what programs tell problems apart by. */
static void put_type(pb_buf *out, pb_status status)
{
    pb_buf_addc(out, "urn:probity:problem:");
    for (const char *c = pb_status_name(status); *c != '\0'; c++)
        pb_buf_byte(out, *c == '_' ? '-' : (char)(*c | 0x20));
}

static void put_part(pb_json *json, const char *key, const pb_error *error, const pb_msg *part,
                     const pb_catalog *catalog)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    pb_error_render(error, part, catalog, &text);
    if (text.len > 0)
        pb_json_member(json, key, pb_buf_str(&text));
}

/* What went wrong on this side is for the log: a client learns no path, statement or setting. */
static void put_fault(pb_json *json, const http_request *request, const pb_error *error)
{
    http_log_fault(request, error);
    pb_json_member(json, "title",
                   pb_str_c(pb_translate(request->catalog, PB_MSG("The server failed."))));
    pb_json_member_i64(json, "status", 500);
    pb_json_member(json, "hint",
                   pb_str_c(pb_translate(request->catalog,
                                         PB_MSG("Who runs it finds in its log, under the number "
                                                "of this request, what happened."))));
}

static void put_refusal(pb_json *json, const http_request *request, int status,
                        const pb_error *error)
{
    static const char *const named[] = {"field", "value", "entity"};
    put_part(json, "title", error, &error->primary, request->catalog);
    pb_json_member_i64(json, "status", status);
    put_part(json, "detail", error, &error->detail, request->catalog);
    put_part(json, "hint", error, &error->hint, request->catalog);
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        pb_str value = pb_error_arg(error, named[i]);
        if (value.ptr != NULL)
            pb_json_member(json, named[i], value);
    }
}

void http_problem(const http_request *request, http_response *response, int http_status,
                  const pb_error *error)
{
    PB_AUTO_BUF type = PB_BUF_INIT(200);
    pb_json json;
    put_type(&type, error->status);
    pb_buf_clear(&response->body);
    response->status = http_status != 0 ? http_status : pb_status_http(error->status);
    response->type = "application/problem+json";
    response->cached = response->for_ever = false;
    response->lasting = PB_STR_NONE;
    response->coding = NULL;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member(&json, "type", pb_buf_str(&type));
    if (response->status == 500)
        put_fault(&json, request, error);
    else
        put_refusal(&json, request, response->status, error);
    pb_json_member(&json, "request", pb_str_c(request->id));
    pb_json_object_end(&json);
}
