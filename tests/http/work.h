/* Long work asked of the program as it is installed, and waited for. */
#ifndef TESTS_HTTP_WORK_H
#define TESTS_HTTP_WORK_H

#include "client.h"
#include "engine.h"

/* Takes out and brings in; mail shows only in part, remarks not at all. */
static const char work_role[] = "role: carrier\n"
                                "label: Carrier\n"
                                "grants:\n"
                                "  - name: all\n"
                                "    entities: all\n"
                                "    operations: [create, read, list, change, export, import]\n"
                                "    scope: all\n"
                                "    rights: write\n"
                                "    fields: {description: hidden, birth_date: masked}\n"
                                "  - {name: house, operations: settings}\n";

static const char work_contacts[] =
    "Contact ID,Full Name,Email,City,Description\n"
    "C-1,Ada Lovelace,ada@example.org,London,Canarysong at dawn\n"
    "C-2,\"=cmd|' /C calc'!A0\",peter@example.net,Oslo,Canarysong at dusk\n"
    "C-3,Grace Hopper,grace@example.com,Arlington,Canarysong at noon\n";

typedef struct work {
    client c;
    char *folder;
    char carrier[200], steward[200], sales[200], auditor[200];
} work;

/** With further options of `serve`, ended by NULL. */
static inline void work_start_with(work *w, const char *const *options)
{
    char code[4][64];
    const char *const names[] = {"carrier", "data_steward", "sales", "auditor"};
    w->folder = program_folder();
    program_workspace = on_postgres() ? engine_address() : NULL;
    PROGRAM_EXPECT(w->folder, 0, "Made workspace", "init", "ws");
    program_write(w->folder, "contacts.csv", work_contacts);
    program_write(w->folder, "carrier.yaml", work_role);
    PROGRAM_EXPECT(w->folder, 0, "imported", "import", "contacts.csv", "-w", "ws");
    PROGRAM_EXPECT(w->folder, 0, "carrier", "roles", "-w", "ws", "--set", "carrier.yaml");
    for (size_t i = 0; i < 4; i++) {
        const char *const role[] = {"--role", names[i], NULL};
        client_add_user(w->folder, names[i], role, code[i]);
    }
    w->c = client_start_with(w->folder, options);
    client_enrol(&w->c, names[0], code[0], w->carrier, NULL, 0);
    client_enrol(&w->c, names[1], code[1], w->steward, NULL, 0);
    client_enrol(&w->c, names[2], code[2], w->sales, NULL, 0);
    client_enrol(&w->c, names[3], code[3], w->auditor, NULL, 0);
    client_hold(&w->c, w->carrier);
}

static inline void work_start(work *w)
{
    static const char *const none[] = {NULL};
    work_start_with(w, none);
}

static inline void work_end(work *w)
{
    client_stop(&w->c);
    PROGRAM_EXPECT(w->folder, 0, "The ledger is whole", "ledger", "verify", "-w", "ws");
    program_remove_folder(w->folder);
}

/** Asks for work and gives the number of its job. */
static inline long work_ask(work *w, const char *who, const char *path, const char *body)
{
    client_answer a = client_expect(&w->c, 202, "POST", path, who, body);
    long n = (long)cJSON_GetObjectItem(a.json, "id")->valuedouble;
    char place[80];
    (void)snprintf(place, sizeof place, "Location: /api/v1/jobs/%ld\r\n", n);
    assert_non_null(strstr(a.text, place));
    client_free(&a);
    return n;
}

/** Waits until a job is over: its events end then. */
static inline client_answer work_wait(work *w, const char *who, long n)
{
    char path[80];
    (void)snprintf(path, sizeof path, "/api/v1/jobs/%ld/events", n);
    client_answer a = client_expect(&w->c, 200, "GET", path, who, NULL);
    assert_non_null(strstr(a.text, "event: end\n"));
    return a;
}

/** Waits, and expects the job to be in a state. */
static inline void work_over(work *w, const char *who, long n, const char *state)
{
    char wanted[80];
    client_answer a = work_wait(w, who, n);
    (void)snprintf(wanted, sizeof wanted, "\"state\":\"%s\"", state);
    const char *last = strstr(a.text, "event: end\n");
    if (last == NULL || strstr(last, wanted) == NULL)
        fail_msg("job %ld is not %s: %s", n, state, last);
    client_free(&a);
}

/** The result of a job, or a file of it (`rest` as "/files/contact.csv"). */
static inline client_answer work_get(work *w, const char *who, int status, long n, const char *rest)
{
    char path[300];
    (void)snprintf(path, sizeof path, "/api/v1/jobs/%ld%s", n, rest);
    return client_expect(&w->c, status, "GET", path, who, NULL);
}

/** Sends bytes as a file; `id` is what it is called from then on. */
static inline void work_send(work *w, const char *who, const char *bytes, char id[37])
{
    static char text[1 << 16];
    int size =
        snprintf(text, sizeof text,
                 "POST /api/v1/imports?name=more%%20people.csv HTTP/1.1\r\nHost: localhost:%u\r\n"
                 "Connection: close\r\n%sContent-Type: text/csv\r\nContent-Length: %zu\r\n\r\n"
                 "%s",
                 w->c.port, who, strlen(bytes), bytes);
    live_answer *raw = live_raw(w->c.port, text, (size_t)size);
    client_answer a = {.status = raw->status, .text = strdup(raw->text)};
    free(raw);
    assert_non_null(a.text);
    client_parse(&a);
    described_check(w->c.openapi, "post", "/api/v1/imports", a.status, a.json, a.type);
    if (a.status != 201)
        fail_msg("not sent: %s", a.text);
    snprintf(id, 37, "%s", client_text(&a, "id"));
    assert_string_equal(client_text(&a, "name"), "more people.csv");
    client_free(&a);
}

static inline double work_number(const client_answer *a, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(a->json, name);
    if (!cJSON_IsNumber(value))
        fail_msg("There is no number “%s” in:\n%s", name, a->text);
    return value == NULL ? 0 : value->valuedouble;
}

#endif
