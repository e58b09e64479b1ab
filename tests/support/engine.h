/* Which engine a test of behaviour runs on: PROBITY_TEST_ENGINE=postgres runs it on a PostgreSQL
 * server of its own, started when the first workspace is asked for; without it workspaces lie in
 * folders. Each workspace gets a schema of its own.
 */
#ifndef TESTS_SUPPORT_ENGINE_H
#define TESTS_SUPPORT_ENGINE_H

#include "server.h"

static live_server engine_server;
static int engine_count;

static inline bool on_postgres(void)
{
    const char *engine = getenv("PROBITY_TEST_ENGINE");
    return engine != NULL && strcmp(engine, "postgres") == 0;
}

/* The socket is there as soon as the server listens; it takes sessions a moment later. */
static inline bool engine_is_up(const live_server *server)
{
    PB_AUTO_BUF log = PB_BUF_INIT(1 << 20);
    char *path = sys_path_join(server->arena, server->folder, "log");
    return sys_file_read(path, 1 << 20, &log, NULL) == PB_OK &&
           pb_str_find(pb_buf_str(&log), PB_STR("ready to accept connections")) != SIZE_MAX;
}

static inline void engine_stop(void)
{
    if (engine_server.folder != NULL)
        server_stop(&engine_server);
}

static inline void engine_start(void)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char *tools = newest(arena, "/usr/lib/postgresql/*/bin");
    if (tools == NULL)
        fail_msg("there is no PostgreSQL server below /usr/lib/postgresql");
    server_start(&engine_server, "postgres", tools,
                 "exec 3<&0; cd \"$1\" && "
                 "\"$2/initdb\" -D data -U postgres -A trust -E UTF8 "
                 "--locale=C.UTF-8 --no-sync >log 2>&1 || exit 1; "
                 "\"$2/postgres\" -D data -k \"$1\" -c listen_addresses= -c fsync=off "
                 "-c full_page_writes=off -c shared_buffers=64MB -c max_connections=100 "
                 "-c autovacuum=off >>log 2>&1 & server=$!; "
                 "(read -r line <&3; kill -INT $server) & wait $server");
    server_wait(&engine_server, engine_is_up);
    atexit(engine_stop);
}

/** The address of a workspace that is not there yet. Lives as long as the program. */
static inline const char *engine_address(void)
{
    if (engine_server.folder == NULL)
        engine_start();
    return pb_arena_printf(engine_server.arena, "postgres://postgres@/postgres?host=%s&schema=w%d",
                           engine_server.folder, ++engine_count);
}

/** Has an administrator say something to the server. */
static inline void engine_say(const char *database, const char *sql)
{
    extern char **environ;
    static char
        *psql; /* the program itself: what Debian puts before it takes longer than it does */
    if (psql == NULL)
        psql = newest(engine_server.arena, "/usr/lib/postgresql/*/bin/psql");
    assert_non_null(psql);
    const char *const arguments[] = {psql, "-X",       "-q", "-h",     engine_server.folder,
                                     "-U", "postgres", "-d", database, "-c",
                                     sql,  NULL};
    pid_t child = 0;
    int state = 0;
    assert_int_equal(
        0, posix_spawnp(&child, psql, NULL, NULL, (char *const *)(uintptr_t)arguments, environ));
    assert_int_equal(child, waitpid(child, &state, 0));
    assert_int_equal(0, state);
}

/** What the owner of the tables could do, tests may do, too: they alter what nobody may alter. */
static inline void engine_lift_rights(void)
{
    engine_say("postgres",
               pb_arena_printf(engine_server.arena,
                               "GRANT ALL ON ALL TABLES IN SCHEMA w%d TO w%d_postgres_app;"
                               " GRANT w%d_postgres_owner TO w%d_postgres_app",
                               engine_count, engine_count, engine_count, engine_count));
}

/** The address of a copy of the workspace that was made first, in a database of its own: made in a
 * tenth of the time a new one takes. */
static inline const char *engine_copy(void)
{
    int number = ++engine_count;
    engine_say("template1",
               pb_arena_printf(engine_server.arena,
                               "CREATE DATABASE copy%d TEMPLATE postgres STRATEGY FILE_COPY",
                               number));
    return pb_arena_printf(engine_server.arena, "postgres://postgres@/copy%d?host=%s&schema=w1",
                           number, engine_server.folder);
}

#endif
