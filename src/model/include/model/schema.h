/* The declared model in memory: what a customer record is, read from YAML (the files of model/ and
 * an administrator's own files), checked, and frozen.
 *
 * Everything else follows from this: tables, forms, import templates, access, erasure, audit
 * checks. Refuses: operating system and SQL (callers hand in bytes; db makes tables). Threads: a
 * schema is immutable once loaded; any thread may read it. All texts belong to the schema.
 */
#ifndef MODEL_SCHEMA_H
#define MODEL_SCHEMA_H

#include "base/arena.h"
#include "base/error.h"
#include "base/value.h"

typedef struct model_schema model_schema;
typedef struct model_entity model_entity;
typedef struct model_field model_field;
typedef struct model_expr model_expr; /* model/expr.h */

/** What a field holds; decides validation, standard form, storage and comparison. */
typedef enum model_type {
    MODEL_TEXT,        /* one line; PB_TEXT */
    MODEL_NOTE,        /* several lines; PB_TEXT */
    MODEL_PERSON_NAME, /* PB_TEXT */
    MODEL_ORG_NAME,    /* PB_TEXT */
    MODEL_EMAIL,       /* PB_TEXT */
    MODEL_PHONE,       /* PB_TEXT, E.164 where the number allows */
    MODEL_URL,         /* PB_TEXT */
    MODEL_ADDRESS,     /* PB_TEXT */
    MODEL_COUNTRY,     /* PB_TEXT, ISO 3166-1 alpha-2 */
    MODEL_POSTCODE,    /* PB_TEXT */
    MODEL_IDENTIFIER,  /* PB_TEXT, opaque code, compared exactly */
    /* PB_TEXT with published rules, in the order of model_id_kind (model/identifiers.h) */
    MODEL_IBAN,
    MODEL_BIC,
    MODEL_CN_RESIDENT_ID,
    MODEL_CN_USCC,
    MODEL_IR_NATIONAL_ID,
    MODEL_IR_LEGAL_ID,
    MODEL_VAT,
    MODEL_LEI,
    MODEL_DUNS,
    MODEL_ISIN,
    MODEL_CARD,
    MODEL_CHOICE,  /* PB_TEXT, one of `choices` (open choices: any, listed ones preferred) */
    MODEL_BOOLEAN, /* PB_INT 0/1 */
    MODEL_INTEGER, /* PB_INT */
    MODEL_DECIMAL, /* PB_REAL */
    MODEL_MONEY,   /* PB_INT minor units; currency in a second column */
    MODEL_DATE,    /* PB_INT days since 1970-01-01 */
    MODEL_INSTANT, /* PB_INT microseconds since 1970-01-01T00:00Z */
    MODEL_LINK,    /* PB_BLOB id of a record of `target`; reference text in a second column */
    MODEL_TYPE_COUNT
} model_type;

/** True for types of identifiers with published rules. */
static inline bool model_type_is_id(model_type type)
{
    return type >= MODEL_IBAN && type <= MODEL_CARD;
}

/** Grade of a rule, a control or a finding. */
typedef enum model_grade { MODEL_DESIRABLE, MODEL_IMPORTANT, MODEL_ESSENTIAL } model_grade;

/** Which value survives a merge. */
typedef enum model_survive {
    MODEL_SURVIVE_NEWEST,
    MODEL_SURVIVE_MOST_COMPLETE,
    MODEL_SURVIVE_VERIFIED_FIRST,
    MODEL_SURVIVE_SOURCE_RANK, /* order of the entity's source_rank */
    MODEL_SURVIVE_LONGEST,
    MODEL_SURVIVE_UNION,     /* many-valued fields and notes: all of them */
    MODEL_SURVIVE_STRICTEST, /* consents: withdrawn beats given; choices: the first listed */
    MODEL_SURVIVE_EARLIEST,
    MODEL_SURVIVE_LATEST
} model_survive;

/** How a field weighs in finding duplicates. */
typedef enum model_match {
    MODEL_MATCH_NONE,
    MODEL_MATCH_EXACT,
    MODEL_MATCH_NAME,
    MODEL_MATCH_ORG,
    MODEL_MATCH_PHONE,
    MODEL_MATCH_EMAIL,
    MODEL_MATCH_DATE,
    MODEL_MATCH_TEXT
} model_match;

/** What is shown in other languages than the label's own: as a workspace says it. */
typedef struct model_labels {
    pb_str en, zh, fa; /* absent: the label, as catalogues translate it */
} model_labels;

typedef struct model_strs {
    pb_str *items;
    size_t count;
} model_strs;

/** One allowed value of a choice: what is stored, its label, other spellings accepted on import. */
typedef struct model_choice {
    pb_str value;
    pb_str label;
    model_strs aliases;
    bool retired; /* records keep it, nothing new is given it */
    pb_str role;  /* meaning the program relies on: `won`, `lost`, `open`, … ; absent: none */
} model_choice;

/** Where a declaration stands, for messages. `file` as given by the caller; line and column from 1.
 */
typedef struct model_place {
    pb_str file;
    int line;
    int column;
} model_place;

