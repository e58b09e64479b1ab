/* The head of a request: RFC 9112 (HTTP/1.1), sections 2.2, 3, 5.1, 5.2, 6.3; RFC 3986 for the URI.
 */
#include "head.h"

static int refuse(int http_status, const char *says, pb_str value, pb_error *err)
{
    pb_fail(err, http_status == 413 ? PB_LIMIT : PB_USAGE, PB_MSG("The request was refused."),
            NULL);
    if (value.ptr != NULL)
        pb_error_detail(err, says, "value", PB_ARG(value), NULL);
    else
        pb_error_detail(err, says, NULL);
    return http_status;
}

static bool is_token(pb_str s)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (c != '\0' && strchr(marks, c) != NULL)))
            return false;
    }
    return s.len > 0;
}

static bool is_field_value(pb_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (((unsigned char)s.ptr[i] < 0x20 && s.ptr[i] != '\t') || s.ptr[i] == 0x7f)
            return false;
    return true;
}

/* Each line ended in CR LF when the next text begins two bytes behind the end of this one: one byte
 * behind it after a bare LF, elsewhere after a NUL or a folded line. */
static int check_lines(const http_head *head, pb_error *err)
{
    const char *end = head->start + head->size;
    const char *at = head->version + strlen(head->version) + 2;
    bool well = head->method == head->start &&
                head->uri == head->method + strlen(head->method) + 1 &&
                head->version == head->uri + head->raw.len + 1;
    for (size_t i = 0; well && i < head->header_count; i++) {
        const http_pair *header = &head->headers[i];
        well = header->name.ptr == at && header->value.ptr > at && header->value.ptr < end;
        well = well && at[-1] == '\0';
        at = header->value.ptr + header->value.len + 2;
    }
    if (well && at + 2 == end && at[-1] == '\0' && end[-2] == '\0' && end[-1] == '\0')
        return 0;
    return refuse(400,
                  PB_MSG("Lines end in CR LF and nothing else, hold no NUL, and are not folded."),
                  PB_STR_NONE, err);
}

static int check_headers(const http_head *head, pb_error *err)
{
    for (size_t i = 0; i < head->header_count; i++) {
        if (!is_token(head->headers[i].name))
            return refuse(400, PB_MSG("“{value}” is no name of a header."), head->headers[i].name,
                          err);
        if (!is_field_value(head->headers[i].value))
            return refuse(400, PB_MSG("The header {value} holds a control character."),
                          head->headers[i].name, err);
    }
    return 0;
}

/* How many headers have that name; `*ret_value`: the last of them. */
static size_t count_of(const http_head *head, const char *name, pb_str *ret_value)
{
    size_t count = 0;
    for (size_t i = 0; i < head->header_count; i++)
        if (pb_str_eq_nocase(head->headers[i].name, pb_str_c(name))) {
            *ret_value = head->headers[i].value;
            count++;
        }
    return count;
}

static bool is_host(pb_str host)
{
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (c != '\0' && strchr("-._~:[]%", c) != NULL)))
            return false;
    }
    return host.len > 0;
}

static int check_host(const http_head *head, pb_error *err)
{
    pb_str host = PB_STR_NONE;
    size_t count = count_of(head, "Host", &host);
    if (count > 1)
        return refuse(400, PB_MSG("There is more than one Host header."), PB_STR_NONE, err);
    if (count == 0 && pb_str_is(pb_str_c(head->version), "HTTP/1.1"))
        return refuse(400, PB_MSG("The header Host is missing."), PB_STR_NONE, err);
    if (count == 1 && !is_host(host))
        return refuse(400, PB_MSG("“{value}” is no name of a host."), host, err);
    return 0;
}

/* Only the word itself: what libmicrohttpd does not take for “chunked”, such as a blank behind it,
 * it would read to the end of the connection (RFC 9112 6.1, 6.3). */
static int check_coding(const http_head *head, size_t codings, pb_str coding, pb_error *err)
{
    if (codings > 1)
        return refuse(400, PB_MSG("There is more than one Transfer-Encoding header."), PB_STR_NONE,
                      err);
    if (!pb_str_is(pb_str_c(head->version), "HTTP/1.1"))
        return refuse(400, PB_MSG("HTTP/1.0 has no Transfer-Encoding: send a Content-Length."),
                      PB_STR_NONE, err);
    if (!pb_str_eq_nocase(coding, PB_STR("chunked")))
        return refuse(501,
                      PB_MSG("The Transfer-Encoding “{value}” is not read here: chunked alone is."),
                      coding, err);
    return 0;
}

static int check_length(const http_head *head, uint64_t *ret_body, pb_error *err)
{
    pb_str length = PB_STR_NONE, coding = PB_STR_NONE;
    size_t lengths = count_of(head, "Content-Length", &length);
    size_t codings = count_of(head, "Transfer-Encoding", &coding);
    int64_t bytes = 0;
    if (lengths > 1)
        return refuse(400, PB_MSG("There is more than one Content-Length header."), PB_STR_NONE,
                      err);
    if (lengths == 1 && codings > 0)
        return refuse(400, PB_MSG("Content-Length and Transfer-Encoding stand side by side."),
                      PB_STR_NONE, err);
    if (codings > 0) {
        *ret_body = HTTP_BODY_CHUNKED;
        return check_coding(head, codings, coding, err);
    }
    for (size_t i = 0; i < length.len; i++)
        if (length.ptr[i] < '0' || length.ptr[i] > '9')
            return refuse(400, PB_MSG("“{value}” is no Content-Length."), length, err);
    if (lengths == 1 && length.len == 0)
        return refuse(400, PB_MSG("“{value}” is no Content-Length."), length, err);
    if (lengths == 1 && !pb_str_to_i64(length, &bytes))
        return refuse(413, PB_MSG("A body of {value} bytes is too large."), length, err);
    *ret_body = (uint64_t)bytes;
    return 0;
}

int http_head_check(const http_head *head, uint64_t *ret_body, pb_error *err)
{
    pb_str version = pb_str_c(head->version), expect = PB_STR_NONE;
    int refused;
    if (head->raw.len > HTTP_URI_MAX)
        return refuse(414, PB_MSG("The address is too long."), PB_STR_NONE, err);
    if (head->header_count > HTTP_HEADERS_MAX || head->size > HTTP_HEAD_MAX)
        return refuse(431, PB_MSG("The headers are too many or too long."), PB_STR_NONE, err);
    if (!pb_str_is(version, "HTTP/1.1") && !pb_str_is(version, "HTTP/1.0"))
        return refuse(pb_str_starts(version, PB_STR("HTTP/")) ? 505 : 400,
                      PB_MSG("“{value}” is not spoken here: HTTP/1.1 is."), version, err);
    if ((refused = check_lines(head, err)) != 0 || (refused = check_headers(head, err)) != 0 ||
        (refused = check_host(head, err)) != 0 ||
        (refused = check_length(head, ret_body, err)) != 0)
        return refused;
    if (count_of(head, "Expect", &expect) > 0 &&
        !pb_str_eq_nocase(pb_str_trim(expect), PB_STR("100-continue")))
        return refuse(417, PB_MSG("“{value}” cannot be expected here."), expect, err);
    return 0;
}
