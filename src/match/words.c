/* The words of names: each is known by a number, and compared with another only once. */
#include "internal.h"

#include "base/utf8.h"
#include "tables/nicknames.h"

enum { FIRST_WORDS = 1024, SHORT_BONES = 2, KEPT_SLOTS = 4096 };

/* What two words were found to be; `pair` is 0 in an empty place. */
struct match_likeness {
    uint64_t pair;
    match_alike alike;
};

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
}

void match_words_free(match_words *words)
{
    match_intern_free(&words->intern);
    match_intern_free(&words->nicknames);
    free(words->items);
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
        words->items[id] =
            (match_word){.text = text,
                         .bones = (uint32_t)match_hash(pb_str_n(bones, length), 11) | 1,
                         .single = text.len <= 4 && pb_utf8_count(text) == 1,
                         .start = (uint32_t)match_hash(pb_str_sub(text, 0, SHORT_BONES), 12),
                         .letters = match_letters(text),
                         .ascii = is_ascii(text)};
    }
    *ret_id = id;
    return id > 0;
}

bool match_words_add(match_words *words, pb_str text, match_name *ret_name)
{
    size_t count = 0;
    pb_str rest = text, word;
    *ret_name = (match_name){{0}};
    while (count < NAME_PARTS && pb_str_split(&rest, ' ', &word))
        if (word.len > 0 && !add_word(words, word, &ret_name->word[count++]))
            return false;
    return true;
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

static match_alike compare_words(const match_words *words, const match_word *a, const match_word *b)
{
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

/* One word against another; remembered. */
static match_alike words_alike(match_words *words, uint32_t a, uint32_t b)
{
    if (a == b)
        return ALIKE_SAME;
    uint64_t pair = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
    struct match_likeness *place =
        &words->cache[(pair * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - words->cache_bits)];
    if (place->pair != pair)
        *place =
            (struct match_likeness){pair, compare_words(words, &words->items[a], &words->items[b])};
    return place->alike;
}

static size_t words_in(const match_name *name)
{
    size_t count = 0;
    while (count < NAME_PARTS && name->word[count] != 0)
        count++;
    return count;
}

/* `maryann` and `mary ann`. */
static bool same_when_joined(const match_words *words, const match_name *a, const match_name *b)
{
    char text[2][128];
    size_t length[2] = {0};
    for (int side = 0; side < 2; side++) {
        const match_name *name = side == 0 ? a : b;
        for (size_t i = 0; i < NAME_PARTS && name->word[i] != 0; i++) {
            pb_str word = words->items[name->word[i]].text;
            if (length[side] + word.len > sizeof text[side])
                return false;
            memcpy(text[side] + length[side], word.ptr, word.len);
            length[side] += word.len;
        }
    }
    return length[0] == length[1] && memcmp(text[0], text[1], length[0]) == 0;
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

match_level match_compare_names(match_words *words, const match_name *a, const match_name *b,
                                match_name *ret_equal)
{
    size_t na = words_in(a), nb = words_in(b), fewer = na < nb ? na : nb, equals = 0;
    unsigned used_a = 0, used_b = 0;
    size_t same = take_alike(words, a, b, ALIKE_SAME, &used_a, &used_b);
    *ret_equal = (match_name){{0}};
    for (size_t i = 0; i < na; i++)
        if (used_a >> i & 1)
            ret_equal->word[equals++] = a->word[i];
    size_t close = take_alike(words, a, b, ALIKE_CLOSE, &used_a, &used_b);
    size_t initial = take_alike(words, a, b, ALIKE_INITIAL, &used_a, &used_b);
    bool covered = same + close + initial == fewer;
    if (same == na && same == nb)
        return LEVEL_EQUAL;
    if (na != nb && same_when_joined(words, a, b))
        return LEVEL_CLOSE;
    if (covered && na == nb)
        return same > 0 ? LEVEL_CLOSE : close > 0 ? LEVEL_NEAR : LEVEL_PARTLY;
    if (covered && same + close > 0)
        return same >= 2 ? LEVEL_CLOSE : LEVEL_SHORT;
    if (same > 0)
        return LEVEL_SHARED;
    return close > 0 ? LEVEL_PARTLY : LEVEL_DIFFERS;
}
