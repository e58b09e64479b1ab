/* What of a value is shown to who may not see it whole: enough to recognise the record, too little
 * to learn anything about the person.
 *
 *   anna.smith@example.com  a***@example.com        +493012345678  +49301*****78
 *   Anna Smith              A*** S***               1984-05-17       1984-**-**
 *
 * Values as texts in standard form, or as a source wrote them, in any script. Threads: pure
 * functions. What does not fit makes `out` fail: then nothing may be shown.
 */
#ifndef MODEL_MASK_H
#define MODEL_MASK_H

#include "base/buf.h"
#include "model/schema.h"

/** A value of a field as who may see it masked only is shown it. Of choices, truths, countries,
 * notes and links nothing is left. */
void model_mask(const model_field *field, pb_str value, pb_buf *out);
/** The same for reports, which do not say whose it is: words from lists name nobody and are shown
 * (but not of the class `special`). */
void model_mask_listed(const model_field *field, pb_str value, pb_buf *out);
/** A text of which nobody knows the field: an e-mail address, a number, words. */
void model_mask_text(pb_str value, pb_buf *out);
/** A text that is nobody's: e-mail addresses and long numbers that strayed there are masked, the
 * rest is shown. */
void model_mask_strays(pb_str value, pb_buf *out);
/** Numbers of accounts, cards and persons: their ends at most are shown, whoever asks. */
bool model_mask_always(const model_field *field);

#endif
