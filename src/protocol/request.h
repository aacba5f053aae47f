// Request: one message of the national interface, read and checked by its tables; its values as the field's type says. Whatever the
// bytes are, reading returns; nothing outside protocol/ sees JSON.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/instant.h"
#include "model/error.h"
#include "money/decimal.h"
#include "protocol/interface.h"
#include "protocol/json.h"
#include "protocol/tolerance.h"

namespace fenming {

struct Envelope {  // empty: null, missing, "null"
  std::string_view infno, msgid, mdtrtarea_admvs, insuplc_admdvs, recer_sys_code, infver, signtype, opter_type,
      opter, opter_name, inf_time, fixmedins_code, fixmedins_name, sign_no;
};

class WireRow {  // one object of a node
 public:
  WireRow() = default;  // has nothing
  WireRow(Json value, const WireNode* node) : value_(value), node_(node) {}

  // "" when missing, null or a word for empty. A number comes as written.
  std::string_view text(std::string_view field) const;
  bool has(std::string_view field) const { return !text(field).empty(); }
  Money money(std::string_view field) const;      // empty: 0
  Decimal decimal(std::string_view field) const;  // empty: 0
  std::optional<Date> date(std::string_view field) const;  // of a date or a datetime
  std::int64_t integer(std::string_view field) const;
  std::string pointer() const;  // "/input/feedetail/3"

 private:
  std::optional<Json> find(std::string_view field) const;
  std::optional<Json> value_;
  const WireNode* node_ = nullptr;
};

struct RequestLimits {  // laws.md 10, each a setting
  JsonLimits json;
  std::size_t rows = 1000;   // of one node
  std::size_t errors = 20;   // reported at once
};

class Request {
 public:
  const Envelope& envelope() const { return envelope_; }
  const Transaction& transaction() const { return *transaction_; }
  WireRow row(std::string_view node) const;                // the only row of a node; has nothing when the node is missing
  std::vector<WireRow> rows(std::string_view node) const;  // none: empty

 private:
  friend class RequestReader;
  Envelope envelope_;
  const Transaction* transaction_ = nullptr;
  std::optional<Json> input_;
  Tolerances tolerances_;
};

class RequestReader {  // buffers are kept from message to message; one thread at a time
 public:
  RequestReader();
  ~RequestReader();
  RequestReader(RequestReader&&) noexcept;
  RequestReader& operator=(RequestReader&&) noexcept;

  // First the envelope alone, so that the caller may choose the provider's tolerances and limits by it; then the body by its tables.
  // `text` is UTF-8 and must live as long as the request. Codes: WIR-0xx.
  Result<Envelope> read_envelope(std::string_view text, const RequestLimits& limits = {});
  Checked<Request> read_input(Tolerances tolerances);

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace fenming
