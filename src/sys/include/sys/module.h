/* Parts of the program that are loaded when they are first asked for, because the libraries they
 * need would cost every start.
 *
 * Looked for beside the program and in ../lib/probity from there, nowhere else: never in the
 * working folder, never by the loader's search path. Threads: any. A part stays loaded until the
 * process ends.
 */
#ifndef SYS_MODULE_H
#define SYS_MODULE_H

#include "base/error.h"

/** A function of a part, to be cast to what it is. */
typedef void (*sys_function)(void);

/** Loads `file` (such as “probity-pdf.so”) and finds a function in it. PB_NOT_FOUND when it is not
 * there, PB_UNSUPPORTED with the loader's words when it cannot be loaded, and when it was built of
 * other headers than the program (it gives its pb_shape as `const char *probity_shape(void)`): what
 * they share would not fit. */
pb_status sys_module_find(const char *file, const char *name, sys_function *ret, pb_error *err);

#endif
