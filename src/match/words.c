/* The words of names: each is known by a number, and compared with another only once. */
#include "internal.h"

#include "base/utf8.h"
#include "script/skeleton.h"
#include "tables/nicknames.h"

enum { FIRST_WORDS = 1024, SHORT_BONES = 2, KEPT_SLOTS = 4096 };

static uint64_t nickname_key(pb_str a, pb_str b)
{
    return match_hash(a, 17) + match_hash(b, 17); /* in any order */
}

static bool gather_nicknames(match_words *words)
{
    for (size_t i = 0; i < match_nickname_count; i++) {
        pb_str rest = pb_str_c(match_nicknames[i]), name, nickname;
        pb_str_split(&rest, ' ', &name);
        while (pb_str_split(&rest, ' ', &nickname))
            if (match_intern_id(&words->nicknames, nickname_key(name, nickname)) == 0)
                return false;
    }
    return true;
}

bool match_words_start(match_words *words, unsigned cache_bits)
{
    words->cache = calloc((size_t)1 << cache_bits, sizeof *words->cache);
    words->cache_bits = cache_bits;
    return words->cache != NULL && gather_nicknames(words);
}

void match_words_reset(match_words *words)
{
    size_t used = (size_t)words->intern.count + 1;
    if (words->items != NULL)
        memset(words->items, 0,
               (used < words->capacity ? used : words->capacity) * sizeof *words->items);
    memset(words->cache, 0, ((size_t)1 << words->cache_bits) * sizeof *words->cache);
    if (words->intern.mask >= KEPT_SLOTS)
        match_intern_free(&words->intern);
    else if (words->intern.slots != NULL)
        memset(words->intern.slots, 0, (words->intern.mask + 1) * sizeof *words->intern.slots);
    words->intern.count = 0;
    words->reading_count = 0;
}

void match_words_free(match_words *words)
{
    match_intern_free(&words->intern);
    match_intern_free(&words->nicknames);
    free(words->items);
    free(words->readings);
    free(words->cache);
}

/* ASCII; other letters stay. */
size_t match_skeleton(pb_str word, char *bones, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < word.len && count < max; i++) {
        char c = word.ptr[i];
        bool vowel = memchr("aeiouyhw ", c, 9) != NULL;
        if ((vowel && i > 0) || (count > 0 && bones[count - 1] == c))
            continue;
        bones[count++] = c;
    }
    return count;
}

static bool is_ascii(pb_str text)
{
    unsigned char all = 0;
    for (size_t i = 0; i < text.len; i++)
        all |= (unsigned char)text.ptr[i];
    return all < 0x80;
}

/* What a word sounds like: its syllables as a Chinese one. */
static uint32_t sound_of(pb_str word, match_script script)
{
    script_reading reading = {.count = 0};
    char latin[64];
    if (script == MATCH_HAN)
        word = pb_str_n(latin, script_han_latin(word, true, latin, sizeof latin));
    if (script != MATCH_ARABIC && word.len > 0)
        reading.count = (uint8_t)script_syllables(word, reading.syllable);
    return reading.count > 0 ? (uint32_t)(script_reading_key(&reading) >> 32) | 1 : 0;
}

/* What Arabic and Latin spellings of a word share. */
static uint32_t cross_of(pb_str word, match_script script)
{
    script_bones bones;
    if (script == MATCH_HAN)
        return 0;
    script_bones_of(word, &bones);
    if (bones.count > 1 && bones.sound[bones.count - 1] == 'h')
        bones.count--;
    return bones.count > 0 ? (uint32_t)match_hash(pb_str_n(bones.sound, bones.count), 14) | 1 : 0;
}

/* The sounds of a word in any order. An h at its end is not heard, so none is taken. */
static void put_bag(match_word *word)
{
    script_bones bones;
    if (word->script == MATCH_HAN)
        return;
    script_bones_of(word->text, &bones);
    for (size_t i = 0; i < bones.count; i++) {
        if (bones.sound[i] == 'h')
            continue;
        word->bag += (uint32_t)match_mix((uint64_t)(unsigned char)bones.sound[i], 15);
        word->heard++;
    }
}

