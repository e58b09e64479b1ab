/* Telephone numbers. Standard form: E.164 (`+` and at most 15 digits) when the number begins with +
 * or 00 or the country is known; else the national digits as written, without marks; an extension
 * follows as `;ext=` (RFC 3966). */
#include "base/utf8.h"
#include "reader.h"
#include "types/phone_plan.h"

enum { DIGITS_MAX = 28, E164_MAX = 15, NATIONAL_MIN = 5, EXTENSION_MAX = 8, STANDARD_MAX = 40 };

typedef struct phone {
    bool plus;
    char digits[DIGITS_MAX];
    size_t len;
    char extension[EXTENSION_MAX];
    size_t extension_len;
} phone;

static const char *const too_short = PB_MSG("{value} has too few digits for a telephone number");
static const char *const too_long = PB_MSG("{value} has too many digits for a telephone number");

static const char *problem_of(phone_verdict verdict)
{
    switch (verdict) {
    case PHONE_VALID:
        return NULL;
    case PHONE_NO_CODE:
        return PB_MSG("{value} begins with a calling code that no country has");
    case PHONE_TOO_SHORT:
        return too_short;
    case PHONE_TOO_LONG:
        return too_long;
    case PHONE_BAD_LENGTH:
        return PB_MSG("{value} has a number of digits that no number of its country has");
    case PHONE_LOCAL_ONLY:
        return PB_MSG("The area code is missing in {value}");
    default:
        return PB_MSG("{value} begins with digits that are not given out in its country");
    }
}

/* Words before an extension, longest first where one begins another. */
static const char *const extension_words[] = {
    ";ext=", "extension", "ext.",   "ext",          "x",
    "#",     "\u8f6c",    "\u8f49", "\u5206\u673a", "\u062f\u0627\u062e\u0644\u06cc", /* داخلی */
};

/* Length of the extension word at the start of `s`, or 0. */
static size_t extension_word(pb_str s)
{
    for (size_t i = 0; i < sizeof extension_words / sizeof *extension_words; i++) {
        pb_str word = pb_str_c(extension_words[i]);
        if (pb_str_eq_nocase(pb_str_sub(s, 0, word.len), word))
            return word.len;
    }
    return 0;
}

static const char *read_extension(pb_str s, phone *ret)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c >= '0' && c <= '9') {
            if (ret->extension_len == EXTENSION_MAX)
                return PB_MSG("The extension in {value} has too many digits");
            ret->extension[ret->extension_len++] = c;
        } else if (c != ' ' && c != ':' && c != '.' && c != '-') {
            return PB_MSG("{value} holds something that is no telephone number");
        }
    }
    return ret->extension_len > 0 ? NULL : PB_MSG("The extension in {value} has no digits");
}

/* Splits the text into digits, a leading plus and an extension. NULL or the problem. */
static const char *take_apart(pb_str s, phone *ret)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c >= '0' && c <= '9') {
            if (ret->len == DIGITS_MAX)
                return too_long;
            ret->digits[ret->len++] = c;
            continue;
        }
        if (c == '+' && ret->len == 0 && !ret->plus) {
            ret->plus = true;
            continue;
        }
        if (c == '(' && ret->plus && ret->len > 0 &&
            pb_str_eq(pb_str_sub(s, i, 3), PB_STR("(0)"))) {
            i += 2; /* +44 (0)20: dialled only inside the country */
            continue;
        }
        size_t word = ret->len > 0 ? extension_word(pb_str_sub(s, i, s.len)) : 0;
        if (word > 0)
            return read_extension(pb_str_sub(s, i + word, s.len), ret);
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (unsigned char)c >= 0x80)
            return PB_MSG("{value} holds letters, which no telephone number has");
        if (memchr(" -.()/'\t", c, 8) == NULL)
            return PB_MSG("{value} holds something that is no telephone number");
    }
    return ret->len > 0 ? NULL : PB_MSG("{value} has no digits");
}

