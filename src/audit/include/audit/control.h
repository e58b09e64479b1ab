/* Controls: what an auditor asks, as data (controls/<area>/<id>.yaml), read and checked.
 *
 * Refuses: a control without fixtures, without a grade, with an unknown key: file, line, column, mend.
 * Threads: immutable once loaded.
 */
#ifndef AUDIT_CONTROL_H
#define AUDIT_CONTROL_H

#include "model/schema.h"

/** A check that SQL does not express well; audit/measure.c has one function for each. */
typedef struct audit_measure audit_measure;

typedef struct audit_map {
    pb_str standard;  /* gdpr, pipl, iso27001, … : controls/maps/<standard>.yaml */
    pb_str clause;
} audit_map;

typedef enum audit_case_kind { AUDIT_CASE_PASS, AUDIT_CASE_FAIL, AUDIT_CASE_NOT_APPLICABLE } audit_case_kind;

/** A record of a fixture: raw texts as a source would have them. */
typedef struct audit_fixture_record {
    const model_entity *entity;
    pb_str id; /* the source's own id, absent: none */
    const model_field **fields;
    pb_str *values;
    size_t count;
    model_place place;
} audit_fixture_record;

typedef struct audit_fixture {
    audit_case_kind kind;
    audit_fixture_record *records;
    size_t record_count;
    model_strs expect; /* fail: the source ids of exactly the records that fail */
    pb_str as_of;      /* YYYY-MM-DD; absent: 2025-06-30 */
    model_place place;
} audit_fixture;

typedef struct audit_control {
    pb_str id, area, title;
    model_grade grade;
    model_strs requirements;
    const model_entity *entity;       /* whose records are the population */
    const model_field *field;         /* NULL: the record as a whole, or all fields */
    pb_str criterion, why, cause, effect, remedy; /* English message ids; effect and remedy may use
                                         {failing} {population} {share} {fixable} {amount} */
    pb_str applies_sql;    /* condition that makes the control applicable; absent: always */
    pb_str population_sql; /* condition on the entity's view; absent: all records */
    pb_str fails_sql;      /* SELECT giving failing records; absent when `measure` is set */
    const audit_measure *measure;
    model_strs measure_args;
    bool pass_share;       /* threshold: share failing <= limit, else count failing <= limit */
    double pass_limit;
    model_strs evidence;   /* columns shown as sample */
    pb_str effort_unit;    /* minutes_per_record | minutes_once */
    double effort_minutes;
    audit_fixture *fixtures;
    size_t fixture_count;
    audit_map *maps;
    size_t map_count;
    model_place place;
} audit_control;

typedef struct audit_catalogue {
    audit_control *controls; /* by area, then id */
    size_t count;
    uint8_t hash[32]; /* SHA-256 over the canonical form: version of the rules */
    pb_arena *arena;
} audit_catalogue;

/** Reads and checks controls; a later source with the id of an earlier control replaces it. Each rule of
 * the model becomes a control of its own. Owner: the caller (audit_catalogue_free). */
pb_status audit_catalogue_load(const model_schema *schema, const model_source *sources, size_t count,
                               audit_catalogue **ret_catalogue, pb_error *err);
audit_catalogue *audit_catalogue_free(audit_catalogue *catalogue);
const audit_control *audit_control_find(const audit_catalogue *catalogue, pb_str id);

#endif
