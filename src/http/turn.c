/* The workspace as it is now, for all that is done in one go (service/turns.h). */
#include "server.h"

#include "service/turns.h"

const service_turn *http_turn_take(const http_server *server, bool may_wait, http_options *ret)
{
    const http_options *options = server->options;
    pb_error why = {0};
    *ret = *options;
    if (options->turns == NULL)
        return NULL;
    const service_turn *turn = service_turn_take(options->turns, may_wait, &why);
    if (why.status != PB_OK)
        http_log_error("model.not.renewed", &why);
    ret->service = turn->service;
    ret->workspace = turn->workspace;
    ret->desk = turn->desk;
    return turn;
}

void http_turn_release(const http_server *server, const service_turn *turn)
{
    if (turn != NULL)
        service_turn_release(server->options->turns, turn);
}
