/* Identifiers: layout taken off, the rule of the kind, the words for what is wrong, masks. */
#include "ids/ids.h"
#include "base/error.h"
#include "base/utf8.h"

#include <string.h>

typedef struct kind_row {
    id_rule rule;
    bool hidden;        /* belongs to a person or opens an account */
    uint8_t head, tail; /* characters a mask leaves */
    const char *character, *country, *length, *structure, *date, *check;
} kind_row;

static const kind_row kinds[MODEL_ID_COUNT] = {
    [MODEL_ID_IBAN] = {id_iban, true, 4, 4, PB_MSG("This IBAN holds a character that no IBAN has"),
                       PB_MSG("This IBAN does not begin with a country that has IBANs"),
                       PB_MSG("This IBAN has not the length of its country's IBANs"),
                       PB_MSG("This IBAN has letters or digits where its country has none"), NULL,
                       PB_MSG("The check digits of this IBAN do not fit: it is mistyped")},
    [MODEL_ID_BIC] = {id_bic, false, 0, 0, PB_MSG("{value} holds a character that no BIC has"),
                      PB_MSG(
                          "{value} names no country in its fifth and sixth letter, as a BIC must"),
                      PB_MSG("{value} is no BIC: one has 8 or 11 characters"),
                      PB_MSG("{value} is no BIC: one begins with four letters"), NULL, NULL},
    [MODEL_ID_CN_RESIDENT] =
        {id_cn_resident, true, 2, 2, PB_MSG("This resident id holds a character that none has"),
         PB_MSG("This resident id begins with no province"),
         PB_MSG("A resident id has 18 characters, this one has not"),
         PB_MSG("A resident id has digits only, X at most in the last place"),
         PB_MSG("The day of birth in this resident id does not exist"),
         PB_MSG("The check digit of this resident id does not fit: it is mistyped")},
    [MODEL_ID_CN_USCC] = {id_cn_uscc, false, 0, 0,
                          PB_MSG(
                              "{value} holds a character that no unified social credit code has"),
                          PB_MSG("{value} names no province in its third and fourth digit, as a "
                                 "unified social credit code must"),
                          PB_MSG("{value} is no unified social credit code: one has 18 characters"),
                          PB_MSG("{value} is not built as a unified social credit code is"), NULL,
                          PB_MSG("The check digit of {value} does not fit: it is mistyped")},
    [MODEL_ID_IR_NATIONAL] =
        {id_ir_national, true, 0, 2, PB_MSG("This national number holds a character that none has"),
         NULL, PB_MSG("A national number has 10 digits, this one has not"),
         PB_MSG("This national number is nobody's: it repeats one digit"), NULL,
         PB_MSG("The check digit of this national number does not fit: it is mistyped")},
    [MODEL_ID_IR_LEGAL] = {id_ir_legal, false, 0, 0,
                           PB_MSG("{value} holds a character that no national id of a company has"),
                           NULL,
                           PB_MSG("{value} is no national id of a company: one has 11 digits"),
                           PB_MSG("{value} is not built as a national id of a company is"), NULL,
                           PB_MSG("The check digit of {value} does not fit: it is mistyped")},
    [MODEL_ID_VAT] = {id_vat, false, 0, 0,
                      PB_MSG("{value} holds a character that no VAT number has"),
                      PB_MSG("{value} begins with no country"),
                      PB_MSG("{value} has not the length of its country's VAT numbers"),
                      PB_MSG("{value} is not built as VAT numbers of its country are"), NULL,
                      PB_MSG("The check digit of {value} does not fit: it is mistyped")},
    [MODEL_ID_LEI] = {id_lei, false, 0, 0, PB_MSG("{value} holds a character that no LEI has"),
                      NULL, PB_MSG("{value} is no LEI: one has 20 characters"),
                      PB_MSG("{value} is no LEI: one ends in two digits"), NULL,
                      PB_MSG("The check digits of {value} do not fit: it is mistyped")},
    [MODEL_ID_DUNS] = {id_duns, false, 0, 0,
                       PB_MSG("{value} holds a character that no D-U-N-S number has"), NULL,
                       PB_MSG("{value} is no D-U-N-S number: one has 9 digits"),
                       PB_MSG("{value} is no D-U-N-S number: it repeats one digit"), NULL, NULL},
    [MODEL_ID_ISIN] = {id_isin, false, 0, 0, PB_MSG("{value} holds a character that no ISIN has"),
                       PB_MSG("{value} begins with no country, as an ISIN must"),
                       PB_MSG("{value} is no ISIN: one has 12 characters"),
                       PB_MSG("{value} is no ISIN: one ends in a digit"), NULL,
                       PB_MSG("The check digit of {value} does not fit: it is mistyped")},
    [MODEL_ID_CARD] = {id_card, true, 0, 4,
                       PB_MSG("This card number holds a character that none has"), NULL,
                       PB_MSG("This card number has not the length its issuer's cards have"),
                       PB_MSG("This card number is nobody's: it repeats one digit"), NULL,
                       PB_MSG("The check digit of this card number does not fit: it is mistyped")},
};

