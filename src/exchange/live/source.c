/* A database as a source: the connection, the product that is in it, and what there is to read. */
#include "internal.h"
#include "sys/file.h"

/* --- the connection --- */

static void end_source(void *context)
{
    struct live_source *source = context;
    if (source->link != NULL)
        source->engine->close(source->link);
    source->link = NULL;
    source->clock = live_clock_free(source->clock);
}

void live_end(const live_place *place)
{
    if (place != NULL && place->source != NULL && !place->source->busy)
        end_source(place->source);
}

/* The first line of the file. */
static pb_status connect_source(const live_url *url, pb_arena *arena, struct live_source **ret,
                                pb_error *err)
{
    struct live_source *source = pb_arena_alloc(arena, sizeof *source);
    if (source == NULL || !pb_arena_defer(arena, end_source, source))
        return pb_fail_memory(err);
    source->engine = url->postgres ? &live_postgres : &live_mariadb;
    PB_TRY(source->engine->connect(url, &source->link, err));
    *ret = source;
    return PB_OK;
}

/* --- what there is to read --- */

typedef struct listing {
    live_catalog *catalog;
    struct live_source *source;
    pb_arena *arena;
    live_place *places;
    size_t count, capacity;
    bool *used; /* tables that some query reads */
} listing;

static pb_status push(listing *l, live_place place, pb_error *err)
{
    place.source = l->source;
    return PB_PUSH(l->arena, l->places, l->count, l->capacity, place) ? PB_OK : pb_fail_memory(err);
}

/* A remark about the whole database, which stands in the list of what was read. */
static live_place remark(const listing *l)
{
    return (live_place){.name = l->catalog->database};
}

static pb_status say_rights(listing *l, pb_error *err)
{
    bool writes = false;
    for (size_t t = 0; t < l->catalog->count && !writes; t++)
        writes = l->catalog->tables[t].writable;
    if (!writes)
        return PB_OK;
    live_place place = remark(l);
    PB_TRY(live_refuse(&place, l->arena, err,
                       PB_MSG("The login for {name} may write there, too. Nothing was written: the "
                              "whole audit is one read-only transaction. Better give it a login "
                              "that can only read."),
                       NULL));
    return push(l, place, err);
}

/* Tables of a known product that none of its queries reads. */
static pb_status say_others(listing *l, const live_product *product, pb_error *err)
{
    enum { SHOWN = 200 };
    PB_AUTO_BUF names = PB_BUF_INIT(1 << 16);
    int64_t count = 0;
    for (size_t t = 0; t < l->catalog->count; t++) {
        const live_table *table = &l->catalog->tables[t];
        if (l->used[t] || (table->rows == 0 && table->readable))
            continue;
        count++;
        if (names.len > SHOWN)
            continue;
        pb_buf_addc(&names, names.len > 0 ? ", " : "");
        pb_buf_add(&names, table->name);
        if (names.len > SHOWN)
            pb_buf_addc(&names, ", …");
    }
    if (count == 0)
        return PB_OK;
    live_place place = remark(l);
    PB_TRY(live_refuse(&place, l->arena, err,
                       PB_MSG("{name} is a database of {product}. Tables that hold rows and were "
                              "not read, for they are not about customers or are not known "
                              "({count}): {tables}"),
                       "product", PB_ARG(product->label), "count", PB_ARG_INT(count), "tables",
                       pb_buf_cstr(&names), NULL));
    return push(l, place, err);
}

/* --- the clock --- */

typedef struct server_zone {
    pb_arena *arena;
    pb_str name;
    int64_t minutes;
} server_zone;

