/* Whether the server calls anybody because somebody asks it to: every operation is given an address
 * wherever it takes a text, and somebody listens there. */
#ifndef TESTS_HTTP_OUTGOING_H
#define TESTS_HTTP_OUTGOING_H

#include "office.h"

/** Somebody who listens; `url` room for its address. */
static inline int outgoing_listen(char url[100])
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    snprintf(url, 100, "http://127.0.0.1:%u/", ntohs(at.sin_port));
    return fd;
}

/* The schema of a JSON body, resolved; NULL: there is none. */
static inline const cJSON *outgoing_schema(const cJSON *openapi, const cJSON *operation)
{
    const cJSON *at = cJSON_GetObjectItem(operation, "requestBody");
    at = cJSON_GetObjectItem(cJSON_GetObjectItem(at, "content"), "application/json");
    at = cJSON_GetObjectItem(at, "schema");
    const char *reference = cJSON_GetStringValue(cJSON_GetObjectItem(at, "$ref"));
    if (reference == NULL)
        return at;
    at = cJSON_GetObjectItem(cJSON_GetObjectItem(openapi, "components"), "schemas");
    return cJSON_GetObjectItemCaseSensitive(at, strrchr(reference, '/') + 1);
}

/* A body with the address in each member, or in the one with that number (from 0). */
static inline char *outgoing_body(const cJSON *schema, const char *url, int only)
{
    cJSON *body = cJSON_CreateObject();
    const cJSON *member;
    int at = 0;
    cJSON_ArrayForEach(member, cJSON_GetObjectItem(schema, "properties"))
    {
        if (only < 0 || only == at)
            cJSON_AddStringToObject(body, member->string, url);
        at++;
    }
    char *text = cJSON_PrintUnformatted(body);
    cJSON_Delete(body);
    return text;
}

static inline void outgoing_ask(office *o, const char *verb, const char *path, const char *url,
                                const char *body)
{
    char upper[8], target[600];
    size_t i = 0;
    for (; verb[i] != '\0' && i < 7; i++)
        upper[i] = (char)(verb[i] & ~0x20);
    upper[i] = '\0';
    i = 0; /* the address stands where the path has a part to fill in, too */
    for (const char *c = path; *c != '\0' && i < sizeof target - 100; c++) {
        if (*c != '{') {
            target[i++] = *c;
            continue;
        }
        i += (size_t)snprintf(target + i, 90, "127.0.0.1%%3A%s", strrchr(url, ':') + 1);
        i -= target[i - 1] == '/';
        c += strcspn(c, "}");
    }
    target[i] = '\0';
    client_answer a = client_ask(&o->c, upper, target, o->ann, body);
    assert_true(a.status >= 200 && a.status < 500);
    client_free(&a);
}

/* Jobs that were begun are over. */
static inline void outgoing_wait(office *o)
{
    for (;;) {
        client_answer a = client_expect(&o->c, 200, "GET", "/api/v1/jobs", o->ann, NULL);
        bool works = strstr(a.text, "\"state\":\"waiting\"") != NULL ||
                     strstr(a.text, "\"state\":\"running\"") != NULL;
        client_free(&a);
        if (!works)
            return;
        usleep(20000);
    }
}

/** Every operation that takes JSON is given the address of who listens: nobody calls there. */
static inline void outgoing_calls_nobody(office *o)
{
    char url[100];
    const cJSON *path, *operation;
    int fd = outgoing_listen(url), asked = 0;
    cJSON *openapi = o->c.openapi;
    o->c.openapi = NULL; /* parts of paths that are addresses meet paths that are not described */
    cJSON_ArrayForEach(path, cJSON_GetObjectItem(openapi, "paths"))
    {
        cJSON_ArrayForEach(operation, path)
        {
            const cJSON *schema = outgoing_schema(openapi, operation);
            const cJSON *tag = cJSON_GetArrayItem(cJSON_GetObjectItem(operation, "tags"), 1);
            bool repeated = tag != NULL && strcmp(cJSON_GetStringValue(tag), "contact") != 0;
            int members = cJSON_GetArraySize(cJSON_GetObjectItem(schema, "properties"));
            for (int only = -1; schema != NULL && !repeated && only < members; only++) {
                char *body = outgoing_body(schema, url, only);
                outgoing_ask(o, operation->string, path->string, url, body);
                free(body);
                asked++;
            }
        }
    }
    outgoing_wait(o);
    assert_true(asked > 100);
    if (accept4(fd, NULL, NULL, SOCK_CLOEXEC) >= 0)
        fail_msg("%s was called", url);
    assert_int_equal(errno, EAGAIN);
    close(fd);
    o->c.openapi = openapi;
}

#endif
