/* Processes that write are killed in the midst of it, again and again; on a server its processes
 * are, too. No record that was acknowledged is lost, none is there twice or half, none that was
 * told to have failed is there, the ledger is valid, and those that were not killed go on.
 *
 * Each writer is a process of several threads that goes the ordinary road; what it is told goes
 * into a pipe that this program reads. Argument `long`: 200 times.
 */
#include "world.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

enum { PROCESSES = 2, THREADS = 4, WRITERS = PROCESSES * THREADS, PER_WRITER = 4096 };
enum { KILLS_SHORT = 16, KILLS_LONG = 200, VERIFY_EVERY = 20, AFTER_RESTART = 3 };

/* What a writer was told about a record; `broken`: that it is not known whether it is stored. */
typedef enum answer { NEVER_TRIED, ACKNOWLEDGED, REFUSED, UNKNOWN } answer;

typedef struct told {
    int32_t writer, number, outcome;
} told;

/* ---- a process that writes ---- */

typedef struct writer {
    world *w;
    int round, number;
} writer;

typedef struct entry {
    char name[64], email[64], remark[64];
} entry;

static pb_status enter(world *w, record_writer *road, void *context, pb_error *err)
{
    const entry *e = context;
    return world_create(road, w->person,
                        GIVEN({"full_name", e->name}, {"email", e->email}, {"remark", e->remark}),
                        "", NULL, err);
}

static void tell(int who, int number, answer outcome)
{
    const told word = {who, number, (int32_t)outcome};
    if (write(STDOUT_FILENO, &word, sizeof word) != (ssize_t)sizeof word)
        _exit(5);
}

static void complain(pb_status status, const pb_error *err)
{
    char words[4096];
    fprintf(stderr, "status %d: %s\n", (int)status, world_says(err, words, sizeof words));
    _exit(6);
}

/* world_write, but for its clock: threads share the world. */
static pb_status write_one(world *w, entry *e, pb_error *err)
{
    struct world_write job = {w, RECORD_STRICT, enter, e, 0};
    return db_write(w->workspace, world_run, &job, err);
}

static void *write_on(void *context)
{
    const writer *self = context;
    for (int k = 1; k < PER_WRITER; k++) {
        pb_error err = {0};
        entry e;
        snprintf(e.name, sizeof e.name, "Writer %c Number %d", 'A' + self->number, k);
        snprintf(e.email, sizeof e.email, "w%d.%d.%d@example.com", self->round, self->number, k);
        snprintf(e.remark, sizeof e.remark, "%d.%d.%d", self->round, self->number, k);
        pb_status status = write_one(self->w, &e, &err);
        bool closed = status != PB_OK && err.primary.id != NULL &&
                      strstr(err.primary.id, "closed to all use") != NULL;
        tell(self->number, k, status == PB_OK ? ACKNOWLEDGED : closed ? UNKNOWN : REFUSED);
        if (status != PB_OK && status != PB_IO && status != PB_BUSY)
            complain(status, &err);
        if (closed)
            return NULL;
        if (status != PB_OK)
            usleep(50000); /* as a person would wait before the next try */
    }
    return NULL;
}

/* Arguments: killed, url, key, round, number of the first writer. */
static int be_killed(char **arguments)
{
    world w = {.now_us = WORLD_NOW};
    pb_error err;
    pthread_t threads[THREADS];
    writer writers[THREADS];
    db_options options = {.key.key_file = arguments[2]};
    world_must(sys_sodium_init(&err), &err);
    world_schema(&w);
    pb_status status = PB_BUSY;
    while (status == PB_BUSY || status == PB_IO) { /* the server may be gone for a moment */
        status = db_workspace_open(arguments[1], w.schema, &options, &w.workspace, &err);
        if (status != PB_OK)
            usleep(50000);
    }
    if (status != PB_OK)
        complain(status, &err);
    for (int i = 0; i < THREADS; i++) {
        writers[i] = (writer){&w, (int)strtol(arguments[3], NULL, 10),
                              (int)strtol(arguments[4], NULL, 10) + i};
        if (pthread_create(&threads[i], NULL, write_on, &writers[i]) != 0)
            return 3;
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pause(); /* to be killed like the others */
    return 0;
}

/* ---- the test ---- */

typedef struct trial {
    world w;
    const char *url;
    pb_arena *arena;
    uint8_t outcomes[WRITERS][PER_WRITER]; /* of the round */
    pid_t children[PROCESSES];
    int ends[PROCESSES];
    size_t told, acknowledged; /* of the round */
    size_t all_acknowledged, all_refused;
    uint64_t dice;
} trial;

static bool long_run;

static uint32_t roll(trial *t)
{
    t->dice = t->dice * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(t->dice >> 33);
}

static void start_writer(trial *t, int round, int process)
{
    int ends[2];
    char number[16], first[16];
    snprintf(number, sizeof number, "%d", round);
    snprintf(first, sizeof first, "%d", process * THREADS);
    assert_int_equal(0, pipe2(ends, O_CLOEXEC));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl("/proc/self/exe", "killed", t->url, t->w.key, number, first, (char *)NULL);
        _exit(9);
    }
    close(ends[1]);
    t->children[process] = child;
    t->ends[process] = ends[0];
}