static pb_status take_zone(void *context, const pb_str *cells, pb_error *err)
{
    server_zone *zone = context;
    zone->name = pb_arena_str(zone->arena, cells[0].ptr == NULL ? PB_STR("") : cells[0]);
    pb_str_to_i64(cells[1], &zone->minutes); /* not known: UTC */
    return zone->name.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

/* A product that writes moments as its server's clock shows them: which clock that is, the server
 * is asked, unless the address says it. */
static pb_status ask_zone(listing *l, const live_product *product, pb_error *err)
{
    server_zone zone = {.arena = l->arena};
    if (!product->local_clock || l->source->clock != NULL)
        return PB_OK;
    PB_TRY(live_each_row(l->source, l->source->engine->zone_sql, take_zone, &zone, err));
    PB_TRY(live_clock_of_server(zone.name, zone.minutes, &l->source->clock, err));
    live_place place = remark(l);
    PB_TRY(live_refuse(&place, l->arena, err,
                       PB_MSG("The moments in {name} are read as those of {zone}, which is the "
                              "zone of the database server. If {product} runs in another one, "
                              "add timezone=AREA/CITY to the address."),
                       "zone", live_clock_zone(l->source->clock), "product", PB_ARG(product->label),
                       NULL));
    return push(l, place, err);
}

/* --- tables beside a product's own --- */

static bool is_no_record(const live_product *product, pb_str name)
{
    for (size_t i = 0; i < product->no_records.count; i++)
        if (pb_str_eq(product->no_records.items[i], name))
            return true;
    return false;
}

/* What a customer added, and tables that are called what an entity is called. */
static pb_status add_beside(listing *l, const live_match *match, const live_settings *settings,
                            pb_error *err)
{
    const live_product *product = match->product;
    for (size_t t = 0; t < l->catalog->count; t++) {
        const live_table *table = &l->catalog->tables[t];
        if (l->used[t] || !pb_str_eq(table->schema, match->schema) ||
            !pb_str_starts(table->name, match->prefix))
            continue;
        pb_str name = pb_str_sub(table->name, match->prefix.len, table->name.len);
        bool own = product->own_prefix.ptr != NULL && pb_str_starts(name, product->own_prefix);
        bool named = settings->is_entity != NULL && table->readable && table->rows > 0 &&
                     !is_no_record(product, name) && settings->is_entity(settings->context, name);
        if (!own && !named)
            continue;
        live_place place;
        PB_TRY(live_compose_own(l->catalog, match, table, l->used, &place, err));
        PB_TRY(push(l, place, err));
    }
    return PB_OK;
}

static pb_status add_product(listing *l, const live_match *match, pb_error *err)
{
    for (size_t q = 0; q < match->product->query_count; q++) {
        live_place place;
        PB_TRY(live_compose(l->catalog, match, &match->product->queries[q], l->used, &place, err));
        PB_TRY(push(l, place, err));
    }
    return PB_OK;
}

static pb_status add_tables(listing *l, const live_settings *settings, pb_error *err)
{
    PB_TRY(live_keys_read(l->source, l->catalog, settings, err));
    for (size_t t = 0; t < l->catalog->count; t++) {
        live_place place;
        PB_TRY(live_compose_table(l->catalog, &l->catalog->tables[t], &place, err));
        PB_TRY(push(l, place, err));
    }
    return PB_OK;
}

static pb_status find_products(const live_settings *settings, const live_catalog *catalog,
                               live_match **ret, size_t *ret_count, pb_error *err)
{
    size_t capacity = 0;
    for (size_t i = 0; i < settings->product_count; i++) {
        live_product *product = pb_arena_alloc(catalog->arena, sizeof *product);
        if (product == NULL)
            return pb_fail_memory(err);
        PB_TRY(live_product_read(&settings->products[i], catalog->arena, product, err));
        PB_TRY(live_product_match(product, catalog, ret, ret_count, &capacity, err));
    }
    return PB_OK;
}

static pb_status list_all(listing *l, const live_settings *settings, pb_error *err)
{
    live_match *matches = NULL;
    size_t count = 0;
    l->used = pb_arena_array(l->arena, l->catalog->count, sizeof *l->used);
    if (l->used == NULL)
        return pb_fail_memory(err);
    PB_TRY(find_products(settings, l->catalog, &matches, &count, err));
    for (size_t i = 0; i < count; i++)
        PB_TRY(add_product(l, &matches[i], err));
    for (size_t i = 0; i < count; i++) /* when all that is known is used */
        PB_TRY(add_beside(l, &matches[i], settings, err));
    for (size_t i = 0; i < count; i++)
        PB_TRY(ask_zone(l, matches[i].product, err));
    if (count > 0)
        PB_TRY(say_others(l, matches[0].product, err));
    else
        PB_TRY(add_tables(l, settings, err));
    return say_rights(l, err);
}

static pb_status no_tables(const live_url *url, pb_error *err)
{
    pb_fail(err, PB_NOT_FOUND,
            PB_MSG("The database {database} holds no tables that this login can see"), "database",
            url->database, NULL);
    pb_error_hint(err, PB_MSG("Give the login the right to read: GRANT SELECT ON its tables"),
                  NULL);
    return PB_NOT_FOUND;
}

pb_status live_list(const char *url, const live_settings *settings, pb_arena *arena,
                    live_place **ret_places, size_t *ret_count, pb_error *err)
{
    live_url at;
    live_catalog catalog;
    listing l = {.catalog = &catalog, .arena = arena};
    PB_TRY(live_url_parse(url, arena, &at, err));
    if (at.password == NULL && settings->password_file != NULL)
        PB_TRY(sys_password_read(settings->password_file, arena, &at.password, err));
    PB_TRY(connect_source(&at, arena, &l.source, err));
    pb_status status = PB_OK;
    if (at.timezone != NULL)
        status = live_clock_new(at.timezone, &l.source->clock, err);
    if (status == PB_OK)
        status = live_catalog_read(l.source, pb_str_c(at.database), arena, &catalog, err);
    if (status == PB_OK)
        catalog.with_deleted = settings->with_deleted;
    if (status == PB_OK)
        status = catalog.count == 0 ? no_tables(&at, err) : list_all(&l, settings, err);
    if (status != PB_OK) {
        end_source(l.source);
        return status;
    }
    *ret_places = l.places;
    *ret_count = l.count;
    return PB_OK;
}
