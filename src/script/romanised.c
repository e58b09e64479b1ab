/* Chinese names in Latin letters: pinyin joined or apart, Wade–Giles, the family names of Hong Kong
 * and beyond. */
#include "script/han.h"
#include "script/names.h"

#include "base/utf8.h"

enum { LETTERS_MOST = 64, WORDS_MOST = 4, SYLLABLE_MOST = 6 };

/* memcmp's order of letters and a text that ends with a NUL. */
static int order_letters(const char *letters, size_t len, const char *text)
{
    for (size_t i = 0; i < len; i++)
        if (letters[i] != text[i])
            return (unsigned char)letters[i] < (unsigned char)text[i] ? -1 : 1;
    return text[len] == '\0' ? 0 : -1;
}

/* The number of a pinyin syllable; single letters but a and e are none. */
static uint16_t pinyin_number(const char *letters, size_t len)
{
    if (len == 0 || len > SYLLABLE_MOST || letters[0] < 'a' || letters[0] > 'z' ||
        (len == 1 && letters[0] != 'a' && letters[0] != 'e') ||
        (len == 2 && letters[0] == 'h' && letters[1] == 'm'))
        return 0;
    size_t low = script_han_starts[letters[0] - 'a'],
           high = script_han_starts[letters[0] - 'a' + 1];
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = order_letters(letters, len, script_han_syllables[middle]);
        if (order == 0)
            return (uint16_t)middle;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/* The first entry of a sorted list with that spelling, or the list's length. */
static size_t find_spelling(const script_spelling *list, size_t count, pb_str word)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (order_letters(word.ptr, word.len, list[middle].spelling) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < count && order_letters(word.ptr, word.len, list[low].spelling) == 0;
    return found ? low : count;
}

/* Cuts letters into pinyin, long syllables first; 0: impossible. `any`: a later syllable may begin
 * with a vowel, where careful writers put an apostrophe. */
static size_t cut_pinyin(const char *letters, size_t len, bool any, uint16_t *out, size_t room)
{
    if (len == 0 || room == 0)
        return 0;
    for (size_t take = len < SYLLABLE_MOST ? len : SYLLABLE_MOST; take > 0; take--) {
        uint16_t number = pinyin_number(letters, take);
        if (number == 0)
            continue;
        out[0] = number;
        if (take == len)
            return 1;
        if (!any && memchr("aeo", letters[take], 3) != NULL)
            continue;
        size_t rest = cut_pinyin(letters + take, len - take, any, out + 1, room - 1);
        if (rest > 0)
            return rest + 1;
    }
    return 0;
}

/* Letters of a word without the digits of its tones, `u` for a `ü` written yu or u with two dots;
 * 0: not Latin. */
static size_t letters_of(pb_str word, char letters[LETTERS_MOST])
{
    size_t count = 0;
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        if (c >= '1' && c <= '5' && count > 0)
            continue;
        if (c < 'a' || c > 'z' || count == LETTERS_MOST)
            return 0;
        letters[count++] = c;
    }
    return count;
}

static size_t cut_wade(pb_str word, uint16_t *out)
{
    size_t at = find_spelling(script_han_wade, script_han_wade_count, word);
    if (at == script_han_wade_count)
        return 0;
    out[0] = script_han_wade[at].syllable[0];
    return 1;
}

/* Pinyin first, Wade–Giles where it is none and no `family` name is spelt so; lv, lyu and nv, nyu
 * are one to people who type. */
static size_t cut_word(pb_str word, bool family, uint16_t *out, bool *ret_plain)
{
    /* What no syllable ends with, in either spelling, needs no search. */
    *ret_plain = false;
    if (word.len == 0 || memchr("aeghinoruv", word.ptr[word.len - 1], 10) == NULL)
        return 0;
    size_t count = cut_pinyin(word.ptr, word.len, false, out, SCRIPT_SYLLABLES);
    if (count == 0 && word.len == 3 && (word.ptr[0] == 'l' || word.ptr[0] == 'n') &&
        word.ptr[1] == 'y' && word.ptr[2] == 'u') {
        const char spelt[] = {word.ptr[0], 'v'};
        count = cut_pinyin(spelt, sizeof spelt, false, out, SCRIPT_SYLLABLES);
    }
    *ret_plain = count > 0;
    if (count == 0)
        count = cut_wade(word, out);
    if (count == 0 && !family) {
        count = cut_pinyin(word.ptr, word.len, true, out, SCRIPT_SYLLABLES);
        *ret_plain = count > 0;
    }
    return count;
}

