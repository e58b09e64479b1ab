/* Names of persons: how they are written, and what stands in them that is no name. */
#include "scan.h"

#include "base/utf8.h"
#include "model/name.h"

enum { WORDS = 8, SHORT_WORD = 3 };

static bool small(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* ASCII names of two words or one long one; what else holds letters of other alphabets is left to
 * people. */
bool sign_name_case(scan_tools *tools, const scan_text *text)
{
    bool upper = text->has & HAS_UPPER, lower = text->has & HAS_LOWER;
    size_t letters = 0;
    pb_str s = text->text;
    if (upper == lower || (text->has & (HAS_HIGH | HAS_DIGIT | HAS_AT | HAS_MARKUP)))
        return false;
    size_t words = 1, longest = 0, run = 0;
    for (size_t i = 0; i < s.len; i++) {
        bool letter = small(s.ptr[i]) || capital(s.ptr[i]);
        words += s.ptr[i] == ' ';
        letters += letter;
        run = letter ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    if (longest <= SHORT_WORD || (words == 1 && letters <= SHORT_WORD))
        return false;
    model_name_case(s, &tools->hint);
    return true;
}

/* Digits, @, web addresses. A Roman numeral or “2nd” is a part of a name. */
bool sign_name_content(const scan_text *text)
{
    pb_str s = text->text;
    if (text->has & HAS_AT)
        return true;
    if (pb_str_find(text->folded, PB_STR("http ")) != SIZE_MAX ||
        pb_str_find(text->folded, PB_STR("https ")) != SIZE_MAX ||
        pb_str_starts(text->folded, PB_STR("www ")))
        return true;
    if (!(text->has & HAS_DIGIT))
        return false;
    size_t digits = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            continue;
        digits++;
        pb_str after = pb_str_sub(s, i + 1, 2);
        if (pb_str_eq_nocase(after, PB_STR("nd")) || pb_str_eq_nocase(after, PB_STR("rd")) ||
            pb_str_eq_nocase(after, PB_STR("th")) || pb_str_eq_nocase(after, PB_STR("st")))
            return false;
    }
    return digits > 0;
}

/* Chinese and Persian forms stand without blanks; they are long enough to be no part of a name. */
bool sign_name_org(scan_tools *tools, const scan_text *text)
{
    static const char *const inside[] = {"有限公司", "股份公司", "有限责任", "集团",
                                         "公司",     "株式会社", "事务所"};
    if (text->has & HAS_HIGH)
        for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
            if (pb_str_find(text->folded, pb_str_c(inside[i])) != SIZE_MAX)
                return true;
    pb_str rest = text->folded, word;
    size_t words = 0;
    while (pb_str_split(&rest, ' ', &word)) {
        if (!word.len)
            continue;
        words++;
        if (!pb_map_get(tools->org_forms, word))
            continue;
        /* “SA” and “AG” are initials at the beginning; a form stands at the end. */
        bool last = !rest.ptr, wide = (unsigned char)word.ptr[0] >= 0x80;
        if ((wide && words == 1 && !last) || (last && words > 1 && word.len > 2))
            return true;
    }
    return false;
}

static bool strip_after(scan_tools *tools, pb_str s)
{
    static const char *const after[] = {"先生", "女士", "小姐", "太太", "经理", "老师"};
    for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
        pb_str title = pb_str_c(after[i]);
        if (!pb_str_ends(s, title) || s.len == title.len || pb_utf8_count(s) > 6)
            continue;
        pb_str name = pb_str_trim(pb_str_sub(s, 0, s.len - title.len));
        if (pb_utf8_count(name) >= 2)
            pb_buf_add(&tools->hint, name); /* a family name alone is no mend */
        return true;
    }
    return false;
}

bool sign_name_title(scan_tools *tools, const scan_text *text)
{
    pb_str s = text->text, word;
    if ((text->has & HAS_HIGH) && (unsigned char)s.ptr[0] >= 0xE3)
        return strip_after(tools, s);
    pb_str folded = text->folded, rest = folded;
    if (!pb_str_split(&rest, ' ', &word) || !rest.ptr || !pb_map_get(tools->titles, word))
        return false;
    /* What is left of the text as written, behind the title's mark and blank. */
    size_t at = word.len;
    if (pb_str_sub(s, 0, at).len < at)
        return false;
    while (at < s.len && (s.ptr[at] == '.' || s.ptr[at] == ' '))
        at++;
    pb_str name = pb_str_sub(s, at, s.len);
    if (name.len < 2)
        return false;
    pb_buf_add(&tools->hint, name);
    return true;
}
