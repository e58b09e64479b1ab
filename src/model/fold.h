/* Folding inside the module: what model_fold and model_header_key share.
 *
 * Threads: pure functions (ICU's normaliser instances are immutable).
 */
#ifndef MODEL_FOLD_PRIVATE_H
#define MODEL_FOLD_PRIVATE_H

#include "base/buf.h"

/** Appends the folded form of `text`; `blanks`: words are separated by single blanks, else joined.
 */
void model_fold_text(pb_str text, bool blanks, pb_buf *out);
/** Arabic letters in their Persian form, digits of any script to ASCII; 0 for what folding drops
 * (tatweel, harakat); any other code unchanged. */
uint32_t model_fold_arabic(uint32_t code);

#endif
