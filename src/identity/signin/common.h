/* The table of common passwords, made by the build from tables/common.txt. */
#ifndef IDENTITY_SIGNIN_COMMON_H
#define IDENTITY_SIGNIN_COMMON_H

#include "base/str.h"

/** Small letters, in order of their bytes. */
extern const pb_str identity_common_passwords[];
extern const size_t identity_common_password_count;

#endif
