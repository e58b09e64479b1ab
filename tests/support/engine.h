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

/** Notes what the workspace that was made first holds, for engine_renewed. */
static inline void engine_note(void)
{
    engine_say("postgres",
               "DO $$ DECLARE t record; filled bool; BEGIN CREATE SCHEMA noted;"
               " FOR t IN SELECT relname FROM pg_class"
               " WHERE relnamespace = 'w1'::regnamespace AND relkind = 'r' LOOP"
               " EXECUTE format('SELECT EXISTS (SELECT 1 FROM w1.%I)', t.relname) INTO filled;"
               " IF filled THEN"
               " EXECUTE format('CREATE TABLE noted.%I AS TABLE w1.%I', t.relname, t.relname);"
               " END IF; END LOOP; END $$");
}

/** The address of the workspace that was made first, holding again what was noted: in a tenth of
 * the time that a copy takes, which is a file for each of its tables and indexes. Nobody has it
 * open. */
static inline const char *engine_renewed(void)
{
    engine_say(
        "postgres",
        "SET client_min_messages = error; SET session_replication_role = replica;"
        "DO $$ DECLARE t record; BEGIN"
        " FOR t IN SELECT c.relname, n.oid IS NOT NULL AS noted,"
        " pg_relation_size(c.oid) > 1 << 18 AS large FROM pg_class c"
        " LEFT JOIN pg_class n ON n.relname = c.relname"
        " AND n.relnamespace = 'noted'::regnamespace AND n.relkind = 'r'"
        " WHERE c.relnamespace = 'w1'::regnamespace AND c.relkind = 'r'"
        " AND pg_relation_size(c.oid) > 0 LOOP"
        " EXECUTE format(CASE WHEN t.large THEN 'TRUNCATE w1.%I' ELSE 'DELETE FROM w1.%I' END,"
        " t.relname);"
        " IF t.noted THEN"
        " EXECUTE format('INSERT INTO w1.%I SELECT * FROM noted.%I', t.relname, t.relname);"
        " END IF; END LOOP; END $$");
    return pb_arena_printf(engine_server.arena, "postgres://postgres@/postgres?host=%s&schema=w1",
                           engine_server.folder);
}

#endif
