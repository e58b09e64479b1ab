/* How people sign in where a workspace is served. */
#include "serve_desk.h"

#include "base/time.h"

enum { DOMAIN_MAX = 253, IDLE_MOST = 1440, LASTS_MOST = 43200 };

static const char https[] = "https://", local_http[] = "http://localhost";

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A domain name in small letters, RFC 1123: what browsers make of the names of sites. */
static bool is_domain(pb_str name)
{
    pb_str rest = name, part;
    if (name.len == 0 || name.len > DOMAIN_MAX || name.ptr[name.len - 1] == '.')
        return false;
    while (pb_str_split(&rest, '.', &part)) {
        if (part.len == 0 || part.len > 63 || !is_letter(part.ptr[0]) ||
            !is_letter(part.ptr[part.len - 1]))
            return false;
        for (size_t i = 0; i < part.len; i++)
            if (!is_letter(part.ptr[i]) && part.ptr[i] != '-')
                return false;
    }
    return true;
}

static bool is_port(pb_str text)
{
    int64_t port;
    return text.len > 0 && text.ptr[0] >= '1' && text.ptr[0] <= '9' && pb_str_to_i64(text, &port) &&
           port <= 65535;
}

/* https:// and a host of the site, as browsers write it; without TLS this machine alone. */
static bool is_origin(pb_str site, pb_str origin)
{
    size_t scheme =
        pb_str_starts(origin, pb_str_c(https)) ? sizeof https - 1 : sizeof "http://" - 1;
    if (!pb_str_starts(origin, pb_str_c(https)) && !pb_str_starts(origin, pb_str_c(local_http)))
        return false;
    pb_str host = pb_str_sub(origin, scheme, origin.len), rest = host, name;
    size_t mark = pb_str_index(host, ':');
    pb_str_split(&rest, ':', &name);
    if (mark < host.len && !is_port(rest))
        return false;
    bool below =
        name.len > site.len && name.ptr[name.len - site.len - 1] == '.' && pb_str_ends(name, site);
    bool plain = scheme == sizeof https - 1 || pb_str_is(name, "localhost");
    return plain && is_domain(name) && (pb_str_eq(name, site) || below);
}

/* The page of this machine at an address that is listened at; absent: there is none, or its port is
 * not known yet. */
static pb_str page_at(const cli_context *context, const char *address)
{
    static const char *const here[] = {"localhost:", "127.0.0.1:", "[::1]:", ":"};
    pb_str text = pb_str_c(address);
    bool tls = !pb_str_starts(text, PB_STR("http://"));
    if (!tls)
        text = pb_str_sub(text, sizeof "http://" - 1, text.len);
    for (size_t i = 0; i < sizeof here / sizeof *here; i++) {
        pb_str host = pb_str_c(here[i]), port = pb_str_sub(text, host.len, text.len);
        if (!pb_str_starts(text, host) || !is_port(port))
            continue;
        const char *page = pb_arena_printf(context->arena, "%s://localhost:%.*s",
                                           tls ? "https" : "http", PB_STR_FMT(port));
        return page == NULL ? PB_STR_NONE : pb_str_c(page);
    }
    return PB_STR_NONE;
}

static pb_status read_origins(cli_context *context, const char *const *listen, size_t listen_count,
                              service_desk_options *to, pb_error *err)
{
    const char *const *given;
    size_t count;
    PB_TRY(cli_values(context, "origin", &given, &count, err));
    pb_str *origins = pb_arena_array(context->arena, count + listen_count + 1, sizeof *origins);
    if (origins == NULL)
        return pb_fail_memory(err);
    to->origins = origins;
    for (size_t i = 0; i < count; i++) {
        origins[to->origin_count++] = pb_str_c(given[i]);
        if (is_origin(to->site, pb_str_c(given[i])))
            continue;
        pb_fail(err, PB_INVALID, PB_MSG("“{value}” is no address of pages of {site}."), "value",
                given[i], "site", PB_ARG(to->site), NULL);
        pb_error_hint(err,
                      PB_MSG("It is written https://HOST or https://HOST:PORT, where HOST is "
                             "the site or ends in it."),
                      NULL);
        return PB_INVALID;
    }
    if (count > 0)
        return PB_OK;
    if (!pb_str_is(to->site, "localhost")) {
        const char *page = pb_arena_printf(context->arena, "https://%.*s", PB_STR_FMT(to->site));
        if (page == NULL)
            return pb_fail_memory(err);
        origins[to->origin_count++] = pb_str_c(page);
        return PB_OK;
    }
    for (size_t i = 0; i < listen_count; i++) {
        pb_str page = page_at(context, listen[i]);
        if (page.len > 0)
            origins[to->origin_count++] = page;
    }
    return PB_OK;
}

pb_status serve_desk_read(cli_context *context, const char *const *listen, size_t listen_count,
                          service_desk_options *ret_options, pb_error *err)
{
    const char *site = cli_value(context, "site");
    int64_t idle, lasts;
    service_desk_options options = {.site = pb_str_c(site),
                                    .password = {.breached = cli_value(context, "breached")}};
    if (!is_domain(options.site)) {
        pb_fail(err, PB_INVALID, PB_MSG("“{value}” is no name of a site."), "value", site, NULL);
        pb_error_hint(err, PB_MSG("It is a domain in small letters, such as crm.example.org."),
                      NULL);
        return PB_INVALID;
    }
    PB_TRY(cli_number(context, "session-idle", 1, IDLE_MOST, &idle, err));
    PB_TRY(cli_number(context, "session-lasts", 1, LASTS_MOST, &lasts, err));
    options.idle_us = idle * 60 * PB_US_PER_SECOND;
    options.lasts_us = lasts * 60 * PB_US_PER_SECOND;
    PB_TRY(read_origins(context, listen, listen_count, &options, err));
    *ret_options = options;
    return PB_OK;
}
