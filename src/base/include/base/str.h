/* Text slices: a pointer and a length, never owning, never NUL-terminated by promise.
 *
 * Threads: everything here is a pure function and may be called from any thread.
 * Refuses: allocation (see arena.h), locale-dependent behaviour (see locale.h), UTF-8 rules (see
 * utf8.h); case folding here is ASCII only.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A slice of bytes that somebody else owns. `ptr == NULL` with `len == 0` means "absent"; an empty
 * text has a non-NULL `ptr`. */
typedef struct pb_str {
    const char *ptr;
    size_t len;
} pb_str;

/** A slice over a string literal, usable in constant expressions. */
#define PB_STR(literal) ((pb_str){("" literal), sizeof(literal) - 1})
/** The absent slice. */
#define PB_STR_NONE ((pb_str){NULL, 0})
/** For printf's `%.*s`. */
#define PB_STR_FMT(s) (int)(s).len, (s).ptr

/** Slice over a NUL-terminated string; NULL gives the absent slice. */
pb_str pb_str_c(const char *text);
/** Slice over `len` bytes. */
pb_str pb_str_n(const char *ptr, size_t len);
/** True for absent and for empty slices. */
bool pb_str_empty(pb_str s);
bool pb_str_eq(pb_str a, pb_str b);
/** Equality with a NUL-terminated string. */
bool pb_str_is(pb_str a, const char *text);
/** Equality ignoring ASCII case. */
bool pb_str_eq_nocase(pb_str a, pb_str b);
/** Byte order: <0, 0, >0 (memcmp, then length). */
int pb_str_cmp(pb_str a, pb_str b);
bool pb_str_starts(pb_str s, pb_str prefix);
bool pb_str_ends(pb_str s, pb_str suffix);
/** Position of the first `c`, or `s.len` when there is none. */
size_t pb_str_index(pb_str s, char c);
/** Position of the first `needle`, or SIZE_MAX when there is none. */
size_t pb_str_find(pb_str s, pb_str needle);
/** Part [from, from+len), clipped to `s`. */
pb_str pb_str_sub(pb_str s, size_t from, size_t len);
/** Without leading and trailing ASCII white space. */
pb_str pb_str_trim(pb_str s);
/** `text` in one line, cut to `size` bytes with its NUL: line ends become blanks, the last goes.
 * Returns `room`. For the words of libraries and servers. */
const char *pb_one_line(const char *text, char *room, size_t size);
/** Splits at the first `sep`: writes what stands before to `*ret_head` and what follows to `*rest`.
 * Returns false, leaving both untouched, when `*rest` is absent; the last part sets it absent. */
bool pb_str_split(pb_str *rest, char sep, pb_str *ret_head);
/** Decimal integer, whole slice, optional sign. False (and `*ret` untouched) on anything else or
 * overflow. */
bool pb_str_to_i64(pb_str s, int64_t *ret);
/** Decimal number with `.` as mark, whole slice, independent of the process locale. */
bool pb_str_to_double(pb_str s, double *ret);
/** 64-bit hash (wyhash-style mixing); not for adversaries who choose keys, not stable across
 * versions: never store it. */
uint64_t pb_str_hash(pb_str s);

#endif
