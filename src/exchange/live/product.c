/* Declarations of products: by which tables a product is known, and what is asked of it.
 *
 *   product: odoo
 *   label: Odoo
 *   engine: postgresql
 *   tables: [res_partner, res_users]      # all of them in one schema
 *   prefixed: false                       # true: behind any prefix, the same for all
 *   clock: utc                            # local: moments are of the zone the server is in
 *   own: {prefix: x_, deleted: t.gone}    # customers' own tables, and which rows are no more
 *   system: [events]                      # tables called so are no records, whatever they fit
 *   queries:
 *     - entity: account
 *       name: companies                   # how reports call it
 *       from:
 *         - {as: p, table: res_partner, all: true}
 *         - {as: c, table: res_country, on: c.id = p.country_id}
 *         - {as: g, select: SELECT …, on: …, needs: [table.column]}   # there if these columns are
 *       where: p.is_company               # which rows of the table are of this query
 *       deleted: p.gone                   # which of them were deleted: counted, not read
 *       aside: [p.kind = 3, p.name = ''] # which of them are no records: counted, not read
 *       key: p.id
 *       columns: {id: p.id, name: p.name, phone: [p.phone_sanitized, p.phone]}
 *
 * What stands in a list are ways for versions that differ: the first whose columns all exist.
 */
#include "internal.h"

static pb_status read_part(const model_yaml *node, pb_arena *arena, live_part *ret, pb_error *err)
{
    static const char *const allowed[] = {"as", "table", "select", "on", "all", "needs", NULL};
    PB_TRY(model_yaml_check_keys(node, allowed, err));
    PB_TRY(model_yaml_need(node, "as", NULL, err));
    PB_TRY(model_yaml_text(node, "as", &ret->alias, err));
    PB_TRY(model_yaml_text(node, "table", &ret->table, err));
    PB_TRY(model_yaml_text(node, "select", &ret->select, err));
    PB_TRY(model_yaml_text(node, "on", &ret->on, err));
    PB_TRY(model_yaml_bool(node, "all", &ret->all, err));
    PB_TRY(model_yaml_texts(arena, node, "needs", &ret->needs, err));
    if ((ret->table.ptr == NULL) == (ret->select.ptr == NULL))
        return model_yaml_fail(node, err, PB_MSG("Either “table” or “select” must stand here"),
                               NULL);
    return PB_OK;
}

static pb_status read_columns(const model_yaml *node, pb_arena *arena, live_query *ret,
                              pb_error *err)
{
    ret->fields = pb_arena_array(arena, node->count, sizeof *ret->fields);
    if (ret->fields == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < node->count; i++) {
        model_strs ways = {0};
        pb_str header = node->keys[i]->text;
        PB_TRY(model_yaml_texts(arena, node, header.ptr, &ways, err));
        ret->fields[ret->field_count++] = (live_field){header, ways.items, ways.count};
    }
    return PB_OK;
}

static pb_status read_query(const model_yaml *node, pb_arena *arena, live_query *ret, pb_error *err)
{
    static const char *const allowed[] = {"entity", "name", "from",    "where", "deleted",
                                          "aside",  "key",  "columns", NULL};
    const model_yaml *from = NULL, *columns = NULL;
    PB_TRY(model_yaml_check_keys(node, allowed, err));
    PB_TRY(model_yaml_need(node, "entity", NULL, err));
    PB_TRY(model_yaml_need(node, "key", NULL, err));
    PB_TRY(model_yaml_need(node, "from", &from, err));
    PB_TRY(model_yaml_need(node, "columns", &columns, err));
    PB_TRY(model_yaml_text(node, "entity", &ret->entity, err));
    PB_TRY(model_yaml_text(node, "name", &ret->name, err));
    PB_TRY(model_yaml_text(node, "where", &ret->where, err));
    PB_TRY(model_yaml_texts(arena, node, "deleted", &ret->deleted, err));
    PB_TRY(model_yaml_texts(arena, node, "aside", &ret->aside, err));
    PB_TRY(model_yaml_text(node, "key", &ret->key, err));
    PB_TRY(model_yaml_expect(from, MODEL_YAML_LIST, err));
    PB_TRY(model_yaml_expect(columns, MODEL_YAML_MAP, err));
    ret->parts = pb_arena_array(arena, from->count, sizeof *ret->parts);
    if (ret->parts == NULL)
        return pb_fail_memory(err);
    for (; ret->part_count < from->count; ret->part_count++)
        PB_TRY(read_part(from->items[ret->part_count], arena, &ret->parts[ret->part_count], err));
    if (ret->part_count == 0 || ret->parts[0].table.ptr == NULL)
        return model_yaml_fail(from, err, PB_MSG("The first entry must name a table"), NULL);
    if (ret->name.ptr == NULL)
        ret->name = ret->parts[0].table;
    return read_columns(columns, arena, ret, err);
}

