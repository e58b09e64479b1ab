/* Replays the seeds of tests/fuzz/corpus/<name>, and everything that ever broke that target, in a
 * test: include the target's source first. */
#ifndef FUZZ_REPLAY_H
#define FUZZ_REPLAY_H

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* At least `least` files must be there. */
static inline void replay_corpus(const char *name, int least)
{
    const char *root = getenv("PROBITY_ROOT");
    assert_non_null(root);
    char folder[1024], path[2048];
    snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s", root, name);
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
    assert_true(count >= least);
}

#endif
