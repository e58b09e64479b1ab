/* One record into cells: objects by `key.key`, arrays of scalars joined, arrays of objects by
 * number.
 *
 * RFC 8259 to the letter: what it does not allow rejects the record. Recursion is bounded by
 * JSON_MAX_DEPTH.
 */
#include "internal.h"

#include "base/time.h"
#include "base/utf8.h"

/* What one record's cells may come to; escapes only shrink, joining adds little. */
enum { TEXT_MOST = 4 * JSON_MAX_RECORD };
/* 9999-12-31: what lies beyond is no moment of a customer's */
#define LAST_MOMENT_MS INT64_C(253402300799999)

pb_status json_flat_begin(json_flat *f, pb_error *err)
{
    *f = (json_flat){.arena = pb_arena_new(0),
                     .text = PB_BUF_INIT(TEXT_MOST),
                     .path = PB_BUF_INIT(TEXT_MOST),
                     .joined = PB_BUF_INIT(TEXT_MOST)};
    f->index = f->arena == NULL ? NULL : pb_map_new(f->arena);
    f->names = calloc(JSON_MAX_COLUMNS, sizeof *f->names);
    f->cells = calloc(JSON_MAX_COLUMNS, sizeof *f->cells);
    f->from = calloc(JSON_MAX_COLUMNS, sizeof *f->from);
    f->len = calloc(JSON_MAX_COLUMNS, sizeof *f->len);
    f->stamp = calloc(JSON_MAX_COLUMNS, sizeof *f->stamp);
    bool got = f->index != NULL && f->names != NULL && f->cells != NULL && f->from != NULL &&
               f->len != NULL && f->stamp != NULL;
    return got ? PB_OK : pb_fail_memory(err);
}

void json_flat_end(json_flat *f)
{
    pb_arena_free(f->arena);
    free(f->names);
    free(f->cells);
    free(f->from);
    free(f->len);
    free(f->stamp);
    pb_buf_free(&f->text);
    pb_buf_free(&f->path);
    pb_buf_free(&f->joined);
    *f = (json_flat){0};
}

/* --- faults --- */

static const char *end_of(const json_flat *f)
{
    return f->all.ptr + f->all.len;
}

/* The record is rejected for what stands at `at`. */
static bool fault(json_flat *f, const char *at, const char *says, const char *hint)
{
    if (f->fault.says != NULL)
        return false;
    size_t place = (size_t)(at - f->all.ptr), begin = place;
    while (begin > 0 && f->all.ptr[begin - 1] != '\n')
        begin--;
    f->fault = (table_fault){.says = says, .hint = hint};
    for (size_t i = 0; i < begin; i++)
        f->fault.line += f->all.ptr[i] == '\n';
    f->fault.found = (int64_t)pb_utf8_count(pb_str_sub(f->all, begin, place - begin)) + 1;
    size_t len = 0, left = f->all.len - place;
    while (len < left && len < 20 && (unsigned char)at[len] >= 32)
        len++;
    pb_str shown = pb_utf8_cut((pb_str){at, left}, len);
    memcpy(f->fault.value, shown.ptr, shown.len);
    return false;
}

static bool not_json(json_flat *f, const char *at)
{
    if (at >= end_of(f))
        return fault(f, end_of(f), PB_MSG("The record ends before it is complete"),
                     PB_MSG("Export the file again; it may have been cut off"));
    return fault(f, at, PB_MSG("Character {found} of the line, “{value}”, is not JSON"),
                 PB_MSG("Write it as RFC 8259 has it: keys and texts in double quotation marks, no "
                        "NaN, no comma too many"));
}

static bool limit(json_flat *f, const char *says, int64_t most)
{
    fault(f, f->at, says, PB_MSG("Split the record, or leave that key out of the export"));
    f->fault.expected = most;
    return false;
}

/* --- cells --- */

/* The column of the path; SIZE_MAX: none more can be had. */
static size_t column(json_flat *f)
{
    pb_str path = pb_buf_str(&f->path);
    const uint64_t *known = pb_map_get(f->index, path);
    if (known != NULL)
        return (size_t)*known;
    pb_str name = pb_arena_str(f->arena, path);
    uint64_t *place = NULL;
    f->too_many = f->too_many || f->count == JSON_MAX_COLUMNS;
    if (f->too_many)
        return SIZE_MAX;
    if (name.ptr == NULL || (place = pb_map_put(f->index, name, NULL)) == NULL) {
        f->no_memory = true;
        return SIZE_MAX;
    }
    *place = f->count;
    f->names[f->count] = name;
    return f->count++;
}

