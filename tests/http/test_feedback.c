/* What people report of the program: given, answered, added to, counted; each documented status. */
#include "asking.h"
#include "identity/feedback.h"

static const char clerk[] =
    "role: clerk\n"
    "label: Clerk\n"
    "grants:\n"
    "  - {name: firms, entities: firm, operations: [read, list], scope: all}\n";
static const char keeper[] = "role: keeper\n"
                             "label: Keeper\n"
                             "grants:\n"
                             "  - {name: house, operations: settings}\n";
static const char feedback[] = "/api/v1/feedback";

static int number_at(const answer *a, const char *path)
{
    const cJSON *number = at(a->json, path);
    if (!cJSON_IsNumber(number))
        fail_msg("no number at %s: %s", path, a->text);
    return (int)cJSON_GetNumberValue(number);
}

static void given_and_answered(server *s, const identity_actor *ann, const identity_actor *bob,
                               const identity_actor *boss)
{
    char path[100], tag[16];
    answer *a = expect(s, 201,
                       ASK_AS(ann, HTTP_POST, feedback,
                              .body = "{\"kind\":\"trouble\",\"text\":\"The list is slow.\","
                                      "\"page\":\"/contacts\"}"));
    assert_string_equal(text_at(a, "state"), "open");
    assert_string_equal(text_at(a, "page"), "/contacts");
    (void)snprintf(path, sizeof path, "%s/%d", feedback, number_at(a, "message"));
    expect(s, 201,
           ASK_AS(bob, HTTP_POST, feedback, .body = "{\"kind\":\"praise\",\"text\":\"Thanks!\"}"));

    /* Each sees the own ones, who answers sees and counts all. */
    a = expect(s, 200, ASK_AS(ann, HTTP_GET, feedback));
    assert_int_equal(cJSON_GetArraySize(at(a->json, "messages")), 1);
    assert_null(at(a->json, "counts"));
    expect(s, 403, ASK_AS(ann, HTTP_GET, feedback, {"?all", "true"}));
    a = expect(s, 200, ASK_AS(boss, HTTP_GET, feedback, {"?all", "true", "?limit", "1"}));
    assert_int_equal(cJSON_GetArraySize(at(a->json, "messages")), 1);
    assert_int_equal(cJSON_GetArraySize(at(a->json, "counts")), 2);
    char below[16];
    (void)snprintf(below, sizeof below, "%d", number_at(a, "next"));
    a = expect(s, 200, ASK_AS(boss, HTTP_GET, feedback, {"?all", "true", "?below", below}));
    assert_string_equal(text_at(a, "messages/0/text"), "The list is slow.");
    a = expect(s, 200, ASK_AS(boss, HTTP_GET, feedback, {"?all", "true", "?kind", "wish"}));
    assert_int_equal(cJSON_GetArraySize(at(a->json, "messages")), 0);
    expect(s, 404, ASK_AS(bob, HTTP_GET, path));

    expect(s, 428, ASK_AS(boss, HTTP_PATCH, path, .body = "{\"answer\":\"It is faster now.\"}"));
    a = expect(s, 200,
               ASK_AS(boss, HTTP_PATCH, path, {"If-Match", "\"1\""},
                      .body = "{\"answer\":\"It is faster now.\"}"));
    assert_string_equal(text_at(a, "state"), "answered");
    assert_string_equal(text_at(a, "answered_by"), "boss");
    expect(s, 412,
           ASK_AS(boss, HTTP_PATCH, path, {"If-Match", "\"1\""}, .body = "{\"state\":\"done\"}"));
    a = expect(s, 200, ASK_AS(ann, HTTP_GET, path));
    assert_string_equal(text_at(a, "answer"), "It is faster now.");
    (void)snprintf(tag, sizeof tag, "\"%d\"", number_at(a, "version"));
    expect(s, 304, ASK_AS(ann, HTTP_GET, path, {"If-None-Match", tag}));

    /* Its author adds to it, and it is open again; nobody else does, and the author answers
     * nothing. */
    a = expect(
        s, 200,
        ASK_AS(ann, HTTP_PATCH, path, {"If-Match", tag}, .body = "{\"text\":\"Not here.\"}"));
    assert_string_equal(text_at(a, "state"), "open");
    assert_string_equal(text_at(a, "text"), "The list is slow.\n\nNot here.");
    expect(s, 403,
           ASK_AS(ann, HTTP_PATCH, path, {"If-Match", "*"}, .body = "{\"state\":\"done\"}"));
    expect(s, 403,
           ASK_AS(boss, HTTP_PATCH, path, {"If-Match", "*"}, .body = "{\"text\":\"More\"}"));
    expect(s, 422,
           ASK_AS(ann, HTTP_PATCH, path, {"If-Match", "*"},
                  .body = "{\"text\":\"More\",\"state\":\"done\"}"));
    a = expect(
        s, 200,
        ASK_AS(boss, HTTP_PATCH, path, {"If-Match", "*"}, .body = "{\"state\":\"planned\"}"));
    assert_string_equal(text_at(a, "answer"), "It is faster now.");
    expect(s, 404, ASK_AS(bob, HTTP_PATCH, path, {"If-Match", "*"}, .body = "{\"text\":\"x\"}"));
    expect(s, 401, ASK_AS(NULL, HTTP_GET, path));
    expect(s, 403, ASK(HTTP_GET, path));
    expect(s, 401, ASK_AS(NULL, HTTP_PATCH, path, .body = "{}"));
    expect(s, 400, ASK_AS(ann, HTTP_GET, path, {"?x", "1"}));
    expect(s, 400, ASK_AS(ann, HTTP_PATCH, path, .body = "{\"colour\":1}"));
}

