/* Abbreviations of time zones, as far as planning must know them: some mean one zone, others are
 * used by several countries for zones of their own. Threads: pure functions.
 */
#ifndef MODEL_ZONE_H
#define MODEL_ZONE_H

#include "base/str.h"

/** Do several countries call a zone of theirs so (CST, IST, BST, AST)? In any case of letters. */
bool model_zone_shared(pb_str word);
/** Minutes east of UTC of a shared abbreviation as that country means it (alpha-2); false: it has
 * no such zone. */
bool model_zone_in(pb_str word, pb_str country, int64_t *ret_minutes);
/** The country that an abbreviation speaks for beside shared ones (EST: US, IDT: IL), or absent. */
pb_str model_zone_country(pb_str word);

#endif
