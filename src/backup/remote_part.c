/* The one entrance of probity-remote.so, which holds the places that need the network and the
 * libraries they need: linked into the program these would cost every start. */
#include "base/shape.h"
#include "remote.h"

/* Called by name, through sys_module_find. */
__attribute__((visibility("default"))) const char *probity_shape(void);
__attribute__((visibility("default"))) pb_status
probity_remote(const char *place, const backup_kind **ret_kind, void **ret_self, pb_error *err);

pb_status probity_remote(const char *place, const backup_kind **ret_kind, void **ret_self,
                         pb_error *err)
{
    bool s3 = pb_str_starts(pb_str_c(place), PB_STR("s3://"));
    *ret_kind = s3 ? &backup_s3 : &backup_sftp;
    return s3 ? backup_s3_open(place, ret_self, err) : backup_sftp_open(place, ret_self, err);
}

const char *probity_shape(void)
{
    return pb_shape();
}
