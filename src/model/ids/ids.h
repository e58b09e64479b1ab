/* What the rules of single identifiers share. A rule gets letters and digits only, in capitals, in
 * `id->text`; it may rewrite them into the standard form. */
#ifndef MODEL_IDS_IDS_H
#define MODEL_IDS_IDS_H

#include "model/identifiers.h"

/** Judges `id->text`; returns the fault. */
typedef model_id_fault (*id_rule)(model_id *id, pb_str country);

model_id_fault id_iban(model_id *id, pb_str country);
model_id_fault id_bic(model_id *id, pb_str country);
model_id_fault id_cn_resident(model_id *id, pb_str country);
model_id_fault id_cn_uscc(model_id *id, pb_str country);
model_id_fault id_ir_national(model_id *id, pb_str country);
model_id_fault id_ir_legal(model_id *id, pb_str country);
model_id_fault id_vat(model_id *id, pb_str country);
model_id_fault id_lei(model_id *id, pb_str country);
model_id_fault id_duns(model_id *id, pb_str country);
model_id_fault id_isin(model_id *id, pb_str country);
model_id_fault id_card(model_id *id, pb_str country);

/** True when `digits` fulfil the check digits of that country's VAT numbers, or none is published.
 * `digits` is the number without its prefix, already of the country's form. `*ret_checked`: a
 * check digit was computed. */
bool id_vat_check(const char country[2], const char *digits, size_t len, bool *ret_checked);

static inline bool id_digit(char c)
{
    return c >= '0' && c <= '9';
}
static inline bool id_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}
/** True when [from, from+count) are digits. */
bool id_digits(const char *text, size_t from, size_t count);
/** Σ digit × weight over `count` digits. */
int id_weighted(const char *digits, const int *weights, size_t count);
/** Text against a structure: numbers with a kind of character each, as in the IBAN registry: n
 * digits, a capital letters, c both. `4a14n` is four letters and 14 digits. */
bool id_structure(const char *text, size_t len, const char *structure);
/** Number of characters a structure has. */
size_t id_structure_length(const char *structure);
/** True for an alpha-2 code in use; XK is one. */
bool id_country(const char *code);

#endif
