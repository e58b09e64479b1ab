/* Which column is which field: the best offers first, each column once, each field once. */
#include "../live/live.h"
#include "base/utf8.h"
#include "plan.h"

/* One way to read a column. */
typedef struct offer {
    int worth;
    size_t column;
    size_t filled;
    const model_field *field; /* NULL: the source's own id */
} offer;

typedef struct offers {
    offer *items;
    size_t count, capacity;
} offers;

enum { ENOUGH_VALUES = 5, SAMPLE_SHOWN = 200 };

static int compare_offers(const void *a, const void *b)
{
    const offer *x = a, *y = b;
    if (x->worth != y->worth)
        return y->worth - x->worth;
    if (x->filled != y->filled)
        return x->filled > y->filled ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

/* A header that names the id is believed although single values lack or come twice. */
static bool may_be_id(const sample *s, size_t column, int worth, pb_arena *arena)
{
    return worth >= ID_BY_NAME ? sample_names_rows(s, column, arena)
                               : sample_unique(s, column, arena);
}

/* All ways to read the columns that the map file leaves open. */
static pb_status collect(const name_book *names, const exchange_file *file, const sample *s,
                         pb_arena *arena, offers *ret, pb_error *err)
{
    for (size_t c = 0; c < file->column_count; c++) {
        const exchange_column *column = &file->columns[c];
        if (column->how != EXCHANGE_UNMAPPED)
            continue;
        size_t filled = sample_filled(s, c);
        header_form form;
        if (!names_form(arena, s->header[c], &form))
            return pb_fail_memory(err);
        for (size_t f = 0; f < file->entity->field_count; f++) {
            const model_field *field = &file->entity->fields[f];
            int worth = names_fit(names, field, &form);
            if (worth > 0 && !PB_PUSH(arena, ret->items, ret->count, ret->capacity,
                                      ((offer){worth, c, filled, field})))
                return pb_fail_memory(err);
        }
        int worth = names_fit_id(names, file->entity, s->header[c], c == 0);
        if (worth > 0 && may_be_id(s, c, worth, arena) &&
            !PB_PUSH(arena, ret->items, ret->count, ret->capacity,
                     ((offer){worth, c, filled, NULL})))
            return pb_fail_memory(err);
    }
    if (ret->count > 1)
        qsort(ret->items, ret->count, sizeof *ret->items, compare_offers);
    return PB_OK;
}

static const exchange_column *taken_by(const exchange_file *file, const model_field *field)
{
    for (size_t c = 0; c < file->column_count; c++) {
        const exchange_column *column = &file->columns[c];
        if (field == NULL ? column->is_source_id : column->field == field)
            return column;
    }
    return NULL;
}

static void take(exchange_column *column, const model_field *field, exchange_how how)
{
    column->how = how;
    column->field = field;
    column->is_source_id = field == NULL;
}

static pb_status by_names(exchange_file *file, const offers *all, pb_arena *arena)
{
    for (size_t i = 0; i < all->count; i++) {
        const offer *o = &all->items[i];
        exchange_column *column = &file->columns[o->column];
        if (column->how != EXCHANGE_UNMAPPED)
            continue;
        const exchange_column *other = taken_by(file, o->field);
        if (other == NULL || (o->field != NULL && o->field->many)) {
            take(column, o->field, EXCHANGE_BY_NAME);
            column->note = PB_STR_NONE;
            continue;
        }
        if (column->note.ptr != NULL)
            continue;
        PB_TRY(column_note(column, arena, PB_MSG("“{other}” was taken for {field}"), "other",
                           PB_ARG(other->header), "field",
                           o->field == NULL ? "id" : PB_ARG(o->field->name), NULL));
    }
    return PB_OK;
}

/* What most values of a column are: 'p' telephone numbers, 'n' words without digits, 0 else. */
static char mostly(const sample *s, size_t column)
{
    size_t filled = 0, phones = 0, words = 0;
    for (size_t r = 0; r < s->rows; r++) {
        pb_str cell = sample_cell(s, r, column);
        bool digit = false;
        for (size_t i = 0; i < cell.len && !digit; i++)
            digit = cell.ptr[i] >= '0' && cell.ptr[i] <= '9';
        filled += cell.len > 0;
        words += cell.len > 0 && !digit;
        phones += digit && looks_read(cell) == LOOKS_PHONE;
    }
    return phones * 10 >= filled * 9 && phones > 0 ? 'p'
           : words * 10 >= filled * 9 && words > 0 ? 'n'
                                                   : 0;
}

/* In a list of persons a column `Contact` is seldom another record: it has their names, or how they
 * are reached. */
static void contact_itself(exchange_file *file, const sample *s)
{
    const model_field *full = model_field_role(file->entity, "full_name");
    const model_field *given = model_field_role(file->entity, "given_name");
    const model_field *phone = model_field_role(file->entity, "phone");
    for (size_t c = 0; full != NULL && c < file->column_count; c++) {
        exchange_column *column = &file->columns[c];
        const model_field *link = column->field;
        if (column->how != EXCHANGE_BY_NAME || link == NULL || link->type != MODEL_LINK ||
            !pb_str_eq(link->name, link->target->name) ||
            model_field_role(link->target, "full_name") == NULL)
            continue;
        char what = mostly(s, c);
        bool named =
            taken_by(file, full) != NULL || (given != NULL && taken_by(file, given) != NULL);
        bool reached = phone == NULL || (taken_by(file, phone) != NULL && !phone->many);
        if (what == 'n' && !named)
            column->field = full;
        else if (what == 'p' && !reached)
            column->field = phone;
    }
}

/* `Mr`, `Dr. h. c.`, 女士: how somebody is addressed. */
static bool is_address_form(pb_str value)
{
    static const char *const forms[] = {"mr",   "mrs",  "ms",   "miss",  "mx",     "dr",   "prof",
                                        "sir",  "rev",  "hon",  "madam", "madame", "mme",  "m",
                                        "herr", "frau", "sr",   "sra",   "先生",   "女士", "小姐",
                                        "太太", "博士", "教授", "آقای",  "خانم",   "دکتر", "مهندس"};
    pb_str word = pb_str_sub(value, 0, pb_str_index(value, ' '));
    word = pb_str_sub(word, 0, pb_str_index(word, '.'));
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (pb_str_eq_nocase(word, pb_str_c(forms[i])))
            return true;
    return false;
}

/* `Title` is Dr., or Senior Director: what stands in it decides. */
static void title_by_values(exchange_file *file, const sample *s, pb_arena *scratch)
{
    const model_field *address = model_field_find(file->entity, PB_STR("salutation"));
    const model_field *job = model_field_find(file->entity, PB_STR("job_title"));
    if (address == NULL || job == NULL || taken_by(file, job) != NULL)
        return;
    for (size_t c = 0; c < file->column_count; c++) {
        exchange_column *column = &file->columns[c];
        if (column->field != address || column->how != EXCHANGE_BY_NAME ||
            !pb_str_is(names_key(scratch, column->header), "title"))
            continue;
        size_t filled = 0, forms = 0;
        for (size_t r = 0; r < s->rows; r++) {
            pb_str cell = sample_cell(s, r, c);
            filled += cell.len > 0;
            forms += cell.len > 0 && is_address_form(cell);
        }
        if (forms * 2 < filled)
            column->field = job;
    }
}

/* --- by values --- */

static looks looks_of(model_type type)
{
    switch (type) {
    case MODEL_EMAIL:
        return LOOKS_EMAIL;
    case MODEL_PHONE:
        return LOOKS_PHONE;
    case MODEL_URL:
        return LOOKS_URL;
    case MODEL_DATE:
        return LOOKS_DATE;
    case MODEL_MONEY:
        return LOOKS_MONEY;
    default:
        return LOOKS_OTHER;
    }
}

/* The one field of that look that no column has, or NULL when there are several or none. */
static const model_field *only_free(const exchange_file *file, looks look)
{
    const model_field *found = NULL;
    for (size_t f = 0; f < file->entity->field_count; f++) {
        const model_field *field = &file->entity->fields[f];
        if (looks_of(field->type) != look || taken_by(file, field) != NULL)
            continue;
        if (found != NULL)
            return NULL;
        found = field;
    }
    return found;
}

static bool fits(const sample *s, size_t column, looks look)
{
    size_t filled = 0, hits = 0;
    for (size_t r = 0; r < s->rows; r++) {
        pb_str cell = sample_cell(s, r, column);
        filled += cell.len > 0;
        hits += cell.len > 0 && looks_read(cell) == look;
    }
    return filled >= ENOUGH_VALUES && hits * 10 >= filled * 9;
}

static pb_status by_values(exchange_file *file, const sample *s, pb_arena *arena)
{
    for (looks look = LOOKS_EMAIL; look <= LOOKS_MONEY; look++) {
        const model_field *field = only_free(file, look);
        exchange_column *fitting = NULL;
        size_t count = 0;
        for (size_t c = 0; field != NULL && c < file->column_count; c++) {
            exchange_column *column = &file->columns[c];
            if (column->how != EXCHANGE_UNMAPPED || column->note.ptr != NULL ||
                looks_delicate(names_key(arena, column->header)) || !fits(s, c, look))
                continue;
            fitting = column;
            count++;
        }
        if (count == 1)
            take(fitting, field, EXCHANGE_BY_VALUES);
    }
    return PB_OK;
}

/* Where the source has no other id, the number people know a record by serves as one, if it is one:
 * reports then name records as their source does. */
static void code_as_id(exchange_file *file, const sample *s, pb_arena *scratch)
{
    const model_field *code = model_field_role(file->entity, "code");
    if (code == NULL || taken_by(file, NULL) != NULL)
        return;
    for (size_t c = 0; c < file->column_count; c++)
        if (file->columns[c].field == code && sample_unique(s, c, scratch))
            file->columns[c].is_source_id = true;
}

static pb_status note_rest(exchange_file *file, const sample *s, pb_arena *arena, pb_arena *scratch,
                           pb_error *err)
{
    for (size_t c = 0; c < file->column_count; c++) {
        exchange_column *column = &file->columns[c];
        pb_str first = PB_STR("");
        for (size_t r = 0; r < s->rows && first.len == 0; r++)
            first = sample_cell(s, r, c);
        column->sample = pb_arena_str(arena, pb_utf8_cut(first, SAMPLE_SHOWN));
        if (column->sample.ptr == NULL)
            return pb_fail_memory(err);
        if (column->how == EXCHANGE_UNMAPPED || column->how == EXCHANGE_IGNORED)
            column->holds = pb_str_c(looks_held(s, c, names_key(scratch, column->header)));
    }
    return PB_OK;
}

pb_status columns_settle(exchange_file *file, size_t known, const sample *s, pb_arena *arena,
                         pb_arena *scratch, pb_error *err)
{
    for (size_t c = 0; c < known && c < file->column_count; c++) {
        exchange_column *column = &file->columns[c];
        const model_field *field = model_field_find(file->entity, column->header);
        if (column->how != EXCHANGE_UNMAPPED)
            continue;
        if (field != NULL && (field->many || taken_by(file, field) == NULL))
            take(column, field, EXCHANGE_BY_NAME);
        else if (pb_str_is(column->header, "id") && taken_by(file, NULL) == NULL)
            take(column, NULL, EXCHANGE_BY_NAME);
    }
    return note_rest(file, s, arena, scratch, err);
}

pb_status columns_decide(const name_book *names, exchange_file *file, const sample *s,
                         pb_arena *arena, pb_arena *scratch, pb_error *err)
{
    offers all = {0};
    PB_TRY(collect(names, file, s, scratch, &all, err));
    if (by_names(file, &all, arena) != PB_OK)
        return pb_fail_memory(err);
    PB_TRY(date_parts_decide(names, file, s, arena, scratch, err));
    contact_itself(file, s);
    title_by_values(file, s, scratch);
    if (by_values(file, s, scratch) != PB_OK)
        return pb_fail_memory(err);
    sample_settle_names(file, s);
    code_as_id(file, s, scratch);
    if (currency_decide(file, s, arena, scratch) != PB_OK)
        return pb_fail_memory(err);
    return note_rest(file, s, arena, scratch, err);
}

/* --- the entity --- */

/* How well the headers fit an entity. */
typedef struct fit {
    size_t matched;  /* columns */
    double weight;   /* of them: a name that few entities know weighs more */
    size_t required; /* required fields among them */
    bool id;
    bool id_first; /* it is the first column, where exports have the id of what they list */
    bool key;      /* the field that names a record is among them */
    bool own;      /* a name that only this entity knows is among them */
    bool reach;    /* an e-mail address or a telephone number */
    size_t person; /* the column of whole names of persons, and that of e-mail addresses; */
    size_t email;  /* the number of columns: none */
} fit;

/* The system's own users: whom other records name as their owner. */
static bool holds_users(const model_schema *schema, const model_entity *entity)
{
    for (size_t e = 0; e < schema->entity_count; e++) {
        const model_field *owner = model_field_role(&schema->entities[e], "owner");
        if (owner != NULL && owner->target == entity)
            return true;
    }
    return false;
}

static fit fit_headers(const name_book *names, const model_entity *entity, const sample *s,
                       pb_arena *arena)
{
    fit ret = {.person = s->columns, .email = s->columns};
    const model_field *person = model_field_role(entity, "full_name");
    bool *used = pb_arena_array(arena, entity->field_count, sizeof *used);
    for (size_t c = 0; c < s->columns && used != NULL; c++) {
        header_form form;
        if (!names_form(arena, s->header[c], &form))
            break;
        const model_field *best = NULL;
        int worth = 0;
        for (size_t f = 0; f < entity->field_count; f++) {
            int w = used[f] ? 0 : names_fit(names, &entity->fields[f], &form);
            if (w > worth) {
                worth = w;
                best = &entity->fields[f];
            }
        }
        int id = names_fit_id(names, entity, s->header[c], c == 0);
        if (id >= ID_BY_NAME && id > worth) {
            ret.id = true;
            ret.id_first = ret.id_first || (c == 0 && sample_names_rows(s, c, arena));
        }
        if (best == NULL || id > worth)
            continue;
        used[best->index] = !best->many;
        size_t spread = names_spread(names, form.key);
        ret.matched++;
        ret.weight += spread > 1 ? 1.0 / (double)spread : 1.0;
        ret.own = ret.own || spread == 1;
        ret.required += best->required;
        ret.reach = ret.reach || best->type == MODEL_EMAIL || best->type == MODEL_PHONE;
        ret.person = best == person ? c : ret.person;
        ret.email = best->type == MODEL_EMAIL && ret.email == s->columns ? c : ret.email;
        ret.key = ret.key || (entity->key.count > 0 && pb_str_eq(entity->key.items[0], best->name));
    }
    return ret;
}

const model_entity *columns_entity(const model_schema *schema, const name_book *names,
                                   const exchange_file *file, const sample *s, pb_arena *arena)
{
    const model_entity *best = NULL;
    double best_score = 0;
    bool sure = false;
    const live_place *base = file->place->base;
    for (size_t e = 0; e < schema->entity_count; e++) {
        const model_entity *entity = &schema->entities[e];
        int named = names_fit_file(names, entity, file->own, arena);
        fit f = fit_headers(names, entity, s, arena);
        size_t matched = f.matched + f.id_first;
        /* Many columns of a customer's own do not hide three that are known. */
        bool several = matched >= 2 &&
                       (f.weight >= 1.0 || 2 * matched >= s->columns || (matched >= 3 && f.reach));
        /* A list of names, or of addresses of persons. */
        bool person = model_field_role(entity, "full_name") != NULL;
        bool alone = s->columns == 1 && f.matched == 1 && (f.key || (f.reach && person));
        if (named > 0 ? f.matched == 0 && !f.id : !several && !alone)
            continue;
        double score = (named == 10 ? 3.0
                        : named > 0 ? 0.8 + 0.1 * named
                                    : 0.0) +
                       f.weight + (double)matched / (double)s->columns + 0.25 * (double)f.required +
                       (f.id ? 0.5 : 0.0) + (f.id_first ? 1.25 : 0.0);
        /* People of whom nothing says that they are users are customers. */
        if (named == 0 && !f.own && holds_users(schema, entity))
            score -= 1.0;
        if (named == 0 && f.person < s->columns && sample_holds_persons(s, f.person, f.email))
            score += 1.0;
        if (score > best_score + 1e-9) {
            best = entity;
            best_score = score;
            sure = named > 0 || (f.key && f.own && f.matched >= 3);
        }
    }
    /* Of a product's database the customers are known: what stands beside must say what it is, for
     * a name and a number are what any list has. */
    return base != NULL && base->beside && !sure ? NULL : best;
}