static bool add_word(match_words *words, pb_str text, uint32_t *ret_id)
{
    uint32_t id = match_intern_id(&words->intern, match_hash(text, 3));
    if (id >= words->capacity) {
        size_t capacity = words->capacity > 0 ? words->capacity * 2 : FIRST_WORDS;
        match_word *items = realloc(words->items, capacity * sizeof *items);
        if (items == NULL)
            return false;
        memset(items + words->capacity, 0, (capacity - words->capacity) * sizeof *items);
        words->items = items;
        words->capacity = capacity;
    }
    if (id > 0 && words->items[id].text.ptr == NULL) {
        char bones[32];
        size_t length = match_skeleton(text, bones, sizeof bones);
        match_script script = match_script_of(text);
        words->foreign = words->foreign || script != MATCH_LATIN;
        words->items[id] =
            (match_word){.text = text,
                         .bones = (uint32_t)match_hash(pb_str_n(bones, length), 11) | 1,
                         .single = text.len <= 4 && pb_utf8_count(text) == 1,
                         .start = (uint32_t)match_hash(pb_str_sub(text, 0, SHORT_BONES), 12),
                         .letters = match_letters(text),
                         .cross = cross_of(text, script),
                         .sound = sound_of(text, script),
                         .script = (uint8_t)script,
                         .ascii = is_ascii(text)};
        put_bag(&words->items[id]);
    }
    *ret_id = id;
    return id > 0;
}

static bool add_reading(match_words *words, const script_reading *reading, uint32_t *ret_number)
{
    if ((size_t)words->reading_count + 1 >= words->reading_capacity) {
        size_t more = words->reading_capacity > 0 ? words->reading_capacity * 2 : 64;
        script_reading *grown = realloc(words->readings, more * sizeof *grown);
        if (grown == NULL)
            return false;
        words->readings = grown;
        words->reading_capacity = more;
    }
    *ret_number = ++words->reading_count;
    words->readings[*ret_number] = *reading;
    return true;
}

bool match_words_add(match_words *words, pb_str text, match_name *ret_name)
{
    pb_str cut[NAME_PARTS];
    script_reading reading;
    size_t count = match_name_cut(text, cut);
    *ret_name = (match_name){{0}, 0};
    for (size_t i = 0; i < count; i++)
        if (!add_word(words, cut[i], &ret_name->word[i]))
            return false;
    return !match_name_read(text, cut, count, &reading) ||
           add_reading(words, &reading, &ret_name->reading);
}

/* The letters that only one has bound the Jaro–Winkler likeness: with the most that a common start
 * adds, 0.88 needs a Jaro likeness of 0.8, and of 0.88 when the first letters differ. */
static bool may_be_close(const match_word *a, const match_word *b)
{
    int only_a = __builtin_popcount(a->letters & ~b->letters);
    int only_b = __builtin_popcount(b->letters & ~a->letters);
    if (!a->ascii || !b->ascii)
        return only_a + only_b <= 6;
    double la = (double)a->text.len, lb = (double)b->text.len;
    double common = la - only_a < lb - only_b ? la - only_a : lb - only_b;
    double least = a->text.ptr[0] == b->text.ptr[0] ? 0.8 : 0.88;
    return (common / la + common / lb + 1) / 3 >= least || (only_a <= 1 && only_b <= 1);
}

