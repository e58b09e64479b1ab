/* Controls: what an auditor asks, as data (controls/<area>/<id>.yaml), read and checked.
 *
 * One file, one control. A control may ask its question of every entity or field of a kind
 * (`applies: {each: field, where: {type: email}}`); it is then unfolded over the schema, so that
 * what an administrator declares is audited without a new control. Its instances are called
 * `<id>/<entity>` or `<id>/<entity>.<field>`.
 *
 * Refuses: a control without fixtures, without a grade, with an unknown key, entity, field or
 * column, with SQL that does not prepare: file, line, column, mend.
 * Threads: immutable once loaded.
 */
#ifndef AUDIT_CONTROL_H
#define AUDIT_CONTROL_H

#include "db/read.h"
#include "model/schema.h"

/** A check that SQL does not express well; src/audit/measures/ has one function for each. */
typedef struct audit_measure audit_measure;

typedef struct audit_map {
    pb_str standard; /* gdpr, pipl, iso27001, … : controls/maps/<standard>.yaml */
    pb_str clause;
    pb_str name; /* of the standard, short: GDPR, ISO 27001 */
} audit_map;

/** A part of the audit, as controls/areas.yaml lists them: reports show them in this order. */
typedef struct audit_area {
    pb_str id;
    pb_str title; /* English message id */
} audit_area;

typedef enum audit_case_kind {
    AUDIT_CASE_PASS,
    AUDIT_CASE_FAIL,
    AUDIT_CASE_NOT_APPLICABLE
} audit_case_kind;

/** A record of a fixture: raw texts as a source would have them. */
typedef struct audit_fixture_record {
    const model_entity *entity;
    pb_str id;                  /* the source's own id, absent: none */
    const model_field **fields; /* NULL: a column of the source that no field holds (`columns:`) */
    pb_str *headers;            /* the field's name, or the foreign column's header */
    pb_str *values;             /* absent: empty */
    size_t count;
    model_place place;
} audit_fixture_record;

typedef struct audit_fixture {
    audit_case_kind kind;
    audit_fixture_record *records;
    size_t record_count;
    model_strs expect; /* fail: exactly what fails: ids of records, or for findings about
                          columns their headers */
    model_strs suggest_ids, suggest;  /* suggestions that must be made, by id; may be empty */
    pb_str as_of;                     /* YYYY-MM-DD; absent: 2025-06-30 */
    const struct model_yaml *backups; /* what the workspace remembers of backups; NULL: it is none
                                         of ours */
    const struct model_yaml *jobs;    /* which jobs the workspace keeps; NULL: none */
    const struct model_yaml *reviews; /* which access reviews were begun; NULL: none */
    const struct model_yaml *reads; /* what was read when, by the log of a workspace of ours; NULL:
                                       nothing was */
    model_place place;
} audit_fixture;

typedef struct audit_control {
    pb_str id;   /* of the instance */
    pb_str base; /* of the control it was unfolded from; equal to id when it was not */
    pb_str area;
    pb_str title; /* as criterion: English message id */
    model_grade grade;
    model_strs requirements;
    const model_entity *entity; /* whose records are the population; NULL: the source as a whole */
    const model_field *field;   /* NULL: the record as a whole, or all fields */
    pb_str unit; /* what is counted, English plural message id: the entity's plural unless the
                    control says otherwise ("columns") */
    /* English message ids. All of them may use {entity} (label), {entities} (plural), {field}
     * (label), to be translated; cause, effect and remedy also {failing} {population} {share}
     * {fixable} {amount}. */
    pb_str criterion, why, cause, effect, remedy;
    pb_str problem;        /* what is wrong with one failing record; absent: the measure says */
    pb_str applies_sql;    /* condition that makes the control applicable; absent: always */
    pb_str otherwise;      /* why it does not apply then, or when the population is empty */
    pb_str population_sql; /* condition on the entity's view; absent: all records */
    pb_str fails_sql;      /* SELECT giving failing records; absent when `measure` is set */
    const model_field *value_field; /* what `value` of fails_sql is, to write it; NULL: a text */
    const model_field *other_field; /* the same for `other` */
    const audit_measure *measure;
    model_strs measure_args;
    const model_field **needs; /* fields the source must have columns for */
    size_t need_count;
    const model_field **any_of; /* of these, at least one */
    size_t any_count;
    bool pass_share; /* threshold: share failing <= limit (0…1), else count failing <= limit */
    double pass_limit;
    bool limit_set; /* pass_limit is what the workspace says, since limit_at_us */
    double limit_shipped;
    int64_t limit_at_us;
    pb_str limit_by, limit_why;
    model_strs evidence; /* columns shown as sample */
    pb_str effort_unit;  /* minutes_per_record | minutes_once */
    double effort_minutes;
    bool waivable;
    bool from_rule;          /* made from a rule of the model: has no fixtures */
    audit_fixture *fixtures; /* of an unfolded control: only on the instance its fixtures name */
    size_t fixture_count;
    audit_map *maps;
    size_t map_count;
    model_place place;
} audit_control;

/** Words known to be right in a column of a kind (controls/words/<name>.yaml). */
typedef struct audit_words {
    pb_str name;
    model_strs fields; /* names and roles of fields they belong to */
    model_strs types;  /* types of fields they belong to */
    model_strs items;
} audit_words;

typedef struct audit_catalogue {
    audit_control *controls; /* by area as areas.yaml lists them, then id */
    size_t count;
    audit_area *areas;
    size_t area_count;
    audit_words *words;
    size_t word_count;
    pb_str version;   /* as controls/areas.yaml says; absent: none */
    uint8_t hash[32]; /* SHA-256 over all sources and the schema: version of the rules */
    pb_arena *arena;
} audit_catalogue;

/** Reads and checks controls, areas, word lists and maps: all YAML files below a controls folder,
 * told apart by their first key (`id`, `areas`, `words`, `standard`); waivers are not among them. A
 * later control with the id of an earlier one replaces it. Each rule of the model becomes a control
 * of its own, called `RULE-<entity>-<name>`. The schema must outlive the catalogue. Owner: the
 * caller. */
pb_status audit_catalogue_load(const model_schema *schema, const model_source *sources,
                               size_t count, audit_catalogue **ret_catalogue, pb_error *err);
/** What tells one set of rules from another. */
typedef struct audit_rules {
    pb_str version;
    uint8_t hash[32];
} audit_rules;
/** What audit_catalogue_load would say of the same sources, without reading the controls: for
 * sources known to be sound that name every control once, such as those built in. Costs one SHA-256
 * of their texts. Texts live in `arena`. */
pb_status audit_catalogue_identify(const model_schema *schema, const model_source *sources,
                                   size_t count, pb_arena *arena, audit_rules *ret_rules,
                                   pb_error *err);
audit_catalogue *audit_catalogue_free(audit_catalogue *catalogue);
/** By the id of an instance. NULL when there is none. */
const audit_control *audit_control_find(const audit_catalogue *catalogue, pb_str id);
/** Prepares every SQL text of the catalogue in `session`, which runs nothing: the first that the
 * engine refuses is PB_INVALID with the control's place and the engine's words. */
pb_status audit_catalogue_check(db_session *session, const audit_catalogue *catalogue,
                                pb_error *err);
/** Name of the built-in measure, absent for a control by SQL. */
pb_str audit_control_measure(const audit_control *control);

#endif