/* Takes in what was told so far; at most `wait_ms` until something is. */
static void listen_to(trial *t, int wait_ms)
{
    struct pollfd polls[PROCESSES];
    for (int i = 0; i < PROCESSES; i++)
        polls[i] = (struct pollfd){.fd = t->ends[i], .events = POLLIN};
    while (poll(polls, PROCESSES, wait_ms) > 0) {
        bool any = false;
        for (int i = 0; i < PROCESSES; i++) {
            told word;
            if ((polls[i].revents & POLLIN) == 0 ||
                read(t->ends[i], &word, sizeof word) != (ssize_t)sizeof word)
                continue;
            any = true;
            assert_in_range(word.writer, 0, WRITERS - 1);
            assert_in_range(word.number, 1, PER_WRITER - 1);
            t->outcomes[word.writer][word.number] = (uint8_t)word.outcome;
            t->told++;
            t->acknowledged += word.outcome == ACKNOWLEDGED;
            t->all_refused += word.outcome == REFUSED;
        }
        if (!any)
            return;
        wait_ms = 0;
    }
}

static void listen_until(trial *t, size_t acknowledged, const char *when)
{
    time_t end = time(NULL) + 120;
    while (t->acknowledged < acknowledged) {
        listen_to(t, 100);
        if (time(NULL) > end)
            fail_msg("%s: %zu of %zu records acknowledged in two minutes", when, t->acknowledged,
                     acknowledged);
    }
}

static void kill_writer(trial *t, int process)
{
    int status = 0;
    kill(t->children[process], SIGKILL);
    assert_int_equal(t->children[process], waitpid(t->children[process], &status, 0));
    if (!WIFSIGNALED(status))
        fail_msg("a writer ended by itself: %d", WEXITSTATUS(status));
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
    size_t before = t->acknowledged;
    pid_t server = postmaster();
    assert_true(server > 0);
    assert_int_equal(0, kill(server, signals[round / 4 % 3]));
    listen_until(t, before + (size_t)WRITERS * AFTER_RESTART, "after the server was struck");
}

/* ---- what is there afterwards ---- */

static void check_row(trial *t, int round, pb_str remark, uint8_t (*found)[PER_WRITER])
{
    int r, who, number;
    char text[64];
    snprintf(text, sizeof text, "%.*s", PB_STR_FMT(remark));
    assert_int_equal(3, sscanf(text, "%d.%d.%d", &r, &who, &number));
    if (r != round)
        return;
    assert_in_range(who, 0, WRITERS - 1);
    assert_in_range(number, 1, PER_WRITER - 1);
    if (found[who][number]++ > 0)
        fail_msg("record %s is there twice", text);
    if (t->outcomes[who][number] == REFUSED)
        fail_msg("record %s is there, and its writer was told it could not be stored", text);
}

/* Those of the round: all rows behind the first of them. */
static int64_t check_round(trial *t, int round, int64_t after)
{
    pb_error err;
    db_stmt *stmt;
    bool row = false;
    static uint8_t found[WRITERS][PER_WRITER];
    memset(found, 0, sizeof found);
    db_session *session = world_look(&t->w);
    world_must(
        db_prepare(session, "SELECT n, remark FROM t_person WHERE n > ?1 ORDER BY n", &stmt, &err),
        &err);
    db_bind_i64(stmt, 1, after);
    for (;;) {
        world_must(db_step(stmt, &row, &err), &err);
        if (!row)
            break;
        after = db_column_i64(stmt, 0);
        check_row(t, round, db_column_text(stmt, 1), found);
    }
    db_snapshot_close(session);
    for (int who = 0; who < WRITERS; who++)
        for (int number = 1; number < PER_WRITER; number++)
            if (t->outcomes[who][number] == ACKNOWLEDGED && found[who][number] == 0)
                fail_msg("record %d.%d.%d was acknowledged and is gone", round, who, number);
    return after;
}

/* What a killed process had written of a commit nobody was told of may lie behind later ones: it is
 * put aside and told of until somebody takes it away, since it cannot be told from an altered one
 * (db/README.md). */
static void take_away_torn(const trial *t)
{
    char path[400];
    snprintf(path, sizeof path, "%s/records.db-torn", t->w.folder);
    unlink(path);
}

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
    take_away_torn(t);
    if (round % VERIFY_EVERY == VERIFY_EVERY - 1)
        world_must(world_verify(&t->w, &err), &err);
    t->all_acknowledged += t->acknowledged;
    t->w.workspace = db_workspace_close(t->w.workspace);
}

static void make_workspace(trial *t)
{
    pb_error err;
    const char *base = getenv("TMPDIR");
    world *w = &t->w;
    world_must(sys_sodium_init(&err), &err);
    w->now_us = WORLD_NOW;
    world_schema(w);
    snprintf(w->folder, sizeof w->folder, "%s/probity-kill-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->key, sizeof w->key, "%s.key", w->folder);
    if (on_postgres())
        start_lasting_server();
    t->url = on_postgres() ? engine_address() : w->folder;
    db_options options = {.key.key_file = w->key};
    world_must(db_workspace_create(t->url, w->schema, &options, NULL, &w->workspace, &err), &err);
    w->workspace = db_workspace_close(w->workspace);
}

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
    take_away_torn(&t);
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
