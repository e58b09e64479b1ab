/* The canonical form of a schema and its hash: two sets of files that mean the same have the same
 * hash, whatever the order of files, entities, fields, aliases and rules.
 *
 * Form: one line per fact, `path = length:bytes`, facts sorted. */
#include "schema_build.h"
#include "schema_words.h"

#include "model/expr.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { SEEN_AS_SET = -1 };

typedef struct facts {
    pb_arena *arena;
    pb_str *lines;
    size_t count, capacity;
    bool failed;
} facts;

static char *copy(char *to, pb_str text)
{
    if (text.len > 0)
        memcpy(to, text.ptr, text.len);
    return to + text.len;
}

/* `place` is "entity" or "entity.field" or …; position −1: the order of such facts means nothing.
 * Put together by hand: every start of the program makes thousands of such lines. */
static void put(facts *f, pb_str place, const char *what, long position, pb_str value)
{
    char order[24] = "", size[24];
    if (f->failed || value.ptr == NULL)
        return;
    if (position != SEEN_AS_SET)
        snprintf(order, sizeof order, "[%05ld]", position);
    pb_str parts[] = {place,       PB_STR("/"), pb_str_c(what), pb_str_c(order), PB_STR(" = "),
                      PB_STR_NONE, PB_STR(":"), value,          PB_STR("\n")};
    size_t len = 0, count = sizeof parts / sizeof *parts;
    char *end = size + sizeof size;
    size_t left = value.len;
    do
        *--end = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    parts[5] = pb_str_n(end, (size_t)(size + sizeof size - end));
    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    char *line = pb_arena_alloc(f->arena, len);
    f->failed = line == NULL;
    if (f->failed)
        return;
    char *to = line;
    for (size_t i = 0; i < count; i++)
        to = copy(to, parts[i]);
    f->failed = !PB_PUSH(f->arena, f->lines, f->count, f->capacity, pb_str_n(line, len));
}

static void put_int(facts *f, pb_str place, const char *what, int64_t value)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%lld", (long long)value);
    put(f, place, what, SEEN_AS_SET, pb_str_n(text, (size_t)len));
}

static void put_set(facts *f, pb_str place, const char *what, model_strs values)
{
    for (size_t i = 0; i < values.count; i++)
        put(f, place, what, SEEN_AS_SET, values.items[i]);
}

static void put_list(facts *f, pb_str place, const char *what, model_strs values)
{
    for (size_t i = 0; i < values.count; i++)
        put(f, place, what, (long)i, values.items[i]);
}

static pb_str join(facts *f, pb_str a, const char *mark, pb_str b)
{
    char *text = pb_arena_printf(f->arena, "%.*s%s%.*s", PB_STR_FMT(a), mark, PB_STR_FMT(b));
    f->failed = f->failed || text == NULL;
    return text == NULL ? PB_STR("") : pb_str_c(text);
}

static void put_choices(facts *f, pb_str place, const model_field *field)
{
    for (size_t i = 0; i < field->choice_count; i++) {
        const model_choice *c = &field->choices[i];
        put(f, place, "value", (long)i, c->value);
        pb_str choice = join(f, place, "=", c->value);
        put(f, choice, "label", SEEN_AS_SET, c->label);
        put(f, choice, "role", SEEN_AS_SET, c->role);
        put_set(f, choice, "alias", c->aliases);
        if (c->retired)
            put_int(f, choice, "retired", 1);
    }
}

static void put_personal(facts *f, pb_str place, const model_personal *p)
{
    if (!p->declared)
        return;
    put(f, place, "personal", SEEN_AS_SET, p->klass);
    put_set(f, place, "purpose", p->purposes);
    put_set(f, place, "basis", p->basis);
    put_int(f, place, "sensitive", p->sensitive);
    put_int(f, place, "sensitive_under", p->sensitive_under_age);
    put(f, place, "sensitive_law", SEEN_AS_SET, p->sensitive_law);
}

