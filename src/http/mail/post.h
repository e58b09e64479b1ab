/* The thread that sends mail while the server runs. */
#ifndef HTTP_POST_H
#define HTTP_POST_H

#include "../server.h"

/** Sends what is due when it is, and looks once an hour for whom to remind. */
pb_status http_post_start(http_server *server, http_post **ret_post, pb_error *err);
/** There is another message, or mail is set up otherwise. Takes NULL. */
void http_post_wake(http_post *post);
/** Asks it to end; a letter that is on its way is given up and tried again later. Takes NULL. */
void http_post_end(http_post *post);
/** Waits for its end. Takes NULL, returns NULL. */
http_post *http_post_stop(http_post *post);

#endif
