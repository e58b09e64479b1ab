/* Users and teams, as people and programs read them. */
#ifndef CLI_USER_TEXT_H
#define CLI_USER_TEXT_H

#include "context.h"

#include "service/people.h"

/** A day or a moment of an option: `until`: of a day, its end. Absent: `fallback`. PB_USAGE. */
pb_status user_moment(const cli_context *context, const char *option, bool until, int64_t fallback,
                      int64_t *ret_us, pb_error *err);
/** Who asks from the command line: who holds the workspace's key. The actor and the call live in
 * the context's arena. */
pb_status user_call(cli_context *context, service_people_call *ret_call, pb_error *err);

void user_text(const cli_context *context, const service_person *person, pb_buf *out);
void user_json(const cli_context *context, const service_person *person, pb_json *json);
/** All that was ever said of it. */
void user_story_text(const cli_context *context, const service_person_story *story, pb_buf *out);
void user_story_json(const cli_context *context, const service_person_story *story, pb_json *json);

#endif
