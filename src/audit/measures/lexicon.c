/* Word lists as sets and as phrases; see lexicon.h. */
#include "lexicon.h"

#include "base/utf8.h"

enum { FOLD_MAX = 1 << 20, ARABIC_LEAD = 0xD9, PERSIAN_YEH_LEAD = 0xDB, PERSIAN_KAF_LEAD = 0xDA };

/* Separators of words; an apostrophe is none, for it stands inside of names. */
static bool separates(unsigned char c)
{
    return c <= ' ' || (c < 0x80 && !(c >= '0' && c <= '9') &&
                        !((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && c != '\'');
}

/* What is three bytes long and stands between words: ZWNJ, no-break spaces, wide punctuation. */
static bool separates_wide(const unsigned char *s)
{
    return (s[0] == 0xE2 && s[1] == 0x80) || (s[0] == 0xE3 && s[1] == 0x80) ||
           (s[0] == 0xEF && s[1] == 0xBC && (s[2] < 0x90 || s[2] == 0x9A || s[2] == 0x9B));
}

static void put_blank(pb_buf *out)
{
    if (out->len && out->ptr[out->len - 1] != ' ')
        pb_buf_byte(out, ' ');
}

/* Capitals of Latin-1 (À to Þ) and of Cyrillic (А to Я), each two bytes long. */
static void put_small(pb_buf *out, const unsigned char *s)
{
    unsigned char lead = s[0], next = s[1];
    if (lead == 0xC3 && next >= 0x80 && next <= 0x9E && next != 0x97)
        next |= 0x20;
    else if (lead == 0xD0 && next >= 0x90 && next <= 0x9F)
        next |= 0x20;
    else if (lead == 0xD0 && next >= 0xA0 && next <= 0xAF) {
        lead = 0xD1;
        next &= 0xDF;
    }
    pb_buf_byte(out, (char)lead);
    pb_buf_byte(out, (char)next);
}

void lexicon_fold(pb_str text, pb_buf *out)
{
    pb_buf_clear(out);
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char *s = (const unsigned char *)text.ptr + i;
        size_t left = text.len - i;
        if (s[0] < 0x80) {
            if (separates(s[0]))
                put_blank(out);
            else
                pb_buf_byte(out, (char)(s[0] >= 'A' && s[0] <= 'Z' ? s[0] | 0x20 : s[0]));
        } else if (left > 2 && s[0] == 0xE2 && s[1] == 0x80 && s[2] == 0x99) {
            pb_buf_byte(out, '\''); /* ’ stands inside of names, too */
            i += 2;
        } else if (left > 2 && separates_wide(s)) {
            put_blank(out);
            i += 2;
        } else if (left > 1 && (s[0] == 0xC3 || s[0] == 0xD0)) {
            put_small(out, s);
            i++;
        } else if (left > 1 && s[0] == ARABIC_LEAD && (s[1] == 0x8A || s[1] == 0x89)) {
            pb_buf_add(out, PB_STR("\xDB\x8C"));
            i++;
        } else if (left > 1 && s[0] == ARABIC_LEAD && s[1] == 0x83) {
            pb_buf_add(out, PB_STR("\xDA\xA9"));
            i++;
        } else if (left > 1 && ((s[0] == 0xD8 && (s[1] == 0x8C || s[1] == 0x9B || s[1] == 0x9F)))) {
            put_blank(out);
            i++;
        } else {
            pb_buf_byte(out, (char)s[0]);
        }
    }
    while (out->len && out->ptr[out->len - 1] == ' ')
        out->len--;
}

static const audit_words *list_named(const audit_catalogue *catalogue, const char *name)
{
    for (size_t i = 0; i < catalogue->word_count; i++)
        if (pb_str_is(catalogue->words[i].name, name))
            return &catalogue->words[i];
    return NULL;
}

pb_status lexicon_set(audit_work *work, const char *list, lexicon_form form, pb_map **ret,
                      pb_error *err)
{
    pb_map *map = pb_map_new(work->scratch);
    if (!map)
        return pb_fail_memory(err);
    PB_AUTO_BUF folded = PB_BUF_INIT(FOLD_MAX);
    /* A list may be given in several files: a folder of one's own adds to the shipped ones. */
    for (size_t i = 0; i < work->catalogue->word_count; i++) {
        const audit_words *words = &work->catalogue->words[i];
        if (!pb_str_is(words->name, list))
            continue;
        for (size_t k = 0; k < words->items.count; k++) {
            pb_str word = words->items.items[k];
            lexicon_fold(word, &folded);
            if (!pb_map_put(map, form == LEXICON_EXACT ? word : pb_buf_str(&folded), NULL))
                return pb_fail_memory(err);
        }
    }
    *ret = map;
    return PB_OK;
}

typedef struct phrase {
    pb_str text; /* folded */
    uint32_t next;
    uint8_t list;
    bool stem, anywhere, never;
} phrase;

enum { BUCKETS = 1 << 12, FIRST_BYTES = 3 };

struct phrase_book {
    phrase *items;
    size_t count, capacity;
    uint32_t bucket[BUCKETS]; /* by the first bytes: index + 1 */
};

static size_t bucket_of(const char *s)
{
    uint32_t mixed = (uint32_t)(unsigned char)s[0] | (uint32_t)(unsigned char)s[1] << 8 |
                     (uint32_t)(unsigned char)s[2] << 16;
    return (mixed * 2654435761u) >> 20;
}

static pb_status add_phrase(audit_work *work, phrase_book *book, pb_str item, size_t list,
                            pb_buf *folded, pb_error *err)
{
    phrase one = {.list = (uint8_t)list};
    one.never = pb_str_starts(item, PB_STR("!"));
    one.stem = pb_str_ends(item, PB_STR("*"));
    lexicon_fold(item, folded); /* the signs are punctuation and go */
    pb_str text = pb_buf_str(folded);
    if (text.len && text.ptr[0] == ' ')
        text = pb_str_sub(text, 1, text.len);
    if (text.len < FIRST_BYTES)
        return PB_OK;
    size_t at = 0;
    one.anywhere = pb_code_is_han(pb_utf8_next(text, &at));
    one.text = pb_arena_str(work->scratch, text);
    size_t bucket = bucket_of(text.ptr);
    one.next = book->bucket[bucket];
    if (!one.text.ptr || !PB_PUSH(work->scratch, book->items, book->count, book->capacity, one))
        return pb_fail_memory(err);
    book->bucket[bucket] = (uint32_t)book->count;
    return PB_OK;
}

pb_status lexicon_read(audit_work *work, const char *const *lists, size_t count, phrase_book **ret,
                       pb_error *err)
{
    phrase_book *book = pb_arena_alloc(work->scratch, sizeof *book);
    PB_AUTO_BUF folded = PB_BUF_INIT(FOLD_MAX);
    if (!book)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count && i < PHRASE_LISTS_MAX; i++) {
        const audit_words *words = list_named(work->catalogue, lists[i]);
        for (size_t k = 0; words && k < words->items.count; k++)
            PB_TRY(add_phrase(work, book, words->items.items[k], i, &folded, err));
    }
    *ret = book;
    return PB_OK;
}

