/* Pages in packs: opened, closed again to the very bytes, sent as what changed. */
#include "backup_support.h"

#include "db/copy.h"
#include "db/keyring.h"
#include "pack.h"
#include "source.h"
#include "table.h"

#include "sys/random.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- packs ---- */

static void no_subkey(const void *context, const char purpose[8], uint8_t ret_key[32])
{
    (void)context;
    memset(ret_key, 7, 32);
    memcpy(ret_key, purpose, 8);
}

static piece_box *any_box(void)
{
    pb_error err = {0};
    piece_box *box = NULL;
    must(sys_sodium_init(&err), &err);
    must(piece_box_new(no_subkey, NULL, &box, &err), &err);
    return box;
}

/* shows: PER-3 */
static void a_pack_gives_back_what_was_put_in(void **state)
{
    (void)state;
    pb_error err = {0};
    pack p = {0};
    pack_view view;
    piece_name name, other;
    uint8_t nonces[2][DB_PAGE_NONCE] = {"one nonce", "another"};
    piece_box *box = any_box();
    pack_begin(&p, PACK_PATCHES);
    assert_int_equal(pack_add(&p, PB_STR("short"), nonces[0], PB_STR("1")), 0);
    assert_int_equal(pack_add(&p, PB_STR("a longer one"), nonces[1], PB_STR("2")), 1);
    must(pack_end(&p, box, &name, &err), &err);
    assert_true(pack_read(pb_buf_str(&p.bytes), &view));
    assert_true(pb_str_is(pack_content(&view, 0), "short"));
    assert_true(pb_str_is(pack_content(&view, 1), "a longer one"));
    assert_memory_equal(pack_nonce(&view, 1), nonces[1], DB_PAGE_NONCE);
    assert_false(pack_read(pb_str_n(p.bytes.ptr, p.bytes.len - 1), &view));
    assert_false(pack_read(pb_str_n(p.bytes.ptr, 2), &view));
    p.bytes.ptr[0] = 'X';
    assert_false(pack_read(pb_buf_str(&p.bytes), &view));
    pack_begin(&p, PACK_PATCHES);
    pack_add(&p, PB_STR("short"), nonces[0], PB_STR("1"));
    must(pack_end(&p, box, &other, &err), &err);
    assert_memory_not_equal(name.b, other.b, sizeof name.b);
    pack_free(&p);
    piece_box_free(box);
}

/* Xorshift, Marsaglia 2003: bytes that nothing shrinks. */
static uint8_t noise(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint8_t)(*seed >> 32);
}

/* shows: PER-3 */
static void a_patch_makes_what_is_of_what_was(void **state)
{
    (void)state;
    enum { SIZE = DB_PAGE_BODY };
    static uint8_t before[SIZE], after[SIZE], made[SIZE], patch[PACK_PATCH_MAX];
    piece_box *box = any_box();
    uint64_t seed = 88172645463325252U;
    for (int i = 0; i < SIZE; i++)
        before[i] = noise(&seed);
    memcpy(after, before, SIZE);
    memmove(after + 3000, after + 2990, 2000); /* content that moved within its page */
    memcpy(after + 100, "changed", 7);
    size_t size = piece_patch(box, before, after, SIZE, patch, sizeof patch);
    assert_in_range(size, 1, 100);
    pb_str said = pb_str_n((const char *)patch, size);
    assert_true(piece_unpatch(box, said, before, SIZE, made));
    assert_memory_equal(made, after, SIZE);
    assert_false(piece_unpatch(box, pb_str_sub(said, 0, size - 1), before, SIZE, made));
    for (int i = 0; i < SIZE; i++) /* nothing of it was there before */
        after[i] = noise(&seed);
    assert_int_equal(piece_patch(box, before, after, SIZE, patch, sizeof patch), 0);
    piece_box_free(box);
}

/* ---- pages ---- */

/* shows: PER-3 PER-4 */
static void pages_opened_and_closed_are_the_bytes_that_were_stored(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    db_copy *copy = NULL;
    db_keyring *keyring = NULL;
    PB_AUTO_BUF run = PB_BUF_INIT(DB_RUN_SIZE + 16);
    static uint8_t page[DB_PAGE_SIZE];
    const db_key_source key = (world_begin(&w), world_key(&w));
    fill(w.open);
    must(db_copy_open(w.open, &copy, &err), &err);
    must(db_keyring_open(db_copy_about(copy)->head, &key, &keyring, &err), &err);
    for (uint64_t i = 0; i < db_copy_about(copy)->page_count; i++) {
        if (i % DB_RUN_PAGES == 0) {
            pb_buf_clear(&run);
            must(db_copy_read(copy, i / DB_RUN_PAGES, &run, &err), &err);
        }
        uint8_t *stored = (uint8_t *)run.ptr + i % DB_RUN_PAGES * DB_PAGE_SIZE;
        memcpy(page, stored, DB_PAGE_SIZE);
        must(db_copy_open_page(copy, i, page, &err), &err);
        assert_memory_not_equal(page, stored, DB_PAGE_BODY);
        memset(page + DB_PAGE_BODY, 0, DB_PAGE_TAG);
        db_keyring_close_page(keyring, i, page);
        assert_memory_equal(page, stored, DB_PAGE_SIZE);
        /* a bit anywhere, and another page's place */
        page[(i * 613 + 24) % DB_PAGE_SIZE] ^= 1;
        assert_int_equal(db_copy_open_page(copy, i, page, &err), PB_CORRUPT);
        memcpy(page, stored, DB_PAGE_SIZE);
        assert_int_equal(db_copy_open_page(copy, i + 1, page, &err), PB_CORRUPT);
    }
    db_keyring_close(keyring);
    db_copy_close(copy);
    world_end(&w);
}