static void put_switches(facts *f, pb_str place, const model_field *field)
{
    put_int(f, place, "type", (int64_t)field->type);
    put_int(f, place, "match", (int64_t)field->match);
    put_int(f, place, "survive", (int64_t)field->survive);
    put_int(f, place, "grade", (int64_t)field->grade);
    put_int(f, place, "many", field->many);
    put_int(f, place, "required", field->required);
    put_int(f, place, "open", field->open_choices);
    put_int(f, place, "log_reads", field->log_reads);
    put_int(f, place, "search", field->search);
    put_int(f, place, "title", field->title);
    put_int(f, place, "history", field->history);
    put_int(f, place, "max_length", (int64_t)field->max_length);
    put_int(f, place, "fresh_days", field->fresh_days);
    put_int(f, place, "stale_after", field->stale_after);
    if (field->retired)
        put_int(f, place, "retired", 1);
    if (field->has_min)
        put_int(f, place, "min", field->min);
    if (field->has_max)
        put_int(f, place, "max", field->max);
    put_int(f, place, "max_is_today", field->max_is_today);
}

static void put_field(facts *f, const model_entity *entity, const model_field *field)
{
    pb_str place = join(f, entity->name, ".", field->name);
    const struct {
        const char *what;
        pb_str value;
    } texts[] = {{"label", field->label},         {"label_en", field->labels.en},
                 {"label_zh", field->labels.zh},  {"label_fa", field->labels.fa},
                 {"help", field->help},           {"role", field->role},
                 {"on_delete", field->on_delete}, {"mask", field->mask},
                 {"portal", field->portal},       {"currency", field->currency},
                 {"country", field->country},     {"history_reason", field->history_reason}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put(f, place, texts[i].what, SEEN_AS_SET, texts[i].value);
    if (field->survive_with != NULL)
        put(f, place, "survive_with", SEEN_AS_SET, field->survive_with->name);
    if (field->survive_verified != NULL)
        put(f, place, "survive_verified", SEEN_AS_SET, field->survive_verified->name);
    if (field->target != NULL)
        put(f, place, "to", SEEN_AS_SET, field->target->name);
    if (field->required_when != NULL)
        put(f, place, "required_when", SEEN_AS_SET, model_expr_text(field->required_when));
    put_switches(f, place, field);
    put_choices(f, place, field);
    put_personal(f, place, &field->personal);
    put_set(f, place, "import", field->import);
    put_set(f, place, "read", field->readers);
    put_set(f, place, "write", field->writers);
}

static void put_convert_values(facts *f, pb_str place, const model_convert_value *values,
                               size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const model_convert_value *value = &values[i];
        pb_str to = join(f, place, ".", value->to->name);
        put(f, to, "text", SEEN_AS_SET, value->text);
        if (value->itself)
            put_int(f, to, "itself", 1);
        for (size_t k = 0; k < value->from_count; k++)
            put(f, to, "from", (long)k, value->from[k]->name);
    }
}

static void put_convert(facts *f, pb_str place, const model_convert *convert)
{
    for (size_t i = 0; i < convert->step_count; i++) {
        const model_convert_step *step = &convert->steps[i];
        pb_str to = join(f, place, ">", step->entity->name);
        put_int(f, to, "order", (int64_t)i);
        put_int(f, to, "optional", step->optional);
        if (step->link != NULL)
            put(f, to, "link", SEEN_AS_SET, step->link->name);
        if (step->needs != NULL)
            put(f, to, "needs", SEEN_AS_SET, step->needs->name);
        put_convert_values(f, to, step->values, step->count);
    }
    put_convert_values(f, join(f, place, ">", PB_STR("")), convert->values, convert->count);
    for (size_t i = 0; i < convert->follow_count; i++) {
        const model_convert_follow *follow = &convert->follows[i];
        pb_str from = join(f, place, "<", follow->field->entity->name);
        put(f, join(f, from, ".", follow->field->name), "leads", SEEN_AS_SET,
            convert->steps[follow->step].entity->name);
    }
}

