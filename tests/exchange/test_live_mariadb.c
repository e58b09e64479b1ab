/* Live MariaDB databases: SuiteCRM, EspoCRM and Dolibarr; read-only and of one moment. */
#include <mysql.h>

#include "live_support.h"

static live_server server;
static const char password[] = "s3cret/p@ss:word?";
static const char escaped[] = "s3cret%2Fp%40ss%3Aword%3F";

static MYSQL *reach(const char *folder, const char *database)
{
    char socket[256];
    snprintf(socket, sizeof socket, "%s/sock", folder);
    MYSQL *connection = mysql_init(NULL);
    if (mysql_real_connect(connection, "localhost", "root", "", database, 0, socket,
                           CLIENT_MULTI_STATEMENTS) == NULL) {
        mysql_close(connection);
        return NULL;
    }
    mysql_set_character_set(connection, "utf8mb4");
    return connection;
}

static bool is_up(const live_server *s)
{
    MYSQL *connection = reach(s->folder, NULL);
    if (connection == NULL)
        return false;
    mysql_close(connection);
    return true;
}

/* All statements of a text; the first cell of the last result. */
static char *run(const char *database, const char *sql)
{
    MYSQL *connection = reach(server.folder, database);
    assert_non_null(connection);
    char *cell = NULL;
    int more = mysql_query(connection, sql);
    while (more == 0) {
        MYSQL_RES *result = mysql_store_result(connection);
        MYSQL_ROW row = result == NULL ? NULL : mysql_fetch_row(result);
        if (row != NULL && row[0] != NULL)
            cell = pb_arena_cstr(server.arena, pb_str_c(row[0]));
        mysql_free_result(result);
        more = mysql_next_result(connection);
    }
    if (mysql_errno(connection) != 0)
        fail_msg("%s: %s", database == NULL ? "" : database, mysql_error(connection));
    mysql_close(connection);
    return cell;
}

static void fill(const char *database)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    pb_error err;
    run(NULL, pb_arena_printf(server.arena,
                              "CREATE DATABASE %s CHARACTER SET utf8mb4; "
                              "GRANT SELECT ON %s.* TO auditor@localhost",
                              database, database));
    char *path = pb_arena_printf(server.arena, "%s/tests/data/live/%s.sql", root_path(), database);
    must(sys_file_read(path, 1 << 20, &text, &err), &err);
    pb_buf_addc(&text, "\nDO 0");
    run(database, pb_arena_printf(server.arena, "SET sql_mode = ''; %s", pb_buf_cstr(&text)));
}

static int servers_start(void **state)
{
    (void)state;
    pb_error err;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char *tools = newest(arena, "/usr/sbin/mariadbd");
    if (tools == NULL)
        fail_msg("there is no MariaDB server at /usr/sbin/mariadbd");
    server_start(&server, "mysql", tools,
                 "exec 3<&0; cd \"$1\" && mariadb-install-db --no-defaults --datadir=\"$1/data\" "
                 "--auth-root-authentication-method=normal --skip-test-db >log 2>&1 || exit 1; "
                 "\"$2\" --no-defaults --datadir=\"$1/data\" --socket=\"$1/sock\" "
                 "--pid-file=\"$1/pid\" --skip-networking --innodb-flush-log-at-trx-commit=0 "
                 "--innodb-buffer-pool-size=16M --innodb-log-file-size=8M --skip-log-bin "
                 ">>log 2>&1 & server=$!; (read -r line <&3; kill -TERM $server) & wait $server");
    server_wait(&server, is_up);
    run(NULL, pb_arena_printf(server.arena,
                              "CREATE USER auditor@localhost IDENTIFIED BY '%s'; "
                              "CREATE USER writer@localhost IDENTIFIED BY '%s'",
                              password, password));
    fill("suitecrm");
    fill("espocrm");
    fill("dolibarr");
    fill("office");
    run(NULL, "GRANT SELECT, UPDATE ON dolibarr.* TO writer@localhost");
    char *file = sys_path_join(server.arena, server.folder, "password");
    must(sys_file_write(file, pb_str_c(password), 0644, &err), &err);
    return 0;
}

static int servers_stop(void **state)
{
    (void)state;
    server_stop(&server);
    return 0;
}

