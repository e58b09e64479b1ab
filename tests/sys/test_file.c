/* Files and folders, and what is left when any system call fails. */
#include "sys/environment.h"
#include "sys/fault.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct room {
    pb_arena *arena;
    char *folder;
} room;

static int set_up(void **state)
{
    room *r = test_calloc(1, sizeof *r);
    r->arena = pb_arena_new(0);
    *state = r;
    return sys_temp_dir(r->arena, &r->folder, NULL) == PB_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    room *r = *state;
    pb_status status = sys_dir_remove_tree(r->folder, NULL);
    bool gone = sys_path_kind(r->folder) == SYS_NONE;
    pb_arena_free(r->arena);
    test_free(r);
    return status == PB_OK && gone ? 0 : -1;
}

static const char *in_room(void **state, const char *name)
{
    const room *r = *state;
    return sys_path_join(r->arena, r->folder, name);
}

static void assert_content(const char *path, const char *content)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    assert_int_equal(sys_file_read(path, 1 << 20, &out, NULL), PB_OK);
    assert_string_equal(pb_buf_cstr(&out), content);
}

static size_t count_files(void **state)
{
    const room *r = *state;
    pb_str *names = NULL;
    size_t count = 0;
    assert_int_equal(sys_dir_list(r->folder, r->arena, &names, &count, NULL), PB_OK);
    return count;
}

static void what_is_written_is_read(void **state)
{
    const char *path = in_room(state, "a");
    unsigned mode = 0;
    bool own = false;
    assert_int_equal(sys_file_write_atomic(path, PB_STR("one"), 0640, NULL), PB_OK);
    assert_content(path, "one");
    assert_int_equal(sys_path_mode(path, &mode, &own, NULL), PB_OK);
    assert_true(mode == 0640 && own);
    assert_int_equal(sys_file_write_atomic(path, PB_STR("two"), 0600, NULL), PB_OK);
    assert_content(path, "two");
    assert_int_equal(sys_path_mode(path, &mode, &own, NULL), PB_OK);
    assert_int_equal(mode, 0600);
    assert_int_equal(sys_file_write(path, PB_STR("3"), 0600, NULL), PB_OK);
    assert_content(path, "3");
    assert_int_equal(count_files(state), 1);
    assert_int_equal(sys_file_remove(path, NULL), PB_OK);
    assert_int_equal(sys_file_remove(path, NULL), PB_NOT_FOUND);
}

static void pieces_come_in_order_to_the_end(void **state)
{
    const char *path = in_room(state, "large");
    PB_AUTO_BUF content = PB_BUF_INIT(1 << 20);
    for (int i = 0; i < 100000; i++)
        pb_buf_i64(&content, i);
    assert_int_equal(sys_file_write(path, pb_buf_str(&content), 0600, NULL), PB_OK);
    sys_reader *reader = NULL;
    assert_int_equal(sys_reader_open(path, &reader, NULL), PB_OK);
    assert_int_equal(sys_reader_size(reader), content.len);
    char piece[777];
    size_t at = 0;
    size_t len = 1;
    while (len) {
        assert_int_equal(sys_reader_read(reader, piece, sizeof piece, &len, NULL), PB_OK);
        assert_memory_equal(piece, content.ptr + at, len);
        at += len;
    }
    assert_int_equal(at, content.len);
    assert_null(sys_reader_close(reader));
}

static void a_file_larger_than_allowed_is_refused(void **state)
{
    const char *path = in_room(state, "a");
    pb_error err;
    PB_AUTO_BUF out = PB_BUF_INIT(100);
    assert_int_equal(sys_file_write(path, PB_STR("12345"), 0600, NULL), PB_OK);
    assert_int_equal(sys_file_read(path, 4, &out, &err), PB_LIMIT);
    assert_int_equal(sys_file_read(path, 5, &out, &err), PB_OK);
    assert_int_equal(sys_file_read("/dev/zero", 50, &out, &err), PB_LIMIT);
    PB_AUTO_BUF small = PB_BUF_INIT(4);
    assert_int_equal(sys_file_read(path, 100, &small, &err), PB_LIMIT);
}

static void a_failure_names_path_reason_and_mend(void **state)
{
    pb_error err;
    PB_AUTO_BUF out = PB_BUF_INIT(1000);
    const char *path = in_room(state, "missing");
    assert_int_equal(sys_file_read(path, 10, &out, &err), PB_NOT_FOUND);
    pb_error_render(&err, &err.primary, NULL, &out);
    assert_true(pb_str_ends(pb_buf_str(&out), PB_STR("/missing")));
    pb_buf_clear(&out);
    pb_error_render(&err, &err.detail, NULL, &out);
    assert_string_equal(pb_buf_cstr(&out), "The system says: No such file or directory");
    assert_non_null(err.hint.id);
    const room *r = *state;
    assert_int_equal(sys_file_read(r->folder, 10, &out, &err), PB_IO);
    assert_string_equal(err.hint.id, "Name a file, not a folder.");
    assert_int_equal(sys_file_write("/proc/none/x", PB_STR("x"), 0600, &err), PB_NOT_FOUND);
    unsigned mode = 0;
    bool own = false;
    assert_int_equal(sys_path_mode(path, &mode, &own, &err), PB_NOT_FOUND);
}

