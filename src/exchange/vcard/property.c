/* One line of a card taken apart: name, parameters, value; encodings and escapes undone. */
#include "base/utf8.h"
#include "vcard.h"

/* Position of the colon before the value: none inside quoted parameters. SIZE_MAX: no property. */
static size_t colon_of(pb_str line)
{
    bool quoted = false;
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == '"')
            quoted = !quoted;
        else if (line.ptr[i] == ':' && !quoted)
            return i;
    }
    return SIZE_MAX;
}

static pb_str head_of(pb_str line)
{
    size_t colon = colon_of(line);
    return colon == SIZE_MAX ? PB_STR("") : pb_str_sub(line, 0, colon);
}

/* Next parameter; `*ret_key` absent for the bare words of 2.1. */
static bool next_parameter(pb_str *rest, pb_str *ret_key, pb_str *ret_value)
{
    if (rest->ptr == NULL)
        return false;
    bool quoted = false;
    size_t end = 0;
    for (; end < rest->len && (quoted || rest->ptr[end] != ';'); end++)
        if (rest->ptr[end] == '"')
            quoted = !quoted;
    pb_str one = pb_str_sub(*rest, 0, end);
    *rest = end < rest->len ? pb_str_sub(*rest, end + 1, rest->len) : PB_STR_NONE;
    size_t equals = pb_str_index(one, '=');
    *ret_key = equals == one.len ? PB_STR_NONE : pb_str_trim(pb_str_sub(one, 0, equals));
    *ret_value = pb_str_trim(equals == one.len ? one : pb_str_sub(one, equals + 1, one.len));
    return true;
}

static pb_str unquote(pb_str s)
{
    return s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"' ? pb_str_sub(s, 1, s.len - 2)
                                                                    : s;
}

bool vcard_says(pb_str parameters, const char *word)
{
    pb_str rest = parameters, key, value, one;
    const pb_str wanted = pb_str_c(word);
    while (next_parameter(&rest, &key, &value)) {
        if (key.ptr != NULL && !pb_str_eq_nocase(key, PB_STR("TYPE")) &&
            !pb_str_eq_nocase(key, PB_STR("ENCODING")))
            continue;
        value = unquote(value);
        while (pb_str_split(&value, ',', &one))
            if (pb_str_eq_nocase(pb_str_trim(unquote(one)), wanted))
                return true;
    }
    return false;
}

/* Value of a parameter, or absent. */
static pb_str parameter_of(pb_str parameters, pb_str wanted)
{
    pb_str rest = parameters, key, value;
    while (next_parameter(&rest, &key, &value))
        if (key.ptr != NULL && pb_str_eq_nocase(key, wanted))
            return unquote(value);
    return PB_STR_NONE;
}

static pb_str parameters_of(pb_str head)
{
    size_t semicolon = pb_str_index(head, ';');
    return semicolon == head.len ? PB_STR_NONE : pb_str_sub(head, semicolon + 1, head.len);
}

bool vcard_is_quoted(pb_str line)
{
    return vcard_says(parameters_of(head_of(line)), "QUOTED-PRINTABLE");
}

