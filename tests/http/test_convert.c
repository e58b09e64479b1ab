/* A record becomes others: what is made of it or chosen, who may, what of it is told, and taking
 * that back. Every documented status is seen, and what is hidden shows in none of them. */
#define WORLD_MORE                                                                                 \
    "---\n"                                                                                        \
    "entity: prospect\n"                                                                           \
    "label: Prospect\n"                                                                            \
    "plural: Prospects\n"                                                                          \
    "title: [who]\n"                                                                               \
    "key: [who]\n"                                                                                 \
    "links:\n"                                                                                     \
    "  firm: firm\n"                                                                               \
    "  person: person\n"                                                                           \
    "fields:\n"                                                                                    \
    "  who: {type: person_name, required: true}\n"                                                 \
    "  works_at: {type: org_name}\n"                                                               \
    "  mail: {type: email, many: true}\n"                                                          \
    "  phone: phone\n"                                                                             \
    "  worth: {type: money, currency: EUR}\n"                                                      \
    "  secret: text\n"                                                                             \
    "  state: {type: choice, values: [open, converted]}\n"                                         \
    "  converted_on: date\n"                                                                       \
    "convert:\n"                                                                                   \
    "  to:\n"                                                                                      \
    "    firm: {link: firm, needs: works_at, fields: {name: works_at}}\n"                          \
    "    person:\n"                                                                                \
    "      link: person\n"                                                                         \
    "      fields: {full_name: who, email: mail, phone: phone, firm: firm, remark: secret}\n"      \
    "    deal:\n"                                                                                  \
    "      optional: true\n"                                                                       \
    "      fields: {title: [works_at, who], firm: firm, person: person, amount: worth}\n"          \
    "      set: {stage: open}\n"                                                                   \
    "  set: {state: converted, converted_on: today}\n"                                             \
    "  follow: {visit: {person: person, deal: deal}}\n"                                            \
    "---\n"                                                                                        \
    "entity: visit\n"                                                                              \
    "label: Visit\n"                                                                               \
    "plural: Visits\n"                                                                             \
    "title: [subject]\n"                                                                           \
    "links: {prospect: prospect, person: person, deal: deal}\n"                                    \
    "fields: {subject: {type: text, required: true}}\n"
#include "robot.h"

/* Does all but delete; sees neither French people nor what is secret of prospects. */
static const char seller[] = "role: seller\n"
                             "label: Seller\n"
                             "grants:\n"
                             "  - name: people\n"
                             "    entities: person\n"
                             "    operations: [read, list, create, change]\n"
                             "    scope: all\n"
                             "    when: \"country is null or country <> 'FR'\"\n"
                             "    rights: {other: write}\n"
                             "  - name: more\n"
                             "    entities: [firm, visit]\n"
                             "    operations: [read, list, create, change]\n"
                             "    scope: all\n"
                             "    rights: {other: write}\n"
                             "  - name: prospects\n"
                             "    entities: prospect\n"
                             "    operations: [read, list, create, change]\n"
                             "    scope: all\n"
                             "    rights: {other: write}\n"
                             "    fields: {secret: hidden}\n";
static const char watcher[] =
    "role: watcher\n"
    "label: Watcher\n"
    "grants:\n"
    "  - {name: all, entities: [prospect], operations: [read, list], scope: all}\n";
static identity_actor onlooker;

static const char nowhere[] = "01890a5d-ac96-774b-bcce-b302099a8057";

enum { ID = 37, PATH = 200 };

static void add(server *s, const char *entity, const char *fields, char id[ID])
{
    char body[1024], path[PATH];
    (void)snprintf(body, sizeof body, "{\"fields\":{%s},\"duplicates\":\"warn\"}", fields);
    (void)snprintf(path, sizeof path, "/api/v1/%s", entity);
    answer *a = expect(s, 201, ASK(HTTP_POST, path, .body = body));
    (void)snprintf(id, ID, "%s", text_at(a, "record/id"));
}

static const char *path_of(char path[PATH], const char *entity, const char *id, const char *rest)
{
    (void)snprintf(path, PATH, "/api/v1/%s/%s%s", entity, id, rest);
    return path;
}

