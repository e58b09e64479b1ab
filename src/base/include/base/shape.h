/* Whether two pieces of the program were built of the same declarations. */
#ifndef BASE_SHAPE_H
#define BASE_SHAPE_H

/** All headers of src/ as a hash of 64 hexadecimal digits (SHA-256; tools/shape.py). A part that is
 * loaded later shares structures with the program only where both say the same. Lives as long as
 * the code it is in. Threads: any. */
const char *pb_shape(void);

#endif