/* International form of what was parsed. */
static void take_over(const phone_parsed *found, phone *ret)
{
    unsigned code = found->code;
    size_t len = 0;
    for (unsigned power = code > 99  ? 100
                          : code > 9 ? 10
                                     : 1;
         power > 0; code %= power, power /= 10)
        ret->digits[len++] = (char)('0' + code / power);
    memcpy(ret->digits + len, found->national, found->len);
    ret->len = len + found->len;
    ret->plus = true;
}

static const char *standardise(pb_str country, phone *ret)
{
    const phone_region *home = phone_region_of(country);
    pb_str digits = pb_str_n(ret->digits, ret->len);
    bool abroad = !ret->plus && ret->len > 2 && ret->digits[0] == '0' && ret->digits[1] == '0';
    phone_parsed found;
    if (!ret->plus && home == NULL && !abroad) {
        if (ret->len < NATIONAL_MIN)
            return too_short;
        return ret->len > E164_MAX ? too_long : NULL;
    }
    phone_verdict verdict = phone_parse(home, ret->plus, digits, &found);
    /* 00 is written for + also where another prefix is dialled. */
    if (verdict != PHONE_VALID && abroad)
        verdict = phone_parse(home, true, pb_str_sub(digits, 2, digits.len), &found);
    if (verdict == PHONE_VALID)
        take_over(&found, ret);
    return problem_of(verdict);
}

/* True for a number already in standard form: the hot path. */
static bool plain_standard(pb_str s, pb_str country)
{
    phone_parsed found;
    size_t from = s.ptr[0] == '+' ? 1 : 0;
    if (s.len > E164_MAX + from || s.len < NATIONAL_MIN || (from == 0 && country.len > 0))
        return false;
    for (size_t i = from; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    if (from == 0)
        return s.ptr[0] != '0' || s.ptr[1] != '0';
    /* Valid, and nothing was cut off but the calling code. */
    pb_str digits = pb_str_sub(s, 1, s.len);
    return phone_parse(NULL, true, digits, &found) == PHONE_VALID &&
           digits.len == found.len + (found.code > 99  ? 3u
                                      : found.code > 9 ? 2u
                                                       : 1u);
}

model_reading model_read_phone(model_reader *reader, const model_field *field, pb_str raw,
                               const model_format *format)
{
    if (plain_standard(raw, format->country))
        return model_good_limited(reader, field, raw, raw, STANDARD_MAX);
    phone number = {0};
    pb_str shown = raw;
    const char *problem = take_apart(raw, &number);
    if (problem != NULL) {
        pb_str text;
        number = (phone){0};
        problem = model_tidy(reader, raw, MODEL_TIDY_WIDTH | MODEL_TIDY_PERSIAN, &text);
        if (problem != NULL)
            return model_bad(reader, text, problem);
        if (text.len == 0)
            return model_empty();
        shown = text;
        pb_str ascii = model_ascii_number(reader, text);
        if (ascii.len > 4 && pb_str_eq_nocase(pb_str_sub(ascii, 0, 4), PB_STR("tel:")))
            ascii = pb_str_trim(pb_str_sub(ascii, 4, ascii.len));
        problem = take_apart(ascii, &number);
        if (problem != NULL)
            return model_bad(reader, text, problem);
    }
    problem = standardise(format->country, &number);
    if (problem != NULL)
        return model_bad(reader, shown, problem);
    char standard[STANDARD_MAX];
    size_t len = 0;
    if (number.plus)
        standard[len++] = '+';
    memcpy(standard + len, number.digits, number.len);
    len += number.len;
    if (number.extension_len > 0) {
        memcpy(standard + len, ";ext=", 5);
        memcpy(standard + len + 5, number.extension, number.extension_len);
        len += 5 + number.extension_len;
    }
    return model_good_limited(reader, field, raw, pb_str_n(standard, len), STANDARD_MAX);
}