/* Readings of a word as a family name; the first with two syllables where it has them. */
static size_t families_of(pb_str word, uint16_t readings[][2], size_t room)
{
    size_t at = find_spelling(script_han_families, script_han_family_count, word), count = 0;
    for (; at < script_han_family_count && count < room &&
           pb_str_is(word, script_han_families[at].spelling);
         at++, count++)
        memcpy(readings[count], script_han_families[at].syllable, sizeof readings[count]);
    return count;
}

size_t script_syllables(pb_str word, uint16_t syllables[SCRIPT_SYLLABLES])
{
    char letters[LETTERS_MOST] = "";
    uint16_t family[1][2];
    bool pinyin;
    size_t len = letters_of(word, letters);
    pb_str plain = pb_str_n(letters, len);
    bool named = len > 0 && families_of(plain, family, 1) > 0;
    size_t count = cut_word(plain, named, syllables, &pinyin);
    if (count == 0 && named) {
        syllables[count++] = family[0][0];
        if (family[0][1] != 0)
            syllables[count++] = family[0][1];
    }
    return count;
}

/* One word of a name on its way to be read. */
typedef struct read_word {
    uint16_t syllable[SCRIPT_SYLLABLES];
    size_t count;
    bool plain;            /* pinyin */
    uint16_t family[3][2]; /* as a family name */
    size_t families;
} read_word;

static bool read_latin_word(pb_str word, read_word *ret)
{
    char letters[LETTERS_MOST] = "";
    size_t len = letters_of(word, letters);
    pb_str plain = pb_str_n(letters, len);
    *ret = (read_word){.count = 0};
    if (len == 0)
        return false;
    ret->families = families_of(plain, ret->family, 3);
    ret->count = cut_word(plain, ret->families > 0, ret->syllable, &ret->plain);
    return ret->count > 0 || ret->families > 0;
}

/* What else a family name at one end may be. */
static void note_others(const read_word *word, uint16_t others[2])
{
    size_t count = 0;
    for (size_t i = 0; i < word->families && count < 2; i++)
        if (word->family[i][1] == 0 && word->family[i][0] != word->syllable[0])
            others[count++] = word->family[i][0];
}

static bool add_word(script_reading *ret, const read_word *word)
{
    for (size_t i = 0; i < word->count; i++) {
        if (ret->count == SCRIPT_SYLLABLES)
            return false;
        ret->plain = (uint8_t)(ret->plain | (unsigned)word->plain << ret->count);
        ret->syllable[ret->count++] = word->syllable[i];
    }
    return true;
}

bool script_read_latin(pb_str name, script_reading *ret)
{
    read_word words[WORDS_MOST];
    pb_str rest = name, text;
    size_t count = 0;
    *ret = (script_reading){.count = 0};
    while (pb_str_split(&rest, ' ', &text)) {
        if (text.len == 0)
            continue;
        if (count == WORDS_MOST || text.len >= LETTERS_MOST ||
            !read_latin_word(text, &words[count++]))
            return false;
    }
    if (count < 2 || (words[0].families == 0 && words[count - 1].families == 0))
        return false;
    for (size_t i = 0; i < count; i++) {
        read_word *word = &words[i];
        if (word->count == 0) { /* a spelling of family names only: it stands at one end */
            if (i > 0 && i + 1 < count)
                return false;
            memcpy(word->syllable, word->family[0], sizeof word->family[0]);
            word->count = word->family[0][1] != 0 ? 2 : 1;
        }
        if (!add_word(ret, word))
            return false;
    }
    if (words[0].count == 1)
        note_others(&words[0], ret->first);
    if (words[count - 1].count == 1)
        note_others(&words[count - 1], ret->last);
    return ret->count >= 2;
}

static bool same_sound(uint16_t a, uint16_t b)
{
    return script_han_sound[a] == script_han_sound[b];
}

/* The syllable at one place of `a` as whatever it may be, against one of `b`. */
static bool may_sound(const script_reading *a, size_t i, uint16_t syllable)
{
    if (same_sound(a->syllable[i], syllable))
        return true;
    for (size_t k = 0; k < 2; k++)
        if ((i == 0 && a->first[k] != 0 && same_sound(a->first[k], syllable)) ||
            (i + 1 == a->count && a->last[k] != 0 && same_sound(a->last[k], syllable)))
            return true;
    return false;
}

