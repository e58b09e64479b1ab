/* A program that asks for itself, by keys. */
#ifndef TESTS_HTTP_ROBOT_H
#define TESTS_HTTP_ROBOT_H

#include "asking.h"

/** Adds the user “robot”, who may read, and gives what a key of it says first. */
static inline pb_status robot_add(db_session *session, const server *s, identity_key_wish *ret_wish,
                                  pb_error *err)
{
    const identity_call call = {.actor = world_actor(), .now_us = s->w.now_us};
    const identity_user user = {.name = PB_STR("robot"),
                                .shown = PB_STR("Robot"),
                                .language = PB_STR("en"),
                                .until_us = IDENTITY_OPEN};
    *ret_wish = (identity_key_wish){.label = PB_STR("sync"), .expires_us = IDENTITY_OPEN};
    PB_TRY(identity_user_add(session, &call, &user, &ret_wish->user, err));
    return identity_role_give(session, &call, ret_wish->user, s->roles[READER], 0, IDENTITY_OPEN,
                              err);
}

/** A key of it: for everything with scopes absent. */
static inline pb_status robot_key(db_session *session, const server *s,
                                  const identity_key_wish *wish, char ret_text[IDENTITY_KEY_TEXT],
                                  pb_error *err)
{
    int64_t n = 0;
    const identity_visit visit = {.actor = world_actor(), .now_us = s->w.now_us};
    return identity_key_make(session, &visit, wish, ret_text, &n, err);
}

#endif
