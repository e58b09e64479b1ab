/* Names: which field a header means, which entity a file name means.
 *
 * All comparing is done in the form of model_header_key, in which `First Name`, `first_name` and
 * `firstName` are one.
 */
#include "plan.h"

/* The names of one field, best first, with what each is worth. */
typedef struct field_names {
    pb_str *keys;
    uint8_t *worth;
    size_t count;
} field_names;

typedef struct entity_names {
    pb_str *keys; /* name, label, plural, aliases */
    size_t count;
    pb_str *ids; /* headers declared to hold the source's own id */
    size_t id_count;
    field_names *fields; /* by field index */
} entity_names;

struct name_book {
    const model_schema *schema;
    entity_names *entities; /* by entity index */
    pb_map *spread;         /* key -> number of entities that know it */
    pb_str *id_words;       /* header that means "id of the record" by itself, */
    size_t id_word_count;
    pb_str *id_tails; /* or behind the entity's name, */
    size_t id_tail_count;
    pb_str *link_tails; /* or behind the name of a link */
    size_t link_tail_count;
};

enum {
    WORTH_NAME = 100,
    WORTH_LABEL = 98,
    WORTH_ALIAS = 96,
    WORTH_ENTITY = 90,
    WORTH_STRIPPED = 12,
    WORTH_NUMBERED = 6,
    WORTH_LINK = 70
};

pb_str names_key(pb_arena *arena, pb_str text)
{
    PB_AUTO_BUF key = PB_BUF_INIT(4096);
    model_header_key(text, &key);
    return key.failed ? PB_STR_NONE
                      : pb_arena_str(arena, pb_str_n(key.ptr == NULL ? "" : key.ptr, key.len));
}

static pb_status key_list(pb_arena *arena, const char *const *words, pb_str **ret,
                          size_t *ret_count, pb_error *err)
{
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    pb_str *keys = pb_arena_array(arena, count, sizeof *keys);
    if (keys == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        keys[i] = names_key(arena, pb_str_c(words[i]));
        if (keys[i].ptr == NULL)
            return pb_fail_memory(err);
    }
    *ret = keys;
    *ret_count = count;
    return PB_OK;
}

static pb_status field_keys(pb_arena *arena, const model_field *field, field_names *ret,
                            pb_error *err)
{
    size_t most = field->import.count + 2;
    ret->keys = pb_arena_array(arena, most, sizeof *ret->keys);
    ret->worth = pb_arena_array(arena, most, sizeof *ret->worth);
    if (ret->keys == NULL || ret->worth == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < most && !field->retired; i++) {
        pb_str text = i == 0 ? field->name : i == 1 ? field->label : field->import.items[i - 2];
        pb_str key = names_key(arena, text);
        if (key.len == 0)
            continue;
        ret->keys[ret->count] = key;
        ret->worth[ret->count++] = i == 0 ? WORTH_NAME : i == 1 ? WORTH_LABEL : WORTH_ALIAS;
    }
    return PB_OK;
}

static pb_status entity_keys(pb_arena *arena, const model_entity *entity, entity_names *ret,
                             pb_error *err)
{
    size_t most = entity->import.count + 3;
    ret->keys = pb_arena_array(arena, most, sizeof *ret->keys);
    ret->fields = pb_arena_array(arena, entity->field_count, sizeof *ret->fields);
    if (ret->keys == NULL || (ret->fields == NULL && entity->field_count > 0))
        return pb_fail_memory(err);
    for (size_t i = 0; i < most && !entity->retired; i++) {
        pb_str text = i == 0   ? entity->name
                      : i == 1 ? entity->label
                      : i == 2 ? entity->plural
                               : entity->import.items[i - 3];
        pb_str key = names_key(arena, text);
        if (key.len > 0)
            ret->keys[ret->count++] = key;
    }
    ret->ids = pb_arena_array(arena, entity->source_id.count + 1, sizeof *ret->ids);
    if (ret->ids == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < entity->source_id.count; i++)
        ret->ids[ret->id_count++] = names_key(arena, entity->source_id.items[i]);
    for (size_t f = 0; f < entity->field_count; f++)
        PB_TRY(field_keys(arena, &entity->fields[f], &ret->fields[f], err));
    return PB_OK;
}

