/* Texts in a wrong form: read in the wrong character set, marks of web pages, letters of two
 * alphabets in one word. */
#include "scan.h"

#include "base/utf8.h"

/* What a continuation byte of UTF-8 (0x80 to 0xBF) looks like in Windows-1252. Dashes, dots and
 * quotation marks stand behind a capital in good text too. */
static bool is_continuation(uint32_t code)
{
    static const uint16_t others[] = {0x20AC, 0x201A, 0x0192, 0x201E, 0x2020, 0x2021, 0x02C6,
                                      0x2030, 0x0160, 0x2039, 0x0152, 0x017D, 0x2022, 0x02DC,
                                      0x2122, 0x0161, 0x203A, 0x0153, 0x017E, 0x0178, 0x2018};
    if (code >= 0xA1 && code <= 0xBF)
        return true;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i] == code)
            return true;
    return false;
}

static bool is_quote(uint32_t code)
{
    return code == 0x2026 || code == 0x2013 || code == 0x2014 || code == 0x2019 || code == 0x201C ||
           code == 0x201D;
}

typedef struct garble {
    uint32_t last[3]; /* newest first */
    size_t pairs;     /* misread pairs in a row */
} garble;

/* Signs that Windows-1252 has where UTF-8 has the second byte of a letter, and that no text has
 * behind Ä or Å: “JabÅ‚oÅ„ski”, “ÅšwiÄ™tokrzyska”. Quotation marks and dashes may stand there. */
static bool is_odd_sign(uint32_t code)
{
    static const uint16_t odd[] = {0x20AC, 0x201A, 0x192,  0x201E, 0x2020, 0x2021, 0x2C6,
                                   0x2030, 0x160,  0x2039, 0x152,  0x17D,  0x2022, 0x2DC,
                                   0x2122, 0x161,  0x203A, 0x153,  0x17E,  0x178};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (odd[i] == code)
            return true;
    return false;
}

/* UTF-8 read as Windows-1252 or, for Arabic letters, as Windows-1256. Ã and Â with anything that
 * may follow are enough; Ø, Ù, Ð, Ñ must come twice; what was three bytes comes as three signs. */
static bool garbled_by(garble *of, uint32_t code)
{
    uint32_t lead = of->last[0], before = of->last[1];
    bool tail = is_continuation(code) || is_quote(code);
    bool good = false;
    if ((lead == 0xC3 || lead == 0xC2) && is_continuation(code))
        good = !(lead == 0xC3 && (code == 0xBB || code == 0xAB)) || (before | 0x20) != before;
    if ((lead == 0xC3 || lead == 0xC2) && before < 0x80 && before >= 'a' && before <= 'z')
        return true; /* GarcÃa: what followed was invisible */
    if ((lead == 0xC4 || lead == 0xC5) && code >= 0xA1 && code <= 0xBF && code != 0xAB &&
        code != 0xBB && (before | 0x20) >= 'a' && (before | 0x20) <= 'z')
        return true; /* GraÅ¼yna */
    if ((lead == 0x637 || lead == 0x638) && code >= 0xA1 && code <= 0xBF && code != 0xAB &&
        code != 0xBB)
        return true;
    if (before >= 0xE0 && before <= 0xEF && (is_continuation(lead) || is_quote(lead)) && tail)
        return true;
    if ((lead == 0xC4 || lead == 0xC5) && is_odd_sign(code))
        return true;
    if ((before == 0xC4 || before == 0xC5) && code >= 'a' && code <= 'z' &&
        (lead == 0xBB || lead == 0xAB || (is_quote(lead) && lead != 0x2019)))
        return true; /* PiÄ…tek, Å»uraw: no word goes on behind such a sign */
    bool pair = lead >= 0xC4 && lead <= 0xDF && tail;
    if (pair)
        of->pairs++;
    else if (!(code >= 0xC4 && code <= 0xDF))
        of->pairs = 0;
    of->last[2] = of->last[1];
    of->last[1] = of->last[0];
    of->last[0] = code;
    return good || of->pairs >= 2;
}

