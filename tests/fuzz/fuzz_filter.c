/* Fuzz target of the query language: what a list is filtered by.
 *
 * Holds: reading ends; what is refused says why and where; what is read is the same when its text
 * is read again, has one truth for a record without values, and becomes SQL with a value for each
 * of its places.
 */
/* fuzzes: model model/types model/ids script */
/* libraries: yaml-0.1 libidn2 */
/* tables: han phone */
#include "../model/expr_model.h"

#include "model/expr.h"
#include "model/schema.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool condition)
{
    if (!condition)
        abort();
}

/* The entity the filters are of: made once. */
static const model_entity *thing(void)
{
    static model_schema *schema;
    const model_source source = {PB_STR("thing.yaml"), pb_str_c(expr_model)};
    pb_error err = {0};
    if (schema == NULL && model_schema_load(&source, 1, &schema, &err) != PB_OK) {
        PB_AUTO_BUF text = PB_BUF_INIT(4096);
        pb_error_render(&err, &err.primary, NULL, &text);
        pb_buf_byte(&text, '\n');
        pb_error_render(&err, &err.detail, NULL, &text);
        fputs(pb_buf_cstr(&text), stderr);
        abort();
    }
    return &schema->entities[0];
}

static size_t places_of(pb_str sql)
{
    size_t count = 0;
    for (size_t i = 0; i < sql.len; i++)
        count += sql.ptr[i] == '?';
    return count;
}

static void hold_expr(const model_entity *entity, pb_arena *arena, const model_expr *expr)
{
    static const model_place place = {PB_STR("again"), 1, 1};
    enum { FIELDS = 16 };
    pb_value values[FIELDS] = {0};
    model_expr *again = NULL;
    model_bound bound = {0};
    const model_field *const *fields = NULL;
    hold(entity->field_count <= FIELDS);
    hold(model_filter_parse(arena, entity, model_expr_text(expr), place, &again, NULL) == PB_OK);
    PB_AUTO_BUF one = PB_BUF_INIT(16 << 20);
    PB_AUTO_BUF two = PB_BUF_INIT(16 << 20);
    model_expr_sql(expr, NULL, NULL, &one);
    model_expr_sql(again, NULL, NULL, &two);
    hold(pb_str_eq(pb_buf_str(&one), pb_buf_str(&two)) && one.len > 0);
    const model_days days = {.today = 20000};
    hold(model_expr_eval(expr, values, days) == model_expr_eval(again, values, days));
    hold(model_expr_fields(expr, &fields) <= entity->field_count);
    pb_error err = {0};
    pb_status status = model_expr_bind(expr, "r", days, arena, &bound, &err);
    hold(status == PB_INVALID ? err.primary.id != NULL
                              : status == PB_OK && places_of(bound.sql) == bound.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const model_place place = {PB_STR("filter"), 1, 1};
    const model_entity *entity = thing();
    pb_arena *arena = pb_arena_new(64 << 20);
    model_expr *expr = NULL;
    pb_error err = {0};
    hold(arena != NULL);
    pb_status status =
        model_filter_parse(arena, entity, pb_str_n((const char *)data, size), place, &expr, &err);
    hold(status == PB_OK ? expr != NULL : err.primary.id != NULL);
    if (status == PB_OK)
        hold_expr(entity, arena, expr);
    pb_arena_free(arena);
    return 0;
}
