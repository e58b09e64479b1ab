/* The files built into the program: declarations and translations. */
#ifndef APP_ASSETS_H
#define APP_ASSETS_H

#include "service/service.h"

extern const service_asset app_assets[];
extern const size_t app_asset_count;

#endif
