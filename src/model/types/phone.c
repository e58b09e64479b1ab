/* Telephone numbers. Standard form: E.164 (`+` and at most 15 digits) when the number begins with +
 * or 00 or the country is known; else the national digits as written, without marks; an extension
 * follows as `;ext=` (RFC 3966). */
#include "tables/phone.h"
#include "base/utf8.h"
#include "reader.h"

enum { DIGITS_MAX = 24, E164_MAX = 15, NATIONAL_MIN = 5, EXTENSION_MAX = 8, STANDARD_MAX = 40 };

typedef struct phone {
    bool plus;
    char digits[DIGITS_MAX];
    size_t len;
    char extension[EXTENSION_MAX];
    size_t extension_len;
} phone;

void model_phone_prepare(model_reader *reader)
{
    for (size_t i = model_calling_count; i > 0; i--)
        reader->calling[model_callings[i - 1].code] = (uint16_t)i;
}

/* The numbering of an international number, by its calling code (the codes are prefix-free); NULL
 * when no country has it. `*ret_code` is the length of the code. */
static const model_calling *numbering(const model_reader *reader, const char *digits, size_t len,
                                      size_t *ret_code)
{
    unsigned code = 0;
    for (size_t i = 0; i < 3 && i < len; i++) {
        code = code * 10 + (unsigned)(digits[i] - '0');
        if (code == 0)
            return NULL;
        if (reader->calling[code] != 0) {
            *ret_code = i + 1;
            return &model_callings[reader->calling[code] - 1];
        }
    }
    return NULL;
}

static const model_calling *country_numbering(pb_str country)
{
    size_t low = 0, high = model_calling_count;
    if (country.len != 2)
        return NULL;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const char *at = model_callings[middle].country;
        int order = at[0] == '\0' ? 1 : memcmp(at, country.ptr, 2);
        if (order == 0)
            return &model_callings[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const char *const too_short = PB_MSG("{value} has too few digits for a telephone number");
static const char *const too_long = PB_MSG("{value} has too many digits for a telephone number");

static const char *check_international(const model_reader *reader, const char *digits, size_t len)
{
    size_t code;
    const model_calling *row = numbering(reader, digits, len, &code);
    if (len < 7)
        return too_short;
    if (row == NULL)
        return PB_MSG("{value} begins with a calling code that no country has");
    if (len > E164_MAX)
        return too_long;
    /* Countries that share a code share the widest lengths: 7 and 39 alike, 1 all ten digits. */
    if (len - code < row->min)
        return too_short;
    if (len - code > row->max)
        return too_long;
    return NULL;
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

/* A national number of a known country, made international in `ret`. */
static const char *nationalise(const model_calling *row, phone *ret)
{
    size_t trunk = strlen(row->trunk), skip = 0;
    char code[6];
    size_t code_len = 0;
    for (unsigned rest = row->code, power = rest > 99  ? 100
                                            : rest > 9 ? 10
                                                       : 1;
         power > 0; rest %= power, power /= 10)
        code[code_len++] = (char)('0' + rest / power);
    if (trunk > 0 && ret->len > trunk && memcmp(ret->digits, row->trunk, trunk) == 0)
        skip = trunk;
    else if (ret->len > row->max && ret->len >= code_len + row->min &&
             memcmp(ret->digits, code, code_len) == 0)
        skip = code_len; /* the calling code written without its plus */
    size_t rest = ret->len - skip;
    if (rest < row->min)
        return too_short;
    if (rest > row->max)
        return too_long;
    memmove(ret->digits + code_len, ret->digits + skip, rest);
    memcpy(ret->digits, code, code_len);
    ret->len = code_len + rest;
    ret->plus = true;
    return ret->len > E164_MAX ? too_long : NULL;
}

static const char *standardise(const model_reader *reader, pb_str country, phone *ret)
{
    if (!ret->plus && ret->len > 2 && ret->digits[0] == '0' && ret->digits[1] == '0') {
        ret->plus = true;
        ret->len -= 2;
        memmove(ret->digits, ret->digits + 2, ret->len);
    }
    if (ret->plus)
        return check_international(reader, ret->digits, ret->len);
    const model_calling *row = country_numbering(country);
    if (row != NULL && ret->len + 5 < DIGITS_MAX)
        return nationalise(row, ret);
    if (ret->len < NATIONAL_MIN)
        return too_short;
    return ret->len > E164_MAX ? too_long : NULL;
}

/* True for a number already in standard form: the hot path. */
static bool plain_standard(const model_reader *reader, pb_str s, pb_str country)
{
    size_t i = s.ptr[0] == '+' ? 1 : 0;
    size_t from = i;
    if (s.len > E164_MAX + from || s.len < NATIONAL_MIN || (from == 0 && country.len > 0))
        return false;
    for (; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    if (from == 0)
        return s.ptr[0] != '0' || s.ptr[1] != '0';
    return check_international(reader, s.ptr + 1, s.len - 1) == NULL;
}

model_reading model_read_phone(model_reader *reader, const model_field *field, pb_str raw,
                               const model_format *format)
{
    if (plain_standard(reader, raw, format->country))
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
    problem = standardise(reader, format->country, &number);
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