bool vcard_is_base64(pb_str line)
{
    pb_str parameters = parameters_of(head_of(line));
    return vcard_says(parameters, "BASE64") || vcard_says(parameters, "B");
}

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static text_code code_of(pb_str charset)
{
    static const struct {
        const char *name;
        text_code code;
    } known[] = {{"UTF-8", TEXT_UTF8},
                 {"UTF8", TEXT_UTF8},
                 {"GB2312", TEXT_GB18030},
                 {"GBK", TEXT_GB18030},
                 {"GB18030", TEXT_GB18030},
                 {"CP936", TEXT_GB18030},
                 {"ISO-8859-1", TEXT_WINDOWS_1252},
                 {"WINDOWS-1252", TEXT_WINDOWS_1252},
                 {"LATIN1", TEXT_WINDOWS_1252},
                 {"WINDOWS-1256", TEXT_WINDOWS_1256}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (pb_str_eq_nocase(charset, pb_str_c(known[i].name)))
            return known[i].code;
    return TEXT_ANY;
}

/* Bytes of another encoding as UTF-8, in the arena. */
static pb_str to_utf8(pb_arena *arena, pb_str bytes, text_code code)
{
    byte_input input;
    text_source *source = NULL;
    if (bytes_of_memory(bytes, &input, NULL) != PB_OK ||
        text_source_new(input, code, &source, NULL) != PB_OK)
        return PB_STR_NONE;
    size_t room = bytes.len * 4 + 64, len = 0, count = 1;
    char *to = pb_arena_alloc(arena, room);
    while (to != NULL && count > 0 && room - len >= 16 &&
           text_source_read(source, to + len, room - len, &count, NULL) == PB_OK)
        len += count;
    text_source_free(source);
    return to == NULL ? PB_STR_NONE : pb_str_n(to, len);
}

/* RFC 2045, 6.7. What is no code stays as it is. */
static pb_str unquote_printable(pb_arena *arena, pb_str text, pb_str charset)
{
    char *to = pb_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    if (to == NULL)
        return PB_STR_NONE;
    for (size_t i = 0; i < text.len; i++) {
        int high = -1, low = -1;
        if (text.ptr[i] == '=' && i + 2 < text.len) {
            high = hex_of(text.ptr[i + 1]);
            low = hex_of(text.ptr[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            to[len++] = (char)(high * 16 + low);
            i += 2;
        } else {
            to[len++] = text.ptr[i];
        }
    }
    pb_str bytes = pb_str_n(to, len);
    text_code code = code_of(charset);
    if (code == TEXT_ANY && pb_utf8_valid(bytes))
        return bytes;
    return code == TEXT_UTF8 ? bytes : to_utf8(arena, bytes, code);
}

static bool is_name(pb_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_'))
            return false;
    }
    return name.len > 0 && name.len <= 64;
}

static bool is_binary(const vcard_property *p)
{
    static const char *const names[] = {"PHOTO", "LOGO", "SOUND", "KEY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (pb_str_eq_nocase(p->name, pb_str_c(names[i])))
            return true;
    return vcard_says(p->parameters, "BASE64") || vcard_says(p->parameters, "B") ||
           (p->value.len > 5 && pb_str_eq_nocase(pb_str_sub(p->value, 0, 5), PB_STR("data:")));
}

static int preferred_of(pb_str parameters)
{
    int64_t level;
    if (pb_str_to_i64(parameter_of(parameters, PB_STR("PREF")), &level) && level >= 1 &&
        level <= 100)
        return (int)level;
    return vcard_says(parameters, "pref") ? 1 : 101;
}

bool vcard_property_read(pb_str line, pb_arena *arena, vcard_property *ret)
{
    size_t colon = colon_of(line);
    if (colon == SIZE_MAX)
        return false;
    pb_str head = pb_str_sub(line, 0, colon);
    pb_str name = pb_str_trim(pb_str_sub(head, 0, pb_str_index(head, ';')));
    size_t dot = pb_str_index(name, '.');
    if (dot < name.len)
        name = pb_str_sub(name, dot + 1, name.len);
    *ret = (vcard_property){.name = name,
                            .parameters = parameters_of(head),
                            .value = pb_str_sub(line, colon + 1, line.len)};
    ret->preferred = preferred_of(ret->parameters);
    ret->binary = is_binary(ret);
    if (!ret->binary && vcard_says(ret->parameters, "QUOTED-PRINTABLE"))
        ret->value =
            unquote_printable(arena, ret->value, parameter_of(ret->parameters, PB_STR("CHARSET")));
    return is_name(name) && ret->value.ptr != NULL;
}

bool vcard_split(pb_str *rest, char separator, pb_str *ret_head)
{
    if (rest->ptr == NULL)
        return false;
    size_t end = 0;
    while (end < rest->len && rest->ptr[end] != separator)
        end += rest->ptr[end] == '\\' && end + 1 < rest->len ? 2 : 1;
    *ret_head = pb_str_sub(*rest, 0, end);
    *rest = end < rest->len ? pb_str_sub(*rest, end + 1, rest->len) : PB_STR_NONE;
    return true;
}

pb_str vcard_unescape(pb_arena *arena, pb_str text)
{
    char *to = pb_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    if (to == NULL)
        return PB_STR_NONE;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i], next = i + 1 < text.len ? text.ptr[i + 1] : 0;
        if (c == '\\' && next != 0 && strchr("nN,;:\\", next) != NULL) {
            c = next == 'n' || next == 'N' ? '\n' : next;
            i++;
        }
        to[len++] = c;
    }
    return pb_str_trim(pb_str_n(to, len));
}
