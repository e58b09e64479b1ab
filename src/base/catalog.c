/* Catalogues of translations: GNU .mo files, read where they lie. */
#include "base/catalog.h"

#include "plural.h"

#include <stdlib.h>

struct pb_catalog {
    const char *language;
    pb_str mo;
    pb_str plural; /* the rule of Plural-Forms; absent: the first form always */
    size_t forms;
    uint32_t count;
    uint32_t ids;   /* offset of the table of ids: pairs of length and offset */
    uint32_t texts; /* offset of the table of translations */
    bool swapped;   /* the file's byte order is not this machine's */
};

static uint32_t number_at(const pb_catalog *c, size_t at)
{
    uint32_t value;
    memcpy(&value, c->mo.ptr + at, sizeof value);
    return c->swapped ? __builtin_bswap32(value) : value;
}

/* Absent where the string does not lie within the file with a NUL behind it. Looked at when it is
 * needed, not when the file is opened: most texts are never asked for, and to read them all would
 * take a megabyte a language from every start. */
static pb_str entry_at(const pb_catalog *c, uint32_t table, size_t index)
{
    size_t at = table + index * 8;
    uint64_t from = number_at(c, at + 4), end = from + number_at(c, at);
    if (end >= c->mo.len || c->mo.ptr[end] != '\0')
        return PB_STR_NONE;
    return pb_str_n(c->mo.ptr + from, (size_t)(end - from));
}

/* Both tables lie within the file, and what is written last: the file was not cut. */
static bool check(const pb_catalog *c)
{
    size_t size = (size_t)c->count * 8;
    return c->ids <= c->mo.len && size <= c->mo.len - c->ids && c->texts <= c->mo.len &&
           size <= c->mo.len - c->texts &&
           (c->count == 0 || entry_at(c, c->texts, c->count - 1).ptr != NULL);
}

