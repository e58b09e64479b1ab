/* The network between the program and its server is cut under load, at either end, and comes back:
 * two network namespaces of the test's own, joined by one pair of interfaces. Nothing acknowledged
 * is lost, nothing is there twice or against what was told, who asks during the cut is told within
 * the time set, and the writers go on without anybody's hand.
 *
 * Argument `long`: more cuts.
 */
#include "own_space.h"
#include "writers.h"

#include "sys/clock.h"

enum { CUTS_SHORT = 2, CUTS_LONG = 40, DOWN_MS = 3000, BOUND_MS = 4000, GO_ON = 3 };

#define HERE "pbcut0"
#define THERE "pbcut1"

static bool long_run;
static trial the_trial; /* its workspace is open from one test to the next */
static int space_here = -1, space_there = -1;

/* A certificate for the server's number, and TLS only. */
static const char start_script[] =
    "exec 3<&0; cd \"$1\" && "
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout ca.key "
    "-out ca.crt -subj /CN=ca "
    ">>log 2>&1 && "
    "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out "
    "server.csr -subj /CN=server "
    ">>log 2>&1 && printf 'subjectAltName=IP:10.77.0.1\\n' >names && "
    "openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 "
    "-extfile names -out server.crt >>log 2>&1 && chmod 600 server.key && chmod 644 ca.crt && "
    "\"$2/initdb\" -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >>log 2>&1 "
    "|| exit 1; printf 'local all all trust\\nhostssl all all 10.77.0.0/30 trust\\n' "
    ">data/pg_hba.conf; "
    "\"$2/postgres\" -D data -k \"$1\" -c listen_addresses=0.0.0.0 -c port=5477 -c ssl=on "
    "-c ssl_cert_file=\"$1/server.crt\" -c ssl_key_file=\"$1/server.key\" -c shared_buffers=32MB "
    "-c max_connections=60 >>log 2>&1 & server=$!; "
    "(read -r line <&3; kill -INT $server) & wait $server";

static int open_space(void)
{
    int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static void go_to(int space)
{
    assert_int_equal(0, setns(space, CLONE_NEWNET));
}

static void start_server_there(void)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char *tools = newest(arena, "/usr/lib/postgresql/*/bin");
    if (tools == NULL)
        fail_msg("there is no PostgreSQL server below /usr/lib/postgresql");
    server_start(&engine_server, "postgres", tools, start_script);
    server_wait(&engine_server, engine_is_up);
    atexit(engine_stop);
}

/* The server's host is taken first, then the writers', and a cable laid between. */
static void make_hosts(void)
{
    char pid[16];
    if (!own_space_take(CLONE_NEWNET))
        own_space_skip("network namespaces are not given here");
    if (OWN_SPACE_RUN("ip", "link", "set", "lo", "up") != 0)
        own_space_skip("“ip” (Debian: iproute2) does not run");
    space_there = open_space();
    start_server_there();
    assert_int_equal(0, unshare(CLONE_NEWNET));
    space_here = open_space();
    snprintf(pid, sizeof pid, "%d", (int)engine_server.pid);
    if (OWN_SPACE_RUN("ip", "link", "add", "name", HERE, "type", "veth", "peer", "name", THERE,
                      "netns", pid) != 0)
        own_space_skip("pairs of interfaces (veth) are not given here");
    assert_int_equal(0, OWN_SPACE_RUN("ip", "addr", "add", "10.77.0.2/30", "dev", HERE));
    assert_int_equal(0, OWN_SPACE_RUN("ip", "link", "set", HERE, "up"));
    go_to(space_there);
    assert_int_equal(0, OWN_SPACE_RUN("ip", "addr", "add", "10.77.0.1/30", "dev", THERE));
    assert_int_equal(0, OWN_SPACE_RUN("ip", "link", "set", THERE, "up"));
    go_to(space_here);
}

static void set_link(bool here, const char *what)
{
    go_to(here ? space_here : space_there);
    assert_int_equal(0, OWN_SPACE_RUN("ip", "link", "set", here ? HERE : THERE, what));
    go_to(space_here);
}

static int64_t now_ms(void)
{
    return sys_monotonic_us() / 1000;
}

/* Who comes now is told so, soon. */
static void ask_in_vain(trial *t)
{
    pb_error err = {0};
    char words[4096];
    db_options options = {.key.key_file = t->w.key};
    int64_t begin = now_ms();
    pb_status status = db_workspace_open(t->url, t->w.schema, &options, &t->w.workspace, &err);
    int64_t took = now_ms() - begin;
    if (status != PB_IO || took > BOUND_MS)
        fail_msg("status %d after %lld ms", (int)status, (long long)took);
    world_says(&err, words, sizeof words);
    if (strstr(words, "does not answer") == NULL)
        fail_msg("not told what is wrong: %s", words);
}

static void listen_for(trial *t, int64_t ms)
{
    int64_t end = now_ms() + ms;
    while (now_ms() < end)
        listen_to(t, (int)(end - now_ms()));
}

static size_t told_by(const trial *t, int who)
{
    size_t count = 0;
    for (int k = 1; k < PER_WRITER; k++)
        count += t->outcomes[who][k] == ACKNOWLEDGED;
    return count;
}

/* Each of them, not only the quickest. */
static void all_go_on(trial *t)
{
    size_t before[WRITERS];
    int64_t begin = now_ms(), end = begin + 60000;
    for (int who = 0; who < WRITERS; who++)
        before[who] = told_by(t, who);
    for (int who = 0; who < WRITERS; who++)
        while (told_by(t, who) < before[who] + GO_ON) {
            if (now_ms() > end)
                fail_msg("writer %d does not go on within a minute of the network's return", who);
            listen_to(t, 100);
        }
    print_message("all go on %lld ms after the network's return\n", (long long)(now_ms() - begin));
}

