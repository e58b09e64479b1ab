/* A disk that takes no more (files may not grow beyond a limit, or a small file system of the
 * test's own is full): a clear error and exit 2, nothing half there, and the same command works
 * when there is room again. */
#include "own_space.h"
#include "program.h"

#include <stdbool.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

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
    for (room_bytes = 1 << 10; room_bytes < 64 << 20; room_bytes *= 4) {
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

/* ---- a file system that is full ---- */

static void size_disk(const char *disk, unsigned kilobytes, bool again)
{
    char options[64];
    snprintf(options, sizeof options, "size=%uk", kilobytes);
    if (mount("probity", disk, "tmpfs", again ? MS_REMOUNT : 0, options) != 0)
        own_space_skip("no file system can be mounted here");
}

/* Kilobytes that are taken. */
static unsigned taken(const char *disk)
{
    struct statvfs facts;
    assert_int_equal(0, statvfs(disk, &facts));
    return (unsigned)((facts.f_blocks - facts.f_bfree) * (facts.f_frsize / 1024));
}

/* The command with ever more room, until it works; how often it said why it does not. What is there
 * in between is told by `check`. */
static size_t until_it_fits(const char *folder, const char *disk, const char *const *arguments,
                            void (*check)(const char *folder))
{
    size_t failed = 0;
    room_bytes = RLIM_INFINITY;
    for (unsigned room = 16; room < 32 << 10; room += room / 2) {
        size_disk(disk, taken(disk) + room, true);
        bool good = worked(program_run(folder, arguments), arguments[0]);
        size_disk(disk, taken(disk) + (8 << 10), true); /* room is made, to look */
        if (good)
            return failed;
        failed++;
        check(folder);
    }
    fail_msg("%s does not fit into 32 MB", arguments[0]);
    return failed;
}

#define UNTIL_IT_FITS(folder, disk, check, ...)                                                    \
    until_it_fits((folder), (disk), (const char *const[]){__VA_ARGS__, NULL}, (check))

static void nothing_imported(const char *folder)
{
    assert_int_equal(0, contacts_in(folder, "disk/ws"));
}

static void all_imported(const char *folder)
{
    assert_int_equal(ROWS, contacts_in(folder, "disk/ws"));
}

static void nothing_opens(const char *folder)
{
    program_result r = PROGRAM(folder, "runs", "-w", "disk/again");
    assert_int_equal(2, r.exit);
    program_free(&r);
}

/* shows: PER-3 UX-1 */
static void test_a_full_file_system_is_told_and_leaves_nothing_half(void **state)
{
    (void)state;
    if (!own_space_take(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        own_space_skip("mount namespaces are not given here");
    char *folder = program_folder(), disk[4096];
    size_t failed[3];
    make_rows(folder);
    snprintf(disk, sizeof disk, "%s/disk", folder);
    assert_int_equal(0, mkdir(disk, 0700));
    size_disk(disk, 8 << 10, false);
    must(PROGRAM(folder, "init", "disk/ws", "--quiet"), "init");
    failed[0] = UNTIL_IT_FITS(folder, disk, nothing_imported, "import", "rows.csv", "-w", "disk/ws",
                              "--quiet");
    all_imported(folder);
    failed[1] = UNTIL_IT_FITS(folder, disk, all_imported, "backup", "disk/ws", "--to", "disk/place",
                              "--quiet");
    failed[2] = UNTIL_IT_FITS(folder, disk, nothing_opens, "restore", "--from", "disk/place",
                              "--into", "disk/again", "--unknown-erasures", "--quiet");
    assert_int_equal(ROWS, contacts_in(folder, "disk/again"));
    must(PROGRAM(folder, "ledger", "verify", "-w", "disk/ws", "--quiet"), "verify");
    print_message("said to be full: import %zu times, backup %zu, restore %zu\n", failed[0],
                  failed[1], failed[2]);
    assert_true(failed[0] > 0 && failed[1] > 0 && failed[2] > 0);
    assert_int_equal(0, umount(disk));
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_full_disk_is_told_and_leaves_nothing_half),
        cmocka_unit_test(test_a_full_file_system_is_told_and_leaves_nothing_half),
    };
    return own_space_exit(cmocka_run_group_tests(tests, NULL, NULL));
}