/** Personal-data attributes of a field; `declared` false: not personal data. */
typedef struct model_personal {
    bool declared;
    pb_str klass; /* identity, contact, financial, special, … (declare list in model/README) */
    model_strs purposes;
    model_strs basis;
    bool sensitive; /* declared so, or of a class that is: a database server gets it enciphered */
    int sensitive_under_age; /* 0: none */
    pb_str sensitive_law;
} model_personal;

struct model_field {
    pb_str name;  /* also the SQL column; links: column <name>_id and <name>_ref, money: also
                     <name>_currency */
    pb_str label; /* English message id */
    model_labels labels;
    pb_str help; /* may be absent */
    model_entity *entity;
    size_t index; /* position in entity->fields */
    model_type type;
    model_entity *target; /* MODEL_LINK only */
    pb_str on_delete;     /* MODEL_LINK: keep | clear | refuse */
    pb_str role; /* meaning the program relies on: owner, stage, amount, closed_on, created_on,
                    modified_on, last_activity_on, source, … ; absent: none */
    bool many;
    bool required;
    model_expr *required_when; /* NULL: no condition */
    bool has_min, has_max;     /* `between`, numbers and dates, in storage units */
    int64_t min, max;          /* for REAL: compared as integers' doubles */
    bool max_is_today;
    model_choice *choices;
    size_t choice_count;
    bool open_choices;
    bool retired;      /* nothing new is entered there; what it holds stays and is shown */
    size_t max_length; /* code points; 0: the type's own limit */
    model_strs import; /* header aliases in all languages, besides name and label */
    model_personal personal;
    model_match match;
    model_survive survive;               /* where none is declared, by type and role */
    const model_field *survive_with;     /* comes from the same record as that field's value */
    const model_field *survive_verified; /* is set where this field's value was verified */
    int64_t fresh_days;                  /* 0: no limit */
    int64_t stale_after;                 /* quality.stale_after in days; 0: none */
    model_grade grade;                   /* quality.grade */
    pb_str mask; /* how a masked reader sees it; absent: the type's default */
    model_strs readers, writers;
    bool own; /* kept by the workspace, see model_schema_with */
    bool log_reads;
    bool search;  /* part of the entity's search list */
    bool title;   /* part of the entity's title */
    bool history; /* default true */
    pb_str history_reason;
    pb_str portal;   /* absent | show | edit */
    pb_str currency; /* MODEL_MONEY: default ISO 4217 code */
    pb_str country;  /* MODEL_PHONE, MODEL_POSTCODE, MODEL_VAT, MODEL_IBAN: name of the field that
                        holds the country */
    model_place place;
};

/** A cross-field rule of an entity: checked at entry, and by the audit as a control of its own. */
typedef struct model_rule {
    pb_str name;
    model_grade grade;
    model_expr *check;
    pb_str says; /* English message id */
    model_place place;
} model_rule;

/** A value that a record which is made of another gets, or that the other one gets itself. */
typedef struct model_convert_value {
    const model_field *to;
    const model_field **from; /* of the record that is converted: the first that has a value */
    size_t from_count;        /* 0: `text`, unless it is a link to the record itself */
    bool itself;
    pb_str text; /* as people write it; `today`: the day of the conversion */
} model_convert_value;

/** A record that one becomes. */
typedef struct model_convert_step {
    const model_entity *entity;
    const model_field *link;  /* of the record that is converted, to this one; NULL: none */
    const model_field *needs; /* made unasked where this has a value; NULL: always */
    bool optional;            /* made when it is asked for only */
    model_convert_value *values;
    size_t count;
} model_convert_step;

/** A field of the records that link to the one converted, filled where it is empty. */
typedef struct model_convert_follow {
    const model_field *link, *field;
    size_t step; /* what it leads to then */
} model_convert_follow;

/** What records of an entity become when they are converted. */
typedef struct model_convert {
    model_convert_step *steps; /* in the order in which they are made */
    size_t step_count;
    model_convert_value *values; /* that the record itself gets */
    size_t count;
    model_convert_follow *follows;
    size_t follow_count;
} model_convert;

/** How sure a pair must be where nothing is declared: to be called one by a search or an audit, and
 * to be told at entry, which interrupts somebody's work. Both were measured, see doc/linkage.md.
 * MODEL_DUPLICATE_NEVER is above any probability. */
#define MODEL_DUPLICATE_FIND 0.6
#define MODEL_DUPLICATE_WARN 0.9
#define MODEL_DUPLICATE_NEVER 2.0