static void put_entity(facts *f, const model_entity *entity)
{
    pb_str place = entity->name;
    put(f, place, "label", SEEN_AS_SET, entity->label);
    put(f, place, "plural", SEEN_AS_SET, entity->plural);
    put(f, place, "label_en", SEEN_AS_SET, entity->labels.en);
    put(f, place, "label_zh", SEEN_AS_SET, entity->labels.zh);
    put(f, place, "label_fa", SEEN_AS_SET, entity->labels.fa);
    put_int(f, place, "personal", entity->personal);
    put(f, place, "retention_after", SEEN_AS_SET, entity->retention_after);
    put(f, place, "retention_then", SEEN_AS_SET, entity->retention_then);
    put(f, place, "retention_basis", SEEN_AS_SET, entity->retention_basis);
    put_int(f, place, "retention_days", entity->retention_days);
    put_int(f, place, "review_days", entity->review_days);
    put_int(f, place, "remind_before_days", entity->remind_before_days);
    if (entity->retired)
        put_int(f, place, "retired", 1);
    if (entity->access_as != NULL)
        put(f, place, "access_as", SEEN_AS_SET, entity->access_as->name);
    put_set(f, place, "import", entity->import);
    put_set(f, place, "source_id", entity->source_id);
    put_set(f, place, "block", entity->duplicate_blocks);
    if (entity->duplicate_find != MODEL_DUPLICATE_FIND)
        put_int(f, place, "duplicate_find", (int64_t)(entity->duplicate_find * 1e6));
    if (entity->duplicate_warn != MODEL_DUPLICATE_WARN)
        put_int(f, place, "duplicate_warn", (int64_t)(entity->duplicate_warn * 1e6));
    if (entity->duplicate_refuse != MODEL_DUPLICATE_NEVER)
        put_int(f, place, "duplicate_refuse", (int64_t)(entity->duplicate_refuse * 1e6));
    put_list(f, place, "key", entity->key);
    put_set(f, place, "lists", entity->lists);
    put_list(f, place, "columns", entity->columns);
    put_list(f, place, "source_rank", entity->source_rank);
    if (entity->convert != NULL)
        put_convert(f, place, entity->convert);
    for (size_t i = 0; i < entity->field_count; i++)
        put_field(f, entity, &entity->fields[i]);
    for (size_t i = 0; i < entity->rule_count; i++) {
        const model_rule *rule = &entity->rules[i];
        pb_str rule_place = join(f, place, "!", rule->name);
        put_int(f, rule_place, "grade", (int64_t)rule->grade);
        put(f, rule_place, "check", SEEN_AS_SET, model_expr_text(rule->check));
        put(f, rule_place, "says", SEEN_AS_SET, rule->says);
    }
}

static int by_bytes(const void *a, const void *b)
{
    return pb_str_cmp(*(const pb_str *)a, *(const pb_str *)b);
}

static bool digest(const facts *f, uint8_t ret_hash[32])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned size = 0;
    bool good = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
    for (size_t i = 0; good && i < f->count; i++)
        good = EVP_DigestUpdate(context, f->lines[i].ptr, f->lines[i].len) == 1;
    good = good && EVP_DigestFinal_ex(context, ret_hash, &size) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

pb_status schema_hash(schema_builder *b)
{
    PB_AUTO_ARENA scratch = pb_arena_new(0);
    if (scratch == NULL)
        return pb_fail_memory(b->err);
    facts f = {.arena = scratch};
    for (size_t i = 0; i < b->schema->entity_count; i++)
        put_entity(&f, &b->schema->entities[i]);
    if (f.failed)
        return pb_fail_memory(b->err);
    if (f.count > 0)
        qsort(f.lines, f.count, sizeof *f.lines, by_bytes);
    return digest(&f, b->schema->hash) ? PB_OK : pb_fail_memory(b->err);
}
