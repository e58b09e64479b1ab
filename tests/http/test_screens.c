/* What screens are made of: reports by group, what needs somebody today, views and settings of
 * one's own. Every documented status is seen, and what is hidden shows in none of them. */
#define WORLD_OF_NAME                                                                              \
    ", personal: {class: identity, purposes: [service], basis: [contract, consent]}"
#define WORLD_MORE                                                                                 \
    "---\n"                                                                                        \
    "entity: staff\n"                                                                              \
    "label: Colleague\n"                                                                           \
    "plural: Colleagues\n"                                                                         \
    "title: [full_name]\n"                                                                         \
    "key: [full_name]\n"                                                                           \
    "fields:\n"                                                                                    \
    "  full_name: {type: person_name, required: true}\n"                                           \
    "---\n"                                                                                        \
    "entity: task\n"                                                                               \
    "label: Task\n"                                                                                \
    "plural: Tasks\n"                                                                              \
    "title: [subject]\n"                                                                           \
    "freshness: {review: 30d, remind: owner, before: 7d}\n"                                        \
    "links:\n"                                                                                     \
    "  owner: {to: staff, role: owner}\n"                                                          \
    "fields:\n"                                                                                    \
    "  subject: {type: text, required: true}\n"                                                    \
    "  due_on: {type: instant, role: due_on}\n"                                                    \
    "  status: {type: choice, role: status, values: [{value: Open, role: open},"                   \
    " {value: It's done, role: done}]}\n"
#include "asking.h"
#include "identity/own.h"
#include "sys/clock.h"

/* Counts people outside of France, without balance and birthday; lists firms of Bonn, and deals. */
static const char clerk[] = "role: clerk\n"
                            "label: Clerk\n"
                            "grants:\n"
                            "  - name: people\n"
                            "    entities: person\n"
                            "    operations: [read, list, report]\n"
                            "    scope: all\n"
                            "    when: \"country is null or country <> 'FR'\"\n"
                            "    rights: {other: read}\n"
                            "    fields: {balance: hidden, born: hidden, email: masked}\n"
                            "  - name: firms\n"
                            "    entities: firm\n"
                            "    operations: [read, list]\n"
                            "    scope: all\n"
                            "    when: \"city = 'Bonn'\"\n"
                            "  - {name: deals, entities: deal, operations: list, scope: all}\n"
                            "  - {name: tasks, entities: [task, staff], operations: [read, list],"
                            " scope: [own, all]}\n"
                            "  - {name: pairs, entities: person, operations: merge, scope: all,"
                            " when: \"country is null or country <> 'FR'\"}\n";

/* Likewise of tasks, without how they stand. */
static const char blind[] = "role: blind\n"
                            "label: Blind\n"
                            "grants:\n"
                            "  - {name: tasks, entities: task, operations: [read, list],"
                            " scope: own, fields: {status: hidden}}\n"
                            "  - {name: staff, entities: staff, operations: [read, list],"
                            " scope: all}\n";

static void add(server *s, const char *path, const char *fields, char id[37])
{
    char body[1024];
    (void)snprintf(body, sizeof body, "{\"fields\":{%s},\"duplicates\":\"ignore\"}", fields);
    answer *a = expect(s, 201, ASK(HTTP_POST, path, .body = body));
    if (id != NULL)
        (void)snprintf(id, 37, "%s", text_at(a, "record/id"));
}

static int size_at(const answer *a, const char *path)
{
    const cJSON *list = at(a->json, path);
    if (!cJSON_IsArray(list))
        fail_msg("no list at %s: %s", path, a->text);
    return cJSON_GetArraySize(list);
}

static int number_at(const answer *a, const char *path)
{
    const cJSON *number = at(a->json, path);
    if (!cJSON_IsNumber(number))
        fail_msg("no number at %s: %s", path, a->text);
    return (int)cJSON_GetNumberValue(number);
}

