/* Everything that can be asked for over HTTP: a new set of operations is a line in each list. */
#include "jobs/jobs.h"
#include "mail/mail.h"
#include "matters/matters.h"
#include "model/model.h"
#include "openapi/openapi.h"
#include "operations/operations.h"
#include "oversight/oversight.h"
#include "pages.h"
#include "people/people.h"
#include "rights/rights.h"
#include "screens/screens.h"
#include "signin/signin.h"
#include "taking/taking.h"

/* One on each line, so that sets that are added at the same time do not meet. */
/* clang-format off */
const http_route *const http_tables[] = {
    http_pages,
    http_web,
    http_openapi_routes,
    http_signin_routes,
    http_people_routes,
    http_job_routes,
    http_taking_routes,
    http_rights_routes,
    http_model_routes,
    http_op_routes,
    http_matters_routes,
    http_conversions_routes,
    http_oversight_routes,
    http_plans_routes,
    http_thresholds_routes,
    http_screens_routes,
    http_mail_routes,
    http_feedback_routes,
    NULL,
};

const http_description *const http_descriptions[] = {
    &http_pages_description,
    &http_web_description,
    &http_openapi_description,
    &http_signin_description,
    &http_people_description,
    &http_rights_description,
    &http_model_description,
    &http_op_description,
    &http_matters_description,
    &http_conversions_description,
    &http_oversight_description,
    &http_plans_description,
    &http_thresholds_description,
    &http_screens_description,
    &http_mail_description,
    &http_feedback_description,
    &http_job_description,
    &http_taking_description,
    NULL,
};
/* clang-format on */
