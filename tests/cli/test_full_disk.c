/* A disk that takes no more (files may not grow beyond a limit): a clear error and exit 2, nothing
 * half there, and the same command works when there is room again. */
#include "program.h"

#include <stdbool.h>
#include <sys/resource.h>

enum { ROWS = 400 };

static rlim_t room_bytes = RLIM_INFINITY;

/* The limit holds for what the program writes, and for its own messages too. */
static program_result run_within(const char *folder, rlim_t bytes, const char *const *arguments)
{
    struct rlimit before, limit;
    assert_int_equal(0, getrlimit(RLIMIT_FSIZE, &before));
    limit = (struct rlimit){bytes, before.rlim_max};
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &limit));
    program_result r = program_run(folder, arguments);
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &before));
    return r;
}

#define WITHIN(folder, ...)                                                                        \
    run_within((folder), room_bytes, (const char *const[]){__VA_ARGS__, NULL})

static void must(program_result r, const char *what)
{
    if (r.exit != 0)
        fail_msg("%s: exit %d\n%s", what, r.exit, r.err);
    program_free(&r);
}

/* It worked, or says why not. */
static bool worked(program_result r, const char *what)
{
    int code = r.exit;
    if (code != 0 && (code != 2 || strlen(r.err) < 20))
        fail_msg("%s with %llu bytes: exit %d\n%s", what, (unsigned long long)room_bytes, code,
                 r.err);
    program_free(&r);
    return code == 0;
}

static size_t contacts_in(const char *folder, const char *workspace)
{
    size_t lines = 0;
    must(PROGRAM(folder, "export", "-w", workspace, "--entity", "contact", "--out", "export",
                 "--quiet"),
         "export");
    char *text = program_read(folder, "export/contact.csv");
    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    free(text);
    return lines - 1;
}

static void make_rows(const char *folder)
{
    static char text[ROWS * 80];
    size_t len = (size_t)snprintf(text, sizeof text, "Contact ID,Full Name,Email\n");
    for (int i = 0; i < ROWS; i++)
        len += (size_t)snprintf(text + len, sizeof text - len,
                                "c%d,Person Number %d,p%d@example.com\n", i, i, i);
    program_write(folder, "rows.csv", text);
}

/* shows: PER-3 UX-1 */
static void test_a_full_disk_is_told_and_leaves_nothing_half(void **state)
{
    (void)state;
    char *folder = program_folder(), place[4096];
    size_t failed[3] = {0};
    make_rows(folder);
    snprintf(place, sizeof place, "%s/place", folder);
    must(PROGRAM(folder, "init", "ws", "--quiet"), "init");
    for (room_bytes = 16 << 10; room_bytes < 4 << 20; room_bytes += room_bytes / 2) {
        bool good = worked(WITHIN(folder, "import", "rows.csv", "-w", "ws", "--quiet"), "import");
        assert_int_equal(good ? ROWS : 0, contacts_in(folder, "ws"));
        failed[0] += !good;
        if (good)
            break;
    }
    must(PROGRAM(folder, "import", "rows.csv", "-w", "ws", "--quiet"), "import");
    assert_int_equal(ROWS, contacts_in(folder, "ws"));
    for (room_bytes = 1 << 10; room_bytes < 4 << 20; room_bytes *= 2)
        failed[1] += !worked(WITHIN(folder, "backup", "ws", "--to", place, "--quiet"), "backup");
    must(PROGRAM(folder, "backup", "ws", "--to", place, "--quiet"), "backup");
    for (room_bytes = 1 << 10; room_bytes < 4 << 20; room_bytes *= 4) {
        bool good = worked(WITHIN(folder, "restore", "--from", place, "--into", "again",
                                  "--unknown-erasures", "--quiet"),
                           "restore");
        failed[2] += !good;
        if (good)
            break;
        program_result r = PROGRAM(folder, "runs", "-w", "again"); /* nothing that opens */
        assert_int_equal(2, r.exit);
        program_free(&r);
    }
    if (contacts_in(folder, "ws") != ROWS || failed[0] == 0 || failed[1] == 0 || failed[2] == 0)
        fail_msg("%zu, %zu, %zu failures told", failed[0], failed[1], failed[2]);
    assert_int_equal(ROWS, contacts_in(folder, "again"));
    must(PROGRAM(folder, "ledger", "verify", "-w", "ws", "--quiet"), "verify");
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_full_disk_is_told_and_leaves_nothing_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
