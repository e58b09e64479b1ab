/* Processes that write are killed in the midst of it, again and again; on a server its processes
 * are, too. No record that was acknowledged is lost, none is there twice or half, none that was
 * told to have failed is there, the ledger is valid, and those that were not killed go on.
 *
 * Argument `long`: 200 times.
 */
#include "writers.h"

enum { KILLS_SHORT = 16, KILLS_LONG = 200, VERIFY_EVERY = 20, AFTER_RESTART = 3 };

/* ---- the test ---- */

static bool long_run;

static uint32_t roll(trial *t)
{
    t->dice = t->dice * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(t->dice >> 33);
}

/* ---- the server ---- */

/* Runs the server anew whenever it ended, as a service manager does, until the test ends. */
static void start_lasting_server(void)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char *tools = newest(arena, "/usr/lib/postgresql/*/bin");
    if (tools == NULL)
        fail_msg("there is no PostgreSQL server below /usr/lib/postgresql");
    server_start(
        &engine_server, "postgres", tools,
        "exec 3<&0; cd \"$1\" && "
        "\"$2/initdb\" -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync "
        ">log 2>&1 || exit 1; "
        "(while [ ! -e stop ]; do \"$2/postgres\" -D data -k \"$1\" -c listen_addresses= "
        "-c shared_buffers=32MB -c max_connections=60 >>log 2>&1; sleep 0.1; done) & "
        "(read -r line <&3; : >stop; kill -INT \"$(head -n 1 data/postmaster.pid)\"); wait");
    server_wait(&engine_server, engine_is_up);
    atexit(engine_stop);
}

static pid_t postmaster(void)
{
    char path[300];
    long pid = 0;
    snprintf(path, sizeof path, "%s/data/postmaster.pid", engine_server.folder);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%ld", &pid) != 1)
        pid = 0;
    if (file != NULL)
        fclose(file);
    return (pid_t)pid;
}

/* The server dies with all its processes (SIGKILL), or is told to stop at once (SIGQUIT) or in good
 * order; it is there again a moment later, and the writers, which nobody told, go on. */
static void strike_server(trial *t, int round)
{
    static const int signals[] = {SIGKILL, SIGQUIT, SIGINT};
    time_t end = time(NULL) + 120;
    pid_t server = postmaster(), next = server;
    assert_true(server > 0);
    assert_int_equal(0, kill(server, signals[round / 4 % 3]));
    while (next == server || next == 0) { /* the old one goes on for a while */
        listen_to(t, 20);
        next = postmaster();
        if (time(NULL) > end)
            fail_msg("the server did not come back in two minutes");
    }
    size_t before = t->acknowledged;
    listen_until(t, before + (size_t)WRITERS * AFTER_RESTART, "after the server was struck");
}

/* ---- what is there afterwards ---- */

static void one_round(trial *t, int round, int64_t *last)
{
    pb_error err;
    db_options options = {.key.key_file = t->w.key};
    memset(t->outcomes, 0, sizeof t->outcomes);
    t->told = t->acknowledged = 0;
    for (int i = 0; i < PROCESSES; i++)
        start_writer(t, round, i);
    listen_until(t, 1, "at the beginning");
    useconds_t pause_us = roll(t) % 60000;
    usleep(pause_us);
    if (on_postgres() && round % 4 == 3)
        strike_server(t, round);
    int first = (int)(roll(t) % PROCESSES);
    kill_writer(t, first);
    if (round % 2 == 1) { /* those that live go on */
        size_t before = t->acknowledged;
        listen_until(t, before + 1, "after the other writer was killed");
    }
    kill_writer(t, 1 - first);
    listen_to(t, 0);
    for (int i = 0; i < PROCESSES; i++)
        close(t->ends[i]);
    world_must(db_workspace_open(t->url, t->w.schema, &options, &t->w.workspace, &err), &err);
    *last = check_round(t, round, *last);
    /* What a killed process had written of a commit nobody was told of may lie behind later ones:
     * it is told of, and over with the verification, without a hand. */
    world_must(ledger_settle(t->w.workspace, &err), &err);
    if (round % VERIFY_EVERY == VERIFY_EVERY - 1)
        world_must(world_verify(&t->w, &err), &err);
    t->all_acknowledged += t->acknowledged;
    t->w.workspace = db_workspace_close(t->w.workspace);
}

static void make_workspace(trial *t)
{
    pb_error err;
    world *w = &t->w;
    world_place(w, "kill");
    if (on_postgres())
        start_lasting_server();
    t->url = on_postgres() ? engine_address() : w->folder;
    db_options options = {.key.key_file = w->key};
    world_must(db_workspace_create(t->url, w->schema, &options, NULL, &w->workspace, &err), &err);
    w->workspace = db_workspace_close(w->workspace);
}

/* ASVS V2.3.3 */
/* shows: PER-2 PER-3 REC-7 */
static void test_killed_writers_lose_nothing_acknowledged(void **state)
{
    (void)state;
    static trial t;
    pb_error err;
    int64_t last = 0;
    int rounds = long_run ? KILLS_LONG : KILLS_SHORT;
    t.dice = 5;
    make_workspace(&t);
    for (int round = 0; round < rounds; round++)
        one_round(&t, round, &last);
    db_options options = {.key.key_file = t.w.key};
    world_must(db_workspace_open(t.url, t.w.schema, &options, &t.w.workspace, &err), &err);
    world_must(ledger_settle(t.w.workspace, &err), &err);
    world_must(world_verify(&t.w, &err), &err);
    if (!on_postgres())
        world_must(db_check_pages(t.w.workspace, &err), &err);
    print_message("%d times: %zu records acknowledged, %zu told to have failed, %lld there\n",
                  rounds * PROCESSES, t.all_acknowledged, t.all_refused,
                  (long long)world_number(&t.w, "SELECT COUNT(*) FROM t_person"));
    assert_true(t.all_acknowledged > (size_t)rounds * PROCESSES);
    world_close(&t.w);
}

int main(int count, char **arguments)
{
    if (count == 5 && strcmp(arguments[0], "killed") == 0)
        return be_killed(arguments);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_killed_writers_lose_nothing_acknowledged),
    };
    long_run = count > 1 && strcmp(arguments[1], "long") == 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