/* A word in Han characters beside one in Latin letters. */
static match_alike compare_han(pb_str han, pb_str latin)
{
    char room[64];
    pb_str read = pb_str_n(room, script_han_latin(han, true, room, sizeof room));
    if (read.len == 0)
        return ALIKE_NOT;
    if (pb_str_eq(read, latin))
        return ALIKE_SOUND;
    if (latin.len == 1)
        return latin.ptr[0] == read.ptr[0] ? ALIKE_INITIAL : ALIKE_NOT;
    uint16_t a[SCRIPT_SYLLABLES], b[SCRIPT_SYLLABLES];
    script_reading left = {.count = (uint8_t)script_syllables(read, a)};
    script_reading right = {.count = (uint8_t)script_syllables(latin, b)};
    memcpy(left.syllable, a, left.count * sizeof *a);
    memcpy(right.syllable, b, right.count * sizeof *b);
    if (left.count > 0 && script_same_reading(&left, &right) != SCRIPT_DIFFERENT)
        return ALIKE_CLOSE;
    return read.len >= 4 && match_distance(read, latin, 1) <= 1 ? ALIKE_CLOSE : ALIKE_NOT;
}

/* A word in Arabic letters beside one in Latin ones. */
static match_alike compare_arabic(const match_word *arabic, const match_word *latin)
{
    script_bones a, b;
    switch (script_persian_alike(arabic->text, latin->text)) {
    case SCRIPT_SAME:
        return ALIKE_SOUND;
    case SCRIPT_CLOSE:
        return ALIKE_CLOSE;
    case SCRIPT_DIFFERENT:
        break;
    }
    if (arabic->cross == latin->cross || latin->single)
        return ALIKE_NOT; /* the same consonants, and vowels that contradict each other */
    script_bones_of(arabic->text, &a);
    script_bones_of(latin->text, &b);
    return a.count >= 4 &&
                   match_distance(pb_str_n(a.sound, a.count), pb_str_n(b.sound, b.count), 1) <= 1
               ? ALIKE_CLOSE
               : ALIKE_NOT;
}

static match_alike compare_scripts(const match_word *a, const match_word *b)
{
    const match_word *latin = a->script == MATCH_LATIN ? a : b, *other = latin == a ? b : a;
    if (latin->script != MATCH_LATIN || !latin->ascii)
        return ALIKE_NOT;
    return other->script == MATCH_HAN ? compare_han(other->text, latin->text)
                                      : compare_arabic(other, latin);
}

/* Characters that are read alike are typed for one another. */
static match_alike compare_characters(const match_word *a, const match_word *b)
{
    if (a->sound == b->sound && a->sound != 0 && a->text.len == b->text.len)
        return ALIKE_CLOSE;
    size_t shorter = a->text.len < b->text.len ? a->text.len : b->text.len;
    return shorter >= 9 && match_distance(a->text, b->text, 1) <= 1 ? ALIKE_CLOSE : ALIKE_NOT;
}

static match_alike compare_words(const match_words *words, const match_word *a, const match_word *b)
{
    if (a->script != b->script)
        return compare_scripts(a, b);
    if (a->script == MATCH_HAN)
        return compare_characters(a, b);
    const match_word *shorter = a->text.len < b->text.len ? a : b, *longer = shorter == a ? b : a;
    if (shorter->single && shorter->text.len < longer->text.len)
        return pb_str_starts(longer->text, shorter->text) ? ALIKE_INITIAL : ALIKE_NOT;
    if (match_intern_has(&words->nicknames, nickname_key(a->text, b->text)))
        return ALIKE_CLOSE;
    if (!may_be_close(a, b))
        return ALIKE_NOT;
    if (shorter->text.len >= 3 && pb_str_starts(longer->text, shorter->text))
        return ALIKE_CLOSE;
    if (a->bones == b->bones && shorter->text.len >= 3)
        return ALIKE_CLOSE;
    if (match_similarity(a->text, b->text) >= 0.88)
        return ALIKE_CLOSE;
    return shorter->text.len >= 4 && match_distance(a->text, b->text, 1) <= 1 ? ALIKE_CLOSE
                                                                              : ALIKE_NOT;
}

/* One word against another; remembered, whichever of them comes first: so they are compared in one
 * order only. Which thread met them first in which order must not matter. */
