/* Private to audit: what speaks against two records alike being one. */
#ifndef AUDIT_DOUBT_PRIVATE_H
#define AUDIT_DOUBT_PRIVATE_H

#include "audit/duplicates.h"

/** What a column of comparison tells, beside the names: */
typedef enum doubt_column {
    DOUBT_NAME,     /* of a person: shared by namesakes */
    DOUBT_FIRM,     /* of an organisation */
    DOUBT_OWN,      /* what is one's own: number, address, birthday, e-mail, web site */
    DOUBT_PLACE,    /* town, state: shared by many */
    DOUBT_POSTCODE, /* shared by some hundred */
    DOUBT_IDENTITY, /* an identifier given out by a register, one to each */
    DOUBT_NUMBER    /* given out by the house: two records always have two */
} doubt_column;

doubt_column doubt_kind(const model_entity *entity, const match_column *column);
/** True when a pair of people or organisations is not to be called one: namesakes of whom nothing
 * of their own agrees, or firms of one name whose legal form, domain, number or address differ. */
bool doubt_pair(const model_entity *entity, const audit_duplicates *found, const match_pair *pair);

#endif
