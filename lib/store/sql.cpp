#include "store/sql.h"

#include <limits>

#include "base/json.h"

namespace ctt::store {

Query::~Query() { connection_.give_back(sql_, std::move(statement_)); }

void Query::prepare() {
  guarded(connection_.file, [&] { statement_ = connection_.take(sql_); });
}

void Query::rewind() { statement_->tryReset(); }

bool Query::next() {
  column_ = 0;
  return guarded(connection_.file, [&] { return statement_->executeStep(); });
}

int Query::run() {
  return guarded(connection_.file, [&] { return statement_->exec(); });
}

void Query::put(int index, std::nullptr_t) {
  guarded(connection_.file, [&] { statement_->bind(index); });
}

void Query::put(int index, std::int64_t number) {
  guarded(connection_.file, [&] { statement_->bind(index, number); });
}

void Query::put(int index, double number) {
  guarded(connection_.file, [&] { statement_->bind(index, number); });
}

void Query::put(int index, std::string_view text) {
  guarded(connection_.file, [&] { statement_->bind(index, std::string(text)); });
}

void Query::put(int index, const std::vector<std::string>& texts) {
  base::JsonWriter json;
  json.value(texts);
  put(index, json.text());
}

bool Query::null() {
  if (!statement_->isColumnNull(column_)) return false;
  ++column_;
  return true;
}

void Query::read(std::int64_t& number) { number = statement_->getColumn(column_++).getInt64(); }

void Query::read(double& number) {
  number = null() ? std::numeric_limits<double>::quiet_NaN() : statement_->getColumn(column_++).getDouble();
}

void Query::read(std::string& text) { text = statement_->getColumn(column_++).getString(); }

void Query::read(std::vector<std::string>& texts) {
  texts.clear();
  for (const auto& item : base::JsonValue::parse(get<std::string>(), connection_.file.string()).as_array()) {
    texts.push_back(item.as_string());
  }
}

}  // namespace ctt::store
