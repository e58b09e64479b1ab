/* Database servers for tests: one a test program, in a folder of its own, on a unix socket only.
 *
 * A shell runs the server and waits for the end of its standard input, so the server ends with the
 * test program however that ends. As root the server runs as the user its package made. A server
 * that cannot be started fails the tests with its own words.
 */
#ifndef TESTS_SUPPORT_SERVER_H
#define TESTS_SUPPORT_SERVER_H

#include <fcntl.h>
#include <glob.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "sys/file.h"

typedef struct live_server {
    pid_t pid;
    int line;     /* its end is the server's */
    char *folder; /* with data, log, socket */
    pb_arena *arena;
} live_server;

static inline char *newest(pb_arena *arena, const char *pattern)
{
    glob_t found;
    char *path = NULL;
    if (glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc > 0)
        path = pb_arena_cstr(arena, pb_str_c(found.gl_pathv[found.gl_pathc - 1]));
    globfree(&found);
    return path;
}

/* A folder that another user can reach: the tests' own temporary folder may be closed to all but
 * us.
 */
static inline char *server_folder(pb_arena *arena)
{
    char folder[] = "/tmp/probity-live-XXXXXX";
    assert_non_null(mkdtemp(folder));
    return pb_arena_cstr(arena, pb_str_c(folder));
}

/* Runs `sh -c script sh FOLDER TOOLS` as `user` when we are root; its temporary files lie in FOLDER
 * too. */
static inline void server_start(live_server *server, const char *user, const char *tools,
                                const char *script)
{
    extern char **environ;
    int ends[2];
    server->arena = pb_arena_new(0);
    server->folder = server_folder(server->arena);
    const char *whole = pb_arena_printf(server->arena, "TMPDIR=\"$1\"; export TMPDIR; %s", script);
    const struct passwd *account = geteuid() == 0 ? getpwnam(user) : NULL;
    if (geteuid() == 0 && account == NULL)
        fail_msg("there is no user %s to run the server as", user);
    if (account != NULL)
        assert_int_equal(chown(server->folder, account->pw_uid, account->pw_gid), 0);
    assert_int_equal(chmod(server->folder, 0755), 0);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    const char *run[] = {"runuser", "-u", user,           "--",  "sh", "-c",
                         whole,     "sh", server->folder, tools, NULL};
    const char **arguments = account != NULL ? run : run + 4;
    int failed =
        posix_spawnp(&server->pid, arguments[0], &actions, NULL, (char **)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[0]);
    server->line = ends[1];
    if (failed != 0)
        fail_msg("%s could not be run: %s", arguments[0], strerror(failed));
}

static inline void server_log(const live_server *server)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    char *path = sys_path_join(server->arena, server->folder, "log");
    sys_file_read(path, 1 << 20, &text, NULL);
    print_message("%s\n", pb_buf_cstr(&text));
}

/* Waits until `up` says so. */
static inline void server_wait(live_server *server, bool (*up)(const live_server *))
{
    enum { TRIES = 3600 };
    for (int i = 0; i < TRIES; i++) {
        if (up(server))
            return;
        int state = 0;
        if (waitpid(server->pid, &state, WNOHANG) == server->pid) {
            server_log(server);
            server->pid = 0;
            fail_msg("the server ended by itself; its words stand above");
        }
        usleep(50000);
    }
    server_log(server);
    fail_msg("the server did not come up in three minutes; its words stand above");
}

static inline void server_stop(live_server *server)
{
    enum { STOP_TRIES = 2400 }; /* two minutes: a machine may be busy */
    close(server->line);
    int tries = 0;
    while (server->pid > 0 && waitpid(server->pid, NULL, WNOHANG) == 0 && tries++ < STOP_TRIES)
        usleep(50000);
    if (tries >= STOP_TRIES)
        kill(server->pid, SIGKILL);
    assert_true(tries < STOP_TRIES);
    assert_int_equal(PB_OK, sys_dir_remove_tree(server->folder, NULL));
    server->arena = pb_arena_free(server->arena);
}

#endif
