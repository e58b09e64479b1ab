/* The CSV reader against a naive twin that looks at one byte after the other. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "csv/csv_reader.h"
#include "csv_support.h"

enum { MAX_ROWS = 4000, MAX_CELLS = 20000 };

typedef struct flat {
    struct {
        bool fault;
        int64_t line;
        size_t first, count;
    } rows[MAX_ROWS];
    pb_str cells[MAX_CELLS];
    size_t row_count, cell_count;
} flat;

static uint64_t state = 88172645463325252ULL;

static uint64_t dice(uint64_t sides)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % sides;
}

/* --- the twin --- */

typedef struct twin {
    pb_str text;
    size_t at;
    int64_t line;
    char delimiter;
    pb_arena *arena;
    flat *out;
} twin;

static bool twin_blank(const twin *t, char c)
{
    return c == ' ' || (c == '\t' && t->delimiter != '\t');
}

static bool ends_line(char c)
{
    return c == '\n' || c == '\r';
}

static size_t behind_line_end(const twin *t, size_t at)
{
    if (at >= t->text.len)
        return t->text.len;
    return at +
           (t->text.ptr[at] == '\r' && at + 1 < t->text.len && t->text.ptr[at + 1] == '\n' ? 2 : 1);
}

/* One cell from t->at on. 0: delimiter behind it, 1: line end or end, 2: fault (`*open` is its
 * mark). */
static int twin_cell(twin *t, pb_str *cell, bool *was_quoted, size_t *open)
{
    const char *p = t->text.ptr;
    size_t i = t->at, n = t->text.len;
    while (i < n && twin_blank(t, p[i]))
        i++;
    *was_quoted = i < n && p[i] == '"';
    char *copy = pb_arena_alloc(t->arena, n + 1);
    size_t len = 0;
    if (*was_quoted) {
        *open = i++;
        for (;; i++) {
            if (i >= n)
                return 2;
            if (p[i] == '"') {
                if (i + 1 < n && p[i + 1] == '"')
                    i++;
                else
                    break;
            }
            copy[len++] = p[i];
        }
        for (i++; i < n && twin_blank(t, p[i]); i++)
            continue;
        if (i < n && p[i] != t->delimiter && !ends_line(p[i]))
            return 2;
    } else {
        for (; i < n && p[i] != t->delimiter && !ends_line(p[i]); i++)
            copy[len++] = p[i];
        while (len > 0 && twin_blank(t, copy[len - 1]))
            len--;
    }
    *cell = (pb_str){copy, len};
    bool more = i < n && p[i] == t->delimiter;
    t->at = more ? i + 1 : behind_line_end(t, i);
    return more ? 0 : 1;
}

static void twin_row(twin *t)
{
    flat *out = t->out;
    size_t begin = t->at, first = out->cell_count, open = 0;
    int64_t line = t->line;
    bool any_quoted = false, was_quoted;
    int end;
    do {
        pb_str cell = PB_STR("");
        end = twin_cell(t, &cell, &was_quoted, &open);
        any_quoted = any_quoted || was_quoted;
        out->cells[out->cell_count++] = cell;
    } while (end == 0);
    bool fault = end == 2;
    if (fault) { /* on with the line behind the mark */
        size_t at = open;
        while (at < t->text.len && !ends_line(t->text.ptr[at]))
            at++;
        t->at = behind_line_end(t, at);
    }
    pb_str raw = pb_str_sub(t->text, begin, t->at - begin);
    t->line += csv_scan_lines(raw);
    if (memchr(raw.ptr, 0, raw.len) != NULL || !pb_utf8_valid(raw))
        fault = true;
    size_t count = out->cell_count - first;
    if (!fault && count == 1 && !any_quoted && out->cells[first].len == 0) {
        out->cell_count = first;
        return;
    }
    out->rows[out->row_count].fault = fault;
    out->rows[out->row_count].line = line;
    out->rows[out->row_count].first = first;
    out->rows[out->row_count++].count = count;
}

/* From `begin` on: behind the titles that the reader passes over. */
static void read_naively(pb_str text, size_t begin, char delimiter, pb_arena *arena, flat *out)
{
    out->row_count = out->cell_count = 0;
    int64_t line = 1 + csv_scan_lines(pb_str_sub(text, 0, begin));
    twin t = {text, begin, line, delimiter, arena, out};
    while (t.at < text.len)
        twin_row(&t);
}

/* --- the reader --- */

static char read_really(pb_str text, size_t room, pb_arena *arena, flat *out, size_t *ret_begin)
{
    out->row_count = out->cell_count = 0;
    csv_reader *reader = NULL;
    assert_int_equal(csv_open_bytes(text, room, &reader, NULL), PB_OK);
    *ret_begin = reader->begin;
    for (;;) {
        table_row row = {0};
        bool more = false;
        pb_status status = csv_next(reader, &row, &more, NULL);
        if (status == PB_OK && !more)
            break;
        size_t at = out->row_count++;
        out->rows[at].fault = status != PB_OK;
        out->rows[at].first = out->cell_count;
        out->rows[at].count = row.count;
        out->rows[at].line = row.line;
        for (size_t i = 0; i < row.count; i++)
            out->cells[out->cell_count++] = pb_arena_str(arena, row.cells[i]);
        if (status == PB_OK)
            assert_int_equal(row.row, (int64_t)at);
        else
            assert_int_equal(csv_last_fault(reader)->row, (int64_t)at);
    }
    char delimiter = csv_delimiter(reader);
    csv_close(reader);
    return delimiter;
}