static char *url_of(bench_room *room, const char *login, const char *database)
{
    return pb_arena_printf(room->arena, "mariadb://%s:%s@/%s?socket=%s/sock", login, escaped,
                           database, server.folder);
}

/* shows: INT-5 AUD-13 */
static void test_suitecrm(void **state)
{
    bench_room *room = *state;
    live_read read = read_live(room, url_of(room, "auditor", "suitecrm"), NULL);
    const exchange_plan *plan = &read.plan;
    assert_rows(room, plan, "suitecrm/users", 1); /* deleted rows are no records */
    assert_rows(room, plan, "suitecrm/accounts", 19);
    assert_rows(room, plan, "suitecrm/contacts", 30);
    assert_rows(room, plan, "suitecrm/opportunities", 9);
    assert_rows(room, plan, "suitecrm/calls", 5);
    assert_rows(room, plan, "suitecrm/cases", 1);
    assert_rows(room, plan, "suitecrm/campaigns", 1);
    assert_rows(room, plan, "suitecrm/leads", 2);
    assert_rows(room, plan, "suitecrm/meetings", 1);
    assert_rows(room, plan, "suitecrm/tasks", 2);
    assert_rows(room, plan, "suitecrm/notes", 2);
    assert_rows(room, plan, "suitecrm/emails", 3);
    assert_false(mentions(plan, room, "was not read"));
    assert_told(room, &read, "SELECT full_name || ' ' || email FROM contact WHERE record = 'k1'",
                "José Fischer kunde1@example.com");
    assert_told(
        room, &read,
        "SELECT a.name FROM contact c JOIN account a ON a.id = c.account_id WHERE c.record = 'k3'",
        "Bakery D Ltd");
    assert_told(room, &read,
                "SELECT count(*) FROM contact WHERE record = 'k2' AND account_id IS NULL", "1");
    assert_told(
        room, &read,
        "SELECT amount || amount_currency || closed_on FROM opportunity WHERE record = 'o1'",
        "100050EUR19904");
    assert_told(room, &read, "SELECT duration_minutes FROM activity WHERE record = 'p1'", "75.0");
    assert_told(room, &read,
                "SELECT group_concat(f) FROM (SELECT changed_field || ':' || old_value || '>' || "
                "new_value || coalesce(o.name, a.name) AS f FROM field_change c LEFT JOIN "
                "opportunity o ON o.id = c.opportunity_id LEFT JOIN account a ON a.id = "
                "c.account_id ORDER BY c.record)",
                "Stage:Prospecting>Closed WonOven 1,Amount:100>250.5Oven 1,"
                "description:old words>new wordsBakery A Ltd");
    assert_told(room, &read,
                "SELECT k.full_name FROM activity p JOIN contact k ON k.id = p.contact_id WHERE "
                "p.record = 'p1'",
                "José Fischer");
    assert_told(room, &read, "SELECT created_on FROM account WHERE record = 'a1'",
                "1683356889000000");
    live_read_end(&read);
}

