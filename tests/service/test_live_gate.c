/* Rows of a live database, PostgreSQL and MariaDB, at the gate: some are likely people who are
 * there already, written in another way or in another script, and one is likely an earlier row of
 * the same table. They are told, refused, queued for review, and an import of them is taken back as
 * a whole. */
#include "review_support.h"
#include "server.h"

enum { ROWS = 10, ALIKE = 4 };

/* The people who are there, in three scripts. */
static const char known[] = "Contact ID,Full Name,Email,Phone,Birth Date\n"
                            "k1,Annabel Weberknecht,annabel@nordlicht.de,+493023122340,1980-03-14\n"
                            "k2,张晓明,xm@example.com,+8613812345678,1979-05-06\n"
                            "k3,حسین محمدی,h.mohammadi@example.com,+989121234567,1985-01-20\n"
                            "k4,Dschingis Okonjo,okonjo@example.org,+493023122399,1961-11-02\n";

/* A server of the tests that holds tests/data/live/gate.sql: it is filled before it is told to be
 * there. */
typedef struct live_source {
    const char *user, *tools, *start, *fill, *url;
    live_server server;
} live_source;

static live_source postgres = {
    .user = "postgres",
    .tools = "/usr/lib/postgresql/*/bin",
    .start = "\"$2/initdb\" -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >log "
             "2>&1 || exit 1; \"$2/postgres\" -D data -k \"$1\" -c listen_addresses= -c fsync=off "
             "-c shared_buffers=16MB -c autovacuum=off >>log 2>&1 & server=$!",
    .fill = "tell() { \"$2/psql\" -q -v ON_ERROR_STOP=1 -h \"$1\" -U postgres -d postgres; }",
    .url = "postgres://postgres@/postgres?host=%s"};

static live_source mariadb = {
    .user = "mysql",
    .tools = "/usr/sbin/mariadbd",
    .start =
        "mariadb-install-db --no-defaults --datadir=\"$1/data\" "
        "--auth-root-authentication-method=normal --skip-test-db >log 2>&1 || exit 1; "
        "\"$2\" --no-defaults --datadir=\"$1/data\" --socket=\"$1/sock\" --pid-file=\"$1/pid\" "
        "--skip-networking --innodb-buffer-pool-size=16M --innodb-log-file-size=8M "
        "--skip-log-bin >>log 2>&1 & server=$!; tell() { mariadb --no-defaults -u root "
        "--socket=\"$1/sock\"; }; until echo 'CREATE DATABASE crm CHARACTER SET utf8mb4' | "
        "tell \"$1\" \"$2\" 2>/dev/null; do kill -0 $server || exit 1; sleep 0.1; done",
    .fill = "tell() { mariadb --no-defaults -u root --socket=\"$1/sock\" "
            "--default-character-set=utf8mb4 crm; }",
    .url = "mariadb://root@/crm?socket=%s/sock"};

static bool is_filled(const live_server *server)
{
    return sys_path_kind(pb_arena_printf(server->arena, "%s/filled", server->folder)) == SYS_FILE;
}

static void start(live_source *source)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF rows = PB_BUF_INIT(1 << 20);
    pb_error err = {0};
    char *tools = newest(arena, source->tools);
    if (tools == NULL)
        fail_msg("there is no server at %s", source->tools);
    must(
        sys_file_read(pb_arena_printf(arena, "%s/tests/data/live/gate.sql", getenv("PROBITY_ROOT")),
                      1 << 20, &rows, &err),
        &err);
    const char *script = pb_arena_printf(
        arena,
        "exec 3<&0; cd \"$1\" && %s; %s; "
        "until echo 'SELECT 1' | tell \"$1\" \"$2\" >/dev/null 2>&1; do kill -0 $server || exit 1; "
        "sleep 0.1; done; tell \"$1\" \"$2\" >>log 2>&1 <<'END' || exit 1\n%s\nEND\n"
        "echo >filled; (read -r line <&3; kill -TERM $server) & wait $server",
        source->start, source->fill, pb_buf_cstr(&rows));
    assert_non_null(script);
    server_start(&source->server, source->user, tools, script);
    server_wait(&source->server, is_filled);
}

static int servers_start(void **state)
{
    (void)state;
    start(&postgres);
    start(&mariadb);
    return 0;
}

static int servers_stop(void **state)
{
    (void)state;
    server_stop(&postgres.server);
    server_stop(&mariadb.server);
    return 0;
}

static char *url_of(office *o, const live_source *source)
{
    char *at = strstr(source->url, "%s");
    assert_non_null(at);
    return pb_arena_printf(o->arena, "%.*s%s%s", (int)(at - source->url), source->url,
                           source->server.folder, at + 2);
}

/* ---- what is there ---- */

static uint64_t contacts_of(office *o, db_workspace *workspace)
{
    pb_error err = {0};
    db_session *session = NULL;
    db_stmt *stmt = NULL;
    bool row;
    (void)o;
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(db_prepare(session, "SELECT COUNT(*) FROM contact", &stmt, &err), &err);
    must(db_step(stmt, &row, &err), &err);
    uint64_t count = (uint64_t)db_column_i64(stmt, 0);
    db_snapshot_close(session);
    return count;
}

typedef struct listed {
    size_t pairs, scripts[3];
    int64_t run;
} listed;

static pb_status list_pair(void *context, const record_pair *pair, pb_error *err)
{
    listed *l = context;
    (void)err;
    l->pairs++;
    l->scripts[0] += pb_str_is(pair->script, "latin");
    l->scripts[1] += pb_str_is(pair->script, "mixed");
    assert_int_equal(RECORD_OPEN, pair->state);
    assert_int_equal(l->run, pair->run);
    assert_true(pb_str_is(pair->by, "import"));
    assert_true(pair->score > 0.6);
    return PB_OK;
}

