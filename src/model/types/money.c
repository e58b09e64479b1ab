/* Amounts of money: an integer of the currency's smallest unit, and the currency when the text
 * names it. An amount with more places than its currency has is refused rather than rounded. */
#include "base/utf8.h"
#include "reader.h"

#include <unicode/ucurr.h>

enum { MONEY_MAX = 120, MINOR_DIGITS = 18 };

/* Signs and words beside an amount. `scale`: how many of the currency's units one of these is. */
static const struct {
    const char *sign;
    const char *code; /* $ and ¥ stand for several: see settle */
    int scale;
} signs[] = {
    {"US$", "USD", 1},
    {"HK$", "HKD", 1},
    {"NT$", "TWD", 1},
    {"A$", "AUD", 1},
    {"C$", "CAD", 1},
    {"CA$", "CAD", 1},
    {"S$", "SGD", 1},
    {"R$", "BRL", 1},
    {"$", "$", 1},
    {"\u20ac", "EUR", 1},
    {"\u00a3", "GBP", 1},
    {"\u00a5", "\u00a5", 1},
    {"\uffe5", "\u00a5", 1},
    {"\u20b9", "INR", 1},
    {"\u20a9", "KRW", 1},
    {"\u20bd", "RUB", 1},
    {"\u20ba", "TRY", 1},
    {"\u20aa", "ILS", 1},
    {"\u20ab", "VND", 1},
    {"\u0e3f", "THB", 1},
    {"RMB", "CNY", 1},
    {"\u4eba\u6c11\u5e01", "CNY", 1},
    {"\u5143", "CNY", 1},
    {"\u5706", "CNY", 1},
    {"\u7f8e\u5143", "USD", 1},
    {"\u6b27\u5143", "EUR", 1},
    {"\u82f1\u9551", "GBP", 1},
    {"\u65e5\u5143", "JPY", 1},
    {"\u6e2f\u5143", "HKD", 1},
    {"\u6e2f\u5e01", "HKD", 1},
    {"\u5186", "JPY", 1},
    {"\u0631\u06cc\u0627\u0644", "IRR", 1},        /* ریال */
    {"\u0631\u064a\u0627\u0644", "IRR", 1},        /* ريال */
    {"\u062a\u0648\u0645\u0627\u0646", "IRR", 10}, /* تومان */
    {"toman", "IRR", 10},
    {"tomans", "IRR", 10},
    {"rial", "IRR", 1},
    {"rials", "IRR", 1},
    {"\ufdfc", "IRR", 1},                   /* ﷼ */
    {"\u062f\u0644\u0627\u0631", "$", 1},   /* دلار */
    {"\u06cc\u0648\u0631\u0648", "EUR", 1}, /* یورو */
    {"euro", "EUR", 1},
    {"euros", "EUR", 1},
    {"dollars", "$", 1},
    {"kr", "kr", 1},
};

int model_currency_digits(pb_str currency)
{
    static const char zero[] = "JPY KRW IRR VND CLP ISK",
                      two[] = "USD EUR CNY GBP BRL AUD CAD INR CHF";
    if (currency.len != 3)
        return 2;
    for (size_t i = 0; i + 3 < sizeof two; i += 4)
        if (memcmp(two + i, currency.ptr, 3) == 0)
            return 2;
    for (size_t i = 0; i + 3 < sizeof zero; i += 4)
        if (memcmp(zero + i, currency.ptr, 3) == 0)
            return 0;
    UChar wide[4] = {0};
    for (size_t i = 0; i < 3; i++)
        wide[i] = (UChar)(unsigned char)currency.ptr[i];
    UErrorCode status = U_ZERO_ERROR;
    int32_t digits = ucurr_getDefaultFractionDigits(wide, &status);
    return U_SUCCESS(status) && digits >= 0 && digits <= 4 ? digits : 2;
}

static bool is_iso_code(pb_str word)
{
    UChar wide[4] = {0};
    UErrorCode status = U_ZERO_ERROR;
    if (word.len != 3)
        return false;
    for (size_t i = 0; i < 3; i++) {
        char c = word.ptr[i] >= 'a' && word.ptr[i] <= 'z' ? (char)(word.ptr[i] - 32) : word.ptr[i];
        if (c < 'A' || c > 'Z')
            return false;
        wide[i] = (UChar)c;
    }
    return ucurr_isAvailable(wide, U_DATE_MIN, U_DATE_MAX, &status) && U_SUCCESS(status);
}

