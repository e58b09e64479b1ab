/* Forms of what must not stand in free text.
 * Sources: ISO/IEC 7812 (card numbers, Luhn); US SSA, "Social Security Number Randomization"
 * (numbers never issued); GB 11643-1999 (Chinese citizen number, ISO 7064 MOD 11-2). */
#include "patterns.h"

#include <string.h>

#include "model/value.h"

enum { CARD_MIN = 13, CARD_MAX = 19, SSN_DIGITS = 9, CITIZEN_DIGITS = 17 };

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool pattern_possible(pb_str text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ':' || text.ptr[i] == '=' || (unsigned char)text.ptr[i] == 0xEF)
            return true; /* 0xEF: may begin a wide colon */
        digits += digit(text.ptr[i]);
    }
    return digits >= SSN_DIGITS;
}

/* A run of digits, single blanks or hyphens between them: digits to `to`, its end to `*end`. */
static size_t digit_run(pb_str text, size_t from, char to[CARD_MAX + 1], size_t *end)
{
    size_t count = 0, i = from;
    while (i < text.len) {
        char c = text.ptr[i];
        if (digit(c)) {
            if (count <= CARD_MAX)
                to[count < CARD_MAX ? count : CARD_MAX] = c;
            count++;
            i++;
        } else if ((c == ' ' || c == '-') && i + 1 < text.len && digit(text.ptr[i + 1])) {
            i++;
        } else {
            break;
        }
    }
    *end = i;
    return count;
}

static int number(const char *digits, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++)
        value = value * 10 + (digits[i] - '0');
    return value;
}

/* Ranges and lengths of the large issuers; one digit repeated is nobody's card. */
static bool is_card(const char *digits, size_t count)
{
    bool all_same = true;
    for (size_t i = 1; i < count; i++)
        all_same = all_same && digits[i] == digits[0];
    if (all_same)
        return false;
    int two = number(digits, 2), four = number(digits, 4);
    bool issued = (digits[0] == '4' && (count == 13 || count == 16 || count == 19)) ||
                  (((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) && count == 16) ||
                  ((two == 34 || two == 37) && count == 15) ||
                  ((two == 36 || two == 38 || (two == 30 && digits[2] <= '5')) && count == 14) ||
                  (two == 35 && count == 16) || (two == 62 && count >= 16) ||
                  ((four == 6011 || two == 65) && count == 16);
    return issued && model_luhn(pb_str_n(digits, count));
}

static bool find_card(pb_str text, pb_buf *masked)
{
    for (size_t i = 0; i < text.len;) {
        char digits[CARD_MAX + 1];
        size_t end;
        if (!digit(text.ptr[i])) {
            i++;
            continue;
        }
        bool inside =
            i > 0 && (letter(text.ptr[i - 1]) || text.ptr[i - 1] == '.' || text.ptr[i - 1] == '+');
        size_t count = digit_run(text, i, digits, &end);
        if (!inside && count >= CARD_MIN && count <= CARD_MAX &&
            (end == text.len || !letter(text.ptr[end])) && is_card(digits, count)) {
            pb_buf_printf(masked, "…%.4s", digits + count - 4);
            return true;
        }
        i = end;
    }
    return false;
}

static bool says_at(pb_str text, size_t at, const char *word)
{
    size_t len = strlen(word);
    return at + len <= text.len && pb_str_eq_nocase(pb_str_sub(text, at, len), pb_str_n(word, len));
}

static bool find_password(pb_str text, pb_buf *masked)
{
    static const char *const words[] = {"password", "passwd",       "passwort",   "pwd",
                                        "kennwort", "mot de passe", "contraseña", "senha",
                                        "密码",     "口令",         "رمز عبور",   "گذرواژه"};
    for (size_t i = 0; i < text.len; i++) {
        if (i > 0 && letter(text.ptr[i]) && letter(text.ptr[i - 1]))
            continue;
        for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
            if (!says_at(text, i, words[w]))
                continue;
            size_t at = i + strlen(words[w]);
            while (at < text.len && text.ptr[at] == ' ')
                at++;
            bool wide = says_at(text, at, "：");
            if (!wide && (at >= text.len || (text.ptr[at] != ':' && text.ptr[at] != '=')))
                continue;
            at += wide ? strlen("：") : 1;
            while (at < text.len && text.ptr[at] == ' ')
                at++;
            size_t end = at;
            while (end < text.len && (unsigned char)text.ptr[end] > ' ')
                end++;
            if (end - at < 4)
                continue;
            pb_buf_addc(masked, words[w]);
            pb_buf_addc(masked, ": ••••");
            return true;
        }
    }
    return false;
}

/* 123-45-6789; 000, 666 and 9xx were never issued, nor 00 and 0000. */
static bool is_ssn(pb_str text, size_t at)
{
    static const char form[] = "ddd-dd-dddd";
    if (at + sizeof form - 1 > text.len)
        return false;
    const char *s = text.ptr + at;
    for (size_t i = 0; form[i]; i++)
        if (form[i] == 'd' ? !digit(s[i]) : s[i] != '-')
            return false;
    size_t end = at + sizeof form - 1;
    if (end < text.len && (digit(text.ptr[end]) || text.ptr[end] == '-'))
        return false;
    int area = number(s, 3);
    return area != 0 && area != 666 && area < 900 && number(s + 4, 2) != 0 && number(s + 7, 4) != 0;
}

static bool is_citizen(pb_str text, size_t at)
{
    static const int weights[CITIZEN_DIGITS] = {7, 9, 10, 5,  8, 4, 2, 1, 6,
                                                3, 7, 9,  10, 5, 8, 4, 2};
    static const char checks[] = "10X98765432";
    if (at + CITIZEN_DIGITS + 1 > text.len)
        return false;
    const char *s = text.ptr + at;
    int sum = 0;
    for (size_t i = 0; i < CITIZEN_DIGITS; i++) {
        if (!digit(s[i]))
            return false;
        sum += (s[i] - '0') * weights[i];
    }
    size_t end = at + CITIZEN_DIGITS + 1;
    if (end < text.len && (digit(text.ptr[end]) || letter(text.ptr[end])))
        return false;
    char last = s[CITIZEN_DIGITS] == 'x' ? 'X' : s[CITIZEN_DIGITS];
    int year = number(s + 6, 4), month = number(s + 10, 2), day = number(s + 12, 2);
    return last == checks[sum % 11] && s[0] != '0' && year >= 1900 && year <= 2100 && month >= 1 &&
           month <= 12 && day >= 1 && day <= 31;
}

static bool find_national_id(pb_str text, pb_buf *masked)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!digit(text.ptr[i]))
            continue;
        bool begins = i == 0 || (!digit(text.ptr[i - 1]) && !letter(text.ptr[i - 1]) &&
                                 text.ptr[i - 1] != '-');
        if (begins && is_ssn(text, i)) {
            pb_buf_printf(masked, "•••-••-%.4s", text.ptr + i + 7);
            return true;
        }
        if (begins && is_citizen(text, i)) {
            pb_buf_printf(masked, "%.6s••••••••••••", text.ptr + i);
            return true;
        }
        while (i + 1 < text.len && digit(text.ptr[i + 1]))
            i++;
    }
    return false;
}

bool pattern_find(pattern_kind kind, pb_str text, pb_buf *masked)
{
    switch (kind) {
    case PATTERN_CARD:
        return find_card(text, masked);
    case PATTERN_PASSWORD:
        return find_password(text, masked);
    default:
        return find_national_id(text, masked);
    }
}
