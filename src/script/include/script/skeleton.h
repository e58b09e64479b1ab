/* Consonant skeletons of words. Threads: pure functions. */
#ifndef SCRIPT_SKELETON_H
#define SCRIPT_SKELETON_H

#include "base/buf.h"

enum { SCRIPT_BONES = 24 };

/** What is heard between two consonants, as far as letters tell. */
enum {
    SCRIPT_GAP_A = 1,
    SCRIPT_GAP_I = 2,
    SCRIPT_GAP_U = 4,
    SCRIPT_GAP_LONG_I = 8,  /* in Latin letters: i or y, which is mostly long */
    SCRIPT_GAP_STRONG = 16, /* in Latin letters: ei, ey, ee */
    SCRIPT_GAP_V = 32       /* in Latin letters: v, w, oo, ou, which Arabic ones write as well */
};

/** A word as consonants and what stands around them. */
typedef struct script_bones {
    char sound[SCRIPT_BONES];
    uint8_t gap[SCRIPT_BONES + 1]; /* in front of each consonant, and behind the last */
    size_t count;
} script_bones;

/** Takes a folded word apart: consonants in the sounds that Persian and Latin letters share,
 * doubled ones once; what is beyond SCRIPT_BONES is left out. */
void script_bones_of(pb_str word, script_bones *ret);

/** Appends the skeleton of a folded word: what the Persian (or Arabic) and the Latin spelling of
 * one name have in common (محمد and "Mohammad" give `mhmd`). Appends nothing for words without
 * consonants and for other scripts. Source: measured in the project's notes on names across
 * scripts: letters of one sound are one, vowels and the half-vowels و ی w v y fall, doubles count
 * once, a last h is not heard. */
void script_skeleton(pb_str word, pb_buf *out);

#endif
