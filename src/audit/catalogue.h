/* Private to audit: the parts of loading a catalogue. */
#ifndef AUDIT_CATALOGUE_PRIVATE_H
#define AUDIT_CATALOGUE_PRIVATE_H

#include "audit/control.h"
#include "model/yaml.h"

/** One control file as read, before it is unfolded. */
typedef struct loader_control {
    pb_str id;
    const model_yaml *root;
    uint8_t digest[32];
} loader_control;

typedef struct audit_loader {
    pb_arena *arena;
    const model_schema *schema;
    audit_catalogue *catalogue;
    loader_control *files;
    size_t file_count, file_capacity;
    const model_yaml **maps;
    size_t map_count, map_capacity;
    const model_yaml **sets; /* files that change single controls: `set:` */
    size_t set_count, set_capacity;
    uint8_t *digests; /* 32 bytes each, of areas, words and maps */
    size_t digest_count, digest_capacity;
    size_t control_capacity, area_capacity, word_capacity;
} audit_loader;

/** What the macros of a text stand for: one instance of a control. */
typedef struct macro_scope {
    const model_schema *schema;
    const model_entity *entity; /* may be NULL */
    const model_field *field;   /* may be NULL */
} macro_scope;

/** Replaces every `${…}` of `node`'s text; see README, "Names in SQL". `*ret` lives in the arena.
 */
pb_status macro_expand(pb_arena *arena, const macro_scope *scope, const model_yaml *node,
                       pb_str text, pb_str *ret, pb_error *err);
/** The field that `name` means: `field`, `key`, `role:NAME` or a field's name, of `entity` (else
 * the scope's). NULL when there is none. */
const model_field *macro_field(const macro_scope *scope, const model_entity *entity, pb_str name);

/** Where `key` of a control is to be read: in the last `set:` that gives it for this control, else
 * in the control's own file. */
const model_yaml *control_key_source(const audit_loader *loader, const model_yaml *root,
                                     pb_str base, const char *key);
/** Reads a file that changes single controls: `set: {ID: {pass: …, grade: …, effort: …}}`. */
pb_status extras_set(audit_loader *loader, const model_yaml *root, pb_error *err);
/** Refuses a `set:` for a control that is not there. */
pb_status extras_check_sets(const audit_loader *loader, pb_error *err);
/** Unfolds one control file into its instances. */
pb_status control_unfold(audit_loader *loader, const loader_control *file, pb_error *err);
/** Reads everything of one instance but `applies`. */
pb_status control_read(audit_loader *loader, const loader_control *file, const macro_scope *scope,
                       audit_control *control, pb_error *err);
/** Reads `check`, `pass` and `effort`. */
pb_status control_read_check(audit_loader *loader, const model_yaml *root, const macro_scope *scope,
                             audit_control *control, pb_error *err);
/** The query that counts whom a control with `population` is asked of. */
void control_population(const audit_control *control, pb_buf *out);
/** Reads `fixtures`; `wanted` false: checks them, but gives the control none. */
pb_status fixtures_read(audit_loader *loader, const model_yaml *root, bool wanted,
                        audit_control *control, pb_error *err);
/** A control for each rule of the model. */
pb_status extras_rules(audit_loader *loader, pb_error *err);
pb_status extras_areas(audit_loader *loader, const model_yaml *root, pb_error *err);
pb_status extras_words(audit_loader *loader, const model_yaml *root, pb_error *err);
/** Gives the controls their clauses. */
pb_status extras_maps(audit_loader *loader, pb_error *err);
/** Adds a control to the catalogue; PB_MEMORY. */
pb_status catalogue_add(audit_loader *loader, const audit_control *control, pb_error *err);

#endif
