#pragma once

#include <memory>
#include <utility>

namespace ctt::environment {

/// An object of some class derived from `Base`, as a value: a copy is an object of its own.
/// A moved-from one may only be assigned to or destroyed. (C++26 has std::polymorphic.)
template <class Base>
class Polymorphic {
 public:
  template <class Derived>
  static Polymorphic of(Derived object) {
    Polymorphic out;
    out.object_ = std::make_unique<Derived>(std::move(object));
    out.copy_ = [](const Base& other) -> std::unique_ptr<Base> {
      return std::make_unique<Derived>(static_cast<const Derived&>(other));
    };
    return out;
  }

  Polymorphic(const Polymorphic& other) : object_(other.copy_(*other.object_)), copy_(other.copy_) {}
  Polymorphic(Polymorphic&&) noexcept = default;
  Polymorphic& operator=(Polymorphic other) noexcept {
    std::swap(object_, other.object_);
    std::swap(copy_, other.copy_);
    return *this;
  }
  ~Polymorphic() = default;

  Base* operator->() { return object_.get(); }
  const Base* operator->() const { return object_.get(); }

 private:
  Polymorphic() = default;

  std::unique_ptr<Base> object_;
  std::unique_ptr<Base> (*copy_)(const Base&) = nullptr;
};

}  // namespace ctt::environment
