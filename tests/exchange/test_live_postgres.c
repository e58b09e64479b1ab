/* Live PostgreSQL databases: Odoo, Twenty, and one nobody knows; read-only and of one moment. */
#include <libpq-fe.h>

#include "live_support.h"

static live_server server;
static const char password[] = "s3cret/p@ss:word?";
/* what the password is in a URL */
static const char escaped[] = "s3cret%2Fp%40ss%3Aword%3F";

static PGconn *reach(const char *folder, const char *database)
{
    const char *const names[] = {"host", "dbname", "user", "password", NULL};
    const char *const values[] = {folder, database, "postgres", "admin", NULL};
    return PQconnectdbParams(names, values, 0);
}

static bool is_up(const live_server *s)
{
    PGconn *connection = reach(s->folder, "postgres");
    bool up = PQstatus(connection) == CONNECTION_OK;
    PQfinish(connection);
    return up;
}

static char *run(const char *database, const char *sql)
{
    PGconn *connection = reach(server.folder, database);
    if (PQstatus(connection) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(connection));
    PQsetNoticeProcessor(connection, NULL, NULL);
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail_msg("%s: %s", database, PQerrorMessage(connection));
    char *cell = status == PGRES_TUPLES_OK && PQntuples(result) > 0
                     ? pb_arena_cstr(server.arena, pb_str_c(PQgetvalue(result, 0, 0)))
                     : NULL;
    PQclear(result);
    PQfinish(connection);
    return cell;
}

static void run_file(const char *database, const char *name)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    pb_error err;
    char *path = pb_arena_printf(server.arena, "%s/tests/data/live/%s.sql", root_path(), name);
    must(sys_file_read(path, 1 << 20, &text, &err), &err);
    run(database, pb_buf_cstr(&text));
}

/* `version`: changes what `base` made; NULL: nothing does. */
static void fill_version(const char *database, const char *base, const char *version,
                         const char *schema)
{
    run("postgres", pb_arena_printf(server.arena, "CREATE DATABASE %s", database));
    run_file(database, base);
    if (version != NULL)
        run_file(database, version);
    run(database, pb_arena_printf(server.arena,
                                  "GRANT USAGE ON SCHEMA %s TO auditor; "
                                  "GRANT SELECT ON ALL TABLES IN SCHEMA %s TO auditor; ANALYZE",
                                  schema, schema));
}

static void fill(const char *database, const char *schema)
{
    fill_version(database, database, NULL, schema);
}

static int servers_start(void **state)
{
    (void)state;
    pb_error err;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char *tools = newest(arena, "/usr/lib/postgresql/*/bin");
    if (tools == NULL)
        fail_msg("there is no PostgreSQL server below /usr/lib/postgresql");
    server_start(&server, "postgres", tools,
                 "exec 3<&0; cd \"$1\" && echo admin >pw && "
                 "\"$2/initdb\" -D data -U postgres -A scram-sha-256 --pwfile=pw -E UTF8 "
                 "--locale=C.UTF-8 --no-sync >log 2>&1 || exit 1; "
                 "\"$2/postgres\" -D data -k \"$1\" -c listen_addresses= -c fsync=off "
                 "-c full_page_writes=off -c shared_buffers=16MB -c max_connections=20 "
                 "-c autovacuum=off >>log 2>&1 & server=$!; "
                 "(read -r line <&3; kill -INT $server) & wait $server");
    server_wait(&server, is_up);
    run("postgres", pb_arena_printf(server.arena,
                                    "CREATE ROLE auditor LOGIN PASSWORD '%s'; "
                                    "CREATE ROLE writer LOGIN PASSWORD '%s'; "
                                    "CREATE ROLE nobody_yet LOGIN PASSWORD '%s'",
                                    password, password, password));
    fill("odoo", "public");
    fill_version("odoo13", "odoo", "odoo13", "public");
    fill_version("odoo19", "odoo", "odoo19", "public");
    fill("twenty", "workspace_1wgvd1injqtife6y4rvfbu3h5");
    fill("shop", "public");
    fill("office", "public");
    run("shop", "REVOKE SELECT ON secrets FROM auditor; "
                "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO writer");
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
    return pb_arena_printf(room->arena, "postgresql://%s:%s@/%s?host=%s", login, escaped, database,
                           server.folder);
}

