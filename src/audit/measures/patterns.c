/* Forms of what must not stand in free text.
 * Sources: ISO/IEC 7812 (card numbers, Luhn); US SSA, "Social Security Number Randomization"
 * (numbers never issued); GB 11643-1999 (Chinese citizen number, ISO 7064 MOD 11-2). */
#include "patterns.h"

#include <string.h>

#include "model/identifiers.h"
#include "model/value.h"

enum {
    CARD_MIN = 13,
    CARD_MAX = 19,
    SSN_DIGITS = 9,
    CITIZEN_DIGITS = 17,
    IRANIAN_DIGITS = 10,
    IBAN_MIN = 15,
    IBAN_MAX = 34,
    DATE_GAP = 8
};

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

/* Past blanks and what joins a word to its secret: a colon, “=”, or a verb; false: nothing joins.
 */
static bool skip_join(pb_str text, size_t *at)
{
    static const char *const joins[] = {"：",  "is ", "ist ", "lautet ", "est ",
                                        "es ", "è ",  "是",   "为",      "wie "};
    while (*at < text.len && text.ptr[*at] == ' ')
        ++*at;
    bool joined = *at < text.len && (text.ptr[*at] == ':' || text.ptr[*at] == '=');
    *at += joined;
    for (size_t i = 0; i < sizeof joins / sizeof *joins && !joined; i++)
        if (says_at(text, *at, joins[i])) {
            *at += strlen(joins[i]);
            return i == 0;
        }
    return joined;
}

/* Behind a colon anything of four signs is a secret; behind a verb, a blank or a short word it must
 * hold a digit: “the password is wrong” tells none. */
static bool secret_follows(pb_str text, size_t at, size_t word_len)
{
    bool short_word = word_len < 6 && !says_at(text, at - word_len, "pwd");
    size_t word_end = at, digits = 0;
    bool joined = skip_join(text, &at);
    if (at == word_end)
        return false;
    while (at < text.len && text.ptr[at] == ' ')
        at++;
    size_t end = at;
    while (end < text.len && (unsigned char)text.ptr[end] > ' ' && text.ptr[end] != ',')
        digits += digit(text.ptr[end++]);
    bool letters = digits < end - at, plain = joined && !short_word;
    return end - at >= 4 &&
           (plain || (digits && (joined || (letters && (!short_word || word_len == 2)))));
}