struct model_entity {
    pb_str name;  /* also the published view; the table is `t_<name>` */
    pb_str label; /* English message ids */
    pb_str plural;
    model_labels labels;
    size_t index;
    bool personal;
    bool retired;            /* no new records; those that are there stay */
    bool own;                /* kept by the workspace, see model_schema_with */
    model_entity *access_as; /* what roles say of that entity holds for this one, too; NULL: none */
    model_field *fields;
    size_t field_count;
    model_strs import;    /* file-name and sheet aliases, besides name and plural */
    model_strs source_id; /* headers that hold the source's own id of the record, besides `id`,
                             `<name>_id` and the like */
    pb_str retention_after, retention_then, retention_basis;
    int64_t retention_days; /* 0: not declared */
    int64_t review_days;    /* freshness.review; 0: none */
    int64_t remind_before_days;
    model_strs duplicate_blocks; /* duplicates.block: "field" or "field+field" */
    double duplicate_find;   /* duplicates.find: how sure a pair must be that a search or an audit
                                calls one, 0.5 to 1 */
    double duplicate_warn;   /* duplicates.warn: how sure a likely duplicate must be to be told at
                                entry, 0.5 to 1; above 1: never */
    double duplicate_refuse; /* duplicates.refuse: the same, to be refused */
    model_strs key;          /* fields that name a record to people and to other files, in order:
                                links are resolved by them */
    model_strs lists;        /* what lists are chosen and sorted by: "owner+changed_at"; an index
                                each */
    model_strs columns;      /* fields that lists show until their reader chooses, in order; none:
                                what the kinds of the fields suggest */
    model_strs source_rank;  /* beginnings of the names of sources, the best first; `entered`: made
                                by hand */
    model_rule *rules;
    size_t rule_count;
    const model_convert *convert; /* NULL: its records are not converted */
    model_place place;
    struct pb_map *by_name; /* private: behind model_field_find */
};

struct model_schema {
    model_entity *entities; /* in order of dependency: link targets first where there is no cycle */
    size_t entity_count;
    uint8_t hash[32]; /* SHA-256 of the canonical form of all declarations */
    pb_arena *arena;
    /* private: */
    const struct model_source *sources; /* own copies of what it was read from */
    size_t source_count;
    struct model_schema *base; /* what it was made of by model_schema_with; NULL: files alone */
    unsigned references;       /* counted atomically */
};

/** One source text of declarations. */
typedef struct model_source {
    pb_str name; /* shown in messages: a path */
    pb_str text; /* YAML, UTF-8 */
} model_source;

/** Reads and checks declarations; later sources may add entities and, with `extend: ENTITY`, fields
 * and rules to earlier ones. The first mistake is returned as PB_INVALID with file, line, column
 * and the mend. Owner of `*ret_schema`: the caller (model_schema_free). */
pb_status model_schema_load(const model_source *sources, size_t count, model_schema **ret_schema,
                            pb_error *err);
/** Lets go of it; the last who does ends it. Takes NULL, returns NULL. */
model_schema *model_schema_free(model_schema *schema);
/** For one more owner, who ends with model_schema_free. */
model_schema *model_schema_hold(const model_schema *schema);

/** A declaration that a workspace keeps beside the files: what is said of one entity, or of one
 * field of it, as a JSON object of the keys that files use. */
typedef struct model_kept {
    pb_str entity;
    pb_str field; /* absent: of the entity itself */
    pb_str body;
} model_kept;

/** What the names of entities and of fields added to declared entities begin with: no declaration
 * of the program ever does, so that a newer one has none of them. */
#define MODEL_OWN PB_STR("x_")
/** The schema of the files of `base` and of what a workspace keeps, of each entity and field once;
 * what `base` itself was made of besides files counts for nothing. Mistakes name the file
 * `workspace`. Owner of `*ret_schema`: the caller. */
pb_status model_schema_with(const model_schema *base, const model_kept *items, size_t count,
                            model_schema **ret_schema, pb_error *err);
/** Whether it is made of files alone. */
bool model_schema_plain(const model_schema *schema);
/** NULL when there is none. O(1)–O(log n). */
const model_entity *model_entity_find(const model_schema *schema, pb_str name);
const model_field *model_field_find(const model_entity *entity, pb_str name);
/** Whether what is at this choice has come to an end (its role: done, cancelled, closed, won,
 * lost): nobody has to look after it any more. */
bool model_choice_over(const model_choice *choice);

/** First field with that `role:`, or NULL. */
const model_field *model_field_role(const model_entity *entity, const char *role);
/** The text of a language (en, zh-CN, fa), absent where there is none. */
pb_str model_label_in(const model_labels *labels, const char *language);
/** Choice by stored value, or NULL. */
const model_choice *model_choice_find(const model_field *field, pb_str value);

/** Calls `each` for every text of the declarations that is shown to people (labels, helps, labels
 * of choices, what rules say), the ones made from names included: the ids that catalogues
 * translate. */
typedef void (*model_text_each)(void *context, pb_str id, model_place place);
void model_schema_texts(const model_schema *schema, model_text_each each, void *context);

/** The words for classes of personal data, and for people who read and write (`access:`), ended by
 * NULL. */
const char *const *model_personal_classes(void);
const char *const *model_duties(void);
/** The word of declarations: `person_name`, `money`, … */
const char *model_type_name(model_type type);
const char *model_grade_name(model_grade grade);
bool model_grade_parse(pb_str s, model_grade *ret);
/** What a field of this type is stored as. */
pb_kind model_type_kind(model_type type);

#endif