/* Makes a cell of the text from `from` on. */
static bool put_cell(json_flat *f, const char *at, size_t from)
{
    if (f->mute > 0) {
        f->text.len = from;
        return true;
    }
    size_t c = column(f), len = f->text.len - from;
    if (c == SIZE_MAX)
        return limit(f, PB_MSG("There are more than {expected} different keys"), JSON_MAX_COLUMNS);
    if (f->stamp[c] == f->record) {
        fault(f, at, PB_MSG("The key “{value}” stands twice in the record"),
              PB_MSG("Leave one of them"));
        pb_str shown = pb_utf8_cut(f->names[c], sizeof f->fault.value - 1);
        memset(f->fault.value, 0, sizeof f->fault.value);
        memcpy(f->fault.value, shown.ptr, shown.len);
        return false;
    }
    if (len > JSON_MAX_CELL)
        return limit(f, PB_MSG("A value has more than {expected} bytes"), JSON_MAX_CELL);
    f->stamp[c] = f->record;
    f->from[c] = from;
    f->len[c] = len;
    return true;
}

/* --- the grammar --- */

static void pass_blanks(json_flat *f)
{
    while (f->at < end_of(f) &&
           (*f->at == ' ' || *f->at == '\t' || *f->at == '\n' || *f->at == '\r'))
        f->at++;
}

static bool pass_mark(json_flat *f, char mark)
{
    pass_blanks(f);
    if (f->at >= end_of(f) || *f->at != mark)
        return false;
    f->at++;
    return true;
}

static bool hex4(const json_flat *f, const char *at, uint32_t *ret_unit)
{
    uint32_t unit = 0;
    if (end_of(f) - at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return false;
        unit = unit << 4 | digit;
    }
    *ret_unit = unit;
    return true;
}