/* --- Odoo --- */

/* shows: INT-5 AUD-13 */
static void test_odoo(void **state)
{
    bench_room *room = *state;
    live_read read = read_live(room, url_of(room, "auditor", "odoo"), NULL);
    const exchange_plan *plan = &read.plan;
    assert_rows(room, plan, "odoo/users", 2);
    assert_rows(room, plan, "odoo/companies", 21);
    assert_rows(room, plan, "odoo/contacts", 21); /* 20 people and the portal's; no users, no box */
    assert_rows(room, plan, "odoo/leads", 6);
    assert_rows(room, plan, "odoo/opportunities", 12);
    assert_rows(room, plan, "odoo/activities", 10);
    assert_rows(room, plan, "odoo/messages", 9); /* notifications are nobody's work */
    assert_rows(room, plan, "odoo/products", 5);
    assert_rows(room, plan, "odoo/orders", 4);
    assert_rows(room, plan, "odoo/order lines", 4);
    assert_told(room, &read,
                "SELECT group_concat(f) FROM (SELECT changed_field || ':' || old_value || '>' || "
                "new_value || o.name AS f FROM field_change c JOIN opportunity o ON o.id = "
                "c.opportunity_id ORDER BY c.record)",
                "Stage:New>WonMachine 20,Close date:2024-02-28>2024-03-31Machine 20,"
                "Amount:1000>2500.5Machine 20");
    /* links, which are those of one moment */
    assert_told(
        room, &read,
        "SELECT a.name FROM contact c JOIN account a ON a.id = c.account_id WHERE c.record = '41'",
        "Company A GmbH");
    assert_told(
        room, &read,
        "SELECT s.full_name FROM account a JOIN staff s ON s.id = a.owner_id WHERE a.record = '12'",
        "Anna Weber");
    assert_told(room, &read,
                "SELECT a.name FROM opportunity o JOIN account a ON a.id = o.account_id WHERE "
                "o.record = '23'",
                "Company D GmbH");
    assert_told(room, &read,
                "SELECT p.name FROM order_line l JOIN product p ON p.id = l.product_id JOIN "
                "sales_order o ON o.id = l.sales_order_id WHERE o.number = 'S00002'",
                "Machine 2");
    assert_told(room, &read, "SELECT count(*) FROM value_note WHERE kind = 'unresolved'", "1");
    assert_told(room, &read,
                "SELECT value FROM value_note WHERE kind = 'unresolved' AND entity = 'account'",
                "99");
    live_read_end(&read);
}

/* shows: INT-5 DQ-1 */
static void test_odoo_values(void **state)
{
    bench_room *room = *state;
    live_read read = read_live(room, url_of(room, "auditor", "odoo"), NULL);
    /* translated names in English, else their first language; stages by what they mean */
    assert_told(room, &read, "SELECT industry FROM account WHERE record = '11'", "Handel");
    assert_told(room, &read, "SELECT salutation FROM contact WHERE record = '41'", "Doctor");
    assert_told(
        room, &read,
        "SELECT group_concat(DISTINCT stage) FROM (SELECT stage FROM opportunity ORDER BY stage)",
        "Lost,Prospecting,Qualification,Value proposition,Won");
    assert_told(room, &read, "SELECT kind FROM activity WHERE record = 'mail.activity,1'", "Call");
    /* instants in UTC, days as they are, exact sums with their currency */
    assert_told(room, &read, "SELECT last_login_on FROM staff WHERE user_name = 'anna'",
                "1709371800250000");
    assert_told(room, &read, "SELECT created_on FROM contact WHERE record = '41'",
                "1675245600500000");
    assert_told(room, &read,
                "SELECT amount || amount_currency FROM opportunity WHERE record = '20'",
                "2001000EUR");
    assert_told(room, &read, "SELECT closed_on < opened_on FROM opportunity WHERE record = '21'",
                "1");
    assert_told(room, &read, "SELECT ordered_on FROM sales_order WHERE number = 'S00001'", "19845");
    /* planted faults */
    assert_told(room, &read,
                "SELECT value FROM value_note WHERE entity = 'account' AND field = 'email' AND "
                "kind = 'bad'",
                "office(at)company12");
    assert_told(room, &read,
                "SELECT value FROM value_note WHERE entity = 'contact' AND field = 'email' AND "
                "kind = 'bad'",
                "person42@@example.com");
    live_read_end(&read);
}

