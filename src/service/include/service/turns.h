/* A served workspace whose model may change while it is served: whoever asks takes a turn, which is
 * the workspace as it was opened with the model of that moment, and keeps it to the end of what he
 * does. When the model changes, here or by another process, a new turn begins: the workspace is
 * opened once more beside the old one, which is closed when the last who took it is done.
 *
 * Threads: any number at once.
 */
#ifndef SERVICE_TURNS_H
#define SERVICE_TURNS_H

#include "service/serving.h"
#include "service/signin.h"

typedef struct service_turns service_turns;

/** What belongs together for as long as the turn is held. */
typedef struct service_turn {
    service_core *service;
    db_workspace *workspace;
    service_desk *desk;
} service_turn;

/** How the workspace is opened again; texts live as long as the turns. Its key is not asked for:
 * the workspace that is open has it. */
typedef struct service_turns_options {
    const char *url;
    const char *password_file;
    service_serving serving;
    service_desk_options desk;
} service_turns_options;

/** The first turn is the workspace as it is open, shared as service_share does, which is closed
 * with the turns and not before; `service` outlives them. */
pb_status service_turns_open(service_core *service, db_workspace *workspace,
                             const service_turns_options *options, service_turns **ret_turns,
                             pb_error *err);
/** When nobody holds a turn any more. Takes NULL, returns NULL. */
service_turns *service_turns_close(service_turns *turns);
/** The turn of now. With `may_wait` it is looked after once a second whether another process
 * changed the model, and a new turn is begun where one is due: some 0.1 s for whoever comes then.
 * What goes wrong with that is put into `why` (may be NULL); the turn is then the one before. */
const service_turn *service_turn_take(service_turns *turns, bool may_wait, pb_error *why);
void service_turn_release(service_turns *turns, const service_turn *turn);
/** Begins a new turn if the model changed, so that whoever takes one next has it. */
pb_status service_turns_renew(service_turns *turns, pb_error *err);

#endif
