#pragma once

/// The files of scripts/cron as the build found them, with `@CTT_COMMAND@` for the words that start ctt.
namespace ctt::cmd::timer_texts {

extern const char* const crontab;
extern const char* const account;
extern const char* const timer;
extern const char* const system_cycle;
extern const char* const system_notify;
extern const char* const system_trade;
extern const char* const system_serve_ws;
extern const char* const user_cycle;
extern const char* const user_notify;
extern const char* const user_trade;
extern const char* const user_serve_ws;

}  // namespace ctt::cmd::timer_texts
