/* The one entrance of probity-mail.so, which holds what speaks to mail servers and the library it
 * needs: linked into the program it would cost every start. */
#include "base/shape.h"
#include "mail/send.h"

/* Called by name, through sys_module_find. */
__attribute__((visibility("default"))) const char *probity_shape(void);
__attribute__((visibility("default"))) pb_status probity_mail(const mail_letter *letter,
                                                              mail_answer *answer, pb_error *err);

pb_status probity_mail(const mail_letter *letter, mail_answer *answer, pb_error *err)
{
    return mail_transport_send(letter, answer, err);
}

const char *probity_shape(void)
{
    return pb_shape();
}
