/* Imports over HTTP are written part by part: others write meanwhile, and one that is stopped, or
 * whose server is killed, is taken back. Every answer is held to the OpenAPI document. */
#include "work.h"

#define IMPORTS "/api/v1/imports"

#ifndef ROWS
#define ROWS 4000
#endif

static int contacts(work *w)
{
    client_answer a =
        client_expect(&w->c, 200, "GET", "/api/v1/contacts?total=true&limit=1", w->carrier, NULL);
    int count = (int)work_number(&a, "total");
    client_free(&a);
    return count;
}

/* Sends a file of many people and has it imported, as `wish` says; the job. */
static long begin_so(work *w, const char *wish)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(ROWS * 64 + 1000), text = PB_BUF_INIT(ROWS * 64 + 4000);
    char path[100], id[37];
    pb_buf_addc(&bytes, "Contact ID,Full Name,Email,City\n");
    for (int i = 0; i < ROWS; i++)
        pb_buf_printf(&bytes, "N-%d,Person %c%c%d,p%d@example.org,Jena\n", i, 'A' + i % 26,
                      'a' + i / 26 % 26, i, i);
    pb_buf_printf(&text,
                  "POST /api/v1/imports?name=many.csv HTTP/1.1\r\nHost: localhost:%u\r\n"
                  "Connection: close\r\n%sContent-Type: text/csv\r\nContent-Length: %zu\r\n\r\n",
                  w->c.port, w->carrier, bytes.len);
    pb_buf_add(&text, pb_buf_str(&bytes));
    assert_false(text.failed);
    live_answer *raw = live_raw(w->c.port, text.ptr, text.len);
    client_answer a = {.status = raw->status, .text = strdup(raw->text)};
    free(raw);
    client_parse(&a);
    assert_int_equal(a.status, 201);
    snprintf(id, sizeof id, "%s", client_text(&a, "id"));
    client_free(&a);
    snprintf(path, sizeof path, IMPORTS "/%s/run", id);
    return work_ask(w, w->carrier, path, wish);
}

static long begin(work *w)
{
    return begin_so(w, "{}");
}

/* What an unfinished run wrote is kept, or why not. */
static void keep(work *w, const char *who, int run, int status, const char *kind)
{
    char path[100];
    snprintf(path, sizeof path, "/api/v1/runs/%d/keep", run);
    client_answer a = client_expect(&w->c, status, "POST", path, who, NULL);
    if (kind != NULL) {
        assert_string_equal(client_text(&a, "kind"), kind);
        assert_string_equal(client_text(&a, "about"), "many.csv");
    }
    client_free(&a);
}

/* The newest run, and whether it is unfinished. */
static int latest_run(work *w, bool *ret_unfinished, bool *ret_undone)
{
    client_answer a = client_expect(&w->c, 200, "GET", "/api/v1/runs?limit=1", w->carrier, NULL);
    const cJSON *run = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "runs"), 0);
    const char *kind = cJSON_GetStringValue(cJSON_GetObjectItem(run, "kind"));
    int number = run == NULL ? 0 : (int)cJSON_GetObjectItem(run, "run")->valuedouble;
    *ret_unfinished = kind != NULL && strcmp(kind, "unfinished") == 0;
    *ret_undone = cJSON_IsTrue(cJSON_GetObjectItem(run, "undone"));
    client_free(&a);
    return number;
}

/* Until what an import wrote was taken back to the end. */
static void await_undone(work *w)
{
    bool whole = false;
    while (!whole) {
        client_answer a =
            client_expect(&w->c, 200, "GET", "/api/v1/runs?limit=1", w->carrier, NULL);
        const cJSON *run = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "runs"), 0);
        const char *kind = cJSON_GetStringValue(cJSON_GetObjectItem(run, "kind"));
        whole = kind != NULL && strcmp(kind, "undo") == 0;
        client_free(&a);
    }
}

/* Until some of it is there. */
static int await_some(work *w)
{
    bool unfinished = false, undone;
    int run = 0;
    while (!unfinished || contacts(w) <= 3)
        run = latest_run(w, &unfinished, &undone);
    return run;
}

/* shows: INT-1 INT-5 REC-1 */
static void test_others_write_while_an_import_is_stopped(void **state)
{
    work w;
    char path[100];
    bool unfinished, undone;
    (void)state;
    work_start(&w);
    long n = begin(&w);
    int run = await_some(&w);
    client_answer a = client_expect(
        &w.c, 201, "POST", "/api/v1/contacts", w.carrier,
        "{\"fields\":{\"full_name\":\"Somebody Else\",\"email\":\"else@example.com\"}}");
    client_free(&a);
    snprintf(path, sizeof path, "/api/v1/jobs/%ld/cancel", n);
    a = client_expect(&w.c, 200, "POST", path, w.carrier, NULL);
    client_free(&a);
    a = work_wait(&w, w.carrier, n);
    client_free(&a);
    /* The job is over at once; what it wrote goes with the transaction it was in. */
    await_undone(&w);
    assert_int_equal(contacts(&w), 4);
    snprintf(path, sizeof path, "/api/v1/runs/%d/undo", run);
    /* It is taken back already, which its taking back as a run says. */
    n = work_ask(&w, w.carrier, path, "{}");
    work_over(&w, w.carrier, n, "failed");
    (void)latest_run(&w, &unfinished, &undone);
    assert_false(unfinished);
    work_end(&w);
}