/* Counts each key once an entity. */
static pb_status count_spread(name_book *n, pb_arena *arena, pb_error *err)
{
    for (size_t e = 0; e < n->schema->entity_count; e++) {
        pb_map *here = pb_map_new(arena);
        if (here == NULL)
            return pb_fail_memory(err);
        for (size_t f = 0; f < n->schema->entities[e].field_count; f++) {
            const field_names *field = &n->entities[e].fields[f];
            for (size_t k = 0; k < field->count; k++) {
                bool fresh = false;
                if (pb_map_put(here, field->keys[k], &fresh) == NULL)
                    return pb_fail_memory(err);
                uint64_t *count = fresh ? pb_map_put(n->spread, field->keys[k], NULL) : NULL;
                if (fresh && count == NULL)
                    return pb_fail_memory(err);
                if (fresh)
                    (*count)++;
            }
        }
    }
    return PB_OK;
}

pb_status names_make(const model_schema *schema, pb_arena *arena, name_book **ret_names,
                     pb_error *err)
{
    static const char *const id_words[] = {"id",   "record id", "rec id", "row id", "unique id",
                                           "guid", "uuid",      "number", "no",     "编号",
                                           "序号", "شناسه",     "ردیف",   NULL};
    static const char *const id_tails[] = {"id",   "number", "no",    "key",
                                           "编号", "号",     "شناسه", NULL};
    static const char *const link_tails[] = {"id",   "name", "key",   "ref", "code", "number",
                                             "编号", "名称", "شناسه", "نام", NULL};
    name_book *n = pb_arena_alloc(arena, sizeof *n);
    if (n == NULL)
        return pb_fail_memory(err);
    n->schema = schema;
    n->spread = pb_map_new(arena);
    n->entities = pb_arena_array(arena, schema->entity_count, sizeof *n->entities);
    if (n->spread == NULL || n->entities == NULL)
        return pb_fail_memory(err);
    for (size_t e = 0; e < schema->entity_count; e++)
        PB_TRY(entity_keys(arena, &schema->entities[e], &n->entities[e], err));
    PB_TRY(count_spread(n, arena, err));
    PB_TRY(key_list(arena, id_words, &n->id_words, &n->id_word_count, err));
    PB_TRY(key_list(arena, id_tails, &n->id_tails, &n->id_tail_count, err));
    PB_TRY(key_list(arena, link_tails, &n->link_tails, &n->link_tail_count, err));
    *ret_names = n;
    return PB_OK;
}

static bool among(const pb_str *keys, size_t count, pb_str key)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq(keys[i], key))
            return true;
    return false;
}

/* --- words --- */

enum { MAX_WORDS = 16 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Words: runs of letters, cut where `aB` stands. */
static size_t split_words(pb_str text, pb_str *words)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len && count < MAX_WORDS;) {
        if (!is_letter(text.ptr[i])) {
            i++;
            continue;
        }
        size_t from = i++;
        while (i < text.len && is_letter(text.ptr[i]) &&
               !(is_upper(text.ptr[i]) && is_lower(text.ptr[i - 1])))
            i++;
        words[count++] = pb_str_sub(text, from, i - from);
    }
    return count;
}

/* Interfaces of products put all fields of a record into one object: `properties.email`. */
pb_str names_unwrapped(pb_str header)
{
    /* what Salesforce says of a record beside its fields */
    static const char *const about[] = {"attributes.type", "attributes.url",
                                        "attributes.referenceId", NULL};
    static const char *const wrappers[] = {"properties.", "attributes.", "fields.", NULL};
    for (size_t i = 0; about[i] != NULL; i++)
        if (pb_str_is(header, about[i]))
            return header;
    for (size_t i = 0; wrappers[i] != NULL; i++)
        if (pb_str_starts(header, pb_str_c(wrappers[i])))
            return pb_str_sub(header, strlen(wrappers[i]), header.len);
    return header;
}

