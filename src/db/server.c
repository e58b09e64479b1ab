#include "db/server.h"

#include "internal.h"

pb_status db_server_about(const db_workspace *workspace, pb_arena *arena, db_server *ret_server,
                          pb_error *err)
{
    if (workspace->engine->server_about != NULL)
        return workspace->engine->server_about(&workspace->target, arena, ret_server, err);
    return pb_fail(err, PB_UNSUPPORTED, PB_MSG("{workspace} lies in a folder, not on a server."),
                   "workspace", workspace->target.place, NULL);
}

/* A part of an address, as RFC 3986 has it. */
static void add_part(pb_buf *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || strchr("-._~", *c) != NULL;
        if (plain)
            pb_buf_byte(out, *c);
        else
            pb_buf_printf(out, "%%%02X", (unsigned)(uint8_t)*c);
    }
}

char *db_server_copy_url(const db_server *server, const char *sockets, pb_arena *arena)
{
    PB_AUTO_BUF url = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&url, "postgres://");
    add_part(&url, server->user);
    pb_buf_addc(&url, "@/");
    add_part(&url, server->database);
    pb_buf_addc(&url, "?host=");
    add_part(&url, sockets);
    pb_buf_printf(&url, "&port=%lld&schema=%s", (long long)server->port, server->schema);
    return url.failed ? NULL : pb_arena_cstr(arena, pb_buf_str(&url));
}
