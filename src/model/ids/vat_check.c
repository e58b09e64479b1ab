/* Check digits of VAT numbers, for the countries that publish them (sums as in the tax offices'
 * publications gathered by the European Commission's TIN portal and the national registers). */
#include "ids/ids.h"
#include "model/value.h"

#include <string.h>

static int digit(char c)
{
    return c - '0';
}

static int64_t number(const char *digits, size_t count)
{
    int64_t value = 0;
    for (size_t i = 0; i < count; i++)
        value = value * 10 + digit(digits[i]);
    return value;
}

/* ISO 7064 mod 11,10: Germany, Croatia. The last digit is the check digit. */
static bool mod_11_10(const char *digits, size_t len)
{
    int product = 10;
    for (size_t i = 0; i + 1 < len; i++) {
        int sum = (digit(digits[i]) + product) % 10;
        product = 2 * (sum == 0 ? 10 : sum) % 11;
    }
    return (11 - product) % 10 == digit(digits[len - 1]);
}

/* 11 − Σ mod 11 with the weights; 11 becomes `eleven`, 10 becomes `ten`; -1: never given out. */
static bool mod_11(const char *d, const int *weights, size_t count, int ten, int eleven)
{
    int check = 11 - id_weighted(d, weights, count) % 11;
    check = check == 10 ? ten : check == 11 ? eleven : check;
    return check == digit(d[count]);
}

static bool vat_at(const char *d, size_t len)
{
    int sum = 4;
    (void)len;
    for (int i = 1; i <= 7; i++) {
        int twice = digit(d[i]) * (i % 2 == 0 ? 2 : 1);
        sum += twice / 10 + twice % 10;
    }
    return (10 - sum % 10) % 10 == digit(d[8]);
}

static bool vat_be(const char *d, size_t len)
{
    (void)len;
    return 97 - number(d, 8) % 97 == number(d + 8, 2);
}

static bool vat_bg(const char *d, size_t len)
{
    static const int first[8] = {1, 2, 3, 4, 5, 6, 7, 8}, second[8] = {3, 4, 5, 6, 7, 8, 9, 10};
    static const int person[9] = {2, 4, 8, 5, 10, 9, 7, 3, 6};
    static const int foreigner[9] = {21, 19, 17, 13, 11, 9, 7, 3, 1};
    static const int other[9] = {4, 3, 2, 7, 6, 5, 4, 3, 2};
    if (len == 10)
        return id_weighted(d, person, 9) % 11 % 10 == digit(d[9]) ||
               id_weighted(d, foreigner, 9) % 10 == digit(d[9]) || mod_11(d, other, 9, -1, 0);
    int rest = id_weighted(d, first, 8) % 11;
    if (rest == 10)
        rest = id_weighted(d, second, 8) % 11 % 10;
    return rest == digit(d[8]);
}

static bool vat_ch(const char *d, size_t len)
{
    static const int weights[8] = {5, 4, 3, 2, 7, 6, 5, 4};
    (void)len;
    return mod_11(d + 1, weights, 8, -1, 0);
}

static bool vat_cy(const char *d, size_t len)
{
    static const int odd[10] = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21};
    int sum = 0;
    (void)len;
    for (int i = 0; i < 8; i++)
        sum += i % 2 == 0 ? odd[digit(d[i])] : digit(d[i]);
    return d[8] == 'A' + sum % 26;
}

/* Companies have 8 digits; persons' birth numbers (9, 10) have exceptions of old and are not
 * summed. */
static bool vat_cz(const char *d, size_t len)
{
    static const int weights[7] = {8, 7, 6, 5, 4, 3, 2};
    return len != 8 || mod_11(d, weights, 7, 0, 1);
}

static bool vat_de(const char *d, size_t len)
{
    return mod_11_10(d, len);
}

static bool vat_dk(const char *d, size_t len)
{
    static const int weights[8] = {2, 7, 6, 5, 4, 3, 2, 1};
    (void)len;
    return id_weighted(d, weights, 8) % 11 == 0;
}