/* `\uXXXX`, two of them for what lies beyond U+FFFF; f->at is behind the `u`. */
static bool unicode_escape(json_flat *f, pb_buf *out)
{
    const char *begin = f->at - 2;
    uint32_t unit = 0, low = 0;
    if (!hex4(f, f->at, &unit))
        return not_json(f, begin);
    f->at += 4;
    if (unit >= 0xD800 && unit < 0xDC00 && end_of(f) - f->at >= 6 && f->at[0] == '\\' &&
        f->at[1] == 'u' && hex4(f, f->at + 2, &low) && low >= 0xDC00 && low < 0xE000) {
        f->at += 6;
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    if (unit == 0 || (unit >= 0xD800 && unit < 0xE000))
        return fault(f, begin, PB_MSG("Character {found} of the line, “{value}”, is no character"),
                     PB_MSG("Write both halves of the pair, or the character itself"));
    pb_utf8_put(out, unit);
    return true;
}

static bool escape(json_flat *f, pb_buf *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (f->at >= end_of(f))
        return not_json(f, f->at);
    char c = *f->at++;
    if (c == 'u')
        return unicode_escape(f, out);
    const char *hit = c == 0 ? NULL : strchr(from, c);
    if (hit == NULL)
        return not_json(f, f->at - 2);
    pb_buf_byte(out, to[hit - from]);
    return true;
}

/* A text; f->at is behind its opening mark. */
static bool read_text(json_flat *f, pb_buf *out)
{
    for (;;) {
        const char *run = f->at;
        while (f->at < end_of(f) && *f->at != '"' && *f->at != '\\' &&
               (unsigned char)*f->at >= 0x20)
            f->at++;
        pb_buf_add(out, (pb_str){run, (size_t)(f->at - run)});
        if (f->at >= end_of(f) || (unsigned char)*f->at < 0x20)
            return not_json(f, f->at);
        if (*f->at++ == '"')
            return true;
        if (!escape(f, out))
            return false;
    }
}

static size_t digits(const char *p, const char *end)
{
    size_t count = 0;
    while (p + count < end && p[count] >= '0' && p[count] <= '9')
        count++;
    return count;
}

/* Length of the number at `p`, 0: none. */
static size_t number_at(const char *p, const char *end)
{
    const char *at = p + (p < end && *p == '-');
    size_t whole = digits(at, end);
    if (whole == 0 || (whole > 1 && *at == '0'))
        return 0;
    at += whole;
    if (at < end && *at == '.') {
        size_t part = digits(at + 1, end);
        if (part == 0)
            return 0;
        at += 1 + part;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        size_t part = digits(at, end);
        if (part == 0)
            return 0;
        at += part;
    }
    return (size_t)(at - p);
}

/* A scalar's text; null is none. */
static bool read_scalar(json_flat *f, pb_buf *out)
{
    static const char *const words[] = {"null", "true", "false"};
    const char *p = f->at;
    size_t left = (size_t)(end_of(f) - p);
    if (left > 0 && *p == '"') {
        f->at++;
        return read_text(f, out);
    }
    for (size_t i = 0; i < 3; i++)
        if (pb_str_starts((pb_str){p, left}, pb_str_c(words[i]))) {
            f->at += strlen(words[i]);
            pb_buf_addc(out, i == 0 ? "" : words[i]);
            return true;
        }
    size_t len = number_at(p, end_of(f));
    if (len == 0)
        return not_json(f, p);
    pb_buf_add(out, (pb_str){p, len});
    f->at += len;
    return true;
}

static bool read_value(json_flat *f, int depth);

/* --- values in an object of their own (MongoDB Extended JSON) and moments in brackets --- */

/* Milliseconds since 1970 as the moment they are: `/Date(1700000000000+0100)/` of .NET, the bare
 * number of a `$date`. */
static void spell_moment(pb_buf *out, size_t from, bool bare)
{
    pb_str text = pb_str_n(out->ptr + from, out->len - from);
    int64_t ms = 0;
    if (!bare) {
        if (!pb_str_starts(text, PB_STR("/Date(")) || !pb_str_ends(text, PB_STR(")/")))
            return;
        text = pb_str_sub(text, 6, text.len - 8);
        size_t end = 1; /* an offset only says how to show it */
        while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9')
            end++;
        text = pb_str_sub(text, 0, end);
    }
    if (!pb_str_to_i64(text, &ms) || ms > LAST_MOMENT_MS || ms < -LAST_MOMENT_MS)
        return;
    out->len = from;
    pb_instant_format(out, ms * 1000);
}

/* `{"$oid": "…"}`, `{"$date": {"$numberLong": "…"}}`: one value, appended to `out`. False, with
 * nothing taken: another object. */
static bool take_wrapped(json_flat *f, pb_buf *out)
{
    static const char *const keys[] = {"$date\"",      "$oid\"",          "$numberLong\"",
                                       "$numberInt\"", "$numberDouble\"", "$numberDecimal\"",
                                       "$uuid\"",      "$symbol\""};
    const char *begin = f->at;
    size_t from = out->len, key = 0;
    bool date = false, fits = false;
    f->at++;
    if (pass_mark(f, '"')) {
        pb_str rest = pb_str_n(f->at, (size_t)(end_of(f) - f->at));
        while (key < sizeof keys / sizeof *keys && !pb_str_starts(rest, pb_str_c(keys[key])))
            key++;
        fits = key < sizeof keys / sizeof *keys;
    }
    if (fits) {
        date = key == 0;
        f->at += strlen(keys[key]);
        fits = pass_mark(f, ':');
        pass_blanks(f);
    }
    bool inner = fits && f->at < end_of(f) && *f->at == '{';
    if (inner)
        fits = date && take_wrapped(f, out);
    else if (fits)
        fits = f->at < end_of(f) && *f->at != '[' && read_scalar(f, out);
    if (fits && pass_mark(f, '}')) {
        if (date)
            spell_moment(out, from, true);
        return true;
    }
    f->at = begin;
    out->len = from;
    f->fault = (table_fault){0};
    return false;
}

/* --- the grammar of what is nested --- */

static bool read_object(json_flat *f, int depth)
{
    size_t path = f->path.len;
    f->at++;
    if (pass_mark(f, '}'))
        return true;
    do {
        if (!pass_mark(f, '"'))
            return not_json(f, f->at);
        if (path > 0)
            pb_buf_byte(&f->path, '.');
        if (!read_text(f, &f->path))
            return false;
        if (!pass_mark(f, ':'))
            return not_json(f, f->at);
        pass_blanks(f);
        if (!read_value(f, depth + 1))
            return false;
        f->path.len = path;
    } while (pass_mark(f, ','));
    return pass_mark(f, '}') || not_json(f, f->at);
}

/* An element that stays in the array's own cell, as JSON; it is checked all the same. */
static bool element_as_is(json_flat *f, int depth)
{
    const char *begin = f->at;
    f->mute++;
    bool fine = read_value(f, depth + 1);
    f->mute--;
    pb_buf_add(&f->joined, (pb_str){begin, (size_t)(f->at - begin)});
    return fine;
}

static bool read_element(json_flat *f, int depth, size_t stack, int *number)
{
    bool object = f->at < end_of(f) && *f->at == '{';
    size_t before = f->joined.len;
    if (object && f->mute == 0) {
        if (before > stack)
            pb_buf_addc(&f->joined, "; ");
        if (take_wrapped(f, &f->joined))
            return true;
        f->joined.len = before;
    }
    bool array = f->at < end_of(f) && *f->at == '[';
    if (object && f->mute == 0 && ++*number <= JSON_MAX_ITEMS) {
        size_t path = f->path.len;
        pb_buf_printf(&f->path, "%s%d", path > 0 ? "." : "", *number);
        bool fine = read_object(f, depth + 1);
        f->path.len = path;
        return fine;
    }
    if (f->joined.len > stack)
        pb_buf_addc(&f->joined, "; ");
    return object || array ? element_as_is(f, depth) : read_scalar(f, &f->joined);
}

static bool read_array(json_flat *f, int depth)
{
    size_t stack = f->joined.len;
    const char *begin = f->at;
    int number = 0;
    f->at++;
    if (pass_mark(f, ']'))
        return put_cell(f, begin, f->text.len);
    do {
        pass_blanks(f);
        if (depth + 1 > JSON_MAX_DEPTH)
            return limit(f, PB_MSG("It is nested deeper than {expected}"), JSON_MAX_DEPTH);
        if (!read_element(f, depth, stack, &number))
            return false;
    } while (pass_mark(f, ','));
    if (!pass_mark(f, ']'))
        return not_json(f, f->at);
    size_t from = f->text.len, len = f->joined.len - stack;
    if (len > 0)
        pb_buf_add(&f->text, (pb_str){f->joined.ptr + stack, len});
    f->joined.len = stack;
    return len == 0 && number > 0 ? true : put_cell(f, begin, from);
}

static bool read_value(json_flat *f, int depth)
{
    if (depth > JSON_MAX_DEPTH)
        return limit(f, PB_MSG("It is nested deeper than {expected}"), JSON_MAX_DEPTH);
    if (f->at >= end_of(f))
        return not_json(f, f->at);
    const char *begin = f->at;
    size_t from = f->text.len;
    if (*f->at == '{')
        return take_wrapped(f, &f->text) ? put_cell(f, begin, from) : read_object(f, depth);
    if (*f->at == '[')
        return read_array(f, depth);
    if (!read_scalar(f, &f->text))
        return false;
    spell_moment(&f->text, from, false);
    return put_cell(f, begin, from);
}

static bool check_text(json_flat *f)
{
    size_t bad = pb_utf8_first_bad(f->all);
    if (bad == SIZE_MAX || bad >= f->all.len)
        return true;
    fault(f, f->all.ptr + bad, PB_MSG("Byte {value} at character {found} of the line is not UTF-8"),
          PB_MSG("Export the file again in UTF-8"));
    f->fault.encoding = true;
    snprintf(f->fault.value, sizeof f->fault.value, "0x%02X", (unsigned char)f->all.ptr[bad]);
    return false;
}

static bool read_record(json_flat *f)
{
    if (!check_text(f))
        return false;
    pass_blanks(f);
    if (f->at >= end_of(f) || *f->at != '{')
        return fault(f, f->at, PB_MSG("“{value}” is no object with keys"),
                     PB_MSG("Write every record as an object: {{\"key\": \"value\"}"));
    if (!read_object(f, 1))
        return false;
    pass_blanks(f);
    return f->at == end_of(f) || not_json(f, f->at);
}

bool json_flat_read(json_flat *f, pb_str record)
{
    f->all = record;
    f->at = record.ptr;
    f->record++;
    f->mute = 0;
    f->fault = (table_fault){0};
    pb_buf_clear(&f->text);
    pb_buf_clear(&f->path);
    pb_buf_clear(&f->joined);
    bool fine = read_record(f);
    f->no_memory = f->no_memory || f->text.failed || f->path.failed || f->joined.failed;
    for (size_t c = 0; c < f->count && fine; c++)
        f->cells[c] =
            f->stamp[c] == f->record ? (pb_str){f->text.ptr + f->from[c], f->len[c]} : PB_STR("");
    return fine;
}
