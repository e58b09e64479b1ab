/* Replays the seeds of tests/fuzz/corpus/csv, and everything that ever broke the reader. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <dirent.h>

#include "../fuzz/fuzz_csv.c"

/* shows: SEC-4 */
static void test_every_seed_is_survived(void **unused)
{
    (void)unused;
    const char *root = getenv("PROBITY_ROOT");
    assert_non_null(root);
    char folder[1024], path[2048];
    snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/csv", root);
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    int count = 0;
    static uint8_t bytes[1 << 20];
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        LLVMFuzzerTestOneInput(bytes, size);
        count++;
    }
    closedir(dir);
    assert_true(count >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_seed_is_survived)};
    return cmocka_run_group_tests_name("exchange/csv_corpus", tests, NULL, NULL);
}