static bool vat_ee(const char *d, size_t len)
{
    static const int weights[8] = {3, 7, 1, 3, 7, 1, 3, 7};
    (void)len;
    return (10 - id_weighted(d, weights, 8) % 10) % 10 == digit(d[8]);
}

static bool vat_el(const char *d, size_t len)
{
    static const int weights[8] = {256, 128, 64, 32, 16, 8, 4, 2};
    (void)len;
    return id_weighted(d, weights, 8) % 11 % 10 == digit(d[8]);
}

/* Companies (letter first): Luhn, written as a digit or a letter. Persons: number mod 23 as a
 * letter; X, Y, Z of foreigners count 0, 1, 2. */
static bool vat_es(const char *d, size_t len)
{
    static const char letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";
    (void)len;
    if (id_digit(d[0]))
        return d[8] == letters[number(d, 8) % 23];
    if (strchr("XYZ", d[0]) != NULL)
        return d[8] == letters[((d[0] - 'X') * 10000000 + number(d + 1, 7)) % 23];
    if (strchr("KLM", d[0]) != NULL && d[8] == letters[number(d + 1, 7) % 23])
        return true;
    if (strchr("ABCDEFGHJKLMNPQRSUVW", d[0]) == NULL)
        return false;
    int sum = 0;
    for (int i = 1; i <= 7; i++) {
        int twice = digit(d[i]) * (i % 2 == 1 ? 2 : 1);
        sum += twice / 10 + twice % 10;
    }
    int check = (10 - sum % 10) % 10;
    return d[8] == '0' + check || d[8] == "JABCDEFGHI"[check];
}

static bool vat_fi(const char *d, size_t len)
{
    static const int weights[7] = {7, 9, 10, 5, 8, 4, 2};
    (void)len;
    return mod_11(d, weights, 7, -1, 0);
}

/* The two characters before the SIREN are its key; keys with letters follow another sum. */
static bool vat_fr(const char *d, size_t len)
{
    (void)len;
    if (!id_digits(d, 0, 2))
        return true;
    return (12 + 3 * (number(d + 2, 9) % 97)) % 97 == number(d, 2);
}

static bool vat_gb(const char *d, size_t len)
{
    static const int weights[7] = {8, 7, 6, 5, 4, 3, 2};
    if (len == 5)
        return memcmp(d, "GD", 2) == 0 ? d[2] < '5' : d[2] >= '5';
    int64_t sum = id_weighted(d, weights, 7) + number(d + 7, 2);
    return sum % 97 == 0 || (sum + 55) % 97 == 0;
}

static bool vat_hu(const char *d, size_t len)
{
    static const int weights[7] = {9, 7, 3, 1, 9, 7, 3};
    (void)len;
    return (10 - id_weighted(d, weights, 7) % 10) % 10 == digit(d[7]);
}

static bool vat_ie(const char *d, size_t len)
{
    static const int weights[7] = {8, 7, 6, 5, 4, 3, 2};
    char shifted[8];
    const char *digits = d;
    if (!id_digit(d[1])) { /* the form before 2013: 1A23456X counts as 0234561X */
        shifted[0] = '0';
        memcpy(shifted + 1, d + 2, 5);
        shifted[6] = d[0];
        digits = shifted;
    }
    int sum = id_weighted(digits, weights, 7);
    if (len == 9)
        sum += (d[8] - 'A' + 1) * 9;
    return d[7] == "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23];
}

static bool vat_luhn(const char *d, size_t len)
{
    return model_luhn(pb_str_n(d, len));
}

static bool vat_lt(const char *d, size_t len)
{
    static const int first[11] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2};
    static const int nine[8] = {3, 4, 5, 6, 7, 8, 9, 1};
    static const int twelve[11] = {3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4};
    size_t count = len - 1;
    int rest = id_weighted(d, first, count) % 11;
    if (rest == 10)
        rest = id_weighted(d, len == 9 ? nine : twelve, count) % 11 % 10;
    return d[len - 2] == '1' && rest == digit(d[count]);
}

static bool vat_lu(const char *d, size_t len)
{
    (void)len;
    return number(d, 6) % 89 == number(d + 6, 2);
}

