/* The fixed vocabulary of declarations: names that are refused, and what may stand where. All lists
 * end with NULL and are explained in README.md. */
#ifndef MODEL_SCHEMA_WORDS_H
#define MODEL_SCHEMA_WORDS_H

#include "model/yaml.h"

extern const char *const schema_types[];          /* order of model_type */
extern const char *const schema_matches[];        /* order of model_match */
extern const char *const schema_survives[];       /* order of model_survive */
extern const char *const schema_on_deletes[];     /* keep, clear, refuse */
extern const char *const schema_portals[];        /* show, edit */
extern const char *const schema_retention_ends[]; /* anonymise, delete, review */
extern const char *const schema_personal_classes[];
extern const char *const schema_purposes[];
extern const char *const schema_bases[];
extern const char *const schema_laws[];
extern const char *const schema_people[]; /* roles of people: who reads and writes */
extern const char *const schema_field_roles[];
extern const char *const schema_choice_roles[];

/** True for the columns every table and view has of itself. */
bool schema_is_system_column(pb_str word);
/** True for names of views and tables that are the program's own. */
bool schema_is_system_view(pb_str word);
/** Fails unless `node` is a name [a-z][a-z0-9_]{0,62} that is no key word; `suffix` is the longest
 * ending a column made of it gets, which must also fit into 63 bytes. */
pb_status schema_check_name(const model_yaml *node, size_t suffix, pb_error *err);
/** Position of `text` in `names`, or -1. */
int schema_word_index(const char *const *names, pb_str text);
/** "year_established" → "Year established", in `arena`; absent without memory. */
pb_str schema_humanise(pb_arena *arena, pb_str name);

#endif