static void fill(server *s)
{
    char firm[2][37], fields[300];
    static const char *const countries[] = {"DE", "FR", "CN"};
    add(s, "/api/v1/firms", "\"name\":\"Globex\",\"city\":\"Bonn\"", firm[0]);
    add(s, "/api/v1/firms", "\"name\":\"Canary Ltd\",\"city\":\"Ulm\"", firm[1]);
    for (int i = 0; i < 12; i++) {
        (void)snprintf(fields, sizeof fields,
                       "\"full_name\":\"Person %d\",\"email\":\"p%d@example.org\","
                       "\"country\":\"%s\",\"balance\":\"%d.50 EUR\",\"firm\":{\"id\":\"%s\"}",
                       i, i, countries[i % 3], i, firm[i % 2]);
        add(s, "/api/v1/people", fields, NULL);
    }
    for (int i = 0; i < 6; i++) {
        (void)snprintf(fields, sizeof fields,
                       "\"title\":\"Deal %d\",\"stage\":\"%s\",\"amount\":\"%d.25 %s\","
                       "\"closed_on\":\"2024-0%d-15\",\"firm\":{\"id\":\"%s\"}",
                       i, i % 2 ? "won" : "open", i, i < 4 ? "EUR" : "USD", i + 1, firm[i % 2]);
        add(s, "/api/v1/deals", fields, NULL);
    }
}

/* ---- reports by group ---- */

static const char by_people[] = "/api/v1/people/groups", by_deals[] = "/api/v1/deals/groups";

static void amounts_by_stage(server *s)
{
    answer *a = expect(
        s, 200, ASK(HTTP_GET, by_deals, {"?by", "stage", "?measure", "sum:amount,avg:amount"}));
    assert_int_equal(number_at(a, "total"), 6);
    assert_int_equal(size_at(a, "groups"), 2);
    assert_string_equal(text_at(a, "groups/0/keys/0/value"), "open");
    assert_string_equal(text_at(a, "groups/1/keys/0/label"), "won");
    assert_int_equal(number_at(a, "groups/0/count"), 3);
    assert_string_equal(text_at(a, "groups/0/measures/sum:amount/0/amount"), "2.50");
    assert_string_equal(text_at(a, "groups/0/measures/sum:amount/0/currency"), "EUR");
    assert_string_equal(text_at(a, "groups/0/measures/sum:amount/1/amount"), "4.25");
    assert_string_equal(text_at(a, "groups/0/measures/avg:amount/0/amount"), "1.25");
    assert_true(cJSON_IsNull(at(a->json, "others")));
    char filter[200];
    (void)snprintf(filter, sizeof filter, "%s", text_at(a, "groups/1/filter"));
    a = expect(s, 200, ASK(HTTP_GET, "/api/v1/deals", {"?filter", filter}));
    assert_int_equal(size_at(a, "records"), 3);
    a = expect(s, 200, ASK(HTTP_GET, by_deals, {"?by", "closed_on", "?period", "quarter"}));
    assert_int_equal(size_at(a, "groups"), 2);
    assert_string_equal(text_at(a, "groups/0/keys/0/value"), "2024-Q1");
    assert_string_equal(text_at(a, "groups/1/keys/0/from"), "2024-04-01");
    assert_string_equal(text_at(a, "groups/1/keys/0/until"), "2024-07-01");
}

/* The clerk counts whom it may see; what a firm of another town is called it is not told. */
static void who_sees_less_counts_less(server *s)
{
    answer *a = expect(s, 200, ASK(HTTP_GET, by_people, {"?by", "country"}));
    assert_int_equal(number_at(a, "total"), 12);
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, by_people, {"?by", "country"}));
    assert_int_equal(number_at(a, "total"), 8);
    assert_null(strstr(a->text, "FR"));
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, by_people, {"?by", "firm,country"}));
    assert_non_null(strstr(a->text, "\"label\":\"Globex\""));
    assert_null(strstr(a->text, "Canary"));
    a = expect(s, 200, ASK(HTTP_GET, by_people, {"?by", "firm"}));
    assert_non_null(strstr(a->text, "Canary Ltd"));
    static const char *const hidden[][2] = {
        {"balance", "count"}, {"born", "count"}, {"email", "count"}, {"country", "sum:balance"}};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        a = expect(s, 403,
                   ASK_AS(&s->reader, HTTP_GET, by_people,
                          {"?by", hidden[i][0], "?measure", hidden[i][1]}));
        assert_non_null(strstr(a->text, strchr(hidden[i][1], ':') ? "“balance”" : hidden[i][0]));
    }
    expect(s, 403,
           ASK_AS(&s->reader, HTTP_GET, by_people, {"?by", "country", "?filter", "balance > 0"}));
    expect(s, 403, ASK_AS(&s->reader, HTTP_GET, by_deals, {"?by", "stage"}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, by_deals, {"?by", "stage"}));
}