/* Companies begin with 4 to 9; persons' codes have no sum that holds for all of them. */
static bool vat_lv(const char *d, size_t len)
{
    static const int weights[10] = {9, 1, 4, 8, 3, 10, 2, 5, 7, 6};
    (void)len;
    if (d[0] < '4')
        return true;
    int rest = id_weighted(d, weights, 10) % 11;
    if (rest == 4 && d[0] == '9')
        return false;
    return (rest > 4 ? 14 - rest : rest == 4 ? 0 : 3 - rest) == digit(d[10]);
}

static bool vat_mt(const char *d, size_t len)
{
    static const int weights[6] = {3, 4, 6, 7, 8, 9};
    (void)len;
    return 37 - id_weighted(d, weights, 6) % 37 == number(d + 6, 2);
}

/* Companies: mod 11. Sole traders since 2020: mod 97 over the whole with its prefix. */
static bool vat_nl(const char *d, size_t len)
{
    static const int weights[8] = {9, 8, 7, 6, 5, 4, 3, 2};
    char whole[16];
    if (id_weighted(d, weights, 8) % 11 == digit(d[8]))
        return true;
    memcpy(whole, "NL", 2);
    memcpy(whole + 2, d, len);
    return model_mod97(pb_str_n(whole, len + 2)) == 1;
}

static bool vat_no(const char *d, size_t len)
{
    static const int weights[8] = {3, 2, 7, 6, 5, 4, 3, 2};
    (void)len;
    return mod_11(d, weights, 8, -1, 0);
}

static bool vat_pl(const char *d, size_t len)
{
    static const int weights[9] = {6, 5, 7, 2, 3, 4, 5, 6, 7};
    (void)len;
    return id_weighted(d, weights, 9) % 11 == digit(d[9]);
}

static bool vat_pt(const char *d, size_t len)
{
    static const int weights[8] = {9, 8, 7, 6, 5, 4, 3, 2};
    (void)len;
    return mod_11(d, weights, 8, 0, 0);
}

static bool vat_ro(const char *d, size_t len)
{
    static const int weights[9] = {7, 5, 3, 2, 1, 7, 5, 3, 2};
    size_t count = len - 1;
    int sum = id_weighted(d, weights + 9 - count, count);
    return sum * 10 % 11 % 10 == digit(d[count]);
}

static bool vat_se(const char *d, size_t len)
{
    int64_t unit = number(d + len - 2, 2);
    return vat_luhn(d, 10) && unit >= 1 && unit <= 94;
}

static bool vat_si(const char *d, size_t len)
{
    static const int weights[7] = {8, 7, 6, 5, 4, 3, 2};
    (void)len;
    return d[0] != '0' && mod_11(d, weights, 7, 0, -1);
}

static bool vat_sk(const char *d, size_t len)
{
    return number(d, len) % 11 == 0;
}

bool id_vat_check(const char country[2], const char *digits, size_t len, bool *ret_checked)
{
    static const struct {
        char country[3];
        bool (*check)(const char *d, size_t len);
    } checks[] = {
        {"AT", vat_at}, {"BE", vat_be}, {"BG", vat_bg},   {"CH", vat_ch}, {"CY", vat_cy},
        {"CZ", vat_cz}, {"DE", vat_de}, {"DK", vat_dk},   {"EE", vat_ee}, {"EL", vat_el},
        {"ES", vat_es}, {"FI", vat_fi}, {"FR", vat_fr},   {"GB", vat_gb}, {"HR", vat_de},
        {"HU", vat_hu}, {"IE", vat_ie}, {"IT", vat_luhn}, {"LT", vat_lt}, {"LU", vat_lu},
        {"LV", vat_lv}, {"MT", vat_mt}, {"NL", vat_nl},   {"NO", vat_no}, {"PL", vat_pl},
        {"PT", vat_pt}, {"RO", vat_ro}, {"SE", vat_se},   {"SI", vat_si}, {"SK", vat_sk},
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (memcmp(checks[i].country, country, 2) == 0) {
            *ret_checked = true;
            return checks[i].check(digits, len);
        }
    }
    return true;
}
