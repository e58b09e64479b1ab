/* Search tokens: what a value is found by. See types/README.md for the alphabet. */
#include "tokens.h"
#include "base/time.h"
#include "base/utf8.h"
#include "fold.h"
#include "reader.h"
#include "script/han.h"
#include "script/skeleton.h"

enum {
    TOKENS_MAX = 200, /* of one value: long notes are found by their beginning */
    PINYIN_MAX = 10,  /* characters of a name that are also read out */
    JOIN_DIGITS = 7,  /* from here on groups of digits are one number */
    WORD_MAX = 64     /* bytes of one token */
};

static bool has(const model_tokens_out *to, pb_str word)
{
    pb_str all = pb_str_sub(pb_buf_str(to->out), to->begin, to->out->len);
    for (size_t at = 0; at + word.len < all.len;) {
        if (all.ptr[at + word.len] == ' ' && memcmp(all.ptr + at, word.ptr, word.len) == 0)
            return true;
        while (at < all.len && all.ptr[at] != ' ')
            at++;
        at++;
    }
    return false;
}

static void add(model_tokens_out *to, pb_str word)
{
    word = pb_utf8_cut(word, WORD_MAX);
    if (word.len == 0 || to->count >= TOKENS_MAX || has(to, word))
        return;
    pb_buf_add(to->out, word);
    pb_buf_byte(to->out, ' ');
    to->count++;
}

static void add_skeleton(model_tokens_out *to, pb_str word)
{
    char room[WORD_MAX + 8];
    pb_buf *scratch = &to->reader->scratch2;
    size_t begin = scratch->len;
    pb_buf_byte(scratch, '~');
    script_skeleton(pb_utf8_cut(word, WORD_MAX), scratch);
    size_t len = scratch->failed ? 0 : scratch->len - begin;
    if (len > 2 && len <= sizeof room) {
        memcpy(room, scratch->ptr + begin, len);
        add(to, pb_str_n(room, len));
    } else if (to->wide) {
        add(to, word);
    }
    scratch->len = begin;
}

/* Digits of a number; long ones also by their end, as telephone numbers are remembered. */
void model_tokens_digits(model_tokens_out *to, pb_str digits)
{
    bool more = digits.len > MODEL_TOKENS_TAIL;
    if (!to->query || !more)
        add(to, digits);
    if (more)
        add(to, pb_str_sub(digits, digits.len - MODEL_TOKENS_TAIL, MODEL_TOKENS_TAIL));
}

/* `syllables` from `from` on, joined, with `v` (ü) written as `v`, `u` and `yu`. */
static void add_reading(model_tokens_out *to, const char *const *syllables, size_t from,
                        size_t count)
{
    for (int form = 0; form < 3; form++) {
        char text[WORD_MAX + 8];
        size_t len = 0;
        bool umlaut = false;
        for (size_t i = from; i < count; i++) {
            for (const char *c = syllables[i]; *c != '\0' && len < WORD_MAX; c++) {
                umlaut = umlaut || *c == 'v';
                if (*c == 'v' && form == 2)
                    text[len++] = 'y';
                text[len++] = *c == 'v' && form > 0 ? 'u' : *c;
            }
        }
        add(to, pb_str_n(text, len));
        if (!umlaut)
            return;
    }
}

static void add_pinyin(model_tokens_out *to, const uint32_t *codes, size_t count)
{
    const char *syllables[PINYIN_MAX], *surname[2];
    char initials[PINYIN_MAX];
    size_t known = to->person ? script_han_surname(codes, count, surname) : 0;
    for (size_t i = 0; i < count; i++) {
        syllables[i] = i < known ? surname[i]
                                 : script_han_in_word(i > 0 ? codes[i - 1] : 0, codes[i],
                                                      i + 1 < count ? codes[i + 1] : 0);
        if (syllables[i][0] == '\0')
            return;
        initials[i] = syllables[i][0];
    }
    for (size_t i = 0; i < count; i++)
        add_reading(to, syllables, i, count);
    if (count > 1)
        add(to, pb_str_n(initials, count));
}

static bool is_cjk(uint32_t code)
{
    return pb_code_is_han(code) || (code >= 0x3041 && code <= 0x30FF);
}

