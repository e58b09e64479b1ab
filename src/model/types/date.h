/* Words in dates. Threads: pure functions. */
#ifndef MODEL_TYPES_DATE_H
#define MODEL_TYPES_DATE_H

#include "base/str.h"

/** Month 1–12 named by `word` (lower case, Arabic letters folded), or 0. `*ret_jalali` is set for a
 * month of the Persian calendar. English in full or by three letters, Persian names of both
 * calendars, German, French, Spanish and Portuguese in full where they differ. */
int model_month(pb_str word, bool *ret_jalali);
/** True for words that may stand in a date and say nothing: weekdays, `th`, `of`, 年, 月, 日. */
bool model_date_filler(pb_str word);

#endif
