/* Numbers, dates and order of a language, by ICU. */
#include "base/locale.h"

#include "base/time.h"

#include <math.h>
#include <stdlib.h>
#include <unicode/ucol.h>
#include <unicode/udat.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

struct pb_locale {
    const char *language;
    const pb_catalog *catalog;
    UNumberFormat *integer;
    UNumberFormat *number;
    UNumberFormat *percent;
    UDateFormat *date;
    UCollator *order;
};

static const struct known {
    const char *language;
    const char *icu; /* the locale as ICU names it: digits, calendar and order are said outright */
} languages[] = {{"en", "en_GB"},
                 {"zh-CN", "zh_CN@collation=pinyin"},
                 {"fa", "fa_IR@calendar=persian;numbers=arabext"}};

static bool open_all(pb_locale *locale, const char *icu)
{
    UErrorCode code = U_ZERO_ERROR;
    static const UChar utc[] = {'U', 'T', 'C', 0};
    locale->integer = unum_open(UNUM_DECIMAL, NULL, 0, icu, NULL, &code);
    locale->number = unum_open(UNUM_DECIMAL, NULL, 0, icu, NULL, &code);
    locale->percent = unum_open(UNUM_PERCENT, NULL, 0, icu, NULL, &code);
    locale->date = udat_open(UDAT_NONE, UDAT_MEDIUM, icu, utc, 3, NULL, 0, &code);
    locale->order = ucol_open(icu, &code);
    /* A default here means: ICU has no data for the language and would answer in another one. */
    return U_SUCCESS(code) && code != U_USING_DEFAULT_WARNING;
}

pb_locale *pb_locale_open(const char *language, const pb_catalog *catalog)
{
    const struct known *known = NULL;
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        if (pb_str_is(pb_str_c(language), languages[i].language))
            known = &languages[i];
    pb_locale *locale = known ? calloc(1, sizeof *locale) : NULL;
    if (!locale)
        return NULL;
    locale->language = known->language;
    locale->catalog = catalog;
    if (!open_all(locale, known->icu))
        return pb_locale_free(locale);
    unum_setAttribute(locale->percent, UNUM_ROUNDING_MODE, UNUM_ROUND_HALFEVEN);
    return locale;
}

pb_locale *pb_locale_free(pb_locale *locale)
{
    if (!locale)
        return NULL;
    unum_close(locale->integer);
    unum_close(locale->number);
    unum_close(locale->percent);
    udat_close(locale->date);
    ucol_close(locale->order);
    free(locale);
    return NULL;
}

const pb_catalog *pb_locale_catalog(const pb_locale *locale)
{
    return locale->catalog;
}

const char *pb_locale_language(const pb_locale *locale)
{
    return locale->language;
}

/* Appends what ICU wrote: UTF-16, at most 256 units, which no number or date here exceeds. */
static void put(pb_buf *out, const UChar *text, int32_t len, UErrorCode code)
{
    char bytes[256 * 3];
    int32_t size = 0;
    if (U_SUCCESS(code))
        u_strToUTF8(bytes, (int32_t)sizeof bytes, &size, text, len, &code);
    if (U_FAILURE(code))
        out->failed = true;
    else
        pb_buf_add(out, pb_str_n(bytes, (size_t)size));
}

void pb_locale_int(pb_locale *locale, pb_buf *out, int64_t value)
{
    UChar text[256];
    UErrorCode code = U_ZERO_ERROR;
    int32_t len = unum_formatInt64(locale->integer, value, text, 256, NULL, &code);
    put(out, text, len, code);
}

void pb_locale_number(pb_locale *locale, pb_buf *out, double value, int decimals)
{
    UChar text[256];
    UErrorCode code = U_ZERO_ERROR;
    if (!isfinite(value) || fabs(value) > 1e18) { /* digits without end help nobody */
        pb_buf_printf(out, "%g", value);
        return;
    }
    unum_setAttribute(locale->number, UNUM_MAX_FRACTION_DIGITS, decimals);
    int32_t len = unum_formatDouble(locale->number, value, text, 256, NULL, &code);
    put(out, text, len, code);
}

void pb_locale_share(pb_locale *locale, pb_buf *out, double share)
{
    UChar text[256];
    UErrorCode code = U_ZERO_ERROR;
    share = isnan(share) || share < 0 ? 0 : share > 1 ? 1 : share;
    bool tiny = share > 0 && share < 0.0005;
    bool almost = share < 1 && share >= 0.9995;
    int decimals = share > 0 && (share < 0.0995 || (share < 1 && share >= 0.995)) ? 1 : 0;
    unum_setAttribute(locale->percent, UNUM_MAX_FRACTION_DIGITS, decimals);
    double shown = tiny ? 0.001 : almost ? 0.999 : share;
    int32_t len = unum_formatDouble(locale->percent, shown, text, 256, NULL, &code);
    if (tiny || almost)
        pb_buf_addc(out, tiny ? "< " : "> ");
    put(out, text, len, code);
}

void pb_locale_limit(pb_locale *locale, pb_buf *out, double share)
{
    UChar text[256];
    UErrorCode code = U_ZERO_ERROR;
    unum_setAttribute(locale->percent, UNUM_MAX_FRACTION_DIGITS, 4);
    int32_t len = unum_formatDouble(locale->percent, share, text, 256, NULL, &code);
    put(out, text, len, code);
}

void pb_locale_date(pb_locale *locale, pb_buf *out, int64_t days)
{
    UChar text[256];
    UErrorCode code = U_ZERO_ERROR;
    UDate date = (UDate)days * 86400000.0;
    int32_t len = udat_format(locale->date, date, text, 256, NULL, &code);
    put(out, text, len, code);
}

int pb_locale_compare(pb_locale *locale, pb_str a, pb_str b)
{
    UErrorCode code = U_ZERO_ERROR;
    int32_t a_len = a.len > INT32_MAX ? INT32_MAX : (int32_t)a.len;
    int32_t b_len = b.len > INT32_MAX ? INT32_MAX : (int32_t)b.len;
    UCollationResult order = ucol_strcollUTF8(locale->order, a.ptr ? a.ptr : "", a_len,
                                              b.ptr ? b.ptr : "", b_len, &code);
    if (U_FAILURE(code) || order == UCOL_EQUAL)
        return pb_str_cmp(a, b);
    return order == UCOL_LESS ? -1 : 1;
}