/* shows: INT-5 DQ-3 AUD-8 */
static void test_customers_own_columns(void **state)
{
    bench_room *room = *state;
    live_read read = read_live(room, url_of(room, "auditor", "odoo"), NULL);
    const exchange_file *file = file_named(&read.plan, "odoo/companies");
    const exchange_column *segment = column_named(file, "x_studio_segment");
    assert_int_equal(segment->how, EXCHANGE_UNMAPPED);
    assert_null(segment->field);
    assert_int_equal(segment->filled, 5);
    const exchange_column *photo = column_named(file, "x_studio_photo");
    assert_string_equal(photo->sample.ptr, "(5 bytes)");
    assert_int_equal(photo->filled, 20);
    assert_int_equal(column_named(file, "x_studio_score")->filled, 20);
    assert_int_equal(column_named(file, "signup_token")->filled, 0);
    /* what was not read is said, and a login that only reads earns no remark */
    assert_said(room, &read.plan, "ir_attachment");
    assert_false(mentions(&read.plan, room, "may write there"));
    assert_string_equal(file->form.ptr, "PostgreSQL");
    live_read_end(&read);
}

/* Rows that are no records are told by number. */
/* shows: INT-5 */
static void test_odoo_leaves_out(void **state)
{
    bench_room *room = *state;
    live_read read = read_live(room, url_of(room, "auditor", "odoo"), NULL);
    assert_int_equal(file_named(&read.plan, "odoo/users")->aside, 2); /* the bot, a portal user */
    assert_int_equal(file_named(&read.plan, "odoo/contacts")->aside, 1);    /* an address */
    assert_int_equal(file_named(&read.plan, "odoo/messages")->aside, 5);    /* notifications */
    assert_int_equal(file_named(&read.plan, "odoo/order lines")->aside, 1); /* a heading */
    assert_int_equal(file_named(&read.plan, "odoo/companies")->aside, 0);
    live_read_end(&read);
}

/* shows: INT-5 AUD-4 */
static void test_odoo_meetings_and_campaigns(void **state)
{
    bench_room *room = *state;
    live_read read = read_live(room, url_of(room, "auditor", "odoo"), NULL);
    assert_rows(room, &read.plan, "odoo/meetings", 2);
    assert_int_equal(file_named(&read.plan, "odoo/meetings")->aside, 1);   /* a dentist's */
    assert_int_equal(file_named(&read.plan, "odoo/activities")->aside, 1); /* in the calendar */
    assert_rows(room, &read.plan, "odoo/campaigns", 1);
    assert_told(room, &read,
                "SELECT m.kind || ', ' || m.status || ', ' || c.full_name || ', ' || a.name FROM "
                "activity m JOIN contact c ON c.id = m.contact_id JOIN account a ON a.id = "
                "m.account_id WHERE m.record = 'calendar.event,1'",
                "Meeting, Done, Ben Fischer, Company A GmbH");
    assert_told(room, &read, "SELECT status FROM activity WHERE record = 'calendar.event,2'",
                "Cancelled");
    assert_told(room, &read,
                "SELECT k.name || ', ' || k.status FROM opportunity o JOIN campaign k ON k.id = "
                "o.campaign_id WHERE o.record = '20'",
                "Spring sale, Completed");
    assert_told(room, &read,
                "SELECT kind || ', ' || status FROM activity WHERE subject = 'Called back'",
                "Call, Done");
    assert_told(room, &read, "SELECT group_concat(kind) FROM account WHERE kind IS NOT NULL",
                "Customer,Supplier");
    assert_told(room, &read, "SELECT tags FROM account WHERE record = '11'", "VIP;Newsletter");
    assert_told(room, &read, "SELECT team FROM staff WHERE user_name = 'anna'", "Europe");
    assert_false(mentions(&read.plan, room, "crm_team_member"));
    live_read_end(&read);
}