static match_alike words_alike(match_words *words, uint32_t a, uint32_t b)
{
    if (a == b)
        return ALIKE_SAME;
    uint64_t pair = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
    struct match_likeness *place =
        &words->cache[(pair * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - words->cache_bits)];
    if (place->pair != pair) {
        const match_word *one = &words->items[a], *other = &words->items[b];
        bool turned = pb_str_cmp(one->text, other->text) > 0;
        *place = (struct match_likeness){
            pair, compare_words(words, turned ? other : one, turned ? one : other)};
    }
    return place->alike;
}

static size_t words_in(const match_name *name)
{
    size_t count = 0;
    while (count < NAME_PARTS && name->word[count] != 0)
        count++;
    return count;
}

/* Pairs of words alike in the same way, each word once. */
static size_t take_alike(match_words *words, const match_name *a, const match_name *b,
                         match_alike wanted, unsigned *used_a, unsigned *used_b)
{
    size_t found = 0;
    for (size_t i = 0; i < NAME_PARTS && a->word[i] != 0; i++) {
        for (size_t j = 0; j < NAME_PARTS && b->word[j] != 0; j++) {
            if ((*used_a >> i & 1) || (*used_b >> j & 1) ||
                words_alike(words, a->word[i], b->word[j]) != wanted)
                continue;
            *used_a |= 1u << i;
            *used_b |= 1u << j;
            found++;
        }
    }
    return found;
}

/* Two words beside each other that are one word of the other name: `mary ann`, محمد رضا. */
static bool is_joined(const match_word *a, const match_word *b, const match_word *whole)
{
    char room[128];
    if (a->script != b->script || a->text.len + b->text.len > sizeof room)
        return false;
    if (a->script == whole->script && a->text.len + b->text.len != whole->text.len)
        return false;
    memcpy(room, a->text.ptr, a->text.len);
    memcpy(room + a->text.len, b->text.ptr, b->text.len);
    pb_str both = pb_str_n(room, a->text.len + b->text.len);
    if (a->script == whole->script)
        return pb_str_eq(both, whole->text);
    if (a->script == MATCH_ARABIC && whole->script == MATCH_LATIN)
        return script_persian_alike(both, whole->text) == SCRIPT_SAME;
    if (a->script == MATCH_LATIN && whole->script == MATCH_ARABIC)
        return script_persian_alike(whole->text, both) == SCRIPT_SAME;
    return a->script == MATCH_LATIN && whole->script == MATCH_HAN &&
           compare_han(whole->text, both) == ALIKE_SOUND;
}

/* Words of the longer name that are one of the shorter; how many words it has less so. */
static size_t take_joined(const match_words *words, const match_name *longer,
                          const match_name *shorter, unsigned *used_longer, unsigned *used_shorter)
{
    size_t found = 0;
    for (size_t i = 0; i + 1 < NAME_PARTS && longer->word[i + 1] != 0; i++) {
        for (size_t j = 0; j < NAME_PARTS && shorter->word[j] != 0; j++) {
            if ((*used_longer >> i & 3) != 0 || (*used_shorter >> j & 1) != 0 ||
                !is_joined(&words->items[longer->word[i]], &words->items[longer->word[i + 1]],
                           &words->items[shorter->word[j]]))
                continue;
            *used_longer |= 3u << i;
            *used_shorter |= 1u << j;
            found++;
        }
    }
    return found;
}

/* The same words in any order. */
static bool same_words(const match_name *a, const match_name *b)
{
    unsigned used = 0;
    size_t found = 0, na = words_in(a);
    for (size_t i = 0; i < na; i++)
        for (size_t j = 0; j < NAME_PARTS && b->word[j] != 0; j++)
            if (!(used >> j & 1) && a->word[i] == b->word[j]) {
                used |= 1u << j;
                found++;
                break;
            }
    return found == na && na == words_in(b);
}

/* What was found of two names, word by word. */
typedef struct name_match {
    size_t na, nb, same, close, initial;
    unsigned used_a, used_b;
} name_match;

static bool sounds_alike(const match_word *a, const match_word *b)
{
    return a->script != b->script &&
           ((a->cross == b->cross && a->cross != 0) || (a->sound == b->sound && a->sound != 0));
}

