/* Two people who sign in to the program as it is installed: an administrator, with both factors,
 * and somebody who sells. Every answer is held to the OpenAPI document. */
#ifndef TESTS_HTTP_OFFICE_H
#define TESTS_HTTP_OFFICE_H

#include "client.h"
#include "engine.h"

typedef struct office {
    client c;
    char ann[200], bob[200]; /* an administrator, somebody who sells */
    char address[1000];      /* of ann's app */
} office;

/** In a folder that is there; `more`: further options of `serve`, ended by NULL. */
static inline office *office_open_in(char *folder, const char *const *more)
{
    static const char *const administrator[] = {"--role", "administrator", NULL};
    static const char *const sales[] = {"--role", "sales", NULL};
    char ann[64], bob[64];
    office *o = calloc(1, sizeof *o);
    assert_non_null(o);
    o->c.folder = folder;
    program_workspace = on_postgres() ? engine_address() : NULL;
    PROGRAM_EXPECT(o->c.folder, 0, "Made workspace", "init", "ws");
    client_add_user(o->c.folder, "ann", administrator, ann);
    client_add_user(o->c.folder, "bob", sales, bob);
    o->c = client_start_with(o->c.folder, more);
    client_enrol(&o->c, "ann", ann, o->ann, o->address, sizeof o->address);
    client_hold(&o->c, o->ann);
    client_enrol(&o->c, "bob", bob, o->bob, NULL, 0);
    return o;
}

static inline office *office_open_with(const char *const *more)
{
    return office_open_in(program_folder(), more);
}

static inline office *office_open(void)
{
    static const char *const none[] = {NULL};
    return office_open_with(none);
}

static inline void office_close(office *o)
{
    client_stop(&o->c);
    PROGRAM_EXPECT(o->c.folder, 0, "The ledger is whole", "ledger", "verify", "-w", "ws");
    program_remove_folder(o->c.folder);
    free(o);
}

/** What is answered has the status, and `has` (NULL: nothing) in it. */
static inline void office_expect(office *o, int status, const char *has, const char *who,
                                 const char *method, const char *path, const char *body)
{
    client_answer a = client_expect(&o->c, status, method, path, who, body);
    if (has != NULL && strstr(a.text, has) == NULL)
        fail_msg("%s %s: no “%s” in\n%s", method, path, has, a.text);
    client_free(&a);
}

/** The text of a member (`inside` NULL: of the answer itself) of what is answered. */
static inline void office_take(office *o, int status, const char *who, const char *method,
                               const char *path, const char *body, const char *inside,
                               const char *member, char *out, size_t room)
{
    client_answer a = client_expect(&o->c, status, method, path, who, body);
    const cJSON *json = inside == NULL ? a.json : cJSON_GetObjectItemCaseSensitive(a.json, inside);
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, member));
    if (text == NULL)
        fail_msg("%s %s: no “%s” in\n%s", method, path, member, a.text);
    else
        snprintf(out, room, "%s", text);
    client_free(&a);
}

static inline void sign_in_body(char body[500], const char *name, const char *password,
                                const char *more)
{
    snprintf(body, 500, "{\"name\":\"%s\",\"password\":\"%s\"%s}", name, password, more);
}

/** A new session by password alone; the header that shows it. */
static inline void office_sign_in(office *o, const char *name, const char *password,
                                  char header[200])
{
    char body[2000];
    snprintf(body, sizeof body, "{\"name\":\"%s\",\"password\":\"%s\"}", name, password);
    client_answer a = client_expect(&o->c, 200, "POST", "/api/v1/sign-in", "", body);
    snprintf(header, 200, "Authorization: Bearer %s\r\n", client_text(&a, "token"));
    client_free(&a);
}

#endif
