/* Which operation answers a request. */
#include "route.h"

static const struct {
    http_method method;
    const char *name;
} methods[] = {{HTTP_GET, "GET"},        {HTTP_HEAD, "HEAD"},   {HTTP_POST, "POST"},
               {HTTP_PUT, "PUT"},        {HTTP_PATCH, "PATCH"}, {HTTP_DELETE, "DELETE"},
               {HTTP_OPTIONS, "OPTIONS"}};

const char *http_method_name(unsigned method)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (methods[i].method == method)
            return methods[i].name;
    return NULL;
}

/* One part of a route's path, without the slash before it; false at its end. */
static bool next_part(pb_str *path, pb_str *ret_part)
{
    if (path->len == 0)
        return false;
    *path = pb_str_sub(*path, 1, path->len - 1);
    size_t end = pb_str_index(*path, '/');
    *ret_part = pb_str_sub(*path, 0, end);
    *path = pb_str_sub(*path, end, path->len - end);
    return true;
}

static bool is_place(pb_str part)
{
    return part.len > 2 && part.ptr[0] == '{';
}

static uint8_t depth_of(const http_route *route)
{
    uint8_t depth = 0;
    for (const char *c = route->path; *c != '\0'; c++)
        depth = (uint8_t)(depth + (*c == '/'));
    return depth == 1 && route->path[1] == '\0' ? 0 : depth;
}

void http_depths_count(http_depths *depths)
{
    size_t at = 0;
    for (const http_route *const *table = http_tables; *table != NULL; table++)
        for (const http_route *route = *table; route->path != NULL; route++, at++)
            if (at < HTTP_DEPTHS)
                depths->of[at] = depth_of(route);
}

/* `at`: the route's place among all. */
static bool is_as_deep(const http_depths *depths, size_t at, const http_route *route,
                       const http_request *request)
{
    bool counted = depths != NULL && at < HTTP_DEPTHS;
    return (counted ? depths->of[at] : depth_of(route)) == request->part_count;
}

/* Whether the path leads there; `*ret_places`: parts of it that the route leaves open. */
static bool leads(const http_route *route, const http_request *request, size_t *ret_places)
{
    const char *path = route->path;
    size_t places = 0;
    if (strcmp(path, "/") == 0)
        path++;
    for (size_t i = 0; i < request->part_count; i++) {
        pb_str part = request->parts[i];
        if (path[0] != '/' || part.len == 0)
            return false;
        path++;
        if (path[0] == '{') {
            path += strcspn(path, "/");
            places++;
            continue;
        }
        if (path[0] != part.ptr[0] || strncmp(path, part.ptr, part.len) != 0)
            return false;
        path += part.len;
        if (path[0] != '/' && path[0] != '\0')
            return false;
    }
    *ret_places = places;
    return path[0] == '\0';
}

const http_route *http_route_find(const http_depths *depths, const http_request *request,
                                  unsigned *ret_allowed)
{
    const http_route *best = NULL;
    size_t fewest = SIZE_MAX;
    unsigned allowed = 0;
    unsigned method = request->method == HTTP_HEAD ? HTTP_GET : request->method;
    size_t at = 0;
    for (const http_route *const *table = http_tables; *table != NULL; table++)
        for (const http_route *route = *table; route->path != NULL; route++, at++) {
            size_t places;
            if (!is_as_deep(depths, at, route, request) || !leads(route, request, &places) ||
                places > fewest)
                continue;
            /* What is named word by word goes before what is left open, whatever its methods. */
            if (places < fewest) {
                best = NULL;
                allowed = 0;
                fewest = places;
            }
            allowed |= route->method == HTTP_GET ? HTTP_GET | HTTP_HEAD : route->method;
            if (route->method == method && best == NULL)
                best = route;
        }
    *ret_allowed = allowed != 0 ? allowed | HTTP_OPTIONS : 0;
    return best;
}

pb_str http_request_part(const http_request *request, const char *name)
{
    pb_str path = pb_str_c(request->route->path), part;
    for (size_t i = 0; i < request->part_count && next_part(&path, &part); i++)
        if (is_place(part) && pb_str_is(pb_str_sub(part, 1, part.len - 2), name))
            return request->parts[i];
    return PB_STR_NONE;
}

pb_str http_request_query(const http_request *request, const char *name)
{
    for (size_t i = 0; i < request->query_count; i++)
        if (pb_str_is(request->query[i].name, name))
            return request->query[i].value;
    return PB_STR_NONE;
}

pb_str http_request_header(const http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (pb_str_eq_nocase(request->headers[i].name, pb_str_c(name)))
            return request->headers[i].value;
    return PB_STR_NONE;
}
