/* The one entrance of probity-pdf.so, which holds report_pdf and the libraries that set text. */
#include "base/shape.h"
#include "report/report.h"

/* Called by name, through sys_module_find. */
__attribute__((visibility("default"))) const char *probity_shape(void);
__attribute__((visibility("default"))) pb_status
probity_pdf(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err);

pb_status probity_pdf(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err)
{
    return report_pdf(report, locale, out, err);
}

const char *probity_shape(void)
{
    return pb_shape();
}
