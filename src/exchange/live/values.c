/* What servers write as text, in the forms the rest of the program reads. */
#include <cjson/cJSON.h>

#include "base/time.h"
#include "internal.h"

/* `2024-01-02 03:04:05.5+00`: the offset may lack its minutes, which RFC 3339 wants. */
static pb_str read_instant(pb_arena *arena, pb_str raw)
{
    char text[64];
    int64_t us = 0;
    if (raw.len + 4 > sizeof text)
        return raw;
    bool hours =
        raw.len > 3 && (raw.ptr[raw.len - 3] == '+' || raw.ptr[raw.len - 3] == '-') && raw.len > 10;
    int len = snprintf(text, sizeof text, "%.*s%s", PB_STR_FMT(raw), hours ? ":00" : "");
    if (!pb_instant_parse(pb_str_n(text, (size_t)len), &us))
        return raw; /* 0000-00-00 00:00:00, infinity: a bad value, told as it is */
    PB_AUTO_BUF out = PB_BUF_INIT(64);
    pb_instant_format(&out, us);
    return out.failed ? PB_STR_NONE : pb_arena_str(arena, pb_buf_str(&out));
}

/* 1e+21 and 2.5e-07 without exponents. */
static pb_str read_float(pb_arena *arena, pb_str raw)
{
    double number = 0;
    if ((pb_str_index(raw, 'e') == raw.len && pb_str_index(raw, 'E') == raw.len) ||
        !pb_str_to_double(raw, &number))
        return raw;
    char text[400];
    int len = snprintf(text, sizeof text, "%.*f", number < 1e15 && number > -1e15 ? 20 : 0, number);
    if (len < 0 || (size_t)len >= sizeof text)
        return raw;
    size_t end = (size_t)len;
    if (strchr(text, '.') != NULL)
        while (end > 1 && (text[end - 1] == '0' || text[end - 1] == '.'))
            if (text[--end] == '.')
                break;
    return pb_arena_str(arena, pb_str_n(text, end));
}

static pb_str read_bits(pb_arena *arena, pb_str raw)
{
    uint64_t number = 0;
    if (raw.len > 8)
        return raw;
    for (size_t i = 0; i < raw.len; i++)
        number = number << 8 | (uint8_t)raw.ptr[i];
    char *text = pb_arena_printf(arena, "%llu", (unsigned long long)number);
    return text == NULL ? PB_STR_NONE : pb_str_c(text);
}

/* `en_US`, `fa_IR`, `sr@latin`, `de`. */
static bool is_language(const char *key)
{
    size_t len = strlen(key);
    bool word = len >= 2 && key[0] >= 'a' && key[0] <= 'z' && key[1] >= 'a' && key[1] <= 'z';
    return word && (len == 2 || ((key[2] == '_' || key[2] == '@') && len <= 12));
}

/* {"en_US": "New", "fa_IR": "جدید"}: one text in several languages; English, else the first. */
static pb_str read_json(pb_arena *arena, pb_str raw)
{
    if (raw.len < 2 || raw.ptr[0] != '{')
        return raw;
    cJSON *root = cJSON_ParseWithLength(raw.ptr, raw.len);
    const cJSON *item = NULL, *chosen = NULL;
    bool translated = cJSON_IsObject(root) && root->child != NULL;
    cJSON_ArrayForEach(item, root)
    {
        translated = translated && cJSON_IsString(item) && is_language(item->string);
        if (chosen == NULL || (item->string != NULL && strcmp(item->string, "en_US") == 0))
            chosen = item;
    }
    pb_str text = translated ? pb_arena_str(arena, pb_str_c(chosen->valuestring)) : raw;
    cJSON_Delete(root);
    return text;
}

/* {a,"b, c",NULL}: the items with semicolons between them. Nested arrays keep their braces. */
static pb_str read_array(pb_arena *arena, pb_str raw)
{
    if (raw.len < 2 || raw.ptr[0] != '{' || raw.ptr[raw.len - 1] != '}')
        return raw;
    char *out = pb_arena_alloc(arena, raw.len * 2 + 1);
    if (out == NULL)
        return PB_STR_NONE;
    size_t used = 0;
    bool quoted = false;
    for (size_t i = 1; i + 1 < raw.len; i++) {
        char c = raw.ptr[i];
        if (c == '"') {
            quoted = !quoted;
        } else if (c == '\\' && i + 2 < raw.len) {
            out[used++] = raw.ptr[++i];
        } else if (c == ',' && !quoted) {
            out[used++] = ';';
            out[used++] = ' ';
        } else {
            out[used++] = c;
        }
    }
    return pb_str_n(out, used);
}

pb_str live_value(pb_arena *arena, live_kind kind, pb_str raw)
{
    switch (kind) {
    case LIVE_INSTANT:
    case LIVE_LOCAL:
        return read_instant(arena, raw);
    case LIVE_FLOAT:
        return read_float(arena, raw);
    case LIVE_BOOLEAN:
        return pb_str_is(raw, "t") ? PB_STR("true") : pb_str_is(raw, "f") ? PB_STR("false") : raw;
    case LIVE_BITS:
        return read_bits(arena, raw);
    case LIVE_JSON:
        return read_json(arena, raw);
    case LIVE_ARRAY:
        return read_array(arena, raw);
    case LIVE_TEXT:
        break;
    }
    return raw.len > 2 && raw.ptr[0] == '{' && raw.ptr[1] == '"' ? read_json(arena, raw) : raw;
}