/* A run of Chinese (or kana): single characters and pairs; a query asks for the pairs only. */
static void add_cjk(model_tokens_out *to, pb_str run)
{
    uint32_t codes[PINYIN_MAX];
    size_t count = 0, before = 0, at = 0;
    bool han = true;
    while (at < run.len) {
        size_t from = at;
        uint32_t code = pb_utf8_next(run, &at);
        if (count < PINYIN_MAX)
            codes[count] = code;
        han = han && pb_code_is_han(code);
        if (count > 0)
            add(to, pb_str_sub(run, before, at - before));
        if (!to->query || (count == 0 && at == run.len))
            add(to, pb_str_sub(run, from, at - from));
        before = from;
        count++;
    }
    if (to->pinyin && !to->query && han && count <= PINYIN_MAX)
        add_pinyin(to, codes, count);
}

/* First parts of Persian double names that are written joined as often as apart. */
static size_t double_name(pb_str word)
{
    static const char *const firsts[] = {
        "\u0645\u062d\u0645\u062f",       /* محمد */
        "\u0639\u0644\u06cc",             /* علی */
        "\u0627\u0645\u06cc\u0631",       /* امیر */
        "\u063a\u0644\u0627\u0645",       /* غلام */
        "\u0639\u0628\u062f\u0627\u0644", /* عبدال */
        "\u0639\u0628\u062f",             /* عبد */
        "\u0633\u06cc\u062f",             /* سید */
        "\u062d\u0633\u06cc\u0646",       /* حسین */
        "\u0634\u0627\u0647",             /* شاه */
        "\u0646\u0648\u0631",             /* نور */
        "\u0645\u06cc\u0631",             /* میر */
    };
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
        pb_str first = pb_str_c(firsts[i]);
        if (word.len >= first.len + 6 && pb_str_starts(word, first))
            return first.len;
    }
    return 0;
}

static void add_arabic(model_tokens_out *to, pb_str word)
{
    if (to->wide) {
        add_skeleton(to, word);
        return;
    }
    add(to, word);
    if (to->query)
        return;
    size_t first = to->person ? double_name(word) : 0;
    if (first > 0)
        add(to, pb_str_sub(word, first, word.len));
    add_skeleton(to, word);
}

/* A folded word of ASCII only. False for any other. */
static bool add_ascii(model_tokens_out *to, pb_str word)
{
    bool digits = true;
    for (size_t i = 0; i < word.len; i++) {
        if ((unsigned char)word.ptr[i] >= 0x80)
            return false;
        digits = digits && word.ptr[i] <= '9';
    }
    if (digits)
        model_tokens_digits(to, word);
    else if (to->wide)
        add_skeleton(to, word);
    else
        add(to, word);
    return true;
}

/* One folded word: runs of one script each. */
static void add_word(model_tokens_out *to, pb_str word)
{
    if (add_ascii(to, word))
        return;
    for (size_t at = 0; at < word.len;) {
        size_t begin = at, end;
        uint32_t code = pb_utf8_next(word, &at);
        bool cjk = is_cjk(code), arabic = pb_code_is_arabic(code), digits = true;
        end = begin;
        at = begin;
        while (at < word.len) {
            code = pb_utf8_next(word, &at);
            if (is_cjk(code) != cjk || pb_code_is_arabic(code) != arabic)
                break;
            digits = digits && code >= '0' && code <= '9';
            end = at;
        }
        pb_str run = pb_str_sub(word, begin, end - begin);
        if (cjk)
            add_cjk(to, run);
        else if (arabic)
            add_arabic(to, run);
        else if (digits)
            model_tokens_digits(to, run);
        else if (to->wide)
            add_skeleton(to, run);
        else
            add(to, run);
        at = end;
    }
}

/* Persian names written apart are also searched joined: علی رضا, علیرضا. */
static void add_joined_pair(model_tokens_out *to, pb_str before, pb_str word)
{
    char joined[2 * WORD_MAX];
    size_t zero = 0, one = 0;
    if (before.len == 0 || before.len + word.len > sizeof joined ||
        !pb_code_is_arabic(pb_utf8_next(before, &zero)) ||
        !pb_code_is_arabic(pb_utf8_next(word, &one)))
        return;
    memcpy(joined, before.ptr, before.len);
    memcpy(joined + before.len, word.ptr, word.len);
    add(to, pb_str_n(joined, before.len + word.len));
}

