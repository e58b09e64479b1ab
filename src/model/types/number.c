/* Integers and decimals, and the shape of written numbers that money shares. */
#include "base/utf8.h"
#include "reader.h"

#include <unicode/uchar.h>

enum { PLAIN_DIGITS = 15, I64_DIGITS = 18 };

static const char *const not_a_number = PB_MSG("{value} is not a number");
static const char *const bad_groups =
    PB_MSG("The digits of {value} are not grouped as those of a number");

pb_str model_ascii_number(model_reader *reader, pb_str text)
{
    pb_buf *out = &reader->scratch;
    pb_buf_clear(out);
    for (size_t at = 0; at < text.len;) {
        uint32_t code = pb_utf8_next(text, &at);
        int32_t digit = code < 0x80 ? -1 : u_charDigitValue((UChar32)code);
        if (digit >= 0)
            code = (uint32_t)('0' + digit);
        else if (code == 0x066B)
            code = '.';
        else if (code == 0x066C || code == 0x2019)
            code = '\'';
        else if (code == 0x2212 || code == 0x2010 || code == 0x2011 || code == 0x2012 ||
                 code == 0x2013)
            code = '-';
        else if (code == 0xA0 || code == 0x202F || code == 0x2009 || code == 0x3000)
            code = ' ';
        else if (code == 0x060C)
            code = ',';
        else if (code >= 0xFF01 && code <= 0xFF5E)
            code = code - 0xFF01 + '!';
        pb_utf8_put(out, code);
    }
    return pb_str_trim(pb_buf_str(out));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Sign before or behind, or parentheses; takes them off `*text`. */
static const char *take_sign(pb_str *text, model_number *ret)
{
    pb_str s = *text;
    if (s.len > 2 && s.ptr[0] == '(' && s.ptr[s.len - 1] == ')') {
        ret->negative = true;
        ret->plain = false;
        s = pb_str_trim(pb_str_sub(s, 1, s.len - 2));
    } else if (s.len > 1 && (s.ptr[0] == '-' || s.ptr[0] == '+')) {
        ret->negative = s.ptr[0] == '-';
        ret->plain = ret->negative;
        s = pb_str_sub(s, 1, s.len);
        pb_str digits = pb_str_trim(s);
        ret->plain = ret->plain && digits.len == s.len;
        s = digits;
    } else if (s.len > 1 && s.ptr[s.len - 1] == '-') {
        ret->negative = true;
        ret->plain = false;
        s = pb_str_trim(pb_str_sub(s, 0, s.len - 1));
    }
    *text = s;
    return s.len > 0 ? NULL : not_a_number;
}

/* Digits before the mark, with or without grouping: groups of three, of two before the last three
 * (India) or of four (China). `*at` ends behind them. */
static const char *whole_part(pb_str s, char mark, size_t *at, model_number *ret)
{
    size_t groups = 0, group = 0, leading = 0, middle_min = 9, middle_max = 0;
    char separator = 0;
    for (; *at < s.len; ++*at) {
        char c = s.ptr[*at];
        if (is_digit(c)) {
            if (ret->whole_len == sizeof ret->whole)
                return PB_MSG("{value} is too large");
            if (c != '0' || ret->whole_len > 0)
                ret->whole[ret->whole_len++] = c;
            group++;
            continue;
        }
        bool groups_by = c == ' ' || c == '\'' || c == '_' || (c == ',' && mark != ',') ||
                         (c == '.' && mark != '.');
        bool more = *at + 1 < s.len && is_digit(s.ptr[*at + 1]);
        if (c == mark || !groups_by || !more)
            break;
        if ((separator != 0 && c != separator) || group == 0)
            return bad_groups;
        separator = c;
        if (groups == 0)
            leading = group;
        else {
            middle_min = group < middle_min ? group : middle_min;
            middle_max = group > middle_max ? group : middle_max;
        }
        groups++;
        group = 0;
    }
    if (groups == 0)
        return NULL;
    ret->plain = false;
    bool threes = group == 3 && (middle_max == 0 ||
                                 (middle_min >= 2 && middle_max <= 3 && middle_min == middle_max));
    bool fours = group == 4 && (middle_max == 0 || (middle_min == 4 && middle_max == 4));
    if (leading == 0 || leading > (fours ? 4u : 3u) || (!threes && !fours))
        return bad_groups;
    return NULL;
}

static const char *fraction_part(pb_str s, size_t *at, model_number *ret)
{
    for (; *at < s.len && is_digit(s.ptr[*at]); ++*at) {
        if (ret->fraction_len == sizeof ret->fraction)
            return PB_MSG("{value} has too many digits");
        ret->fraction[ret->fraction_len++] = s.ptr[*at];
    }
    if (ret->fraction_len == 0 || ret->fraction[ret->fraction_len - 1] == '0')
        ret->plain = false;
    return NULL;
}

static const char *exponent_part(pb_str s, size_t at, model_number *ret)
{
    int64_t exponent;
    ret->plain = false;
    if (!pb_str_to_i64(pb_str_sub(s, at + 1, s.len), &exponent) || exponent < -400 ||
        exponent > 400)
        return not_a_number;
    ret->exponent = (int)exponent;
    return NULL;
}

const char *model_number_parse(pb_str text, char decimal_mark, model_number *ret)
{
    char mark = decimal_mark == ',' ? ',' : '.';
    size_t at = 0, begin;
    ret->negative = false;
    ret->plain = true;
    ret->whole_len = ret->fraction_len = 0;
    ret->exponent = 0;
    const char *problem = take_sign(&text, ret);
    if (problem != NULL)
        return problem;
    problem = whole_part(text, mark, &at, ret);
    if (problem != NULL)
        return problem;
    begin = at;
    if (begin > 1 && text.ptr[0] == '0')
        ret->plain = false; /* leading zeros */
    if (at < text.len && text.ptr[at] == mark) {
        at++;
        ret->plain = ret->plain && mark == '.' && begin > 0;
        problem = fraction_part(text, &at, ret);
        if (problem != NULL)
            return problem;
    }
    if (begin == 0 && ret->fraction_len == 0)
        return not_a_number;
    if (at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E'))
        return exponent_part(text, at, ret);
    if (ret->negative && ret->whole_len == 0 && ret->fraction_len == 0)
        ret->plain = false; /* -0 */
    return at == text.len ? NULL : not_a_number;
}

/* The hot path: an integer as model_write writes it, 18 digits at most. */
static bool plain_integer(pb_str s, int64_t *ret)
{
    size_t i = s.ptr[0] == '-' ? 1 : 0;
    int64_t value = 0;
    if (s.len == i || s.len - i > I64_DIGITS || (s.ptr[i] == '0' && s.len > 1))
        return false;
    for (size_t k = i; k < s.len; k++) {
        if (!is_digit(s.ptr[k]))
            return false;
        value = value * 10 + (s.ptr[k] - '0');
    }
    *ret = i == 1 ? -value : value;
    return true;
}

model_reading model_read_integer(model_reader *reader, const model_field *field, pb_str raw,
                                 const model_format *format)
{
    int64_t value = 0;
    bool same = plain_integer(raw, &value);
    if (!same) {
        model_number number;
        char digits[48];
        size_t len = 0;
        const char *problem =
            model_number_parse(model_ascii_number(reader, raw), format->decimal_mark, &number);
        if (problem != NULL)
            return model_bad_null(problem);
        for (size_t i = 0; i < number.fraction_len; i++)
            if (number.fraction[i] != '0')
                return model_bad_null(PB_MSG("{value} is not a whole number"));
        if (number.exponent != 0)
            return model_bad_null(PB_MSG("{value} is not a whole number"));
        if (number.negative)
            digits[len++] = '-';
        memcpy(digits + len, number.whole, number.whole_len);
        len += number.whole_len;
        if (number.whole_len == 0)
            digits[len++] = '0';
        if (!pb_str_to_i64(pb_str_n(digits, len), &value))
            return model_bad_null(PB_MSG("{value} is too large"));
        same = pb_str_eq(raw, pb_str_n(digits, len)) && value != 0;
    }
    const char *problem = model_range(reader, field, value, reader->today);
    return problem != NULL ? model_bad_null(problem) : model_good_int(value, same);
}

/* The number as text for pb_str_to_double. */
static pb_str machine_text(const model_number *number, char text[100])
{
    size_t len = 0;
    if (number->negative)
        text[len++] = '-';
    memcpy(text + len, number->whole, number->whole_len);
    len += number->whole_len;
    if (number->whole_len == 0)
        text[len++] = '0';
    if (number->fraction_len > 0) {
        text[len++] = '.';
        memcpy(text + len, number->fraction, number->fraction_len);
        len += number->fraction_len;
    }
    if (number->exponent != 0)
        len += (size_t)snprintf(text + len, 8, "e%d", number->exponent);
    return pb_str_n(text, len);
}

/* `25 %`: shares are declared in percent, so the sign only says what is known. */
static bool take_percent(pb_str *text)
{
    static const char *const signs[] = {"%", "\u066a", "\uff05", "\ufe6a"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (pb_str_ends(*text, pb_str_c(signs[i]))) {
            *text = pb_str_trim(pb_str_sub(*text, 0, text->len - strlen(signs[i])));
            return true;
        }
    return false;
}

model_reading model_read_decimal(model_reader *reader, const model_field *field, pb_str raw,
                                 const model_format *format)
{
    model_number number;
    char text[100];
    double value;
    bool percent = take_percent(&raw);
    const char *problem = model_number_parse(raw, format->decimal_mark, &number);
    if (problem != NULL) {
        problem =
            model_number_parse(model_ascii_number(reader, raw), format->decimal_mark, &number);
        number.plain = false;
    }
    if (problem != NULL)
        return model_bad_null(problem);
    if (!pb_str_to_double(machine_text(&number, text), &value) || value > 1e300 || value < -1e300)
        return model_bad_null(PB_MSG("{value} is too large"));
    if (value == 0)
        value = 0; /* no negative zero */
    if (field->has_min && value < (double)field->min)
        return model_bad_null(PB_MSG("{value} is below the least value allowed"));
    if (field->has_max && value > (double)field->max)
        return model_bad_null(PB_MSG("{value} is above the greatest value allowed"));
    bool same = !percent && number.plain &&
                number.whole_len + number.fraction_len <= PLAIN_DIGITS &&
                (number.fraction_len == 0 || number.whole_len > 0 || value > 1e-3 || value < -1e-3);
    if (!same && !percent) {
        pb_buf_clear(&reader->scratch2);
        model_write(field, PB_VALUE_REAL(value), PB_STR_NONE, &reader->scratch2);
        same = pb_str_eq(raw, pb_buf_str(&reader->scratch2));
    }
    return (model_reading){.verdict = same ? MODEL_SAME : MODEL_RESTYLED,
                           .value = PB_VALUE_REAL(value)};
}
