/* Outgoing mail over HTTP: its settings, its outbox, a message to try it; and the thread that
 * sends.
 */
#ifndef HTTP_MAIL_H
#define HTTP_MAIL_H

#include "../operations/operations.h"
#include "../server.h"
#include "service/mail.h"

extern const http_route http_mail_routes[];
extern const http_description http_mail_description;

/** Words in the languages of a server, for as long as it runs; `stop` may be NULL. */
service_poster http_mail_poster(const http_server *server, const _Atomic bool *stop);
/** For what is put into the outbox by a request; NULL without memory. In its arena. */
const service_poster *http_mail_poster_of(const http_request *request);

/** There is something new to be sent. */
void http_mail_news(const http_request *request);

/* Handlers, in mail.c. */
pb_status http_mail_read(http_request *request, http_response *response, pb_error *err);
pb_status http_mail_change(http_request *request, http_response *response, pb_error *err);
pb_status http_mail_remove(http_request *request, http_response *response, pb_error *err);
pb_status http_mail_retry(http_request *request, http_response *response, pb_error *err);
pb_status http_mail_drop(http_request *request, http_response *response, pb_error *err);
pb_status http_mail_try(http_request *request, http_response *response, pb_error *err);

#endif
