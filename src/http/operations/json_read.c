#include "json_read.h"

#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/utf8.h"

/* Members up to which doubles are looked for one by one. */
enum { FEW = 12 };

typedef struct reader {
    pb_str text;
    size_t at;
    int depth;
    size_t values;
    pb_arena *arena;
    pb_error *err;
} reader;

static pb_status fail_at(reader *r, size_t at, const char *says)
{
    int line = 1, column = 1;
    for (size_t i = 0; i < at && i < r->text.len; i++) {
        bool end = r->text.ptr[i] == '\n';
        line += end;
        column = end ? 1 : column + (((unsigned char)r->text.ptr[i] & 0xC0) != 0x80);
    }
    pb_fail(r->err, PB_USAGE, PB_MSG("The body of the request is not valid JSON."), NULL);
    pb_error_detail(r->err, PB_MSG("Line {line}, column {column}: {says}"), "line",
                    PB_ARG_INT(line), "column", PB_ARG_INT(column), "says", says, NULL);
    return PB_USAGE;
}

static char look(const reader *r)
{
    return r->at < r->text.len ? r->text.ptr[r->at] : '\0';
}

static void pass_blanks(reader *r)
{
    while (r->at < r->text.len && memchr(" \t\r\n", r->text.ptr[r->at], 4) != NULL)
        r->at++;
}