/* shows: DQ-1 DQ-3 INT-5 */
static void test_planted_faults_and_own_columns(void **state)
{
    bench_room *room = *state;
    live_read read = read_live(room, url_of(room, "auditor", "suitecrm"), NULL);
    assert_told(room, &read, "SELECT value FROM value_note WHERE field = 'email' AND kind = 'bad'",
                "kunde4@@example.com");
    assert_told(room, &read,
                "SELECT value FROM value_note WHERE field = 'created_on' AND kind = 'bad'",
                "0000-00-00 00:00:00");
    assert_told(room, &read,
                "SELECT group_concat(value) FROM (SELECT value FROM value_note "
                "WHERE kind = 'unresolved' ORDER BY value)",
                "a99,m9,u9");
    /* what the further queries make of their tables */
    assert_told(room, &read,
                "SELECT l.full_name || ' ' || k.name || l.expected_amount FROM lead l JOIN "
                "campaign k ON k.id = l.campaign_id",
                "Lena Lead Spring fair150000");
    assert_told(room, &read,
                "SELECT k.kind || k.budget || ' ' || (k.ended_on - k.started_on) FROM campaign k",
                "E-mail500050 -29");
    assert_told(room, &read,
                "SELECT duration_minutes || c.full_name || o.name || a.place FROM activity a JOIN "
                "contact c ON c.id = a.contact_id JOIN opportunity o ON o.id = a.opportunity_id "
                "WHERE a.kind = 'Meeting' AND a.ended_on < a.started_on",
                "45.0José MüllerOven 1Shop");
    assert_told(room, &read,
                "SELECT a.status || a.priority || s.subject FROM activity a JOIN service_case s ON "
                "s.id = a.service_case_id WHERE a.kind = 'Task'",
                "In progressHighOven is cold");
    assert_told(room, &read,
                "SELECT a.subject || c.name FROM activity a JOIN account c ON c.id = a.account_id "
                "WHERE a.kind = 'Note'",
                "Keys are with the porterBakery B Ltd");
    assert_told(room, &read,
                "SELECT group_concat(subject || coalesce(direction, '') || status) FROM (SELECT * "
                "FROM activity WHERE kind = 'E-mail' ORDER BY record)",
                "Our offerOutDone,QuestionInDone,DraftPlanned");
    assert_told(room, &read,
                "SELECT count(*) FROM value_note WHERE kind = 'bad' AND value = "
                "'lena.bakery.example'",
                "1");
    assert_int_equal(column_named(file_named(&read.plan, "suitecrm/tasks"), "effort_c")->filled, 1);
    const exchange_column *own =
        column_named(file_named(&read.plan, "suitecrm/accounts"), "contract_until_c");
    assert_int_equal(own->how, EXCHANGE_UNMAPPED);
    assert_int_equal(own->filled, 1);
    live_read_end(&read);
}

/* shows: INT-5 */
static void test_espocrm(void **state)
{
    bench_room *room = *state;
    live_read read = read_live(room, url_of(room, "auditor", "espocrm"), NULL);
    const exchange_plan *plan = &read.plan;
    assert_rows(room, plan, "espocrm/users", 1);
    assert_rows(room, plan, "espocrm/accounts", 11);
    assert_rows(room, plan, "espocrm/contacts", 12);
    assert_rows(room, plan, "espocrm/opportunities", 6);
    assert_rows(room, plan, "espocrm/calls", 1);
    assert_rows(room, plan, "espocrm/cases", 1);
    assert_rows(room, plan, "espocrm/leads", 2);
    assert_rows(room, plan, "espocrm/meetings", 2);
    assert_rows(room, plan, "espocrm/tasks", 1);
    assert_rows(room, plan, "espocrm/campaigns", 1);
    assert_rows(room, plan, "espocrm/emails", 2);
    assert_int_equal(file_named(plan, "espocrm/emails")->aside, 2); /* of no record, not sent */
    assert_told(room, &read,
                "SELECT m.direction || ', ' || c.full_name FROM activity m JOIN contact c ON c.id ="
                " m.contact_id WHERE m.record = 'w1'",
                "Out, Wei WangA");
    assert_told(room, &read,
                "SELECT group_concat(value) FROM (SELECT value FROM value_note "
                "WHERE kind = 'unresolved' ORDER BY value)",
                "a12,a99,u77"); /* a12 was deleted */
    assert_told(room, &read,
                "SELECT l.full_name || k.name || k.budget_currency || l.expected_amount FROM lead "
                "l JOIN campaign k ON k.id = l.campaign_id WHERE k.ended_on < k.started_on",
                "Lei LiAutumnCNY120000");
    assert_told(room, &read,
                "SELECT a.duration_minutes || c.full_name || o.name FROM activity a JOIN contact c "
                "ON c.id = a.contact_id JOIN opportunity o ON o.id = a.opportunity_id WHERE a.kind "
                "= 'Meeting'",
                "45.0Wei WangBProject 1");
    /* a whole day has no hours */
    assert_told(room, &read,
                "SELECT date(started_on / 1000000, 'unixepoch') || l.full_name FROM activity a "
                "JOIN lead l ON l.id = a.lead_id WHERE a.subject = 'Day of training'",
                "2024-04-01Lei Li");
    assert_told(room, &read,
                "SELECT a.status || a.priority || (a.ended_on > a.due_on) || s.subject FROM "
                "activity a JOIN service_case s ON s.id = a.service_case_id WHERE a.kind = 'Task'",
                "DoneHigh1It broke");
    assert_told(room, &read, "SELECT team || email FROM staff", "Northada@espo.example.org");
    assert_told(room, &read, "SELECT job_title FROM contact WHERE record = 'c1'", "Buyer");
    assert_told(room, &read, "SELECT name FROM account WHERE record = 'a1'", "上海公司1号");
    assert_told(room, &read, "SELECT mobile || email FROM contact WHERE record = 'c2'",
                "+8613912341002wei2@example.com.cn");
    assert_told(room, &read,
                "SELECT duration_minutes || ' ' || c.full_name FROM activity a JOIN contact c ON "
                "c.id = a.contact_id WHERE a.kind = 'Call'",
                "30.0 Wei WangA");
    /* what the stream tells of changes: two fields in one note, a status, a link */
    assert_told(room, &read,
                "SELECT group_concat(f) FROM (SELECT changed_field || ':' || coalesce(old_value, "
                "'') || '>' || new_value || coalesce(o.name, s.subject) AS f FROM field_change c "
                "LEFT JOIN opportunity o ON o.id = c.opportunity_id LEFT JOIN service_case s ON "
                "s.id = c.service_case_id ORDER BY changed_field)",
                "Amount:100>250.5Project 1,Close date:2024-02-28>2024-03-31Project 1,"
                "Owner:>u1It broke,Stage:>Closed WonProject 1");
    const exchange_file *accounts = file_named(plan, "espocrm/accounts");
    assert_int_equal(column_named(accounts, "c_region")->filled, 11);
    assert_string_equal(column_named(accounts, "c_vip")->sample.ptr, "1");
    live_read_end(&read);
}