static bool garbled_high(pb_str s)
{
    bool latin = false;
    for (size_t i = 0; i + 1 < s.len; i++) {
        unsigned char lead = (unsigned char)s.ptr[i], next = (unsigned char)s.ptr[i + 1];
        latin = latin || lead == 0xC2 || lead == 0xC3 ||
                (lead == 0xD8 && (next == 0xB7 || next == 0xB8));
        if ((lead == 0xEF && next == 0xBF) || (lead == 0xE9 && next == 0x94))
            if (pb_str_starts(pb_str_sub(s, i, s.len), PB_STR("\xEF\xBF\xBD")) ||
                pb_str_starts(pb_str_sub(s, i, s.len), PB_STR("锟斤拷")))
                return true;
    }
    if (!latin)
        return pb_str_find(s, PB_STR("烫烫烫")) != SIZE_MAX ||
               pb_str_find(s, PB_STR("屯屯屯")) != SIZE_MAX;
    garble of = {{0}, 0};
    for (size_t at = 0; at < s.len;)
        if (garbled_by(&of, pb_utf8_next(s, &at)))
            return true;
    return false;
}

/* “ÑÔÊ”, “º¼ÖÝ”, “˜ÑÌ”: Arabic of one byte a letter or Chinese of two, read as Windows-1252. No
 * word of any language has three letters and more and not one without an accent; nor is one made of
 * fractions, degrees and a capital. */
static bool only_accented(pb_str s)
{
    size_t letters = 0, signs = 0, odd = 0;
    for (size_t at = 0; at < s.len;) {
        uint32_t code = pb_utf8_next(s, &at);
        if ((code | 0x20) >= 'a' && (code | 0x20) <= 'z' && code < 0x80)
            return false;
        bool strange = is_odd_sign(code);
        if (code >= 0x100 && !strange && !is_quote(code))
            return false;
        bool sign = (code >= 0xA1 && code < 0xC0 && code != 0xAB && code != 0xBB) || code == 0xD7 ||
                    code == 0xF7;
        odd += strange;
        signs += strange || sign;
        letters += code >= 0xC0 && code < 0x100 && !sign;
    }
    return letters >= 3 || (signs >= 2 && letters + signs >= 4) || (letters >= 2 && odd >= 1);
}

/* Question marks in place of letters; in a note somebody may only wonder. */
bool sign_garbled(const scan_text *text)
{
    pb_str s = text->text;
    if ((text->has & HAS_HIGH) && (garbled_high(s) || only_accented(s)))
        return true;
    if (!(text->has & HAS_QUESTION) || text->type == MODEL_NOTE)
        return false;
    bool name = text->type == MODEL_PERSON_NAME || text->type == MODEL_ORG_NAME;
    for (size_t i = 0; i + 1 < s.len; i++) {
        if (s.ptr[i] != '?')
            continue;
        if (s.ptr[i + 1] == '?' && s.len < 40)
            return true;
        char before = i ? (char)(s.ptr[i - 1] | 0x20) : ' ';
        if (name && before >= 'a' && before <= 'z' && s.ptr[i + 1] >= 'a' && s.ptr[i + 1] <= 'z')
            return true; /* M?ller */
    }
    return false;
}

static bool says_at(pb_str s, size_t at, const char *word)
{
    size_t len = strlen(word);
    return at + len <= s.len && pb_str_eq_nocase(pb_str_sub(s, at, len), pb_str_n(word, len));
}

static bool is_entity(pb_str s, size_t at)
{
    static const char *const entities[] = {"amp;",    "lt;",     "gt;",    "quot;", "nbsp;",
                                           "apos;",   "auml;",   "ouml;",  "uuml;", "szlig;",
                                           "eacute;", "egrave;", "agrave;"};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (says_at(s, at + 1, entities[i]))
            return true;
    if (at + 3 >= s.len || s.ptr[at + 1] != '#')
        return false;
    size_t k = at + 2;
    while (k < s.len && ((s.ptr[k] >= '0' && s.ptr[k] <= '9') || s.ptr[k] == 'x'))
        k++;
    return k > at + 2 && k < s.len && s.ptr[k] == ';';
}