bool names_form(pb_arena *arena, pb_str header, header_form *ret)
{
    header = names_unwrapped(header);
    pb_str words[MAX_WORDS];
    *ret = (header_form){.key = names_key(arena, header)};
    size_t count = split_words(header, words);
    for (size_t i = 0; i < count; i++) {
        size_t end = (size_t)(words[i].ptr + words[i].len - header.ptr);
        pb_str key = names_key(arena, pb_str_sub(header, 0, end));
        if (key.ptr == NULL)
            return false;
        ret->ends[ret->count++] = key.len;
    }
    return ret->key.ptr != NULL && names_nested(arena, header, ret);
}

/* The header begins with `prefix`, and a word ends there (scripts without blanks: anywhere). */
static bool begins_with(const header_form *header, pb_str prefix)
{
    pb_str key = header->key;
    if (prefix.len == 0 || !pb_str_starts(key, prefix))
        return false;
    if (prefix.len == key.len || (unsigned char)key.ptr[prefix.len] >= 0x80)
        return true;
    for (size_t i = 0; i < header->count; i++)
        if (header->ends[i] == prefix.len)
            return true;
    return false;
}

/* --- fields --- */

static int fit_exactly(const field_names *field, pb_str key)
{
    int best = 0;
    for (size_t i = 0; i < field->count; i++)
        if (pb_str_eq(field->keys[i], key) && field->worth[i] > best)
            best = field->worth[i];
    return best;
}

/* `Account ID`, `owner name`: a link's own name with what of the target stands there. */
static int fit_link(const name_book *n, const model_field *field, const field_names *names,
                    const header_form *header)
{
    pb_str key = header->key;
    const entity_names *target = &n->entities[field->target->index];
    const pb_str *lists[] = {names->keys, target->keys};
    const size_t counts[] = {names->count, target->count};
    /* Among contacts a `Contact ID` is their own, not that of another contact. */
    const int kinds = field->target == field->entity ? 1 : 2;
    for (int l = 0; l < kinds; l++)
        for (size_t i = 0; i < counts[l]; i++) {
            if (!begins_with(header, lists[l][i]))
                continue;
            pb_str tail = pb_str_sub(key, lists[l][i].len, key.len);
            if (tail.len == 0)
                return WORTH_LINK - 2 * l;
            for (size_t t = 0; t < n->link_tail_count; t++)
                if (pb_str_eq(tail, n->link_tails[t]))
                    return WORTH_LINK - 2 * l + (t == 0);
        }
    return 0;
}

/* The field that names a record: the first of the entity's key. */
static bool names_record(const model_field *field)
{
    const model_strs *key = &field->entity->key;
    return key->count > 0 && pb_str_eq(key->items[0], field->name);
}

/* `Email 2`, `phone_3`: further values of a field that may have several. */
static int fit_numbered(const field_names *field, pb_str key)
{
    size_t len = key.len;
    while (len > 0 && key.ptr[len - 1] >= '0' && key.ptr[len - 1] <= '9')
        len--;
    if (len == 0 || len == key.len || key.len - len > 2)
        return 0;
    int best = fit_exactly(field, pb_str_sub(key, 0, len));
    return best > 0 ? best - WORTH_NUMBERED : 0;
}

/* `started_at`, `Closed Date`: a day or moment called by its verb, as fields are (`started_on`). */
static int fit_moment(const model_field *field, pb_str key)
{
    static const char *const tails[] = {"datetime", "timestamp", "date", "time", "at", NULL};
    bool moment = field->type == MODEL_DATE || field->type == MODEL_INSTANT;
    if (!moment || !pb_str_ends(field->name, PB_STR("_on")))
        return 0;
    pb_str verb = pb_str_sub(field->name, 0, field->name.len - 3);
    if (!pb_str_starts(key, verb))
        return 0;
    pb_str tail = pb_str_sub(key, verb.len, key.len);
    for (size_t i = 0; tails[i] != NULL; i++)
        if (pb_str_is(tail, tails[i]))
            return WORTH_ENTITY;
    return 0;
}