static void one_cut(trial *t, int round, int64_t *last)
{
    pb_error err;
    db_options options = {.key.key_file = t->w.key};
    memset(t->outcomes, 0, sizeof t->outcomes);
    t->told = t->acknowledged = 0;
    for (int i = 0; i < PROCESSES; i++)
        start_writer(t, round, i);
    listen_until(t, (size_t)WRITERS * GO_ON, "at the beginning");
    set_link(round % 2 == 0, "down");
    listen_for(t, 500);
    size_t before = t->acknowledged;
    ask_in_vain(t);
    listen_for(t, DOWN_MS);
    assert_int_equal(before, t->acknowledged); /* it was a cut */
    set_link(round % 2 == 0, "up");
    all_go_on(t);
    for (int i = 0; i < PROCESSES; i++)
        kill_writer(t, i);
    listen_to(t, 0);
    for (int i = 0; i < PROCESSES; i++)
        close(t->ends[i]);
    world_must(db_workspace_open(t->url, t->w.schema, &options, &t->w.workspace, &err), &err);
    *last = check_round(t, round, *last);
    t->all_acknowledged += t->acknowledged;
    t->w.workspace = db_workspace_close(t->w.workspace);
}

static void make_workspace(trial *t)
{
    pb_error err;
    world *w = &t->w;
    world_place(w, "cut");
    t->url = pb_arena_printf(engine_server.arena,
                             "postgres://postgres@10.77.0.1:5477/postgres?schema=w1"
                             "&sslrootcert=%s/ca.crt&connect_timeout=2&tcp_user_timeout=2000"
                             "&keepalives_idle=1&keepalives_interval=1&keepalives_count=2",
                             engine_server.folder);
    db_options options = {.key.key_file = w->key};
    world_must(db_workspace_create(t->url, w->schema, &options, NULL, &w->workspace, &err), &err);
    w->workspace = db_workspace_close(w->workspace);
}

/* The network goes between two statements of a transaction, so that the server has nothing to say
 * and no reason of its own to look for its client. */
static pb_status enter_and_be_cut(world *w, record_writer *road, void *context, pb_error *err)
{
    bool *cut = context;
    PB_TRY(
        world_create(road, w->person,
                     GIVEN({"full_name", "Cut Off"}, {"email", "a@example.com"}, {"remark", "-"}),
                     "", NULL, err));
    if (*cut)
        return PB_OK;
    *cut = true;
    usleep(200000);
    set_link(true, "down");
    return world_create(
        road, w->person,
        GIVEN({"full_name", "Lost On The Way"}, {"email", "b@example.com"}, {"remark", "-"}), "",
        NULL, err);
}

static pb_status enter_after(world *w, record_writer *road, void *context, pb_error *err)
{
    (void)context;
    return world_create(
        road, w->person,
        GIVEN({"full_name", "Came After"}, {"email", "c@example.com"}, {"remark", "-"}), "", NULL,
        err);
}

/* shows: PER-2 PER-3 */
static void test_what_a_cut_session_holds_is_let_go(void **state)
{
    (void)state;
    if (own_space_missing)
        skip();
    pb_error err;
    bool cut = false;
    char words[4096];
    world *w = &the_trial.w;
    int64_t begin = now_ms();
    pb_status status = world_write(w, RECORD_STRICT, enter_and_be_cut, &cut, NULL, &err);
    int64_t took = now_ms() - begin;
    if (status != PB_IO || took > 3 * BOUND_MS)
        fail_msg("status %d after %lld ms: %s", (int)status, (long long)took,
                 world_says(&err, words, sizeof words));
    set_link(true, "up");
    begin = now_ms();
    world_must(world_write(w, RECORD_STRICT, enter_after, NULL, NULL, &err), &err);
    print_message("told after %lld ms; the next write took %lld ms\n", (long long)took,
                  (long long)(now_ms() - begin));
    assert_in_range(now_ms() - begin, 0, 5 * BOUND_MS);
    assert_int_equal(1,
                     world_number(w, "SELECT COUNT(*) FROM t_person WHERE full_name IN ('Cut Off', "
                                     "'Lost On The Way', 'Came After')"));
    world_must(world_verify(w, &err), &err);
    world_close(w);
}

/* shows: PER-2 PER-3 SEC-1 */
static void test_a_network_that_is_cut_loses_nothing_acknowledged(void **state)
{
    (void)state;
    trial *t = &the_trial;
    pb_error err;
    int64_t last = 0;
    int cuts = long_run ? CUTS_LONG : CUTS_SHORT;
    make_hosts();
    make_workspace(t);
    for (int round = 0; round < cuts; round++)
        one_cut(t, round, &last);
    db_options options = {.key.key_file = t->w.key};
    world_must(db_workspace_open(t->url, t->w.schema, &options, &t->w.workspace, &err), &err);
    world_must(world_verify(&t->w, &err), &err);
    print_message("%d cuts: %zu records acknowledged, %zu told to have failed, %lld there\n", cuts,
                  t->all_acknowledged, t->all_refused,
                  (long long)world_number(&t->w, "SELECT COUNT(*) FROM t_person"));
}

int main(int count, char **arguments)
{
    if (count == 5 && strcmp(arguments[0], "killed") == 0)
        return be_killed(arguments);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_network_that_is_cut_loses_nothing_acknowledged),
        cmocka_unit_test(test_what_a_cut_session_holds_is_let_go),
    };
    long_run = count > 1 && strcmp(arguments[1], "long") == 0;
    return own_space_exit(cmocka_run_group_tests(tests, NULL, NULL));
}