static void what_is_wrong_is_said(server *s)
{
    expect(s, 422, ASK(HTTP_GET, by_deals));
    expect(s, 422, ASK(HTTP_GET, by_deals, {"?by", "naem"}));
    expect(s, 422, ASK(HTTP_GET, by_deals, {"?by", "amount"}));
    expect(s, 400, ASK(HTTP_GET, by_deals, {"?by", "stage", "?limit", "3"}));
    expect(s, 413, ASK(HTTP_GET, by_deals, {"?by", "stage,title,firm,closed_on"}));
}

/* Who counted by names of persons stands in the log, and says what for where it is asked. */
static void counting_is_reading(server *s)
{
    static const char count[] = "SELECT COUNT(*) FROM ledger_event";
    int64_t before = world_number(&s->w, count);
    expect(s, 200, ASK_AS(&s->reader, HTTP_GET, by_people, {"?by", "country"}));
    assert_int_equal(world_number(&s->w, count), before);
    expect(s, 200, ASK_AS(&s->reader, HTTP_GET, by_people, {"?by", "full_name"}));
    assert_int_equal(world_number(&s->w, count), before + 1);
    expect(s, 200, ASK(HTTP_PATCH, "/api/v1/settings", .body = "{\"purpose_required\":true}"));
    expect(s, 200, ASK_AS(&s->reader, HTTP_GET, by_people, {"?by", "country"}));
    expect(s, 400, ASK_AS(&s->reader, HTTP_GET, by_people, {"?by", "full_name"}));
    expect(s, 200,
           ASK_AS(&s->reader, HTTP_GET, by_people,
                  {"?by", "full_name", "Probity-Purpose", "a survey"}));
    expect(s, 200, ASK(HTTP_PATCH, "/api/v1/settings", .body = "{\"purpose_required\":false}"));
}

/* ---- what needs somebody today ---- */

/* A server's day is that of its machine. */
static void in_zone(const char *zone)
{
    assert_int_equal(setenv("TZ", zone, 1), 0);
    assert_int_equal(sys_time_zone_read(NULL), PB_OK);
}

static const char home[] = "/api/v1/home";

static void add_task(server *s, const char *subject, const char *due, const char *status,
                     const char *owner)
{
    char fields[400];
    (void)snprintf(fields, sizeof fields,
                   "\"subject\":\"%s\",\"due_on\":\"%s\",\"status\":\"%s\","
                   "\"owner\":{\"id\":\"%s\"}",
                   subject, due, status, owner);
    add(s, "/api/v1/tasks", fields, NULL);
}

static char unhex(const char *two)
{
    const char pair[3] = {two[0], two[1], '\0'};
    return (char)strtol(pair, NULL, 16);
}

/* Follows an address as a browser does, and gives how many records the list behind it has. */
static int follow(server *s, const identity_actor *who, const char *address)
{
    static char text[8][2000];
    question q = ASK_AS(who, HTTP_GET, text[0], {"?total", "true"});
    size_t part = 0, at = 0, pair = 2;
    for (const char *c = address; *c != '\0'; c++) {
        if (*c == '?' || *c == '&' || (*c == '=' && part > 0)) {
            text[part++][at] = '\0';
            assert_true(part < 8);
            at = 0;
            if (*c != '=')
                text[part][at++] = '?';
        } else if (*c == '%') {
            text[part][at++] = unhex(c + 1);
            c += 2;
        } else {
            text[part][at++] = *c;
        }
    }
    text[part][at] = '\0';
    for (size_t i = 1; i < part; i += 2) {
        q.pairs[pair++] = text[i];
        q.pairs[pair++] = text[i + 1];
    }
    return number_at(expect(s, 200, q), "total");
}

static int tasks_due(server *s, const char *filter)
{
    const question q =
        ASK_AS(&s->reader, HTTP_GET, "/api/v1/tasks", {"?filter", filter, "?total", "true"});
    return number_at(expect(s, 200, q), "total");
}

