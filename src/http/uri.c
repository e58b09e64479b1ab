/* The address of a request, taken apart: RFC 3986, RFC 9112 3.2. */
#include "base/utf8.h"
#include "head.h"

static int refuse(const char *says, pb_str value, pb_error *err)
{
    pb_fail(err, PB_USAGE, PB_MSG("The request was refused."), NULL);
    if (value.ptr != NULL)
        pb_error_detail(err, says, "value", PB_ARG(value), NULL);
    else
        pb_error_detail(err, says, NULL);
    return 400;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decoded, valid UTF-8 without control characters. In a query `+` is a blank. */
static int decode(pb_str raw, bool query, pb_arena *arena, pb_str *ret_text, pb_error *err)
{
    char *text = pb_arena_alloc(arena, raw.len + 1);
    size_t length = 0;
    if (text == NULL) {
        pb_fail_memory(err);
        return 503;
    }
    for (size_t i = 0; i < raw.len; i++) {
        int high = raw.ptr[i] == '%' && i + 2 < raw.len ? digit(raw.ptr[i + 1]) : -1;
        int low = high >= 0 ? digit(raw.ptr[i + 2]) : -1;
        char c = raw.ptr[i] == '+' && query ? ' ' : raw.ptr[i];
        if (c == '%') {
            if (low < 0)
                return refuse(
                    PB_MSG("“%” stands before two hexadecimal digits, unlike in “{value}”."), raw,
                    err);
            c = (char)(high * 16 + low);
            i += 2;
        }
        /* Line ends and tabs are text in a query; a NUL is text nowhere. */
        if (((unsigned char)c < 0x20 && !(query && (c == '\n' || c == '\r' || c == '\t'))) ||
            c == 0x7f)
            return refuse(PB_MSG("There is a control character in “{value}”."), raw, err);
        text[length++] = c;
    }
    *ret_text = pb_str_n(text, length);
    return pb_utf8_valid(*ret_text) ? 0 : refuse(PB_MSG("“{value}” is not in UTF-8."), raw, err);
}

static int parse_path(pb_str path, http_request *request, pb_error *err)
{
    pb_str rest = pb_str_sub(path, 1, path.len), one;
    request->part_count = 0;
    if (rest.len == 0)
        return 0;
    while (pb_str_split(&rest, '/', &one)) {
        pb_str text = PB_STR_NONE;
        if (request->part_count == HTTP_PARTS_MAX)
            return refuse(PB_MSG("The path “{value}” has too many parts."), path, err);
        int refused = decode(one, false, request->arena, &text, err);
        if (refused != 0)
            return refused;
        if (pb_str_is(text, ".") || pb_str_is(text, ".."))
            return refuse(PB_MSG("The path “{value}” leads through “.” or “..”."), path, err);
        request->parts[request->part_count++] = text;
    }
    return 0;
}

int http_form_parse(pb_str text, pb_arena *arena, http_pair *pairs, size_t *ret_count,
                    pb_error *err)
{
    pb_str one;
    *ret_count = 0;
    while (pb_str_split(&text, '&', &one)) {
        size_t mark = pb_str_index(one, '=');
        http_pair pair = {PB_STR_NONE, PB_STR_NONE};
        if (one.len == 0)
            continue;
        if (*ret_count == HTTP_QUERY_MAX)
            return refuse(PB_MSG("The address has too many parameters."), PB_STR_NONE, err);
        int refused = decode(pb_str_sub(one, 0, mark), true, arena, &pair.name, err);
        if (refused == 0)
            refused = decode(pb_str_sub(one, mark + 1, one.len), true, arena, &pair.value, err);
        if (refused != 0)
            return refused;
        pairs[(*ret_count)++] = pair;
    }
    return 0;
}

/* The part of an absolute address (`https://host/path`) behind the host, which is to be the one
 * that the header names. */
static bool strip_host(pb_str *uri, pb_str host)
{
    size_t scheme = pb_str_find(*uri, PB_STR("://"));
    if (scheme == SIZE_MAX)
        return false;
    pb_str name = pb_str_sub(*uri, 0, scheme), rest = pb_str_sub(*uri, scheme + 3, uri->len);
    size_t slash = pb_str_index(rest, '/');
    if ((!pb_str_eq_nocase(name, PB_STR("http")) && !pb_str_eq_nocase(name, PB_STR("https"))) ||
        !pb_str_eq_nocase(pb_str_sub(rest, 0, slash), host) || slash == rest.len)
        return false;
    *uri = pb_str_sub(rest, slash, rest.len);
    return true;
}

static pb_str host_of(const http_head *head)
{
    for (size_t i = 0; i < head->header_count; i++)
        if (pb_str_eq_nocase(head->headers[i].name, PB_STR("Host")))
            return head->headers[i].value;
    return PB_STR_NONE;
}

static http_method method_of(const char *name)
{
    for (unsigned method = HTTP_GET; method <= HTTP_OPTIONS; method <<= 1)
        if (strcmp(name, http_method_name(method)) == 0)
            return (http_method)method;
    return 0;
}

int http_head_parse(const http_head *head, http_request *request, pb_error *err)
{
    pb_str uri = head->raw;
    request->method = method_of(head->method);
    if (request->method == 0) {
        refuse(PB_MSG("“{value}” is no method that is known here."), pb_str_c(head->method), err);
        return 501;
    }
    for (size_t i = 0; i < uri.len; i++)
        if (uri.ptr[i] <= 0x20 || uri.ptr[i] >= 0x7f || strchr("#\\\"<>", uri.ptr[i]) != NULL)
            return refuse(PB_MSG("There is a character in “{value}” that no address has; write it "
                                 "with “%”."),
                          uri, err);
    if (request->method == HTTP_OPTIONS && pb_str_is(uri, "*"))
        uri = PB_STR("/");
    if (!pb_str_starts(uri, PB_STR("/")) && !strip_host(&uri, host_of(head)))
        return refuse(PB_MSG("“{value}” is no address of this server."), uri, err);
    size_t mark = pb_str_index(uri, '?');
    int refused = parse_path(pb_str_sub(uri, 0, mark), request, err);
    return refused != 0
               ? refused
               : http_form_parse(mark < uri.len ? pb_str_sub(uri, mark + 1, uri.len) : PB_STR_NONE,
                                 request->arena, request->query, &request->query_count, err);
}
