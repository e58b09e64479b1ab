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

static size_t depth_of(const http_route *route)
{
    size_t depth = 0;
    for (const char *c = route->path; *c != '\0'; c++)
        depth += *c == '/';
    return depth == 1 && route->path[1] == '\0' ? 0 : depth;
}

/* What the part at MARK_PART begins with: below /api/v1 the first that tells routes apart. */
enum { MARK_PART = 2 };

static char mark_of(const http_route *route)
{
    const char *part = route->path;
    for (size_t i = 0; i <= MARK_PART && part != NULL; i++)
        part = strchr(part + (i > 0), '/');
    return part == NULL ? '\0' : part[1];
}

void http_ways_make(http_ways *ways)
{
    size_t count = 0;
    for (size_t depth = 0; depth <= HTTP_PARTS_MAX; depth++) {
        ways->from[depth] = count;
        for (const http_route *const *table = http_tables; *table != NULL; table++)
            for (const http_route *route = *table; route->path != NULL; route++)
                if (depth_of(route) == depth && count < HTTP_WAYS)
                    ways->of[count++] = (struct http_way){route, mark_of(route)};
    }
    ways->from[HTTP_PARTS_MAX + 1] = count;
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

/* What was found so far. */
typedef struct found_route {
    const http_route *best;
    size_t fewest; /* places that it leaves open */
    unsigned allowed;
} found_route;

static void consider(const http_route *route, const http_request *request, found_route *found)
{
    unsigned method = request->method == HTTP_HEAD ? HTTP_GET : request->method;
    size_t places;
    if (!leads(route, request, &places) || places > found->fewest)
        return;
    /* What is named word by word goes before what is left open, whatever its methods. */
    if (places < found->fewest)
        *found = (found_route){.fewest = places};
    found->allowed |= route->method == HTTP_GET ? HTTP_GET | HTTP_HEAD : route->method;
    if (route->method == method && found->best == NULL)
        found->best = route;
}

static void consider_ways(const http_ways *ways, const http_request *request, found_route *found)
{
    size_t depth = request->part_count;
    pb_str marked = depth > MARK_PART ? request->parts[MARK_PART] : PB_STR_NONE;
    char mark = marked.len > 0 ? marked.ptr[0] : '\0';
    for (size_t i = ways->from[depth]; i < ways->from[depth + 1]; i++)
        if (ways->of[i].mark == mark || ways->of[i].mark == '{')
            consider(ways->of[i].route, request, found);
}

const http_route *http_route_find(const http_ways *ways, const http_request *request,
                                  unsigned *ret_allowed)
{
    found_route found = {.fewest = SIZE_MAX};
    if (ways != NULL)
        consider_ways(ways, request, &found);
    else
        for (const http_route *const *table = http_tables; *table != NULL; table++)
            for (const http_route *route = *table; route->path != NULL; route++)
                consider(route, request, &found);
    *ret_allowed = found.allowed != 0 ? found.allowed | HTTP_OPTIONS : 0;
    return found.best;
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
