/* Where is listened. */
#include "address.h"

#include "base/str.h"

static pb_status not_understood(const char *text, pb_error *err)
{
    pb_fail(err, PB_USAGE, PB_MSG("“{value}” is no address to listen at."), "value", text, NULL);
    pb_error_hint(err,
                  PB_MSG("Write HOST:PORT for TLS, http://127.0.0.1:PORT without TLS for this "
                         "machine only, or unix:PATH."),
                  NULL);
    return PB_USAGE;
}

/* `host:port`, `[::1]:port`, `:port` */
static bool split(pb_str text, pb_str *ret_host, pb_str *ret_port)
{
    size_t colon = text.len;
    while (colon > 0 && text.ptr[colon - 1] != ':')
        colon--;
    if (colon == 0)
        return false;
    *ret_host = pb_str_sub(text, 0, colon - 1);
    *ret_port = pb_str_sub(text, colon, text.len);
    if (pb_str_starts(*ret_host, PB_STR("["))) {
        if (!pb_str_ends(*ret_host, PB_STR("]")))
            return false;
        *ret_host = pb_str_sub(*ret_host, 1, ret_host->len - 2);
        return ret_host->len > 0;
    }
    return pb_str_index(*ret_host, ':') == ret_host->len;
}

pb_status http_address_parse(const char *text, pb_arena *arena, http_address *ret_address,
                             pb_error *err)
{
    pb_str rest = pb_str_c(text), host, port;
    http_address address = {.tls = true};
    int64_t number;
    if (pb_str_starts(rest, PB_STR("unix:"))) {
        if (rest.len == 5)
            return not_understood(text, err);
        address = (http_address){.path = text + 5};
        *ret_address = address;
        return PB_OK;
    }
    if (pb_str_starts(rest, PB_STR("http://")))
        address.tls = false;
    if (pb_str_starts(rest, PB_STR("http://")) || pb_str_starts(rest, PB_STR("https://")))
        rest = pb_str_sub(rest, address.tls ? 8 : 7, rest.len);
    if (pb_str_ends(rest, PB_STR("/")))
        rest.len--;
    if (!split(rest, &host, &port) || !pb_str_to_i64(port, &number) || number < 0 ||
        number > 65535 || (host.len == 0 && !address.tls))
        return not_understood(text, err);
    address.port = (uint16_t)number;
    if (host.len > 0 && !pb_str_is(host, "*")) {
        address.host = pb_arena_cstr(arena, host);
        if (address.host == NULL)
            return pb_fail_memory(err);
    }
    *ret_address = address;
    return PB_OK;
}