/* Rows that a declaration leaves out are counted, and read when that is asked for. */
/* shows: INT-5 AUD-13 */
static void test_rows_left_out_are_counted(void **state)
{
    bench_room *room = *state;
    pb_error err;
    exchange_options options;
    live_read read = read_live(room, url_of(room, "auditor", "suitecrm"), NULL);
    const exchange_plan *plan = &read.plan;
    assert_int_equal(file_named(plan, "suitecrm/users")->deleted, 1);
    assert_int_equal(file_named(plan, "suitecrm/users")->aside, 1); /* a box for mails */
    assert_int_equal(file_named(plan, "suitecrm/contacts")->deleted, 2);
    assert_int_equal(file_named(plan, "suitecrm/leads")->deleted, 1);
    assert_int_equal(file_named(plan, "suitecrm/notes")->deleted, 0);
    live_read_end(&read);
    live_read all = {0};
    must(plan_live(room, url_of(room, "auditor", "suitecrm"), NULL, &options, &all.plan, &err),
         &err);
    all.plan = (exchange_plan){0};
    options.with_deleted = true;
    must(exchange_plan_make(room->schema, &options, room->arena, &all.plan, &err), &err);
    db_options scratch = {.scratch = true};
    must(db_workspace_create(NULL, room->schema, &scratch, NULL, &all.workspace, &err), &err);
    must(exchange_import(all.workspace, &options, room->arena, &all.plan, &err), &err);
    assert_rows(room, &all.plan, "suitecrm/contacts", 32);
    assert_rows(room, &all.plan, "suitecrm/users", 2);
    assert_int_equal(file_named(&all.plan, "suitecrm/users")->deleted, 0);
    assert_int_equal(file_named(&all.plan, "suitecrm/users")->aside, 1);
    live_read_end(&all);
}

/* shows: INT-5 */
static void test_tables_beside_the_product(void **state)
{
    bench_room *room = *state;
    live_read read = read_live(room, url_of(room, "auditor", "espocrm"), NULL);
    assert_rows(room, &read.plan, "espocrm/c_supplier", 1);
    assert_int_equal(file_named(&read.plan, "espocrm/c_supplier")->deleted, 1);
    assert_told(room, &read, "SELECT city FROM account WHERE record = 'q1'", "Kunming");
    assert_said(room, &read.plan, "notification"); /* what the product wrote itself is no record */
    live_read_end(&read);
    read = read_live(room, url_of(room, "auditor", "dolibarr"), NULL);
    assert_said(room, &read.plan, "crm_events"); /* nor is its log, though it is called so */
    live_read_end(&read);
}

