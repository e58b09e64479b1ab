/* From the cells of a row to the inputs of a record: without allocation on the usual way. */
#include "../plan/plan.h"
#include "base/map.h"
#include "base/utf8.h"
#include "import_internal.h"

#include "../plan/closing.h"
#include "sys/clock.h"

enum { NAME_ROOM = 64 << 10 };

row_shape *row_shape_free(row_shape *shape)
{
    if (shape == NULL)
        return NULL;
    preset_shape_free(shape->preset);
    free(shape->bindings);
    free(shape->inputs);
    pb_buf_free(&shape->name_room);
    model_reader_free(shape->reader);
    pb_arena_free(shape->country_arena);
    free(shape);
    return NULL;
}

static ptrdiff_t column_of(const exchange_file *file, const model_field *field)
{
    for (size_t c = 0; field != NULL && c < file->column_count; c++)
        if (file->columns[c].field == field)
            return (ptrdiff_t)c;
    return -1;
}

/* A column's own country, where its field says which field holds it and the file has that one. */
static void bind_country(const exchange_file *file, binding *b)
{
    if (b->field->country.len == 0)
        return;
    ptrdiff_t column = column_of(file, model_field_find(file->entity, b->field->country));
    b->by_country = column >= 0;
    b->country = b->by_country ? (size_t)column : 0;
}

static void bind_name(const exchange_file *file, row_shape *shape)
{
    const model_entity *entity = file->entity;
    const model_field *full = model_field_role(entity, "full_name");
    static const char *const roles[] = {"given_name", "middle_name", "family_name"};
    ptrdiff_t *columns[] = {&shape->given, &shape->middle, &shape->family};
    for (size_t i = 0; i < 3; i++) {
        shape->parts[i] = model_field_role(entity, roles[i]);
        *columns[i] = column_of(file, shape->parts[i]);
    }
    if (full != NULL && column_of(file, full) < 0 && (shape->given >= 0 || shape->family >= 0))
        shape->full_name = full;
}

/* The column by which each row's date is one of a deal that is over, or of an open one. */
static bool bind_stage(const exchange_file *file, row_shape *shape)
{
    const model_field *stage = model_field_role(file->entity, "stage");
    ptrdiff_t column = column_of(file, stage);
    if (column < 0)
        return false;
    shape->stage = (size_t)column;
    shape->roles = pb_map_new(shape->country_arena);
    return shape->roles != NULL && closing_roles(shape->roles, shape->country_arena, stage);
}

pb_status row_shape_new(const exchange_file *file, int64_t today_days, row_shape **ret_shape,
                        pb_error *err)
{
    row_shape *shape = calloc(1, sizeof *shape);
    if (shape == NULL)
        return pb_fail_memory(err);
    shape->name_room = PB_BUF_INIT(NAME_ROOM);
    shape->bindings = calloc(file->column_count + 1, sizeof *shape->bindings);
    shape->inputs = calloc(file->column_count + 1, sizeof *shape->inputs);
    shape->reader = model_reader_new(today_days);
    model_reader_zone(shape->reader, sys_zone());
    shape->country_arena = pb_arena_new(0);
    shape->countries = shape->country_arena == NULL ? NULL : pb_map_new(shape->country_arena);
    if (shape->bindings == NULL || shape->inputs == NULL || shape->reader == NULL ||
        shape->countries == NULL) {
        row_shape_free(shape);
        return pb_fail_memory(err);
    }
    for (size_t c = 0; c < file->column_count; c++) {
        const exchange_column *column = &file->columns[c];
        if (column->is_source_id) {
            shape->has_id = true;
            shape->id_column = c;
            shape->id_within = column->within;
        }
        if (column->field == NULL)
            continue;
        binding *b = &shape->bindings[shape->count++];
        *b = (binding){.column = c,
                       .field = column->field,
                       .format = column->format,
                       .within = column->link_within,
                       .while_open = column->while_open};
        b->currency = column->currency;
        b->month = column->date_month;
        b->day = column->date_day;
        shape->currencies = shape->currencies || b->currency > 0;
        if (b->while_open != NULL && shape->roles == NULL && !bind_stage(file, shape)) {
            row_shape_free(shape);
            return pb_fail_memory(err);
        }
        bind_country(file, b);
    }
    bind_name(file, shape);
    pb_status status = preset_shape_new(file, &shape->preset, err);
    if (status == PB_OK)
        *ret_shape = shape;
    else
        row_shape_free(shape);
    return status;
}