static void add_folded(model_tokens_out *to, pb_str folded)
{
    pb_str rest = folded, word, before = PB_STR_NONE;
    while (to->count < TOKENS_MAX && rest.len > 0 && pb_str_split(&rest, ' ', &word)) {
        add_word(to, word);
        if (to->person && !to->query)
            add_joined_pair(to, before, word);
        before = word;
    }
}

void model_tokens_text(model_tokens_out *to, pb_str text)
{
    pb_buf *scratch = &to->reader->scratch;
    pb_buf_clear(scratch);
    pb_buf_clear(&to->reader->scratch2);
    model_fold_text(text, true, scratch);
    add_folded(to, pb_buf_str(scratch));
}

/* The same text with its zero-width non-joiners as blanks: both spellings are found. */
static void add_split(model_tokens_out *to, pb_str text)
{
    static const pb_str joiner = {"\u200c", 3};
    if (to->query || pb_str_find(text, joiner) == SIZE_MAX)
        return;
    pb_buf *scratch = &to->reader->scratch2;
    pb_buf_clear(scratch);
    for (size_t at; (at = pb_str_find(text, joiner)) != SIZE_MAX;) {
        pb_buf_add(scratch, pb_str_sub(text, 0, at));
        pb_buf_byte(scratch, ' ');
        text = pb_str_sub(text, at + joiner.len, text.len);
    }
    pb_buf_add(scratch, text);
    pb_str copy = pb_arena_str(to->reader->texts, pb_buf_str(scratch));
    model_tokens_text(to, copy);
}

/* Groups of digits that make one number (a telephone number, a date), and codes such as ACC-0012:
 * the end of the number at `from`, or 0. The joined form goes to `room`. */
size_t model_tokens_number(pb_str s, size_t from, char room[32], size_t *ret_len)
{
    size_t len = 0, end = from, groups = 0;
    bool in_group = false;
    for (size_t i = from; i < s.len && len < 16; i++) {
        char c = s.ptr[i];
        if (c >= '0' && c <= '9') {
            groups += in_group ? 0 : 1;
            in_group = true;
            room[len++] = c;
            end = i + 1;
        } else if (memchr("+-()./ ", c, 7) != NULL && i - end < 3) {
            in_group = false;
        } else {
            if (((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (unsigned char)c >= 0x80)
                groups = in_group ? 0 : groups; /* 3rd: letters belong to the last group */
            break;
        }
    }
    *ret_len = len;
    return groups > 1 && len >= JOIN_DIGITS && len <= 15 ? end : 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Adds numbers written in groups as one token each; returns how many characters of digits there
 * are. */
static void add_numbers(model_tokens_out *to, pb_str text)
{
    char room[32];
    size_t len;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i]))
            continue;
        size_t end = model_tokens_number(text, i, room, &len);
        if (end > 0) {
            size_t zeros =
                len > MODEL_TOKENS_TAIL + 2 && room[0] == '0' ? (room[1] == '0' ? 2 : 1) : 0;
            model_tokens_digits(to, pb_str_n(room + zeros, len - zeros));
            i = end;
        } else {
            while (i + 1 < text.len && is_digit(text.ptr[i + 1]))
                i++;
        }
    }
}