int names_fit(const name_book *n, const model_field *field, const header_form *header)
{
    pb_str header_key = header->key;
    const entity_names *entity = &n->entities[field->entity->index];
    const field_names *own = &entity->fields[field->index];
    if (header_key.len == 0)
        return 0;
    int best = fit_exactly(own, header_key);
    if (best == 0)
        best = fit_moment(field, header_key);
    if (best == 0 && names_record(field) && among(entity->keys, entity->count, header_key))
        best = WORTH_ENTITY; /* `account` among accounts is the account's name */
    for (size_t i = 0; i < entity->count && best == 0; i++)
        if (begins_with(header, entity->keys[i])) {
            int inner =
                fit_exactly(own, pb_str_sub(header_key, entity->keys[i].len, header_key.len));
            best = inner > 0 ? inner - WORTH_STRIPPED : 0;
        }
    if (best == 0 && field->many)
        best = fit_numbered(own, header_key);
    if (best == 0 && field->type == MODEL_LINK && field->target != NULL)
        best = fit_link(n, field, own, header);
    for (size_t i = 0; i < header->other_count && best == 0; i++) {
        int inner = fit_exactly(own, header->others[i]);
        best = inner > 0 ? inner - WORTH_STRIPPED : 0;
    }
    return best;
}

/* `mql_id`, `DealID`: a word of its own at the end. */
static bool ends_in_id(pb_str header)
{
    header = pb_str_trim(header);
    if (header.len < 3)
        return false;
    pb_str tail = pb_str_sub(header, header.len - 2, 2);
    char before = header.ptr[header.len - 3];
    if (!pb_str_eq_nocase(tail, PB_STR("id")))
        return false;
    return before == '_' || before == ' ' || before == '-' || before == '.' ||
           (tail.ptr[0] == 'I' && before >= 'a' && before <= 'z');
}

int names_fit_id(const name_book *n, const model_entity *entity, pb_str header, bool first)
{
    PB_AUTO_BUF room = PB_BUF_INIT(4096);
    model_header_key(header, &room);
    pb_str key = pb_buf_str(&room);
    const entity_names *own = &n->entities[entity->index];
    if (pb_str_trim(header).len == 0)
        return first ? 50 : 0;
    if (among(n->id_words, n->id_word_count, key))
        return first || pb_str_is(key, "id") ? 97 : 55;
    if (among(own->ids, own->id_count, key))
        return 95;
    for (size_t i = 0; i < own->count; i++)
        if (pb_str_starts(key, own->keys[i]) &&
            among(n->id_tails, n->id_tail_count, pb_str_sub(key, own->keys[i].len, key.len)))
            return 94;
    return first && ends_in_id(header) ? 60 : 0;
}

size_t names_spread(const name_book *n, pb_str header_key)
{
    const uint64_t *count = pb_map_get(n->spread, header_key);
    return count == NULL ? 0 : (size_t)*count;
}

/* --- file names --- */

int names_fit_file(const name_book *n, const model_entity *entity, pb_str file_name,
                   pb_arena *arena)
{
    const entity_names *own = &n->entities[entity->index];
    pb_str words[MAX_WORDS];
    size_t dot = file_name.len;
    for (size_t i = 1; i < file_name.len; i++)
        if (file_name.ptr[i] == '.')
            dot = i;
    size_t count = split_words(pb_str_sub(file_name, 0, dot), words);
    for (size_t len = count; len > 0; len--)
        for (size_t from = 0; from + len <= count; from++) {
            const char *begin = words[from].ptr;
            const pb_str last = words[from + len - 1];
            pb_str run = {begin, (size_t)(last.ptr + last.len - begin)};
            if (!among(own->keys, own->count, names_key(arena, run)))
                continue;
            return len == count ? 10 : (int)(len < 8 ? len : 8) + (from + len == count);
        }
    pb_str whole = names_key(arena, pb_str_sub(file_name, 0, pb_str_index(file_name, '.')));
    for (size_t i = 0; i < own->count; i++) /* scripts that write no blanks between words */
        if (own->keys[i].len >= 6 && (unsigned char)own->keys[i].ptr[0] >= 0xE0 &&
            pb_str_find(whole, own->keys[i]) != SIZE_MAX)
            return 1;
    return 0;
}