static bool is_tag(pb_str s, size_t at)
{
    static const char *const tags[] = {
        "br", "p",     "div", "span", "b",    "i",   "a",    "strong", "em",    "script", "td",
        "tr", "table", "ul",  "li",   "font", "img", "html", "body",   "style", "h1",     "h2"};
    if (at + 1 < s.len && s.ptr[at + 1] == '/')
        at++;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        size_t end = at + 1 + strlen(tags[i]);
        if (says_at(s, at + 1, tags[i]) && end < s.len &&
            (s.ptr[end] == '>' || s.ptr[end] == '/' ||
             (s.ptr[end] == ' ' && pb_str_index(pb_str_sub(s, end, s.len), '>') < s.len - end)))
            return true;
    }
    return false;
}

bool sign_markup(const scan_text *text)
{
    pb_str s = text->text;
    for (size_t i = 0; i < s.len; i++)
        if ((s.ptr[i] == '&' && is_entity(s, i)) || (s.ptr[i] == '<' && is_tag(s, i)))
            return true;
    return false;
}

/* Cyrillic and Greek letters that look like a Latin one. */
static char looks_like(uint32_t code)
{
    static const struct {
        uint32_t code;
        char like;
    } pairs[] = {{0x410, 'A'}, {0x412, 'B'}, {0x415, 'E'}, {0x41A, 'K'}, {0x41C, 'M'}, {0x41D, 'H'},
                 {0x41E, 'O'}, {0x420, 'P'}, {0x421, 'C'}, {0x422, 'T'}, {0x425, 'X'}, {0x430, 'a'},
                 {0x435, 'e'}, {0x43E, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x443, 'y'}, {0x445, 'x'},
                 {0x455, 's'}, {0x456, 'i'}, {0x458, 'j'}, {0x391, 'A'}, {0x392, 'B'}, {0x395, 'E'},
                 {0x396, 'Z'}, {0x397, 'H'}, {0x399, 'I'}, {0x39A, 'K'}, {0x39C, 'M'}, {0x39D, 'N'},
                 {0x39F, 'O'}, {0x3A1, 'P'}, {0x3A4, 'T'}, {0x3A5, 'Y'}, {0x3A7, 'X'}, {0x3BF, 'o'},
                 {0x3BD, 'v'}, {0x3C1, 'p'}, {0x3B1, 'a'}, {0x3C5, 'u'}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i].code == code)
            return pairs[i].like;
    return 0;
}

typedef struct word_letters {
    size_t latin, other, alike; /* other: Cyrillic or Greek; alike: of those, like a Latin one */
} word_letters;

/* Only where every foreign letter looks like a Latin one, and the Latin ones are more, was it meant
 * to deceive or typed on the wrong keyboard. */
static bool is_mixed(const word_letters *of)
{
    return of->other > 0 && of->other == of->alike && of->latin >= of->other;
}

bool sign_mixed_script(scan_tools *tools, const scan_text *text)
{
    pb_str s = text->text;
    word_letters word = {0};
    bool mixed = false;
    for (size_t at = 0; at < s.len;) {
        unsigned char lead = (unsigned char)s.ptr[at];
        if (lead >= 0x80 && (lead < 0xCD || lead > 0xD3)) {
            pb_utf8_next(s, &at);
            word.latin += lead < 0xCD;
            continue;
        }
        uint32_t code = pb_utf8_next(s, &at);
        if ((code | 0x20) >= 'a' && (code | 0x20) <= 'z' && code < 0x80) {
            word.latin++;
        } else if (code >= 0x370) {
            word.other++;
            word.alike += looks_like(code) != 0;
        } else if (code < 0x80) {
            mixed = mixed || is_mixed(&word);
            word = (word_letters){0};
        }
    }
    if (!mixed && !is_mixed(&word))
        return false;
    for (size_t at = 0; at < s.len;) {
        uint32_t code = pb_utf8_next(s, &at);
        char like = looks_like(code);
        pb_utf8_put(&tools->hint, like ? (uint32_t)(unsigned char)like : code);
    }
    return true;
}
