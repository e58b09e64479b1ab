/* Deciding columns by a preset: what it knows by name needs no guess. */
#include "preset.h"

#include "recognise.h"

static const char *reason_text(preset_reason reason)
{
    switch (reason) {
    case PRESET_SYSTEM:
        return PB_MSG("The product's own bookkeeping");
    case PRESET_CALCULATED:
        return PB_MSG("Computed by the product from other fields");
    case PRESET_REPEATED:
        return PB_MSG("Another column says the same");
    case PRESET_SETTING:
        return PB_MSG("How the product shows or handles the record");
    case PRESET_FOREIGN:
    case PRESET_REASONS:
        break;
    }
    return PB_MSG("About something that is not kept with this kind of record");
}

const model_entity *preset_entity(const exchange_file *file)
{
    return file->preset == NULL ? NULL : file->preset->entity;
}

bool preset_date_order(const exchange_file *file, model_date_order *ret_order)
{
    if (file->preset == NULL || !file->preset->preset->has_order)
        return false;
    *ret_order = file->preset->preset->order;
    return true;
}

/* Smaller is better: the order of the preset; an empty column behind a filled one; of a link, the
 * form that leads somewhere: ids where a file has them, else names, which people can read. */
static size_t place_of(const exchange_plan *plan, const sample *s, size_t column,
                       const preset_header *header)
{
    enum { WRONG_FORM = 1000, EMPTY = 100000 };
    const struct preset_column *what = header->column;
    size_t place = header->rank;
    if (what->use == PRESET_FIELD && what->field != NULL && what->field->type == MODEL_LINK)
        place += what->holds_id != plan->gives_ids[what->field->target->index] ? WRONG_FORM : 0;
    return place + (s->rows > 0 && sample_filled(s, column) == 0 ? EMPTY : 0);
}

static bool same_aim(const struct preset_column *a, const struct preset_column *b)
{
    return a->use == b->use && a->field == b->field;
}

/* The column that is best for what a header means. */
static size_t winner(const exchange_plan *plan, const exchange_file *file, const sample *s,
                     const preset_header *const *found, const struct preset_column *aim)
{
    size_t best = SIZE_MAX, at = SIZE_MAX;
    for (size_t c = 0; c < file->column_count; c++) {
        if (found[c] == NULL || !same_aim(found[c]->column, aim))
            continue;
        size_t place = place_of(plan, s, c, found[c]);
        if (place < best) {
            best = place;
            at = c;
        }
    }
    return at;
}

/* The map file gave the field to another column. */
static const exchange_column *mapped_to(const exchange_file *file, const struct preset_column *what)
{
    for (size_t c = 0; c < file->column_count; c++) {
        const exchange_column *column = &file->columns[c];
        if (column->how != EXCHANGE_BY_MAP)
            continue;
        if (what->use == PRESET_ID ? column->is_source_id
                                   : what->use == PRESET_FIELD && column->field == what->field)
            return column;
    }
    return NULL;
}

static pb_status leave(exchange_column *column, pb_arena *arena, const char *why,
                       const exchange_column *other, const model_field *field)
{
    column->how = EXCHANGE_LEFT;
    if (other == NULL)
        return column_note(column, arena, why, NULL);
    return column_note(column, arena, PB_MSG("“{other}” was taken for {field}"), "other",
                       PB_ARG(other->header), "field", field == NULL ? "id" : PB_ARG(field->name),
                       NULL);
}

static pb_status note_route(exchange_column *column, const struct preset_column *what,
                            pb_arena *arena)
{
    PB_AUTO_BUF fields = PB_BUF_INIT(1024);
    for (size_t w = 0; w < what->way_count; w++) {
        bool told = false;
        for (size_t k = 0; k < w && !told; k++)
            told = what->ways[k].field == what->ways[w].field;
        if (!told)
            pb_buf_printf(&fields, "%s%.*s", fields.len > 0 ? ", " : "",
                          PB_STR_FMT(what->ways[w].field->name));
    }
    return column_note(column, arena,
                       PB_MSG("Fills one of several fields, as the row says: {list}"), "list",
                       pb_buf_cstr(&fields), NULL);
}

static pb_status take(const exchange_plan *plan, exchange_file *file, const sample *s, size_t c,
                      const preset_header *const *found, pb_arena *arena)
{
    exchange_column *column = &file->columns[c];
    const struct preset_column *what = found[c]->column;
    if (what->use == PRESET_IGNORE)
        return leave(column, arena, reason_text(what->reason), NULL, NULL);
    const exchange_column *other = mapped_to(file, what);
    bool several = what->use == PRESET_ROUTE || (what->field != NULL && what->field->many);
    size_t best = several ? c : winner(plan, file, s, found, what);
    if (best != c)
        other = &file->columns[best];
    if (other != NULL && !several)
        return leave(column, arena, NULL, other, what->field);
    column->how = EXCHANGE_BY_PRESET;
    column->preset = what;
    column->field = what->field;
    column->is_source_id = what->use == PRESET_ID;
    if (what->use == PRESET_DELETED)
        return column_note(column, arena, PB_MSG("Rows that it marks as deleted are left out"),
                           NULL);
    return what->use == PRESET_ROUTE ? note_route(column, what, arena) : PB_OK;
}

pb_status preset_apply(const exchange_plan *plan, exchange_file *file, sample *s, pb_arena *arena,
                       pb_arena *scratch, pb_error *err)
{
    const struct preset_table *table = file->preset;
    if (table == NULL)
        return PB_OK;
    const preset_header **found = pb_arena_array(scratch, file->column_count + 1, sizeof *found);
    if (found == NULL)
        return pb_fail_memory(err);
    for (size_t c = 0; c < file->column_count; c++)
        if (file->columns[c].how == EXCHANGE_UNMAPPED)
            found[c] = preset_meaning(table, file->columns[c].header, scratch);
    for (size_t c = 0; c < file->column_count; c++) {
        if (found[c] != NULL && take(plan, file, s, c, found, arena) != PB_OK)
            return pb_fail_memory(err);
        pb_str bare = found[c] == NULL ? preset_affix_off(table->preset, file->columns[c].header)
                                       : PB_STR_NONE;
        if (bare.len > 0)
            s->header[c] = bare;
    }
    return PB_OK;
}
