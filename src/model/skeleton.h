/* Consonant skeletons of words. Threads: pure functions. */
#ifndef MODEL_SKELETON_H
#define MODEL_SKELETON_H

#include "base/buf.h"

/** Appends the skeleton of a folded word: what the Persian (or Arabic) and the Latin spelling of
 * one name have in common (محمد and "Mohammad" give `mhmd`). Appends nothing for words without
 * consonants and for other scripts. Source: measured in the project's notes on names across
 * scripts: letters of one sound are one, vowels and the half-vowels و ی w v y fall, doubles count
 * once, a last h is not heard. */
void model_skeleton(pb_str word, pb_buf *out);

#endif
