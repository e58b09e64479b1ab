/* A schema under construction: what the steps of loading hand to each other.
 *
 * Order of the steps: collect (which entities, in which order) → fields → entity attributes →
 * resolve (everything that refers to something else) → hash.
 */
#ifndef MODEL_SCHEMA_BUILD_H
#define MODEL_SCHEMA_BUILD_H

#include "model/schema.h"
#include "model/yaml.h"

enum {
    SCHEMA_ENTITIES_MAX = 200,
    SCHEMA_FIELDS_MAX = 400,
    SCHEMA_CHOICES_MAX = 500,
    SCHEMA_RULES_MAX = 200,
    SCHEMA_TEXT_MAX = 2000
};

/* What of a field's declaration is looked at again once all entities are known. */
typedef struct schema_declared {
    const model_yaml *name;                                /* the field's key */
    const model_yaml *role, *to, *when, *country, *import; /* NULL: not declared */
    const model_yaml *survive, *with, *verified;
} schema_declared;

/* One entity under construction. */
typedef struct schema_draft {
    pb_str name;
    const model_yaml *name_node;
    const model_yaml **documents; /* its own first, then those that extend it */
    size_t document_count, document_capacity;
    model_entity *entity;
    schema_declared *declared; /* beside entity->fields */
    int visit;                 /* while ordering */
} schema_draft;

typedef struct schema_builder {
    pb_arena *arena;   /* of the schema */
    pb_arena *reading; /* of what nobody needs when it is read: drafts and nodes, not their texts */
    model_schema *schema;
    schema_draft *drafts; /* in the order of schema->entities once collected */
    size_t draft_count, draft_capacity;
    pb_error *err;
} schema_builder;

/* schema_collect.c: which entities there are, and their order */
pb_status schema_collect(schema_builder *b, const model_source *sources, size_t count);
/* schema_field.c, schema_field_parts.c: everything that stands with one field */
pb_status schema_read_fields(schema_builder *b, schema_draft *draft);
pb_status schema_read_type(schema_builder *b, model_field *f, const model_yaml *node);
pb_status schema_read_between(schema_builder *b, model_field *f, const model_yaml *node);
pb_status schema_read_choices(schema_builder *b, model_field *f, const model_yaml *node);
pb_status schema_read_personal(schema_builder *b, model_field *f, const model_yaml *node);
pb_status schema_read_access(schema_builder *b, model_field *f, const model_yaml *node);
pb_status schema_read_history(schema_builder *b, model_field *f, const model_yaml *node);
pb_status schema_read_quality(schema_builder *b, model_field *f, const model_yaml *node);
/* schema_survive.c: which value wins a merge */
pb_status schema_read_survive(schema_builder *b, model_field *f, schema_declared *d,
                              const model_yaml *node);
pb_status schema_resolve_survive(schema_builder *b, schema_draft *draft, model_field *f,
                                 const schema_declared *d);
/* schema_entity.c: everything that stands with the entity */
pb_status schema_read_entity(schema_builder *b, schema_draft *draft);
/* schema_resolve.c: references to other fields and entities */
pb_status schema_resolve(schema_builder *b, schema_draft *draft);
/* schema_rules.c: conditions and rules */
pb_status schema_read_conditions(schema_builder *b, schema_draft *draft);
/* schema_convert.c: what records become */
pb_status schema_read_convert(schema_builder *b, schema_draft *draft);
/* schema_kept.c: what a workspace keeps beside the files, and what is retired */
#define SCHEMA_KEPT_FILE "workspace"
pb_status schema_retire(schema_builder *b, schema_draft *draft);
/* schema_hash.c */
pb_status schema_hash(schema_builder *b);

/* Reads a list (or one text) whose members must all be in `names`. */
pb_status schema_read_words(schema_builder *b, const model_yaml *map, const char *key,
                            const char *const *names, model_strs *ret);
/* Texts shown to people: at most SCHEMA_TEXT_MAX bytes. */
pb_status schema_read_text(schema_builder *b, const model_yaml *map, const char *key, pb_str *ret);
/** `labels: {en: …, zh-CN: …, fa: …}`, where it stands. */
pb_status schema_read_labels(schema_builder *b, const model_yaml *map, model_labels *ret);
/* `more` appended to `list`. */
pb_status schema_append(schema_builder *b, model_strs *list, model_strs more);
/* The field named by `node`'s text, or a failure that proposes the nearest. */
pb_status schema_need_field(schema_builder *b, const model_entity *entity, const model_yaml *node,
                            pb_str name, const model_field **ret_field);

#endif
