/* Files of the depot: read in any order as they were written, found to be altered wherever they
 * are, and nothing of what did not come to its end. */
#include "service_support.h"

#include "service/depot.h"

enum { PIECE = 64 << 10, WHOLE = 40 * PIECE + 1234, READS = 400, ROOM = 8 << 20 };

typedef struct room {
    db_workspace *workspace;
    service_depot *depot;
    const char *folder;
    pb_uuid user;
} room;

static void room_open(office *o, room *r)
{
    pb_error err;
    *r = (room){.user = {{7}}, .folder = place(o, "depot")};
    r->workspace = open_workspace(o, make_workspace(o));
    must(service_depot_open(r->workspace, r->folder, ROOM, &r->depot, &err), &err);
}

static void room_close(room *r)
{
    service_depot_close(r->depot);
    db_workspace_close(r->workspace);
}

/* The same for each run, and different at each place. */
static char byte_at(size_t place)
{
    return (char)((place * UINT64_C(2654435761)) >> 13);
}

static pb_uuid deposit(room *r, size_t size)
{
    const service_deposit what = {.user = r->user, .name = PB_STR("a"), .type = PB_STR("t/t")};
    service_depositing *file = NULL;
    pb_uuid id;
    pb_error err;
    char part[1000];
    must(service_deposit_begin(r->depot, &what, 1, &file, &err), &err);
    for (size_t at = 0, len; at < size; at += len) {
        len = size - at < sizeof part ? size - at : sizeof part;
        for (size_t i = 0; i < len; i++)
            part[i] = byte_at(at + i);
        must(service_deposit_add(file, pb_str_n(part, len), &err), &err);
    }
    must(service_deposit_end(file, &id, &err), &err);
    return id;
}

static size_t files_in(office *o, const room *r)
{
    pb_error err;
    pb_str *names = NULL;
    size_t count = 0;
    must(sys_dir_list(r->folder, o->arena, &names, &count, &err), &err);
    return count;
}

/* Reads `want` bytes from `at` on, or what there is of them. */
static size_t check_at(service_depot_reader *reader, size_t at, size_t want)
{
    char bytes[3000];
    size_t all = 0, len = 1;
    pb_error err;
    service_depot_reader_seek(reader, at);
    while (len > 0 && all < want) {
        size_t most = want - all < sizeof bytes ? want - all : sizeof bytes;
        must(service_depot_reader_read(reader, bytes, most, &len, &err), &err);
        assert_true(len <= most);
        for (size_t i = 0; i < len; i++)
            if (bytes[i] != byte_at(at + all + i))
                fail_msg("byte %zu is another", at + all + i);
        all += len;
    }
    return all;
}

/* shows: SEC-1 INT-1 */
static void test_a_file_is_read_in_any_order(void **state)
{
    office *o = *state;
    room r;
    pb_error err;
    service_depot_file *file = NULL;
    service_depot_reader *one = NULL, *other = NULL;
    uint64_t dice = 42;
    room_open(o, &r);
    pb_uuid id = deposit(&r, WHOLE);
    must(service_depot_file_open(r.depot, r.user, id, &file, &err), &err);
    assert_int_equal(service_depot_file_size(file), WHOLE);
    must(service_depot_reader_open(file, &one, &err), &err);
    must(service_depot_reader_open(file, &other, &err), &err);
    /* The end first, as archives are read; and when it is removed meanwhile. */
    assert_int_equal(check_at(one, WHOLE - 22, 100), 22);
    must(service_deposit_remove(r.depot, r.user, id, &err), &err);
    for (int i = 0; i < READS; i++) {
        dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t at = (size_t)(dice >> 33) % (WHOLE + 10), left = at < WHOLE ? WHOLE - at : 0;
        size_t want = (size_t)(dice >> 20) % (i % 10 == 0 ? 3 * PIECE : 500);
        assert_int_equal(check_at(i % 3 == 0 ? other : one, at, want), left < want ? left : want);
    }
    assert_int_equal(check_at(other, 0, WHOLE + 1), WHOLE);
    service_depot_reader_close(one);
    service_depot_reader_close(other);
    service_depot_file_close(file);
    assert_int_equal(service_depot_file_open(r.depot, r.user, id, &file, &err), PB_NOT_FOUND);
    room_close(&r);
}

