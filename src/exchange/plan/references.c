/* What a database that nobody knows says of its own columns: which one is a table's key, and whose
 * keys the others hold. That is surer than any name: a `customer` that leads to the table of people
 * is a person. Done when every table has its entity.
 */
#include "../live/live.h"
#include "plan.h"

typedef struct settling {
    exchange_plan *plan;
    const name_book *names;
    pb_arena *arena;
} settling;

/* The database's own word is to be followed here. */
static bool is_open(const exchange_file *file)
{
    const live_place *base = file->place == NULL ? NULL : file->place->base;
    return base != NULL && base->table != NULL && file->entity != NULL &&
           base->use_count == file->column_count;
}

static exchange_file *file_of(const settling *s, const struct live_table *table)
{
    for (size_t i = 0; i < s->plan->file_count; i++)
        if (is_open(&s->plan->files[i]) && s->plan->files[i].place->base->table == table)
            return &s->plan->files[i];
    return NULL;
}

static bool may_change(const exchange_column *column)
{
    return column->how != EXCHANGE_BY_MAP && column->how != EXCHANGE_IGNORED;
}

static void let_go(exchange_column *column)
{
    column->field = NULL;
    column->is_source_id = false;
    column->how = EXCHANGE_UNMAPPED;
}

static bool is_taken(const exchange_file *file, const model_field *field)
{
    for (size_t c = 0; c < file->column_count; c++)
        if (file->columns[c].field == field)
            return true;
    return false;
}

/* --- views --- */

/* The rows of a view stand in tables: where those are read, they would be there twice. */
static pb_status refuse_views(settling *s, pb_error *err)
{
    for (size_t i = 0; i < s->plan->file_count; i++) {
        exchange_file *file = &s->plan->files[i];
        const model_entity *entity = file->entity;
        bool twice = false;
        for (size_t k = 0; is_open(file) && file->place->base->view && k < s->plan->file_count; k++)
            twice = twice || (is_open(&s->plan->files[k]) && !s->plan->files[k].place->base->view &&
                              s->plan->files[k].entity == entity);
        if (twice && plan_refuse(file, s->arena,
                                 PB_MSG("{name} is a view of rows that were read in their tables"),
                                 NULL) != PB_OK)
            return pb_fail_memory(err);
    }
    return PB_OK;
}

/* --- keys --- */

static void settle_key(exchange_file *file)
{
    const live_use *uses = file->place->base->uses;
    size_t key = 0;
    while (key < file->column_count && !uses[key].key)
        key++;
    if (key == file->column_count || !may_change(&file->columns[key]))
        return;
    for (size_t c = 0; c < file->column_count; c++)
        if (c != key && file->columns[c].is_source_id) {
            if (!may_change(&file->columns[c]))
                return;
            file->columns[c].is_source_id = false;
            if (file->columns[c].field == NULL)
                let_go(&file->columns[c]);
        }
    exchange_column *column = &file->columns[key];
    column->is_source_id = true;
    column->note = PB_STR_NONE;
    if (column->how == EXCHANGE_UNMAPPED)
        column->how = EXCHANGE_BY_NAME;
    if (column->field != NULL && column->field->type == MODEL_LINK && uses[key].target == NULL)
        column->field = NULL; /* its own key, not another's */
}

/* Two tables of one entity count their rows alike: the table's name tells the keys apart. */
static void tell_apart(settling *s)
{
    for (size_t i = 0; i < s->plan->file_count; i++) {
        exchange_file *file = &s->plan->files[i];
        bool alone = true;
        for (size_t k = 0; is_open(file) && k < s->plan->file_count; k++)
            alone = alone && (k == i || s->plan->files[k].entity != file->entity);
        for (size_t c = 0; !alone && c < file->column_count; c++)
            if (file->columns[c].is_source_id && !file->place->base->uuids)
                file->columns[c].within = file->own;
    }
}

static pb_str within_of(const exchange_file *file)
{
    for (size_t c = 0; c < file->column_count; c++)
        if (file->columns[c].is_source_id)
            return file->columns[c].within;
    return PB_STR_NONE;
}

/* --- references --- */

static bool leads_to(const model_field *field, const model_entity *entity)
{
    return field->type == MODEL_LINK && field->target == entity;
}

static bool is_reference(const exchange_file *file, size_t c)
{
    const live_use *use = &file->place->base->uses[c];
    return use->target != NULL && may_change(&file->columns[c]);
}

