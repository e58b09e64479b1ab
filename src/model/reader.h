/* Inside of a model_reader, and what the readers of the single types share.
 *
 * Every `model_read_<type>` gets the raw text as written, trimmed of ASCII white space and not
 * empty, and returns a reading whose texts live in `reader->texts`. Threads: as model_reader.
 */
#ifndef MODEL_READER_H
#define MODEL_READER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "model/value.h"

struct model_reader {
    pb_arena *texts; /* until the next reset */
    pb_arena *kept;  /* as long as the reader: country names, choices */
    pb_buf scratch;
    pb_buf scratch2;
    int64_t today;
    const pb_zone *zone; /* NULL: UTC */
    pb_map *countries;   /* joined fold of a name → alpha-2; NULL until first needed */
    pb_map *choices;     /* field pointer and joined fold → index + 1 */
    uint32_t iso[26];    /* bit per second letter of the alpha-2 codes that exist */
    void **calendar;     /* UCalendar of ICU in the zone of `place`; NULL until first needed */
    char place[64];
};

/** What model_tidy may change beyond white space, noise and NFC. */
enum {
    MODEL_TIDY_LINES = 1,   /* keeps line breaks */
    MODEL_TIDY_WIDTH = 2,   /* full-width Latin letters, digits and marks to half-width */
    MODEL_TIDY_PERSIAN = 4, /* Arabic yeh and kaf to Persian in Persian-like text */
};

/** One standard form of free text. `*ret` lies in `raw` or in the reader. Returns NULL, or the
 * problem (then `*ret` is what can be shown). O(length); no ICU for ASCII, Han and Arabic without
 * marks. */
const char *model_tidy(model_reader *reader, pb_str raw, unsigned flags, pb_str *ret);

/** A valid text: SAME when equal to `raw`, else RESTYLED; copied into the reader. */
model_reading model_good(model_reader *reader, pb_str raw, pb_str standard);
/** A valid number or date. */
model_reading model_good_int(int64_t value, bool same);
/** Not valid, text kept. */
model_reading model_bad(model_reader *reader, pb_str text, const char *problem);
/** Not valid, no value. */
model_reading model_bad_null(const char *problem);
model_reading model_empty(void);
/** True for words that say nothing is known (N/A, null, 无, ندارد, -), as far as a value of this
 * type cannot be one of them. `text` is trimmed and not empty. */
bool model_is_nothing(pb_str text, model_type type);
/** `text` with a length limit: BAD beyond `field->max_length` or `limit` code points. */
model_reading model_good_limited(model_reader *reader, const model_field *field, pb_str raw,
                                 pb_str standard, size_t limit);
/** The integer against `between`; NULL or the problem. */
const char *model_range(const model_reader *reader, const model_field *field, int64_t value,
                        int64_t today);
/** Digits of all scripts, full-width marks, Arabic number marks and odd blanks to ASCII (٫ to `.`
 * and ٬ to `'`); the rest stays. The result lies in reader->scratch until its next use. */
pb_str model_ascii_number(model_reader *reader, pb_str text);
/** True for an existing alpha-2 code in capitals. */
bool model_country_exists(const model_reader *reader, pb_str code);
/** Domain name as it is delivered to: lower case, A-labels. False when it is none. `ret` grows by
 * it. */
bool model_domain(pb_str domain, pb_buf *ret);
/** Decimal places of a currency (ISO 4217, ICU); 2 when not known. */
int model_currency_digits(pb_str currency);
/** `1234.50 EUR`: a number, one space, a code of ISO 4217 in capitals; a number by itself is in no
 * currency. Its minor units and its currency, which points into `text` (absent: none). NULL or the
 * problem, of a `{value}`. */
const char *model_amount_parse(pb_str text, int64_t *ret_minor, pb_str *ret_currency);

model_reading model_read_text(model_reader *reader, const model_field *field, pb_str raw);
model_reading model_read_email(model_reader *reader, const model_field *field, pb_str raw);
model_reading model_read_phone(model_reader *reader, const model_field *field, pb_str raw,
                               const model_format *format);
model_reading model_read_id(model_reader *reader, const model_field *field, pb_str raw,
                            const model_format *format);
model_reading model_read_url(model_reader *reader, const model_field *field, pb_str raw);
model_reading model_read_country(model_reader *reader, const model_field *field, pb_str raw);
model_reading model_read_postcode(model_reader *reader, const model_field *field, pb_str raw,
                                  const model_format *format);
model_reading model_read_choice(model_reader *reader, const model_field *field, pb_str raw);
model_reading model_read_boolean(model_reader *reader, pb_str raw);
model_reading model_read_integer(model_reader *reader, const model_field *field, pb_str raw,
                                 const model_format *format);
model_reading model_read_decimal(model_reader *reader, const model_field *field, pb_str raw,
                                 const model_format *format);
model_reading model_read_money(model_reader *reader, const model_field *field, pb_str raw,
                               const model_format *format);
model_reading model_read_date(model_reader *reader, const model_field *field, pb_str raw,
                              const model_format *format);
model_reading model_read_instant(model_reader *reader, const model_field *field, pb_str raw,
                                 const model_format *format);

/** A written number taken apart; digits are ASCII. */
typedef struct model_number {
    bool negative;
    bool plain; /* exactly as model_write would write it, as far as the shape goes */
    char whole[40];
    size_t whole_len;
    char fraction[40];
    size_t fraction_len;
    int exponent;
} model_number;

/** Sign, parentheses, grouping and decimal mark. `text` is trimmed ASCII (model_ascii_number). NULL
 * or the problem. */
const char *model_number_parse(pb_str text, char decimal_mark, model_number *ret);

#endif
