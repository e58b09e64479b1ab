/* How texts are taken apart and compared: keys, names, words, written forms, similarity. */
#ifndef MATCH_TEXTS_H
#define MATCH_TEXTS_H

#include "match/model.h"
#include "script/names.h"

enum { NAME_PARTS = 6, BONES = 3 };

/* ---- keys.c ---- */

/** Sorts numbers by their bits from `low` to below `bits`, stable: radix. `scratch` has the same
 * room. */
void match_sort(uint64_t *items, uint64_t *scratch, size_t count, unsigned low, unsigned bits);
uint64_t match_hash(pb_str text, uint64_t seed);
uint64_t match_mix(uint64_t a, uint64_t b);
/** Set of the bytes of a text, as far as 32 bits tell them apart. */
uint32_t match_letters(pb_str text);

/** Numbers 1, 2, 3 … for hashes, in the order in which they are first seen. */
typedef struct match_intern {
    struct match_slot {
        uint64_t hash;
        uint32_t id;
    } * slots;
    size_t mask;
    uint32_t count;
} match_intern;
/** The number of a hash; 0 when there is no memory. */
uint32_t match_intern_id(match_intern *intern, uint64_t hash);
bool match_intern_has(const match_intern *intern, uint64_t hash);
void match_intern_free(match_intern *intern);

/* ---- names.c ---- */

typedef enum match_script { MATCH_LATIN, MATCH_HAN, MATCH_ARABIC } match_script;

/** By the first letter of Han or Arabic; MATCH_LATIN where there is none. */
match_script match_script_of(pb_str text);
/** The words of a name that are compared; slices of it. Returns how many. */
size_t match_name_cut(pb_str name, pb_str ret_words[NAME_PARTS]);
/** Reads a name whose words were cut as a Chinese one; false where it is none. */
bool match_name_read(pb_str name, const pb_str *words, size_t count, script_reading *ret);

/* ---- words.c ---- */

/** A word of names. */
typedef struct match_word {
    pb_str text;
    uint32_t count; /* names of rows in which it stands */
    uint32_t bones; /* hash of its consonants; two letters of them decide `start` */
    uint32_t start;
    uint32_t letters; /* set of its letters */
    uint32_t cross;   /* the same in Arabic and Latin letters: hash of its sounds; 0: none */
    uint32_t sound;   /* the same in Han characters and Latin letters: of its syllables; 0: none */
    uint32_t bag;     /* sum over its sounds: that of a whole name does not say where a word ends */
    uint8_t heard;    /* how many those are */
    uint8_t script;   /* match_script */
    bool ascii;
    bool single; /* one letter: an initial, or a name in Chinese */
} match_word;

/** ALIKE_SOUND: the same word in another script. */
typedef enum match_alike {
    ALIKE_NOT,
    ALIKE_INITIAL,
    ALIKE_CLOSE,
    ALIKE_SOUND,
    ALIKE_SAME
} match_alike;

/** What two words were found to be; `pair` is 0 in an empty place. */
struct match_likeness {
    uint64_t pair;
    match_alike alike;
};

/** All words of all names, numbered from 1. */
typedef struct match_words {
    match_intern intern, nicknames;
    match_word *items;
    size_t capacity;
    script_reading *readings; /* of Chinese names, numbered from 1 */
    uint32_t reading_count;
    size_t reading_capacity;
    struct match_likeness *cache;
    unsigned cache_bits;
    bool foreign; /* some word is in Han characters or Arabic letters */
} match_words;

/** The words of one name: numbers, 0 behind the last. */
typedef struct match_name {
    uint32_t word[NAME_PARTS];
    uint32_t reading; /* its number; 0: no Chinese name */
} match_name;

/** `cache_bits`: as many results of comparing words are remembered, a power of two. */
bool match_words_start(match_words *words, unsigned cache_bits);
/** Forgets all words; nicknames and memory stay. */
void match_words_reset(match_words *words);
bool match_words_add(match_words *words, pb_str text, match_name *ret_name);
void match_words_free(match_words *words);
/** Level of two names; `ret_equal` says of which equal words they were found alike (words of a). */
match_level match_compare_names(match_words *words, const match_name *a, const match_name *b,
                                match_name *ret_equal);
/** Consonants in order, at most `max`: slips in vowels and doubled letters vanish. */
size_t match_skeleton(pb_str word, char *bones, size_t max);

/* ---- forms.c ---- */

enum { FORM_ROOM = 1024 };

/** The form of a value in which other ways to write it are the same; the value itself, or in the
 * room. */
pb_str match_form(match_kind kind, pb_str value, char *room, size_t size);
/** The name of a firm without its legal form in Latin letters; the name itself where it has no Han
 * characters. */
pb_str match_org_latin(pb_str core, char *room, size_t size);

/* ---- similarity.c ---- */

/** As match_similarity and match_distance, character by character: what these do by the bits of a
 * word for short ASCII texts, and all others. */
double match_similarity_plain(pb_str a, pb_str b);
size_t match_distance_plain(pb_str a, pb_str b, size_t limit);

#endif