static void folders_are_made_listed_and_removed(void **state)
{
    const room *r = *state;
    pb_error err;
    assert_int_equal(sys_dir_make(in_room(state, "a/b"), 0700, false, &err), PB_NOT_FOUND);
    assert_int_equal(sys_dir_make(in_room(state, "a/b/c"), 0700, true, &err), PB_OK);
    assert_int_equal(sys_dir_make(in_room(state, "a/b/c"), 0700, true, &err), PB_OK);
    assert_int_equal(sys_dir_make(in_room(state, "a"), 0700, false, &err), PB_EXISTS);
    static const char *const files[] = {"z", "a/é", "a/B", "a/b/c/deep"};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(sys_file_write(in_room(state, files[i]), PB_STR(""), 0600, &err), PB_OK);
    assert_int_equal(sys_dir_make(in_room(state, "z"), 0700, true, &err), PB_EXISTS);
    assert_int_equal(sys_dir_make(in_room(state, "z/y"), 0700, true, &err), PB_EXISTS);
    pb_str *names = NULL;
    size_t count = 0;
    assert_int_equal(sys_dir_list(in_room(state, "a"), r->arena, &names, &count, &err), PB_OK);
    assert_int_equal(count, 3);
    assert_true(pb_str_is(names[0], "B") && pb_str_is(names[1], "b") && pb_str_is(names[2], "é"));
    assert_int_equal(sys_dir_list(in_room(state, "z"), r->arena, &names, &count, &err),
                     PB_NOT_FOUND);
    assert_int_equal(sys_path_kind(in_room(state, "a")), SYS_FOLDER);
    assert_int_equal(sys_path_kind(in_room(state, "z")), SYS_FILE);
    assert_int_equal(sys_path_kind("/dev/null"), SYS_OTHER);
    assert_int_equal(sys_dir_sync(in_room(state, "a"), &err), PB_OK);
}

static void removing_a_tree_follows_no_link(void **state)
{
    pb_error err;
    const char *kept = in_room(state, "kept");
    assert_int_equal(sys_dir_make(in_room(state, "tree"), 0700, false, &err), PB_OK);
    assert_int_equal(sys_dir_make(kept, 0700, false, &err), PB_OK);
    assert_int_equal(sys_file_write(in_room(state, "kept/a"), PB_STR("x"), 0600, &err), PB_OK);
    assert_int_equal(symlink(kept, in_room(state, "tree/link")), 0);
    assert_int_equal(symlink("nowhere", in_room(state, "tree/dangling")), 0);
    assert_int_equal(sys_dir_remove_tree(in_room(state, "tree"), &err), PB_OK);
    assert_int_equal(sys_path_kind(in_room(state, "tree")), SYS_NONE);
    assert_content(in_room(state, "kept/a"), "x");
    assert_int_equal(sys_dir_remove_tree(in_room(state, "tree"), &err), PB_OK);
}

static void paths_are_joined(void **state)
{
    const room *r = *state;
    assert_string_equal(sys_path_join(r->arena, "a", "b"), "a/b");
    assert_string_equal(sys_path_join(r->arena, "a/", "b"), "a/b");
    assert_string_equal(sys_path_join(r->arena, "a", "/b"), "/b");
    assert_string_equal(sys_path_join(r->arena, "", "b"), "b");
    assert_true(pb_str_is(sys_path_name("a/b.csv"), "b.csv"));
    assert_true(pb_str_is(sys_path_name("b.csv"), "b.csv"));
}

static void a_temporary_folder_is_private(void **state)
{
    const room *r = *state;
    unsigned mode = 0;
    bool own = false;
    assert_int_equal(sys_path_mode(r->folder, &mode, &own, NULL), PB_OK);
    assert_true(mode == 0700 && own);
}

/* Every kind of call that an atomic write makes fails once, in every place, with every error: the
 * file holds the old content or the new, whole, and nothing else is left in the folder. */
static void an_atomic_write_survives_every_fault(void **state)
{
    static const int errors[] = {ENOSPC, EIO, EACCES, EDQUOT};
    const char *path = in_room(state, "precious");
    unsigned faults = 0;
    for (sys_fault kind = SYS_FAULT_OPEN; kind < SYS_FAULT_COUNT; kind++) {
        for (size_t e = 0; e < sizeof errors / sizeof *errors; e++) {
            for (unsigned nth = 1;; nth++) {
                pb_error err;
                assert_int_equal(sys_file_write_atomic(path, PB_STR("old"), 0600, NULL), PB_OK);
                sys_fault_arm(kind, nth, errors[e]);
                pb_status status =
                    sys_file_write_atomic(path, PB_STR("new and longer"), 0600, &err);
                bool fired = sys_fault_disarm();
                assert_int_equal(count_files(state), 1);
                if (!fired) {
                    assert_int_equal(status, PB_OK);
                    assert_content(path, "new and longer");
                    break;
                }
                faults++;
                assert_true(status != PB_OK);
                assert_non_null(err.detail.id);
                assert_non_null(err.hint.id);
                /* The folder is opened and synced after the rename: only there may the new stand.
                 */
                bool last = (kind == SYS_FAULT_OPEN || kind == SYS_FAULT_FSYNC) && nth == 2;
                assert_content(path, last ? "new and longer" : "old");
            }
        }
    }
    /* open ×2, write, fsync ×2, close, rename, chmod: each with four errors. */
    assert_int_equal(faults, 8 * 4);
}

