/* People of several roles who ask one server, and what was seen of what is documented. */
#ifndef TESTS_HTTP_HOUSE_H
#define TESTS_HTTP_HOUSE_H

#include "client.h"

enum { STEWARD, AUDITOR, ADMINISTRATOR, SALES, EXTERNAL, PEOPLE };

static const struct {
    const char *name, *arguments[12];
} people[PEOPLE] = {
    {"steward", {"--role", "data_steward"}},
    {"auditor", {"--role", "auditor"}},
    {"administrator", {"--role", "administrator"}},
    {"sales", {"--role", "sales"}},
    {"external",
     {"--role", "auditor", "--kind", "auditor", "--until", "2099-12-31", "--entity", "account",
      "--area", "completeness"}},
};

typedef struct house {
    client c;
    char header[PEOPLE][200];
} house;

/* ---- what was seen of what is documented ---- */

enum { SEEN_MOST = 400 };
static char seen[SEEN_MOST][64]; /* “operation status” */
static size_t seen_count;

static inline bool was_seen(const char *operation, const char *status)
{
    char words[64];
    snprintf(words, sizeof words, "%s %s", operation, status);
    for (size_t i = 0; i < seen_count; i++)
        if (strcmp(seen[i], words) == 0)
            return true;
    return false;
}

static inline client_answer ask(house *h, const char *method, const char *path, const char *headers,
                                const char *body)
{
    char bare[512], verb[8], status[16];
    client_answer a = client_ask(&h->c, method, path, headers, body);
    snprintf(bare, sizeof bare, "%.*s", (int)strcspn(path, "?"), path);
    client_verb(method, verb);
    const cJSON *operation = cJSON_GetObjectItem(described_path(h->c.openapi, bare), verb);
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(operation, "operationId"));
    snprintf(status, sizeof status, "%d", a.status);
    assert_non_null(id);
    if (was_seen(id, status))
        return a;
    assert_true(seen_count < SEEN_MOST);
    snprintf(seen[seen_count++], sizeof seen[0], "%s %s", id, status);
    return a;
}

static const char contacts[] = "Contact ID,Full Name,Email,Account ID\n"
                               "C-1,Quillon Featherstone,quillon@herons.de,A-1\n"
                               "C-2,Peter Porter,peter@example.net,A-1\n";
static const char accounts[] = "Account ID,Account Name,Country\n"
                               "A-1,Herons Ltd,DE\nA-2,Egrets Ltd,NO\n";

static inline client_answer told(house *h, int status, const char *method, const char *path,
                                 const char *headers, const char *body)
{
    client_answer a = ask(h, method, path, headers, body);
    if (a.status != status)
        fail_msg("%s %s: not %d but:\n%s", method, path, status, a.text);
    return a;
}

static inline void audit(const char *folder)
{
    PROGRAM_EXPECT(folder, 0, "Kept in the workspace as audit", "audit", "ws", "--keep",
                   "--fail-on", "none");
}

static inline void open_house(house *h)
{
    char code[PEOPLE][64];
    char *folder = program_folder();
    PROGRAM_EXPECT(folder, 0, "Made workspace", "init", "ws");
    program_write(folder, "contacts.csv", contacts);
    program_write(folder, "accounts.csv", accounts);
    PROGRAM_EXPECT(folder, 0, "imported", "import", "accounts.csv", "contacts.csv", "-w", "ws");
    audit(folder);
    for (size_t i = 0; i < PEOPLE; i++)
        client_add_user(folder, people[i].name, people[i].arguments, code[i]);
    h->c = client_start(folder);
    for (size_t i = 0; i < PEOPLE; i++)
        client_enrol(&h->c, people[i].name, code[i], h->header[i], NULL, 0);
    client_hold(&h->c, h->header[0]);
}

static inline void close_house(house *h)
{
    client_stop(&h->c);
    PROGRAM_EXPECT(h->c.folder, 0, "The ledger is whole", "ledger", "verify", "-w", "ws");
    program_remove_folder(h->c.folder);
    free(h);
}

static inline client_answer get(house *h, int who, const char *path)
{
    return told(h, 200, "GET", path, h->header[who], NULL);
}

static inline const cJSON *list(const client_answer *a, const char *name)
{
    const cJSON *items = cJSON_GetObjectItem(a->json, name);
    if (!cJSON_IsArray(items))
        fail_msg("There is no list “%s” in:\n%s", name, a->text);
    return items;
}

static inline double number(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItem(object, name);
    if (!cJSON_IsNumber(item))
        fail_msg("There is no number “%s”", name);
    return cJSON_GetNumberValue(item);
}

static inline const char *text(const cJSON *object, const char *name)
{
    const char *found = cJSON_GetStringValue(cJSON_GetObjectItem(object, name));
    return found == NULL ? "" : found;
}

#endif