static bool take(reader *r, const char *word)
{
    pb_str wanted = pb_str_c(word);
    if (!pb_str_starts(pb_str_sub(r->text, r->at, wanted.len), wanted))
        return false;
    r->at += wanted.len;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool pass_digits(reader *r)
{
    size_t from = r->at;
    while (is_digit(look(r)))
        r->at++;
    return r->at > from;
}

static pb_status read_number(reader *r, json_value *value)
{
    size_t from = r->at;
    take(r, "-");
    bool good = take(r, "0") || pass_digits(r);
    if (good && take(r, "."))
        good = pass_digits(r);
    if (good && (look(r) == 'e' || look(r) == 'E')) {
        r->at++;
        if (!take(r, "+"))
            take(r, "-");
        good = pass_digits(r);
    }
    if (!good || is_digit(look(r)))
        return fail_at(r, from, PB_MSG("this is no number"));
    value->kind = JSON_NUMBER;
    value->text = pb_str_sub(r->text, from, r->at - from);
    return PB_OK;
}

/* ---- texts ---- */

static int hex_of(char c)
{
    if (is_digit(c))
        return c - '0';
    char small = (char)(c | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

static bool read_hex(reader *r, uint32_t *ret)
{
    uint32_t code = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_of(look(r));
        if (digit < 0)
            return false;
        code = code * 16 + (uint32_t)digit;
        r->at++;
    }
    *ret = code;
    return true;
}

/* Behind `\u`: a code point, or both halves of one. */
static pb_status read_code(reader *r, uint32_t *ret)
{
    uint32_t high = 0, low = 0;
    size_t from = r->at;
    if (!read_hex(r, &high))
        return fail_at(r, from, PB_MSG("four hexadecimal digits are needed"));
    if (high == 0)
        return fail_at(r, from, PB_MSG("the character U+0000 cannot be kept"));
    if (high >= 0xD800 && high < 0xDC00) {
        bool pair = take(r, "\\u") && read_hex(r, &low) && low >= 0xDC00 && low < 0xE000;
        if (!pair)
            return fail_at(r, from, PB_MSG("half a character"));
        high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    } else if (high >= 0xDC00 && high < 0xE000) {
        return fail_at(r, from, PB_MSG("half a character"));
    }
    *ret = high;
    return PB_OK;
}

static pb_status read_escape(reader *r, char *to, size_t *len)
{
    static const char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    size_t from = r->at++;
    const char *which = look(r) == '\0' ? NULL : strchr(letters, look(r));
    if (which != NULL) {
        to[(*len)++] = means[which - letters];
        r->at++;
        return PB_OK;
    }
    if (!take(r, "u"))
        return fail_at(r, from, PB_MSG("there is no such escape"));
    uint32_t code = 0;
    PB_TRY(read_code(r, &code));
    *len += pb_utf8_encode(to + *len, code);
    return PB_OK;
}

/* The text behind the quote at hand; one without escapes is not copied. */
static pb_status read_text(reader *r, pb_str *ret)
{
    size_t from = ++r->at, end = from;
    while (end < r->text.len && r->text.ptr[end] != '"' && r->text.ptr[end] != '\\' &&
           (unsigned char)r->text.ptr[end] >= 0x20)
        end++;
    if (end < r->text.len && r->text.ptr[end] == '"') {
        *ret = pb_str_sub(r->text, from, end - from);
        r->at = end + 1;
        return PB_OK;
    }
    while (end < r->text.len && r->text.ptr[end] != '"')
        end += r->text.ptr[end] == '\\' ? 2 : 1;
    if (end >= r->text.len)
        return fail_at(r, from - 1, PB_MSG("the text that begins here does not end"));
    char *to =
        pb_arena_alloc(r->arena, end - from + 1); /* escapes are longer than what they mean */
    size_t len = 0;
    if (to == NULL)
        return pb_fail_memory(r->err);
    while (r->at < end) {
        if ((unsigned char)look(r) < 0x20)
            return fail_at(r, r->at, PB_MSG("a control character stands in a text"));
        if (look(r) == '\\')
            PB_TRY(read_escape(r, to, &len));
        else
            to[len++] = r->text.ptr[r->at++];
    }
    r->at++;
    *ret = pb_str_n(to, len);
    return PB_OK;
}

/* ---- lists and objects ---- */

static pb_status read_value(reader *r, json_value *value);

static pb_status read_member(reader *r, const json_value *object, pb_map *keys, json_value *item)
{
    size_t at = r->at;
    bool fresh = true;
    if (look(r) != '"')
        return fail_at(r, at, PB_MSG("a key in double quotes is needed"));
    PB_TRY(read_text(r, &item->key));
    for (const json_value *other = object->first; keys == NULL && other != NULL && fresh;
         other = other->next)
        fresh = other == item || !pb_str_eq(other->key, item->key);
    if (keys != NULL && pb_map_put(keys, item->key, &fresh) == NULL)
        return pb_fail_memory(r->err);
    if (!fresh)
        return fail_at(r, at, PB_MSG("this key stands twice in its object"));
    pass_blanks(r);
    if (!take(r, ":"))
        return fail_at(r, r->at, PB_MSG("a colon is needed"));
    pass_blanks(r);
    return PB_OK;
}

/* From here on keys are found by their hash. */
static pb_status begin_keys(reader *r, const json_value *object, pb_map **ret_keys)
{
    pb_map *keys = pb_map_new(r->arena);
    for (const json_value *one = object->first; keys != NULL && one != NULL; one = one->next)
        if (pb_map_put(keys, one->key, NULL) == NULL)
            return pb_fail_memory(r->err);
    *ret_keys = keys;
    return keys == NULL ? pb_fail_memory(r->err) : PB_OK;
}

static pb_status read_items(reader *r, json_value *value, const char *end)
{
    json_value **last = &value->first;
    pb_map *keys = NULL;
    pass_blanks(r);
    if (take(r, end))
        return PB_OK;
    do {
        json_value *item = pb_arena_alloc(r->arena, sizeof *item);
        if (item == NULL)
            return pb_fail_memory(r->err);
        pass_blanks(r);
        if (value->kind == JSON_OBJECT) {
            if (value->count == FEW)
                PB_TRY(begin_keys(r, value, &keys));
            PB_TRY(read_member(r, value, keys, item));
        }
        PB_TRY(read_value(r, item));
        *last = item;
        last = &item->next;
        value->count++;
        pass_blanks(r);
    } while (take(r, ","));
    return take(r, end) ? PB_OK : fail_at(r, r->at, PB_MSG("a comma or the end is needed"));
}

static pb_status read_nested(reader *r, json_value *value)
{
    value->kind = look(r) == '{' ? JSON_OBJECT : JSON_LIST;
    if (++r->depth > JSON_DEPTH_MAX)
        return fail_at(r, r->at, PB_MSG("it is nested too deep"));
    r->at++;
    PB_TRY(read_items(r, value, value->kind == JSON_OBJECT ? "}" : "]"));
    r->depth--;
    return PB_OK;
}

static pb_status read_value(reader *r, json_value *value)
{
    if (++r->values > JSON_VALUES_MAX)
        return fail_at(r, r->at, PB_MSG("there are too many values"));
    switch (look(r)) {
    case '{':
    case '[':
        return read_nested(r, value);
    case '"':
        value->kind = JSON_TEXT;
        return read_text(r, &value->text);
    default:
        break;
    }
    value->kind = JSON_TRUTH;
    if (take(r, "true")) {
        value->truth = true;
        return PB_OK;
    }
    if (take(r, "false"))
        return PB_OK;
    value->kind = JSON_NULL;
    return take(r, "null") ? PB_OK : read_number(r, value);
}

pb_status http_json_read(pb_str text, pb_arena *arena, const json_value **ret_value, pb_error *err)
{
    reader r = {.text = text, .arena = arena, .err = err};
    json_value *value = pb_arena_alloc(arena, sizeof *value);
    size_t bad = pb_utf8_first_bad(text);
    if (value == NULL)
        return pb_fail_memory(err);
    if (bad < text.len)
        return fail_at(&r, bad, PB_MSG("this is not UTF-8"));
    pass_blanks(&r);
    if (r.at == text.len)
        return fail_at(&r, r.at, PB_MSG("there is nothing"));
    PB_TRY(read_value(&r, value));
    pass_blanks(&r);
    if (r.at < text.len)
        return fail_at(&r, r.at, PB_MSG("something follows the value"));
    *ret_value = value;
    return PB_OK;
}

const json_value *http_json_member(const json_value *object, const char *key)
{
    if (object == NULL || object->kind != JSON_OBJECT)
        return NULL;
    for (const json_value *one = object->first; one != NULL; one = one->next)
        if (pb_str_is(one->key, key))
            return one;
    return NULL;
}

void http_json_put(pb_json *json, const json_value *value)
{
    switch (value->kind) {
    case JSON_NULL:
        pb_json_null(json);
        break;
    case JSON_TRUTH:
        pb_json_bool(json, value->truth);
        break;
    case JSON_NUMBER:
        pb_json_whole(json, value->text);
        break;
    case JSON_TEXT:
        pb_json_str(json, value->text);
        break;
    case JSON_LIST:
        pb_json_array(json);
        for (const json_value *one = value->first; one != NULL; one = one->next)
            http_json_put(json, one);
        pb_json_array_end(json);
        break;
    case JSON_OBJECT:
        pb_json_object(json);
        for (const json_value *one = value->first; one != NULL; one = one->next) {
            pb_json_key_str(json, one->key);
            http_json_put(json, one);
        }
        pb_json_object_end(json);
        break;
    }
}

const char *http_json_kind_name(json_kind kind)
{
    static const char *const names[] = {PB_MSG("nothing"),  PB_MSG("true or false"),
                                        PB_MSG("a number"), PB_MSG("a text"),
                                        PB_MSG("a list"),   PB_MSG("an object")};
    return names[kind];
}
