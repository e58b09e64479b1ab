/* The forms of an audit's report, and audits that are kept with all of them. */
#ifndef SERVICE_FORMS_H
#define SERVICE_FORMS_H

#include "service/audits.h"

/** Words a report in one form into `out`; see report/report.h. */
typedef pb_status (*service_report_maker)(const report_input *report, pb_locale *locale,
                                          pb_buf *out, pb_error *err);
enum { SERVICE_REPORT_FORMS = 5 };
/** In the order they are written. */
extern const struct service_report_form {
    const char *form; /* html, … */
    const char *file;
    const char *type; /* media type */
    service_report_maker make;
} service_report_forms[SERVICE_REPORT_FORMS];

/** Told each form in turn; `bytes` lives as long as the call. */
typedef pb_status (*service_report_each)(void *context, const struct service_report_form *form,
                                         pb_str bytes, pb_error *err);
/** Words a report in every form, one after another. */
pb_status service_report_all(const report_input *report, pb_locale *locale,
                             service_report_each each, void *context, pb_error *err);
/** Keeps what came of an audit of this workspace in it, with its reports. `own`: as of the day of
 * the call, so that the work list goes on from it. One transaction. */
pb_status service_audit_keep(const service_call *call, db_workspace *workspace,
                             const service_audit_result *result, bool own,
                             const report_input *report, pb_locale *locale, int64_t *ret_run,
                             pb_error *err);

#endif