static bool find_password(pb_str text, pb_buf *masked)
{
    static const char *const words[] = {
        "password",   "passwd",     "passwort", "pwd",       "kennwort",  "mot de passe",
        "contraseña", "senha",      "密码",     "口令",      "رمز عبور",  "گذرواژه",
        "密碼",       "wachtwoord", "parola",   "hasło",     "passcode",  "passphrase",
        "contrasena", "clave",      "пароль",   "passord",   "lösenord",  "pw",
        "pass",       "mdp",        "pin",      "pass word", "کلمه عبور", "پسورد",
        "رمز",        "گذر واژه"};
    for (size_t i = 0; i < text.len; i++) {
        if (i > 0 && letter(text.ptr[i]) && letter(text.ptr[i - 1]))
            continue;
        for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
            if (!says_at(text, i, words[w]))
                continue;
            if (!secret_follows(text, i + strlen(words[w]), strlen(words[w])))
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

/* Writes the standard form masked when `text` from `at` on begins with such a number of `length`
 * signs. */
static bool is_id(pb_str text, size_t at, size_t length, model_id_kind kind, pb_buf *masked)
{
    model_id id;
    size_t end = at + length;
    if (end > text.len || (end < text.len && (digit(text.ptr[end]) || letter(text.ptr[end]))))
        return false;
    pb_str part = pb_str_sub(text, at, length);
    if (!model_id_read(kind, part, PB_STR_NONE, &id) || !id.checked)
        return false;
    model_id_mask(kind, part, masked);
    return true;
}

/* Ten digits with a check digit are one number in eleven: in Iran's case the text must say what it
 * is. */
static bool says_iranian(pb_str text, size_t at)
{
    static const char *const words[] = {"کد ملی",      "کدملی",         "شماره ملی",
                                        "کد\u200cملی", "national code", "national id",
                                        "code melli",  "codemelli",     "melli code"};
    pb_str before = pb_str_sub(text, at > 40 ? at - 40 : 0, at > 40 ? 40 : at);
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
        for (size_t i = 0; i < before.len; i++)
            if (says_at(before, i, words[w]))
                return true;
    return false;
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
        if (begins && is_id(text, i, CITIZEN_DIGITS + 1, MODEL_ID_CN_RESIDENT, masked))
            return true;
        if (begins && says_iranian(text, i) &&
            is_id(text, i, IRANIAN_DIGITS, MODEL_ID_IR_NATIONAL, masked))
            return true;
        while (i + 1 < text.len && digit(text.ptr[i + 1]))
            i++;
    }
    return false;
}

static bool alnum(char c)
{
    return digit(c) || (c >= 'A' && c <= 'Z');
}

/* Two capitals and two digits; then as many signs, blanks between groups, as the country has. */
static bool find_iban(pb_str text, pb_buf *masked)
{
    for (size_t i = 0; i + IBAN_MIN <= text.len; i++) {
        const char *s = text.ptr + i;
        if (!(s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z' && digit(s[2]) &&
              digit(s[3])) ||
            (i > 0 && (alnum(s[-1]) || letter(s[-1]))))
            continue;
        char compact[IBAN_MAX];
        size_t count = 0;
        for (size_t k = i; k < text.len && count < IBAN_MAX; k++) {
            if (alnum(text.ptr[k]))
                compact[count++] = text.ptr[k];
            else if (text.ptr[k] != ' ' || k + 1 >= text.len || !alnum(text.ptr[k + 1]))
                break;
        }
        for (; count >= IBAN_MIN; count--) {
            model_id id;
            if (!model_id_read(MODEL_ID_IBAN, pb_str_n(compact, count), PB_STR_NONE, &id))
                continue;
            model_id_mask(MODEL_ID_IBAN, pb_str_n(compact, count), masked);
            return true;
        }
    }
    return false;
}

/* “12 May 1980”: a year within what a month's name takes. */
static bool year_follows(pb_str text, size_t at)
{
    for (size_t i = at; i + 4 <= text.len && i < at + 2 * DATE_GAP; i++) {
        const char *s = text.ptr + i;
        if (!digit(s[0]) && s[0] != ' ' && s[0] != '.' && !letter(s[0]) && !(s[0] & 0x80))
            return false;
        if (((s[0] == '1' && s[1] == '9') || (s[0] == '2' && s[1] == '0')) && digit(s[2]) &&
            digit(s[3]))
            return true;
    }
    return false;
}

/* 1974年3月5日出生: the date stands before the word. */
static bool date_before(pb_str text, size_t at)
{
    size_t len = strlen("日");
    return at > len + 1 && says_at(text, at - len, "日") && digit(text.ptr[at - len - 1]);
}

/* Digits in two or three groups with what stands between the parts of a date. */
static bool date_follows(pb_str text, size_t at)
{
    size_t groups = 0, gap = 0;
    bool in_group = false;
    for (size_t i = at; i < text.len && gap < DATE_GAP; i++) {
        char c = text.ptr[i];
        if (digit(c)) {
            groups += !in_group;
            in_group = true;
            gap = 0;
            continue;
        }
        if (groups == 1 && (c == ' ' || letter(c)) && year_follows(text, i))
            return true;
        bool joins = c == '-' || c == '/' || c == '.' || (c & 0x80);
        if (groups && !joins)
            break;
        in_group = false;
        gap++;
    }
    return groups >= 2;
}

static bool find_birth(pb_str text, pb_buf *masked)
{
    static const char *const words[] = {"born",
                                        "dob",
                                        "date of birth",
                                        "birthday",
                                        "birth date",
                                        "geboren",
                                        "né le",
                                        "née le",
                                        "出生",
                                        "生日",
                                        "متولد",
                                        "تاریخ تولد",
                                        "生于",
                                        "geb.",
                                        "geburtsdatum",
                                        "geburtstag",
                                        "geb ",
                                        "d.o.b",
                                        "birthdate",
                                        "nato il",
                                        "nata il",
                                        "nato a",
                                        "data di nascita",
                                        "fecha de nacimiento",
                                        "nacido",
                                        "nacida",
                                        "date de naissance",
                                        "geboortedatum",
                                        "urodzon",
                                        "anniversaire",
                                        "cumpleaños",
                                        "compleanno"};
    for (size_t i = 0; i < text.len; i++) {
        if (i > 0 && letter(text.ptr[i]) && letter(text.ptr[i - 1]))
            continue;
        for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
            size_t end = i + strlen(words[w]);
            if (!says_at(text, i, words[w]) ||
                (end < text.len && letter(text.ptr[end]) && letter(words[w][0])) ||
                !(date_follows(text, end) || (words[w][0] & 0x80 && date_before(text, i))))
                continue;
            pb_buf_addc(masked, words[w]);
            pb_buf_addc(masked, " ••••");
            return true;
        }
    }
    return false;
}