/* What was decided by names, and leads elsewhere. */
static pb_status drop_wrong(const settling *s, exchange_file *file, pb_error *err)
{
    for (size_t c = 0; c < file->column_count; c++) {
        exchange_column *column = &file->columns[c];
        if (!is_reference(file, c) || column->field == NULL)
            continue;
        const live_use *use = &file->place->base->uses[c];
        const exchange_file *target = file_of(s, use->target);
        bool link = column->field->type == MODEL_LINK;
        if ((target != NULL && leads_to(column->field, target->entity)) || (!use->told && !link))
            continue;
        if (column->is_source_id)
            column->field = NULL;
        else
            let_go(column);
        if (target == NULL &&
            column_note(column, s->arena, PB_MSG("It holds keys of a table that is not read"),
                        NULL) != PB_OK)
            return pb_fail_memory(err);
    }
    return PB_OK;
}

/* The link that a reference's name fits best; without a name that fits, the only one there is, or
 * the owner's. */
static const model_field *link_for(const settling *s, const exchange_file *file, size_t c,
                                   const model_entity *entity, bool by_name)
{
    const model_field *found = NULL;
    int best = 0;
    size_t free = 0;
    PB_AUTO_ARENA scratch = pb_arena_new(SCRATCH_MOST);
    header_form form;
    if (scratch == NULL || !names_form(scratch, file->columns[c].header, &form))
        return NULL;
    for (size_t f = 0; f < file->entity->field_count; f++) {
        const model_field *field = &file->entity->fields[f];
        if (!leads_to(field, entity) || is_taken(file, field))
            continue;
        int worth = by_name ? names_fit(s->names, field, &form) : 1;
        bool owner = !by_name && pb_str_is(field->role, "owner");
        free = owner ? 1 : free + (found == NULL || !pb_str_is(found->role, "owner"));
        if (worth > best || owner) {
            best = worth;
            found = field;
        }
    }
    return by_name || free == 1 ? found : NULL;
}

/* Who wrote or changed a row is not whose it is. */
static bool is_of_bookkeeping(pb_str header, pb_arena *arena)
{
    static const char *const parts[] = {"creat", "modif", "updat", "delet",
                                        "chang", "merge", "write", "enter"};
    pb_str key = names_key(arena, header);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (pb_str_find(key, pb_str_c(parts[i])) != SIZE_MAX)
            return true;
    return false;
}

/* How many references of the file that no link has yet lead to a table. */
static size_t rivals(const exchange_file *file, const struct live_table *target, pb_arena *arena)
{
    size_t count = 0;
    for (size_t c = 0; c < file->column_count; c++)
        count += file->columns[c].field == NULL && file->place->base->uses[c].target == target &&
                 !is_of_bookkeeping(file->columns[c].header, arena);
    return count;
}

static pb_status take_links(const settling *s, exchange_file *file, bool by_name, pb_error *err)
{
    for (size_t c = 0; c < file->column_count; c++) {
        exchange_column *column = &file->columns[c];
        if (!is_reference(file, c) || column->field != NULL)
            continue;
        const live_use *use = &file->place->base->uses[c];
        const exchange_file *target = file_of(s, use->target);
        if (target == NULL || target->column_count == 0)
            continue;
        if (!by_name && (target == file || !use->told || rivals(file, use->target, s->arena) > 1 ||
                         is_of_bookkeeping(column->header, s->arena)))
            continue;
        const model_field *field = link_for(s, file, c, target->entity, by_name);
        if (field != NULL) {
            column->field = field;
            column->how = EXCHANGE_BY_NAME;
            column->note = PB_STR_NONE;
        }
        if (field != NULL && !by_name &&
            column_note(column, s->arena, PB_MSG("It holds keys of {table}"), "table",
                        PB_ARG(target->own), NULL) != PB_OK)
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static void qualify(const settling *s, exchange_file *file)
{
    for (size_t c = 0; c < file->column_count; c++) {
        const live_use *use = &file->place->base->uses[c];
        exchange_column *column = &file->columns[c];
        const exchange_file *target = use->target == NULL ? NULL : file_of(s, use->target);
        if (target != NULL && column->field != NULL && leads_to(column->field, target->entity))
            column->link_within = within_of(target);
    }
}

pb_status references_settle(exchange_plan *plan, const name_book *names, pb_arena *arena,
                            pb_error *err)
{
    settling s = {plan, names, arena};
    PB_TRY(refuse_views(&s, err));
    for (size_t i = 0; i < plan->file_count; i++)
        if (is_open(&plan->files[i])) {
            settle_key(&plan->files[i]);
            PB_TRY(drop_wrong(&s, &plan->files[i], err));
            PB_TRY(take_links(&s, &plan->files[i], true, err));
            PB_TRY(take_links(&s, &plan->files[i], false, err));
        }
    tell_apart(&s);
    for (size_t i = 0; i < plan->file_count; i++)
        if (is_open(&plan->files[i]))
            qualify(&s, &plan->files[i]);
    return PB_OK;
}