bool id_digits(const char *text, size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++)
        if (!id_digit(text[i]))
            return false;
    return true;
}

int id_weighted(const char *digits, const int *weights, size_t count)
{
    int sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (digits[i] - '0') * weights[i];
    return sum;
}

/* The next `count kind` of a structure; false at its end. */
static bool structure_part(const char **structure, size_t *ret_count, char *ret_kind)
{
    const char *s = *structure;
    size_t count = 0;
    while (id_digit(*s))
        count = count * 10 + (size_t)(*s++ - '0');
    if (*s == '\0')
        return false;
    *ret_count = count;
    *ret_kind = *s;
    *structure = s + 1;
    return true;
}

size_t id_structure_length(const char *structure)
{
    size_t count, sum = 0;
    char kind;
    while (structure_part(&structure, &count, &kind))
        sum += count;
    return sum;
}

bool id_structure(const char *text, size_t len, const char *structure)
{
    size_t count, at = 0;
    char kind;
    while (structure_part(&structure, &count, &kind)) {
        if (count > len - at)
            return false;
        for (size_t end = at + count; at < end; at++) {
            bool fits = kind == 'n'   ? id_digit(text[at])
                        : kind == 'a' ? id_letter(text[at])
                                      : id_digit(text[at]) || id_letter(text[at]);
            if (!fits)
                return false;
        }
    }
    return at == len;
}

bool id_country(const char *code)
{
    static const char all[] =
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
        "BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
        "DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS "
        "GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
        "KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
        "MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
        "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
        "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
        "VN VU WF WS XK YE YT ZA ZM ZW ";
    for (size_t i = 0; i + 3 <= sizeof all; i += 3)
        if (all[i] == code[0] && all[i + 1] == code[1])
            return true;
    return false;
}

unsigned model_mod97(pb_str text)
{
    unsigned rest = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (id_digit(c))
            rest = (rest * 10 + (unsigned)(c - '0')) % 97;
        else if (id_letter(c))
            rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
    }
    return rest;
}

/* Digits of other scripts and full-width letters as ASCII; 0 for what is none. */
static uint32_t narrow(uint32_t code)
{
    if (code >= 0xFF01 && code <= 0xFF5E)
        return code - 0xFF01 + '!';
    if (code >= 0x0660 && code <= 0x0669)
        return code - 0x0660 + '0';
    if (code >= 0x06F0 && code <= 0x06F9)
        return code - 0x06F0 + '0';
    return code;
}

static bool is_layout(uint32_t code)
{
    return code == ' ' || code == '-' || code == '.' || code == '/' || code == '\t' ||
           code == '\'' || code == '_' || code == 0xA0 || code == 0x200B || code == 0x200C ||
           code == 0x200E || code == 0x200F || code == 0xFEFF || code == 0x202A || code == 0x202B ||
           code == 0x202C || code == 0x2007 || code == 0x2009 || code == 0x202F || code == 0x3000 ||
           (code >= 0x2010 && code <= 0x2015) || code == 0x2212 || code == 0xB7;
}

