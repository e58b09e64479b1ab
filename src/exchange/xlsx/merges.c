/* Which cells of a sheet are merged. A sheet says so behind its rows, so it is unpacked once more
 * before they are read; only what follows the words `mergeCells` is looked at. */
#include "internal.h"

enum { PIECE = 64 << 10, KEPT = 512, MOST_COLUMNS = 16384 };

void xlsx_reference(const char *text, uint32_t *ret_row, uint32_t *ret_column)
{
    uint32_t column = 0, row = 0;
    const char *at = text;
    if (*at == '$')
        at++;
    for (; ((*at | 32) >= 'a' && (*at | 32) <= 'z') && column <= MOST_COLUMNS; at++)
        column = column * 26 + (uint32_t)((*at | 32) - 'a') + 1;
    if (*at == '$')
        at++;
    for (; *at >= '0' && *at <= '9' && row < 100000000; at++)
        row = row * 10 + (uint32_t)(*at - '0');
    *ret_row = row;
    *ret_column = column == 0 || column > MOST_COLUMNS ? UINT32_MAX : column - 1;
}

typedef struct scan {
    pb_arena *arena;
    xlsx_merge *items;
    size_t count, capacity;
    bool inside; /* behind the word */
} scan;

static bool add_range(scan *s, const char *range)
{
    const char *colon = strchr(range, ':');
    xlsx_merge one;
    if (colon == NULL || s->count == XLSX_MAX_MERGES)
        return true;
    xlsx_reference(range, &one.top, &one.left);
    xlsx_reference(colon + 1, &one.bottom, &one.right);
    if (one.top == 0 || one.left == UINT32_MAX || one.right == UINT32_MAX || one.bottom < one.top ||
        one.right < one.left)
        return true;
    return PB_PUSH(s->arena, s->items, s->count, s->capacity, one);
}

/* Looks through the bytes; what may be cut off at the end begins at `*ret_rest`. */
static bool look(scan *s, pb_str bytes, size_t *ret_rest)
{
    size_t at = 0;
    if (!s->inside) {
        size_t found = pb_str_find(bytes, PB_STR("mergeCells"));
        if (found == SIZE_MAX) {
            *ret_rest = bytes.len > KEPT ? bytes.len - KEPT : 0;
            return true;
        }
        s->inside = true;
        at = found;
    }
    for (;;) {
        size_t found = pb_str_find(pb_str_sub(bytes, at, bytes.len), PB_STR(" ref="));
        if (found == SIZE_MAX || at + found + 48 > bytes.len) {
            *ret_rest = found == SIZE_MAX ? (bytes.len > KEPT ? bytes.len - KEPT : at) : at + found;
            *ret_rest = *ret_rest > at ? *ret_rest : at;
            return true;
        }
        at += found + 6;
        char range[41];
        memcpy(range, bytes.ptr + at, 40);
        range[40] = 0;
        for (size_t i = 0; i < 40; i++)
            if (range[i] == '"' || range[i] == '\'')
                range[i] = 0;
        if (!add_range(s, range))
            return false;
    }
}

static int by_top(const void *a, const void *b)
{
    const xlsx_merge *x = a, *y = b;
    return x->top < y->top ? -1 : x->top > y->top;
}

pb_status xlsx_merges_read(xlsx_package *package, const char *part, pb_arena *arena,
                           xlsx_merge **ret_merges, size_t *ret_count, pb_error *err)
{
    scan s = {.arena = arena};
    bool found = false;
    PB_TRY(xlsx_part_open(package, part, &found, err));
    char *room = malloc(PIECE + KEPT + 64);
    if (room == NULL)
        return pb_fail_memory(err);
    size_t kept = 0, count = 1;
    pb_status status = PB_OK;
    while (found && status == PB_OK && count > 0) {
        status = xlsx_part_read(package, room + kept, PIECE, &count, err);
        size_t len = kept + count, rest = len;
        if (count == 0) { /* room behind the last one */
            memset(room + len, 0, 64);
            len += 64;
        }
        if (status == PB_OK && !look(&s, pb_str_n(room, len), &rest))
            status = pb_fail_memory(err);
        kept = len - rest;
        if (kept > KEPT) {
            rest += kept - KEPT;
            kept = KEPT;
        }
        memmove(room, room + rest, kept);
    }
    free(room);
    xlsx_part_close(package);
    if (s.count > 1)
        qsort(s.items, s.count, sizeof *s.items, by_top);
    *ret_merges = s.items;
    *ret_count = s.count;
    return status;
}
