/* The program as it is installed, serving a workspace of its own, and people who sign in to it. */
#ifndef TESTS_HTTP_CLIENT_H
#define TESTS_HTTP_CLIENT_H

#include "described.h"
#include "live.h"

#include <sys/prctl.h>
#include <time.h>

#include "identity/totp.h"

static const char client_password[] = "seven grey herons wade";

typedef struct client {
    char *folder;
    pid_t child;
    unsigned port;
    cJSON *openapi; /* NULL: answers are not held to it */
} client;

typedef struct client_answer {
    int status;
    char *text; /* head and body, NUL-terminated */
    size_t length;
    cJSON *json;    /* NULL: no body */
    char type[100]; /* of the body */
} client_answer;

static inline void client_free(client_answer *answer)
{
    cJSON_Delete(answer->json);
    free(answer->text);
    *answer = (client_answer){.status = 0};
}

/** For servers that set pages: the libraries that do it leak, and the list of those leaks, which
 * the sanitizer reads at the end, lies beyond the server's sandbox. */
static inline void client_without_leaks(void)
{
    const char *options = getenv("ASAN_OPTIONS");
    char all[1000];
    snprintf(all, sizeof all, "%s:detect_leaks=0", options == NULL ? "" : options);
    setenv("ASAN_OPTIONS", all, 1);
}