/* Letters and digits in capitals. */
static model_id_fault squeeze(pb_str text, model_id *id)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t code = narrow(pb_utf8_next(text, &at));
        if (is_layout(code))
            continue;
        if (code >= 'a' && code <= 'z')
            code -= 32;
        if (!((code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z')))
            return MODEL_ID_CHARACTER;
        if (id->len == MODEL_ID_MAX - 1)
            return MODEL_ID_LENGTH;
        id->text[id->len++] = (char)code;
    }
    return id->len == 0 ? MODEL_ID_LENGTH : MODEL_ID_GOOD;
}

static const char *problem_of(const kind_row *row, model_id_fault fault)
{
    switch (fault) {
    case MODEL_ID_GOOD:
        return NULL;
    case MODEL_ID_CHARACTER:
        return row->character;
    case MODEL_ID_COUNTRY:
        return row->country;
    case MODEL_ID_LENGTH:
        return row->length;
    case MODEL_ID_STRUCTURE:
        return row->structure;
    case MODEL_ID_DATE:
        return row->date;
    default:
        return row->check;
    }
}

/* The word people write before the number, which is no part of it. */
static pb_str without_word(model_id_kind kind, pb_str text)
{
    static const char *const words[MODEL_ID_COUNT] = {
        [MODEL_ID_IBAN] = "IBAN",
        [MODEL_ID_LEI] = "LEI",
        [MODEL_ID_ISIN] = "ISIN",
        [MODEL_ID_DUNS] = "DUNS",
    };
    const char *word = words[kind];
    if (word == NULL || !pb_str_eq_nocase(pb_str_sub(text, 0, strlen(word)), pb_str_c(word)))
        return text;
    pb_str rest = pb_str_sub(text, strlen(word), text.len);
    if (rest.len == 0 || (rest.ptr[0] != ' ' && rest.ptr[0] != ':'))
        return text;
    return pb_str_trim(pb_str_sub(rest, 1, rest.len));
}

/* Letters that are often typed for digits, made digits. */
static bool mistaken(char c, char *ret)
{
    *ret = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    return *ret != c;
}

/* A certain repair: letters typed for digits, when the number then fits with its check digit. */
static void mend_letters(const kind_row *row, pb_str country, model_id *id)
{
    model_id changed = {.len = id->len};
    bool any = false;
    if (id->mended_len > 0 || id->fault == MODEL_ID_GOOD || id->fault == MODEL_ID_LENGTH ||
        row->rule == id_vat)
        return;
    for (size_t i = 0; i < id->len; i++) {
        /* Country codes and bank codes keep their letters. */
        bool head = row->rule == id_iban && i < 2;
        any = (!head && mistaken(id->text[i], &changed.text[i])) || any;
        if (head)
            changed.text[i] = id->text[i];
    }
    if (!any || (row->rule != id_iban && row->rule != id_card && row->rule != id_cn_resident &&
                 row->rule != id_ir_national && row->rule != id_ir_legal))
        return;
    if (row->rule(&changed, country) == MODEL_ID_GOOD && changed.checked) {
        memcpy(id->mended, changed.text, changed.len);
        id->mended_len = changed.len;
    }
}

bool model_id_read(model_id_kind kind, pb_str text, pb_str country, model_id *ret)
{
    const kind_row *row = &kinds[kind];
    memset(ret, 0, sizeof *ret);
    ret->fault = squeeze(without_word(kind, pb_str_trim(text)), ret);
    if (ret->fault == MODEL_ID_GOOD) {
        ret->fault = row->rule(ret, country);
        mend_letters(row, country, ret);
    }
    ret->problem = problem_of(row, ret->fault);
    return ret->fault == MODEL_ID_GOOD;
}

bool model_id_private(model_id_kind kind)
{
    return kinds[kind].hidden;
}

void model_id_mask(model_id_kind kind, pb_str text, pb_buf *out)
{
    const kind_row *row = &kinds[kind];
    if (!row->hidden) {
        pb_buf_add(out, text);
        return;
    }
    model_id id = {0};
    squeeze(text, &id);
    /* A short text would be given away by its ends. */
    bool ends = id.len > 2u * (row->head + (size_t)row->tail) + 1;
    if (ends)
        pb_buf_add(out, pb_str_n(id.text, row->head));
    pb_buf_addc(out, "••••");
    if (ends)
        pb_buf_add(out, pb_str_n(id.text + id.len - row->tail, row->tail));
}
