/* Arenas, buffers, maps, values. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    for (int round = 0; round < 3; round++) {
        unsigned char *last = NULL;
        for (size_t size = 1; size < 3000; size += 7) {
            unsigned char *piece = pb_arena_alloc(arena, size);
            assert_non_null(piece);
            assert_int_equal((uintptr_t)piece % 16, 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(piece[i], 0);
            memset(piece, 0xAA, size);
            assert_true(piece != last);
            last = piece;
        }
        pb_arena_reset(arena);
        assert_int_equal(pb_arena_used(arena), 0);
    }
}

static void an_arena_keeps_its_maximum(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(1000);
    assert_non_null(pb_arena_alloc(arena, 600));
    assert_null(pb_arena_alloc(arena, 401));
    assert_non_null(pb_arena_alloc(arena, 400));
    assert_null(pb_arena_alloc(arena, 1));
    assert_null(pb_arena_array(arena, SIZE_MAX / 2, 3));
    assert_null(pb_arena_str(arena, PB_STR("x")).ptr);
    pb_arena_reset(arena);
    assert_non_null(pb_arena_alloc(arena, 1000));
    assert_null(pb_arena_free(NULL));
}

static void texts_are_copied(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_str copy = pb_arena_str(arena, PB_STR("a\0b"));
    assert_int_equal(copy.len, 3);
    assert_memory_equal(copy.ptr, "a\0b", 4);
    assert_null(pb_arena_str(arena, PB_STR_NONE).ptr);
    assert_non_null(pb_arena_str(arena, PB_STR("")).ptr);
    assert_string_equal(pb_arena_printf(arena, "%d-%s", 7, "x"), "7-x");
}

static void arrays_grow_and_keep_their_items(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    uint64_t *items = NULL;
    size_t count = 0;
    size_t capacity = 0;
    for (uint64_t i = 0; i < 100000; i++) {
        assert_true(PB_PUSH(arena, items, count, capacity, i * i));
        if (i % 1000 == 0)
            memset(pb_arena_alloc(arena, 100), 0xFF, 100);
    }
    for (uint64_t i = 0; i < count; i++)
        assert_int_equal(items[i], i * i);
    PB_AUTO_ARENA small = pb_arena_new(100);
    uint64_t *few = NULL;
    size_t few_count = 0;
    size_t few_capacity = 0;
    while (few_count < 1000 && PB_PUSH(small, few, few_count, few_capacity, 5))
        assert_int_equal(few[few_count - 1], 5);
    assert_true(few_count > 0 && few_count <= 100 / 8);
}

static void a_buffer_fails_at_its_maximum_and_stays_failed(void **state)
{
    (void)state;
    PB_AUTO_BUF buf = PB_BUF_INIT(10);
    assert_string_equal(pb_buf_cstr(&buf), "");
    pb_buf_addc(&buf, "12345678");
    pb_buf_byte(&buf, '9');
    pb_buf_byte(&buf, '0');
    assert_false(buf.failed);
    assert_string_equal(pb_buf_cstr(&buf), "1234567890");
    pb_buf_byte(&buf, '!');
    assert_true(buf.failed);
    pb_buf_clear(&buf);
    pb_buf_addc(&buf, "12345678901");
    assert_true(buf.failed);
    pb_buf_addc(&buf, "1");
    pb_buf_i64(&buf, 1);
    pb_buf_printf(&buf, "%d", 1);
    assert_null(pb_buf_room(&buf, 1));
    assert_int_equal(buf.len, 0);
    pb_buf_clear(&buf);
    pb_buf_printf(&buf, "%s", "1234567890");
    assert_false(buf.failed);
    assert_true(pb_str_is(pb_buf_str(&buf), "1234567890"));
}

static void a_buffer_grows_by_every_road(void **state)
{
    (void)state;
    PB_AUTO_BUF buf = PB_BUF_INIT(1 << 20);
    for (int i = 0; i < 5000; i++) {
        pb_buf_byte(&buf, 'a');
        pb_buf_add(&buf, PB_STR("bc"));
        pb_buf_printf(&buf, "%03d", i % 1000);
        memset(pb_buf_room(&buf, 1), 'z', 1);
    }
    assert_int_equal(buf.len, 5000 * 7);
    assert_memory_equal(buf.ptr + 4999 * 7, "abc999z", 7);
    assert_int_equal(strlen(pb_buf_cstr(&buf)), buf.len);
}

static void integers_are_written(void **state)
{
    (void)state;
    PB_AUTO_BUF buf = PB_BUF_INIT(100);
    pb_buf_i64(&buf, INT64_MIN);
    pb_buf_byte(&buf, ' ');
    pb_buf_i64(&buf, 0);
    pb_buf_byte(&buf, ' ');
    pb_buf_i64(&buf, INT64_MAX);
    assert_string_equal(pb_buf_cstr(&buf), "-9223372036854775808 0 9223372036854775807");
}

static void a_map_finds_what_was_put_and_nothing_else(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_map *map = pb_map_new(arena);
    char key[24];
    for (int i = 0; i < COUNT; i++) {
        bool made = false;
        int len = snprintf(key, sizeof key, "k%d", i);
        uint64_t *place = pb_map_put(map, pb_str_n(key, (size_t)len), &made);
        assert_true(made && place && *place == 0);
        *place = (uint64_t)i;
    }
    assert_int_equal(pb_map_count(map), COUNT);
    for (int i = 0; i < COUNT; i++) {
        int len = snprintf(key, sizeof key, "k%d", i);
        uint64_t *place = pb_map_get(map, pb_str_n(key, (size_t)len));
        assert_true(place && *place == (uint64_t)i);
        key[0] = 'm';
        assert_null(pb_map_get(map, pb_str_n(key, (size_t)len)));
    }
    bool made = true;
    assert_int_equal(*pb_map_put(map, PB_STR("k7"), &made), 7);
    assert_false(made);
    size_t cursor = 0;
    pb_str at;
    uint64_t value;
    for (uint64_t i = 0; i < COUNT; i++) {
        assert_true(pb_map_next(map, &cursor, &at, &value));
        assert_int_equal(value, i);
    }
    assert_false(pb_map_next(map, &cursor, &at, &value));
}

static void a_map_without_memory_says_so_and_stays_whole(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(4000);
    pb_map *map = pb_map_new(arena);
    char key[16];
    uint64_t count = 0;
    for (;; count++) {
        int len = snprintf(key, sizeof key, "%llu", (unsigned long long)count);
        uint64_t *place = pb_map_put(map, pb_str_n(key, (size_t)len), NULL);
        if (!place)
            break;
        *place = count;
    }
    assert_true(count > 10 && pb_map_count(map) == count);
    for (uint64_t i = 0; i < count; i++) {
        int len = snprintf(key, sizeof key, "%llu", (unsigned long long)i);
        assert_int_equal(*pb_map_get(map, pb_str_n(key, (size_t)len)), i);
    }
}

static void values_are_equal_by_kind_and_content(void **state)
{
    (void)state;
    assert_true(pb_value_eq(PB_VALUE_NULL, PB_VALUE_NULL));
    assert_false(pb_value_eq(PB_VALUE_INT(1), PB_VALUE_REAL(1)));
    assert_true(pb_value_eq(PB_VALUE_REAL(__builtin_nan("")), PB_VALUE_REAL(__builtin_nan(""))));
    assert_false(pb_value_eq(PB_VALUE_REAL(0.0), PB_VALUE_REAL(-0.0)));
    assert_true(pb_value_eq(PB_VALUE_TEXT(PB_STR("a")), PB_VALUE_TEXT(PB_STR("a"))));
    assert_false(pb_value_eq(PB_VALUE_TEXT(PB_STR("a")), PB_VALUE_BLOB(PB_STR("a"))));
    assert_false(pb_value_eq(PB_VALUE_INT(1), PB_VALUE_INT(2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(an_arena_keeps_its_maximum),
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(arrays_grow_and_keep_their_items),
        cmocka_unit_test(a_buffer_fails_at_its_maximum_and_stays_failed),
        cmocka_unit_test(a_buffer_grows_by_every_road),
        cmocka_unit_test(integers_are_written),
        cmocka_unit_test(a_map_finds_what_was_put_and_nothing_else),
        cmocka_unit_test(a_map_without_memory_says_so_and_stays_whole),
        cmocka_unit_test(values_are_equal_by_kind_and_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