/* Moments without a zone are those of the server's clock, or of the one the address names. */
/* shows: INT-5 DQ-1 */
static void test_dolibarr_writes_local_times(void **state)
{
    bench_room *room = *state;
    static const char moment[] = "SELECT datetime(opened_on / 1000000, 'unixepoch') FROM "
                                 "service_case WHERE record = '2'";
    static const char changed[] = "SELECT modified_on FROM account WHERE record = '1'";
    live_read read = read_live(room, url_of(room, "auditor", "dolibarr"), NULL);
    char *stamp = pb_arena_cstr(room->arena, told(room, &read, changed));
    live_read_end(&read);
    run(NULL, "SET GLOBAL time_zone = '+03:30'");
    read = read_live(room, url_of(room, "auditor", "dolibarr"), NULL);
    run(NULL, "SET GLOBAL time_zone = 'SYSTEM'");
    assert_told(room, &read, moment, "2024-07-01 21:00:00");
    assert_told(room, &read, changed, stamp); /* a timestamp knows its moment */
    assert_said(room, &read.plan, "read as those of +03:30");
    live_read_end(&read);
    read = read_live(room,
                     pb_arena_printf(room->arena, "%s&timezone=Europe/Paris",
                                     url_of(room, "auditor", "dolibarr")),
                     NULL);
    assert_told(room, &read, moment, "2024-07-01 22:30:00"); /* in summer two hours, */
    assert_told(room, &read,
                "SELECT datetime(created_on / 1000000, 'unixepoch') FROM account WHERE record = "
                "'1'",
                "2023-12-31 23:00:00"); /* in winter one */
    assert_told(room, &read, changed, stamp);
    assert_false(mentions(&read.plan, room, "read as those of"));
    live_read_end(&read);
    assert_no_way(room,
                  pb_arena_printf(room->arena, "%s&timezone=Europe/Atlantis",
                                  url_of(room, "auditor", "dolibarr")),
                  NULL, PB_USAGE, "no time zone “Europe/Atlantis”", password);
}

/* shows: INT-5 */
static void test_dolibarr_with_a_prefix_of_its_own(void **state)
{
    bench_room *room = *state;
    live_read read = read_live(room, url_of(room, "auditor", "dolibarr"), NULL);
    const exchange_plan *plan = &read.plan;
    assert_rows(room, plan, "dolibarr/users", 1);
    assert_rows(room, plan, "dolibarr/third parties", 15);
    assert_rows(room, plan, "dolibarr/contacts", 15);
    assert_rows(room, plan, "dolibarr/agenda", 8);
    assert_rows(room, plan, "dolibarr/proposals", 8);
    assert_rows(room, plan, "dolibarr/orders", 1);
    assert_rows(room, plan, "dolibarr/order lines", 1);
    assert_rows(room, plan, "dolibarr/tickets", 2);
    assert_rows(room, plan, "dolibarr/products", 1);
    assert_told(room, &read,
                "SELECT group_concat(value) FROM (SELECT value FROM value_note "
                "WHERE kind = 'unresolved' ORDER BY value)",
                "77,88");
    assert_told(room, &read,
                "SELECT k.status || k.priority || a.state || (k.closed_on < k.opened_on) FROM "
                "service_case k JOIN account a ON a.id = k.account_id",
                "ClosedHighParis1");
    assert_told(room, &read, "SELECT value FROM value_note WHERE kind = 'bad'",
                "contact chez societe3");
    assert_told(room, &read, "SELECT country || kind FROM account WHERE record = '1'",
                "FRProspect");
    assert_told(room, &read, "SELECT stage || closed_on FROM opportunity WHERE record = '2'",
                "Won19783");
    assert_told(room, &read, "SELECT kind FROM activity WHERE record = '2'", "Meeting");
    const exchange_file *parties = file_named(plan, "dolibarr/third parties");
    assert_int_equal(column_named(parties, "loyalty")->filled, 1);
    assert_string_equal(column_named(parties, "geopoint")->sample.ptr, "POINT(2.35 48.85)");
    assert_false(mentions(plan, room, "may write there"));
    live_read_end(&read);
}

