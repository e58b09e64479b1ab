/* Names that people type to try a form out, and texts that only fill the place. What is a word for
 * testing stands in controls/words/fakes*.yaml; how sure such a word makes is decided here: Test,
 * Null, Fake and Sample are family names of real people. */
#include "scan.h"

#include "base/utf8.h"

enum { TOKENS = 6, HAN_NAME_MOST = 6 };

static bool in_set(const pb_map *set, pb_str word)
{
    return pb_map_get(set, word) != NULL;
}

/* Without digits at its end: “user12” is a user. */
static pb_str without_digits(pb_str word)
{
    while (word.len && word.ptr[word.len - 1] >= '0' && word.ptr[word.len - 1] <= '9')
        word.len--;
    return word;
}

static size_t split(pb_str folded, pb_str tokens[TOKENS])
{
    size_t count = 0;
    pb_str head;
    while (pb_str_split(&folded, ' ', &head)) {
        if (!head.len)
            continue;
        if (count == TOKENS)
            return 0;
        tokens[count++] = head;
    }
    return count;
}

/* Every word tests, is a common noun, a number or a single letter; and one of them tests. A noun
 * with a number (“Customer 12”) names nobody either. */
static bool all_words_empty(const scan_tools *tools, const pb_str *tokens, size_t count,
                            bool person)
{
    size_t tests = 0, nouns = 0, numbers = 0;
    for (size_t i = 0; i < count; i++) {
        pb_str word = without_digits(tokens[i]);
        numbers += word.len < tokens[i].len;
        /* “Empresa de Prueba”: of a firm, words of two letters say nothing. */
        if (!word.len || word.len == 1 || (!person && word.len == 2))
            continue;
        if (in_set(tools->test_words, word))
            tests++;
        else if (in_set(tools->test_generic, word))
            nouns++;
        else
            return false;
    }
    return tests > 0 || (person && nouns > 0 && (numbers > 0 || nouns == count));
}

/* 测试, 示例, 某: no name has them; a firm may test for its living (测试仪器), so of a firm all
 * that is left without common nouns must be such a word. */
static bool is_han_fake(const scan_tools *tools, pb_str folded, bool person)
{
    static const char *const marks[] = {"测试",   "測試",     "示例",     "样例",
                                        "某某",   "试用账",   "演示客户", "演示公司",
                                        "演示账", "演示用户", "试用客户", "虚拟客户"};
    bool marked = false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        marked = marked || pb_str_find(folded, pb_str_c(marks[i])) != SIZE_MAX;
    if (!marked)
        return false;
    if (person)
        return pb_utf8_count(folded) <= HAN_NAME_MOST || in_set(tools->test_names, folded);
    char rest[64];
    size_t len = 0;
    for (size_t at = 0; at < folded.len;) {
        size_t longest = 0;
        for (size_t l = folded.len - at < 30 ? folded.len - at : 30; l >= 3 && !longest; l--) {
            pb_str part = pb_str_sub(folded, at, l);
            if (in_set(tools->test_generic, part) || in_set(tools->test_words, part) ||
                in_set(tools->org_forms, part))
                longest = l;
        }
        if (!longest && ((unsigned char)folded.ptr[at] >= 0x80 || len == sizeof rest))
            return false;
        if (!longest)
            rest[len++] = folded.ptr[at];
        at += longest ? longest : 1;
    }
    return len <= 4; /* a number, a letter */
}

static bool strange_letters(pb_str folded)
{
    for (size_t i = 0; i < folded.len; i++)
        if ((unsigned char)folded.ptr[i] >= 0xE3)
            return true;
    return false;
}