static void what_is_due(server *s)
{
    char me[37], other[37], address[2000];
    add(s, "/api/v1/colleagues", "\"full_name\":\"Me Myself\"", me);
    add(s, "/api/v1/colleagues", "\"full_name\":\"Somebody Else\"", other);
    for (int i = 0; i < 7; i++)
        add_task(s, "Call back", "2025-01-01T10:00:00Z", i % 2 ? "Open" : "", me);
    add_task(s, "Mail", "2025-06-15T23:59:00Z", "Open", me);     /* today */
    add_task(s, "Later", "2025-06-16T00:00:00Z", "Open", me);    /* tomorrow */
    add_task(s, "Did", "2025-01-01T10:00:00Z", "It's done", me); /* over */
    add_task(s, "Canary", "2025-01-01T10:00:00Z", "Open", other);
    answer *a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, home));
    assert_true(cJSON_IsFalse(at(a->json, "staff"))); /* nobody knows who that is yet */
    assert_int_equal(size_at(a, "due"), 0);
    assert_true(cJSON_IsNull(at(a->json, "findings")));
    assert_true(cJSON_IsNull(at(a->json, "plans")));
    assert_true(cJSON_IsNull(at(a->json, "audits")));
    assert_true(pb_uuid_parse(pb_str_c(me), &s->reader.staff));
    in_zone("<+14>-14"); /* where the day is another one by now */
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, home));
    assert_string_equal(text_at(a, "day"), "2025-06-16");
    assert_int_equal(number_at(a, "due/0/count"), 9);
    in_zone("Asia/Shanghai"); /* where 23:59 UTC is the next morning */
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, home));
    assert_string_equal(text_at(a, "day"), "2025-06-15");
    assert_int_equal(number_at(a, "due/0/count"), 7);
    assert_int_equal(tasks_due(s, "due_on = 2025-06-16"), 2);
    assert_int_equal(tasks_due(s, "due_on = today + 1"), 2);
    in_zone("UTC");
    assert_int_equal(tasks_due(s, "due_on = 2025-06-16"), 1);
    assert_int_equal(tasks_due(s, "due_on = today"), 1);
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, home));
    assert_string_equal(text_at(a, "day"), "2025-06-15");
    assert_int_equal(size_at(a, "due"), 1);
    assert_string_equal(text_at(a, "due/0/entity"), "task");
    assert_int_equal(number_at(a, "due/0/count"), 8);
    assert_int_equal(number_at(a, "due/0/overdue"), 7);
    assert_string_equal(text_at(a, "due/0/due"), "due_on");
    assert_string_equal(text_at(a, "due/0/done/field"), "status");
    assert_string_equal(text_at(a, "due/0/done/value"), "It's done");
    assert_int_equal(size_at(a, "due/0/first"), 5);
    assert_string_equal(text_at(a, "due/0/first/0/title"), "Call back");
    assert_string_equal(text_at(a, "due/0/first/0/at"), "2025-01-01T10:00:00Z");
    assert_int_equal(number_at(a, "stale/0/count"), 0);
    assert_null(strstr(a->text, "Canary"));
    (void)snprintf(address, sizeof address, "%s", text_at(a, "due/0/address"));
    assert_int_equal(follow(s, &s->reader, address), 8);
}

/* To whom a field does not show, nothing tells of it. */
static void how_it_stands_may_be_hidden(server *s)
{
    identity_actor who = somebody(s, blind, 3);
    who.staff = s->reader.staff;
    answer *a = expect(s, 200, ASK_AS(&who, HTTP_GET, home));
    assert_string_equal(text_at(a, "due/0/due"), "due_on");
    assert_true(cJSON_IsNull(at(a->json, "due/0/done")));
    assert_null(strstr(a->text, "status"));
    assert_null(strstr(a->text, "done\":{"));
}

/* Forty days on nobody has looked at them. */
static void what_is_stale(server *s)
{
    char address[2000];
    int64_t now = s->w.now_us;
    s->w.now_us += INT64_C(40) * 86400 * 1000000;
    answer *a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, home));
    assert_int_equal(size_at(a, "stale"), 1);
    assert_int_equal(number_at(a, "stale/0/count"), 9); /* what is done does not grow stale */
    assert_int_equal(number_at(a, "stale/0/review_days"), 30);
    assert_int_equal(number_at(a, "due/0/count"), 9);
    (void)snprintf(address, sizeof address, "%s", text_at(a, "stale/0/address"));
    assert_int_equal(follow(s, &s->reader, address), 9);
    s->w.now_us = now;
}