/* shows: INT-1 INT-5 REC-1 */
static void test_an_import_whose_server_was_killed_can_be_taken_back(void **state)
{
    work w;
    char path[100];
    int status;
    bool unfinished, undone;
    (void)state;
    work_start(&w);
    (void)begin(&w);
    int run = await_some(&w);
    kill(w.c.child, SIGKILL);
    assert_int_equal(waitpid(w.c.child, &status, 0), w.c.child);
    cJSON_Delete(w.c.openapi);
    w.c = client_start(w.folder);
    client_hold(&w.c, w.carrier);
    assert_int_equal(latest_run(&w, &unfinished, &undone), run);
    assert_true(unfinished);
    assert_false(undone);
    int there = contacts(&w);
    assert_true(there > 3);
    /* The same file is not passed over: it says what is to be done first. */
    long again = begin(&w);
    work_over(&w, w.carrier, again, "failed");
    assert_int_equal(contacts(&w), there);
    snprintf(path, sizeof path, "/api/v1/runs/%d/undo", run);
    long n = work_ask(&w, w.carrier, path, "{}");
    work_over(&w, w.carrier, n, "done");
    assert_int_equal(contacts(&w), 3);
    work_end(&w);
}

/* shows: INT-1 INT-5 REC-1 */
static void test_an_import_can_be_ended_and_its_part_kept(void **state)
{
    work w;
    char path[100];
    bool unfinished, undone;
    (void)state;
    work_start(&w);
    long job = begin(&w);
    int run = await_some(&w);
    keep(&w, "", run, 401, NULL);
    keep(&w, w.carrier, 77, 404, NULL);
    keep(&w, w.carrier, run, 200, "partial");
    work_over(&w, w.carrier, job, "failed");
    assert_int_equal(latest_run(&w, &unfinished, &undone), run);
    assert_false(unfinished || undone);
    int there = contacts(&w);
    assert_in_range(there, 4, ROWS + 2);
    keep(&w, w.carrier, run, 409, NULL);
    /* New records would double it; rows that know which records they are about bring the rest. */
    work_over(&w, w.carrier, begin(&w), "failed");
    assert_int_equal(contacts(&w), there);
    work_over(&w, w.carrier, begin_so(&w, "{\"mode\":\"upsert\"}"), "done");
    assert_int_equal(contacts(&w), ROWS + 3);
    snprintf(path, sizeof path, "/api/v1/runs/%d/undo", run);
    work_over(&w, w.carrier, work_ask(&w, w.carrier, path, "{}"), "done");
    assert_int_equal(contacts(&w), ROWS + 3 - (there - 3));
    work_end(&w);
}

/* shows: INT-5 REC-1 */
static void test_what_is_left_of_it_is_kept_at_the_command_line(void **state)
{
    work w;
    char number[20];
    int status;
    (void)state;
    work_start(&w);
    (void)begin(&w);
    snprintf(number, sizeof number, "%d", await_some(&w));
    kill(w.c.child, SIGKILL);
    assert_int_equal(waitpid(w.c.child, &status, 0), w.c.child);
    cJSON_Delete(w.c.openapi);
    PROGRAM_EXPECT(w.folder, 0, "not come to its end", "runs", "-w", "ws");
    PROGRAM_EXPECT(w.folder, 0, "of which a part was kept", "keep", number, "-w", "ws");
    PROGRAM_EXPECT(w.folder, 0, "\"kind\": \"partial\"", "runs", "-w", "ws", "--json");
    PROGRAM_EXPECT(w.folder, 2, "", "keep", number, "-w", "ws");
    w.c = client_start(w.folder);
    client_hold(&w.c, w.carrier);
    assert_in_range(contacts(&w), 4, ROWS + 2);
    work_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_others_write_while_an_import_is_stopped),
        cmocka_unit_test(test_an_import_whose_server_was_killed_can_be_taken_back),
        cmocka_unit_test(test_an_import_can_be_ended_and_its_part_kept),
        cmocka_unit_test(test_what_is_left_of_it_is_kept_at_the_command_line),
    };
    return cmocka_run_group_tests_name("http/import_slices", tests, NULL, NULL);
}