static void assert_same(const flat *a, const flat *b)
{
    assert_int_equal(a->row_count, b->row_count);
    for (size_t r = 0; r < a->row_count; r++) {
        assert_int_equal(a->rows[r].fault, b->rows[r].fault);
        if (a->rows[r].fault)
            continue;
        assert_int_equal(a->rows[r].line, b->rows[r].line);
        assert_int_equal(a->rows[r].count, b->rows[r].count);
        for (size_t i = 0; i < a->rows[r].count; i++) {
            pb_str x = a->cells[a->rows[r].first + i], y = b->cells[b->rows[r].first + i];
            assert_int_equal(x.len, y.len);
            assert_memory_equal(x.ptr, y.ptr, x.len);
        }
    }
}

static flat real, naive;

static void compare(pb_str text, pb_arena *arena)
{
    static const size_t rooms[] = {0, 32, 48, 100};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        size_t begin;
        char delimiter = read_really(text, rooms[i], arena, &real, &begin);
        read_naively(text, begin, delimiter, arena, &naive);
        assert_same(&real, &naive);
    }
}

/* Text in which everything that matters is frequent. */
static pb_str any_text(char *room, size_t size)
{
    static const char *const pieces[] = {
        "a",        "bc", ",",    ",",     ",",   "\n",   "\n",
        "\r\n",     "\r", "\"",   "\"",    " ",   "\t",   "\"\"",
        "\xC3\xA9", ";",  "x\"y", "\",\"", ",\"", "\"\n", "1234567890123456"};
    static const char *const rare[] = {
        "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x98\x80", "|",
        /* too long, surrogates, beyond the last code point, and their good neighbours */
        "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80",
        "\xE0\xA0\x80", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"};
    const size_t rare_count = sizeof rare / sizeof *rare;
    size_t len = 0;
    size_t count = 1 + dice(120);
    while (count-- > 0) {
        const char *piece = dice(40) == 0 ? rare[dice(rare_count)] : pieces[dice(21)];
        if (dice(300) == 0) {
            room[len++] = 0;
            continue;
        }
        if (len + strlen(piece) > size)
            break;
        memcpy(room + len, piece, strlen(piece));
        len += strlen(piece);
    }
    return (pb_str){room, len};
}

/* shows: INT-5 */
static void test_equals_naive_twin_on_any_text(void **unused)
{
    (void)unused;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char room[4096];
    for (int i = 0; i < 20000; i++) {
        pb_str text = any_text(room, sizeof room - 64);
        if (pb_str_starts(text, PB_STR("\xEF\xBB\xBF")))
            continue;
        compare(text, arena);
        pb_arena_reset(arena);
    }
}

/* What csv_put writes, the reader reads back, whatever the cells hold. */
/* shows: INT-5 */
static void test_what_is_written_is_read_back(void **unused)
{
    (void)unused;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    static const char *const pieces[] = {"=", "+", "-",  "@",  "'",  "1",  "2",        " ",
                                         "a", ",", "\"", "\n", "\r", "\t", "\xC3\xA9", ";"};
    for (int i = 0; i < 3000; i++) {
        pb_buf_clear(&out);
        pb_arena_reset(arena);
        pb_str cells[200][4];
        size_t rows = 1 + dice(20);
        for (size_t r = 0; r < rows; r++) {
            for (size_t c = 0; c < 4; c++) {
                char text[64];
                size_t len = 0;
                for (uint64_t k = dice(7); k > 0; k--) {
                    const char *piece = pieces[dice(16)];
                    memcpy(text + len, piece, strlen(piece));
                    len += strlen(piece);
                }
                cells[r][c] = pb_arena_str(arena, r == 0 ? PB_STR("h") : (pb_str){text, len});
                pb_csv_put(&out, cells[r][c], c == 0, true);
            }
            pb_buf_addc(&out, "\r\n");
        }
        size_t begin;
        read_really(pb_buf_str(&out), 0, arena, &real, &begin);
        assert_int_equal(real.row_count, rows);
        for (size_t r = 0; r < rows; r++) {
            assert_false(real.rows[r].fault);
            assert_int_equal(real.rows[r].count, 4);
            for (size_t c = 0; c < 4; c++) {
                pb_str back = pb_csv_unguard(real.cells[real.rows[r].first + c]);
                assert_true(pb_str_eq(back, cells[r][c]));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_naive_twin_on_any_text),
        cmocka_unit_test(test_what_is_written_is_read_back),
    };
    return cmocka_run_group_tests_name("exchange/csv_property", tests, NULL, NULL);
}
