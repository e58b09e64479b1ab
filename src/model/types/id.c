/* Fields of identifiers with published rules: the rules are those of model/identifiers.h. */
#include "model/identifiers.h"
#include "reader.h"

_Static_assert(MODEL_CARD - MODEL_IBAN + 1 == MODEL_ID_COUNT, "a type for each kind, in its order");

model_reading model_read_id(model_reader *reader, const model_field *field, pb_str raw,
                            const model_format *format)
{
    model_id id;
    pb_str text;
    const char *problem = model_tidy(reader, raw, MODEL_TIDY_WIDTH, &text);
    if (problem != NULL)
        return model_bad(reader, text, problem);
    if (text.len == 0)
        return model_empty();
    model_id_kind kind = (model_id_kind)(field->type - MODEL_IBAN);
    if (model_id_read(kind, text, format->country, &id))
        return model_good_limited(reader, field, raw, pb_str_n(id.text, id.len), MODEL_ID_MAX);
    return model_bad(reader, text, id.problem);
}