sign_found sign_fake_name(scan_tools *tools, const scan_text *text)
{
    pb_str folded = text->folded, tokens[TOKENS];
    bool person = text->type != MODEL_ORG_NAME;
    if (!folded.len || folded.len > 120)
        return SIGN_NONE;
    if ((text->has & HAS_HIGH) && strange_letters(folded) && is_han_fake(tools, folded, person))
        return SIGN_SURE;
    size_t count = split(folded, tokens);
    if (!count)
        return SIGN_NONE;
    bool family = pb_str_is(text->field->role, "family_name");
    bool sole = count == 1 && person && in_set(tools->test_names_weak, without_digits(tokens[0]));
    if (in_set(tools->test_names, folded))
        return SIGN_SURE;
    if (sole || (family && count == 1 && in_set(tools->test_words, tokens[0])))
        return SIGN_WEAK;
    if (all_words_empty(tools, tokens, count, person))
        return SIGN_SURE;
    if (person && count > 1 && !family && in_set(tools->test_first, tokens[0]))
        return SIGN_SURE;
    if (in_set(tools->test_names_weak, folded))
        return SIGN_WEAK;
    for (size_t i = 1; i < count && person; i++) {
        if ((unsigned char)tokens[i].ptr[0] >= 0x80 && in_set(tools->test_first, tokens[i]))
            return SIGN_SURE;
        if (in_set(tools->test_words, tokens[i]) || in_set(tools->test_names_weak, tokens[i]))
            return SIGN_WEAK;
    }
    return SIGN_NONE;
}

/* Fields whose values may rightly be short or numbers. */
static bool may_be_number(const scan_text *text)
{
    static const char *const roles[] = {"city",       "state",       "name",     "full_name",
                                        "given_name", "family_name", "job_title"};
    if (text->type == MODEL_PERSON_NAME || text->type == MODEL_ORG_NAME)
        return false;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (pb_str_is(text->field->role, roles[i]))
            return false;
    return true;
}

/* Marks only, or one sign again and again: “...”, “--/--”, “xxx”, “000000”. */
static bool is_filling(const scan_text *text)
{
    pb_str s = text->text;
    char first = 0;
    bool same = true, marks = true;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == ' ' || c == '-' || c == '/')
            continue;
        char small = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
        bool letter = (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || (c & 0x80);
        marks = marks && !letter;
        first = first ? first : small;
        same = same && small == first;
    }
    if (marks)
        return true;
    /* There is a family X and a firm X; but they write a capital, and no street is called so. */
    bool place = text->type == MODEL_ADDRESS || pb_str_is(text->field->role, "job_title");
    size_t least = place || pb_str_is(s, "x") ? 1 : 3;
    return same && ((first == 'x' && s.len >= least) || (first == '0' && s.len >= 4));
}

bool sign_placeholder(scan_tools *tools, const scan_text *text)
{
    /* Letters beyond ASCII take two bytes and more. */
    size_t most = text->has & HAS_HIGH ? 48 : 24;
    if (text->text.len > 2 * most)
        return false;
    if (!(text->has & (HAS_LOWER | HAS_HIGH | HAS_UPPER)) || text->text.len < 24)
        if (is_filling(text))
            return text->type != MODEL_IDENTIFIER || !(text->has & HAS_DIGIT);
    if (!(text->has & (HAS_LOWER | HAS_UPPER | HAS_HIGH)) &&
        (may_be_number(text) || text->type == MODEL_CHOICE))
        return false;
    if (text->type == MODEL_IDENTIFIER || (text->type == MODEL_ADDRESS && text->text.len > most))
        return false;
    /* There are families called Null and None. */
    bool part =
        pb_str_is(text->field->role, "given_name") || pb_str_is(text->field->role, "family_name");
    if (text->folded.ptr)
        return in_set(tools->placeholders, text->folded) &&
               !(part && in_set(tools->test_names_weak, text->folded));
    if (text->text.len > most || pb_str_is(text->field->role, "tags"))
        return false;
    lexicon_fold(text->text, &tools->scratch);
    pb_str folded = pb_buf_str(&tools->scratch);
    /* “unknown” and “none” may be categories on purpose. */
    if (text->type == MODEL_CHOICE && (pb_str_is(folded, "unknown") || pb_str_is(folded, "none") ||
                                       pb_str_is(folded, "various") || pb_str_is(folded, "self")))
        return false;
    if (in_set(tools->placeholders, folded))
        return true;
    /* There are departments and jobs called Test. */
    return text->field->personal.declared &&
           !pb_str_is(text->field->personal.klass, "employment") &&
           in_set(tools->test_words, without_digits(folded));
}