/* The country a text means, as two letters, or absent; each spelling is read once. */
static pb_str country_of(row_shape *shape, const model_field *field, pb_str text)
{
    const size_t most = sizeof shape->country_codes / sizeof shape->country_codes[0];
    if (text.len == 0 || text.len > 200)
        return PB_STR_NONE;
    const uint64_t *known = pb_map_get(shape->countries, text);
    if (known == NULL && shape->country_count < most) {
        model_reader_reset(shape->reader);
        model_reading reading = model_read(shape->reader, field, text, NULL);
        char *code = shape->country_codes[shape->country_count];
        bool read = (reading.verdict == MODEL_SAME || reading.verdict == MODEL_RESTYLED) &&
                    reading.value.kind == PB_TEXT && reading.value.as.s.len == 2;
        if (read)
            memcpy(code, reading.value.as.s.ptr, 2);
        uint64_t *place = pb_map_put(shape->countries, text, NULL);
        if (place == NULL)
            return PB_STR_NONE;
        *place = shape->country_count++;
        known = place;
    }
    if (known == NULL || shape->country_codes[*known][0] == 0)
        return PB_STR_NONE;
    return (pb_str){shape->country_codes[*known], 2};
}

static pb_str cell_at(const table_row *row, ptrdiff_t column)
{
    return column < 0 ? PB_STR("") : pb_csv_unguard(row->cells[column]);
}

static bool all_han(pb_str text)
{
    for (size_t at = 0; at < text.len;)
        if (!pb_code_is_han(pb_utf8_next(text, &at)))
            return false;
    return text.len > 0;
}

enum { NOTHING_MOST = 4 };

/* A part of a name; NULL and NA, as programs write for nothing, are none. */
static pb_str name_part(const row_shape *shape, const table_row *row, ptrdiff_t column, size_t part)
{
    pb_str text = cell_at(row, column);
    if (text.len == 0 || text.len > NOTHING_MOST)
        return text;
    model_reader_reset(shape->reader);
    return model_read(shape->reader, shape->parts[part], text, NULL).verdict == MODEL_EMPTY
               ? PB_STR("")
               : text;
}

/* `Mary J Smith`; 王小明 where both parts are Han. Parts beyond NAME_ROOM, far beyond any name, are
 * left out; the parts' own fields still get them. */
static pb_str compose_name(row_shape *shape, const table_row *row)
{
    pb_str given = name_part(shape, row, shape->given, 0);
    pb_str family = name_part(shape, row, shape->family, 2);
    pb_str parts[] = {given, name_part(shape, row, shape->middle, 1), family};
    pb_buf *out = &shape->name_room;
    pb_buf_clear(out);
    if (all_han(given) && all_han(family)) {
        pb_buf_add(out, family);
        pb_buf_add(out, given);
        return pb_buf_str(out);
    }
    for (size_t i = 0; i < 3; i++) {
        if (parts[i].len == 0)
            continue;
        if (out->len > 0)
            pb_buf_byte(out, ' ');
        pb_buf_add(out, parts[i]);
    }
    return pb_buf_str(out);
}

/* Where a value of the row goes. */
static const model_field *field_now(const row_shape *shape, const binding *b, const table_row *row)
{
    bool open = b->while_open != NULL &&
                !closing_is_over(closing_role(shape->roles, row->cells[shape->stage]));
    return open ? b->while_open : b->field;
}

/* `1200.50` with the currency of its own column: `1200.50 EUR`; amounts that have words of their
 * own stay as they are. */
