/* Telephone numbers as numbering plans know them: what a standard form tells beyond its digits.
 *
 * The plans are libphonenumber's, compiled into tables when the program is built; its verdicts and
 * these are equal (tests compare hundreds of thousands). Threads: pure functions. Cost: below a
 * microsecond, no allocation.
 */
#ifndef MODEL_PHONE_H
#define MODEL_PHONE_H

#include "base/buf.h"

typedef enum model_phone_kind {
    MODEL_PHONE_FIXED,
    MODEL_PHONE_MOBILE,
    MODEL_PHONE_FIXED_OR_MOBILE, /* the plan does not tell them apart */
    MODEL_PHONE_TOLL_FREE,
    MODEL_PHONE_PREMIUM,
    MODEL_PHONE_SHARED_COST,
    MODEL_PHONE_VOIP,
    MODEL_PHONE_PERSONAL,
    MODEL_PHONE_PAGER,
    MODEL_PHONE_COMPANY, /* one number for all of a company's offices */
    MODEL_PHONE_VOICEMAIL
} model_phone_kind;

typedef struct model_phone {
    model_phone_kind kind;
    char country[4]; /* alpha-2, or 001 for numbers of no country (+800, satellites) */
    int code;        /* calling code */
} model_phone;

/** What a number in standard form (`+…`, perhaps with `;ext=`) is; false when no plan has it. */
bool model_phone_describe(pb_str standard, model_phone *ret);
/** Appends the number as people write it: `+98 912 123 4567`, ` ext. 12` behind it. A number
 * without + or outside every plan is appended as it is. */
void model_phone_show(pb_str standard, pb_buf *out);

#endif