static int64_t live(server *s, const char *entity)
{
    char sql[100];
    (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", entity);
    return world_number(&s->w, sql);
}

static bool is_true(const answer *a, const char *path)
{
    return cJSON_IsTrue(at(a->json, path));
}

#define OTTO                                                                                       \
    "\"who\":\"Otto Lilienthal\",\"works_at\":\"Segelflug GmbH\",\"mail\":\"otto@example.org; "    \
    "o@example.com\",\"phone\":\"+49 30 1234567\",\"worth\":{\"amount\":\"12.50\",\"currency\":"   \
    "\"EUR\"}"

/* Made, marked, linked; said where it comes from; the same again does nothing. */
static void what_it_becomes(server *s)
{
    char id[ID], visit[ID], path[PATH], other[PATH], fields[200], person[ID], firm[ID];
    add(s, "prospects", OTTO, id);
    (void)snprintf(fields, sizeof fields, "\"subject\":\"Rhinow\",\"prospect\":{\"id\":\"%s\"}",
                   id);
    add(s, "visits", fields, visit);
    path_of(path, "prospects", id, "/convert");
    answer *a = expect(s, 200, ASK(HTTP_POST, path, .body = "{\"dry_run\":true}"));
    assert_true(cJSON_IsNull(at(a->json, "run")));
    assert_true(is_true(a, "steps/0/made") && is_true(a, "steps/1/made"));
    assert_false(is_true(a, "steps/2/made"));
    assert_string_equal(text_at(a, "steps/1/record/fields/full_name"), "Otto Lilienthal");
    assert_int_equal(at(a->json, "linked")->valuedouble, 1);
    assert_int_equal(live(s, "firm") + live(s, "person") + live(s, "deal"), 0);
    a = expect(s, 200, ASK(HTTP_POST, path, .body = "{\"make\":[\"firm\",\"person\",\"deal\"]}"));
    assert_true(at(a->json, "run")->valuedouble > 0);
    assert_false(is_true(a, "already"));
    assert_string_equal(text_at(a, "record/fields/state"), "converted");
    assert_string_equal(text_at(a, "record/fields/converted_on"), "2025-06-15");
    (void)snprintf(firm, ID, "%s", text_at(a, "steps/0/record/id"));
    (void)snprintf(person, ID, "%s", text_at(a, "steps/1/record/id"));
    assert_string_equal(text_at(a, "record/fields/firm/id"), firm);
    assert_string_equal(text_at(a, "record/fields/person/id"), person);
    assert_string_equal(text_at(a, "steps/1/record/fields/firm/id"), firm);
    assert_string_equal(text_at(a, "steps/2/record/fields/title"), "Segelflug GmbH");
    assert_string_equal(text_at(a, "steps/2/record/fields/person/id"), person);
    assert_string_equal(text_at(a, "steps/2/record/fields/amount/amount"), "12.50");
    a = expect(s, 200, ASK(HTTP_GET, path_of(other, "visits", visit, "")));
    assert_string_equal(text_at(a, "fields/person/id"), person);
    assert_string_equal(text_at(a, "fields/prospect/id"), id);
    assert_int_equal(world_number(&s->w, "SELECT COUNT(*) FROM t_value_note WHERE entity = "
                                         "'person' AND field = 'email' AND kind = 'more'"),
                     1);
    a = expect(s, 200,
               ASK(HTTP_GET, path_of(other, "people", person, ""), {"?provenance", "true"}));
    (void)snprintf(fields, sizeof fields, "Prospect %s", id);
    assert_string_equal(text_at(a, "provenance/full_name/source"), fields);
    assert_string_equal(text_at(a, "provenance/email/source"), fields);
    /* once more */
    int64_t runs = world_number(&s->w, "SELECT MAX(run) FROM t_import_run");
    a = expect(s, 200, ASK(HTTP_POST, path, .body = "{}"));
    assert_true(is_true(a, "already") && is_true(a, "steps/2/made"));
    assert_string_equal(text_at(a, "steps/1/record/id"), person);
    (void)snprintf(fields, sizeof fields, "{\"use\":{\"person\":\"%s\"}}", nowhere);
    expect(s, 409, ASK(HTTP_POST, path, .body = fields));
    assert_int_equal(world_number(&s->w, "SELECT MAX(run) FROM t_import_run"), runs);
    /* back */
    path_of(path, "prospects", id, "/unconvert");
    a = expect(s, 200, ASK(HTTP_POST, path, .body = "{\"dry_run\":true}"));
    assert_int_equal(at(a->json, "deleted")->valuedouble, 3);
    assert_int_equal(live(s, "person"), 1);
    a = expect(s, 200, ASK(HTTP_POST, path, .body = "{}"));
    assert_null(at(a->json, "kept/0"));
    assert_int_equal(live(s, "firm") + live(s, "person") + live(s, "deal"), 0);
    assert_true(cJSON_IsNull(at(a->json, "record/fields/state")));
    assert_true(cJSON_IsNull(at(a->json, "record/fields/person")));
    a = expect(s, 200, ASK(HTTP_GET, path_of(other, "visits", visit, "")));
    assert_true(cJSON_IsNull(at(a->json, "fields/person")));
    expect(s, 409, ASK(HTTP_POST, path, .body = "{}"));
}

/* One that is there is chosen; what was worked on since stays. */
static void what_is_there_already(server *s)
{
    char id[ID], firm[ID], path[PATH], body[200], made[ID];
    add(s, "firms", "\"name\":\"Segelflug GmbH\"", firm);
    add(s, "prospects", OTTO, id);
    path_of(path, "prospects", id, "/convert");
    (void)snprintf(body, sizeof body,
                   "{\"use\":{\"firm\":\"%s\"},\"fields\":{\"person\":{"
                   "\"full_name\":\"O. Lilienthal\"}}}",
                   firm);
    answer *a = expect(s, 200, ASK(HTTP_POST, path, .body = body));
    assert_true(is_true(a, "steps/0/used") && !is_true(a, "steps/0/made"));
    assert_string_equal(text_at(a, "record/fields/firm/id"), firm);
    assert_string_equal(text_at(a, "steps/1/record/fields/full_name"), "O. Lilienthal");
    (void)snprintf(made, ID, "%s", text_at(a, "steps/1/record/id"));
    expect(s, 200,
           ASK(HTTP_PATCH, path_of(path, "people", made, ""), {"If-Match", "*"},
               .body = "{\"fields\":{\"vip\":true}}"));
    a = expect(s, 200, ASK(HTTP_POST, path_of(path, "prospects", id, "/unconvert"), .body = "{}"));
    assert_int_equal(at(a->json, "deleted")->valuedouble, 0);
    assert_string_equal(text_at(a, "kept/0/id"), made);
    assert_int_equal(live(s, "firm"), 1);
    assert_int_equal(live(s, "person"), 1);
    /* the next one is told whom it is likely the same as */
    path_of(path, "prospects", id, "/convert");
    a = expect(s, 200, ASK(HTTP_POST, path, .body = "{\"dry_run\":true,\"make\":[\"person\"]}"));
    assert_string_equal(text_at(a, "steps/1/likely/0/id"), made);
    assert_false(is_true(a, "steps/0/made"));
}

/* Nobody passes on what does not show to him, makes what he may not make, or is told of what is
 * hidden. */
static void who_may(server *s)
{
    char id[ID], hidden[ID], path[PATH], back[PATH], body[200], french[ID];
    add(s, "prospects", "\"who\":\"Lise Meitner\",\"mail\":\"lise@example.org\"", id);
    add(s, "prospects",
        "\"who\":\"Emmy Noether\",\"mail\":\"emmy@example.org\",\"secret\":\"canary\"", hidden);
    add(s, "people",
        "\"full_name\":\"Lise Meitner\",\"email\":\"lise@example.org\",\"country\":\"FR\"", french);
    answer *a = expect(s, 403,
                       ASK_AS(&s->reader, HTTP_POST, path_of(path, "prospects", hidden, "/convert"),
                              .body = "{}"));
    assert_null(strstr(a->text, "canary"));
    path_of(path, "prospects", id, "/convert");
    path_of(back, "prospects", id, "/unconvert");
    expect(s, 401, ASK_AS(NULL, HTTP_POST, path, .body = "{}"));
    expect(s, 401, ASK_AS(NULL, HTTP_POST, back, .body = "{}"));
    expect(s, 403, ASK_AS(&onlooker, HTTP_POST, path, .body = "{}"));
    expect(s, 403, ASK_AS(&onlooker, HTTP_POST, back, .body = "{}"));
    expect(s, 404,
           ASK_AS(&s->reader, HTTP_POST, path_of(back, "prospects", nowhere, "/convert"),
                  .body = "{}"));
    expect(s, 404, ASK(HTTP_POST, path_of(back, "prospects", nowhere, "/unconvert"), .body = "{}"));
    expect(s, 404, ASK(HTTP_POST, path_of(back, "people", french, "/convert"), .body = "{}"));
    (void)snprintf(body, sizeof body, "{\"use\":{\"person\":\"%s\"}}", french);
    expect(s, 404, ASK_AS(&s->reader, HTTP_POST, path, .body = body));
    expect(s, 403, ASK_AS(&s->reader, HTTP_POST, path, .body = "{\"make\":[\"deal\"]}"));
    /* a likely duplicate that is hidden is not told of */
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_POST, path, .body = "{}"));
    assert_null(at(a->json, "steps/1/likely/0"));
    assert_null(strstr(a->text, french));
    /* who did it takes it back, without the right to delete what others made */
    path_of(back, "prospects", id, "/unconvert");
    a = expect(s, 200, ASK_AS(&s->reader, HTTP_POST, back, .body = "{}"));
    assert_int_equal(at(a->json, "deleted")->valuedouble, 1);
    expect(s, 200, ASK(HTTP_POST, path, .body = "{}"));
    expect(s, 403, ASK_AS(&s->reader, HTTP_POST, back, .body = "{}"));
}

