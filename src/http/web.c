/* The screens: files of web/, built into the program as a browser takes them (tools/build-web). */
#include "head.h"
#include "pages.h"
#include "server.h"

#include <zlib.h>

/* Nothing from another host, no script or style in the page itself; no text becomes markup or a
 * script but by the two policies of web/src/app/trusted.ts. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types lit-html default";

static const char *type_of(pb_str name)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".woff2", "font/woff2"},
        {".webmanifest", "application/manifest+json"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (pb_str_ends(name, pb_str_c(types[i][0])))
            return types[i][1];
    return "application/octet-stream";
}

/* One file as it is, or as `ending` (".br", ".gz") says it is packed. */
static bool find(const http_request *request, pb_str name, const char *ending, pb_str *ret_bytes)
{
    pb_error none = {0};
    const char *path = pb_arena_printf(request->arena, "web/%.*s%s", PB_STR_FMT(name), ending);
    return path != NULL &&
           service_asset_text(request->server->service, path, ret_bytes, &none) == PB_OK;
}

/* For the rare client that takes nothing packed: most files are kept as they are, too. */
static pb_status give(http_request *request, http_response *response, pb_str name, pb_error *err)
{
    pb_str takes = http_request_header(request, "Accept-Encoding"), bytes;
    if (!find(request, name, "", &bytes)) {
        pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no {path} here."), "path", PB_ARG(name), NULL);
        pb_error_hint(err, PB_MSG("The screens have been renewed: load the page again."), NULL);
        return PB_NOT_FOUND;
    }
    if (http_takes_coding(takes, PB_STR("br")) && find(request, name, ".br", &bytes))
        response->coding = "br";
    else if (http_takes_coding(takes, PB_STR("gzip")) && find(request, name, ".gz", &bytes))
        response->coding = "gzip";
    response->type = type_of(name);
    response->policy = policy;
    response->lasting = bytes;
    return PB_OK;
}

/* What has its own contents in its name never changes. */
static pb_status part(http_request *request, http_response *response, pb_error *err)
{
    const char *name =
        pb_arena_printf(request->arena, "app/%.*s", PB_STR_FMT(http_request_part(request, "file")));
    if (name == NULL)
        return pb_fail_memory(err);
    PB_TRY(give(request, response, pb_str_c(name), err));
    response->for_ever = true;
    return PB_OK;
}

/* What keeps its name is asked for anew, and sent only where it differs. */
static pb_status page(http_request *request, http_response *response, pb_error *err)
{
    pb_str name = request->part_count == 0 || pb_str_empty(request->parts[0]) ? PB_STR("index.html")
                                                                              : request->parts[0];
    PB_TRY(give(request, response, name, err));
    response->cached = true;
    uLong sum = crc32(0, (const Bytef *)response->lasting.ptr, (uInt)response->lasting.len);
    const char *tag = pb_arena_printf(request->arena, "%zx-%lx", response->lasting.len, sum);
    if (tag == NULL)
        return pb_fail_memory(err);
    if (http_response_fresh(request, response, pb_str_c(tag)))
        response->lasting = PB_STR_NONE;
    return PB_OK;
}

static const char svg[] = "image/svg+xml";

const http_route http_web[] = {
    {HTTP_GET, "/", "start", PB_MSG("The screens"), page, HTTP_OPEN, NULL, "text/html", 0},
    {HTTP_GET, "/app/{file}", "screenPart", PB_MSG("A part of the screens"), part, HTTP_OPEN, NULL,
     "text/javascript text/css application/json image/svg+xml image/png font/woff2", 0},
    {HTTP_GET, "/icon.svg", "icon", PB_MSG("The mark of the program"), page, HTTP_OPEN, NULL, svg,
     0},
    {HTTP_GET, "/icon-maskable.svg", "iconMaskable",
     PB_MSG("The mark of the program, for round corners"), page, HTTP_OPEN, NULL, svg, 0},
    {HTTP_GET, "/manifest.webmanifest", "manifest",
     PB_MSG("How the screens are installed as an app"), page, HTTP_OPEN, NULL,
     "application/manifest+json", 0},
    {HTTP_GET, "/worker.js", "screenWorker",
     PB_MSG("What keeps the screens when the connection drops"), page, HTTP_OPEN, NULL,
     "text/javascript", 0},
    {0},
};

static const http_about about[] = {
    {"start", NULL, NULL, NULL, NULL, "200", NULL},
    {"screenPart", NULL, NULL, NULL, NULL, "200 404", NULL},
    {"icon", NULL, NULL, NULL, NULL, "200", NULL},
    {"iconMaskable", NULL, NULL, NULL, NULL, "200", NULL},
    {"manifest", NULL, NULL, NULL, NULL, "200", NULL},
    {"screenWorker", NULL, NULL, NULL, NULL, "200", NULL},
    {0},
};

const http_description http_web_description = {"web", about, NULL, NULL, NULL};
