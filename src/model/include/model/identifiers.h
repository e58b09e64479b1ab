/* Identifiers with published rules: bank accounts, cards, numbers of persons, companies and
 * securities. From what people write to one standard form, or what is wrong with it.
 *
 * Pure functions over text, without a reader or a schema: entry, import, audit and the scans of
 * free text all judge by these. Threads: any. Cost: O(length), no allocation.
 * Refuses: asking a register whether the number was given out; a number that fits its rules may
 * still be nobody's.
 */
#ifndef MODEL_IDENTIFIERS_H
#define MODEL_IDENTIFIERS_H

#include "base/buf.h"

/** In the order of the types MODEL_IBAN … MODEL_CARD of model_type. */
typedef enum model_id_kind {
    MODEL_ID_IBAN,        /* ISO 13616: country's length and structure, ISO 7064 mod 97-10 */
    MODEL_ID_BIC,         /* ISO 9362: form and country */
    MODEL_ID_CN_RESIDENT, /* GB 11643-1999: province, day of birth, mod 11-2; 15 digits: old */
    MODEL_ID_CN_USCC,     /* GB 32100-2015: mod 31 */
    MODEL_ID_IR_NATIONAL, /* Iran's number of a person, 10 digits, mod 11 */
    MODEL_ID_IR_LEGAL,    /* Iran's number of a legal person, 11 digits, mod 11 */
    MODEL_ID_VAT,         /* VIES forms, GB, CH, NO; check digits where they are published */
    MODEL_ID_LEI,         /* ISO 17442, ISO 7064 mod 97-10 */
    MODEL_ID_DUNS,        /* 9 digits; it has no check digit */
    MODEL_ID_ISIN,        /* ISO 6166: country, Luhn over letters as numbers */
    MODEL_ID_CARD,        /* ISO/IEC 7812: Luhn; length by the issuer's range */
    MODEL_ID_COUNT
} model_id_kind;

/** What is wrong, in the order in which it is looked for. */
typedef enum model_id_fault {
    MODEL_ID_GOOD,
    MODEL_ID_CHARACTER, /* one that no such number has */
    MODEL_ID_COUNTRY,   /* a country that has none, or a province that does not exist */
    MODEL_ID_LENGTH,
    MODEL_ID_STRUCTURE, /* letters where digits must stand, a part that cannot be */
    MODEL_ID_DATE,      /* a day of birth that does not exist */
    MODEL_ID_CHECK      /* the check digit */
} model_id_fault;

enum { MODEL_ID_MAX = 40 };

typedef struct model_id {
    model_id_fault fault;
    /* Standard form (GOOD), else the letters and digits as far as they were read: never shown
     * unmasked where the kind is private. */
    char text[MODEL_ID_MAX];
    size_t len;
    /* What was meant, when one repair and no other makes it right; 0: none is certain. */
    char mended[MODEL_ID_MAX];
    size_t mended_len;
    char country[3];     /* alpha-2 the number names, or "" */
    bool old_form;       /* CN_RESIDENT: written with 15 digits */
    bool checked;        /* a check digit was there and was computed: more than a form that fits */
    const char *brand;   /* CARD: issuer's brand by its range, NULL: none that is known */
    const char *problem; /* static English message id, {value} only where the value may be shown;
                            NULL when GOOD */
} model_id;

/** Judges one written identifier. Blanks, hyphens, dots and slashes between its parts, full-width
 * letters, Persian and Arabic digits, small letters are layout. `country` (alpha-2, may be absent)
 * is the country of the record: VAT numbers without a prefix are judged by it. True when GOOD. */
bool model_id_read(model_id_kind kind, pb_str text, pb_str country, model_id *ret);

/** Appends the number as evidence may show it: ends of it, the rest as dots. Numbers of companies
 * (CN_USCC, IR_LEGAL, VAT, LEI, DUNS, ISIN, BIC) are public and appear whole. Anything may be
 * passed, good or bad. */
void model_id_mask(model_id_kind kind, pb_str text, pb_buf *out);
/** True for numbers that belong to a person or open an account: never in clear in a report. */
bool model_id_private(model_id_kind kind);

/** ISO 7064 mod 97-10 over letters and digits (letters as 10…35); the remainder. Other characters
 * are passed over. */
unsigned model_mod97(pb_str text);

#endif
