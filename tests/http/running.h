/* The server's own machinery as a process of its own, with operations of a test's own: the test
 * names them in `http_tables`. */
#ifndef TESTS_HTTP_RUNNING_H
#define TESTS_HTTP_RUNNING_H

#include "describe.h"
#include "http/http.h"
#include "jobs/jobs.h"
#include "live.h"
#include "route.h"
#include "sys/file.h"
#include "sys/signal.h"

#include <sys/prctl.h>

enum { ASSETS_MAX = 64, UNFINISHED = 7 };

static char *folder; /* of the test at hand */

/* Besides its operations a test has nothing of the program's own. */
const http_description *const http_descriptions[] = {NULL};
const http_job_kind *const http_job_kinds[] = {NULL};

static inline bool is_there(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

/* ---- the server, a process of its own ---- */

static inline void add_asset(service_asset *assets, size_t *count, pb_arena *arena,
                             const char *path, const char *name)
{
    PB_AUTO_BUF text = PB_BUF_INIT(4 << 20);
    if (sys_file_read(path, text.max, &text, NULL) != PB_OK || *count == ASSETS_MAX)
        _exit(96);
    assets[(*count)++] = (service_asset){pb_arena_cstr(arena, pb_str_c(name)),
                                         pb_arena_str(arena, pb_buf_str(&text)).ptr, text.len};
}

static inline service_core *open_service(pb_arena *arena)
{
    static service_asset assets[ASSETS_MAX];
    const service_extra extra = {.model_dir_count = 0};
    const char *root = getenv("PROBITY_ROOT"), *build = getenv("PROBITY_BUILD");
    service_core *service = NULL;
    pb_str *names = NULL;
    size_t name_count = 0, count = 0;
    if (sys_dir_list(pb_arena_printf(arena, "%s/model", root), arena, &names, &name_count, NULL) !=
        PB_OK)
        _exit(96);
    for (size_t i = 0; i < name_count; i++)
        add_asset(assets, &count, arena,
                  pb_arena_printf(arena, "%s/model/%.*s", root, PB_STR_FMT(names[i])),
                  pb_arena_printf(arena, "model/%.*s", PB_STR_FMT(names[i])));
    add_asset(assets, &count, arena, pb_arena_printf(arena, "%s/src/app/zh-CN.mo", build),
              "locales/zh-CN.mo");
    add_asset(assets, &count, arena, pb_arena_printf(arena, "%s/src/app/fa.mo", build),
              "locales/fa.mo");
    if (service_open(assets, count, &extra, &service, NULL) != PB_OK)
        _exit(95);
    return service;
}

static inline void told(void *context, const char *const *urls, size_t count)
{
    char text[1000] = "";
    size_t length = 0;
    (void)context;
    for (size_t i = 0; i < count; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%.*s\n",
                                   (int)strlen(urls[i]) - 1, urls[i]);
    program_write(folder, "ports", text);
}

static inline _Noreturn void serve(http_limits limits)
{
    static const char *const listen[] = {"http://127.0.0.1:0", "https://localhost:0",
                                         "http://0.0.0.0:0"};
    char log[4200], made[4200];
    pb_error err = {0};
    pb_arena *arena = pb_arena_new(0);
    snprintf(log, sizeof log, "%s/log", folder);
    snprintf(made, sizeof made, "%s/made.pem", folder);
    int fd = open(log, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    /* It does not outlive a test that failed. */
    if (arena == NULL || dup2(fd, 2) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        _exit(97);
    sys_signals_install();
    http_options options = {.service = open_service(arena),
                            .version = "0",
                            .listen = listen,
                            .listen_count = 2,
                            .made = made,
                            .limits = limits,
                            .log_all = true,
                            .ready = told};
    pb_status status = http_serve(&options, &err);
    if (status == PB_CANCELLED)
        _exit(UNFINISHED);
    service_close(options.service);
    pb_arena_free(arena);
    exit(status == PB_OK ? 0 : 1);
}

typedef struct running {
    pid_t child;
    unsigned port, tls;
} running;

static inline running start(http_limits limits)
{
    running r;
    folder = program_folder();
    fflush(NULL);
    r.child = fork();
    assert_true(r.child >= 0);
    if (r.child == 0)
        serve(limits);
    live_await(folder, "ports", "http://", r.child, &r.port);
    live_await(folder, "ports", "https://", r.child, &r.tls);
    return r;
}

static inline void await_log(const char *has)
{
    for (;;) {
        char *log = program_read(folder, "log");
        bool there = strstr(log, has) != NULL;
        free(log);
        if (there)
            return;
        usleep(2000);
    }
}

static inline void await_file(const char *name)
{
    while (!is_there(name))
        usleep(2000);
}

static inline void forget(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(unlink(path), 0);
}

static inline int wait_for(pid_t child)
{
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static inline void end(const running *r)
{
    kill(r->child, SIGTERM);
    int status = wait_for(r->child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("status %x, log:\n%s", (unsigned)status, program_read(folder, "log"));
    program_remove_folder(folder);
}

static inline void say(int fd, const char *text)
{
    live_send(fd, text, strlen(text));
}

static inline void expect_on(int fd, int status, const char *has)
{
    live_answer *answer = live_read(fd, false);
    if (answer->status != status || strstr(answer->text, has) == NULL)
        fail_msg("not %d with “%s” but:\n%s", status, has, answer->text);
    free(answer);
}

#endif
