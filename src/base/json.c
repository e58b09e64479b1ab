/* Streaming JSON writer. */
#include "base/json.h"

#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void pb_json_init(pb_json *json, pb_buf *out, int indent)
{
    *json = (pb_json){.out = out, .indent = indent, .first = {true}};
}

static void new_line(pb_json *json)
{
    if (json->indent == 0)
        return;
    pb_buf_byte(json->out, '\n');
    for (int i = 0; i < json->depth * json->indent; i++)
        pb_buf_byte(json->out, ' ');
}

/* What stands before a value or key: a comma unless it is the first, and a new line. */
static void before(pb_json *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (!json->first[json->depth])
        pb_buf_byte(json->out, ',');
    json->first[json->depth] = false;
    if (json->depth > 0)
        new_line(json);
}

static void begin(pb_json *json, char c)
{
    before(json);
    pb_buf_byte(json->out, c);
    if (json->depth + 1 >= PB_JSON_DEPTH) {
        json->out->failed = true;
        return;
    }
    json->first[++json->depth] = true;
}

static void end(pb_json *json, char c)
{
    if (json->depth == 0) {
        json->out->failed = true;
        return;
    }
    bool empty = json->first[json->depth--];
    if (!empty)
        new_line(json);
    pb_buf_byte(json->out, c);
}

void pb_json_object(pb_json *json)
{
    begin(json, '{');
}

void pb_json_object_end(pb_json *json)
{
    end(json, '}');
}

void pb_json_array(pb_json *json)
{
    begin(json, '[');
}

void pb_json_array_end(pb_json *json)
{
    end(json, ']');
}

static void escape(pb_buf *out, unsigned char c)
{
    static const char names[] = "btn?fr";
    static const char hex[] = "0123456789abcdef";
    pb_buf_byte(out, '\\');
    if (c == '"' || c == '\\') {
        pb_buf_byte(out, (char)c);
    } else if (c >= 8 && c <= 13 && c != 11) {
        pb_buf_byte(out, names[c - 8]);
    } else {
        pb_buf_addc(out, "u00");
        pb_buf_byte(out, hex[c >> 4]);
        pb_buf_byte(out, hex[c & 15]);
    }
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether one of eight bytes is beyond ASCII, a control character, a quote or a backslash: each
 * condition leaves a high bit (https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord;
 * a byte behind one that is found may be found wrongly). */
static bool has_special(uint64_t eight)
{
    uint64_t quote = eight ^ EACH('"'), back = eight ^ EACH('\\');
    uint64_t control = (eight - EACH(0x20)) & ~eight;
    quote = (quote - EACH(1)) & ~quote;
    back = (back - EACH(1)) & ~back;
    return ((eight | control | quote | back) & EACH(0x80)) != 0;
}

/* Whether a text stands in JSON as it is. */
static bool is_plain(pb_str s)
{
    size_t i = 0;
    for (uint64_t eight; s.len - i >= sizeof eight; i += sizeof eight) {
        memcpy(&eight, s.ptr + i, sizeof eight);
        if (has_special(eight))
            return false;
    }
    for (; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
            return false;
    }
    return true;
}

static void escaped(pb_buf *out, pb_str s)
{
    pb_buf_byte(out, '"');
    size_t bad = pb_utf8_first_bad(s);
    size_t plain = 0; /* what was written already */
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\' && i != bad)
            continue;
        pb_buf_add(out, pb_str_sub(s, plain, i - plain));
        plain = i + 1;
        if (i == bad) {
            pb_utf8_put(out, PB_UTF8_BAD);
            bad = plain + pb_utf8_first_bad(pb_str_sub(s, plain, s.len));
        } else {
            escape(out, c);
        }
    }
    pb_buf_add(out, pb_str_sub(s, plain, s.len));
    pb_buf_byte(out, '"');
}

static void quoted(pb_buf *out, pb_str s)
{
    if (!is_plain(s)) {
        escaped(out, s);
        return;
    }
    char *room = pb_buf_room(out, s.len + 2);
    if (room == NULL)
        return;
    room[0] = '"';
    if (s.len > 0)
        memcpy(room + 1, s.ptr, s.len);
    room[s.len + 1] = '"';
}

void pb_json_key(pb_json *json, const char *key)
{
    pb_json_key_str(json, pb_str_c(key));
}

void pb_json_key_str(pb_json *json, pb_str key)
{
    before(json);
    quoted(json->out, key);
    pb_buf_byte(json->out, ':');
    if (json->indent)
        pb_buf_byte(json->out, ' ');
    json->after_key = true;
}

void pb_json_str(pb_json *json, pb_str value)
{
    if (!value.ptr) {
        pb_json_null(json);
        return;
    }
    before(json);
    quoted(json->out, value);
}

void pb_json_c(pb_json *json, const char *value)
{
    pb_json_str(json, pb_str_c(value));
}

void pb_json_i64(pb_json *json, int64_t value)
{
    before(json);
    pb_buf_i64(json->out, value);
}

void pb_json_double(pb_json *json, double value)
{
    if (!isfinite(value)) {
        pb_json_null(json);
        return;
    }
    before(json);
    char text[32];
    int len = 0;
    for (int precision = 15; precision <= 17; precision++) {
        double back = 0;
        len = snprintf(text, sizeof text, "%.*g", precision, value);
        for (int i = 0; i < len; i++) /* the process may have a locale with another mark */
            if (!((text[i] >= '0' && text[i] <= '9') || text[i] == '-' || text[i] == '+' ||
                  text[i] == 'e'))
                text[i] = '.';
        if (pb_str_to_double(pb_str_n(text, (size_t)len), &back) && back >= value && back <= value)
            break;
    }
    pb_buf_add(json->out, pb_str_n(text, (size_t)len));
}

void pb_json_bool(pb_json *json, bool value)
{
    before(json);
    pb_buf_addc(json->out, value ? "true" : "false");
}

void pb_json_null(pb_json *json)
{
    before(json);
    pb_buf_addc(json->out, "null");
}

void pb_json_whole(pb_json *json, pb_str text)
{
    before(json);
    pb_buf_add(json->out, text);
}

void pb_json_member(pb_json *json, const char *key, pb_str value)
{
    pb_json_key(json, key);
    pb_json_str(json, value);
}

void pb_json_member_i64(pb_json *json, const char *key, int64_t value)
{
    pb_json_key(json, key);
    pb_json_i64(json, value);
}