static pb_str with_currency(binding *b, const table_row *row)
{
    pb_str cell = pb_csv_unguard(row->cells[b->column]);
    if (b->currency == 0 || cell.len + 5 > sizeof b->money)
        return cell;
    pb_str code = pb_str_trim(row->cells[b->currency - 1]);
    bool plain = currency_is_code(code);
    for (size_t i = 0; i < cell.len && plain; i++)
        plain = (cell.ptr[i] >= '0' && cell.ptr[i] <= '9') || cell.ptr[i] == '.' ||
                cell.ptr[i] == ',' || cell.ptr[i] == '-' || cell.ptr[i] == ' ';
    if (!plain)
        return cell;
    int len = snprintf(b->money, sizeof b->money, "%.*s %.*s", PB_STR_FMT(cell), PB_STR_FMT(code));
    return pb_str_n(b->money, (size_t)len);
}

/* A part of a date: one digit gets a nought in front; NA and NULL are nothing. */
static pb_str date_part(const row_shape *shape, const binding *b, pb_str cell)
{
    cell = pb_str_trim(pb_csv_unguard(cell));
    if (cell.len == 0 || cell.len > NOTHING_MOST || (cell.ptr[0] >= '0' && cell.ptr[0] <= '9'))
        return cell;
    model_reader_reset(shape->reader);
    return model_read(shape->reader, b->field, cell, NULL).verdict == MODEL_EMPTY ? PB_STR("")
                                                                                  : cell;
}

/* `1980-05-07` out of three columns. Where a part is missing what there is stays, to be judged as
 * the date that it is not. */
static pb_str whole_date(const row_shape *shape, binding *b, const table_row *row)
{
    pb_str year = date_part(shape, b, row->cells[b->column]);
    pb_str month = date_part(shape, b, row->cells[b->month - 1]);
    pb_str day = date_part(shape, b, row->cells[b->day - 1]);
    if (year.len + month.len + day.len == 0 || year.len + month.len + day.len + 5 > sizeof b->date)
        return year;
    int len = snprintf(b->date, sizeof b->date, "%.*s-%s%.*s-%s%.*s", PB_STR_FMT(year),
                       month.len == 1 ? "0" : "", PB_STR_FMT(month), day.len == 1 ? "0" : "",
                       PB_STR_FMT(day));
    return pb_str_n(b->date, (size_t)len);
}

/* `suppliers:12`. An id too long for the room, beyond any key, stays as it is. */
static pb_str qualified(pb_str within, pb_str id, char room[512])
{
    if (within.len == 0 || id.len == 0 || within.len + id.len + 2 > 512)
        return id;
    int len = snprintf(room, 512, "%.*s:%.*s", PB_STR_FMT(within), PB_STR_FMT(id));
    return pb_str_n(room, (size_t)len);
}

const record_input *row_shape_inputs(row_shape *shape, const table_row *row, size_t *ret_count,
                                     pb_str *ret_source_id)
{
    size_t count = 0;
    for (size_t i = 0; i < shape->count; i++) {
        binding *b = &shape->bindings[i];
        pb_str cell = row->cells[b->column];
        if (b->month > 0)
            cell = whole_date(shape, b, row);
        if (cell.len == 0)
            continue;
        if (b->by_country) {
            const model_field *country = model_field_find(b->field->entity, b->field->country);
            b->format.country = country_of(shape, country, row->cells[b->country]);
        }
        shape->inputs[count++] = (record_input){
            field_now(shape, b, row),
            b->month > 0 ? cell : qualified(b->within, with_currency(b, row), b->id), &b->format};
    }
    if (shape->full_name != NULL) {
        pb_str name = compose_name(shape, row);
        if (shape->name_room.failed)
            name =
                pb_utf8_cut(name, name.len); /* beyond any name: what fitted is judged as it is */
        if (name.len > 0)
            shape->inputs[count++] = (record_input){shape->full_name, name, NULL};
    }
    const record_input *inputs = shape->inputs;
    if (shape->preset != NULL)
        count = preset_shape_row(shape->preset, row->cells, shape->inputs, count, &inputs);
    *ret_count = count;
    *ret_source_id =
        shape->has_id
            ? qualified(shape->id_within, pb_csv_unguard(row->cells[shape->id_column]), shape->id)
            : PB_STR_NONE;
    return inputs;
}
