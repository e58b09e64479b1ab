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

/* 1: a capital, -1: a small letter, 0: neither, 2: a letter of an alphabet without capitals. Latin
 * up to U+017F, Greek and Cyrillic. */
static int case_of(uint32_t code)
{
    if (code < 0x80)
        return capital((char)code) - small((char)code);
    if (code >= 0xC0 && code <= 0xFF)
        return code == 0xD7 || code == 0xF7 || code == 0xDF ? 0 : code < 0xDF ? 1 : -1;
    if (code >= 0x100 && code <= 0x17F) {
        bool odd_is_capital = (code >= 0x139 && code <= 0x148) || (code >= 0x179 && code <= 0x17E);
        return (code & 1) == odd_is_capital || code == 0x178 ? 1 : -1;
    }
    if (code >= 0x386 && code <= 0x3CE)
        return code <= 0x3AB && code != 0x390 ? 1 : -1;
    if (code >= 0x400 && code <= 0x45F)
        return code <= 0x42F ? 1 : -1;
    return code == 0xA0 || (code >= 0x2000 && code <= 0x206F) ? 0 : 2;
}

/* Names of two words or one long one, in an alphabet that has capitals. */
bool sign_name_case(scan_tools *tools, const scan_text *text)
{
    bool upper = false, lower = false;
    size_t letters = 0;
    pb_str s = text->text;
    if (text->has & (HAS_DIGIT | HAS_AT | HAS_MARKUP))
        return false;
    size_t words = 1, longest = 0, run = 0;
    for (size_t at = 0; at < s.len;) {
        uint32_t code = pb_utf8_next(s, &at);
        int its = case_of(code);
        if (its == 2)
            return false;
        bool letter = its != 0;
        upper = upper || its > 0;
        lower = lower || its < 0;
        words += code == ' ';
        letters += letter;
        run = letter ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    if (upper == lower || longest <= SHORT_WORD || (words == 1 && letters <= SHORT_WORD))
        return false;
    model_name_case(s, &tools->hint);
    return true;
}

/* Arabic, Persian and wide digits. */
static bool holds_other_digit(pb_str s)
{
    for (size_t at = 0; at < s.len;) {
        uint32_t code = pb_utf8_next(s, &at);
        if ((code >= 0x660 && code <= 0x669) || (code >= 0x6F0 && code <= 0x6F9) ||
            (code >= 0xFF10 && code <= 0xFF19))
            return true;
    }
    return false;
}

/* Digits, @, web addresses. A Roman numeral or “2nd” is a part of a name. */
bool sign_name_content(const scan_text *text)
{
    pb_str s = text->text;
    if (text->has & HAS_AT)
        return true;
    if (pb_str_find(text->folded, PB_STR("http ")) != SIZE_MAX ||
        pb_str_find(text->folded, PB_STR("https ")) != SIZE_MAX ||
        pb_str_starts(text->folded, PB_STR("www ")) ||
        pb_str_find(text->folded, PB_STR(" www ")) != SIZE_MAX)
        return true;
    if ((text->has & HAS_HIGH) && holds_other_digit(s))
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

/* What ends the name of a Chinese institution, of four characters and more. */
static bool ends_as_institution(pb_str folded)
{
    static const char *const ends[] = {
        "医院",   "银行",   "大学",   "学校", "研究所", "研究院", "酒店",   "超市", "协会",
        "基金会", "委员会", "合作社", "商行", "门市部", "工作室", "分公司", "企业", "工厂",
        "机厂",   "子厂",   "械厂",   "品厂", "學校",   "銀行",   "醫院",   "大學", "學院",
        "学院",   "服务部", "经营部", "中学", "小学",   "出版社", "旅行社"};
    if (pb_utf8_count(folded) < 4)
        return false;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (pb_str_ends(folded, pb_str_c(ends[i])))
            return true;
    return false;
}

/* Forms of two letters are names and initials as well: they count where they alone are written in
 * capitals (Falkenberg AG), or with dots (Birkdale B.V.). */
static bool ends_in_short_form(const scan_text *text)
{
    static const char *const capitals[] = {" AG", " KG", " BV", " NV", " SA", " OY",
                                           " SL", " UG", " AB", " SE", " AS", " SpA"};
    static const char *const dotted[] = {" b v",   " n v",   " s a",   " s l",   " e v",
                                         " s p a", " s r l", " l l c", " z o o", " s a r l",
                                         " d o o", " s r o", " a s",   " e k",   " l t d"};
    pb_str s = pb_str_trim(text->text);
    for (size_t i = 0; (text->has & HAS_LOWER) && i < sizeof capitals / sizeof *capitals; i++)
        if (pb_str_ends(s, pb_str_c(capitals[i])))
            return true;
    for (size_t i = 0; i < sizeof dotted / sizeof *dotted; i++)
        if (s.len && s.ptr[s.len - 1] == '.' && pb_str_ends(text->folded, pb_str_c(dotted[i])))
            return true;
    return pb_str_ends(text->folded, PB_STR(" sp z o o"));
}

/* “University of …”, “Banco de …”. */
static bool begins_as_institution(const scan_tools *tools, pb_str folded)
{
    static const char *const links[] = {"of", "de", "der", "des", "du", "di", "für", "do", "da"};
    static const char *const kinds[] = {"universität", "universidad", "université", "università",
                                        "ministerium", "ministère",   "ministerio", "banque",
                                        "banco",       "hotel",       "church",     "school",
                                        "institut",    "institute",   "stadt",      "gemeinde",
                                        "city",        "department",  "club",       "college"};
    pb_str rest = folded, first, second;
    if (!pb_str_split(&rest, ' ', &first) || !pb_str_split(&rest, ' ', &second) || !rest.ptr)
        return pb_str_starts(folded, PB_STR("stadt ")) ||
               pb_str_starts(folded, PB_STR("gemeinde "));
    bool kind = pb_map_get(tools->org_forms, first) != NULL, link = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        kind = kind || pb_str_is(first, kinds[i]);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        link = link || pb_str_is(second, links[i]);
    return kind && link;
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
    if (ends_in_short_form(text) || begins_as_institution(tools, text->folded) ||
        ((text->has & HAS_HIGH) && ends_as_institution(text->folded)))
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
    static const char *const after[] = {
        "先生", "女士", "小姐", "太太", "夫人", "经理",   "老师", "博士", "教授", "主任",   "总监",
        "老板", "医生", "律师", "总",   "同志", "董事长", "局长", "处长", "科长", "工程师", "院长"};
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

/* “…, PhD”, “… Esq.” */
static bool strip_degree(scan_tools *tools, pb_str s, pb_str folded)
{
    static const char *const degrees[] = {" phd", " ph d", " esq", " mba", " msc",  " bsc",
                                          " llm", " cpa",  " m d", " dds", " m sc", " b sc"};
    for (size_t i = 0; i < sizeof degrees / sizeof *degrees; i++) {
        if (!pb_str_ends(folded, pb_str_c(degrees[i])))
            continue;
        pb_str name = s;
        while (name.len && name.ptr[name.len - 1] != ' ' && name.ptr[name.len - 1] != ',')
            name.len--;
        while (name.len && (name.ptr[name.len - 1] == ' ' || name.ptr[name.len - 1] == ','))
            name.len--;
        if (name.len >= 2)
            pb_buf_add(&tools->hint, name);
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
    if (strip_degree(tools, s, folded))
        return true;
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