/* Columns that a version lacks, or has under another name, take nothing else away. */
/* shows: INT-5 AUD-13 */
static void test_odoo_before_and_after(void **state)
{
    static const char *const old[][2] = {
        {"SELECT amount || ' ' || expected_amount FROM opportunity WHERE record = '22'",
         "2201100 660000"},
        {"SELECT loss_reason FROM opportunity WHERE record = '21'", "Too expensive"},
        {"SELECT stage FROM opportunity WHERE record = '20'", "Prospecting"},
        {"SELECT MAX(name) FROM campaign", "spring-sale"},
        {"SELECT team FROM staff WHERE user_name = 'anna'", "Europe"},
        {"SELECT group_concat(kind) FROM account WHERE kind IS NOT NULL", "Customer,Supplier"},
        {"SELECT name FROM product WHERE record = '1'", "Machine 1"},
    };
    static const char *const late[][2] = {
        {"SELECT credit_limit FROM account WHERE record = '11'", "250050"},
        {"SELECT status FROM activity WHERE record = 'mail.activity,1'", "Done"},
        {"SELECT count(*) FROM activity WHERE subject = 'Called back'", "0"}, /* is kept itself */
        {"SELECT amount || ' ' || expected_amount FROM opportunity WHERE record = '22'",
         "2201100 660000"},
        {"SELECT count(*) FROM contact WHERE mobile IS NOT NULL", "0"},
    };
    bench_room *room = *state;
    live_read read = read_live(room, url_of(room, "auditor", "odoo13"), NULL);
    for (size_t i = 0; i < sizeof old / sizeof *old; i++)
        assert_told(room, &read, old[i][0], old[i][1]);
    assert_false(mentions(&read.plan, room, "was not read"));
    live_read_end(&read);
    read = read_live(room, url_of(room, "auditor", "odoo19"), NULL);
    for (size_t i = 0; i < sizeof late / sizeof *late; i++)
        assert_told(room, &read, late[i][0], late[i][1]);
    assert_false(mentions(&read.plan, room, "was not read"));
    live_read_end(&read);
}

/* --- Twenty --- */

/* shows: INT-5 */
static void test_twenty(void **state)
{
    bench_room *room = *state;
    live_read read = read_live(room, url_of(room, "auditor", "twenty"), NULL);
    const exchange_plan *plan = &read.plan;
    assert_rows(room, plan, "twenty/members", 1);
    assert_rows(room, plan, "twenty/companies", 5); /* one was deleted */
    assert_rows(room, plan, "twenty/people", 6);
    assert_rows(room, plan, "twenty/opportunities", 3);
    assert_rows(room, plan, "twenty/tasks", 1);
    assert_rows(room, plan, "twenty/notes", 1);
    assert_rows(room, plan, "twenty/meetings", 1);
    assert_int_equal(file_named(plan, "twenty/meetings")->aside, 1); /* with no customer */
    assert_rows(room, plan, "twenty/messages", 1);
    assert_told(room, &read,
                "SELECT group_concat(m.kind || ' ' || c.full_name || ' ' || coalesce(m.direction, "
                "m.place), ', ') FROM (SELECT * FROM activity WHERE subject IN ('Kick-off', 'Our "
                "offer') ORDER BY subject) m JOIN contact c ON c.id = m.contact_id",
                "Meeting Ada Schmidt Paris, E-mail Ada Schmidt Out");
    assert_told(room, &read,
                "SELECT group_concat(value, ' ') FROM (SELECT value FROM value_note WHERE entity = "
                "'contact' AND kind = 'more' ORDER BY value)",
                "+491705550199 ada@home.example");
    assert_told(room, &read, "SELECT count(*) FROM value_note WHERE kind = 'unresolved'", "1");
    assert_told(room, &read,
                "SELECT full_name || phone FROM contact WHERE email = 'p1@company1.example.com'",
                "Ada Schmidt+49695550101");
    assert_told(room, &read,
                "SELECT amount || amount_currency || stage FROM opportunity WHERE name = 'Deal 3'",
                "37035EURWon");
    assert_told(room, &read, "SELECT created_on FROM account WHERE name = 'Airbnb'",
                "1706920506789000");
    assert_told(room, &read,
                "SELECT a.name FROM activity t JOIN account a ON a.id = t.account_id WHERE "
                "t.subject = 'Call back'",
                "Stripe");
    assert_told(room, &read, "SELECT due_on FROM activity WHERE subject = 'Call back'",
                "1714896000000000");
    assert_int_equal(column_named(file_named(plan, "twenty/companies"), "tagline")->filled, 2);
    assert_rows(room, plan, "twenty/_partnerCompany", 2); /* an object of their own */
    assert_int_equal(file_named(plan, "twenty/_partnerCompany")->deleted, 1);
    assert_int_equal(file_named(plan, "twenty/companies")->deleted, 1);
    assert_said(room, plan, "_rocket"); /* another, which is nothing a CRM knows */
    live_read_end(&read);
}

