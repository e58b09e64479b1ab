/* Backups that the server makes, to a place that cannot be reached or never answers. */
#include "office.h"
#include "sys/clock.h"

#define SECOND INT64_C(1000000)

/* Has a backup made and gives the job's number. */
static long back_up(office *o)
{
    client_answer a = client_expect(&o->c, 202, "POST", "/api/v1/backups", o->ann, "{}");
    long n = (long)cJSON_GetNumberValue(cJSON_GetObjectItem(a.json, "id"));
    client_free(&a);
    return n;
}

/* How the job ended, when it has. */
static void ends_as(office *o, long n, const char *state)
{
    char path[100], wanted[60];
    snprintf(path, sizeof path, "/api/v1/jobs/%ld/events", n);
    snprintf(wanted, sizeof wanted, "\"state\":\"%s\"", state);
    client_answer a = client_expect(&o->c, 200, "GET", path, o->ann, NULL);
    const char *last = strstr(a.text, "event: end\n");
    if (last == NULL || strstr(last, wanted) == NULL)
        fail_msg("not %s: %s", state, a.text);
    client_free(&a);
}

/* While a backup is at work no other is made: one that is, within so long, shows that it ended. */
static void another_is_made(office *o, int64_t within_us)
{
    char place[4200];
    int64_t since = sys_monotonic_us();
    snprintf(place, sizeof place, "%s/safe", o->c.folder);
    program_result r = PROGRAM(o->c.folder, "backup", "ws", "--to", place);
    while (r.exit != 0 && sys_monotonic_us() - since < within_us) {
        program_free(&r);
        sys_sleep_us(SECOND / 5);
        r = PROGRAM(o->c.folder, "backup", "ws", "--to", place);
    }
    assert_int_equal(r.exit, 0);
    program_free(&r);
}

/* A port that is ours, where nobody listens yet. */
static unsigned take_port(int *ret_socket)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *ret_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(*ret_socket, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(*ret_socket, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

/* A place that cannot be reached is tried several times by the one job, not by several jobs; a job
 * that waits for one that never answers is cancelled while it waits. */
/* shows: PER-3 */
static void test_a_backup_that_goes_nowhere_ends(void **state)
{
    char plan[400], path[100];
    int silent;
    (void)state;
    office *o = office_open();
    snprintf(plan, sizeof plan,
             "places:\n  - s3://safe/it?endpoint=http://127.0.0.1:%u\n"
             "every: 1d\nkeep: {newest: 7, for: 90d}\nlose_at_most: 1d\n"
             "recover_within: 4h\ndrill_every: 30d\n",
             take_port(&silent));
    program_write(o->c.folder, "backups.yaml", plan);
    PROGRAM_EXPECT(o->c.folder, 0, "", "backups", "ws", "--declare", "backups.yaml");
    ends_as(o, back_up(o), "failed");
    assert_int_equal(listen(silent, 8), 0);
    long n = back_up(o);
    sys_sleep_us(SECOND);
    snprintf(path, sizeof path, "/api/v1/jobs/%ld/cancel", n);
    office_expect(o, 200, NULL, o->ann, "POST", path, NULL);
    ends_as(o, n, "cancelled");
    another_is_made(o, 10 * SECOND);
    close(silent);
    office_close(o);
}

/* Where nothing is declared, who asks for a backup gets it where the last one went; a timer does
 * not. */
/* shows: PER-3 */
static void test_where_it_went_before_it_goes_again(void **state)
{
    char place[4200];
    (void)state;
    office *o = office_open();
    ends_as(o, back_up(o), "failed");
    snprintf(place, sizeof place, "%s/safe", o->c.folder);
    PROGRAM_EXPECT(o->c.folder, 0, "pieces sent", "backup", "ws", "--to", place);
    ends_as(o, back_up(o), "done");
    PROGRAM_EXPECT(o->c.folder, 0, "pieces sent", "backup", "ws");
    PROGRAM_EXPECT(o->c.folder, 2, "none is declared", "backup", "ws", "--if-due");
    client_answer a = client_expect(&o->c, 200, "GET", "/api/v1/backups", o->ann, NULL);
    assert_int_equal(3, cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "made")));
    client_free(&a);
    office_close(o);
}

int main(void)
{
    setenv("AWS_ACCESS_KEY_ID", "TESTKEY", 1); /* of the places that the server knows */
    setenv("AWS_SECRET_ACCESS_KEY", "a secret of the tests", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_backup_that_goes_nowhere_ends),
        cmocka_unit_test(test_where_it_went_before_it_goes_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
