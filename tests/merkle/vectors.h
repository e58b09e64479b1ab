/* Reading the vector files of tests/data/merkle. */
#ifndef TEST_MERKLE_VECTORS_H
#define TEST_MERKLE_VECTORS_H

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/str.h"

/** The whole file `tests/data/merkle/<name>`; fails the test when it is not there. */
static inline pb_buf vector_file(const char *name)
{
    const char *root = getenv("PROBITY_ROOT");
    char path[1024];
    snprintf(path, sizeof path, "%s/tests/data/merkle/%s", root ? root : ".", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("could not open %s", path);
    pb_buf out = PB_BUF_INIT(1 << 24);
    char part[4096];
    size_t got;
    while ((got = fread(part, 1, sizeof part, file)) > 0)
        pb_buf_add(&out, pb_str_n(part, got));
    fclose(file);
    assert_false(out.failed);
    return out;
}

/** Next line of a table that is not a comment; false at the end. */
static inline bool vector_line(pb_str *rest, pb_str *ret_line)
{
    while (pb_str_split(rest, '\n', ret_line))
        if (ret_line->len > 0 && ret_line->ptr[0] != '#')
            return true;
    return false;
}

/** Splits a line at tabs into exactly `count` cells. */
static inline void vector_cells(pb_str line, pb_str *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!pb_str_split(&line, '\t', &cells[i]))
            fail_msg("a line has fewer than %zu cells", count);
}

/** The bytes of a hex cell in `room`; `-` is the empty text. */
static inline pb_str vector_hex(pb_str cell, uint8_t *room, size_t size)
{
    if (pb_str_is(cell, "-"))
        return pb_str_n((const char *)room, 0);
    assert_true(cell.len / 2 <= size);
    assert_true(pb_unhex(cell, room, cell.len / 2));
    return pb_str_n((const char *)room, cell.len / 2);
}

/** The hashes of a list separated by commas; `.` is the empty list. Gives their number. */
static inline size_t vector_list(pb_str cell, pb_str *list, uint8_t (*room)[64], size_t max)
{
    size_t count = 0;
    pb_str item;
    if (pb_str_is(cell, "."))
        return 0;
    while (pb_str_split(&cell, ',', &item)) {
        assert_true(count < max);
        list[count] = vector_hex(item, room[count], 64);
        count++;
    }
    return count;
}

/** Numbers that repeat from run to run: splitmix64. */
static inline uint64_t vector_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

#endif
