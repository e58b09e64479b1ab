/* Given and family name out of a full name, only where the way of writing leaves no doubt. */
#include "base/utf8.h"
#include "model/name.h"
#include "name_words.h"

enum { WORDS_MAX = 6, HAN_MAX = 4 };

/* Words that begin a family name: van der Berg, de la Cruz, al Saud. */
static const char *const particles[] = {"van", "von", "der", "den", "de",  "da",  "di", "do",
                                        "dos", "du",  "la",  "le",  "bin", "ibn", "al", "el",
                                        "ter", "ten", "zu",  "del", "af",  "av",  NULL};

static const char *const around[] = {"mr", "mrs", "ms",  "miss", "dr", "prof", "sir", "herr",
                                     "jr", "sr",  "phd", "frau", "md", "ii",   "iii", NULL};

/* Characters of which two make one family name. */
static const char compound[] = "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 司徒 令狐 夏侯 "
                               "宇文 长孙 独孤 南宫 端木 歐陽 司馬 上官 諸葛 東方 長孫 獨孤 南宮";

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

/* The first words that are given names by their form: María del Carmen, Juan Carlos, Jean-Luc. */
static size_t given_words(const pb_str *words, size_t count)
{
    size_t end = 1;
    while (end < count && is_initial(words[end]))
        end++;
    if (end + 1 < count && end == 1 && name_is_double_given(words[0], words[1]))
        return 2;
    if (count > 3 && name_is_double_given(words[0], words[2]) &&
        name_is_one_of(words[1], (const char *const[]){"del", "de", NULL}))
        return 3; /* María del Carmen */
    if (count > 4 && name_is_double_given(words[0], words[3]) &&
        pb_str_eq_nocase(words[1], PB_STR("de")))
        return 4; /* María de los Ángeles */
    return end;
}

/* Latin script: what stands last, from a particle on, is the family name; of two Spanish family
 * names both. More given names than one are told only where they are a known pair. */
static bool split_words(const pb_str *words, size_t count, pb_str *ret_given, pb_str *ret_family)
{
    size_t given = given_words(words, count), family = given;
    if (given >= count || name_is_one_of(words[0], particles))
        return false;
    bool particle = name_is_one_of(words[given], particles) && given + 1 < count;
    bool spanish = count - given == 2 && name_is_spanish_family(words[given]) &&
                   name_is_spanish_family(words[given + 1]) && !name_is_spanish_family(words[0]);
    if (!particle && !spanish && count - given > 1 &&
        !(given > 1 && count - given == 2 && name_is_spanish_family(words[count - 1])))
        return false; /* two given names or two family names: who knows */
    /* Initials stand with neither. */
    size_t end = given;
    while (end > 1 && is_initial(words[end - 1]))
        end--;
    *ret_given = span(words[0], words[end - 1]);
    *ret_family = span(words[family], words[count - 1]);
    return true;
}

/* Names in pinyin: the family name stands in front, or behind as the writer pleases; it is known
 * where one end only can be one, and the rest is syllables. */
static bool split_pinyin(const pb_str *words, size_t count, pb_str *ret_given, pb_str *ret_family)
{
    bool front = name_is_pinyin_family(words[0]);
    bool behind = name_is_pinyin_family(words[count - 1]);
    if (front == behind || count > 3)
        return false;
    for (size_t i = front ? 1 : 0; i + (behind ? 1 : 0) < count; i++)
        if (!name_is_pinyin(words[i]))
            return false;
    *ret_family = words[front ? 0 : count - 1];
    *ret_given = front ? span(words[1], words[count - 1]) : span(words[0], words[count - 2]);
    return true;
}

/* Arabic script: سید and half of a double given name stand before the family name, زاده and its
 * like hang on to it. */
static bool split_arabic(const pb_str *words, size_t count, pb_str *ret_given, pb_str *ret_family)
{
    size_t given = name_is_persian_title(words[0]) ? 1 : 0;
    if (given >= count)
        return false;
    bool pair = given + 1 < count && name_is_persian_double(words[given], words[given + 1]);
    bool tail = count > given + 2 && name_is_persian_tail(words[count - 1]);
    /* محمد علی زاده: one given name and علی‌زاده, or two and a family. */
    if (pair && tail && count == given + 3)
        return false;
    given += pair ? 2 : 1;
    size_t rest = count > given ? count - given : 0;
    if (rest == 0 || (rest == 2 && !tail && !name_is_persian_particle(words[given])) || rest > 2)
        return false;
    if (rest == 1 && name_is_persian_tail(words[given]))
        return false;
    *ret_given = span(words[0], words[given - 1]);
    *ret_family = span(words[given], words[count - 1]);
    return true;
}

static bool split_comma(pb_str name, size_t comma, pb_str *ret_given, pb_str *ret_family)
{
    pb_str family = pb_str_trim(pb_str_sub(name, 0, comma));
    pb_str given = pb_str_trim(pb_str_sub(name, comma + 1, name.len));
    if (family.len == 0 || given.len == 0 || name_is_one_of(given, around) ||
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
        if (word.len == 0 || name_is_one_of(word, around))
            continue;
        if (count == WORDS_MAX)
            return false;
        words[count++] = word;
    }
    if (count < 2 || is_initial(words[0]) || is_initial(words[count - 1]))
        return false;
    if (script == ARABIC)
        return split_arabic(words, count, ret_given, ret_family);
    if (name_is_pinyin_family(words[0]) || name_is_pinyin_family(words[count - 1])) {
        if (split_pinyin(words, count, ret_given, ret_family))
            return true;
        /* Kevin Wang, but not Wang Kevin: whoever writes so may put either first. */
        if (count != 2 || name_is_pinyin_family(words[0]) || name_is_pinyin(words[0]))
            return false;
    }
    return split_words(words, count, ret_given, ret_family);
}
