/* What values look like, where the header does not say. */
#include "plan.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || digit(c) || (unsigned char)c >= 0x80;
}

static bool looks_email(pb_str v)
{
    size_t at = pb_str_index(v, '@');
    if (at == 0 || at + 4 > v.len)
        return false;
    pb_str domain = pb_str_sub(v, at + 1, v.len);
    size_t dot = pb_str_index(domain, '.');
    return dot > 0 && dot + 2 < domain.len && pb_str_index(v, ' ') == v.len &&
           pb_str_index(domain, '@') == domain.len;
}

static bool looks_url(pb_str v)
{
    if (pb_str_starts(v, PB_STR("http://")) || pb_str_starts(v, PB_STR("https://")) ||
        pb_str_starts(v, PB_STR("www.")))
        return v.len > 8 && pb_str_index(v, ' ') == v.len;
    size_t dot = v.len;
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] == '.')
            dot = i;
        else if (!word_char(v.ptr[i]) && v.ptr[i] != '-' && v.ptr[i] != '/')
            return false;
    }
    size_t letters = 0; /* a bare domain: its last part is letters only */
    for (size_t i = dot + 1; i < v.len && v.ptr[i] != '/'; i++, letters++)
        if (digit(v.ptr[i]) || !word_char(v.ptr[i]))
            return false;
    return dot > 1 && letters >= 2 && letters <= 18;
}

/* Three numbers between - / or . with nothing else but a time behind. */
static bool looks_date(pb_str v)
{
    size_t parts = 0, run = 0, longest = 0, i = 0;
    char mark = 0;
    for (; i < v.len; i++) {
        if (digit(v.ptr[i])) {
            run++;
            continue;
        }
        bool between = v.ptr[i] == '-' || v.ptr[i] == '/' || v.ptr[i] == '.';
        if (run == 0 || !between || (mark != 0 && v.ptr[i] != mark))
            break;
        mark = v.ptr[i];
        parts++;
        longest = run > longest ? run : longest;
        run = 0;
    }
    longest = run > longest ? run : longest;
    bool tail = i == v.len || v.ptr[i] == ' ' || v.ptr[i] == 'T';
    return parts == 2 && run > 0 && longest <= 4 && tail && v.len >= 6 &&
           (mark != '.' || longest == 4);
}

static bool looks_phone(pb_str v)
{
    size_t digits = 0, marks = 0;
    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i];
        if (digit(c))
            digits++;
        else if (c == ' ' || c == '-' || c == '(' || c == ')' || c == '.' || (c == '+' && i == 0))
            marks++;
        else
            return false;
    }
    bool begins = v.len > 0 && (v.ptr[0] == '+' || v.ptr[0] == '0' || v.ptr[0] == '(');
    return digits >= 8 && digits <= 15 && (marks > 0 || begins) && (begins || marks >= 2);
}

/* A number with a currency's sign or code. */
static bool looks_money(pb_str v)
{
    static const char *const signs[] = {"$",     "€",    "£",   "¥",   "￥",  "₹",   "﷼",
                                        "تومان", "ریال", "元",  "USD", "EUR", "GBP", "CNY",
                                        "RMB",   "IRR",  "BRL", "R$",  NULL};
    for (size_t s = 0; signs[s] != NULL; s++) {
        pb_str sign = pb_str_c(signs[s]);
        pb_str rest = pb_str_starts(v, sign) ? pb_str_sub(v, sign.len, v.len)
                      : pb_str_ends(v, sign) ? pb_str_sub(v, 0, v.len - sign.len)
                                             : PB_STR_NONE;
        rest = pb_str_trim(rest);
        size_t digits = 0, i = 0;
        for (; i < rest.len; i++) {
            digits += digit(rest.ptr[i]);
            if (!digit(rest.ptr[i]) && rest.ptr[i] != '.' && rest.ptr[i] != ',' &&
                rest.ptr[i] != ' ' && rest.ptr[i] != '-')
                break;
        }
        if (digits > 0 && i == rest.len)
            return true;
    }
    return false;
}

looks looks_read(pb_str value)
{
    value = pb_str_trim(value);
    if (value.len == 0 || value.len > 2000)
        return LOOKS_OTHER;
    if (looks_email(value))
        return LOOKS_EMAIL;
    if (looks_date(value))
        return LOOKS_DATE;
    if (looks_money(value))
        return LOOKS_MONEY;
    if (looks_phone(value))
        return LOOKS_PHONE;
    return looks_url(value) ? LOOKS_URL : LOOKS_OTHER;
}

/* 13–19 digits that pass Luhn's check, blanks and hyphens aside. */
static bool is_card(pb_str v)
{
    char digits[20];
    size_t count = 0;
    for (size_t i = 0; i < v.len; i++) {
        if (digit(v.ptr[i])) {
            if (count == 19)
                return false;
            digits[count++] = v.ptr[i];
        } else if (v.ptr[i] != ' ' && v.ptr[i] != '-') {
            return false;
        }
    }
    return count >= 13 && model_luhn((pb_str){digits, count});
}

static bool any_of(pb_str key, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (pb_str_find(key, pb_str_c(words[i])) != SIZE_MAX)
            return true;
    return false;
}

/* What the header says a column holds, when that is nothing a customer record should have. */
static const char *delicate(pb_str header_key)
{
    static const char *const passwords[] = {"password", "passwd", "passphrase", "密码",
                                            "口令",     "رمز",    "گذرواژه",    NULL};
    static const char *const cards[] = {"creditcard", "ccnumber", "cardnumber", "cardno",
                                        "银行卡",     "信用卡",   "شمارهکارت",  NULL};
    static const char *const codes[] = {"cvv", "cvc", NULL};
    static const char *const nationals[] = {"nationalid", "ssn",    "socialsecurity", "socsec",
                                            "passport",   "身份证", "کدملی",          NULL};
    if (any_of(header_key, passwords))
        return PB_MSG("passwords");
    if (any_of(header_key, codes))
        return PB_MSG("security codes of payment cards");
    if (any_of(header_key, cards))
        return PB_MSG("numbers of payment cards");
    return any_of(header_key, nationals) ? PB_MSG("national identity numbers") : NULL;
}

bool looks_delicate(pb_str header_key)
{
    return delicate(header_key) != NULL;
}

const char *looks_held(const sample *s, size_t column, pb_str header_key)
{
    const char *said = delicate(header_key);
    if (said != NULL)
        return said;
    size_t filled = 0, hits[LOOKS_MONEY + 1] = {0}, card = 0;
    for (size_t r = 0; r < s->rows; r++) {
        pb_str cell = sample_cell(s, r, column);
        filled += cell.len > 0;
        hits[looks_read(cell)] += cell.len > 0;
        card += is_card(cell);
    }
    if (filled == 0)
        return NULL;
    if (card * 2 > filled && card > 2)
        return PB_MSG("numbers of payment cards");
    if (hits[LOOKS_EMAIL] * 10 >= filled * 9)
        return PB_MSG("e-mail addresses");
    return hits[LOOKS_PHONE] * 10 >= filled * 9 ? PB_MSG("phone numbers") : NULL;
}