/* The whole entry of `id`, with all forms of a plural, or absent. */
static pb_str lookup(const pb_catalog *c, pb_str id)
{
    size_t low = 0;
    size_t high = c->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        pb_str key = entry_at(c, c->ids, middle);
        if (key.ptr == NULL)
            return PB_STR_NONE;
        int order = pb_str_cmp(id, pb_str_c(key.ptr)); /* behind its NUL stands the plural */
        if (order == 0) {
            pb_str text = entry_at(c, c->texts, middle);
            return text.len ? text : PB_STR_NONE;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return PB_STR_NONE;
}

/* Value of `key` in "key=value; …". */
static pb_str part_of(pb_str line, pb_str key)
{
    pb_str part;
    while (pb_str_split(&line, ';', &part)) {
        part = pb_str_trim(part);
        if (pb_str_starts(part, key))
            return pb_str_sub(part, key.len, part.len);
    }
    return PB_STR_NONE;
}

/* Reads the header's rule for plurals; false when there is one that does not evaluate. */
static bool read_plural(pb_catalog *c)
{
    static const pb_str name = {"Plural-Forms:", 13};
    pb_str rest = lookup(c, PB_STR(""));
    pb_str line;
    c->forms = 1;
    while (pb_str_split(&rest, '\n', &line)) {
        if (!pb_str_starts(line, name))
            continue;
        line = pb_str_sub(line, name.len, line.len);
        int64_t forms = 0;
        uint64_t index = 0;
        if (!pb_str_to_i64(part_of(line, PB_STR("nplurals=")), &forms) || forms < 1 || forms > 16)
            return false;
        c->forms = (size_t)forms;
        c->plural = part_of(line, PB_STR("plural="));
        return pb_plural_eval(c->plural, 1, &index);
    }
    return true;
}

pb_catalog *pb_catalog_open(const char *language, pb_str mo)
{
    pb_catalog *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->language = language;
    c->mo = mo;
    uint32_t magic = 0;
    if (mo.len >= 28)
        magic = number_at(c, 0);
    c->swapped = magic == 0xde120495u;
    if (magic != 0x950412deu && !c->swapped)
        return pb_catalog_free(c);
    c->count = number_at(c, 8);
    c->ids = number_at(c, 12);
    c->texts = number_at(c, 16);
    if (number_at(c, 4) >> 16 > 1 || !check(c) || !read_plural(c))
        return pb_catalog_free(c);
    return c;
}

pb_catalog *pb_catalog_free(pb_catalog *catalog)
{
    free(catalog);
    return NULL;
}

const char *pb_catalog_language(const pb_catalog *catalog)
{
    return catalog ? catalog->language : "en";
}

bool pb_catalog_rtl(const pb_catalog *catalog)
{
    static const char *const languages[] = {"fa", "ar", "he", "ur", "ps", "ckb", "ug", "yi"};
    pb_str rest = pb_str_c(pb_catalog_language(catalog));
    pb_str language = rest;
    pb_str_split(&rest, '-', &language);
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        if (pb_str_is(language, languages[i]))
            return true;
    return false;
}

pb_str pb_translate_str(const pb_catalog *catalog, pb_str id)
{
    pb_str text = catalog && id.len ? lookup(catalog, id) : PB_STR_NONE;
    return text.ptr ? pb_str_c(text.ptr) : id;
}

const char *pb_translate(const pb_catalog *catalog, const char *id)
{
    pb_str text = catalog && id && *id ? lookup(catalog, pb_str_c(id)) : PB_STR_NONE;
    return text.ptr ? text.ptr : id;
}

const char *pb_translate_n(const pb_catalog *catalog, const char *id, const char *plural, int64_t n)
{
    pb_str forms = catalog && *id ? lookup(catalog, pb_str_c(id)) : PB_STR_NONE;
    /* A catalogue from before the message counted knows its one text. */
    if (!forms.ptr && catalog && *plural)
        forms = lookup(catalog, pb_str_c(plural));
    if (!forms.ptr)
        return n == 1 ? id : plural;
    uint64_t index = 0;
    if (catalog->plural.ptr)
        pb_plural_eval(catalog->plural, n < 0 ? 0 - (uint64_t)n : (uint64_t)n, &index);
    const char *end = forms.ptr + forms.len;
    const char *form = forms.ptr;
    for (; index > 0 && index < catalog->forms; index--) {
        const char *next = form + strlen(form) + 1;
        if (next > end)
            break;
        form = next;
    }
    return form;
}

bool pb_catalog_has(const pb_catalog *catalog, pb_str id)
{
    return catalog && id.len && lookup(catalog, id).ptr;
}

static const pb_arg *find_argument(pb_str name, const pb_arg *args, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_is(name, args[i].name))
            return &args[i];
    return NULL;
}

void pb_format(pb_buf *out, pb_str text, const pb_arg *args, size_t count)
{
    size_t pos = 0;
    while (pos < text.len) {
        pb_str rest = pb_str_sub(text, pos, text.len);
        size_t open = pb_str_index(rest, '{');
        pb_buf_add(out, pb_str_sub(rest, 0, open));
        if (open == rest.len)
            return;
        rest = pb_str_sub(rest, open, rest.len);
        size_t close = pb_str_index(rest, '}');
        bool doubled = rest.len > 1 && rest.ptr[1] == '{';
        const pb_arg *arg = doubled || close == rest.len
                                ? NULL
                                : find_argument(pb_str_sub(rest, 1, close - 1), args, count);
        if (arg)
            pb_buf_add(out, arg->value);
        else
            pb_buf_byte(out, '{');
        pos += open + (arg ? close + 1 : doubled ? 2 : 1);
    }
}

void pb_format_list(pb_buf *out, const char *text, va_list list)
{
    pb_arg args[PB_FORMAT_PAIRS];
    size_t count = 0;
    for (const char *name; count < PB_FORMAT_PAIRS && (name = va_arg(list, const char *)) != NULL;
         count++)
        args[count] = (pb_arg){name, pb_str_c(va_arg(list, const char *))};
    pb_format(out, pb_str_c(text), args, count);
}

void pb_note_put(const pb_note *note, const pb_catalog *catalog, pb_buf *out)
{
    pb_format(out, pb_translate_str(catalog, note->says), note->args, note->count);
}
