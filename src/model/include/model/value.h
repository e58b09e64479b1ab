/* Values: from what people write to one standard form, or a problem that says what is wrong.
 *
 * This is the product's only validation: entry, import, sync and audit all call it.
 * Threads: a model_reader belongs to one thread at a time. Cost: O(length).
 */
#ifndef MODEL_VALUE_H
#define MODEL_VALUE_H

#include "base/zone.h"
#include "model/schema.h"

/** How a column writes its dates and numbers, judged per column by the importer. Zero: ISO dates,
 * `.` as decimal mark. */
typedef enum model_date_order { MODEL_YMD, MODEL_DMY, MODEL_MDY } model_date_order;
/** Bare numbers in a column of dates. */
typedef enum model_moments {
    MODEL_NO_MOMENTS,   /* are no dates */
    MODEL_SERIAL_DAYS,  /* a spreadsheet's days since 1900 */
    MODEL_SECONDS,      /* since 1970-01-01T00:00Z */
    MODEL_MILLISECONDS, /* likewise */
} model_moments;
typedef struct model_format {
    model_date_order date_order;
    bool short_year_first; /* MODEL_YMD: years of two digits come first too */
    bool jalali;
    model_moments moments;
    char decimal_mark;   /* 0 or '.' or ',' */
    pb_str zone_country; /* alpha-2: whose abbreviations of time zones are meant where several
                            countries share one; absent: unknown */
    pb_str country;      /* alpha-2, for national phone numbers and postcodes; absent: unknown */
} model_format;

typedef enum model_verdict {
    MODEL_EMPTY, /* nothing there: blank, or a word that means "nothing" (N/A, null, 无, ندارد, -)
                  */
    MODEL_SAME,     /* valid and already in standard form */
    MODEL_RESTYLED, /* valid; the standard form differs from what was written */
    MODEL_BAD /* not valid; `problem` says why; value is the trimmed text for text kinds and NULL
                 for the others */
} model_verdict;

typedef struct model_reading {
    model_verdict verdict;
    pb_value value;  /* storage form; texts live in the reader until the next model_reader_reset */
    pb_str currency; /* MODEL_MONEY: ISO 4217 when the text named one */
    const char *problem; /* static English message id (may use {value}); NULL unless MODEL_BAD */
} model_reading;

typedef struct model_reader model_reader;

/** Working state (ICU objects, scratch memory). `today_days` serves `between: [.., today]`. A
 * reader serves the fields of one schema, which must outlive it (it remembers choices by field).
 * NULL without memory. Owner: the caller. */
model_reader *model_reader_new(int64_t today_days);
/** Days of moments are those of `zone` (NULL: of UTC, as without this), which outlives the reader:
 * for limits such as `between: [.., today]`, and for search. */
void model_reader_zone(model_reader *reader, const pb_zone *zone);
model_reader *model_reader_free(model_reader *reader);
/** Forgets the texts of earlier readings. Call once per row. */
void model_reader_reset(model_reader *reader);
/** Reads one raw UTF-8 text as a value of `field`. Never fails: what cannot be read is MODEL_BAD.
 * For MODEL_LINK the value is the trimmed reference TEXT, to be resolved by the caller. */
model_reading model_read(model_reader *reader, const model_field *field, pb_str raw,
                         const model_format *format);

/** Writes a stored value for people and exports (ISO dates, plain numbers, `12.50`): text that
 * model_read reads back to the same value. `currency` only for money (absent: two decimals). */
void model_write(const model_field *field, pb_value value, pb_str currency, pb_buf *out);

/** The form in which two spellings of one text are equal for finding and comparing: NFKC, case
 * folded, Arabic letters to Persian, digits to ASCII, marks and ZWNJ dropped, Traditional to
 * Simplified where the table knows it, white space and punctuation to single blanks. Appends to
 * `out`. */
void model_fold(model_reader *reader, pb_str text, pb_buf *out);
/** Appends the search tokens of one value, each followed by a blank: folded words, CJK bigrams (and
 * single characters), pinyin syllables and initials, Persian skeletons, e-mail parts, phone tails.
 */
void model_tokens(model_reader *reader, const model_field *field, pb_value value, pb_buf *out);
/** The tokens that a search phrase asks for, in the same alphabet, blank-separated: each is to be
 * matched as a prefix. */
void model_query_tokens(model_reader *reader, pb_str query, pb_buf *out);

/** The same, wider: every word as a consonant skeleton that Persian and Latin spellings of one name
 * share ("mohammad" finds محمد). To be tried when the narrow search found too little; empty when
 * the phrase has no word of letters. */
void model_query_tokens_wide(model_reader *reader, pb_str query, pb_buf *out);

/** The form in which two column headers, sheet or file names are the same: folded as by model_fold
 * and without any separator, so `First Name`, `first_name`, `firstName` and `ＦＩＲＳＴ－ＮＡＭＥ`
 * are equal. A text of separators only stays as it is, trimmed. Appends to `out`; looks at the
 * first 1 KiB. */
void model_header_key(pb_str header, pb_buf *out);
/** Check digit by Luhn's method (ISO/IEC 7812-1 annex B) over ASCII digits, the last being the
 * check digit; false for anything but digits and for fewer than two. */
bool model_luhn(pb_str digits);

#endif
