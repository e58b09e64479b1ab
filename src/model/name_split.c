/* Given and family name out of a full name, only where the way of writing leaves no doubt. */
#include "base/utf8.h"
#include "model/name.h"

enum { WORDS_MAX = 6, HAN_MAX = 4 };

/* Words that begin a family name: van der Berg, de la Cruz, al Saud. */
static const char *const particles[] = {"van", "von", "der", "den", "de",  "da",  "di", "do",
                                        "dos", "du",  "la",  "le",  "bin", "ibn", "al", "el",
                                        "ter", "ten", "zu",  "del", "af",  "av",  NULL};

static const char *const around[] = {"mr", "mrs", "ms",  "miss", "dr", "prof", "sir", "herr",
                                     "jr", "sr",  "phd", "frau", "md", "ii",   "iii", NULL};

/* Family names in pinyin stand before the given name, or behind it, as the writer pleases. */
static const char *const pinyin[] = {
    "wang", "li",   "zhang", "liu",  "chen",  "yang", "huang", "zhao",  "wu",    "zhou",  "xu",
    "sun",  "ma",   "zhu",   "hu",   "guo",   "he",   "lin",   "gao",   "luo",   "zheng", "liang",
    "xie",  "song", "tang",  "deng", "han",   "feng", "cao",   "peng",  "zeng",  "xiao",  "tian",
    "dong", "pan",  "yuan",  "cai",  "jiang", "yu",   "du",    "ye",    "cheng", "wei",   "su",
    "lu",   "ding", "ren",   "shen", "yao",   "lei",  "cui",   "zhong", "tan",   "shi",   NULL};

/* Characters of which two make one family name. */
static const char compound[] = "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 司徒 令狐 夏侯 "
                               "宇文 长孙 独孤 南宫 端木 歐陽 司馬 上官 諸葛 東方 長孫 獨孤 南宮";

static bool is_one_of(pb_str word, const char *const *list)
{
    while (word.len > 0 && (word.ptr[word.len - 1] == '.' || word.ptr[word.len - 1] == ','))
        word.len--;
    for (size_t i = 0; list[i] != NULL; i++)
        if (pb_str_eq_nocase(word, pb_str_c(list[i])))
            return true;
    return false;
}

static bool is_initial(pb_str word)
{
    return pb_utf8_count(word) == 1 || (word.len == 2 && word.ptr[1] == '.');
}

enum script { OTHER, LATIN, HAN, ARABIC };

/* The one script all letters belong to; OTHER for several, digits and signs. */
static enum script script_of(pb_str name)
{
    enum script found = OTHER;
    for (size_t at = 0; at < name.len;) {
        uint32_t code = pb_utf8_next(name, &at);
        enum script here = OTHER;
        if (code == ' ' || code == '.' || code == '-' || code == '\'' || code == ',' ||
            code == 0x2019 || code == 0x200c)
            continue;
        if ((code | 0x20) - 'a' < 26 || (code >= 0xc0 && code < 0x250) ||
            (code >= 0x1e00 && code < 0x1f00))
            here = LATIN;
        else if (code >= 0x3400 && code < 0xa000)
            here = HAN;
        else if (code >= 0x620 && code < 0x700)
            here = ARABIC;
        if (here == OTHER || (found != OTHER && found != here))
            return OTHER;
        found = here;
    }
    return found;
}

static bool split_han(pb_str name, pb_str *ret_given, pb_str *ret_family)
{
    size_t ends[HAN_MAX + 1] = {0}, count = 0;
    for (size_t at = 0; at < name.len;) {
        if (count == HAN_MAX || pb_utf8_next(name, &at) < 0x3400)
            return false;
        ends[++count] = at;
    }
    if (count < 2)
        return false;
    bool two =
        count > 2 && pb_str_find(pb_str_c(compound), pb_str_sub(name, 0, ends[2])) != SIZE_MAX;
    if (count == HAN_MAX && !two)
        return false; /* a foreign name in characters, or two family names */
    *ret_family = pb_str_sub(name, 0, ends[two ? 2 : 1]);
    *ret_given = pb_str_sub(name, ends[two ? 2 : 1], name.len);
    return true;
}

/* From the first letter of one word to the last of another. */
static pb_str span(pb_str from, pb_str to)
{
    return pb_str_n(from.ptr, (size_t)(to.ptr + to.len - from.ptr));
}

static bool split_words(const pb_str *words, size_t count, pb_str *ret_given, pb_str *ret_family)
{
    size_t family = count - 1;
    for (size_t i = count - 1; i > 0; i--)
        if (is_one_of(words[i], particles) && i + 1 < count)
            family = i;
    for (size_t i = 1; i < family; i++)
        if (!is_initial(words[i]))
            return false; /* two given names or two family names: who knows */
    *ret_given = words[0];
    *ret_family = span(words[family], words[count - 1]);
    return true;
}

static bool split_comma(pb_str name, size_t comma, pb_str *ret_given, pb_str *ret_family)
{
    pb_str family = pb_str_trim(pb_str_sub(name, 0, comma));
    pb_str given = pb_str_trim(pb_str_sub(name, comma + 1, name.len));
    if (family.len == 0 || given.len == 0 || is_one_of(given, around) ||
        pb_str_index(given, ',') < given.len)
        return false;
    *ret_family = family;
    *ret_given = given;
    return true;
}

bool model_name_split(pb_str full, pb_str *ret_given, pb_str *ret_family)
{
    pb_str name = pb_str_trim(full), words[WORDS_MAX], rest = name, word;
    size_t count = 0;
    enum script script = script_of(name);
    size_t comma = pb_str_index(name, ',');
    if (script == HAN)
        return split_han(name, ret_given, ret_family);
    if (script == LATIN && comma < name.len)
        return split_comma(name, comma, ret_given, ret_family);
    if (script == OTHER)
        return false;
    while (pb_str_split(&rest, ' ', &word)) {
        if (word.len == 0 || is_one_of(word, around))
            continue;
        if (count == WORDS_MAX)
            return false;
        words[count++] = word;
    }
    if (count < 2 || is_initial(words[0]) || is_initial(words[count - 1]))
        return false;
    if (script == ARABIC && count != 2)
        return false;
    if (count == 2 && (is_one_of(words[0], pinyin) || is_one_of(words[1], pinyin)))
        return false;
    return split_words(words, count, ret_given, ret_family);
}