/* What one sign means here: the field's own currency or the reader's country decide where several
 * share it. */
static pb_str settle(pb_str sign, const model_field *field, pb_str country)
{
    static const char *const dollars[] = {"USD", "CAD", "AUD", "NZD", "SGD", "HKD",
                                          "TWD", "MXN", "ARS", "CLP", "COP"};
    static const char *const crowns[] = {"SEK", "NOK", "DKK", "ISK", "CZK"};
    bool dollar = pb_str_is(sign, "$"), crown = pb_str_is(sign, "kr");
    size_t count = dollar ? sizeof dollars / sizeof *dollars : sizeof crowns / sizeof *crowns;
    if (dollar || crown) {
        for (size_t i = 0; i < count; i++) {
            const char *code = dollar ? dollars[i] : crowns[i];
            if (pb_str_is(field->currency, code) ||
                (country.len == 2 && memcmp(country.ptr, code, 2) == 0))
                return pb_str_c(code);
        }
        return dollar ? PB_STR("USD") : PB_STR_NONE;
    }
    if (pb_str_is(sign, "\u00a5"))
        return pb_str_is(field->currency, "JPY") || pb_str_is(country, "JP") ? PB_STR("JPY")
                                                                             : PB_STR("CNY");
    return sign;
}

typedef struct amount {
    pb_str number;   /* the text without the currency */
    pb_str currency; /* absent: none named */
    int scale;
    bool unknown; /* a word that is no currency, or two of them */
} amount;

static void take_word(model_reader *reader, const model_field *field, pb_str country, pb_str word,
                      amount *ret)
{
    word = pb_str_trim(word);
    if (word.len > 1 && word.ptr[word.len - 1] == '.')
        word.len--;
    if (word.len == 0)
        return;
    pb_str code = PB_STR_NONE;
    for (size_t i = 0; code.len == 0 && i < sizeof signs / sizeof *signs; i++) {
        if (pb_str_eq_nocase(word, pb_str_c(signs[i].sign))) {
            code = settle(pb_str_c(signs[i].code), field, country);
            ret->scale = signs[i].scale;
        }
    }
    if (code.len == 0 && is_iso_code(word)) {
        char upper[3];
        for (size_t i = 0; i < 3; i++)
            upper[i] = (char)(word.ptr[i] & ~0x20);
        code = pb_arena_str(reader->texts, pb_str_n(upper, 3));
    }
    if (code.len == 0 || (ret->currency.len > 0 && !pb_str_eq(code, ret->currency)))
        ret->unknown = true;
    ret->currency = code;
}

/* Bytes that can begin or end the number itself. */
static bool of_number(char c)
{
    return (c >= '0' && c <= '9') || c == '.' || c == ',' || c == '-' || c == '+' || c == '(' ||
           c == ')' || c == '\'';
}

/* Separates currency words before and behind the digits. A sign or parenthesis may stand outside
 * the word: `-$5`, `($5)`. `room` holds the joined number. */
static void take_apart(model_reader *reader, const model_field *field, pb_str country, pb_str text,
                       char room[MONEY_MAX], amount *ret)
{
    size_t first = 0, last, len = 0;
    while (first < text.len && !(text.ptr[first] >= '0' && text.ptr[first] <= '9'))
        first++;
    last = text.len;
    while (last > first && !(text.ptr[last - 1] >= '0' && text.ptr[last - 1] <= '9'))
        last--;
    size_t head = 0; /* signs of the number before the currency */
    while (head < first && (of_number(text.ptr[head]) || text.ptr[head] == ' '))
        head++;
    size_t tail = first;
    while (tail > head && (of_number(text.ptr[tail - 1]) || text.ptr[tail - 1] == ' '))
        tail--;
    take_word(reader, field, country, pb_str_sub(text, head, tail - head), ret);
    size_t end = text.len;
    while (end > last && (of_number(text.ptr[end - 1]) || text.ptr[end - 1] == ' '))
        end--;
    size_t begin = last;
    while (begin < end && (of_number(text.ptr[begin]) || text.ptr[begin] == ' '))
        begin++;
    take_word(reader, field, country, pb_str_sub(text, begin, end - begin), ret);
    pb_str parts[4] = {pb_str_sub(text, 0, head), pb_str_sub(text, tail, last - tail),
                       pb_str_sub(text, last, begin - last), pb_str_sub(text, end, text.len)};
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < parts[i].len && len < MONEY_MAX; k++) {
            if (i == 1 || parts[i].ptr[k] != ' ')
                room[len++] = parts[i].ptr[k];
        }
    }
    ret->number = pb_str_trim(pb_str_n(room, len));
}

