/* What of a record is compared when duplicates are looked for, and what speaks against two records
 * alike being one: the part that the audit, the gate on entry and the review share, so that all
 * three say the same of the same two records. The weighing itself is match's.
 *
 * No SQL, no I/O. Threads: no state.
 */
#ifndef LIKENESS_LIKENESS_H
#define LIKENESS_LIKENESS_H

#include "base/buf.h"
#include "match/model.h"
#include "model/schema.h"
#include "model/value.h"

enum { LIKENESS_FIELDS = 16 };

/** The fields of an entity that are compared (`match:`), in the order of the entity; what does not
 * fit is left out. */
typedef struct likeness_fields {
    const model_field *field[LIKENESS_FIELDS];
    match_kind kind[LIKENESS_FIELDS];
    size_t count;
} likeness_fields;

/** O(fields). */
likeness_fields likeness_fields_of(const model_entity *entity);
/** Appends a stored value as it is compared: folded, or as written where the comparison takes it
 * apart itself. Of a link the reference text is compared. Nothing for no value. */
void likeness_text(model_reader *reader, const model_field *field, pb_value value, pb_buf *out);

/** What a record is called when decisions about it are looked for after it was imported anew: by
 * the source's own id, else (absent) by all that is compared of it. 63 bits; stored: never changed.
 */
int64_t likeness_identity(pb_str source_id, const pb_str *texts, size_t count);
/** A number that changes when what is compared of an entity does. 63 bits; stored. */
int64_t likeness_print(const likeness_fields *fields);

/** What a column of comparison tells, beside the names. */
typedef enum likeness_tells {
    LIKENESS_NAME,     /* of a person: shared by namesakes */
    LIKENESS_FIRM,     /* of an organisation */
    LIKENESS_OWN,      /* what is one's own: number, address, birthday, e-mail, web site */
    LIKENESS_PLACE,    /* town, state: shared by many */
    LIKENESS_POSTCODE, /* shared by some hundred */
    LIKENESS_IDENTITY, /* an identifier given out by a register, one to each */
    LIKENESS_NUMBER    /* given out by the house: two records always have two */
} likeness_tells;
/** `field` NULL: none of the entity. */
likeness_tells likeness_tells_of(const model_field *field, match_kind kind);

/** The five levels of a match_pair, from how a model compared the columns. */
uint64_t likeness_levels(const match_comparison *comparison, size_t count);
/** Appends them as words by field, those that agree or differ: `full_name=equal email=near`. */
void likeness_levels_text(const model_field *const *fields, size_t count, uint64_t levels,
                          pb_buf *out);
/** The script of a text's letters: latin, han, arabic, mixed, other, or none. */
const char *likeness_script(pb_str text);

/** Two records as match compared them. */
typedef struct likeness_pair {
    const model_field *const *fields; /* by column; NULL: none of the entity */
    const match_kind *kinds;
    const pb_str *left, *right; /* by column: texts as compared */
    size_t count;
    uint64_t levels; /* as in match_pair */
    bool names_only; /* of most records nothing but names and towns is known */
} likeness_pair;
/** True when a pair of people or organisations is not to be called one: namesakes of whom nothing
 * of their own agrees, or firms of one name whose legal form, domain, number or address differ. */
bool likeness_doubtful(const likeness_pair *pair);

#endif
