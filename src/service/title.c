/* What a record is called. */
#include "access.h"

enum { TITLE_MAX = 4096 };

pb_status service_title(const service_record *seen, pb_arena *arena, pb_str *ret_title,
                        pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(TITLE_MAX);
    const record_data *record = &seen->record;
    for (size_t i = 0; i < record->entity->field_count; i++) {
        const model_field *field = &record->entity->fields[i];
        bool shows = field->title && field->type != MODEL_LINK &&
                     record->values[i].kind != PB_NULL &&
                     service_right(seen, field) >= IDENTITY_READ;
        if (!shows)
            continue;
        pb_buf_addc(&text, text.len > 0 ? " " : "");
        model_write(field, record->values[i], record->currencies[i], &text);
    }
    *ret_title = PB_STR_NONE;
    if (text.len == 0 || text.failed)
        return PB_OK;
    *ret_title = pb_arena_str(arena, pb_buf_str(&text));
    return ret_title->ptr == NULL ? pb_fail_memory(err) : PB_OK;
}