/* shows: PER-4 */
static void a_damaged_page_is_not_backed_up(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_sent sent;
    struct stat about;
    uint8_t byte;
    world_begin(&w);
    fill(w.open);
    w.open = db_workspace_close(w.open);
    const db_options options = {.key = world_key(&w)};
    must(db_workspace_open(w.workspace, &test_schema.schema, &options, &w.open, &err), &err);
    const backup_call call = world_call();
    const char *place = w.place;
    int fd = open(sys_path_join(w.arena, w.workspace, "records.db"), O_RDWR);
    assert_int_equal(fstat(fd, &about), 0);
    unsigned noticed = 0;
    for (off_t at = 4321; at < about.st_size; at += DB_PAGE_SIZE) {
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= 16;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        pb_status status = backup_make(w.open, &call, &place, 1, false, &sent, &err);
        assert_true(status == PB_CORRUPT || status == PB_WRONG_KEY);
        noticed += pb_str_starts(pb_str_c(err.primary.id), PB_STR("Page {page}"));
        byte ^= 16;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    close(fd);
    assert_true(noticed > 10);
    world_backup(&w);
    world_end(&w);
}

/* ---- patches at a place ---- */

static void look(backup_world *w, backup_source *source, backup_target **ret_target)
{
    pb_error err = {0};
    const db_key_source key = world_key(w);
    must(backup_target_open(w->place, ret_target, &err), &err);
    must(source_open(source, *ret_target, NULL, INT64_MAX, &key, &err), &err);
}

/* How many pages of the newest backup lie as patches. */
static unsigned patched_pages(backup_world *w)
{
    static page_table table;
    backup_source source;
    backup_target *target = NULL;
    pb_error err = {0};
    unsigned count = 0;
    PB_AUTO_BUF bytes = PB_BUF_INIT(ROOM_OBJECT_MAX);
    look(w, &source, &target);
    for (size_t i = 0; i < source.m.table_count; i++) {
        pb_buf_clear(&bytes);
        must(room_get_piece(&source.room, &source.m.tables[i].name, &bytes, &err), &err);
        assert_true(table_read(pb_buf_str(&bytes), &table));
        for (uint32_t p = 0; p < table.page_count; p++)
            count += table.pages[p].base_piece != TABLE_NONE;
    }
    source_close(&source);
    backup_target_close(target);
    return count;
}

/* shows: PER-3 */
static void changed_pages_go_as_what_changed(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    world_begin(&w);
    fill(w.open);
    backup_sent first = world_backup(&w);
    assert_int_equal(patched_pages(&w), 0);
    for (int i = 0; i < 12; i++) {
        add_contact(&w, 100 + i);
        backup_sent next = world_backup(&w);
        assert_true(next.bytes_sent < first.bytes_sent);
        assert_true(patched_pages(&w) > 0);
    }
    backup_restore_options options = world_options(&w);
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_true(restored.compared);
    assert_int_equal(world_count(&w, w.into, "t_contact"), FILLED_RECORDS + 12);
    world_end(&w);
}

/* Flips a bit in every pack of the place; tables stay. */
static void damage_packs(backup_world *w)
{
    static page_table table;
    backup_source source;
    backup_target *target = NULL;
    pb_error err = {0};
    char label[ROOM_NAME];
    PB_AUTO_BUF bytes = PB_BUF_INIT(ROOM_OBJECT_MAX);
    look(w, &source, &target);
    must(room_get_piece(&source.room, &source.m.tables[0].name, &bytes, &err), &err);
    assert_true(table_read(pb_buf_str(&bytes), &table));
    for (uint32_t i = 0; i < table.piece_count; i++) {
        pb_buf_clear(&bytes);
        room_piece_label(&table.pieces[i].name, label);
        must(room_get(&source.room, label, &bytes, &err), &err);
        bytes.ptr[bytes.len / 2] ^= 4;
        must(room_put(&source.room, label, pb_buf_str(&bytes), &err), &err);
    }
    source_close(&source);
    backup_target_close(target);
}

/* shows: PER-3 PER-4 */
static void a_page_whose_base_is_damaged_goes_whole(void **state)
{
    (void)state;
    backup_world w;
    world_begin(&w);
    fill(w.open);
    world_backup(&w);
    damage_packs(&w);
    add_contact(&w, 100);
    backup_sent next = world_backup(&w);
    assert_true(next.pages_sent > 0);
    assert_int_equal(patched_pages(&w), 0);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pack_gives_back_what_was_put_in),
        cmocka_unit_test(a_patch_makes_what_is_of_what_was),
        cmocka_unit_test(pages_opened_and_closed_are_the_bytes_that_were_stored),
        cmocka_unit_test(a_damaged_page_is_not_backed_up),
        cmocka_unit_test(changed_pages_go_as_what_changed),
        cmocka_unit_test(a_page_whose_base_is_damaged_goes_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
