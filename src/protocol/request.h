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
  std::string_view infno, msgid, mdtrtarea_admvs, insuplc_admdvs, recer_sys_code, infver, signtype,
      opter_type, opter, opter_name, inf_time, fixmedins_code, fixmedins_name, sign_no;
};

class WireRows;  // wire_rows.h

class WireRow {  // one object of a node; cheap to copy, dies with the reader's next message
 public:
  WireRow() = default;  // has nothing
  WireRow(const WireRows& rows, std::size_t index) : rows_(&rows), index_(index) {}

  // "" when missing, null or a word for empty. A number comes as written ("2E+1" and 2.000 for an amount as 20 and 2.00), bytes as bytes.
  std::string_view text(std::string_view field) const;
  bool has(std::string_view field) const { return !text(field).empty(); }
  // Of fields with that type; empty: 0. A field whose type is a guess (WireField::guessed) and that holds something else: 0.
  Money money(std::string_view field) const;
  Decimal decimal(std::string_view field) const;
  std::int64_t integer(std::string_view field) const;
  std::optional<Date> date(std::string_view field) const;        // of a date or a datetime
  std::optional<Instant> instant(std::string_view field) const;  // a date: its first moment
  // A member of exp_content, be it an object or JSON text; rows and lists as JSON. "" also when it is there and empty.
  std::string_view extension(std::string_view key) const;
  bool has_extension(std::string_view key) const;
  std::vector<WireRow> rows(std::string_view child) const;  // of the node data.child, inside this object
  // Every field of the node with its text, the empty ones too, in the node's order.
  const WireNode* node() const;  // nullptr: has nothing
  std::string_view value(std::size_t field) const;
  std::string pointer() const;                        // "/input/feedetail/3"
  std::string pointer(std::string_view field) const;  // "/input/feedetail/3/cnt"

 private:
  const WireRows* rows_ = nullptr;
  std::size_t index_ = 0;
};

struct RequestLimits {  // laws.md 10, each a setting
  JsonLimits json;
  std::size_t rows = 1000;  // of one node, in all of its places together
  std::size_t errors = 20;  // reported at once
};

class Request {
 public:
  const Envelope& envelope() const { return envelope_; }
  const Transaction& transaction() const { return *transaction_; }
  WireRow row(std::string_view node) const;  // the first row of a node; has nothing when the node is missing
  std::vector<WireRow> rows(std::string_view node) const;  // none: empty

 private:
  friend class RequestReader;
  Envelope envelope_;
  const Transaction* transaction_ = nullptr;
  const WireRows* rows_ = nullptr;
};

class RequestReader {  // buffers are kept from message to message; one thread at a time
 public:
  RequestReader();
  ~RequestReader();
  RequestReader(RequestReader&&) noexcept;
  RequestReader& operator=(RequestReader&&) noexcept;

  // First the envelope alone, so that the caller may choose the provider's tolerances and limits by it; then the body by its tables.
  // `text` is UTF-8 and must live as long as the request. Codes: WIR-0xx, field_doubled.
  Result<Envelope> read_envelope(std::string_view text, const RequestLimits& limits = {});
  Checked<Request> read_input(Tolerances tolerances);
  const Envelope& envelope() const;  // of the message read last

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace fenming