static script_alike same_turned(const script_reading *a, const script_reading *b, size_t turn)
{
    script_alike found = SCRIPT_SAME;
    for (size_t i = 0; i < a->count; i++) {
        size_t j = (i + turn) % b->count;
        bool plain = (a->plain >> i & 1) && (b->plain >> j & 1);
        if (plain && a->syllable[i] == b->syllable[j])
            continue;
        if (!may_sound(a, i, b->syllable[j]) && !may_sound(b, j, a->syllable[i]))
            return SCRIPT_DIFFERENT;
        found = SCRIPT_CLOSE;
    }
    return found;
}

script_alike script_same_reading(const script_reading *a, const script_reading *b)
{
    script_alike best = SCRIPT_DIFFERENT;
    if (a->count != b->count)
        return best;
    for (size_t turn = 0; turn < a->count && best != SCRIPT_SAME; turn++) {
        script_alike found = same_turned(a, b, turn);
        best = found > best ? found : best;
    }
    return best;
}

static uint64_t sound_key(uint16_t syllable)
{
    uint64_t h = (script_han_sound[syllable] + UINT64_C(1)) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 31;
}

uint64_t script_reading_key(const script_reading *reading)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < reading->count; i++)
        sum += sound_key(reading->syllable[i]);
    return sum;
}

size_t script_reading_others(const script_reading *reading, uint64_t keys[SCRIPT_OTHERS])
{
    uint64_t key = script_reading_key(reading);
    size_t found = 0;
    for (size_t i = 0; i < SCRIPT_OTHERS && reading->count > 0; i++) {
        size_t end = i < 2 ? 0 : reading->count - 1u;
        uint16_t other = i < 2 ? reading->first[i] : reading->last[i - 2];
        if (other != 0 && !same_sound(other, reading->syllable[end]))
            keys[found++] = key - sound_key(reading->syllable[end]) + sound_key(other);
    }
    return found;
}

static size_t codes_of(pb_str name, uint32_t codes[SCRIPT_SYLLABLES])
{
    size_t count = 0;
    for (size_t at = 0; at < name.len;) {
        uint32_t code = pb_utf8_next(name, &at);
        if (code == ' ')
            continue;
        if (count == SCRIPT_SYLLABLES || !pb_code_is_han(code))
            return 0;
        codes[count++] = code;
    }
    return count;
}

/* Readings of characters; as a family name the first ones may be read otherwise. */
static size_t readings_of(const uint32_t *codes, size_t count, bool person, const char **readings)
{
    size_t known = person ? script_han_surname(codes, count, readings) : 0;
    for (size_t i = known; i < count; i++)
        readings[i] = script_han_in_word(i > 0 ? codes[i - 1] : 0, codes[i],
                                         i + 1 < count ? codes[i + 1] : 0);
    return count;
}

bool script_read_han(pb_str name, script_reading *ret)
{
    uint32_t codes[SCRIPT_SYLLABLES];
    const char *readings[SCRIPT_SYLLABLES + 2];
    size_t count = codes_of(name, codes);
    pb_str family, given;
    bool front = true;
    *ret = (script_reading){.count = 0};
    if (count < 2)
        return false;
    if (script_han_cut(name, &family, &given, &front) && !front) {
        uint32_t last = codes[count - 1];
        memmove(codes + 1, codes, (count - 1) * sizeof *codes);
        codes[0] = last;
    }
    readings_of(codes, count, true, readings);
    for (size_t i = 0; i < count; i++) {
        uint16_t number = pinyin_number(readings[i], strlen(readings[i]));
        if (number == 0)
            return false;
        ret->syllable[ret->count++] = number;
        ret->plain = (uint8_t)(ret->plain | 1u << i);
    }
    return true;
}

size_t script_han_latin(pb_str word, bool person, char *room, size_t size)
{
    size_t len = 0;
    uint32_t before = 0, code;
    const char *readings[2];
    for (size_t at = 0, next; at < word.len; at = next) {
        next = at;
        code = pb_utf8_next(word, &next);
        size_t behind = next;
        uint32_t after = next < word.len ? pb_utf8_next(word, &behind) : 0;
        const char *reading = script_han_in_word(before, code, after);
        if (person && at == 0) {
            const uint32_t pair[3] = {code, after, 0x4E00};
            size_t known = script_han_surname(pair, 3, readings);
            reading = known == 1 || (known == 2 && behind == word.len) ? readings[0] : reading;
        }
        size_t letters = strlen(reading);
        if (letters == 0 || len + letters > size)
            return 0;
        memcpy(room + len, reading, letters);
        len += letters;
        before = code;
    }
    return len;
}
