/* URLs of databases: scheme://user:password@host:port/database?option=value (RFC 3986).
 *
 * The text is a secret as long as it may hold a password: messages name parts of it only.
 */
#include "internal.h"

#include "sys/environment.h"

enum { URL_BYTES = 4096 };

static const char *const schemes[] = {"postgres://", "postgresql://", "mysql://", "mariadb://"};

static size_t scheme_of(const char *path)
{
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (pb_str_starts(pb_str_c(path), pb_str_c(schemes[i])))
            return i;
    return SIZE_MAX;
}

bool live_is_url(const char *path)
{
    return path != NULL && scheme_of(path) != SIZE_MAX;
}

/* The part between scheme and the next `/` or `?`, and where user and host part in it. */
typedef struct url_parts {
    pb_str login, server, rest; /* login absent: none */
} url_parts;

static url_parts take_apart(pb_str text, size_t scheme)
{
    text = pb_str_sub(text, strlen(schemes[scheme]), text.len);
    size_t at = 0, end = 0;
    /* A password may hold marks that should have been escaped: the last @ of all ends it, so that
     * no part of it is taken for something that may be shown. */
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '@')
            at = i + 1;
    for (end = at; end < text.len && text.ptr[end] != '/' && text.ptr[end] != '?';)
        end++;
    return (url_parts){at == 0 ? PB_STR_NONE : pb_str_sub(text, 0, at - 1),
                       pb_str_sub(text, at, end - at), pb_str_sub(text, end, text.len)};
}

char *live_shown(const char *path, pb_arena *arena)
{
    size_t scheme = scheme_of(path);
    if (scheme == SIZE_MAX)
        return pb_arena_cstr(arena, pb_str_c(path));
    url_parts parts = take_apart(pb_str_c(path), scheme);
    pb_str user = pb_str_sub(parts.login, 0, pb_str_index(parts.login, ':'));
    return pb_arena_printf(arena, "%s%.*s%s%s%.*s%.*s", schemes[scheme], PB_STR_FMT(user),
                           user.len < parts.login.len ? ":***" : "",
                           parts.login.ptr == NULL ? "" : "@", PB_STR_FMT(parts.server),
                           PB_STR_FMT(parts.rest));
}

/* --- parts --- */

typedef struct decoding {
    pb_arena *arena;
    bool memory, malformed; /* what went wrong */
} decoding;

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Percent-decoded; NULL for an empty text and when something went wrong. */
static const char *decode(decoding *d, pb_str text)
{
    if (text.len == 0)
        return NULL;
    char *out = pb_arena_alloc(d->arena, text.len + 1);
    d->memory = d->memory || out == NULL;
    size_t used = 0;
    for (size_t i = 0; out != NULL && i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            int high = i + 2 < text.len ? hex(text.ptr[i + 1]) : -1;
            int low = i + 2 < text.len ? hex(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0 || high + low == 0) {
                d->malformed = true;
                return NULL;
            }
            c = (char)(high * 16 + low);
            i += 2;
        }
        out[used++] = c;
    }
    return out;
}

static pb_status bad_url(pb_error *err, const char *shown, const char *says)
{
    pb_fail(err, PB_USAGE, PB_MSG("{path} is not the address of a database"), "path", shown, NULL);
    pb_error_detail(err, says, NULL);
    pb_error_hint(err,
                  PB_MSG("Write postgres://USER@HOST/DATABASE or mariadb://USER@HOST/DATABASE; "
                         "other marks than letters and digits as % and two hexadecimal digits"),
                  NULL);
    return PB_USAGE;
}

/* `host`, `host:port`, `[::1]:port`. False: neither. */
static bool read_server(decoding *d, pb_str text, live_url *url)
{
    pb_str host, port;
    if (text.len > 0 && text.ptr[0] == '[') {
        size_t close = pb_str_index(text, ']');
        if (close == text.len)
            return false;
        host = pb_str_sub(text, 1, close - 1);
        pb_str behind = pb_str_sub(text, close + 1, text.len);
        if (behind.len > 0 && behind.ptr[0] != ':')
            return false;
        port = pb_str_sub(behind, behind.len > 0, behind.len);
    } else {
        size_t colon = pb_str_index(text, ':');
        host = pb_str_sub(text, 0, colon);
        port = pb_str_sub(text, colon + (colon < text.len), text.len);
    }
    int64_t number = 1;
    if (port.len > 0 && (!pb_str_to_i64(port, &number) || number < 1 || number > 65535))
        return false;
    url->host = decode(d, host);
    url->port = decode(d, port);
    /* libpq takes a list of hosts, of which the checks here would see one */
    return url->host == NULL || strchr(url->host, ',') == NULL;
}