/* Of three pairs the one of whom who asks may merge both. */
static void what_waits_for_a_decision(server *s)
{
    static const char *const countries[] = {"DE", "FR", "CN"};
    char fields[300], body[400], left[37], right[37];
    for (int i = 0; i < 3; i++) {
        (void)snprintf(fields, sizeof fields,
                       "\"full_name\":\"Twin Sibling %d\",\"email\":\"t%d@example.org\","
                       "\"country\":\"%s\"",
                       i, i, countries[i]);
        (void)snprintf(body, sizeof body, "{\"fields\":{%s},\"duplicates\":\"warn\"}", fields);
        answer *a = expect(s, 201, ASK(HTTP_POST, "/api/v1/people", .body = body));
        (void)snprintf(left, sizeof left, "%s", text_at(a, "record/id"));
        a = expect(s, 201, ASK(HTTP_POST, "/api/v1/people", .body = body));
        (void)snprintf(right, sizeof right, "%s", text_at(a, "record/id"));
    }
    answer *a = expect(s, 200, ASK(HTTP_GET, home));
    assert_int_equal(number_at(a, "duplicates/0/count"), 3);
    assert_string_equal(text_at(a, "duplicates/0/address"), "/api/v1/people/duplicates");
    assert_true(cJSON_IsObject(at(a->json, "findings")));
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, home));
    assert_int_equal(number_at(a, "duplicates/0/count"), 2);
    expect(s, 400, ASK(HTTP_GET, home, {"?day", "today"}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, home));
}

/* Numbers are told without a purpose, records are not. */
static void home_without_a_purpose(server *s)
{
    expect(s, 200, ASK(HTTP_PATCH, "/api/v1/settings", .body = "{\"purpose_required\":true}"));
    answer *a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, home));
    assert_int_equal(number_at(a, "due/0/count"), 8);
    assert_int_equal(size_at(a, "due/0/first"), 0);
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_GET, home, {"Probity-Purpose", "the day"}));
    assert_int_equal(size_at(a, "due/0/first"), 5);
    expect(s, 200, ASK(HTTP_PATCH, "/api/v1/settings", .body = "{\"purpose_required\":false}"));
}

/* ---- what people keep for themselves ---- */

static const char views[] = "/api/v1/views", likes[] = "/api/v1/me/preferences";

/* Three users, two of them in one team. */
static void hire(server *s, identity_actor actors[3])
{
    static const char *const names[] = {"ann", "bob", "cyd"};
    char ids[3][37], body[200], path[200], team[37];
    for (int i = 0; i < 3; i++) {
        (void)snprintf(body, sizeof body, "{\"name\":\"%s\",\"shown\":\"%s\"}", names[i], names[i]);
        answer *a = expect(s, 201, ASK(HTTP_POST, "/api/v1/users", .body = body));
        (void)snprintf(ids[i], 37, "%s", text_at(a, "user/id"));
        actors[i] = s->reader;
        actors[i].name = pb_str_c(names[i]);
        assert_true(pb_uuid_parse(pb_str_c(ids[i]), &actors[i].user));
    }
    answer *a = expect(s, 201, ASK(HTTP_POST, "/api/v1/teams", .body = "{\"name\":\"North\"}"));
    (void)snprintf(team, sizeof team, "%s", text_at(a, "id"));
    for (int i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "/api/v1/teams/%s/members/%s", team, ids[i]);
        expect(s, 200, ASK(HTTP_PUT, path, .body = "{}"));
    }
}

