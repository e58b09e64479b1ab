/* Private to audit: the built-in measures. Each counts its population and calls check_fail for what
 * fails. */
#ifndef AUDIT_MEASURE_PRIVATE_H
#define AUDIT_MEASURE_PRIVATE_H

#include "run.h"

typedef enum measure_about { ABOUT_FIELD, ABOUT_LINK, ABOUT_ENTITY, ABOUT_SOURCE } measure_about;

/** What a measure needs that costs much, and that all controls of an entity share. In the order in
 * which it is ready; controls that need it come after those that do not. */
typedef enum measure_needs { NEEDS_NOTHING, NEEDS_TWINS, NEEDS_TEXTS, NEEDS_COUNT } measure_needs;

struct audit_measure {
    const char *name;
    measure_about about;
    const char *const *args; /* what its one argument may be; NULL: takes none */
    pb_status (*run)(audit_check *check, pb_error *err);
    measure_needs needs;
};

/** NULL when there is none. */
const audit_measure *measure_find(pb_str name);
/** All names, ended by NULL. */
const char *const *measure_names(void);
/** Why the control cannot use its measure so (a hint), or NULL. */
const char *measure_refuses(const audit_control *control);

/** Finds the duplicates of an entity into `state`. */
pb_status twins_find(audit_work *work, entity_state *state, pb_error *err);
/** Has the duplicates of an entity in `state->exact` and `state->near`. */
pb_status twins_load(audit_work *work, entity_state *state, pb_error *err);
/** Position of the record that the one at `i` repeats, or `i`. */
uint32_t twins_root(uint32_t *parent, uint32_t i);

pb_status measure_completeness(audit_check *check, pb_error *err);
pb_status measure_invalid_values(audit_check *check, pb_error *err);
pb_status measure_not_standard(audit_check *check, pb_error *err);
pb_status measure_orphan_references(audit_check *check, pb_error *err);
pb_status measure_near_equal_names(audit_check *check, pb_error *err);
pb_status measure_misspelt_category(audit_check *check, pb_error *err);
pb_status measure_duplicates(audit_check *check, pb_error *err);
pb_status measure_stale(audit_check *check, pb_error *err);
pb_status measure_never_filled(audit_check *check, pb_error *err);
pb_status measure_forbidden_columns(audit_check *check, pb_error *err);
pb_status measure_forbidden_text(audit_check *check, pb_error *err);
pb_status measure_shared_value(audit_check *check, pb_error *err);
pb_status measure_series(audit_check *check, pb_error *err);
pb_status measure_heaped_dates(audit_check *check, pb_error *err);
pb_status measure_swapped_names(audit_check *check, pb_error *err);
pb_status measure_name_parts(audit_check *check, pb_error *err);
pb_status measure_text_sign(audit_check *check, pb_error *err);
pb_status measure_sample_data(audit_check *check, pb_error *err);
pb_status measure_purpose(audit_check *check, pb_error *err);
pb_status measure_undeclared_columns(audit_check *check, pb_error *err);
pb_status measure_retention(audit_check *check, pb_error *err);
pb_status measure_old_export(audit_check *check, pb_error *err);
pb_status measure_idle_users(audit_check *check, pb_error *err);
pb_status measure_mail_domain(audit_check *check, pb_error *err);
pb_status measure_concentration(audit_check *check, pb_error *err);
pb_status measure_soon_stale(audit_check *check, pb_error *err);
pb_status measure_stale_values(audit_check *check, pb_error *err);
pb_status measure_other_customer(audit_check *check, pb_error *err);
pb_status measure_no_history(audit_check *check, pb_error *err);
pb_status measure_two_employers(audit_check *check, pb_error *err);
pb_status measure_loops(audit_check *check, pb_error *err);
pb_status measure_outliers(audit_check *check, pb_error *err);
pb_status measure_stopped_using(audit_check *check, pb_error *err);
pb_status measure_bulk_entry(audit_check *check, pb_error *err);
pb_status measure_quiet_owners(audit_check *check, pb_error *err);
pb_status measure_other_self(audit_check *check, pb_error *err);
pb_status measure_city_elsewhere(audit_check *check, pb_error *err);
pb_status measure_id_contradicts(audit_check *check, pb_error *err);
pb_status measure_cut_off(audit_check *check, pb_error *err);
pb_status measure_field_history(audit_check *check, pb_error *err);
pb_status measure_backups(audit_check *check, pb_error *err);
pb_status measure_unread_fields(audit_check *check, pb_error *err);

#endif