/* From 1.17 on the columns that say what a task is about have other names. */
/* shows: INT-5 */
static void test_twenty_names_targets_anew(void **state)
{
    bench_room *room = *state;
    run("twenty", "SET search_path = workspace_1wgvd1injqtife6y4rvfbu3h5;"
                  "ALTER TABLE \"taskTarget\" RENAME \"personId\" TO \"targetPersonId\";"
                  "ALTER TABLE \"taskTarget\" RENAME \"companyId\" TO \"targetCompanyId\";"
                  "ALTER TABLE \"taskTarget\" RENAME \"opportunityId\" TO \"targetOpportunityId\"");
    live_read read = read_live(room, url_of(room, "auditor", "twenty"), NULL);
    assert_told(room, &read,
                "SELECT a.name FROM activity t JOIN account a ON a.id = t.account_id WHERE "
                "t.subject = 'Call back'",
                "Stripe");
    assert_rows(room, &read.plan, "twenty/notes", 1);
    live_read_end(&read);
}

/* --- a database nobody knows --- */

/* shows: INT-5 AUD-13 */
static void test_any_database(void **state)
{
    bench_room *room = *state;
    live_read read = read_live(room, url_of(room, "auditor", "shop"), NULL);
    const exchange_plan *plan = &read.plan;
    assert_rows(room, plan, "shop/customers", 40);
    assert_rows(room, plan, "shop/contacts", 40);
    assert_rows(room, plan, "shop/deals", 20);
    assert_string_equal(file_named(plan, "shop/customers")->entity->name.ptr, "account");
    assert_string_equal(file_named(plan, "shop/deals")->entity->name.ptr, "opportunity");
    assert_told(room, &read, "SELECT amount FROM opportunity WHERE record = '1'", "10050");
    /* keys are shown to nobody, bytes by their length */
    assert_null(
        strstr(column_named(file_named(plan, "shop/customers"), "api_key")->sample.ptr, "k-"));
    assert_string_equal(column_named(file_named(plan, "shop/customers"), "photo")->sample.ptr,
                        "(4 bytes)");
    assert_said(room, plan, "no right to read the table secrets");
    live_read_end(&read);
}

/* shows: INT-5 AUD-13 */
static void test_the_same_rows_have_the_same_hash(void **state)
{
    bench_room *room = *state;
    live_read one = read_live(room, url_of(room, "auditor", "shop"), NULL);
    live_read two = read_live(room, url_of(room, "auditor", "shop"), NULL);
    const exchange_file *a = file_named(&one.plan, "shop/deals");
    assert_memory_equal(a->hash, file_named(&two.plan, "shop/deals")->hash, 32);
    live_read_end(&two);
    run("shop", "UPDATE deals SET stage = 'Lost' WHERE deal_id = 20");
    live_read three = read_live(room, url_of(room, "auditor", "shop"), NULL);
    run("shop", "UPDATE deals SET stage = 'Won' WHERE deal_id = 20");
    assert_memory_not_equal(a->hash, file_named(&three.plan, "shop/deals")->hash, 32);
    live_read_end(&one);
    live_read_end(&three);
}

/* --- nothing is written --- */

