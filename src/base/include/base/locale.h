/* Numbers, dates and order as the reader of a language expects them (ICU).
 *
 * Languages: `en`, `zh-CN`, `fa` (Persian digits, Jalali calendar).
 * Threads: a pb_locale belongs to one thread at a time (ICU formatters are not shared).
 */
#ifndef BASE_LOCALE_H
#define BASE_LOCALE_H

#include "base/buf.h"
#include "base/catalog.h"

typedef struct pb_locale pb_locale;

/** NULL when the language is not known or ICU has no data for it. Owner: the caller. */
pb_locale *pb_locale_open(const char *language, const pb_catalog *catalog);
pb_locale *pb_locale_free(pb_locale *locale);
const pb_catalog *pb_locale_catalog(const pb_locale *locale);
const char *pb_locale_language(const pb_locale *locale);
/** Grouped integer: `8,800`, `۸٬۸۰۰`. */
void pb_locale_int(pb_locale *locale, pb_buf *out, int64_t value);
/** Number with at most `decimals` places. */
void pb_locale_number(pb_locale *locale, pb_buf *out, double value, int decimals);
/** A share 0…1 as per cent: one place below 10 % and from 99.5 %, `< 0.1%` for what is not zero
 * but shows as zero, `> 99.9%` for what is not all; never 100 % or 0 % unless it is. */
void pb_locale_share(pb_locale *locale, pb_buf *out, double share);
/** A share that somebody set, as per cent and as it is, to four places: `12.5%`. */
void pb_locale_limit(pb_locale *locale, pb_buf *out, double share);
/** Date in the reader's calendar, medium length. `days` since 1970-01-01. */
void pb_locale_date(pb_locale *locale, pb_buf *out, int64_t days);
/** Compares two texts in the order a reader expects (zh by pinyin, fa by the Persian alphabet). */
int pb_locale_compare(pb_locale *locale, pb_str a, pb_str b);

#endif
