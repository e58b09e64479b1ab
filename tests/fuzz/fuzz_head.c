/* Fuzz target of the checks on a request's head: any bytes, split in place as libmicrohttpd does.
 *
 * Holds: checking ends; what is refused says why, with a status that says so; what passes is a head
 * by RFC 9112 read once more, strictly, from the bytes as they came: every line ends in CR LF, none
 * is folded, one Host, one length at most and none beside chunks; its path is text without dots.
 * Where a NUL came it cannot be told from a line's end once the head was split: the rest is held.
 */
/* fuzzes: http/head.c http/uri.c http/route.c */
#include "head.h"

#include "base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 4096, ROOM = MOST * MOST / 8 };

/* No route is looked for here. */
const http_route *const http_tables[] = {NULL};

static void hold(bool condition)
{
    if (!condition)
        abort();
}

/* ---- as libmicrohttpd splits ---- */

typedef struct split {
    char *at, *end; /* what is not read yet */
    char *room;     /* behind it, for what is put together */
    char *start, *method, *uri, *version;
    pb_str raw;
    http_pair headers[HTTP_HEADERS_MAX];
    size_t header_count;
} split;

/* The next line, NUL-terminated in place; NULL: it does not end. */
static char *next_line(split *s)
{
    char *line = s->at, *mark = line;
    while (mark < s->end && *mark != '\r' && *mark != '\n')
        mark++;
    if (mark + 1 >= s->end && (mark == s->end || *mark == '\r'))
        return NULL;
    s->at = mark + (mark[0] == '\r' && mark[1] == '\n' ? 2 : 1);
    memset(mark, '\0', (size_t)(s->at - mark));
    return line;
}

static bool split_first(split *s)
{
    do {
        s->start = s->method = next_line(s);
    } while (s->start != NULL && s->start[0] == '\0' && s->at < s->end);
    s->uri = s->start == NULL ? NULL : strchr(s->method, ' ');
    if (s->uri == NULL)
        return false;
    *s->uri++ = '\0';
    s->uri += strspn(s->uri, " ");
    s->version = strrchr(s->uri, ' ');
    if (s->version == NULL)
        return false;
    *s->version++ = '\0';
    s->raw = pb_str_c(s->uri);
    return true;
}

/* A line that begins with a blank belongs to the one before: both are put together elsewhere. */
static char *unfold(split *s, char *value)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t')) {
        char *more = next_line(s), *whole = s->room;
        if (more == NULL)
            break;
        more += strspn(more, " \t");
        size_t begun = strlen(value), added = strlen(more);
        memmove(whole, value, begun);
        memcpy(whole + begun, more, added + 1);
        s->room += begun + added + 1;
        value = whole;
    }
    return value;
}

static bool split_header(split *s, char *line)
{
    char *value = strchr(line, ':');
    if (value == NULL)
        return false;
    *value++ = '\0';
    value += strspn(value, " \t");
    value = unfold(s, value);
    if (s->header_count < HTTP_HEADERS_MAX)
        s->headers[s->header_count] = (http_pair){pb_str_c(line), pb_str_c(value)};
    s->header_count++;
    return true;
}

static bool split_head(split *s)
{
    if (!split_first(s))
        return false;
    for (char *line; (line = next_line(s)) != NULL;) {
        if (line[0] == '\0')
            return true;
        if (!split_header(s, line))
            return false;
    }
    return false;
}

/* ---- as RFC 9112 says ---- */

static void hold_strict(pb_str head)
{
    pb_str host = PB_STR("host:"), length = PB_STR("content-length:");
    pb_str coding = PB_STR("transfer-encoding:");
    size_t hosts = 0, lengths = 0, codings = 0, lines = 0;
    bool older = false;
    while (head.len > 0) {
        size_t end = pb_str_find(head, PB_STR("\r\n"));
        hold(end != SIZE_MAX);
        pb_str line = pb_str_sub(head, 0, end);
        head = pb_str_sub(head, end + 2, head.len);
        for (size_t i = 0; i < line.len; i++)
            hold(line.ptr[i] != '\r' && line.ptr[i] != '\n' && line.ptr[i] != '\0');
        if (lines++ == 0) {
            older = pb_str_ends(line, PB_STR(" HTTP/1.0"));
            hold(older || pb_str_ends(line, PB_STR(" HTTP/1.1")));
            continue;
        }
        hold((line.len == 0) == (head.len == 0));
        hold(line.len == 0 || (line.ptr[0] != ' ' && line.ptr[0] != '\t'));
        hosts += pb_str_eq_nocase(pb_str_sub(line, 0, host.len), host);
        lengths += pb_str_eq_nocase(pb_str_sub(line, 0, length.len), length);
        if (pb_str_eq_nocase(pb_str_sub(line, 0, coding.len), coding)) {
            pb_str named = pb_str_trim(pb_str_sub(line, coding.len, line.len));
            hold(!older && pb_str_eq_nocase(named, PB_STR("chunked")));
            codings++;
        }
    }
    hold(hosts == 1 || (hosts == 0 && older));
    hold(lengths <= 1 && codings <= 1 && lengths + codings <= 1);
}

static void hold_parsed(const http_request *request)
{
    hold(request->part_count <= HTTP_PARTS_MAX && request->query_count <= HTTP_QUERY_MAX);
    for (size_t i = 0; i < request->part_count; i++) {
        pb_str part = request->parts[i];
        hold(pb_utf8_valid(part) && !pb_str_is(part, ".") && !pb_str_is(part, ".."));
        hold(part.len == 0 || memchr(part.ptr, '\0', part.len) == NULL);
    }
    for (size_t i = 0; i < request->query_count; i++)
        hold(pb_utf8_valid(request->query[i].name) && pb_utf8_valid(request->query[i].value));
}

static void check(const http_head *head, pb_str came)
{
    static const int known[] = {400, 413, 414, 417, 431, 501, 505};
    http_request *request = calloc(1, sizeof *request);
    pb_error err = {0};
    uint64_t body = 0;
    hold(request != NULL && (request->arena = pb_arena_new(1 << 20)) != NULL);
    int refused = http_head_check(head, &body, &err);
    if (refused == 0) {
        if (memchr(came.ptr, '\0', came.len) == NULL)
            hold_strict(came);
        hold(body <= INT64_MAX || body == HTTP_BODY_CHUNKED);
        refused = http_head_parse(head, request, &err);
        if (refused == 0)
            hold_parsed(request);
    }
    bool said = refused == 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        said = said || (refused == known[i] && err.primary.id != NULL);
    hold(said);
    pb_arena_free(request->arena);
    free(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > MOST)
        return 0;
    char *bytes = calloc(1, ROOM), *came = malloc(size);
    hold(bytes != NULL && came != NULL);
    memcpy(bytes, data, size);
    memcpy(came, data, size);
    split s = {.at = bytes, .end = bytes + size, .room = bytes + size + 1};
    if (split_head(&s)) {
        http_head head = {.start = s.start,
                          .size = (size_t)(s.at - s.start),
                          .method = s.method,
                          .uri = s.uri,
                          .raw = s.raw,
                          .version = s.version,
                          .headers = s.headers,
                          .header_count = s.header_count};
        check(&head, pb_str_n(came + (s.start - bytes), head.size));
    }
    free(came);
    free(bytes);
    return 0;
}
