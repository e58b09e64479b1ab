/* The clock of programs under test, set by libfaketime. */
#ifndef TESTS_SUPPORT_FAKED_CLOCK_H
#define TESTS_SUPPORT_FAKED_CLOCK_H

#include "program.h"

#include <glob.h>
#include <stdbool.h>

static char clock_path[512];

/** Whether there is libfaketime: its path is in `clock_path` then, for LD_PRELOAD. It is the one
 * for programs with threads: in the other, which takes no lock, a thread that read the file before
 * a jump sets the clock of all the others back for a moment. */
static inline bool clock_library(void)
{
    glob_t found;
    bool there = glob("/usr/lib/*/faketime/libfaketimeMT.so.1", 0, NULL, &found) == 0;
    if (there)
        snprintf(clock_path, sizeof clock_path, "%s", found.gl_pathv[0]);
    globfree(&found);
    return there;
}

/** Sets the clock of programs that run with it, such as "+1d". The clock's file is read at every
 * look at it, so it can jump while a program runs. */
static inline void clock_set(const char *folder, const char *offset)
{
    static char folder_times[512];
    char next[600];
    snprintf(folder_times, sizeof folder_times, "%s/clock", folder);
    snprintf(next, sizeof next, "%s.next", folder_times);
    program_write(folder, "clock.next", offset);
    assert_int_equal(0, rename(next, folder_times));
    setenv("FAKETIME_TIMESTAMP_FILE", folder_times, 1);
    setenv("FAKETIME_NO_CACHE", "1", 1);
    setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1", 1);
}

#endif