/* Pairs of records that are there, all found by the import `run`. */
static listed queue_of(db_workspace *workspace, int64_t run)
{
    pb_error err = {0};
    db_session *session = NULL;
    listed l = {.run = run};
    const record_review_filter live = {.any_state = true, .live = true};
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(record_review_each(session, &live, list_pair, &l, &err), &err);
    db_snapshot_close(session);
    return l;
}

static bool are_queued(office *o, db_workspace *workspace, const char *a, const char *b)
{
    pb_error err = {0};
    pb_uuid left, right;
    record_pair pair;
    db_session *session = NULL;
    ids_of(o, workspace, a, b, &left, &right);
    must(db_snapshot_open(workspace, &session, &err), &err);
    pb_status status =
        record_review_find(session, contact_of(o), left, right, o->arena, &pair, &err);
    db_snapshot_close(session);
    return status == PB_OK;
}

static const exchange_file *contacts_file(const exchange_plan *plan)
{
    for (size_t i = 0; i < plan->file_count; i++)
        if (plan->files[i].entity != NULL && pb_str_is(plan->files[i].entity->name, "contact"))
            return &plan->files[i];
    fail_msg("no table of contacts was found");
    return NULL;
}

/* The row was refused as being who it is told to be like. */
static bool was_refused(const exchange_file *file, int64_t row, const char *like)
{
    for (size_t i = 0; i < file->reject_count; i++)
        if (file->rejects[i].row == row)
            return pb_str_is(file->rejects[i].value, like) &&
                   pb_str_starts(file->rejects[i].says, PB_STR("Very probably the same"));
    return false;
}

static void take_back(office *o, db_workspace *workspace, int64_t run, uint64_t gone)
{
    pb_error err = {0};
    service_undone undone;
    o->call.now_us += 1000000;
    must(service_undo(&o->call, workspace, run, false, o->arena, &undone, &err), &err);
    assert_int_equal(gone, undone.counts.deleted);
    assert_int_equal(0, undone.kept_count);
    assert_int_equal(4, contacts_of(o, workspace));
    assert_int_equal(0, queue_of(workspace, run).pairs);
}

/* ---- the gate ---- */

static void judged_rows_of(office *o, const live_source *source)
{
    static const char *const twins[][2] = {{"k1", "1"}, {"k2", "2"}, {"k3", "3"}, {"4", "5"}};
    const service_gate refuse = {.duplicates = RECORD_DUPLICATES_REFUSE};
    const service_gate ignore = {.duplicates = RECORD_DUPLICATES_IGNORE};
    pb_error err = {0};
    ledger_report report;
    const char *url = url_of(o, source);
    db_workspace *workspace = open_workspace(o, make_workspace(o));
    assert_int_equal(0, import(o, workspace, put(o, "known.csv", known), NULL).suspected);

    /* warned: all come in, and who they may be waits for review */
    exchange_plan plan = import(o, workspace, url, NULL);
    assert_int_equal(ROWS, contacts_file(&plan)->imported);
    assert_int_equal(ALIKE, plan.suspected);
    assert_int_equal(1, plan.judged_count);
    assert_int_equal(ROWS, plan.judged[0].records);
    listed l = queue_of(workspace, plan.run);
    assert_int_equal(ALIKE, l.pairs);
    assert_int_equal(2, l.scripts[0]);
    assert_int_equal(2, l.scripts[1]);
    for (size_t i = 0; i < ALIKE; i++)
        assert_true(are_queued(o, workspace, twins[i][0], twins[i][1]));
    take_back(o, workspace, plan.run, ROWS);

    /* refused: they stay out, each with the reason, and nothing of them waits */
    plan = import(o, workspace, url, &refuse);
    const exchange_file *file = contacts_file(&plan);
    assert_int_equal(ROWS - ALIKE, file->imported);
    assert_int_equal(ALIKE, file->rejected);
    for (size_t i = 0; i < ALIKE; i++)
        assert_true(was_refused(file, twins[i][1][0] - '0', twins[i][0]));
    assert_int_equal(0, queue_of(workspace, plan.run).pairs);
    take_back(o, workspace, plan.run, ROWS - ALIKE);

    /* ignored: they come in and nobody is told */
    plan = import(o, workspace, url, &ignore);
    assert_int_equal(ROWS, contacts_file(&plan)->imported);
    assert_int_equal(0, plan.suspected);
    assert_int_equal(0, queue_of(workspace, plan.run).pairs);
    take_back(o, workspace, plan.run, ROWS);

    must(service_verify(o->service, &o->call, workspace, &report, &err), &err);
    db_workspace_close(workspace);
    if (!on_postgres())
        must(sys_dir_remove_tree(place(o, "w"), &err), &err);
    must(sys_file_remove(o->key.key_file, &err), &err);
}

/* shows: DQ-4 INT-5 REC-5 */
static void test_rows_of_postgresql_pass_the_gate(void **state)
{
    judged_rows_of(*state, &postgres);
}

/* shows: DQ-4 INT-5 REC-5 */
static void test_rows_of_mariadb_pass_the_gate(void **state)
{
    judged_rows_of(*state, &mariadb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rows_of_postgresql_pass_the_gate, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_rows_of_mariadb_pass_the_gate, office_open,
                                        office_close),
    };
    return cmocka_run_group_tests(tests, servers_start, servers_stop);
}
