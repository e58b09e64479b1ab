/* Signing in and out: what each operation takes and answers. */
#include "signin.h"

static const http_about operations[] = {
    {"signIn", NULL, NULL, "SignInPassword", "SignIn", "200 400 401 403 429", NULL},
    {"signInByCode", NULL, NULL, "SignInSecond", "SignIn", "200 400 401 403 429", NULL},
    {"signInByRecovery", NULL, NULL, "SignInSecond", "SignIn", "200 400 401 403 429", NULL},
    {"beginFactor", NULL, NULL, "SignInTicket", "Factor", "200 400 401 422", NULL},
    {"askPasskey", NULL, NULL, NULL, "PasskeyQuestion", "200 400 422", NULL},
    {"signInByPasskey", NULL, NULL, "SignInPasskey", "SignIn", "200 400 401 403 429", NULL},
    {"signInByNewFactor", NULL, NULL, "SignInNewFactor", "SignIn", "200 400 401 403 429", NULL},
    {"enrol", NULL, NULL, "Enrolment", "SignIn", "200 400 401 403 422 429", NULL},
    {"prove", NULL, NULL, "Proof", "SignIn", "200 400 401 403 422 429", NULL},
    {"signOut", NULL, NULL, NULL, NULL, "204 400 401 403 422", NULL},
    {"readMe", NULL, NULL, NULL, "Me", "200 400 401", NULL},
    {"listSessions", NULL, NULL, NULL, "Sessions", "200 400 401 403", NULL},
    {"endSession", NULL, NULL, NULL, NULL, "204 400 401 403 404", NULL},
    {"endOtherSessions", NULL, NULL, NULL, "Ended", "200 400 401 403", NULL},
    {"listKnownBrowsers", NULL, NULL, NULL, "KnownBrowsers", "200 400 401 403", NULL},
    {"endKnownBrowsers", NULL, NULL, NULL, "Ended", "200 400 401 403", NULL},
    {"endKnownBrowser", NULL, NULL, NULL, NULL, "204 400 401 403 404", NULL},
    {"changePassword", NULL, NULL, "NewPassword", NULL, "204 400 401 403 422", NULL},
    {"listCredentials", NULL, NULL, NULL, "Credentials", "200 400 401 403", NULL},
    {"beginCredential", NULL, NULL, "CredentialKind", "Factor", "200 400 401 403 422", NULL},
    {"addCredential", NULL, NULL, "NewCredential", NULL, "204 400 401 403 409", NULL},
    {"endCredential", "end_others", NULL, NULL, NULL, "204 400 401 403 404 409", NULL},
    {"makeRecoveryCodes", NULL, NULL, NULL, "RecoveryCodes", "201 400 401 403", NULL},
    {"listKeys", NULL, NULL, NULL, "Credentials", "200 400 401 403", NULL},
    {"makeKey", NULL, NULL, "KeyNew", "KeyMade", "201 400 401 403 422", NULL},
    {"endKey", NULL, NULL, NULL, NULL, "204 400 401 403 404", NULL},
    {"makeToken", NULL, NULL, "TokenForm", "Token", "200 400 401 429", "TokenRefused"},
    {0},
};

static const http_parameter parameters[] = {
    {"end_others", PB_MSG("Whether one's other sessions end with it"), "boolean", NULL, false},
    {0},
};

static const http_schema schemas[] = {
    {"SignIn", "step=signed_in|needs_second|needs_enrol name?:string session?:integer "
               "second_factor?:boolean token?:string device?:string ticket?:string totp?:boolean "
               "recovery?:boolean passkey?:PasskeyAsked"},
    {"SignInPassword", "name:string password:password cookie?:boolean? device?:string?"},
    {"SignInSecond", "ticket:string code:string cookie?:boolean? device?:string?"},
    {"SignInTicket", "ticket:string kind?=totp|passkey?"},
    {"SignInPasskey", "ticket:string passkey:Passkey cookie?:boolean? device?:string?"},
    {"PasskeyQuestion", "ticket:string passkey:PasskeyAsked"},
    {"PasskeyAsked", "challenge:string rpId:string timeout:integer allowCredentials:[PasskeyId] "
                     "userVerification=required|preferred"},
    {"PasskeyId", "type=public-key id:string"},
    {"PasskeyWanted", "rp:PasskeySite user:PasskeyUser challenge:string "
                      "pubKeyCredParams:[PasskeyAlgorithm] timeout:integer "
                      "excludeCredentials:[PasskeyId] authenticatorSelection:PasskeyChoice "
                      "attestation=none"},
    {"PasskeySite", "id:string name:string"},
    {"PasskeyUser", "id:string name:string displayName:string"},
    {"PasskeyAlgorithm", "type=public-key alg:integer"},
    {"PasskeyChoice", "residentKey=preferred userVerification=preferred"},
    /* Of browsers, which add members as their standard grows. */
    {"Passkey",
     "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},\"response\":{\"type\":"
     "\"object\",\"properties\":{\"clientDataJSON\":{\"type\":\"string\"},\"attestationObject\":{"
     "\"type\":\"string\"},\"authenticatorData\":{\"type\":\"string\"},\"signature\":{\"type\":"
     "\"string\"},\"userHandle\":{\"type\":[\"string\",\"null\"]}},\"required\":["
     "\"clientDataJSON\"]}},\"required\":[\"response\"]}"},
    {"SignInNewFactor",
     "ticket:string begun:string code?:string? passkey?:Passkey label?:string? cookie?:boolean? "
     "device?:string?"},
    {"Enrolment", "name:string code:string password:password cookie?:boolean? device?:string?"},
    {"Proof", "password?:password? code?:string? ticket?:string? passkey?:Passkey"},
    {"Factor", "begun:string address?:string passkey?:PasskeyWanted"},
    {"CredentialKind", "kind?=totp|passkey?"},
    {"NewCredential",
     "begun:string code?:string? passkey?:Passkey label?:string? end_others?:boolean?"},
    {"NewPassword", "password:password end_others?:boolean?"},
    {"RecoveryCodes", "codes:[string]"},
    {"Me", "name:string user:string? staff:string? contact:string? read_only:boolean "
           "second_factor:boolean proved_lately:boolean scopes:string? session?:integer "
           "until?:date-time"},
    {"Sessions", "sessions:[Session]"},
    {"Session",
     "session:integer address:string? device:string? second_factor:boolean program:boolean "
     "current:boolean from:date-time seen:date-time until:date-time"},
    {"KnownBrowsers", "browsers:[KnownBrowser]"},
    {"KnownBrowser", "browser:integer address:string? device:string? current:boolean "
                     "from:date-time seen:date-time until:date-time"},
    {"TokenForm", "grant_type=client_credentials client_id?:string client_secret?:password "
                  "scope?:string"},
    {"Token", "access_token:string token_type:string expires_in:integer scope?:string"},
    {"TokenRefused", "error:string"},
    {0},
};

const http_description http_signin_description = {"signing-in", operations, parameters, schemas,
                                                  NULL};
