/* city_elsewhere: the city is a large one that lies in another country than the record says. Only
 * cities of the word list are judged, each with all countries where its name may be meant. */
#include "../measure.h"

#include "lexicon.h"

typedef struct city_book {
    audit_check *check;
    pb_map *cities; /* folded name → countries, two letters each with blanks between: place in it */
    pb_map *seen;   /* city as written → the same, or NOWHERE */
    pb_arena *arena;
    pb_str *countries;
    size_t count, capacity;
    pb_buf folded;
} city_book;

enum { NOWHERE = UINT32_MAX };

static pb_status add_name(city_book *book, pb_str name, uint64_t place, const char *behind,
                          pb_error *err)
{
    PB_AUTO_BUF whole = PB_BUF_INIT(4096);
    pb_buf_add(&whole, pb_str_trim(name));
    pb_buf_addc(&whole, behind);
    lexicon_fold(pb_buf_str(&whole), &book->folded);
    bool is_new = false;
    uint64_t *put = pb_map_put(book->cities, pb_buf_str(&book->folded), &is_new);
    if (!put || whole.failed || book->folded.failed)
        return pb_fail_memory(err);
    if (is_new)
        *put = place;
    return PB_OK;
}

/* `CN: Beijing, Peking, 北京` */
static pb_status add_item(city_book *book, pb_str item, pb_error *err)
{
    size_t colon = pb_str_find(item, PB_STR(":"));
    if (colon == SIZE_MAX)
        return PB_OK;
    pb_str names = pb_str_sub(item, colon + 1, item.len), name;
    if (!PB_PUSH(book->arena, book->countries, book->count, book->capacity,
                 pb_str_sub(item, 0, colon)))
        return pb_fail_memory(err);
    while (pb_str_split(&names, ',', &name)) {
        PB_TRY(add_name(book, name, book->count - 1, "", err));
        PB_TRY(add_name(book, name, book->count - 1, "市", err));
    }
    return PB_OK;
}

static pb_status read_book(city_book *book, pb_error *err)
{
    const audit_catalogue *catalogue = book->check->work->catalogue;
    book->cities = pb_map_new(book->arena);
    book->seen = pb_map_new(book->arena);
    if (!book->cities || !book->seen)
        return pb_fail_memory(err);
    for (size_t i = 0; i < catalogue->word_count; i++) {
        const audit_words *words = &catalogue->words[i];
        for (size_t k = 0; pb_str_is(words->name, "cities") && k < words->items.count; k++)
            PB_TRY(add_item(book, words->items.items[k], err));
    }
    return PB_OK;
}

/* Cities come again and again, so each is folded once. */
static pb_status look_up(city_book *book, pb_str city, uint64_t *ret, pb_error *err)
{
    bool is_new = false;
    uint64_t *place = pb_map_put(book->seen, city, &is_new);
    if (!place)
        return pb_fail_memory(err);
    if (is_new) {
        lexicon_fold(city, &book->folded);
        uint64_t *known = pb_map_get(book->cities, pb_buf_str(&book->folded));
        *place = known ? *known : NOWHERE;
    }
    *ret = *place;
    return PB_OK;
}

static bool lies_there(pb_str countries, pb_str country)
{
    pb_str one;
    while (pb_str_split(&countries, ' ', &one))
        if (pb_str_eq(one, country))
            return true;
    return false;
}

static pb_status take_row(city_book *book, db_stmt *stmt, const model_field *city, pb_error *err)
{
    uint64_t place = NOWHERE;
    pb_str country = db_column_text(stmt, 2);
    PB_TRY(look_up(book, db_column_text(stmt, 1), &place, err));
    if (place == NOWHERE || book->countries == NULL || country.len != 2)
        return PB_OK;
    book->check->finding->population++;
    if (lies_there(book->countries[place], country))
        return PB_OK;
    audit_failure failure = {.n = db_column_i64(stmt, 0), .field = city->name};
    failure.value = db_column_text(stmt, 1);
    failure.other = country;
    failure.problem = book->check->control->problem;
    return check_fail(book->check, &failure, err);
}

static pb_status ask(city_book *book, const model_field *city, const model_field *country,
                     pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_printf(&sql,
                  "select n, %.*s, %.*s from %.*s where %.*s is not null and %.*s is not null "
                  "order by n",
                  PB_STR_FMT(city->name), PB_STR_FMT(country->name), PB_STR_FMT(city->entity->name),
                  PB_STR_FMT(city->name), PB_STR_FMT(country->name));
    db_stmt *stmt;
    PB_TRY(work_query(book->check->work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        PB_TRY(take_row(book, stmt, city, err));
    }
}

pb_status measure_city_elsewhere(audit_check *check, pb_error *err)
{
    const model_field *city = model_field_role(check->control->entity, "city");
    const model_field *country = model_field_role(check->control->entity, "country");
    PB_AUTO_ARENA arena = pb_arena_new((size_t)1 << 30);
    city_book book = {.check = check, .arena = arena, .folded = PB_BUF_INIT(1 << 20)};
    check->finding->population = 0;
    if (!city || !country || country->type != MODEL_COUNTRY)
        return PB_OK;
    pb_status status = arena ? read_book(&book, err) : pb_fail_memory(err);
    if (status == PB_OK)
        status = ask(&book, city, country, err);
    pb_buf_free(&book.folded);
    return status;
}
