/* The form of a value in which two ways to write it are one: abbreviations of streets written out,
 * places and firms in Latin letters, mailboxes without what their providers ignore. */
#include "internal.h"

#include "base/utf8.h"
#include "tables/pairs.h"

enum { TOKENS_MOST = 24, HAN_MOST = 12 };

/* A text on its way into its form. */
typedef struct writing {
    char *room;
    size_t size, len;
    pb_str number[TOKENS_MOST], name[TOKENS_MOST], kind[TOKENS_MOST];
    size_t numbers, names, kinds;
    size_t last; /* where the last token began in the text; they come in order */
    bool changed;
} writing;

static int order_word(pb_str word, const char *other)
{
    size_t length = strlen(other), shorter = word.len < length ? word.len : length;
    int order = memcmp(word.ptr, other, shorter);
    return order != 0 ? order : (word.len > length) - (word.len < length);
}

/* What a list keeps for a word, or NULL. */
static const char *kept_for(const match_word_pair *list, size_t count, const uint32_t lengths[256],
                            pb_str word)
{
    size_t low = 0, high = count;
    if (word.len >= 32 || (lengths[(unsigned char)word.ptr[0]] >> word.len & 1) == 0)
        return NULL;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = order_word(word, list[middle].word);
        if (order == 0)
            return list[middle].kept;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static const char *address_word(pb_str word)
{
    return kept_for(match_addresses, match_addresses_count, match_addresses_lengths, word);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void put_token(pb_str *list, size_t *count, pb_str token)
{
    if (*count < TOKENS_MOST)
        list[(*count)++] = token;
}

/* A word that is not of Han characters. */
static void put_word(writing *w, pb_str word)
{
    const char *kept = address_word(word);
    if (is_digit(word.ptr[0])) {
        w->changed = w->changed || w->names + w->kinds > 0;
        put_token(w->number, &w->numbers, word);
    } else if (kept == NULL) {
        w->changed = w->changed || w->kinds > 0;
        put_token(w->name, &w->names, word);
    } else {
        w->changed = w->changed || !pb_str_is(word, kept);
        if (kept[0] != '\0')
            put_token(w->kind, &w->kinds, pb_str_c(kept));
    }
}

/* The letters of Han characters, written into the room; the slice there. */
static pb_str read_han(writing *w, pb_str run)
{
    size_t length = script_han_latin(run, false, w->room + w->len, w->size - w->len);
    pb_str letters = pb_str_n(w->room + w->len, length);
    w->len += length;
    return length > 0 ? letters : run;
}

/* The ends of what a run of Han characters is: 上海市, 南京路. */
static const char *const han_ends[] = {"大街", "大道", "广场", "路", "街", "巷", "弄",
                                       "里",   "号",   "楼",   "市", "省", "区", "县"};

static void put_run(writing *w, pb_str run)
{
    for (size_t i = 0; i < sizeof han_ends / sizeof *han_ends; i++) {
        pb_str end = pb_str_c(han_ends[i]);
        if (!pb_str_ends(run, end))
            continue;
        const char *kept = address_word(end);
        pb_str rest = pb_str_sub(run, 0, run.len - end.len);
        if (rest.len == 0 && kept == NULL)
            break;
        if (rest.len == 3 && kept == NULL)
            break; /* 沙市 is a town by itself */
        if (rest.len > 0)
            put_token(w->name, &w->names, read_han(w, rest));
        if (kept != NULL && kept[0] != '\0')
            put_token(w->kind, &w->kinds, pb_str_c(kept));
        return;
    }
    put_token(w->name, &w->names, read_han(w, run));
}

/* A piece between blanks: letters, digits and Han characters in runs of their own. Inside what has
 * many parts each ends with a kind: 浦东新区世纪大道100号. */
static void put_mixed(writing *w, pb_str piece)
{
    size_t begin = 0;
    int last = -1;
    w->changed = true;
    for (size_t at = 0; at <= piece.len;) {
        size_t next = at;
        uint32_t code = at < piece.len ? pb_utf8_next(piece, &next) : 0;
        int kind = at == piece.len ? -1 : pb_code_is_han(code) ? 2 : code >= '0' && code <= '9';
        if (kind != last && at > begin) {
            pb_str run = pb_str_sub(piece, begin, at - begin);
            if (last == 2)
                put_run(w, run);
            else
                put_word(w, run);
        }
        if (kind != last)
            begin = at;
        last = kind;
        if (at == piece.len)
            break;
        at = next;
    }
}

static bool has_han(pb_str piece)
{
    for (size_t at = 0; at < piece.len;)
        if (pb_code_is_han(pb_utf8_next(piece, &at)))
            return true;
    return false;
}

static bool is_ascii(pb_str text)
{
    unsigned char all = 0;
    for (size_t i = 0; i < text.len; i++)
        all |= (unsigned char)text.ptr[i];
    return all < 0x80;
}

static bool put_all(const pb_str *tokens, size_t count, char *out, size_t size, size_t *length)
{
    for (size_t i = 0; i < count; i++) {
        if (*length + tokens[i].len + 1 > size)
            return false;
        if (*length > 0)
            out[(*length)++] = ' ';
        memcpy(out + *length, tokens[i].ptr, tokens[i].len);
        *length += tokens[i].len;
    }
    return true;
}

/* Numbers, names, kinds of streets; the text itself where that is how it stands. */
static pb_str address_form(pb_str value, char *room, size_t size)
{
    writing w = {.room = room + size / 2, .size = size / 2};
    pb_str rest = value, piece;
    bool ascii = is_ascii(value);
    size_t length = 0;
    while (pb_str_split(&rest, ' ', &piece)) {
        if (piece.len == 0)
            continue;
        if (!ascii && has_han(piece))
            put_mixed(&w, piece);
        else
            put_word(&w, piece);
    }
    bool fits = w.numbers + w.names + w.kinds < TOKENS_MOST;
    if (!w.changed || !fits || !put_all(w.number, w.numbers, room, size / 2, &length) ||
        !put_all(w.name, w.names, room, size / 2, &length) ||
        !put_all(w.kind, w.kinds, room, size / 2, &length))
        return value;
    return length > 0 ? pb_str_n(room, length) : value;
}

/* Small letters, no +tag; for Gmail no dots before the @, and one name of the provider. */
static pb_str email_form(pb_str value, char *room, size_t size)
{
    size_t at = pb_str_index(value, '@'), length = 0;
    if (value.len > size || at >= value.len || at == 0)
        return value;
    char lower[16];
    pb_str domain = pb_str_sub(value, at + 1, value.len);
    for (size_t i = 0; i < domain.len && i < sizeof lower; i++)
        lower[i] = (char)(domain.ptr[i] >= 'A' && domain.ptr[i] <= 'Z' ? domain.ptr[i] + 32
                                                                       : domain.ptr[i]);
    pb_str known = pb_str_n(lower, domain.len < sizeof lower ? domain.len : 0);
    bool gmail = pb_str_is(known, "gmail.com") || pb_str_is(known, "googlemail.com");
    for (size_t i = 0; i < at && (value.ptr[i] != '+' || i == 0); i++)
        if (!gmail || value.ptr[i] != '.')
            room[length++] = value.ptr[i];
    room[length++] = '@';
    if (gmail) {
        memcpy(room + length, "gmail.com", 9);
        length += 9;
    } else {
        memcpy(room + length, domain.ptr, domain.len);
        length += domain.len;
    }
    for (size_t i = 0; i < length; i++)
        room[i] = (char)(room[i] >= 'A' && room[i] <= 'Z' ? room[i] + 32 : room[i]);
    return pb_str_n(room, length);
}

/* YYYY-MM-DD out of the digits of what was meant as a date, the year in front or behind; the value
 * itself where that is not eight digits. */
static pb_str date_form(pb_str value, char *room, size_t size)
{
    char digits[8];
    size_t count = 0, first_run = 0;
    if (value.len == 10 && value.ptr[4] == '-' && value.ptr[7] == '-')
        return value;
    for (size_t i = 0; i < value.len; i++) {
        if (!is_digit(value.ptr[i])) {
            first_run = first_run > 0 ? first_run : count;
            continue;
        }
        if (count == sizeof digits)
            return value;
        digits[count++] = value.ptr[i];
    }
    if (count != sizeof digits || size < 10)
        return value;
    bool behind = first_run == 2;
    const char order[] = {behind ? 4 : 0, behind ? 5 : 1, behind ? 6 : 2, behind ? 7 : 3,
                          behind ? 2 : 4, behind ? 3 : 5, behind ? 0 : 6, behind ? 1 : 7};
    size_t length = 0;
    for (size_t i = 0; i < sizeof order; i++) {
        if (i == 4 || i == 6)
            room[length++] = '-';
        room[length++] = digits[(size_t)order[i]];
    }
    return pb_str_n(room, length);
}

pb_str match_form(match_kind kind, pb_str value, char *room, size_t size)
{
    switch (kind) {
    case MATCH_EMAIL:
        return email_form(value, room, size);
    case MATCH_TEXT:
        return value.len <= size / 4 ? address_form(value, room, size) : value;
    case MATCH_PLACE:
        return value.len <= size / 4 && !is_ascii(value) && has_han(value)
                   ? address_form(value, room, size)
                   : value;
    case MATCH_EXACT:
    case MATCH_NAME:
    case MATCH_ORG:
    case MATCH_PHONE:
        break;
    case MATCH_DATE:
        return date_form(value, room, size);
    }
    return value;
}

pb_str match_org_latin(pb_str core, char *room, size_t size)
{
    size_t length = 0;
    if (!has_han(core) || core.len > HAN_MOST * 4)
        return core;
    for (size_t at = 0; at < core.len;) {
        const char *sector = NULL;
        size_t next = at;
        if (at + 6 <= core.len)
            sector = kept_for(match_sectors, match_sectors_count, match_sectors_lengths,
                              pb_str_sub(core, at, 6));
        uint32_t code = pb_utf8_next(core, &next);
        if (sector != NULL)
            next = at + 6;
        size_t put = 0;
        if (length + 24 > size)
            return core;
        if (sector != NULL) {
            put = strlen(sector);
            memcpy(room + length, sector, put);
        } else if (pb_code_is_han(code)) {
            put = script_han_latin(pb_str_sub(core, at, next - at), false, room + length,
                                   size - length);
            if (put == 0)
                return core;
        } else {
            put = next - at;
            memcpy(room + length, core.ptr + at, put);
        }
        length += put;
        at = next;
    }
    return pb_str_n(room, length);
}
