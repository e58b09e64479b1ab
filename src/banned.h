/* Functions that must not be used: each one is a compile error. Included before every source file.
 * Instead of: strcpy, strcat, sprintf – pb_buf; strtok – pb_str_split; gmtime, localtime, ctime –
 * base/time.h; atoi, strtod – pb_str_to_i64, pb_str_to_double; gets – never; system, popen –
 * sys/process.h. */
#ifndef BANNED_H
#define BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if __has_include(<mysql.h>)
#include <mysql.h> /* where it is used: its macros name functions that are banned below */
#endif
#if __has_include(<glib.h>)
#include <glib.h> /* names alloca itself; only who may use pango has it in sight */
#endif

#undef alloca /* glibc has it as a macro, too */
#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets gmtime localtime ctime asctime
#pragma GCC poison atoi atol atof
#pragma GCC poison strtod tmpnam tempnam mktemp system popen alloca

#endif
