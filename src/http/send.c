/* The answer as it goes out: the headers that every one has, and gzip where the client takes it. */
#include "head.h"
#include "server.h"

#include <microhttpd.h>
#include <zlib.h>

enum { WORTH_GZIP = 1024, GZIP_LEVEL = 5, GZIP_WINDOW = 15 + 16, GZIP_MEMORY = 8 };

static const char default_policy[] =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

static void add(struct MHD_Response *answer, const char *name, const char *value, bool *ok)
{
    *ok = *ok && MHD_add_response_header(answer, name, value) == MHD_YES;
}

/* What browsers are told of every answer (OWASP ASVS 3.4). */
static void add_safety(const http_exchange *exchange, struct MHD_Response *answer, bool *ok)
{
    const http_response *response = &exchange->response;
    /* Before its headers were read, a request is known by its connection alone. */
    if (exchange->request.secure || exchange->connection->session != NULL)
        add(answer, "Strict-Transport-Security", "max-age=31536000; includeSubDomains", ok);
    add(answer, "Content-Security-Policy",
        response->policy != NULL ? response->policy : default_policy, ok);
    add(answer, "X-Content-Type-Options", "nosniff", ok);
    add(answer, "X-Frame-Options", "DENY", ok);
    add(answer, "Referrer-Policy", "no-referrer", ok);
    add(answer, "Cross-Origin-Opener-Policy", "same-origin", ok);
    add(answer, "Cross-Origin-Resource-Policy", "same-origin", ok);
    add(answer, "Cache-Control",
        response->for_ever ? "public, max-age=31536000, immutable"
        : response->cached ? "private, no-cache"
                           : "no-store",
        ok);
    add(answer, "Vary", "Accept, Accept-Encoding, Accept-Language", ok);
    add(answer, "X-Request-Id", exchange->request.id, ok);
}

static void add_own(const http_exchange *exchange, struct MHD_Response *answer, bool *ok)
{
    const http_response *response = &exchange->response;
    for (size_t i = 0; i < response->header_count; i++) {
        const http_pair *header = &response->headers[i];
        char *value = pb_arena_cstr(exchange->request.arena, header->value);
        *ok = *ok && value != NULL;
        if (*ok)
            add(answer, header->name.ptr, value, ok);
    }
}

/* What was written in a language of its own, as a report, is not in the reader's. */
static bool says_language(const http_response *response)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (pb_str_is(response->headers[i].name, "Content-Language"))
            return true;
    return false;
}

static const char *type_of(const http_exchange *exchange)
{
    const http_response *response = &exchange->response;
    return response->type != NULL ? response->type : exchange->request.gives;
}

static bool is_text(const char *type)
{
    return strncmp(type, "text/", 5) == 0 || strstr(type, "json") != NULL ||
           strstr(type, "xml") != NULL || strstr(type, "javascript") != NULL;
}

/* The body in gzip; false leaves it as it is. */
static bool compress_body(pb_buf *body)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    pb_buf packed = PB_BUF_INIT(body->len);
    bool done = pb_buf_reserve(&packed, body->len - 1);
    if (done) {
        stream.next_in = (Bytef *)body->ptr;
        stream.avail_in = (uInt)body->len;
        stream.next_out = (Bytef *)packed.ptr;
        stream.avail_out = (uInt)(body->len - 1);
        done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
        packed.len = stream.total_out;
    }
    deflateEnd(&stream);
    if (done) {
        pb_buf_free(body);
        *body = packed;
    } else {
        pb_buf_free(&packed);
    }
    return done;
}

pb_str http_send_words(const http_response *response, pb_arena *arena)
{
    PB_AUTO_BUF text = PB_BUF_INIT(64 << 10);
    pb_buf_printf(&text,
                  "HTTP/1.1 %d %s\r\nConnection: close\r\nCache-Control: no-store\r\n"
                  "X-Content-Type-Options: nosniff\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                  "\r\n%.*s",
                  response->status, MHD_get_reason_phrase_for((unsigned)response->status),
                  response->type, response->body.len, PB_STR_FMT(pb_buf_str(&response->body)));
    return text.failed ? PB_STR_NONE : pb_arena_str(arena, pb_buf_str(&text));
}

/* The body goes to libmicrohttpd, which frees it when it is sent. */
static struct MHD_Response *give_body(pb_buf *body)
{
    struct MHD_Response *answer =
        body->len == 0
            ? MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT)
            : MHD_create_response_from_buffer(body->len, body->ptr, MHD_RESPMEM_MUST_FREE);
    if (answer == NULL || body->len == 0)
        pb_buf_free(body);
    *body = PB_BUF_INIT(body->max);
    return answer;
}

enum { PIECE = 64 << 10 };

static ssize_t give_piece(void *context, uint64_t position, char *to, size_t size)
{
    http_source *source = context;
    size_t len = 0;
    pb_error error = {0};
    (void)position;
    if (source->give(source->context, to, size, &len, &error) != PB_OK) {
        http_log_error("body.failed", &error);
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    return len > 0 ? (ssize_t)len : MHD_CONTENT_READER_END_OF_STREAM;
}

static void end_source(void *context)
{
    http_source *source = context;
    source->end(source->context);
    free(source);
}

static struct MHD_Response *give_source(http_source *source)
{
    http_source *kept = malloc(sizeof *kept);
    struct MHD_Response *answer;
    if (kept == NULL)
        return NULL;
    *kept = *source;
    answer = MHD_create_response_from_callback(kept->size, PIECE, give_piece, kept, end_source);
    if (answer == NULL)
        free(kept);
    else
        source->end = NULL;
    return answer;
}

struct MHD_Response *http_send_make(http_exchange *exchange)
{
    http_response *response = &exchange->response;
    const char *type = type_of(exchange);
    bool ok = true, packed = false,
         body = response->body.len > 0 || response->events != NULL ||
                response->source.end != NULL || response->lasting.len > 0;
    struct MHD_Response *answer;
    if (response->events != NULL) {
        answer = http_events_response(response->events, exchange->mhd);
        response->events = NULL;
    } else if (response->source.end != NULL) {
        answer = give_source(&response->source);
    } else if (response->lasting.len > 0) {
        answer = MHD_create_response_from_buffer(response->lasting.len,
                                                 (void *)(uintptr_t)response->lasting.ptr,
                                                 MHD_RESPMEM_PERSISTENT);
    } else {
        packed = response->body.len >= WORTH_GZIP && response->body.len <= UINT32_MAX &&
                 type != NULL && is_text(type) &&
                 http_takes_coding(http_request_header(&exchange->request, "Accept-Encoding"),
                                   PB_STR("gzip")) &&
                 compress_body(&response->body);
        answer = give_body(&response->body);
    }
    if (answer == NULL)
        return NULL;
    add_safety(exchange, answer, &ok);
    if (body)
        add(answer, "Content-Type", type != NULL ? type : "application/octet-stream", &ok);
    if (body && exchange->request.language != NULL && !says_language(response))
        add(answer, "Content-Language", exchange->request.language, &ok);
    if (packed || (body && response->coding != NULL))
        add(answer, "Content-Encoding", packed ? "gzip" : response->coding, &ok);
    if (exchange->close)
        add(answer, "Connection", "close", &ok);
    add_own(exchange, answer, &ok);
    if (ok)
        return answer;
    MHD_destroy_response(answer);
    return NULL;
}