static void saving_views(server *s, const identity_actor *ann, const identity_actor *bob,
                         const identity_actor *cyd)
{
    char path[100], tag[64];
    answer *a = expect(s, 201,
                       ASK_AS(ann, HTTP_POST, views,
                              .body = "{\"entity\":\"person\",\"name\":\"Germans\",\"columns\":"
                                      "[\"full_name\",\"country\",\"changed_at\"],\"filter\":"
                                      "\"country = 'DE'\","
                                      "\"sort\":\"-full_name\",\"shared\":true,\"default\":true}"));
    (void)snprintf(path, sizeof path, "%s/%d", views, number_at(a, "view"));
    assert_string_equal(text_at(a, "columns/1"), "country");
    assert_string_equal(text_at(a, "columns/2"), "changed_at"); /* stands beside the fields */
    assert_string_equal(text_at(a, "owner"), "ann");
    expect(s, 201,
           ASK_AS(ann, HTTP_POST, views, .body = "{\"entity\":\"deal\",\"name\":\"Germans\"}"));
    expect(s, 409,
           ASK_AS(ann, HTTP_POST, views, .body = "{\"entity\":\"deal\",\"name\":\"Germans\"}"));
    /* The second standard of an entity ends the first. */
    expect(s, 201,
           ASK_AS(ann, HTTP_POST, views,
                  .body = "{\"entity\":\"person\",\"name\":\"All\",\"default\":true}"));
    a = expect(s, 200, ASK_AS(ann, HTTP_GET, path));
    assert_true(cJSON_IsFalse(at(a->json, "default")));
    assert_int_equal(number_at(a, "version"), 2);
    (void)snprintf(tag, sizeof tag, "%.63s", a->etag);
    expect(s, 304, ASK_AS(ann, HTTP_GET, path, {"If-None-Match", tag}));
    /* Who is in one team with her sees it, and changes nothing. */
    a = expect(s, 200, ASK_AS(bob, HTTP_GET, views));
    assert_int_equal(size_at(a, "views"), 1);
    assert_string_equal(text_at(a, "views/0/owner"), "ann");
    assert_true(cJSON_IsFalse(at(a->json, "views/0/own")));
    static const char other[] = "{\"name\":\"Mine\"}";
    expect(s, 403, ASK_AS(bob, HTTP_PUT, path, {"If-Match", "*"}, .body = other));
    expect(s, 403, ASK_AS(bob, HTTP_DELETE, path, {"If-Match", "*"}));
    a = expect(s, 200, ASK_AS(cyd, HTTP_GET, views));
    assert_int_equal(size_at(a, "views"), 0);
    expect(s, 404, ASK_AS(cyd, HTTP_GET, path));
    expect(s, 404, ASK_AS(cyd, HTTP_PUT, path, {"If-Match", "*"}, .body = other));
    expect(s, 404, ASK_AS(cyd, HTTP_DELETE, path, {"If-Match", "*"}));
    a = expect(s, 200, ASK_AS(ann, HTTP_GET, views, {"?entity", "deal"}));
    assert_int_equal(size_at(a, "views"), 1);
    expect(s, 428, ASK_AS(ann, HTTP_PUT, path, .body = other));
    expect(s, 412, ASK_AS(ann, HTTP_PUT, path, {"If-Match", "\"1\""}, .body = other));
    a = expect(s, 200, ASK_AS(ann, HTTP_PUT, path, {"If-Match", tag}, .body = other));
    assert_string_equal(text_at(a, "name"), "Mine");
    assert_int_equal(size_at(a, "columns"), 0);
    a = expect(s, 200, ASK_AS(bob, HTTP_GET, views)); /* not shared any more */
    assert_int_equal(size_at(a, "views"), 0);
    expect(s, 409, ASK_AS(ann, HTTP_PUT, path, {"If-Match", "*"}, .body = "{\"name\":\"All\"}"));
    expect(s, 428, ASK_AS(ann, HTTP_DELETE, path));
    expect(s, 400, ASK_AS(ann, HTTP_DELETE, path, {"?sure", "true"}));
    expect(s, 412, ASK_AS(ann, HTTP_DELETE, path, {"If-Match", "\"1\""}));
    expect(s, 401, ASK_AS(NULL, HTTP_DELETE, path));
    expect(s, 204, ASK_AS(ann, HTTP_DELETE, path, {"If-Match", "*"}));
    expect(s, 404, ASK_AS(ann, HTTP_GET, path));
}

