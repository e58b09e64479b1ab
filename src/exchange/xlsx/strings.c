/* The texts that cells share, in one piece of memory. Rich text is its runs put together; how a
 * text is pronounced (phonetic runs) is left out. */
#include "base/utf8.h"
#include "internal.h"

struct xlsx_strings {
    xlsx_xml xml;
    pb_buf text;
    uint32_t *ends;
    size_t count, capacity;
    bool in_text, full;
    int phonetic; /* depth inside rPh */
    size_t from;  /* of the text being read */
};

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* `_x000D_` at `at`: the code unit, or -1 (ECMA-376 part 1, 22.9.2.19). */
static int escape_at(pb_str s, size_t at)
{
    int code = 0;
    if (at + 7 > s.len || s.ptr[at] != '_' || s.ptr[at + 1] != 'x' || s.ptr[at + 6] != '_')
        return -1;
    for (size_t i = at + 2; i < at + 6; i++) {
        int digit = hex_of(s.ptr[i]);
        if (digit < 0)
            return -1;
        code = code * 16 + digit;
    }
    return code == 0 || (code >= 0xD800 && code <= 0xDFFF) ? -1 : code;
}

void xlsx_unescape(pb_buf *buf, size_t from)
{
    pb_str s = pb_buf_str(buf);
    if (s.len < from + 7 || memchr(s.ptr + from, '_', s.len - from) == NULL)
        return;
    size_t to = from;
    for (size_t at = from; at < s.len;) {
        int code = escape_at(s, at);
        if (code < 0) {
            buf->ptr[to++] = s.ptr[at++];
            continue;
        }
        to += pb_utf8_encode(buf->ptr + to, (uint32_t)code);
        at += 7;
    }
    buf->len = to;
}

static void XMLCALL start(void *state, const XML_Char *name, const XML_Char **attributes)
{
    (void)attributes;
    xlsx_strings *s = state;
    if (!xlsx_xml_enter(&s->xml))
        return;
    const char *local = xlsx_local(name);
    if (strcmp(local, "t") == 0)
        s->in_text = s->phonetic == 0;
    else if (strcmp(local, "si") == 0)
        s->from = s->text.len;
    else if (strcmp(local, "rPh") == 0)
        s->phonetic++;
}

static bool grow(xlsx_strings *s)
{
    size_t capacity = s->capacity == 0 ? 1024 : s->capacity * 2;
    uint32_t *ends = realloc(s->ends, capacity * sizeof *ends);
    if (ends == NULL)
        return false;
    s->ends = ends;
    s->capacity = capacity;
    return true;
}

static void XMLCALL end(void *state, const XML_Char *name)
{
    xlsx_strings *s = state;
    xlsx_xml_leave(&s->xml);
    const char *local = xlsx_local(name);
    if (strcmp(local, "t") == 0) {
        s->in_text = false;
    } else if (strcmp(local, "rPh") == 0) {
        s->phonetic--;
    } else if (strcmp(local, "si") == 0) {
        if (s->text.failed || s->count == XLSX_MAX_STRINGS) {
            s->full = true;
            XML_StopParser(s->xml.parser, XML_FALSE);
            return;
        }
        xlsx_unescape(&s->text, s->from);
        if (s->count == s->capacity && !grow(s)) {
            xlsx_xml_no_memory(&s->xml);
            return;
        }
        s->ends[s->count++] = (uint32_t)s->text.len;
    }
}

static void XMLCALL text(void *state, const XML_Char *piece, int len)
{
    xlsx_strings *s = state;
    if (s->in_text)
        pb_buf_add(&s->text, pb_str_n(piece, (size_t)len));
}

pb_status xlsx_strings_read(xlsx_package *package, const char *part, xlsx_strings **ret,
                            pb_error *err)
{
    xlsx_strings *s = calloc(1, sizeof *s);
    if (s == NULL)
        return pb_fail_memory(err);
    s->text = PB_BUF_INIT(XLSX_MAX_STRING_BYTES);
    bool found = false;
    pb_status status = PB_OK;
    if (part != NULL)
        status = xlsx_xml_all(&s->xml, package, part, start, end, text, &found, err);
    if (s->full) {
        pb_fail(err, PB_LIMIT,
                PB_MSG("{name} holds more than {count} different texts or more than {limit} MiB of "
                       "text. Export its sheets as CSV."),
                "name", xlsx_package_name(package), "count", PB_ARG_INT(XLSX_MAX_STRINGS), "limit",
                PB_ARG_INT(XLSX_MAX_STRING_BYTES >> 20), NULL);
        status = PB_LIMIT;
    }
    if (status != PB_OK) {
        xlsx_strings_free(s);
        return status;
    }
    *ret = s;
    return PB_OK;
}

xlsx_strings *xlsx_strings_free(xlsx_strings *strings)
{
    if (strings == NULL)
        return NULL;
    pb_buf_free(&strings->text);
    free(strings->ends);
    free(strings);
    return NULL;
}

bool xlsx_strings_get(const xlsx_strings *strings, uint64_t index, pb_str *ret)
{
    if (strings == NULL || index >= strings->count)
        return false;
    uint32_t begin = index == 0 ? 0 : strings->ends[index - 1];
    *ret = strings->ends[index] == begin
               ? PB_STR("")
               : pb_str_n(strings->text.ptr + begin, strings->ends[index] - begin);
    return true;
}
