/* A name cut into the words that are compared: without how somebody is addressed, Chinese names
 * into family and given name. */
#include "internal.h"

#include "base/utf8.h"
#include "script/names.h"

enum { TOKENS_MOST = 12 };

/* How people are addressed, folded. Jr and Sr are not among them: they tell father and son apart.
 */
#define T(word)                                                                                    \
    {                                                                                              \
        "" word, sizeof(word) - 1                                                                  \
    }
static const pb_str titles[] = {
    T("mr"),        T("mrs"),    T("ms"),       T("miss"),   T("mx"),    T("dr"),     T("prof"),
    T("professor"), T("sir"),    T("madam"),    T("madame"), T("mme"),   T("mlle"),   T("monsieur"),
    T("herr"),      T("frau"),   T("fraulein"), T("phd"),    T("md"),    T("esq"),    T("señor"),
    T("senor"),     T("senora"), T("dipl"),     T("rev"),    T("seyed"), T("seyyed"), T("sayed"),
    T("sayyed"),    T("haj"),    T("haji"),     T("agha"),   T("آقای"),  T("اقای"),   T("خانم"),
    T("دکتر"),      T("مهندس"),  T("سید"),      T("سیده"),   T("حاج"),   T("حاجی"),   T("استاد"),
    T("سرکار"),     T("جناب")};
#undef T
static const char *const han_titles[] = {"先生", "女士", "小姐", "太太", "老师", "教授", "博士"};

static bool is_title(pb_str word)
{
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (pb_str_eq(word, titles[i]))
            return true;
    return false;
}

static bool is_han(pb_str word)
{
    size_t at = 0;
    return word.len >= 3 && (unsigned char)word.ptr[0] >= 0xE3 &&
           pb_code_is_han(pb_utf8_next(word, &at));
}

/* 王小明 of 王小明先生. */
static pb_str without_address(pb_str word)
{
    for (size_t i = 0; i < sizeof han_titles / sizeof *han_titles; i++) {
        pb_str title = pb_str_c(han_titles[i]);
        if (word.len > title.len && pb_str_ends(word, title))
            return pb_str_sub(word, 0, word.len - title.len);
    }
    return word;
}

static size_t cut_token(pb_str token, pb_str *ret_words)
{
    bool first;
    if (!is_han(token)) {
        ret_words[0] = token;
        return 1;
    }
    token = without_address(token);
    if (script_han_cut(token, &ret_words[0], &ret_words[1], &first))
        return 2;
    ret_words[0] = token;
    return 1;
}

size_t match_name_cut(pb_str name, pb_str words[NAME_PARTS])
{
    pb_str tokens[TOKENS_MOST], rest = name, token;
    size_t count = 0, kept = 0;
    while (count < TOKENS_MOST && pb_str_split(&rest, ' ', &token))
        if (token.len > 0)
            tokens[count++] = token;
    for (size_t i = 0; i < count && kept < NAME_PARTS; i++) {
        pb_str parts[2];
        if (count > 1 && kept + count - i > 1 && is_title(tokens[i]))
            continue;
        /* Where blanks stand already, two characters are one part. */
        bool apart = count > 1 && tokens[i].len <= 6 && is_han(tokens[i]);
        parts[0] = tokens[i];
        size_t found = apart ? 1 : cut_token(tokens[i], parts);
        for (size_t k = 0; k < found && kept < NAME_PARTS; k++)
            words[kept++] = parts[k];
    }
    return kept;
}

/* The reading of a whole name, where it is a Chinese one. */
bool match_name_read(pb_str name, const pb_str *words, size_t count, script_reading *ret)
{
    bool han = count > 0 && is_han(words[0]);
    if (!han)
        return count >= 2 && count <= SCRIPT_SYLLABLES && script_read_latin(name, ret);
    /* Without how the person is addressed: the words stand beside one another in the name. */
    const char *from = words[0].ptr, *to = words[0].ptr + words[0].len;
    for (size_t i = 1; i < count; i++) {
        from = words[i].ptr < from ? words[i].ptr : from;
        to = words[i].ptr + words[i].len > to ? words[i].ptr + words[i].len : to;
    }
    return script_read_han(pb_str_n(from, (size_t)(to - from)), ret);
}

match_script match_script_of(pb_str text)
{
    for (size_t at = 0; at < text.len;) {
        if ((unsigned char)text.ptr[at] < 0x80) {
            at++;
            continue;
        }
        uint32_t code = pb_utf8_next(text, &at);
        if (pb_code_is_han(code))
            return MATCH_HAN;
        if (pb_code_is_arabic(code))
            return MATCH_ARABIC;
    }
    return MATCH_LATIN;
}
