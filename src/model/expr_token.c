/* Expressions, first step: from characters to words and signs. */
#include "expr_token.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static size_t digits(pb_str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.len && is_digit(s.ptr[at + n]))
        n++;
    return n;
}

static size_t date_length(pb_str s, size_t at)
{
    bool date = digits(s, at) == 4 && at + 10 <= s.len && s.ptr[at + 4] == '-' &&
                digits(s, at + 5) == 2 && s.ptr[at + 7] == '-' && digits(s, at + 8) == 2;
    return date ? 10 : 0;
}

static expr_token scan_quoted(pb_str s, size_t at)
{
    for (size_t i = at + 1; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] < 0x20)
            break;
        if (s.ptr[i] != '\'')
            continue;
        if (i + 1 == s.len || s.ptr[i + 1] != '\'')
            return (expr_token){TOKEN_TEXT, at, i + 1};
        i++;
    }
    return (expr_token){TOKEN_BAD, at, s.len};
}

static expr_token scan_number(pb_str s, size_t at)
{
    size_t date = date_length(s, at);
    if (date != 0)
        return (expr_token){TOKEN_DATE, at, at + date};
    size_t to = at + digits(s, at);
    if (to + 1 < s.len && s.ptr[to] == '.' && is_digit(s.ptr[to + 1]))
        to += 1 + digits(s, to + 1);
    return (expr_token){to < s.len && is_letter(s.ptr[to]) ? TOKEN_BAD : TOKEN_NUMBER, at, to};
}

static expr_token scan_word(pb_str s, size_t at)
{
    size_t to = at;
    while (to < s.len && (is_letter(s.ptr[to]) || is_digit(s.ptr[to])))
        to++;
    return (expr_token){TOKEN_WORD, at, to};
}

expr_token expr_scan(pb_str s, size_t at)
{
    while (at < s.len && memchr(" \t\r\n", s.ptr[at], 4) != NULL)
        at++;
    if (at == s.len)
        return (expr_token){TOKEN_END, at, at};
    char c = s.ptr[at], next = at + 1 < s.len ? s.ptr[at + 1] : ' ';
    if (c == '\'')
        return scan_quoted(s, at);
    if (is_digit(c))
        return scan_number(s, at);
    if (is_letter(c))
        return scan_word(s, at);
    bool two = (next == '=' && (c == '<' || c == '>' || c == '!')) || (c == '<' && next == '>');
    if (two)
        return (expr_token){TOKEN_SIGN, at, at + 2};
    return (expr_token){memchr("(),+-=<>", c, 8) != NULL ? TOKEN_SIGN : TOKEN_BAD, at, at + 1};
}