/** Serves the workspace `ws` of `folder`; `more`: further options, ended by NULL. */
static inline client client_start_with(char *folder, const char *const *more)
{
    client c = {.folder = folder};
    const char *argv[PROGRAM_ARGUMENTS] = {
        "probity", "serve", "-w", program_argument("ws"), "--listen", "http://127.0.0.1:0"};
    for (size_t i = 0; more[i] != NULL; i++)
        argv[6 + i] = more[i];
    char program[4096], out[4200], err[4200];
    snprintf(program, sizeof program, "%s/probity", getenv("PROBITY_BUILD"));
    snprintf(out, sizeof out, "%s/served", folder);
    snprintf(err, sizeof err, "%s/log", folder);
    unlink(out); /* of a server before this one */
    fflush(NULL);
    c.child = fork();
    assert_true(c.child >= 0);
    if (c.child == 0) {
        int o = open(out, O_CREAT | O_TRUNC | O_WRONLY, 0600);
        int e = open(err, O_CREAT | O_TRUNC | O_WRONLY, 0600);
        if (chdir(folder) != 0 || dup2(o, 1) < 0 || dup2(e, 2) < 0 ||
            prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
            _exit(99);
        setenv("XDG_CONFIG_HOME", folder, 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        execv(program, (char *const *)(uintptr_t)argv);
        _exit(98);
    }
    live_await(folder, "served", "Serving at http://127.0.0.1", c.child, &c.port);
    return c;
}

static inline client client_start(char *folder)
{
    static const char *const none[] = {NULL};
    return client_start_with(folder, none);
}

static inline void client_stop(client *c)
{
    int status = 0;
    kill(c->child, SIGTERM);
    assert_int_equal(waitpid(c->child, &status, 0), c->child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("status %x, log:\n%s", (unsigned)status, program_read(c->folder, "log"));
    cJSON_Delete(c->openapi);
    c->openapi = NULL;
}

static inline void client_verb(const char *method, char verb[8])
{
    size_t i = 0;
    for (; method[i] != '\0' && i < 7; i++)
        verb[i] = (char)(method[i] | 0x20);
    verb[i] = '\0';
}

static inline void client_parse(client_answer *a)
{
    const char *body = strstr(a->text, "\r\n\r\n"), *type = strstr(a->text, "Content-Type: ");
    if (type != NULL && type < body)
        snprintf(a->type, sizeof a->type, "%.*s", (int)strcspn(type + 14, ";\r"), type + 14);
    if (body != NULL && body[4] != '\0' && strstr(a->type, "json") != NULL &&
        strcmp(a->type, "application/x-ndjson") != 0)
        a->json = cJSON_Parse(body + 4);
}

/** Asks; `headers` are lines that end in CR LF, or ""; `body` NULL: none. The answer is held to the
 * document of the server. */
static inline client_answer client_ask(client *c, const char *method, const char *path,
                                       const char *headers, const char *body)
{
    static char bytes[1 << 17]; /* more than any operation of one request takes */
    char verb[8], bare[512];
    const char *type =
        body != NULL && body[0] != '{' ? "application/x-www-form-urlencoded" : "application/json";
    int size = snprintf(bytes, sizeof bytes,
                        "%s %s HTTP/1.1\r\nHost: localhost:%u\r\nConnection: close\r\n%s", method,
                        path, c->port, headers);
    if (body == NULL)
        size += snprintf(bytes + size, sizeof bytes - (size_t)size, "\r\n");
    else
        size +=
            snprintf(bytes + size, sizeof bytes - (size_t)size,
                     "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", type, strlen(body), body);
    assert_true((size_t)size < sizeof bytes);
    live_answer *raw = live_raw(c->port, bytes, (size_t)size);
    client_answer a = {
        .status = raw->status, .text = malloc(raw->length + 1), .length = raw->length};
    assert_non_null(a.text);
    memcpy(a.text, raw->text, raw->length + 1);
    free(raw);
    client_parse(&a);
    client_verb(method, verb);
    snprintf(bare, sizeof bare, "%.*s", (int)strcspn(path, "?"), path);
    if (c->openapi != NULL)
        described_check(c->openapi, verb, bare, a.status, a.json, a.type);
    return a;
}

static inline client_answer client_expect(client *c, int status, const char *method,
                                          const char *path, const char *headers, const char *body)
{
    client_answer a = client_ask(c, method, path, headers, body);
    if (a.status != status)
        fail_msg("%s %s: not %d but:\n%s", method, path, status, a.text);
    return a;
}

static inline const char *client_text(const client_answer *a, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(a->json, name));
    if (text == NULL)
        fail_msg("There is no “%s” in:\n%s", name, a->text);
    return text != NULL ? text : "";
}

/** The code that an app shows for an address otpauth://…, `later` seconds from now. */
static inline void client_code(const char *address, int64_t later, char code[9])
{
    char secret[IDENTITY_TOTP_SECRET];
    const char *at = strstr(address, "secret=");
    unsigned bits = 0, held = 0;
    assert_non_null(at);
    at += 7;
    for (size_t out = 0; out < sizeof secret; at++) {
        bits = bits << 5 | (unsigned)(*at >= 'A' ? *at - 'A' : *at - '2' + 26);
        held += 5;
        if (held >= 8) {
            held -= 8;
            secret[out++] = (char)(bits >> held);
        }
    }
    assert_true(identity_totp_code(IDENTITY_SHA1, pb_str_n(secret, sizeof secret),
                                   ((int64_t)time(NULL) + later) / 30, 6, code));
}

/** Adds a user by the command line before the server runs, or while it does; `code` is the one to
 * enrol with. `arguments` begin behind `users add NAME -w ws --json`, ended by NULL. */
static inline void client_add_user(const char *folder, const char *name,
                                   const char *const *arguments, char code[64])
{
    const char *argv[PROGRAM_ARGUMENTS] = {"users", "add", name, "-w", "ws", "--json"};
    for (size_t i = 0; arguments[i] != NULL; i++)
        argv[6 + i] = arguments[i];
    program_result r = program_run(folder, argv);
    cJSON *json = cJSON_Parse(r.out);
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(json, "code"));
    if (r.exit != 0 || text == NULL)
        fail_msg("users add %s: %d\n%s%s", name, r.exit, r.out, r.err);
    snprintf(code, 64, "%s", text);
    cJSON_Delete(json);
    program_free(&r);
}

/** Signs a new user in for the first time, with a second factor where one is asked for (its
 * `address` is kept, if there is room for it), and gives the header that says so. */
static inline void client_enrol(client *c, const char *name, const char *code, char header[200],
                                char *address, size_t room)
{
    char body[4096], shown[9], ticket[2048];
    snprintf(body, sizeof body, "{\"name\":\"%s\",\"code\":\"%s\",\"password\":\"%s\"}", name, code,
             client_password);
    client_answer a = client_expect(c, 200, "POST", "/api/v1/enrol", "", body);
    if (strcmp(client_text(&a, "step"), "needs_enrol") == 0) {
        snprintf(ticket, sizeof ticket, "%s", client_text(&a, "ticket"));
        client_free(&a);
        snprintf(body, sizeof body, "{\"ticket\":\"%s\"}", ticket);
        a = client_expect(c, 200, "POST", "/api/v1/sign-in/factor", "", body);
        client_code(client_text(&a, "address"), 0, shown);
        if (address != NULL)
            snprintf(address, room, "%s", client_text(&a, "address"));
        snprintf(body, sizeof body, "{\"ticket\":\"%s\",\"begun\":\"%s\",\"code\":\"%s\"}", ticket,
                 client_text(&a, "begun"), shown);
        client_free(&a);
        a = client_expect(c, 200, "POST", "/api/v1/sign-in/new-factor", "", body);
    }
    assert_string_equal(client_text(&a, "step"), "signed_in");
    snprintf(header, 200, "Authorization: Bearer %s\r\n", client_text(&a, "token"));
    client_free(&a);
}

/** From now on answers are held to the document that the server itself gives. */
static inline void client_hold(client *c, const char *header)
{
    client_answer a = client_expect(c, 200, "GET", "/openapi.json", header, NULL);
    c->openapi = a.json;
    a.json = NULL;
    assert_non_null(c->openapi);
    client_free(&a);
}

#endif
