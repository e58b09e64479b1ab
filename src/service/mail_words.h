/* Messages in words. */
#ifndef SERVICE_MAIL_WORDS_H
#define SERVICE_MAIL_WORDS_H

#include "finding/plan.h"
#include "identity/people.h"
#include "service/mail.h"

/** The address in the record that the user is; absent: there is none. In `arena`. */
pb_status service_mail_address(db_session *session, const identity_user *user, pb_arena *arena,
                               pb_str *ret_address, pb_error *err);
/** Puts a code, and a link with it, into the outbox. PB_INVALID: mail is not set up, or there is no
 * address. Inside db_write. */
pb_status service_mail_enrolment(db_session *session, const service_call *call,
                                 const service_poster *poster, const identity_user *user,
                                 const char *code, int64_t until_us, pb_error *err);
/** What somebody has to do. */
typedef struct service_duties {
    const finding_item *findings;
    const finding_plan *plans;
    size_t finding_count, plan_count;
    int64_t today;
} service_duties;
/** Tells it, each thing with its day; links lead to `site` (empty: there are none). */
void service_mail_reminder(const pb_catalog *words, const service_duties *duties, pb_str site,
                           pb_buf *subject, pb_buf *body);

#endif