void model_tokens_email(model_tokens_out *to, pb_str text)
{
    char lower[WORD_MAX];
    size_t at = pb_str_index(text, '@'), len = 0;
    for (size_t i = 0; i < text.len && len < sizeof lower; i++) {
        char c = text.ptr[i];
        if (c != ' ')
            lower[len++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    pb_str whole = pb_utf8_cut(pb_str_n(lower, len), WORD_MAX);
    add(to, whole);
    if (to->query)
        return;
    size_t dot = pb_str_index(pb_str_sub(text, 0, at), '.');
    if (dot == at)
        dot = pb_str_index(pb_str_sub(text, 0, at), '_');
    if (dot + 2 < at && dot + 1 < len && at <= len)
        add(to, pb_str_n(lower + dot + 1, at - dot - 1));
    if (at + 1 < len)
        add(to, pb_str_n(lower + at + 1, len - at - 1));
}

static void add_url(model_tokens_out *to, pb_str text)
{
    size_t scheme = pb_str_find(text, PB_STR("://"));
    if (scheme != SIZE_MAX)
        text = pb_str_sub(text, scheme + 3, text.len);
    text = pb_str_sub(text, 0, pb_str_index(text, '/'));
    if (pb_str_starts(text, PB_STR("www.")))
        text = pb_str_sub(text, 4, text.len);
    add(to, text);
}

void model_tokens_joined(model_tokens_out *to, pb_str text)
{
    pb_buf *scratch = &to->reader->scratch;
    pb_buf_clear(scratch);
    model_fold_text(text, false, scratch);
    pb_str joined = pb_buf_str(scratch);
    bool digits = joined.len > 0;
    for (size_t i = 0; i < joined.len; i++)
        digits = digits && is_digit(joined.ptr[i]);
    if (digits)
        model_tokens_digits(to, joined);
    else
        add(to, joined);
}

/* Plain ASCII words without digits, the commonest value: folded straight into the output. */
static bool add_plain(model_tokens_out *to, pb_str text)
{
    if (text.len > 4 * WORD_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x80 || (c >= '0' && c <= '9'))
            return false;
    }
    size_t before = to->out->len;
    model_fold_text(text, true, to->out);
    if (to->out->len > before)
        pb_buf_byte(to->out, ' ');
    return true;
}

static void add_phone(model_tokens_out *to, pb_str text)
{
    char digits[32];
    size_t len = 0;
    for (size_t i = 0; i < text.len && text.ptr[i] != ';' && len < sizeof digits; i++)
        if (is_digit(text.ptr[i]))
            digits[len++] = text.ptr[i];
    size_t zeros = len > MODEL_TOKENS_TAIL + 2 && digits[0] == '0' ? 1 : 0;
    pb_str number = pb_str_n(digits + zeros, len - zeros);
    if (number.len > 0)
        model_tokens_digits(to, number);
    /* Where local numbers have seven digits they are dialled, and asked for, without more. */
    if (number.len > MODEL_TOKENS_LOCAL)
        add(to, pb_str_sub(number, number.len - MODEL_TOKENS_LOCAL, MODEL_TOKENS_LOCAL));
}

static void add_day(model_tokens_out *to, int64_t days)
{
    int year, month, day;
    char text[8];
    pb_date_to_civil(days, &year, &month, &day);
    for (int i = 7, rest = year * 10000 + month * 100 + day; i >= 0; i--, rest /= 10)
        text[i] = (char)('0' + rest % 10);
    add(to, pb_str_n(text, sizeof text));
}

static void add_general(model_tokens_out *to, pb_str text)
{
    if (add_plain(to, text))
        return;
    add_numbers(to, text);
    model_tokens_text(to, text);
    add_split(to, text);
}

static void add_code(model_tokens_out *to, pb_str text)
{
    model_tokens_joined(to, text);
    size_t blank = pb_str_index(text, ' ');
    if (blank < text.len)
        model_tokens_joined(to, pb_str_sub(text, blank, text.len));
}

void model_tokens(model_reader *reader, const model_field *field, pb_value value, pb_buf *out)
{
    model_tokens_out to = {.reader = reader, .out = out, .begin = out->len};
    if (value.kind == PB_INT) {
        if (field->type == MODEL_DATE)
            add_day(&to, value.as.i);
        else if (field->type == MODEL_INSTANT)
            add_day(&to, pb_zone_day(reader->zone, value.as.i));
        return;
    }
    if (value.kind != PB_TEXT)
        return;
    pb_str text = pb_utf8_cut(value.as.s, MODEL_TOKENS_TEXT);
    switch (field->type) {
    case MODEL_EMAIL:
        model_tokens_email(&to, text);
        return;
    case MODEL_PHONE:
        add_phone(&to, text);
        return;
    case MODEL_URL:
        add_url(&to, text);
        return;
    case MODEL_IDENTIFIER:
    case MODEL_POSTCODE:
    case MODEL_LINK:
        add_code(&to, text);
        return;
    case MODEL_PERSON_NAME:
        to.person = true;
        to.pinyin = true;
        break;
    case MODEL_ORG_NAME:
    case MODEL_TEXT:
        to.pinyin = true;
        break;
    default:
        break;
    }
    if (model_type_is_id(field->type))
        add_code(&to, text);
    else
        add_general(&to, text);
}