static void refused(server *s, const identity_actor *ann)
{
    expect(s, 401, ASK_AS(NULL, HTTP_GET, feedback));
    expect(s, 401, ASK_AS(NULL, HTTP_POST, feedback, .body = "{}"));
    expect(s, 403, ASK(HTTP_POST, feedback, .body = "{\"kind\":\"wish\",\"text\":\"x\"}"));
    expect(s, 400, ASK_AS(ann, HTTP_GET, feedback, {"?x", "1"}));
    answer *refusal = expect(s, 422, ASK_AS(ann, HTTP_GET, feedback, {"?state", "asleep"}));
    assert_string_equal(text_at(refusal, "hint"),
                        "It is one of: open, answered, planned, done, declined.");
    expect(s, 422, ASK_AS(ann, HTTP_GET, feedback, {"?limit", "201"}));
    expect(s, 400, ASK_AS(ann, HTTP_POST, feedback, .body = "{\"kind\":\"wish\"}"));
    expect(s, 422, ASK_AS(ann, HTTP_POST, feedback, .body = "{\"kind\":\"song\",\"text\":\"x\"}"));
    int status = 201, count = 0;
    while (status == 201) {
        answer a;
        question q =
            ASK_AS(ann, HTTP_POST, feedback, .body = "{\"kind\":\"wish\",\"text\":\"A wish\"}");
        ask(s, &q, &a);
        status = a.status;
        cJSON_Delete(a.json);
        count++;
    }
    assert_int_equal(status, 413);
    assert_int_equal(count, IDENTITY_FEEDBACK_DAILY); /* one was given before */
}

/* shows: UX-2 INT-1 ACC-4 */
static void people_are_heard(void **state)
{
    server *s = calloc(1, sizeof *s);
    pb_error err;
    assert_non_null(s);
    begin(s, *state, clerk);
    identity_actor ann = s->reader, bob = s->reader, boss = somebody(s, keeper, 3);
    ann.name = PB_STR("ann");
    bob.name = PB_STR("bob");
    bob.user.b[1] = 7;
    boss.name = PB_STR("boss");
    given_and_answered(s, &ann, &bob, &boss);
    refused(s, &ann);
    everything_was_seen(s, "feedback", 15);
    world_must(world_verify(&s->w, &err), &err);
    end(s);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(people_are_heard, (void *)(uintptr_t)world_engines[0]),
    };
    return cmocka_run_group_tests_name("http/feedback", tests, NULL, NULL);
}