static bool mailbox_sign(char c)
{
    return alnum(c) || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-' || c == '+';
}

static bool find_mail(pb_str text, pb_buf *masked)
{
    for (size_t i = 1; i + 3 < text.len; i++) {
        if (text.ptr[i] != '@' || !mailbox_sign(text.ptr[i - 1]))
            continue;
        size_t end = i + 1, dot = 0;
        while (end < text.len && mailbox_sign(text.ptr[end])) {
            if (text.ptr[end] == '.' && end > i + 1 && end + 2 < text.len)
                dot = end;
            end++;
        }
        if (!dot)
            continue;
        pb_buf_addc(masked, "…@");
        pb_buf_add(masked, pb_str_sub(text, i + 1, end - i - 1));
        return true;
    }
    return false;
}

/* A word for a telephone right before: “Handy 0151 …”, “电话：010-…”. */
static bool called_before(pb_str text, size_t at)
{
    static const char *const words[] = {
        "handy",     "mobil",    "mobile", "cell",     "tel",    "tel.",      "telefon",
        "phone",     "portable", "móvil",  "whatsapp", "wechat", "手机",      "手机号",
        "电话",      "تلفن",     "موبایل", "همراه",    "تماس",   "rufnummer", "teléfono",
        "téléphone", "telefono", "gsm",    "call",     "ring"};
    while (at > 0 &&
           (text.ptr[at - 1] == ' ' || text.ptr[at - 1] == ':' || text.ptr[at - 1] == '('))
        at--;
    if (at >= 3 && says_at(text, at - 3, "："))
        at -= 3;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]);
        if (at >= len && says_at(text, at - len, words[i]) &&
            (at == len || !letter(text.ptr[at - len - 1]) || (words[i][0] & 0x80)))
            return true;
    }
    return false;
}

/* +country and nine digits or more, a Chinese or Iranian mobile number, or the American form. */
static bool find_phone(pb_str text, pb_buf *masked)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i], digits[CARD_MAX + 1];
        if (!digit(c) || (i > 0 && (letter(text.ptr[i - 1]) || text.ptr[i - 1] == '.' ||
                                    text.ptr[i - 1] == '-')))
            continue;
        size_t end;
        size_t count = digit_run(text, i, digits, &end);
        bool plus = i > 0 && text.ptr[i - 1] == '+';
        bool mobile =
            count == 11 && end - i == 11 &&
            ((digits[0] == '1' && digits[1] >= '3') || (digits[0] == '0' && digits[1] == '9'));
        bool america = end - i == 12 && text.ptr[i + 3] == '-' && text.ptr[i + 7] == '-';
        bool called = count >= 7 && count <= 13 && called_before(text, i);
        if ((plus && count >= 9 && count <= 15) || mobile || america || called) {
            pb_buf_printf(masked, "…%.2s", digits + count - 2);
            return true;
        }
        i = end;
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
    case PATTERN_IBAN:
        return find_iban(text, masked);
    case PATTERN_BIRTH:
        return find_birth(text, masked);
    case PATTERN_MAIL:
        return find_mail(text, masked);
    case PATTERN_CONTACT:
        return find_mail(text, masked) || find_phone(text, masked);
    default:
        return find_national_id(text, masked);
    }
}
