#include "trader/served_model.h"

namespace ctt::trader {

using base::Error;

std::shared_ptr<const ServedPolicy> load_served(const base::Home& home, std::int64_t version,
                                                const std::string& sha256, const policy::Contract* contract) {
  return std::make_shared<const ServedPolicy>(policy::Policy::load(home.model(sha256), sha256, contract),
                                              version);
}

bool is_models_fault(const Error& error) {
  switch (error.failure()) {
    case base::Failure::integrity:
    case base::Failure::not_found:
    case base::Failure::refused:
    case base::Failure::usage:
      return true;
    default:
      return false;
  }
}

}  // namespace ctt::trader