/* shows: AUD-13 SEC-4 */
static void test_nothing_is_written(void **state)
{
    bench_room *room = *state;
    const char *sums = "CHECKSUM TABLE crm_societe, crm_socpeople";
    const char *writes =
        "SELECT SUM(variable_value) FROM information_schema.global_status WHERE "
        "variable_name IN ('COM_INSERT', 'COM_UPDATE', 'COM_DELETE', 'COM_COMMIT', "
        "'INNODB_ROWS_UPDATED', 'INNODB_ROWS_DELETED')";
    char *sum = run("dolibarr", sums), *before = run("dolibarr", writes);
    live_read read = read_live(room, url_of(room, "writer", "dolibarr"), NULL);
    assert_string_equal(run("dolibarr", writes), before);
    assert_string_equal(run("dolibarr", sums), sum);
    assert_said(room, &read.plan, "may write there, too");
    live_read_end(&read);
}

/* shows: INT-5 AUD-13 */
static void test_one_moment_and_many_rows(void **state)
{
    bench_room *room = *state;
    pb_error err;
    exchange_options options;
    live_read read = {0};
    run("dolibarr", "INSERT INTO crm_socpeople (rowid, lastname, firstname) SELECT 100 + seq, "
                    "CONCAT('Name', seq), 'Eva' FROM seq_1_to_5000");
    must(plan_live(room, url_of(room, "auditor", "dolibarr"), NULL, &options, &read.plan, &err),
         &err);
    run("dolibarr", "DELETE FROM crm_socpeople WHERE rowid > 100");
    db_options scratch = {.scratch = true};
    must(db_workspace_create(NULL, room->schema, &scratch, NULL, &read.workspace, &err), &err);
    must(exchange_import(read.workspace, &options, room->arena, &read.plan, &err), &err);
    assert_rows(room, &read.plan, "dolibarr/contacts", 5015);
    live_read_end(&read);
}

/* shows: INT-5 SEC-4 */
static void test_errors_say_what_to_do(void **state)
{
    bench_room *room = *state;
    pb_arena *arena = room->arena;
    char *file = sys_path_join(arena, server.folder, "password");
    const char *in = server.folder;
    assert_no_way(room,
                  pb_arena_printf(arena, "mysql://auditor:wrong-one@/dolibarr?socket=%s/sock", in),
                  NULL, PB_DENIED, "did not accept the password of the login auditor", "wrong-one");
    assert_no_way(room, pb_arena_printf(arena, "mysql://auditor@/none?socket=%s/sock", in), file,
                  PB_DENIED, "may not open the database none", password);
    assert_no_way(room, pb_arena_printf(arena, "mysql://writer@/suitecrm?socket=%s/sock", in), file,
                  PB_DENIED, "may not open the database suitecrm", password);
    assert_no_way(room, pb_arena_printf(arena, "mysql://auditor:geheim@/x?socket=%s/nosock", in),
                  NULL, PB_IO, "does not answer", "geheim");
    assert_no_way(room, "mariadb://auditor:geheim@127.0.0.1:1/x", NULL, PB_IO,
                  "127.0.0.1 does not answer", "geheim");
    assert_no_way(room, "mariadb://auditor:geheim@nosuch.invalid/x", NULL, PB_NOT_FOUND,
                  "There is no host nosuch.invalid", "geheim");
    live_read read = read_live(
        room, pb_arena_printf(arena, "mysql://auditor@/dolibarr?socket=%s/sock", in), file);
    assert_rows(room, &read.plan, "dolibarr/orders", 1);
    live_read_end(&read);
}

/* shows: INT-5 AUD-13 DQ-11 */
static void test_what_a_database_says_itself(void **state)
{
    bench_room *room = *state;
    assert_office(room, url_of(room, "auditor", "office"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_suitecrm, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_planted_faults_and_own_columns, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_espocrm, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_dolibarr_with_a_prefix_of_its_own, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_rows_left_out_are_counted, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_tables_beside_the_product, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_dolibarr_writes_local_times, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_nothing_is_written, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_one_moment_and_many_rows, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_errors_say_what_to_do, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_what_a_database_says_itself, room_make, room_end),
    };
    return cmocka_run_group_tests(tests, servers_start, servers_stop);
}