static bool read_option(decoding *d, pb_str text, live_url *url)
{
    const struct {
        const char *name;
        const char **place;
    } known[] = {{"host", &url->socket},      {"socket", &url->socket},
                 {"sslmode", &url->sslmode},  {"sslrootcert", &url->sslrootcert},
                 {"sslcert", &url->sslcert},  {"sslkey", &url->sslkey},
                 {"timezone", &url->timezone}};
    pb_str name = pb_str_sub(text, 0, pb_str_index(text, '='));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (pb_str_is(name, known[i].name)) {
            *known[i].place = decode(d, pb_str_sub(text, name.len + 1, text.len));
            return *known[i].place != NULL;
        }
    return false;
}

static bool read_rest(decoding *d, pb_str rest, live_url *url)
{
    size_t mark = pb_str_index(rest, '?');
    pb_str options = mark < rest.len ? pb_str_sub(rest, mark + 1, rest.len) : PB_STR_NONE, one;
    url->database = decode(d, pb_str_sub(rest, 1, mark > 0 ? mark - 1 : 0));
    while (pb_str_split(&options, '&', &one))
        if (!read_option(d, one, url))
            return false;
    return true;
}

/* --- what may be --- */

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
           strcmp(host, "::1") == 0;
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static pb_status check_encryption(live_url *url, pb_error *err)
{
    static const char *const weak[] = {"disable", "allow", "prefer", NULL};
    static const char *const strong[] = {"require", "verify-ca", "verify-full", NULL};
    const char *elsewhere = url->postgres ? sys_getenv("PGHOSTADDR") : NULL;
    url->local = (url->socket != NULL || is_loopback(url->host)) &&
                 (elsewhere == NULL || is_loopback(elsewhere));
    if (url->sslmode == NULL)
        url->sslmode = url->local ? "prefer" : "require";
    if (is_one_of(url->sslmode, strong) || (url->local && is_one_of(url->sslmode, weak)))
        return PB_OK;
    if (is_one_of(url->sslmode, weak)) {
        pb_fail(err, PB_DENIED,
                PB_MSG("{host} is another machine: what it says must be encrypted on its way"),
                "host", url->host, NULL);
        pb_error_detail(err, PB_MSG("sslmode={value} allows a connection without encryption"),
                        "value", url->sslmode, NULL);
        pb_error_hint(err, PB_MSG("Leave sslmode out, or write sslmode=verify-full"), NULL);
        return PB_DENIED;
    }
    pb_fail(err, PB_USAGE, PB_MSG("There is no sslmode “{value}”"), "value", url->sslmode, NULL);
    pb_error_hint(err, PB_MSG("Write one of: prefer, require, verify-ca, verify-full"), NULL);
    return PB_USAGE;
}

/* An option `host` may name a machine as well as a socket. */
static void place_host(live_url *url)
{
    if (url->socket != NULL && url->socket[0] != '/') {
        url->host = url->socket;
        url->socket = NULL;
    }
    if (url->host != NULL && url->host[0] == '/') {
        url->socket = url->host;
        url->host = NULL;
    }
    if (url->host == NULL && url->socket == NULL)
        url->host = "localhost";
}

pb_status live_url_parse(const char *text, pb_arena *arena, live_url *ret, pb_error *err)
{
    size_t scheme = scheme_of(text);
    if (scheme == SIZE_MAX)
        return bad_url(err, "", PB_MSG("It begins with none of the known words"));
    char *shown = live_shown(text, arena);
    if (shown == NULL)
        return pb_fail_memory(err);
    if (strlen(text) > URL_BYTES)
        return bad_url(err, schemes[scheme], PB_MSG("It is too long"));
    url_parts parts = take_apart(pb_str_c(text), scheme);
    decoding d = {.arena = arena};
    live_url url = {.postgres = scheme < 2};
    size_t colon = pb_str_index(parts.login, ':');
    url.user = decode(&d, pb_str_sub(parts.login, 0, colon));
    if (colon < parts.login.len)
        url.password = decode(&d, pb_str_sub(parts.login, colon + 1, parts.login.len));
    bool server = read_server(&d, parts.server, &url);
    bool rest = read_rest(&d, parts.rest, &url);
    if (d.memory)
        return pb_fail_memory(err);
    if (d.malformed)
        return bad_url(err, shown, PB_MSG("A % is not followed by two hexadecimal digits"));
    if (!server)
        return bad_url(err, shown, PB_MSG("Its host or port cannot be read"));
    if (!rest)
        return bad_url(err, shown,
                       PB_MSG("Its options may be: host, socket, sslmode, sslrootcert, sslcert, "
                              "sslkey, timezone, each with a value"));
    if (url.database == NULL)
        return bad_url(err, shown, PB_MSG("It names no database"));
    place_host(&url);
    PB_TRY(check_encryption(&url, err));
    *ret = url;
    return PB_OK;
}