/* Minor units of the parsed number. NULL or the problem. */
static const char *minor_units(const model_number *number, int digits, int scale, int64_t *ret)
{
    int64_t value = 0;
    size_t places = number->fraction_len;
    while (places > 0 && number->fraction[places - 1] == '0')
        places--;
    if (scale == 10 && places > 0 && digits == 0 && places <= 1) {
        digits = 1; /* 12.5 toman are 125 rial */
        scale = 1;
    }
    if (places > (size_t)digits)
        return PB_MSG("{value} has more decimal places than its currency");
    if (number->whole_len + (size_t)digits + (scale == 10 ? 1 : 0) > MINOR_DIGITS)
        return PB_MSG("{value} is too large");
    if (number->exponent != 0)
        return PB_MSG("{value} is not an amount of money");
    for (size_t i = 0; i < number->whole_len; i++)
        value = value * 10 + (number->whole[i] - '0');
    for (size_t i = 0; i < (size_t)digits; i++)
        value = value * 10 + (i < number->fraction_len ? number->fraction[i] - '0' : 0);
    *ret = (number->negative ? -value : value) * scale;
    return NULL;
}

static bool is_capital_code(pb_str code)
{
    for (size_t i = 0; i < code.len; i++)
        if (code.ptr[i] < 'A' || code.ptr[i] > 'Z')
            return false;
    return is_iso_code(code);
}

const char *model_amount_parse(pb_str text, int64_t *ret_minor, pb_str *ret_currency)
{
    size_t space = pb_str_index(text, ' ');
    pb_str code = PB_STR_NONE;
    model_number number;
    if (space < text.len) {
        code = pb_str_sub(text, space + 1, text.len - space - 1);
        if (!is_capital_code(code))
            return PB_MSG("{value} is not an amount of money with its currency");
    }
    const char *problem = space == 0 ? PB_MSG("{value} is not an amount of money")
                                     : model_number_parse(pb_str_sub(text, 0, space), '.', &number);
    if (problem == NULL)
        problem = minor_units(&number, model_currency_digits(code), 1, ret_minor);
    *ret_currency = code;
    return problem;
}

model_reading model_read_money(model_reader *reader, const model_field *field, pb_str raw,
                               const model_format *format)
{
    amount found = {.number = raw, .scale = 1};
    model_number number;
    char room[MONEY_MAX];
    int64_t value = 0;
    const char *problem = NULL;
    bool simple = raw.ptr[0] == '-' || (raw.ptr[0] >= '0' && raw.ptr[0] <= '9');
    problem = simple ? model_number_parse(raw, format->decimal_mark, &number) : "";
    if (problem != NULL) {
        if (raw.len >= MONEY_MAX)
            return model_bad_null(PB_MSG("{value} is not an amount of money"));
        pb_str text = model_ascii_number(reader, raw);
        take_apart(reader, field, format->country, text, room, &found);
        if (found.unknown)
            return model_bad_null(PB_MSG("{value} names a currency that is not known"));
        problem = model_number_parse(found.number, format->decimal_mark, &number);
    }
    if (problem != NULL)
        return model_bad_null(problem);
    pb_str currency = found.currency.len > 0 ? found.currency : field->currency;
    int digits = model_currency_digits(currency);
    problem = minor_units(&number, digits, found.scale, &value);
    if (problem == NULL)
        problem = model_range(reader, field, value, reader->today);
    if (problem != NULL)
        return model_bad_null(problem);
    bool same = found.currency.len == 0 && number.fraction_len == (size_t)digits;
    if (same) {
        pb_buf_clear(&reader->scratch2);
        model_write(field, PB_VALUE_INT(value), currency, &reader->scratch2);
        same = pb_str_eq(raw, pb_buf_str(&reader->scratch2));
    }
    model_reading reading = model_good_int(value, same);
    reading.currency = found.currency;
    return reading;
}
