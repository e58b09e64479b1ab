#include "s3_place.h"

#include "sys/environment.h"
#include "sys/file.h"

static pb_status bad_place(const char *place, pb_error *err)
{
    pb_fail(err, PB_USAGE, PB_MSG("{place} is no place of S3 storage."), "place", place, NULL);
    pb_error_hint(err,
                  PB_MSG("Write it as s3://BUCKET/PREFIX?endpoint=https://HOST&region=NAME; "
                         "endpoint and region may be left out for Amazon."),
                  NULL);
    return PB_USAGE;
}

/* ---- keys ---- */

static pb_status no_keys(pb_error *err)
{
    pb_fail(err, PB_DENIED, PB_MSG("There are no keys for S3 storage."), NULL);
    pb_error_hint(err,
                  PB_MSG("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a file (mode "
                         "600) with these lines in PROBITY_S3_KEYS."),
                  NULL);
    return PB_DENIED;
}

/* Lines NAME=VALUE; others are passed over. */
static pb_status keys_from_file(const char *path, pb_arena *arena, sigv4_keys *keys, pb_error *err)
{
    static const struct {
        const char *name;
        size_t offset;
    } names[] = {{"AWS_ACCESS_KEY_ID", offsetof(sigv4_keys, id)},
                 {"AWS_SECRET_ACCESS_KEY", offsetof(sigv4_keys, secret)},
                 {"AWS_SESSION_TOKEN", offsetof(sigv4_keys, token)}};
    PB_AUTO_BUF text = PB_BUF_INIT(65536);
    unsigned mode;
    bool own;
    PB_TRY(sys_path_mode(path, &mode, &own, err));
    if ((mode & 077) != 0 || !own) {
        pb_fail(err, PB_DENIED, PB_MSG("The key file {path} can be read by others."), "path", path,
                NULL);
        pb_error_hint(err, PB_MSG("chmod 600 {path}"), "path", path, NULL);
        return PB_DENIED;
    }
    PB_TRY(sys_file_read(path, 60000, &text, err));
    pb_str rest = pb_buf_str(&text), line;
    while (pb_str_split(&rest, '\n', &line)) {
        size_t equals = pb_str_index(line, '=');
        pb_str name = pb_str_trim(pb_str_sub(line, 0, equals));
        for (size_t i = 0; i < 3; i++)
            if (pb_str_is(name, names[i].name))
                *(pb_str *)(void *)((char *)keys + names[i].offset) =
                    pb_arena_str(arena, pb_str_trim(pb_str_sub(line, equals + 1, line.len)));
    }
    return keys->id.len > 0 && keys->secret.len > 0 ? PB_OK : no_keys(err);
}

static pb_status read_keys(pb_arena *arena, sigv4_keys *keys, pb_error *err)
{
    const char *id = sys_getenv("AWS_ACCESS_KEY_ID");
    const char *secret = sys_getenv("AWS_SECRET_ACCESS_KEY");
    const char *file = sys_getenv("PROBITY_S3_KEYS");
    if (id == NULL || secret == NULL)
        return file != NULL ? keys_from_file(file, arena, keys, err) : no_keys(err);
    keys->id = pb_str_c(id);
    keys->secret = pb_str_c(secret);
    keys->token = pb_str_c(sys_getenv("AWS_SESSION_TOKEN"));
    return PB_OK;
}

/* ---- the place ---- */

typedef struct parts {
    pb_str bucket, prefix, endpoint, region, style;
} parts;

static bool split(const char *place, parts *p)
{
    pb_str rest = pb_str_sub(pb_str_c(place), strlen("s3://"), SIZE_MAX);
    size_t mark = pb_str_index(rest, '?');
    pb_str options = mark < rest.len ? pb_str_sub(rest, mark + 1, rest.len) : PB_STR_NONE;
    pb_str path = pb_str_sub(rest, 0, mark), option;
    size_t slash = pb_str_index(path, '/');
    *p = (parts){.bucket = pb_str_sub(path, 0, slash), .region = PB_STR("us-east-1")};
    p->prefix = slash < path.len ? pb_str_sub(path, slash + 1, path.len) : PB_STR("");
    while (p->prefix.len > 0 && p->prefix.ptr[p->prefix.len - 1] == '/')
        p->prefix.len--;
    while (pb_str_split(&options, '&', &option)) {
        size_t equals = pb_str_index(option, '=');
        pb_str name = pb_str_sub(option, 0, equals);
        pb_str value = pb_str_sub(option, equals + 1, option.len);
        if (pb_str_is(name, "endpoint"))
            p->endpoint = value;
        else if (pb_str_is(name, "region"))
            p->region = value;
        else if (pb_str_is(name, "style"))
            p->style = value;
        else
            return false;
    }
    while (p->endpoint.len > 0 && p->endpoint.ptr[p->endpoint.len - 1] == '/')
        p->endpoint.len--;
    bool http = pb_str_starts(p->endpoint, PB_STR("https://")) ||
                pb_str_starts(p->endpoint, PB_STR("http://"));
    bool style = p->style.ptr == NULL || pb_str_is(p->style, "path") || pb_str_is(p->style, "host");
    return p->bucket.len > 0 && p->region.len > 0 && style && (p->endpoint.ptr == NULL || http);
}

static const char *encoded(pb_arena *arena, const char *first, pb_str bucket, pb_str prefix)
{
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    pb_buf_addc(&out, first);
    sigv4_encode(bucket, false, &out);
    if (prefix.len > 0) {
        pb_buf_byte(&out, '/');
        sigv4_encode(prefix, true, &out);
    }
    return out.failed ? NULL : pb_arena_cstr(arena, pb_buf_str(&out));
}

pb_status s3_place_read(const char *place, pb_arena *arena, s3_place *ret_place, pb_error *err)
{
    parts p;
    s3_place made = {0};
    if (!split(place, &p))
        return bad_place(place, err);
    PB_TRY(read_keys(arena, &made.keys, err));
    /* Amazon wants the bucket in the name of the host, other servers mostly in the path. */
    bool host_style = p.style.ptr != NULL ? pb_str_is(p.style, "host") : p.endpoint.ptr == NULL;
    const char *endpoint =
        p.endpoint.ptr != NULL
            ? pb_arena_cstr(arena, p.endpoint)
            : pb_arena_printf(arena, "https://s3.%.*s.amazonaws.com", PB_STR_FMT(p.region));
    if (endpoint == NULL)
        return pb_fail_memory(err);
    const char *host = strstr(endpoint, "://") + 3;
    int scheme = (int)(host - endpoint);
    made.host = host_style ? pb_arena_printf(arena, "%.*s.%s", PB_STR_FMT(p.bucket), host) : host;
    made.endpoint =
        pb_arena_printf(arena, "%.*s%s", scheme, endpoint, made.host != NULL ? made.host : "");
    made.region = pb_arena_cstr(arena, p.region);
    made.root = host_style ? (p.prefix.len > 0 ? encoded(arena, "", PB_STR(""), p.prefix) : "")
                           : encoded(arena, "/", p.bucket, p.prefix);
    made.bucket_path = host_style ? "/" : encoded(arena, "/", p.bucket, PB_STR(""));
    made.prefix = p.prefix.len > 0 ? pb_arena_printf(arena, "%.*s/", PB_STR_FMT(p.prefix)) : "";
    if (made.host == NULL || made.endpoint == NULL || made.region == NULL || made.root == NULL ||
        made.bucket_path == NULL || made.prefix == NULL)
        return pb_fail_memory(err);
    *ret_place = made;
    return PB_OK;
}