/* The longest phrase at `at`, which begins a word (`word`) or a Chinese character; NULL: none. */
static const phrase *phrase_at(const phrase_book *book, pb_str folded, size_t at, bool word)
{
    const phrase *best = NULL;
    for (uint32_t i = book->bucket[bucket_of(folded.ptr + at)]; i; i = book->items[i - 1].next) {
        const phrase *one = &book->items[i - 1];
        size_t end = at + one->text.len;
        if ((!word && !one->anywhere) || end > folded.len ||
            (best && best->text.len > one->text.len) ||
            memcmp(folded.ptr + at, one->text.ptr, one->text.len) != 0)
            continue;
        if (!one->anywhere && !one->stem && end < folded.len && folded.ptr[end] != ' ')
            continue;
        best = one;
    }
    return best;
}

void lexicon_look(const phrase_book *book, pb_str folded, pb_str found[PHRASE_LISTS_MAX])
{
    for (size_t at = 0; at + FIRST_BYTES <= folded.len;) {
        bool word = at == 0 || folded.ptr[at - 1] == ' ';
        bool wide = (unsigned char)folded.ptr[at] >= 0xE0;
        const phrase *one = word || wide ? phrase_at(book, folded, at, word) : NULL;
        if (one) {
            if (!one->never && !found[one->list].ptr)
                found[one->list] = pb_str_sub(folded, at, one->text.len);
            at += one->text.len;
            continue;
        }
        at += wide ? 3 : 1;
    }
}