static pb_status read_own(const model_yaml *node, live_product *ret, pb_error *err)
{
    static const char *const allowed[] = {"prefix", "deleted", NULL};
    PB_TRY(model_yaml_check_keys(node, allowed, err));
    PB_TRY(model_yaml_need(node, "prefix", NULL, err));
    PB_TRY(model_yaml_text(node, "prefix", &ret->own_prefix, err));
    return model_yaml_text(node, "deleted", &ret->own_deleted, err);
}

pb_status live_product_read(const model_source *source, pb_arena *arena, live_product *ret,
                            pb_error *err)
{
    static const char *const allowed[] = {"product", "label", "engine", "tables",  "prefixed",
                                          "clock",   "own",   "system", "queries", NULL};
    static const char *const clocks[] = {"utc", "local", NULL};
    static const char *const engines[] = {"postgresql", "mariadb", NULL};
    const model_yaml *root = NULL, *queries = NULL;
    int engine = 0, clock = 0;
    *ret = (live_product){0};
    PB_TRY(model_yaml_load(arena, source, &root, err));
    PB_TRY(model_yaml_check_keys(root, allowed, err));
    PB_TRY(model_yaml_need(root, "product", NULL, err));
    PB_TRY(model_yaml_need(root, "engine", NULL, err));
    PB_TRY(model_yaml_need(root, "tables", NULL, err));
    PB_TRY(model_yaml_need(root, "queries", &queries, err));
    PB_TRY(model_yaml_text(root, "product", &ret->name, err));
    ret->label = ret->name;
    PB_TRY(model_yaml_text(root, "label", &ret->label, err));
    PB_TRY(model_yaml_choice(root, "engine", engines, &engine, err));
    PB_TRY(model_yaml_texts(arena, root, "tables", &ret->tables, err));
    PB_TRY(model_yaml_bool(root, "prefixed", &ret->prefixed, err));
    ret->postgres = engine == 0;
    PB_TRY(model_yaml_choice(root, "clock", clocks, &clock, err));
    ret->local_clock = clock == 1;
    PB_TRY(model_yaml_texts(arena, root, "system", &ret->no_records, err));
    const model_yaml *own = model_yaml_get(root, "own");
    if (own != NULL)
        PB_TRY(read_own(own, ret, err));
    PB_TRY(model_yaml_expect(queries, MODEL_YAML_LIST, err));
    ret->queries = pb_arena_array(arena, queries->count, sizeof *ret->queries);
    if (ret->queries == NULL)
        return pb_fail_memory(err);
    for (; ret->query_count < queries->count; ret->query_count++)
        PB_TRY(read_query(queries->items[ret->query_count], arena, &ret->queries[ret->query_count],
                          err));
    return PB_OK;
}

/* --- recognising --- */

/* All the product's tables stand in the schema behind the prefix. */
static bool holds(const live_catalog *catalog, const live_match *match)
{
    PB_AUTO_BUF name = PB_BUF_INIT(4096);
    for (size_t i = 0; i < match->product->tables.count; i++) {
        pb_buf_clear(&name);
        pb_buf_add(&name, match->prefix);
        pb_buf_add(&name, match->product->tables.items[i]);
        if (name.failed || live_table_find(catalog, match->schema, pb_buf_str(&name)) == NULL)
            return false;
    }
    return match->product->tables.count > 0;
}

pb_status live_product_match(const live_product *product, const live_catalog *catalog,
                             live_match **ret, size_t *ret_count, size_t *capacity, pb_error *err)
{
    if (product->postgres != (catalog->engine == &live_postgres) || product->tables.count == 0)
        return PB_OK;
    pb_str first = product->tables.items[0];
    for (size_t t = 0; t < catalog->count; t++) {
        const live_table *table = &catalog->tables[t];
        bool fits =
            product->prefixed ? pb_str_ends(table->name, first) : pb_str_eq(table->name, first);
        live_match match = {product, table->schema,
                            pb_str_sub(table->name, 0, fits ? table->name.len - first.len : 0)};
        if (fits && holds(catalog, &match) &&
            !PB_PUSH(catalog->arena, *ret, *ret_count, *capacity, match))
            return pb_fail_memory(err);
    }
    return PB_OK;
}