/* A view is what its owner may list: no more can be kept, and no more is learned by trying. */
static void views_that_are_none(server *s, identity_actor *ann)
{
    static const struct {
        int status;
        const char *body;
    } wrong[] = {
        {400, "{\"entity\":\"person\"}"},
        {400, "{\"entity\":\"person\",\"name\":\"x\",\"colour\":\"red\"}"},
        {400, "{\"entity\":\"person\",\"name\":\"x\",\"columns\":\"full_name\"}"},
        {422, "{\"entity\":\"persona\",\"name\":\"x\"}"},
        {422, "{\"entity\":\"person\",\"name\":\"x\",\"columns\":[\"naem\"]}"},
        {422, "{\"entity\":\"person\",\"name\":\"x\",\"filter\":\"country =\"}"},
        {403, "{\"entity\":\"person\",\"name\":\"x\",\"filter\":\"born is null\"}"},
        {403, "{\"entity\":\"person\",\"name\":\"x\",\"sort\":\"balance\"}"},
    };
    char body[200], path[100];
    int n = 0;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        expect(s, wrong[i].status, ASK_AS(ann, HTTP_POST, views, .body = wrong[i].body));
    static const char good[] = "{\"entity\":\"person\",\"name\":\"x\"}";
    expect(s, 401, ASK_AS(NULL, HTTP_POST, views, .body = good));
    expect(s, 403, ASK(HTTP_POST, views, .body = good));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, views));
    expect(s, 403, ASK(HTTP_GET, views));
    expect(s, 400, ASK_AS(ann, HTTP_GET, views, {"?x", "1"}));
    expect(s, 422, ASK_AS(ann, HTTP_GET, views, {"?entity", "persona"}));
    ann->read_only = true;
    expect(s, 403, ASK_AS(ann, HTTP_POST, views, .body = good));
    ann->read_only = false;
    for (int i = 0, status = 201; status == 201; i++) {
        answer a;
        (void)snprintf(body, sizeof body, "{\"entity\":\"person\",\"name\":\"View %d\"}", i);
        question q = ASK_AS(ann, HTTP_POST, views, .body = body);
        ask(s, &q, &a);
        status = a.status;
        if (status == 201)
            n = number_at(&a, "view");
        assert_true(status == 201 || (status == 413 && i == IDENTITY_VIEWS_MOST - 2));
        cJSON_Delete(a.json);
    }
    (void)snprintf(path, sizeof path, "%s/%d", views, n);
    expect(s, 400, ASK_AS(ann, HTTP_GET, path, {"?x", "1"}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, path));
    expect(s, 403, ASK(HTTP_GET, path));
    expect(s, 401, ASK_AS(NULL, HTTP_PUT, path, .body = "{\"name\":\"x\"}"));
    expect(s, 400, ASK_AS(ann, HTTP_PUT, path, {"If-Match", "*"}, .body = "{}"));
    expect(s, 422,
           ASK_AS(ann, HTTP_PUT, path, {"If-Match", "*"},
                  .body = "{\"name\":\"x\",\"sort\":\"naem\"}"));
}

/* Mappings of imports by their names; what is none is refused, and what was kept stays. */
static void keeping_mappings(server *s, const identity_actor *ann)
{
    static const struct {
        int status;
        const char *body;
    } wrong[] = {
        {400, "{\"mappings\":7}"},
        {400, "{\"mappings\":[7]}"},
        {400, "{\"mappings\":[{\"name\":\"x\"}]}"},
        {400, "{\"mappings\":[{\"name\":\" \",\"map\":\"files: {}\"}]}"},
        {400, "{\"mappings\":[{\"name\":\"x\",\"map\":\"files: {}\",\"colour\":1}]}"},
        {422, "{\"mappings\":[{\"name\":\"x\",\"map\":\"files: {}\",\"mode\":\"guess\"}]}"},
        {422,
         "{\"mappings\":[{\"name\":\"x\",\"map\":\"files: {}\"},{\"name\":\"x\",\"map\":\"f\"}]}"},
    };
    answer *a = expect(s, 200, ASK_AS(ann, HTTP_GET, likes));
    assert_int_equal(size_at(a, "mappings"), 0);
    expect(s, 200,
           ASK_AS(ann, HTTP_PATCH, likes,
                  .body = "{\"mappings\":[{\"name\":\"Fair\",\"map\":\"files: {}\","
                          "\"mode\":\"upsert\",\"match\":[\"email\"]}]}"));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        expect(s, wrong[i].status, ASK_AS(ann, HTTP_PATCH, likes, .body = wrong[i].body));
    a = expect(s, 200, ASK_AS(ann, HTTP_GET, likes));
    assert_string_equal(text_at(a, "mappings/0/name"), "Fair");
    assert_string_equal(text_at(a, "mappings/0/match/0"), "email");
    assert_string_equal(text_at(a, "language"), "fa");
    a = expect(s, 200, ASK_AS(ann, HTTP_PATCH, likes, .body = "{\"mappings\":null}"));
    assert_int_equal(size_at(a, "mappings"), 0);
}