static void short_reads_and_writes_are_continued(void **state)
{
    const char *path = in_room(state, "a");
    for (unsigned nth = 1; nth < 3; nth++) {
        sys_fault_arm(SYS_FAULT_WRITE, nth, SYS_FAULT_SHORT);
        assert_int_equal(sys_file_write_atomic(path, PB_STR("0123456789"), 0600, NULL), PB_OK);
        assert_int_equal(sys_fault_disarm(), nth == 1);
        sys_fault_arm(SYS_FAULT_READ, nth, SYS_FAULT_SHORT);
        assert_content(path, "0123456789");
        sys_fault_disarm();
    }
}

static void failing_reads_are_told(void **state)
{
    const char *path = in_room(state, "a");
    pb_error err;
    PB_AUTO_BUF out = PB_BUF_INIT(100);
    assert_int_equal(sys_file_write(path, PB_STR("x"), 0600, NULL), PB_OK);
    for (sys_fault kind = SYS_FAULT_OPEN; kind <= SYS_FAULT_READ; kind++) {
        sys_fault_arm(kind, 1, EIO);
        assert_int_equal(sys_file_read(path, 100, &out, &err), PB_IO);
        assert_true(sys_fault_disarm());
    }
    assert_int_equal(out.len, 0);
    sys_fault_arm(SYS_FAULT_MKDIR, 2, ENOSPC);
    assert_int_equal(sys_dir_make(in_room(state, "p/q/r"), 0700, true, &err), PB_IO);
    assert_true(sys_fault_disarm());
    sys_fault_arm(SYS_FAULT_UNLINK, 1, EBUSY);
    assert_int_equal(sys_dir_remove_tree(in_room(state, "p"), &err), PB_IO);
    assert_true(sys_fault_disarm());
    for (sys_fault kind = SYS_FAULT_OPEN; kind < SYS_FAULT_COUNT; kind++)
        assert_string_not_equal(sys_fault_name(kind), "unknown");
}

static void a_writer_shows_nothing_before_it_is_finished(void **state)
{
    const char *path = in_room(state, "report");
    sys_writer *writer = NULL;
    assert_int_equal(sys_writer_open(path, 0644, &writer, NULL), PB_OK);
    assert_int_equal(sys_writer_write(writer, PB_STR("part"), NULL), PB_OK);
    assert_int_equal(sys_path_kind(path), SYS_NONE);
    assert_null(sys_writer_abort(writer));
    assert_int_equal(count_files(state), 0);
    assert_int_equal(sys_writer_open(path, 0644, &writer, NULL), PB_OK);
    assert_int_equal(sys_writer_write(writer, PB_STR("a"), NULL), PB_OK);
    assert_int_equal(sys_writer_write(writer, PB_STR("b"), NULL), PB_OK);
    assert_int_equal(sys_writer_finish(writer, NULL), PB_OK);
    assert_content(path, "ab");
}

/* Whoever may make files in /dev must not lose /dev/null to a report that nobody wants. */
static void a_device_or_pipe_is_written_not_replaced(void **state)
{
    struct stat about;
    char got[8] = "";
    const char *path = in_room(state, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(sys_file_write_atomic(path, PB_STR("abc"), 0600, NULL), PB_OK);
    assert_int_equal(read(fd, got, sizeof got), 3);
    assert_memory_equal(got, "abc", 3);
    close(fd);
    assert_int_equal(stat(path, &about), 0);
    assert_true(S_ISFIFO(about.st_mode));
    assert_int_equal(count_files(state), 1);
    const char *null = in_room(state, "null");
    assert_int_equal(symlink("/dev/null", null), 0);
    assert_int_equal(sys_file_write_atomic(null, PB_STR("abc"), 0600, NULL), PB_OK);
    assert_int_equal(stat(null, &about), 0);
    assert_true(S_ISCHR(about.st_mode));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pieces_come_in_order_to_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_larger_than_allowed_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_names_path_reason_and_mend, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folders_are_made_listed_and_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(removing_a_tree_follows_no_link, set_up, tear_down),
        cmocka_unit_test_setup_teardown(paths_are_joined, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_temporary_folder_is_private, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_atomic_write_survives_every_fault, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_device_or_pipe_is_written_not_replaced, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(short_reads_and_writes_are_continued, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_reads_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_writer_shows_nothing_before_it_is_finished, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