/* Of words that are the same in two scripts the commoner counts. */
static void note_equal(const match_words *words, const match_name *a, const match_name *b,
                       name_match *of, match_name *ret_equal)
{
    size_t equals = 0;
    for (size_t i = 0; i < of->na; i++) {
        if (!(of->used_a >> i & 1))
            continue;
        uint32_t word = a->word[i];
        for (size_t j = 0; j < of->nb; j++)
            if (b->word[j] != word && (of->used_b >> j & 1) &&
                sounds_alike(&words->items[b->word[j]], &words->items[word]) &&
                words->items[b->word[j]].count > words->items[word].count)
                word = b->word[j];
        ret_equal->word[equals++] = word;
    }
}

static name_match match_words_of(match_words *words, const match_name *a, const match_name *b,
                                 match_name *ret_equal)
{
    name_match of = {.na = words_in(a), .nb = words_in(b)};
    of.same = take_alike(words, a, b, ALIKE_SAME, &of.used_a, &of.used_b);
    of.same += take_alike(words, a, b, ALIKE_SOUND, &of.used_a, &of.used_b);
    if (of.na != of.nb) {
        bool first = of.na > of.nb;
        size_t joined = first ? take_joined(words, a, b, &of.used_a, &of.used_b)
                              : take_joined(words, b, a, &of.used_b, &of.used_a);
        of.same += joined;
        note_equal(words, a, b, &of, ret_equal);
        *(first ? &of.na : &of.nb) -= joined;
    } else {
        note_equal(words, a, b, &of, ret_equal);
    }
    of.close = take_alike(words, a, b, ALIKE_CLOSE, &of.used_a, &of.used_b);
    of.initial = take_alike(words, a, b, ALIKE_INITIAL, &of.used_a, &of.used_b);
    return of;
}

static match_level level_of(const name_match *of)
{
    size_t fewer = of->na < of->nb ? of->na : of->nb;
    bool covered = of->same + of->close + of->initial == fewer;
    if (covered && of->na == of->nb)
        return of->same > 0 ? LEVEL_CLOSE : of->close > 0 ? LEVEL_NEAR : LEVEL_PARTLY;
    if (covered && of->same + of->close > 0)
        return of->same >= 2 ? LEVEL_CLOSE : LEVEL_SHORT;
    if (of->same > 0)
        return LEVEL_SHARED;
    return of->close > 0 ? LEVEL_PARTLY : LEVEL_DIFFERS;
}

/* Chinese names of which one is spelt otherwise than the other: as a whole. */
static match_level level_of_readings(const match_words *words, const match_name *a,
                                     const match_name *b)
{
    if (a->reading == 0 || b->reading == 0 ||
        (words->items[a->word[0]].script == MATCH_HAN &&
         words->items[b->word[0]].script == MATCH_HAN))
        return LEVEL_DIFFERS;
    switch (script_same_reading(&words->readings[a->reading], &words->readings[b->reading])) {
    case SCRIPT_SAME:
        return LEVEL_CLOSE;
    case SCRIPT_CLOSE:
        return LEVEL_NEAR;
    case SCRIPT_DIFFERENT:
        break;
    }
    return LEVEL_DIFFERS;
}

match_level match_compare_names(match_words *words, const match_name *a, const match_name *b,
                                match_name *ret_equal)
{
    *ret_equal = (match_name){{0}, 0};
    name_match of = match_words_of(words, a, b, ret_equal);
    if (of.same == of.na && of.same == of.nb && same_words(a, b))
        return LEVEL_EQUAL;
    match_level level = level_of(&of);
    if (level >= LEVEL_CLOSE)
        return level;
    match_level read = level_of_readings(words, a, b);
    if (read <= level)
        return level;
    if (ret_equal->word[0] == 0 && read == LEVEL_CLOSE)
        memcpy(ret_equal->word, a->word, sizeof a->word);
    return read;
}