/* shows: SEC-1 */
static void test_sizes_at_the_edges_are_read_whole(void **state)
{
    static const size_t sizes[] = {0, 1, PIECE - 1, PIECE, PIECE + 1, 4 * PIECE, 8 * PIECE + 1};
    office *o = *state;
    room r;
    pb_error err;
    room_open(o, &r);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        service_depot_file *file = NULL;
        service_depot_reader *reader = NULL;
        must(service_depot_file_open(r.depot, r.user, deposit(&r, sizes[i]), &file, &err), &err);
        must(service_depot_reader_open(file, &reader, &err), &err);
        assert_int_equal(service_depot_file_size(file), sizes[i]);
        assert_int_equal(check_at(reader, 0, WHOLE), sizes[i]);
        assert_int_equal(check_at(reader, sizes[i] / 2, WHOLE), sizes[i] - sizes[i] / 2);
        service_depot_reader_close(reader);
        service_depot_file_close(file);
    }
    room_close(&r);
}

/* What reading all of it comes to. */
static pb_status read_through(room *r, pb_uuid id, bool from_the_end)
{
    service_depot_file *file = NULL;
    service_depot_reader *reader = NULL;
    char bytes[5000];
    size_t len = 1;
    pb_error err;
    pb_status status = service_depot_file_open(r->depot, r->user, id, &file, &err);
    if (status != PB_OK)
        return status;
    must(service_depot_reader_open(file, &reader, &err), &err);
    service_depot_reader_seek(reader, from_the_end ? service_depot_file_size(file) - 1 : 0);
    while (status == PB_OK && len > 0)
        status = service_depot_reader_read(reader, bytes, sizeof bytes, &len, &err);
    service_depot_reader_close(reader);
    service_depot_file_close(file);
    return status;
}

/* shows: SEC-1 SEC-4 */
static void test_what_was_altered_or_cut_off_is_not_read(void **state)
{
    office *o = *state;
    room r;
    pb_error err;
    char text[37];
    PB_AUTO_BUF whole = PB_BUF_INIT(ROOM);
    room_open(o, &r);
    pb_uuid id = deposit(&r, 6 * PIECE + 5);
    pb_uuid_text(id, text);
    const char *path = pb_arena_printf(o->arena, "%s/%s", r.folder, text);
    must(sys_file_read(path, ROOM, &whole, &err), &err);
    assert_int_equal(read_through(&r, id, true), PB_OK);
    for (size_t at = 0; at < whole.len; at += whole.len / 37) {
        char was = whole.ptr[at];
        whole.ptr[at] = (char)(was ^ 1);
        must(sys_file_write(path, pb_buf_str(&whole), 0600, &err), &err);
        assert_int_equal(read_through(&r, id, false), PB_CORRUPT);
        whole.ptr[at] = was;
    }
    for (size_t len = whole.len - 1; len > 2000; len = len * 2 / 3) {
        must(sys_file_write(path, pb_str_n(whole.ptr, len), 0600, &err), &err);
        assert_int_equal(read_through(&r, id, false), PB_CORRUPT);
        assert_int_equal(read_through(&r, id, true), PB_CORRUPT);
    }
    room_close(&r);
}

/* shows: SEC-4 DQ-1 */
static void test_what_has_no_room_need_not_come_and_leaves_none_taken(void **state)
{
    office *o = *state;
    room r;
    pb_error err;
    service_depositing *file = NULL;
    service_deposit what = {.name = PB_STR("a"), .type = PB_STR("t/t"), .size = ROOM};
    char part[PIECE] = {0};
    pb_status status = PB_OK;
    room_open(o, &r);
    what.user = r.user;
    assert_int_equal(service_deposit_begin(r.depot, &what, 1, &file, &err), PB_LIMIT);
    assert_int_equal(files_in(o, &r), 0);
    what.size = 0; /* nobody said how much comes */
    for (int round = 0; round < 3; round++) {
        size_t added = 0;
        must(service_deposit_begin(r.depot, &what, 1, &file, &err), &err);
        for (status = PB_OK; status == PB_OK && added < 2 * ROOM; added += sizeof part)
            status = service_deposit_add(file, pb_str_n(part, sizeof part), &err);
        assert_int_equal(status, PB_LIMIT);
        assert_true(added > ROOM - 4 * PIECE);
        file = service_deposit_drop(file);
        assert_int_equal(files_in(o, &r), 0);
    }
    for (int i = 0; i < 3; i++) /* what is removed gives back what it took, to the byte */
        must(service_deposit_remove(r.depot, r.user, deposit(&r, 10), &err), &err);
    what.size = ROOM - PIECE;
    must(service_deposit_begin(r.depot, &what, 1, &file, &err), &err);
    service_deposit_drop(file);
    room_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_file_is_read_in_any_order, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_sizes_at_the_edges_are_read_whole, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_what_was_altered_or_cut_off_is_not_read, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_what_has_no_room_need_not_come_and_leaves_none_taken,
                                        office_open, office_close),
    };
    return cmocka_run_group_tests_name("service/depot", tests, NULL, NULL);
}
