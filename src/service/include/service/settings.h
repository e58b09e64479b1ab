/* What is set for the workspace as a whole. Threads: any number of calls at once. */
#ifndef SERVICE_SETTINGS_H
#define SERVICE_SETTINGS_H

#include "service/records.h"

typedef struct service_settings {
    bool purpose; /* personal data is shown to who says what for; customers see their own without,
                     and whoever holds the workspace's key everything */
} service_settings;

/** Both for who may set (settings); a change is an event. */
pb_status service_settings_read(const service_call *call, db_workspace *workspace,
                                service_settings *ret_settings, pb_error *err);
pb_status service_settings_put(const service_call *call, db_workspace *workspace,
                               const service_settings *settings, pb_error *err);

#endif