/* shows: AUD-13 SEC-4 */
static void test_nothing_is_written(void **state)
{
    bench_room *room = *state;
    char *before = run("shop", "SELECT pg_current_xact_id()::text");
    live_read read = read_live(room, url_of(room, "writer", "shop"), NULL);
    char *after = run("shop", "SELECT pg_current_xact_id()::text");
    /* a transaction that writes takes a number: between ours there was none */
    assert_int_equal(strtol(after, NULL, 10), strtol(before, NULL, 10) + 1);
    assert_said(room, &read.plan, "may write there, too");
    char *left = run(
        "shop", "SELECT count(*)::text FROM pg_stat_activity WHERE application_name = 'probity'");
    assert_string_equal(left, "0"); /* the connection ended with the reading */
    live_read_end(&read);
}

/* What is planned is read as it was then, though others write meanwhile. */
/* shows: INT-5 AUD-13 */
static void test_one_moment(void **state)
{
    bench_room *room = *state;
    pb_error err;
    exchange_options options;
    live_read read = {0};
    must(plan_live(room, url_of(room, "auditor", "shop"), NULL, &options, &read.plan, &err), &err);
    run("shop",
        "INSERT INTO contacts VALUES (900, 1, 'Late Comer', 'late@shop.example.com', NULL, true)");
    db_options scratch = {.scratch = true};
    must(db_workspace_create(NULL, room->schema, &scratch, NULL, &read.workspace, &err), &err);
    must(exchange_import(read.workspace, &options, room->arena, &read.plan, &err), &err);
    run("shop", "DELETE FROM contacts WHERE contact_id = 900");
    assert_rows(room, &read.plan, "shop/contacts", 40);
    live_read_end(&read);
}

/* --- what can go wrong --- */

/* shows: INT-5 SEC-4 */
static void test_errors_say_what_to_do(void **state)
{
    bench_room *room = *state;
    pb_arena *arena = room->arena;
    char *file = sys_path_join(arena, server.folder, "password");
    char *empty = put_text(room, "empty", "\n");
    const char *in = server.folder;
    assert_no_way(room, pb_arena_printf(arena, "postgres://auditor:wrong-one@/shop?host=%s", in),
                  NULL, PB_DENIED, "did not accept the password of the login auditor", "wrong-one");
    assert_no_way(room, pb_arena_printf(arena, "postgres://auditor@/none?host=%s", in), file,
                  PB_NOT_FOUND, "no database none", password);
    assert_no_way(room, pb_arena_printf(arena, "postgres://nobody@/shop?host=%s", in), file,
                  PB_DENIED, "nobody", password);
    exchange_plan plan = {0};
    exchange_options options;
    pb_error err;
    must(plan_live(room, pb_arena_printf(arena, "postgres://nobody_yet@/odoo?host=%s", in), file,
                   &options, &plan, &err),
         &err);
    for (size_t i = 0; i < plan.file_count; i++)
        assert_null(plan.files[i].entity);
    assert_said(room, &plan, "the login has no right to read the table res_partner");
    assert_no_way(room, pb_arena_printf(arena, "postgres://auditor@/shop?host=%s", in), empty,
                  PB_INVALID, "holds no password", password);
    assert_no_way(room, "postgres://auditor:geheim@127.0.0.1:1/shop", NULL, PB_IO,
                  "127.0.0.1 does not answer", "geheim");
    assert_no_way(room, "postgres://auditor:geheim@nosuch.invalid/shop", NULL, PB_NOT_FOUND,
                  "There is no host nosuch.invalid", "geheim");
    live_read read =
        read_live(room, pb_arena_printf(arena, "postgres://auditor@/shop?host=%s", in), file);
    assert_rows(room, &read.plan, "shop/deals", 20);
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
        cmocka_unit_test_setup_teardown(test_odoo, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_odoo_values, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_customers_own_columns, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_odoo_leaves_out, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_odoo_meetings_and_campaigns, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_odoo_before_and_after, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_twenty, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_twenty_names_targets_anew, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_any_database, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_the_same_rows_have_the_same_hash, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_nothing_is_written, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_one_moment, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_errors_say_what_to_do, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_what_a_database_says_itself, room_make, room_end),
    };
    return cmocka_run_group_tests(tests, servers_start, servers_stop);
}
