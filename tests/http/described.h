/* What the OpenAPI document of a server says of its answers, and whether they are so. */
#ifndef TESTS_HTTP_DESCRIBED_H
#define TESTS_HTTP_DESCRIBED_H

#include "json_schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

static inline bool described_same(const char *template, const char *path)
{
    for (;;) {
        if (*template == '{' && *path != '/' && *path != '\0') {
            template += strcspn(template, "}") + 1;
            path += strcspn(path, "/");
        }
        if (*template != *path)
            return false;
        if (*path == '\0')
            return true;
        template ++;
        path++;
    }
}

static inline const cJSON *described_path(const cJSON *openapi, const char *path)
{
    const cJSON *item, *best = NULL;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(openapi, "paths"))
    {
        bool open = strchr(item->string, '{') != NULL;
        if (described_same(item->string, path) && (best == NULL || !open))
            best = item;
    }
    return best;
}

/* What this program saw: a line “operation status” for each pair, in a file of its own that
 * tests/generated/seen.py looks at with those of all others. */
static inline void described_see(const char *operation, int status)
{
    static char seen[1 << 15];
    static FILE *file;
    char line[128], path[4096];
    (void)snprintf(line, sizeof line, "%.*s %d\n", (int)strcspn(operation, "_"), operation, status);
    if (file == NULL) {
        const char *engine = getenv("PROBITY_TEST_ENGINE");
        (void)snprintf(path, sizeof path, "%s/traffic", getenv("PROBITY_BUILD"));
        (void)mkdir(path, 0700); /* it may be there */
        (void)snprintf(path, sizeof path, "%s/traffic/%s%s%s.seen", getenv("PROBITY_BUILD"),
                       program_invocation_short_name, engine == NULL ? "" : "-",
                       engine == NULL ? "" : engine);
        file = fopen(path, "we");
        assert_non_null(file);
    }
    if (strstr(seen, line) == NULL) {
        size_t length = strlen(seen);
        (void)snprintf(seen + length, sizeof seen - length, "%s", line);
        assert_true(fputs(line, file) >= 0 && fflush(file) == 0);
    }
}

/** Holds an answer (`json` NULL: it has no JSON) to the document; returns its operation. */
static inline const cJSON *described_check(const cJSON *openapi, const char *verb, const char *path,
                                           int answered, const cJSON *json, const char *type)
{
    char status[16], fault[1024] = "";
    const cJSON *operation = cJSON_GetObjectItem(described_path(openapi, path), verb);
    char *text = json == NULL ? NULL : cJSON_PrintUnformatted(json);
    const char *told = text == NULL ? "" : text;
    if (operation == NULL)
        fail_msg("%s %s is not described", verb, path);
    (void)snprintf(status, sizeof status, "%d", answered);
    const cJSON *response =
        cJSON_GetObjectItem(cJSON_GetObjectItem(operation, "responses"), status);
    if (response == NULL)
        fail_msg("%s %s: %s is not described: %s", verb, path, status, told);
    const cJSON *content = cJSON_GetObjectItem(response, "content");
    bool bytes = json == NULL && content != NULL; /* a file, a page, a stream */
    if (bytes &&
        (strcmp(type, "application/json") == 0 || cJSON_GetObjectItem(content, type) == NULL))
        fail_msg("%s %s %s: a body of type %s is not described", verb, path, status, type);
    assert_true(content != NULL || json == NULL);
    if (content != NULL && !bytes) {
        const cJSON *schema =
            cJSON_GetObjectItem(cJSON_GetObjectItemCaseSensitive(content, type), "schema");
        schema_check check = {openapi, fault, sizeof fault};
        if (schema == NULL || !schema_valid(&check, schema, json, ""))
            fail_msg("%s %s %s: %s: %s", verb, path, status, fault, told);
    }
    free(text);
    described_see(cJSON_GetObjectItem(operation, "operationId")->valuestring, answered);
    return operation;
}

#endif
