/* Private to model: words that say which part of a name is which. Pure functions. */
#ifndef MODEL_NAME_WORDS_PRIVATE_H
#define MODEL_NAME_WORDS_PRIVATE_H

#include "base/str.h"

/** One of a list ended by NULL, without regard to capitals and a dot or comma behind. */
bool name_is_one_of(pb_str word, const char *const *list);
/** A Chinese family name written in pinyin: zhang, ouyang. */
bool name_is_pinyin_family(pb_str word);
/** Syllables of pinyin throughout, three at most, with or without hyphen: weimin, Wei-min. */
bool name_is_pinyin(pb_str word);
/** Two words that are one given name: Juan Carlos, María (del) Carmen, Jean Pierre. */
bool name_is_double_given(pb_str first, pb_str second);
/** Among the commonest Spanish family names, and no given name. */
bool name_is_spanish_family(pb_str word);
/** سید, سیده, حاج and their like: stand before the given name and belong to it. */
bool name_is_persian_title(pb_str word);
/** Two words that are one given name: محمد رضا, عبد الله. */
bool name_is_persian_double(pb_str first, pb_str second);
/** The second half of a family name of two words: زاده, پور, نژاد. */
bool name_is_persian_tail(pb_str word);
/** بن, آل: begins a family name. */
bool name_is_persian_particle(pb_str word);

#endif