static void what_is_not_understood(server *s)
{
    static const char *const wrong[] = {
        "{\"sure\":true}",
        "{\"use\":[]}",
        "{\"use\":{\"firm\":\"x\"}}",
        "{\"make\":[\"horse\"]}",
        "{\"fields\":[]}",
        "{\"fields\":{\"horse\":{}}}",
        "{\"duplicates\":\"so\"}",
        "{\"use\":{\"firm\":\"01890a5d-ac96-774b-bcce-b302099a8057\"},\"make\":[\"firm\"]}"};
    char id[ID], path[PATH], body[200], deal[ID];
    add(s, "prospects", "\"who\":\"Max Planck\"", id);
    path_of(path, "prospects", id, "/convert");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        expect(s, 400, ASK(HTTP_POST, path, .body = wrong[i]));
    /* he cannot be reached */
    answer *a = expect(s, 422, ASK(HTTP_POST, path, .body = "{}"));
    assert_non_null(strstr(text_at(a, "title"), "Person"));
    a = expect(s, 422,
               ASK(HTTP_POST, path, .body = "{\"fields\":{\"person\":{\"email\":\"no\"}}}"));
    assert_string_equal(text_at(a, "problems/0/field"), "email");
    add(s, "deals", "\"title\":\"Quanta\"", deal);
    (void)snprintf(body, sizeof body, "{\"use\":{\"deal\":\"%s\"}}", deal);
    expect(s, 422, ASK(HTTP_POST, path, .body = body));
    path_of(path, "prospects", id, "/unconvert");
    expect(s, 400, ASK(HTTP_POST, path, .body = "{\"sure\":true}"));
    assert_int_equal(world_number(&s->w, "SELECT COUNT(*) FROM prospect WHERE state IS NOT NULL"
                                         " AND who = 'Max Planck'"),
                     0);
}

/* shows: REC-3 ACC-1 ACC-4 INT-1 DQ-4 */
static void a_record_becomes_others(void **state)
{
    server *s = calloc(1, sizeof *s);
    pb_error err;
    assert_non_null(s);
    begin(s, *state, seller);
    onlooker = somebody(s, watcher, 3);
    what_it_becomes(s);
    what_is_there_already(s);
    who_may(s);
    what_is_not_understood(s);
    everything_was_seen(s, "conversions", 12);
    world_must(world_verify(&s->w, &err), &err);
    end(s);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(a_record_becomes_others, (void *)(uintptr_t)world_engines[0]),
    };
    return cmocka_run_group_tests_name("http/convert", tests, NULL, NULL);
}