static void liking(server *s, const identity_actor *ann)
{
    answer *a = expect(s, 200, ASK_AS(ann, HTTP_GET, likes));
    assert_true(cJSON_IsNull(at(a->json, "theme")));
    a = expect(s, 200,
               ASK_AS(ann, HTTP_PATCH, likes,
                      .body = "{\"theme\":\"dark\",\"calendar\":\"jalali\","
                              "\"home\":{\"cards\":[\"due\",2,true,null]}}"));
    assert_string_equal(text_at(a, "calendar"), "jalali");
    expect(s, 200, ASK_AS(ann, HTTP_PATCH, likes, .body = "{\"theme\":null,\"language\":\"fa\"}"));
    a = expect(s, 200, ASK_AS(ann, HTTP_GET, likes));
    assert_true(cJSON_IsNull(at(a->json, "theme")));
    assert_string_equal(text_at(a, "language"), "fa");
    assert_string_equal(text_at(a, "home/cards/0"), "due");
    assert_true(cJSON_IsTrue(at(a->json, "home/cards/2")));
    a = expect(s, 422, ASK_AS(ann, HTTP_PATCH, likes, .body = "{\"theme\":\"pink\"}"));
    assert_non_null(strstr(text_at(a, "hint"), "light, dark, system"));
    expect(s, 422, ASK_AS(ann, HTTP_PATCH, likes, .body = "{\"digits\":7}"));
    char *large = calloc(1, 9000);
    assert_non_null(large);
    memset(large, 'x', 8900);
    memcpy(large, "{\"home\":\"", 9);
    memcpy(large + 8900, "\"}", 3);
    expect(s, 422, ASK_AS(ann, HTTP_PATCH, likes, .body = large));
    free(large);
    expect(s, 400, ASK_AS(ann, HTTP_PATCH, likes, .body = "{\"colour\":1}"));
    keeping_mappings(s, ann);
    expect(s, 400, ASK_AS(ann, HTTP_GET, likes, {"?x", "1"}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, likes));
    expect(s, 401, ASK_AS(NULL, HTTP_PATCH, likes, .body = "{}"));
    expect(s, 403, ASK(HTTP_GET, likes));
    expect(s, 403, ASK(HTTP_PATCH, likes, .body = "{}"));
}

static void what_is_kept(server *s)
{
    identity_actor actors[3];
    hire(s, actors);
    saving_views(s, &actors[0], &actors[1], &actors[2]);
    views_that_are_none(s, &actors[0]);
    liking(s, &actors[0]);
}

/* ---- how it is ---- */

static const cJSON *check_of(const answer *a, const char *name)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, at(a->json, "checks"))
    {
        if (strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(one, "check")), name) == 0)
            return one;
    }
    fail_msg("no check “%s” in %s", name, a->text);
    return NULL;
}

static bool is_graded(const answer *a, const char *name, const char *grade)
{
    return strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(check_of(a, name), "grade")), grade) ==
           0;
}

static void how_it_is(server *s)
{
    static const char state[] = "/api/v1/health";
    answer *a = expect(s, 200, ASK(HTTP_GET, state));
    assert_string_equal(text_at(a, "engine"), on_postgres() ? "PostgreSQL" : "SQLite");
    assert_string_equal(text_at(a, "grade"), "bad");
    assert_true(is_graded(a, "backup", "bad")); /* there is none */
    assert_true(is_graded(a, "writing", "good"));
    assert_true(is_graded(a, "jobs", "good"));
    assert_true(is_graded(a, "clock", "good"));
    assert_true(is_graded(a, "verify", "watch"));
    assert_true(is_graded(a, "size", on_postgres() ? "unknown" : "good"));
    int64_t now = s->w.now_us; /* the clock is set back by a day */
    s->w.now_us -= INT64_C(86400) * 1000000;
    a = expect(s, 200, ASK(HTTP_GET, state));
    assert_true(is_graded(a, "clock", "bad"));
    s->w.now_us = now;
    expect(s, 400, ASK(HTTP_GET, state, {"?x", "1"}));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, state));
    expect(s, 403, ASK_AS(&s->reader, HTTP_GET, state));
}

/* shows: INT-1 DQ-1 ACC-2 ACC-4 */
static void screens(void **state)
{
    server *s = calloc(1, sizeof *s);
    pb_error err;
    assert_non_null(s);
    begin(s, *state, clerk);
    fill(s);
    amounts_by_stage(s);
    who_sees_less_counts_less(s);
    what_is_wrong_is_said(s);
    counting_is_reading(s);
    what_is_due(s);
    how_it_stands_may_be_hidden(s);
    what_is_stale(s);
    what_waits_for_a_decision(s);
    home_without_a_purpose(s);
    what_is_kept(s);
    how_it_is(s);
    everything_was_seen(s, "screens", 50);
    world_must(world_verify(&s->w, &err), &err);
    end(s);
    free(s);
}

int main(void)
{
    in_zone("UTC");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(screens, (void *)(uintptr_t)world_engines[0]),
    };
    return cmocka_run_group_tests_name("http/screens", tests, NULL, NULL);
}
