/* Memory that goes on in nameless files. */
#include "sys/fault.h"
#include "sys/spill.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { BLOCKS = 7, ROUNDS = 400, MOST = 3 << 20 };

static size_t files_in(const char *folder)
{
    size_t count = 0;
    DIR *open = opendir(folder);
    assert_non_null(open);
    for (struct dirent *entry; (entry = readdir(open)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(open);
    return count;
}

/* True when the folder stands among what an error says. */
static bool names(const pb_error *err, const char *folder)
{
    return memmem(err->text, err->used, folder, strlen(folder)) != NULL;
}

static void check(const unsigned char *block, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i += i < 64 ? 1 : 997)
        assert_int_equal(block[i], (i * 7 + seed) & 255);
}

static void fill(unsigned char *block, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i++)
        block[i] = (unsigned char)(i * 7 + seed);
}

/* Blocks grow, shrink, go and come, whatever the limit: they hold what they held. shows: DQ-4 */
static void blocks_keep_what_they_hold(void **state)
{
    const char *folder = *state;
    static const uint64_t limits[] = {0, 300000, 4000000, UINT64_MAX / 2};
    for (size_t l = 0; l < sizeof limits / sizeof *limits; l++) {
        sys_spill *spill = NULL;
        unsigned char *blocks[BLOCKS] = {NULL};
        size_t sizes[BLOCKS] = {0};
        uint64_t random = 5 + l;
        assert_int_equal(sys_spill_new(limits[l], folder, &spill, NULL), PB_OK);
        for (unsigned round = 0; round < ROUNDS; round++) {
            random = random * UINT64_C(6364136223846793005) + 1;
            size_t which = (random >> 33) % BLOCKS;
            random = random * UINT64_C(6364136223846793005) + 1;
            size_t size = (random >> 33) % (round % 3 == 0 ? MOST : 200000);
            void *resized = sys_spill_resize(spill, blocks[which], size);
            assert_true(size == 0 || resized != NULL);
            blocks[which] = resized;
            check(blocks[which], size < sizes[which] ? size : sizes[which], (unsigned)which);
            fill(blocks[which], size, (unsigned)which);
            sizes[which] = size;
            if (round % 50 == 0)
                sys_spill_rest(spill);
            for (size_t i = 0; i < BLOCKS; i++)
                check(blocks[i], sizes[i] < 100 ? sizes[i] : 100, (unsigned)i);
            assert_int_equal(files_in(folder), 0); /* nobody can open them */
        }
        assert_int_equal(sys_spill_most(spill) > 0, limits[l] < 5000000);
        for (size_t i = 0; i < BLOCKS; i++)
            if (sizes[i] < 64 << 10)
                sys_spill_resize(spill, blocks[i], 0);
        assert_null(sys_spill_free(spill));
    }
}

/* The disk is full: the block stands, and the error names the folder. */
static void full_disk(void **state)
{
    const char *folder = *state;
    sys_spill *spill = NULL;
    pb_error err = {0};
    assert_int_equal(sys_spill_new(200000, folder, &spill, NULL), PB_OK);
    unsigned char *block = sys_spill_resize(spill, NULL, 150000);
    assert_non_null(block);
    fill(block, 150000, 3);
    sys_fault_arm(SYS_FAULT_WRITE, 1, ENOSPC);
    assert_null(sys_spill_resize(spill, block, 900000));
    assert_true(sys_fault_disarm());
    check(block, 150000, 3);
    assert_int_equal(sys_spill_why(spill, &err), PB_IO);
    assert_true(names(&err, folder));
    block = sys_spill_resize(spill, block, 900000);
    assert_non_null(block);
    check(block, 150000, 3);
    fill(block, 900000, 3);
    sys_fault_arm(SYS_FAULT_WRITE, 1, ENOSPC);
    assert_null(sys_spill_resize(spill, block, 2000000));
    assert_true(sys_fault_disarm());
    check(block, 900000, 3);
    sys_spill_free(spill);
}

static void folder_that_is_not_there(void **state)
{
    (void)state;
    sys_spill *spill = NULL;
    pb_error err = {0};
    assert_int_equal(sys_spill_new(0, "/nowhere/at/all", &spill, NULL), PB_OK);
    assert_null(sys_spill_resize(spill, NULL, 100000));
    assert_int_equal(sys_spill_why(spill, &err), PB_NOT_FOUND);
    assert_true(names(&err, "/nowhere/at/all"));
    sys_spill_free(spill);
}

static int make_folder(void **state)
{
    static char folder[] = "/tmp/probity-spill-XXXXXX";
    *state = mkdtemp(folder);
    return *state == NULL;
}

static int remove_folder(void **state)
{
    return rmdir(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_keep_what_they_hold),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(folder_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
